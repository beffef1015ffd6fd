//- /cancelAtDispatch/driver.c
#include <wdm.h>

typedef struct _CHANNEL {
    KSPIN_LOCK Lock;
    PIRP Waiting;
} CHANNEL;

DRIVER_CANCEL OnCancelOk;

VOID OnCancelOk(PDEVICE_OBJECT Device, PIRP Irp)
{
    CHANNEL *channel = Device->DeviceExtension;
    IoReleaseCancelSpinLock(DISPATCH_LEVEL);
    KeAcquireSpinLockAtDpcLevel(&channel->Lock);
    if (channel->Waiting == Irp)
        channel->Waiting = NULL;
    KeReleaseSpinLock(&channel->Lock, Irp->CancelIrql);
    Irp->IoStatus.Status = STATUS_CANCELLED;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

//- /raisedByFlag/driver.c
#include <ntddk.h>

typedef struct _REQUEST {
    ULONG Flags;
    VOID (*Invoke)(PVOID Context);
} REQUEST;

NTSTATUS RunOk(REQUEST *Request, PVOID Context)
{
    KIRQL old = PASSIVE_LEVEL;
    if (Context == NULL)
        return STATUS_INVALID_PARAMETER;
    if (Request->Flags & 1)
        KeRaiseIrql(DISPATCH_LEVEL, &old);
    Request->Invoke(Context);
    if (Request->Flags & 1)
        KeLowerIrql(old);
    return STATUS_SUCCESS;
}

//- /lowerIfRaised/driver.c
#include <ntddk.h>

VOID VisitOk(ULONG Flags, PULONG Count)
{
    KIRQL old = DISPATCH_LEVEL;
    if (!(Flags & 4))
        old = KeRaiseIrqlToDpcLevel();
    (*Count)++;
    if (old != DISPATCH_LEVEL)
        KeLowerIrql(old);
}

//- /storedLevel/driver.c
#include <ntddk.h>

typedef struct _QUEUE {
    KIRQL MaxIrql;
    FAST_MUTEX Mutex;
    KSPIN_LOCK SpinLock;
    ULONG Count;
} QUEUE;

_IRQL_requires_max_(DISPATCH_LEVEL)
VOID InsertOk(QUEUE *Queue)
{
    KIRQL old = PASSIVE_LEVEL;
    if (Queue->MaxIrql < DISPATCH_LEVEL)
        ExAcquireFastMutex(&Queue->Mutex);
    else
        KeAcquireSpinLock(&Queue->SpinLock, &old);
    Queue->Count++;
    if (Queue->MaxIrql < DISPATCH_LEVEL)
        ExReleaseFastMutex(&Queue->Mutex);
    else
        KeReleaseSpinLock(&Queue->SpinLock, old);
}

KDEFERRED_ROUTINE InsertDpcOk;

VOID InsertDpcOk(PKDPC Dpc, PVOID Context, PVOID A, PVOID B)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(A);
    UNREFERENCED_PARAMETER(B);
    InsertOk((QUEUE *)Context);
}

//- /promisedSame/driver.c
#include <ntddk.h>

typedef struct _EPOCH {
    KIRQL IrqlAtEnter;
} EPOCH;

_IRQL_requires_same_
VOID LeaveEpochOk(EPOCH *Epoch)
{
    KIRQL old;
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeLowerIrql(Epoch->IrqlAtEnter);
}

VOID CallsAfterwardsOk(EPOCH *Epoch, HANDLE Handle)
{
    LeaveEpochOk(Epoch);
    ZwClose(Handle);
}

//- /sharedFinalizer/driver.c
#include <ntddk.h>

typedef struct _WORK {
    VOID (*Finish)(struct _WORK *Work);
    HANDLE Handle;
    ULONG Count;
} WORK;

static VOID FinishCounterOk(WORK *Work)
{
    Work->Count = 0;
}

static VOID FinishHandleOk(WORK *Work)
{
    ZwClose(Work->Handle);
}

static VOID CompleteOk(WORK *Work)
{
    Work->Finish(Work);
}

VOID StartCounterOk(WORK *Work, PKSPIN_LOCK Lock)
{
    KIRQL irql;
    Work->Finish = FinishCounterOk;
    KeAcquireSpinLock(Lock, &irql);
    CompleteOk(Work);
    KeReleaseSpinLock(Lock, irql);
}

VOID StartHandleOk(WORK *Work)
{
    PAGED_CODE();
    Work->Finish = FinishHandleOk;
    CompleteOk(Work);
}

//- /crashDump/miniport.c
#include <ntddk.h>

typedef struct _ADAPTER {
    BOOLEAN DumpMode;
    KDPC Dpc;
    HANDLE Log;
} ADAPTER;

KDEFERRED_ROUTINE RecoverDpc;
KSERVICE_ROUTINE OnInterruptOk;

static VOID LogOk(ADAPTER *Adapter)
{
    KeSetEvent((PRKEVENT)Adapter->Log, IO_NO_INCREMENT, FALSE);
}

VOID RecoverDpc(PKDPC Dpc, PVOID Context, PVOID A, PVOID B)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(A);
    UNREFERENCED_PARAMETER(B);
    LogOk((ADAPTER *)Context);
}

BOOLEAN OnInterruptOk(PKINTERRUPT Interrupt, PVOID Context)
{
    ADAPTER *adapter = (ADAPTER *)Context;
    UNREFERENCED_PARAMETER(Interrupt);
    if (!adapter->DumpMode) {
        KeInsertQueueDpc(&adapter->Dpc, NULL, NULL);
    } else {
        RecoverDpc(&adapter->Dpc, adapter, NULL, NULL);
    }
    return TRUE;
}

//- /bothForms/driver.c
#include <ntddk.h>

static KIRQL LockBoth(PKSPIN_LOCK Lock)
{
    KIRQL old = KeGetCurrentIrql();
    if (old < DISPATCH_LEVEL)
        old = KeAcquireSpinLockRaiseToDpc(Lock);
    else
        KeAcquireSpinLockAtDpcLevel(Lock);
    return old;
}

static VOID UnlockBoth(PKSPIN_LOCK Lock, KIRQL Old)
{
    if (Old < DISPATCH_LEVEL)
        KeReleaseSpinLock(Lock, Old);
    else
        KeReleaseSpinLockFromDpcLevel(Lock);
}

NTSTATUS RegisterOk(PKSPIN_LOCK Lock, PKEVENT Event, PULONG Count)
{
    KIRQL state = LockBoth(Lock);
    (*Count)++;
    UnlockBoth(Lock, state);
    if (*Count > 3) {
        LockBoth(Lock);
        (*Count)--;
        UnlockBoth(Lock, state);
        KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
    }
    return STATUS_SUCCESS;
}
