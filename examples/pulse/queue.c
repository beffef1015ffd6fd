/*
 * The ring of samples and the totals: plain helpers that are called from several contexts.
 * What IRQL they run at is decided by their callers; IRQL Lens asks them.
 */
#include "pulse.h"

BOOLEAN
PulsePush(PDEVICE_EXTENSION Extension, const PULSE_SAMPLE *Sample)
{
    KIRQL oldIrql;
    BOOLEAN hasRoom;

    KeAcquireSpinLock(&Extension->QueueLock, &oldIrql);
    hasRoom = Extension->Head - Extension->Tail < PULSE_RING;
    if (hasRoom) {
        Extension->Ring[Extension->Head % PULSE_RING] = *Sample;
        Extension->Head += 1;
    }
    KeReleaseSpinLock(&Extension->QueueLock, oldIrql);
    return hasRoom;
}

BOOLEAN
PulsePop(PDEVICE_EXTENSION Extension, PPULSE_SAMPLE Sample)
{
    KIRQL oldIrql;

    KeAcquireSpinLock(&Extension->QueueLock, &oldIrql);
    if (Extension->Head == Extension->Tail) {
        KeReleaseSpinLock(&Extension->QueueLock, oldIrql);
        return FALSE;
    }
    *Sample = Extension->Ring[Extension->Tail % PULSE_RING];
    Extension->Tail += 1;
    KeReleaseSpinLock(&Extension->QueueLock, oldIrql);
    return TRUE;
}

/*
 * The caller holds StatsLock. One of the callers, PulseReadCompleteWrong, took it without being at DISPATCH_LEVEL for certain,
 * so the ribbon shows more than one level here too.
 */
VOID
PulseCountLocked(PDEVICE_EXTENSION Extension, ULONG Pulses)
{
    Extension->Pulses += Pulses;
}

/*
 * The naive check: below DISPATCH_LEVEL it reads the IRQL twice, once here and once inside KeAcquireSpinLock.
 * A trade, not a mistake: one more read below DISPATCH_LEVEL against two writes saved at it.
 */
VOID
PulseCountAnywhereSlow(PDEVICE_EXTENSION Extension, ULONG Pulses)
{
    KIRQL oldIrql;

    if (KeGetCurrentIrql() < DISPATCH_LEVEL) {
        KeAcquireSpinLock(&Extension->StatsLock, &oldIrql);
        Extension->Pulses += Pulses;
        KeReleaseSpinLock(&Extension->StatsLock, oldIrql);
    } else {
        KeAcquireSpinLockAtDpcLevel(&Extension->StatsLock);
        Extension->Pulses += Pulses;
        KeReleaseSpinLockFromDpcLevel(&Extension->StatsLock);
    }
}

/* While QueueLock is held the IRQL is DISPATCH_LEVEL, so the nested lock can do without raising. */
VOID
PulseResetSlow(PDEVICE_EXTENSION Extension)
{
    KIRQL oldIrql;
    KIRQL innerIrql;

    KeAcquireSpinLock(&Extension->QueueLock, &oldIrql);
    Extension->Head = 0;
    Extension->Tail = 0;
    KeAcquireSpinLock(&Extension->StatsLock, &innerIrql);
    Extension->Pulses = 0;
    Extension->Dropped = 0;
    KeReleaseSpinLock(&Extension->StatsLock, innerIrql);
    KeReleaseSpinLock(&Extension->QueueLock, oldIrql);
}

/* Wrong: the early return leaves with the lock held and at DISPATCH_LEVEL. */
ULONG
PulseDrainWrong(PDEVICE_EXTENSION Extension)
{
    KIRQL oldIrql;
    ULONG drained;

    KeAcquireSpinLock(&Extension->QueueLock, &oldIrql);
    if (Extension->Head == Extension->Tail) {
        return 0;
    }
    drained = Extension->Head - Extension->Tail;
    Extension->Tail = Extension->Head;
    KeReleaseSpinLock(&Extension->QueueLock, oldIrql);
    return drained;
}
