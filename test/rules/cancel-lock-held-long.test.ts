import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('cancel-lock-held-long', () => {
  it('a stall and another lock, in a section and in a cancel routine', () => {
    checkRule(
      'cancel-lock-held-long',
      `${TYPES}
VOID SectionBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    IoAcquireCancelSpinLock(&irql);
    KeStallExecutionProcessor(20);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ stalls the processor
    IoReleaseCancelSpinLock(irql);
}
DRIVER_CANCEL CancelBad;
VOID CancelBad(PDEVICE_OBJECT Device, PIRP Irp)
{
    PDEVICE_EXTENSION ext = Device->DeviceExtension;
    KeAcquireSpinLockAtDpcLevel(&ext->Lock);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ waits for ext->Lock
    KeReleaseSpinLockFromDpcLevel(&ext->Lock);
    IoReleaseCancelSpinLock(Irp->CancelIrql);
}
`,
    );
  });

  it('after the release', () => {
    checkRule(
      'cancel-lock-held-long',
      `${TYPES}
DRIVER_CANCEL CancelOk;
VOID CancelOk(PDEVICE_OBJECT Device, PIRP Irp)
{
    PDEVICE_EXTENSION ext = Device->DeviceExtension;
    KIRQL irql;
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    KeAcquireSpinLock(&ext->Lock, &irql);
    KeReleaseSpinLock(&ext->Lock, irql);
    KeStallExecutionProcessor(20);
}
`,
    );
  });
});
