import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('redundant-irql-raise', () => {
  it('in a DPC', () => {
    checkRule(
      'redundant-irql-raise',
      `${TYPES}
KDEFERRED_ROUTINE DpcSlow;
VOID DpcSlow(PKDPC Dpc, PVOID Context, PVOID A, PVOID B)
{
    PDEVICE_EXTENSION ext = (PDEVICE_EXTENSION)Context;
    KIRQL irql;
    KeAcquireSpinLock(&ext->Lock, &irql);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Use KeAcquireSpinLockAtDpcLevel and KeReleaseSpinLockFromDpcLevel
    ext->Count += 1;
    KeReleaseSpinLock(&ext->Lock, irql);
}
`,
    );
  });

  it('the nested lock', () => {
    checkRule(
      'redundant-irql-raise',
      `${TYPES}
VOID NestedSlow(PDEVICE_EXTENSION Ext)
{
    KIRQL outer, inner;
    KeAcquireSpinLock(&Ext->Lock, &outer);
    KeAcquireSpinLock(&Ext->Inner, &inner);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ DISPATCH_LEVEL here already
    KeReleaseSpinLock(&Ext->Inner, inner);
    KeReleaseSpinLock(&Ext->Lock, outer);
}
`,
    );
  });

  it('the level differs by caller', () => {
    checkRule(
      'redundant-irql-raise',
      `${TYPES}
static VOID SharedOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    KeReleaseSpinLock(&Ext->Lock, irql);
}
KDEFERRED_ROUTINE DpcOk;
VOID DpcOk(PKDPC Dpc, PVOID Context, PVOID A, PVOID B)
{
    SharedOk((PDEVICE_EXTENSION)Context);
}
DRIVER_UNLOAD Unload;
VOID Unload(PDRIVER_OBJECT Driver)
{
    SharedOk((PDEVICE_EXTENSION)Driver->DeviceObject->DeviceExtension);
}
`,
    );
  });
});
