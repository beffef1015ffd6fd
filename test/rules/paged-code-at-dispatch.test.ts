import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('paged-code-at-dispatch', () => {
  it('called from a DPC', () => {
    checkRule(
      'paged-code-at-dispatch',
      `${TYPES}
VOID LogBad(PDEVICE_EXTENSION Ext)
{
    PAGED_CODE();
//  ^^^^^^^^^^^^ DISPATCH_LEVEL
    Ext->Count += 1;
}
KDEFERRED_ROUTINE Dpc;
VOID Dpc(PKDPC Object, PVOID Context, PVOID A, PVOID B)
{
    LogBad((PDEVICE_EXTENSION)Context);
}
`,
    );
  });

  it('called from an unload routine', () => {
    checkRule(
      'paged-code-at-dispatch',
      `${TYPES}
VOID LogOk(PDEVICE_EXTENSION Ext)
{
    PAGED_CODE();
    Ext->Count += 1;
}
DRIVER_UNLOAD Unload;
VOID Unload(PDRIVER_OBJECT Driver)
{
    LogOk((PDEVICE_EXTENSION)Driver->DeviceObject->DeviceExtension);
}
`,
    );
  });
});
