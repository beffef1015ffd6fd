/*
 * Configuration: PASSIVE_LEVEL code with a fast mutex and paged memory.
 */
#include "pulse.h"

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, PulseSetThreshold)
#endif

NTSTATUS
PulseSetThreshold(PDEVICE_EXTENSION Extension, ULONG Threshold)
{
    PAGED_CODE();

    ExAcquireFastMutex(&Extension->ConfigMutex);
    Extension->Threshold = Threshold;
    if (Extension->PagedLog == NULL) {
        Extension->PagedLog = ExAllocatePool2(POOL_FLAG_PAGED, PAGE_SIZE, PULSE_TAG);
    }
    ExReleaseFastMutex(&Extension->ConfigMutex);
    return STATUS_SUCCESS;
}

/* Wrong: paged pool is allocated while a spin lock holds the IRQL at DISPATCH_LEVEL. */
NTSTATUS
PulseSetThresholdWrong(PDEVICE_EXTENSION Extension, ULONG Threshold)
{
    KIRQL oldIrql;

    KeAcquireSpinLock(&Extension->StatsLock, &oldIrql);
    Extension->Threshold = Threshold;
    if (Extension->PagedLog == NULL) {
        Extension->PagedLog = ExAllocatePool2(POOL_FLAG_PAGED, PAGE_SIZE, PULSE_TAG);
    }
    KeReleaseSpinLock(&Extension->StatsLock, oldIrql);
    return STATUS_SUCCESS;
}

/* Wrong: this runs in the context of a create or a work item, at PASSIVE_LEVEL, where AtDpcLevel deadlocks one day. */
VOID
PulsePeekWrong(PDEVICE_EXTENSION Extension, PULONG64 Pulses)
{
    PAGED_CODE();

    KeAcquireSpinLockAtDpcLevel(&Extension->StatsLock);
    *Pulses = Extension->Pulses;
    KeReleaseSpinLockFromDpcLevel(&Extension->StatsLock);
}
