import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('for-dpc-outside-dpc', () => {
  it('a work item', () => {
    checkRule(
      'for-dpc-outside-dpc',
      `${TYPES}
IO_WORKITEM_ROUTINE FlushBad;
VOID FlushBad(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    PDEVICE_EXTENSION ext = (PDEVICE_EXTENSION)Context;
    KIRQL irql;
    UNREFERENCED_PARAMETER(DeviceObject);
    irql = KeAcquireSpinLockForDpc(&ext->Lock);
//         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ threaded DPCs
    ext->Count += 1;
    KeReleaseSpinLockForDpc(&ext->Lock, irql);
}
`,
    );
  });

  it('a DPC, and a helper of unknown callers', () => {
    checkRule(
      'for-dpc-outside-dpc',
      `${TYPES}
KDEFERRED_ROUTINE TickOk;
VOID TickOk(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PDEVICE_EXTENSION ext = (PDEVICE_EXTENSION)Context;
    KIRQL irql;
    irql = KeAcquireSpinLockForDpc(&ext->Lock);
    ext->Count += 1;
    KeReleaseSpinLockForDpc(&ext->Lock, irql);
}
VOID HelperOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    irql = KeAcquireSpinLockForDpc(&Ext->Lock);
    Ext->Count += 1;
    KeReleaseSpinLockForDpc(&Ext->Lock, irql);
}
`,
    );
  });
});
