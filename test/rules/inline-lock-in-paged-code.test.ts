import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('inline-lock-in-paged-code', () => {
  it('expanded into PAGE', () => {
    checkRule(
      'inline-lock-in-paged-code',
      `${TYPES}
FORCEINLINE VOID Count(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    Ext->Count += 1;
    KeReleaseSpinLock(&Ext->Lock, irql);
}
VOID ConfigureBad(PDEVICE_EXTENSION Ext);
#pragma alloc_text(PAGE, ConfigureBad)
VOID ConfigureBad(PDEVICE_EXTENSION Ext)
{
    PAGED_CODE();
    Count(Ext);
//  ^^^^^^^^^^ expanded into
}
`,
    );
  });

  it('a plain function', () => {
    checkRule(
      'inline-lock-in-paged-code',
      `${TYPES}
VOID Count(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    Ext->Count += 1;
    KeReleaseSpinLock(&Ext->Lock, irql);
}
VOID ConfigureOk(PDEVICE_EXTENSION Ext);
#pragma alloc_text(PAGE, ConfigureOk)
VOID ConfigureOk(PDEVICE_EXTENSION Ext)
{
    PAGED_CODE();
    Count(Ext);
}
`,
    );
  });
});
