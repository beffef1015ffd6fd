//- /cancel/driver.c
#include <wdm.h>

DRIVER_CANCEL CancelWrongLevelBad;
DRIVER_CANCEL CancelConstantBad;
DRIVER_CANCEL CancelOk;
DRIVER_CANCEL CancelForgetsBad;
DRIVER_CANCEL CancelCompletesFirstBad;

VOID CancelWrongLevelBad(PDEVICE_OBJECT Device, PIRP Irp)
{
    KIRQL irql = KeGetCurrentIrql();
    UNREFERENCED_PARAMETER(Device);
    IoReleaseCancelSpinLock(irql); // expect: cancel-irql-not-restored
    Irp->IoStatus.Status = STATUS_CANCELLED;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

VOID CancelConstantBad(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    IoReleaseCancelSpinLock(PASSIVE_LEVEL); // expect: cancel-irql-not-restored
    Irp->IoStatus.Status = STATUS_CANCELLED;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

VOID CancelOk(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    Irp->IoStatus.Status = STATUS_CANCELLED;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

VOID CancelForgetsBad(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    Irp->IoStatus.Status = STATUS_CANCELLED;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
} // expect: cancel-irql-not-restored | lock-not-released | request-under-spin-lock

VOID CancelCompletesFirstBad(PDEVICE_OBJECT Device, PIRP Irp)
{
    KIRQL irql = Irp->CancelIrql;
    UNREFERENCED_PARAMETER(Device);
    Irp->IoStatus.Status = STATUS_CANCELLED;
    IoCompleteRequest(Irp, IO_NO_INCREMENT); // expect: request-under-spin-lock
    IoReleaseCancelSpinLock(irql);
}

//- /cancelLock/driver.c
#include <wdm.h>

DRIVER_CANCEL OnCancel;

VOID OnCancel(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

NTSTATUS SetCancelLeakBad(PIRP Irp)
{
    KIRQL irql;
    IoAcquireCancelSpinLock(&irql);
    if (Irp->Cancel) {
        return STATUS_CANCELLED; // expect: lock-not-released
    }
    IoSetCancelRoutine(Irp, OnCancel);
    IoReleaseCancelSpinLock(irql);
    return STATUS_PENDING;
}

NTSTATUS SetCancelOk(PIRP Irp)
{
    KIRQL irql;
    IoAcquireCancelSpinLock(&irql);
    if (Irp->Cancel) {
        IoReleaseCancelSpinLock(irql);
        return STATUS_CANCELLED;
    }
    IoSetCancelRoutine(Irp, OnCancel);
    IoReleaseCancelSpinLock(irql);
    return STATUS_PENDING;
}

VOID CancelLockTwiceBad(VOID)
{
    KIRQL a, b;
    IoAcquireCancelSpinLock(&a);
    IoAcquireCancelSpinLock(&b); // expect: lock-acquired-twice
    IoReleaseCancelSpinLock(b);
    IoReleaseCancelSpinLock(a);
}

VOID DirectWriteBad(PIRP Irp)
{
    Irp->CancelRoutine = OnCancel; // expect: direct-field-write
}

//- /pending/driver.c
#include <wdm.h>

DRIVER_DISPATCH PendsBad;
DRIVER_DISPATCH PendsOk;

NTSTATUS PendsBad(PDEVICE_OBJECT Device, PIRP Irp)
{
    IoMarkIrpPending(Irp);
    IoStartPacket(Device, Irp, NULL, NULL);
    return STATUS_SUCCESS; // expect: pending-without-status
}

NTSTATUS PendsOk(PDEVICE_OBJECT Device, PIRP Irp)
{
    IoMarkIrpPending(Irp);
    IoStartPacket(Device, Irp, NULL, NULL);
    return STATUS_PENDING;
}

//- /float/driver.c
#include <ntddk.h>

NTSTATUS FloatLeakBad(double *Value)
{
    KFLOATING_SAVE save;
    NTSTATUS status = KeSaveFloatingPointState(&save);
    if (!NT_SUCCESS(status))
        return status;
    *Value = *Value * 1.5;
    if (*Value > 10.0)
        return STATUS_UNSUCCESSFUL; // expect: float-state-not-restored
    KeRestoreFloatingPointState(&save);
    return STATUS_SUCCESS;
}

NTSTATUS FloatOk(double *Value)
{
    KFLOATING_SAVE save;
    NTSTATUS status = KeSaveFloatingPointState(&save);
    if (!NT_SUCCESS(status))
        return status;
    *Value = *Value * 1.5;
    KeRestoreFloatingPointState(&save);
    return STATUS_SUCCESS;
}

NTSTATUS FloatOtherLevelBad(PKSPIN_LOCK Lock, double *Value)
{
    KIRQL irql;
    KFLOATING_SAVE save;
    NTSTATUS status;
    PAGED_CODE();
    status = KeSaveFloatingPointState(&save);
    if (!NT_SUCCESS(status))
        return status;
    *Value = *Value * 1.5;
    KeAcquireSpinLock(Lock, &irql);
    KeRestoreFloatingPointState(&save); // expect: C28111
    KeReleaseSpinLock(Lock, irql);
    return STATUS_SUCCESS;
}

NTSTATUS XStateLeakBad(BOOLEAN Quit)
{
    XSTATE_SAVE save;
    NTSTATUS status = KeSaveExtendedProcessorState(XSTATE_MASK_AVX, &save);
    if (!NT_SUCCESS(status))
        return status;
    if (Quit)
        return STATUS_CANCELLED; // expect: float-state-not-restored
    KeRestoreExtendedProcessorState(&save);
    return STATUS_SUCCESS;
}

//- /userWait/driver.c
#include <ntddk.h>

VOID UserWaitBad(VOID)
{
    KEVENT event;
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    KeWaitForSingleObject(&event, Executive, UserMode, FALSE, NULL); // expect: user-wait-on-stack
}

VOID KernelWaitOk(VOID)
{
    KEVENT event;
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL);
}

VOID DpcFieldBad(PDEVICE_OBJECT Device, PKDEFERRED_ROUTINE Routine)
{
    Device->Dpc.DeferredRoutine = Routine; // expect: direct-field-write
}
