import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('cancel-irql-not-restored', () => {
  it('a level of its own', () => {
    checkRule(
      'cancel-irql-not-restored',
      `${TYPES}
DRIVER_CANCEL CancelBad;
VOID CancelBad(PDEVICE_OBJECT Device, PIRP TheIrp)
{
    KIRQL irql = PASSIVE_LEVEL;
    IoReleaseCancelSpinLock(irql);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Use TheIrp->CancelIrql
}
`,
    );
  });

  it('a dispatch routine with its own acquire', () => {
    checkRule(
      'cancel-irql-not-restored',
      `${TYPES}
VOID OtherOk(PIRP Irp)
{
    KIRQL irql;
    IoAcquireCancelSpinLock(&irql);
    IoReleaseCancelSpinLock(irql);
}
`,
    );
  });

  it('a lock that is never given back', () => {
    checkRule(
      'cancel-irql-not-restored',
      `
#include <wdm.h>
DRIVER_CANCEL KeepBad;
VOID KeepBad(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    if (DeviceObject == NULL)
        return;
//      ^^^^^^^ without having released it
    Irp->IoStatus.Status = STATUS_CANCELLED;
   }
// ^ without having released it
DRIVER_CANCEL HelperOk;
VOID Finish(PIRP Irp)
{
    IoReleaseCancelSpinLock(Irp->CancelIrql);
}
VOID HelperOk(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    Finish(Irp);
}
`,
    );
  });
});
