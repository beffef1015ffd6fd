import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('pending-without-status', () => {
  it('marked and then another status', () => {
    checkRule(
      'pending-without-status',
      `${TYPES}
DRIVER_DISPATCH ReadBad;
NTSTATUS ReadBad(PDEVICE_OBJECT Device, PIRP Irp)
{
    PDEVICE_EXTENSION ext = (PDEVICE_EXTENSION)Device->DeviceExtension;
    if (ext->Count == 0) {
        IoMarkIrpPending(Irp);
        return STATUS_SUCCESS;
//      ^^^^^^^^^^^^^^^^^^^^^^ Return STATUS_PENDING
    }
    IoMarkIrpPending(Irp);
    return STATUS_PENDING;
}
`,
    );
  });

  it('a completion routine marks for the driver below', () => {
    checkRule(
      'pending-without-status',
      `${TYPES}
IO_COMPLETION_ROUTINE DoneOk;
NTSTATUS DoneOk(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context)
{
    if (Irp->PendingReturned) {
        IoMarkIrpPending(Irp);
    }
    return STATUS_CONTINUE_COMPLETION;
}
`,
    );
  });

  it('on a path behind the mark, or through a variable', () => {
    checkRule(
      'pending-without-status',
      `
#include <wdm.h>
DRIVER_DISPATCH PathBad;
NTSTATUS PathBad(PDEVICE_OBJECT Device, PIRP Irp)
{
    IoMarkIrpPending(Irp);
    if (Device->DeviceExtension == NULL) {
        return STATUS_INVALID_PARAMETER;
//      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ STATUS_INVALID_PARAMETER is returned
    }
    return STATUS_PENDING;
}
DRIVER_DISPATCH VariableBad;
NTSTATUS VariableBad(PDEVICE_OBJECT Device, PIRP Irp)
{
    NTSTATUS status;
    IoMarkIrpPending(Irp);
    status = STATUS_SUCCESS;
    return status;
//  ^^^^^^^^^^^^^^ STATUS_SUCCESS is returned
}
DRIVER_DISPATCH MaybeOk;
NTSTATUS MaybeOk(PDEVICE_OBJECT Device, PIRP Irp)
{
    if (Device->DeviceExtension != NULL) {
        IoMarkIrpPending(Irp);
        return STATUS_PENDING;
    }
    return STATUS_SUCCESS;
}
`,
    );
  });
});
