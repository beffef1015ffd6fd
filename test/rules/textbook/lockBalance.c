//- /leak/driver.c
#include <ntddk.h>

typedef struct _CONTEXT_BLOCK {
    KSPIN_LOCK Lock;
    ULONG Count;
    BOOLEAN Stopped;
} CONTEXT_BLOCK, *PCONTEXT_BLOCK;

NTSTATUS ReturnInsideBad(PCONTEXT_BLOCK Block)
{
    KIRQL irql;
    KeAcquireSpinLock(&Block->Lock, &irql);
    if (Block->Stopped)
        return STATUS_DEVICE_NOT_READY; // expect: lock-not-released
    Block->Count++;
    KeReleaseSpinLock(&Block->Lock, irql);
    return STATUS_SUCCESS;
}

NTSTATUS ReturnInsideOk(PCONTEXT_BLOCK Block)
{
    KIRQL irql;
    KeAcquireSpinLock(&Block->Lock, &irql);
    if (Block->Stopped) {
        KeReleaseSpinLock(&Block->Lock, irql);
        return STATUS_DEVICE_NOT_READY;
    }
    Block->Count++;
    KeReleaseSpinLock(&Block->Lock, irql);
    return STATUS_SUCCESS;
}

VOID ForgottenBad(PCONTEXT_BLOCK Block)
{
    KIRQL irql;
    KeAcquireSpinLock(&Block->Lock, &irql);
    Block->Count++;
} // expect: lock-not-released

VOID BreakLeavesBad(PCONTEXT_BLOCK Block)
{
    ULONG i;
    KIRQL irql;
    for (i = 0; i < 10; i++) {
        KeAcquireSpinLock(&Block->Lock, &irql);
        if (Block->Count == i)
            break;
        KeReleaseSpinLock(&Block->Lock, irql);
    }
} // expect: lock-not-released

VOID BreakLeavesOk(PCONTEXT_BLOCK Block)
{
    ULONG i;
    KIRQL irql;
    for (i = 0; i < 10; i++) {
        KeAcquireSpinLock(&Block->Lock, &irql);
        if (Block->Count == i) {
            KeReleaseSpinLock(&Block->Lock, irql);
            break;
        }
        KeReleaseSpinLock(&Block->Lock, irql);
    }
}

VOID ContinueLeavesBad(PCONTEXT_BLOCK Block)
{
    ULONG i;
    KIRQL irql;
    for (i = 0; i < 10; i++) {
        KeAcquireSpinLock(&Block->Lock, &irql); // expect: lock-acquired-twice
        if (Block->Count == i)
            continue;
        KeReleaseSpinLock(&Block->Lock, irql);
    }
} // expect: lock-not-released | lock-acquired-twice

NTSTATUS SwitchLeavesBad(PCONTEXT_BLOCK Block, ULONG Code)
{
    KIRQL irql;
    KeAcquireSpinLock(&Block->Lock, &irql);
    switch (Code) {
    case 1:
        Block->Count++;
        break;
    case 2:
        Block->Count--;
        break;
    default:
        return STATUS_INVALID_PARAMETER; // expect: lock-not-released
    }
    KeReleaseSpinLock(&Block->Lock, irql);
    return STATUS_SUCCESS;
}

//- /helperLeak/driver.c
#include <ntddk.h>

KSPIN_LOCK ListLock;
LIST_ENTRY ListHead;

static KIRQL LockList(VOID)
{
    KIRQL irql;
    KeAcquireSpinLock(&ListLock, &irql);
    return irql;
}

static VOID UnlockList(KIRQL Irql)
{
    KeReleaseSpinLock(&ListLock, Irql);
}

BOOLEAN PeekBad(VOID)
{
    KIRQL irql = LockList();
    if (IsListEmpty(&ListHead))
        return FALSE; // expect: lock-not-released
    UnlockList(irql);
    return TRUE;
}

BOOLEAN PeekOk(VOID)
{
    KIRQL irql = LockList();
    if (IsListEmpty(&ListHead)) {
        UnlockList(irql);
        return FALSE;
    }
    UnlockList(irql);
    return TRUE;
}

//- /macroLeak/driver.c
#include <ntddk.h>

typedef struct _ADAPTER {
    KSPIN_LOCK SendLock;
    KIRQL SendIrql;
    int Busy;
} ADAPTER;

#define LOCK_SEND(a) KeAcquireSpinLock(&(a)->SendLock, &(a)->SendIrql)
#define UNLOCK_SEND(a) KeReleaseSpinLock(&(a)->SendLock, (a)->SendIrql)

int SendBad(ADAPTER *A)
{
    LOCK_SEND(A);
    if (A->Busy)
        return -1; // expect: lock-not-released
    A->Busy = 1;
    UNLOCK_SEND(A);
    return 0;
}

int SendOk(ADAPTER *A)
{
    LOCK_SEND(A);
    if (A->Busy) {
        UNLOCK_SEND(A);
        return -1;
    }
    A->Busy = 1;
    UNLOCK_SEND(A);
    return 0;
}

//- /twice/driver.c
#include <ntddk.h>

KSPIN_LOCK Lock;

VOID TwiceBad(VOID)
{
    KIRQL a, b;
    KeAcquireSpinLock(&Lock, &a);
    KeAcquireSpinLock(&Lock, &b); // expect: lock-acquired-twice
    KeReleaseSpinLock(&Lock, b);
    KeReleaseSpinLock(&Lock, a);
}

VOID TwiceInTurnOk(VOID)
{
    KIRQL a, b;
    KeAcquireSpinLock(&Lock, &a);
    KeReleaseSpinLock(&Lock, a);
    KeAcquireSpinLock(&Lock, &b);
    KeReleaseSpinLock(&Lock, b);
}

static VOID Touch(VOID)
{
    KIRQL irql;
    KeAcquireSpinLock(&Lock, &irql);
    KeReleaseSpinLock(&Lock, irql);
}

VOID TwiceThroughHelperBad(VOID)
{
    KIRQL irql;
    KeAcquireSpinLock(&Lock, &irql);
    Touch(); // expect: lock-acquired-twice
    KeReleaseSpinLock(&Lock, irql);
}

VOID TwiceThroughHelperOk(VOID)
{
    KIRQL irql;
    KeAcquireSpinLock(&Lock, &irql);
    KeReleaseSpinLock(&Lock, irql);
    Touch();
}

VOID TwiceAtDpcBad(VOID)
{
    KIRQL irql;
    KeAcquireSpinLock(&Lock, &irql);
    KeAcquireSpinLockAtDpcLevel(&Lock); // expect: lock-acquired-twice
    KeReleaseSpinLockFromDpcLevel(&Lock);
    KeReleaseSpinLock(&Lock, irql);
}

//- /mutexTwice/driver.c
#include <ntifs.h>

FAST_MUTEX Fast;
ERESOURCE Res;

VOID FastMutexTwiceBad(VOID)
{
    ExAcquireFastMutex(&Fast);
    ExAcquireFastMutex(&Fast); // expect: lock-acquired-twice
    ExReleaseFastMutex(&Fast);
    ExReleaseFastMutex(&Fast);
}

VOID ResourceTwiceOk(VOID)
{
    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(&Res, TRUE);
    ExAcquireResourceExclusiveLite(&Res, TRUE);
    ExReleaseResourceLite(&Res);
    ExReleaseResourceLite(&Res);
    KeLeaveCriticalRegion();
}

VOID ResourceLeakBad(BOOLEAN Quit)
{
    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(&Res, TRUE);
    if (Quit) {
        KeLeaveCriticalRegion();
        return; // expect: lock-not-released
    }
    ExReleaseResourceLite(&Res);
    KeLeaveCriticalRegion();
}

VOID FastMutexLeakBad(BOOLEAN Quit)
{
    ExAcquireFastMutex(&Fast);
    if (Quit)
        return; // expect: lock-not-released
    ExReleaseFastMutex(&Fast);
}

VOID FastMutexOk(BOOLEAN Quit)
{
    ExAcquireFastMutex(&Fast);
    if (Quit) {
        ExReleaseFastMutex(&Fast);
        return;
    }
    ExReleaseFastMutex(&Fast);
}

//- /unheld/driver.c
#include <ntddk.h>

KSPIN_LOCK Lock;

VOID ReleaseTwiceBad(VOID)
{
    KIRQL irql;
    KeAcquireSpinLock(&Lock, &irql);
    KeReleaseSpinLock(&Lock, irql);
    KeReleaseSpinLock(&Lock, irql); // expect: lock-released-unheld
}

VOID ReleaseOnceOk(VOID)
{
    KIRQL irql;
    KeAcquireSpinLock(&Lock, &irql);
    KeReleaseSpinLock(&Lock, irql);
}

NTSTATUS ReleaseAfterErrorBad(PULONG P)
{
    NTSTATUS status = STATUS_SUCCESS;
    KIRQL irql;
    KeAcquireSpinLock(&Lock, &irql);
    if (*P == 0) {
        KeReleaseSpinLock(&Lock, irql);
        status = STATUS_UNSUCCESSFUL;
        goto Out;
    }
    *P = 0;
Out:
    KeReleaseSpinLock(&Lock, irql); // expect: lock-released-unheld
    return status;
}

NTSTATUS ReleaseAfterErrorOk(PULONG P)
{
    NTSTATUS status = STATUS_SUCCESS;
    KIRQL irql;
    KeAcquireSpinLock(&Lock, &irql);
    if (*P == 0) {
        status = STATUS_UNSUCCESSFUL;
        goto Out;
    }
    *P = 0;
Out:
    KeReleaseSpinLock(&Lock, irql);
    return status;
}

//- /wrongLock/driver.c
#include <ntddk.h>

typedef struct _PAIR {
    KSPIN_LOCK First;
    KSPIN_LOCK Second;
} PAIR;

VOID ReleaseOtherBad(PAIR *Pair)
{
    KIRQL irql;
    KeAcquireSpinLock(&Pair->First, &irql);
    KeReleaseSpinLock(&Pair->Second, irql); // expect: lock-released-unheld | lock-not-released | irql-lowered-under-lock
}

VOID ReleaseSameOk(PAIR *Pair)
{
    KIRQL irql;
    KeAcquireSpinLock(&Pair->First, &irql);
    KeReleaseSpinLock(&Pair->First, irql);
}

//- /sharedIrql/driver.c
#include <ntddk.h>

VOID OneVariableBad(PKSPIN_LOCK A, PKSPIN_LOCK B)
{
    KIRQL irql;
    KeAcquireSpinLock(A, &irql);
    KeAcquireSpinLock(B, &irql); // expect: saved-irql-overwritten
    KeReleaseSpinLock(B, irql);
    KeReleaseSpinLock(A, irql);
}

VOID TwoVariablesOk(PKSPIN_LOCK A, PKSPIN_LOCK B)
{
    KIRQL outer, inner;
    KeAcquireSpinLock(A, &outer);
    KeAcquireSpinLock(B, &inner);
    KeReleaseSpinLock(B, inner);
    KeReleaseSpinLock(A, outer);
}

VOID OutOfOrderBad(PKSPIN_LOCK A, PKSPIN_LOCK B)
{
    KIRQL outer, inner;
    KeAcquireSpinLock(A, &outer);
    KeAcquireSpinLock(B, &inner);
    KeReleaseSpinLock(A, outer); // expect: irql-lowered-under-lock
    KeReleaseSpinLock(B, inner);
}

VOID OutOfOrderOk(PKSPIN_LOCK A, PKSPIN_LOCK B)
{
    KIRQL outer, inner;
    KeAcquireSpinLock(A, &outer);
    KeAcquireSpinLock(B, &inner);
    KeReleaseSpinLock(A, inner);
    KeReleaseSpinLock(B, outer);
}

VOID NestedDpcFormOk(PKSPIN_LOCK A, PKSPIN_LOCK B)
{
    KIRQL irql;
    KeAcquireSpinLock(A, &irql);
    KeAcquireSpinLockAtDpcLevel(B);
    KeReleaseSpinLockFromDpcLevel(B);
    KeReleaseSpinLock(A, irql);
}

//- /variants/driver.c
#include <ntddk.h>

VOID PlainThenDpcBad(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    KeReleaseSpinLockFromDpcLevel(Lock); // expect: release-variant-mismatch
}

VOID PlainThenPlainOk(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    KeReleaseSpinLock(Lock, irql);
}

_IRQL_requires_(DISPATCH_LEVEL)
VOID DpcThenPlainBad(PKSPIN_LOCK Lock)
{
    KeAcquireSpinLockAtDpcLevel(Lock);
    KeReleaseSpinLock(Lock, PASSIVE_LEVEL); // expect: release-variant-mismatch
}

_IRQL_requires_(DISPATCH_LEVEL)
VOID DpcThenDpcOk(PKSPIN_LOCK Lock)
{
    KeAcquireSpinLockAtDpcLevel(Lock);
    KeReleaseSpinLockFromDpcLevel(Lock);
}

VOID QueuedThenDpcBad(PKSPIN_LOCK Lock)
{
    KLOCK_QUEUE_HANDLE handle;
    KeAcquireInStackQueuedSpinLock(Lock, &handle);
    KeReleaseInStackQueuedSpinLockFromDpcLevel(&handle); // expect: release-variant-mismatch
}

VOID QueuedThenPlainBad(PKSPIN_LOCK Lock)
{
    KLOCK_QUEUE_HANDLE handle;
    KeAcquireInStackQueuedSpinLock(Lock, &handle);
    KeReleaseSpinLock(Lock, PASSIVE_LEVEL); // expect: release-variant-mismatch | lock-not-released | mixed-queued-and-plain
}

VOID SharedThenExclusiveBad(PEX_SPIN_LOCK Lock)
{
    KIRQL irql = ExAcquireSpinLockShared(Lock);
    ExReleaseSpinLockExclusive(Lock, irql); // expect: release-variant-mismatch
}

VOID SharedThenSharedOk(PEX_SPIN_LOCK Lock)
{
    KIRQL irql = ExAcquireSpinLockShared(Lock);
    ExReleaseSpinLockShared(Lock, irql);
}

VOID FastThenUnsafeBad(PFAST_MUTEX Mutex)
{
    ExAcquireFastMutex(Mutex);
    ExReleaseFastMutexUnsafe(Mutex); // expect: release-variant-mismatch
}

VOID GuardedThenFastBad(PKGUARDED_MUTEX Mutex)
{
    KeAcquireGuardedMutex(Mutex);
    ExReleaseFastMutex((PFAST_MUTEX)Mutex); // expect: release-variant-mismatch | lock-not-released
}

//- /mixed/driver.c
#include <ntddk.h>

typedef struct _QUEUE {
    KSPIN_LOCK Lock;
    LIST_ENTRY Head;
} QUEUE;

VOID PushBad(QUEUE *Queue, PLIST_ENTRY Entry)
{
    KIRQL irql;
    KeAcquireSpinLock(&Queue->Lock, &irql); // expect: mixed-queued-and-plain
    InsertTailList(&Queue->Head, Entry);
    KeReleaseSpinLock(&Queue->Lock, irql);
}

PLIST_ENTRY Pop(QUEUE *Queue)
{
    KLOCK_QUEUE_HANDLE handle;
    PLIST_ENTRY entry;
    KeAcquireInStackQueuedSpinLock(&Queue->Lock, &handle);
    entry = RemoveHeadList(&Queue->Head);
    KeReleaseInStackQueuedSpinLock(&handle);
    return entry;
}

//- /interlockedMixed/driver.c
#include <ntddk.h>

LIST_ENTRY Head;
KSPIN_LOCK HeadLock;

PLIST_ENTRY InterlockedUnderItsLockBad(PLIST_ENTRY Entry)
{
    KIRQL irql;
    PLIST_ENTRY previous;
    KeAcquireSpinLock(&HeadLock, &irql);
    previous = ExInterlockedInsertTailList(&Head, Entry, &HeadLock); // expect: lock-acquired-twice
    KeReleaseSpinLock(&HeadLock, irql);
    return previous;
}

PLIST_ENTRY InterlockedAloneOk(PLIST_ENTRY Entry)
{
    return ExInterlockedInsertTailList(&Head, Entry, &HeadLock);
}

//- /tryLock/driver.c
#include <ntddk.h>

_IRQL_requires_(DISPATCH_LEVEL)
VOID TryIgnoredBad(PKSPIN_LOCK Lock)
{
    KeTryToAcquireSpinLockAtDpcLevel(Lock); // expect: try-acquire-ignored
    KeReleaseSpinLockFromDpcLevel(Lock);
}

_IRQL_requires_(DISPATCH_LEVEL)
VOID TryTestedOk(PKSPIN_LOCK Lock)
{
    if (KeTryToAcquireSpinLockAtDpcLevel(Lock)) {
        KeReleaseSpinLockFromDpcLevel(Lock);
    }
}

VOID TryMutexOk(PFAST_MUTEX Mutex)
{
    if (!ExTryToAcquireFastMutex(Mutex))
        return;
    ExReleaseFastMutex(Mutex);
}

VOID TryMutexBad(PFAST_MUTEX Mutex)
{
    if (!ExTryToAcquireFastMutex(Mutex))
        KdPrint(("busy\n"));
    ExReleaseFastMutex(Mutex); // expect: lock-released-unheld
}

VOID ResourceNoWaitBad(PERESOURCE Resource)
{
    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(Resource, FALSE); // expect: try-acquire-ignored
    ExReleaseResourceLite(Resource);
    KeLeaveCriticalRegion();
}

//- /seh/driver.c
#include <ntddk.h>

VOID LeaveSkipsBad(PKSPIN_LOCK Lock, PULONG P)
{
    KIRQL irql;
    __try {
        KeAcquireSpinLock(Lock, &irql);
        if (*P == 0)
            __leave;
        (*P)--;
        KeReleaseSpinLock(Lock, irql);
    } __finally {
        DbgPrint("done\n");
    }
} // expect: lock-not-released

VOID FinallyReleasesOk(PFAST_MUTEX Mutex, PULONG P)
{
    ExAcquireFastMutex(Mutex);
    __try {
        if (*P == 0)
            __leave;
        (*P)--;
    } __finally {
        ExReleaseFastMutex(Mutex);
    }
}

NTSTATUS ExceptLeaksBad(PFAST_MUTEX Mutex, PULONG UserPointer)
{
    NTSTATUS status = STATUS_SUCCESS;
    __try {
        ProbeForWrite(UserPointer, sizeof(ULONG), sizeof(ULONG));
        ExAcquireFastMutex(Mutex);
        *UserPointer = 1;
        ExReleaseFastMutex(Mutex);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    // missed: no path from inside a try body to its handler is followed
    return status; // FN_: lock-not-released
}
