/*
 * The interrupt side of the Pulse driver: ISR at DIRQL, DPCs at DISPATCH_LEVEL.
 */
#include "pulse.h"

/* Runs at DIRQL: it may touch no spin lock of the lower world, so it only counts and queues a DPC. */
BOOLEAN
PulseIsr(PKINTERRUPT Interrupt, PVOID ServiceContext)
{
    PDEVICE_EXTENSION extension = (PDEVICE_EXTENSION)ServiceContext;

    UNREFERENCED_PARAMETER(Interrupt);
    extension->RawCount += 1;
    KeInsertQueueDpc(&extension->Dpc, NULL, NULL);
    return TRUE;
}

/* A DPC always runs at DISPATCH_LEVEL: the cheap forms are right here, and IRQL Lens stays silent. */
VOID
PulseDpc(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1, PVOID SystemArgument2)
{
    PDEVICE_EXTENSION extension = (PDEVICE_EXTENSION)DeferredContext;
    PULSE_SAMPLE sample;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(SystemArgument1);
    UNREFERENCED_PARAMETER(SystemArgument2);

    sample.Channel = 0;
    sample.Count = extension->RawCount;
    KeQuerySystemTime(&sample.Time);

    KeAcquireSpinLockAtDpcLevel(&extension->QueueLock);
    extension->Ring[extension->Head % PULSE_RING] = sample;
    extension->Head += 1;
    KeAcquireSpinLockAtDpcLevel(&extension->StatsLock);
    PulseCountLocked(extension, sample.Count);
    KeReleaseSpinLockFromDpcLevel(&extension->StatsLock);
    KeReleaseSpinLockFromDpcLevel(&extension->QueueLock);
}

/*
 * Right, but dear: the DPC is at DISPATCH_LEVEL already, so KeAcquireSpinLock reads and raises the IRQL for nothing.
 * The quick fix changes the acquire and its release together.
 */
VOID
PulseTimerDpc(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1, PVOID SystemArgument2)
{
    PDEVICE_EXTENSION extension = (PDEVICE_EXTENSION)DeferredContext;
    KIRQL oldIrql;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(SystemArgument1);
    UNREFERENCED_PARAMETER(SystemArgument2);

    KeAcquireSpinLock(&extension->StatsLock, &oldIrql);
    if (extension->Pulses > extension->Threshold) {
        extension->Dropped += 1;
    }
    KeReleaseSpinLock(&extension->StatsLock, oldIrql);

    PulseCountAnywhereSlow(extension, extension->RawCount);
}

/* Right: a completion routine runs at any IRQL up to DISPATCH_LEVEL and assumes nothing. */
NTSTATUS
PulseReadComplete(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    PDEVICE_EXTENSION extension = (PDEVICE_EXTENSION)Context;
    KIRQL oldIrql;

    UNREFERENCED_PARAMETER(DeviceObject);
    if (Irp->PendingReturned) {
        IoMarkIrpPending(Irp);
    }
    KeAcquireSpinLock(&extension->StatsLock, &oldIrql);
    PulseCountLocked(extension, 1);
    KeReleaseSpinLock(&extension->StatsLock, oldIrql);
    return STATUS_CONTINUE_COMPLETION;
}

/*
 * Wrong: it is often called at DISPATCH_LEVEL, but a lower driver that fails the request early completes it
 * at PASSIVE_LEVEL. Then a DPC can interrupt the holder and spin for ever.
 */
NTSTATUS
PulseReadCompleteWrong(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    PDEVICE_EXTENSION extension = (PDEVICE_EXTENSION)Context;

    UNREFERENCED_PARAMETER(DeviceObject);
    if (Irp->PendingReturned) {
        IoMarkIrpPending(Irp);
    }
    KeAcquireSpinLockAtDpcLevel(&extension->StatsLock);
    PulseCountLocked(extension, 1);
    KeReleaseSpinLockFromDpcLevel(&extension->StatsLock);
    return STATUS_CONTINUE_COMPLETION;
}
