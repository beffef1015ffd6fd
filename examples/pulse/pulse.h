/*
 * Pulse: a small WDM driver for an imaginary pulse counter card.
 *
 * It is an example for IRQL Lens: each file shows a few of the things that C does not show, the IRQL above all.
 * Functions whose name ends in "Slow" or "Wrong" contain the mistakes; the others are right.
 */
#ifndef PULSE_H
#define PULSE_H

#include <wdm.h>

#define PULSE_TAG 'sluP'
#define PULSE_RING 64
#define PULSE_PERIOD_MS 10

/* One counted pulse, as the ISR saw it. */
typedef struct _PULSE_SAMPLE {
    ULONG Channel;
    ULONG Count;
    LARGE_INTEGER Time;
} PULSE_SAMPLE, *PPULSE_SAMPLE;

typedef struct _DEVICE_EXTENSION {
    PDEVICE_OBJECT Self;
    PDEVICE_OBJECT LowerDevice;
    IO_REMOVE_LOCK RemoveLock;

    PKINTERRUPT Interrupt;
    KDPC Dpc;
    KTIMER Timer;
    KDPC TimerDpc;

    /* Guards Ring, Head and Tail. */
    KSPIN_LOCK QueueLock;
    PULSE_SAMPLE Ring[PULSE_RING];
    ULONG Head;
    ULONG Tail;

    /* Guards the totals. Taken after QueueLock where both are needed. */
    KSPIN_LOCK StatsLock;
    ULONG64 Pulses;
    ULONG64 Dropped;

    /* Written by the ISR only. */
    volatile ULONG RawCount;

    FAST_MUTEX ConfigMutex;
    ULONG Threshold;
    PVOID PagedLog;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

DRIVER_INITIALIZE DriverEntry;
DRIVER_UNLOAD PulseUnload;
DRIVER_ADD_DEVICE PulseAddDevice;

_Dispatch_type_(IRP_MJ_CREATE)
_Dispatch_type_(IRP_MJ_CLOSE)
DRIVER_DISPATCH PulseCreateClose;

_Dispatch_type_(IRP_MJ_READ)
DRIVER_DISPATCH PulseRead;

_Dispatch_type_(IRP_MJ_DEVICE_CONTROL)
DRIVER_DISPATCH PulseDeviceControl;

KSERVICE_ROUTINE PulseIsr;
KDEFERRED_ROUTINE PulseDpc;
KDEFERRED_ROUTINE PulseTimerDpc;
IO_COMPLETION_ROUTINE PulseReadComplete;
IO_COMPLETION_ROUTINE PulseReadCompleteWrong;

/* queue.c */
BOOLEAN PulsePush(PDEVICE_EXTENSION Extension, const PULSE_SAMPLE *Sample);
BOOLEAN PulsePop(PDEVICE_EXTENSION Extension, PPULSE_SAMPLE Sample);
VOID PulseCountLocked(PDEVICE_EXTENSION Extension, ULONG Pulses);
VOID PulseCountAnywhereSlow(PDEVICE_EXTENSION Extension, ULONG Pulses);
VOID PulseResetSlow(PDEVICE_EXTENSION Extension);
ULONG PulseDrainWrong(PDEVICE_EXTENSION Extension);

/* config.c */
NTSTATUS PulseSetThreshold(PDEVICE_EXTENSION Extension, ULONG Threshold);
NTSTATUS PulseSetThresholdWrong(PDEVICE_EXTENSION Extension, ULONG Threshold);
VOID PulsePeekWrong(PDEVICE_EXTENSION Extension, PULONG64 Pulses);

#endif
