//- /arguments/driver.c
#include <ntddk.h>

static NTSTATUS Query(PKEVENT Event, BOOLEAN Wait)
{
    if (Wait)
        return KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
    return STATUS_PENDING;
}

VOID QueryWaitBad(PKSPIN_LOCK Lock, PKEVENT Event)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    Query(Event, TRUE); // expect: irql-too-high
    KeReleaseSpinLock(Lock, irql);
}

VOID QueryNoWaitOk(PKSPIN_LOCK Lock, PKEVENT Event)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    Query(Event, FALSE);
    KeReleaseSpinLock(Lock, irql);
}

static PVOID Allocate(POOL_TYPE Type, SIZE_T Size)
{
    return ExAllocatePoolWithTag(Type, Size, 'collA');
}

PVOID AllocatePagedBad(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    PVOID p;
    KeAcquireSpinLock(Lock, &irql);
    // missed: a condition of a routine on an argument that a helper only hands on
    p = Allocate(PagedPool, 32); // FN_: irql-too-high
    KeReleaseSpinLock(Lock, irql);
    return p;
}

PVOID AllocateNonPagedOk(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    PVOID p;
    KeAcquireSpinLock(Lock, &irql);
    p = Allocate(NonPagedPoolNx, 32);
    KeReleaseSpinLock(Lock, irql);
    return p;
}

//- /nullCheckFirst/driver.c
#include <ntddk.h>

KDEFERRED_ROUTINE PollDpcBad;

VOID PollDpcBad(PKDPC Dpc, PVOID Context, PVOID A, PVOID B)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(A);
    UNREFERENCED_PARAMETER(B);
    if (Context == NULL)
        return;
    ExAcquireFastMutex((PFAST_MUTEX)Context); // expect: irql-too-high
    ExReleaseFastMutex((PFAST_MUTEX)Context);
}

_IRQL_requires_(DISPATCH_LEVEL)
VOID FlushBad(HANDLE File, BOOLEAN Close)
{
    if (Close)
        ZwClose(File); // expect: irql-too-high
}

//- /statusPaths/driver.c
#include <ntddk.h>

NTSTATUS Prepare(PVOID Object);
NTSTATUS Commit(PVOID Object);

NTSTATUS ForgetsOnFailureBad(PFAST_MUTEX Mutex, PVOID Object)
{
    NTSTATUS status;
    ExAcquireFastMutex(Mutex);
    status = Prepare(Object);
    if (!NT_SUCCESS(status))
        return status; // expect: lock-not-released
    status = Commit(Object);
    ExReleaseFastMutex(Mutex);
    return status;
}

NTSTATUS ReleasesOnFailureOk(PFAST_MUTEX Mutex, PVOID Object)
{
    NTSTATUS status;
    ExAcquireFastMutex(Mutex);
    status = Prepare(Object);
    if (!NT_SUCCESS(status)) {
        ExReleaseFastMutex(Mutex);
        return status;
    }
    status = Commit(Object);
    ExReleaseFastMutex(Mutex);
    return status;
}

//- /flagPaths/driver.c
#include <ntddk.h>

VOID FlagKeepsPairOk(PKSPIN_LOCK Lock, BOOLEAN Shared, PULONG Count)
{
    KIRQL irql = PASSIVE_LEVEL;
    BOOLEAN locked = FALSE;
    if (Shared) {
        KeAcquireSpinLock(Lock, &irql);
        locked = TRUE;
    }
    (*Count)++;
    if (locked)
        KeReleaseSpinLock(Lock, irql);
}

VOID FlagForgottenBad(PKSPIN_LOCK Lock, BOOLEAN Shared, PULONG Count)
{
    KIRQL irql = PASSIVE_LEVEL;
    BOOLEAN locked = FALSE;
    if (Shared) {
        KeAcquireSpinLock(Lock, &irql);
    }
    (*Count)++;
    if (locked)
        KeReleaseSpinLock(Lock, irql);
} // expect: lock-not-released

//- /threads/driver.c
#include <ntddk.h>

KSTART_ROUTINE WorkerOk;
KSPIN_LOCK QueueLock;
KEVENT Wake;

VOID WorkerOk(PVOID Context)
{
    KIRQL irql;
    UNREFERENCED_PARAMETER(Context);
    for (;;) {
        KeWaitForSingleObject(&Wake, Executive, KernelMode, FALSE, NULL);
        KeAcquireSpinLock(&QueueLock, &irql);
        KeReleaseSpinLock(&QueueLock, irql);
    }
}

static VOID RegisteredWorkerBad(PVOID Context)
{
    KIRQL irql;
    UNREFERENCED_PARAMETER(Context);
    for (;;) {
        KeAcquireSpinLock(&QueueLock, &irql);
        KeWaitForSingleObject(&Wake, Executive, KernelMode, FALSE, NULL); // expect: irql-too-high
        KeReleaseSpinLock(&QueueLock, irql);
    }
}

NTSTATUS StartWorkers(PHANDLE Thread)
{
    return PsCreateSystemThread(Thread, THREAD_ALL_ACCESS, NULL, NULL, NULL, RegisteredWorkerBad, NULL);
}

//- /csq/driver.c
#include <wdm.h>

typedef struct _CSQ_QUEUE {
    IO_CSQ Csq;
    KSPIN_LOCK Lock;
    LIST_ENTRY Irps;
} CSQ_QUEUE;

IO_CSQ_ACQUIRE_LOCK CsqAcquireOk;
IO_CSQ_RELEASE_LOCK CsqReleaseOk;

VOID CsqAcquireOk(PIO_CSQ Csq, PKIRQL Irql)
{
    CSQ_QUEUE *queue = CONTAINING_RECORD(Csq, CSQ_QUEUE, Csq);
    KeAcquireSpinLock(&queue->Lock, Irql);
}

VOID CsqReleaseOk(PIO_CSQ Csq, KIRQL Irql)
{
    CSQ_QUEUE *queue = CONTAINING_RECORD(Csq, CSQ_QUEUE, Csq);
    KeReleaseSpinLock(&queue->Lock, Irql);
}

//- /suppressed/driver.c
#include <ntddk.h>

VOID SuppressedOk(PKSPIN_LOCK Lock, HANDLE Handle)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
#pragma warning(suppress : 28121)
    ZwClose(Handle);
    // irql-lens-ignore irql-too-high: the handle is one of the kernel's own
    ZwClose(Handle);
    KeReleaseSpinLock(Lock, irql);
}

//- /levels/driver.c
#include <ntddk.h>

VOID DpcLevelNameBad(HANDLE Handle)
{
    KIRQL old;
    KeRaiseIrql(DPC_LEVEL, &old);
    ZwClose(Handle); // expect: irql-too-high
    KeLowerIrql(old);
}

VOID ArithmeticLevelBad(PRKEVENT Event)
{
    KIRQL old;
    KeRaiseIrql(DISPATCH_LEVEL + 1, &old);
    KeSetEvent(Event, IO_NO_INCREMENT, FALSE); // expect: irql-too-high
    KeLowerIrql(old);
}

VOID NumberLevelBad(HANDLE Handle)
{
    KIRQL old;
    KeRaiseIrql(2, &old);
    ZwClose(Handle); // expect: irql-too-high
    KeLowerIrql(old);
}

VOID ApcForWaitOk(PKEVENT Event)
{
    KIRQL old;
    KeRaiseIrql(APC_LEVEL, &old);
    KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
    KeLowerIrql(old);
}

VOID ConditionalExpressionBad(HANDLE Handle, BOOLEAN High)
{
    KIRQL old;
    KeRaiseIrql(High ? HIGH_LEVEL : DISPATCH_LEVEL, &old);
    ZwClose(Handle); // expect: irql-too-high
    KeLowerIrql(old);
}

//- /sleeping/driver.c
#include <ntddk.h>

VOID SemaphoreWaitBad(PKSPIN_LOCK Lock, PKSEMAPHORE Semaphore)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    KeWaitForSingleObject(Semaphore, Executive, KernelMode, FALSE, NULL); // expect: irql-too-high
    KeReleaseSpinLock(Lock, irql);
}

VOID MultipleWaitBad(PKSPIN_LOCK Lock, PVOID *Objects)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    KeWaitForMultipleObjects(2, Objects, WaitAny, Executive, KernelMode, FALSE, NULL, NULL); // expect: irql-too-high
    KeReleaseSpinLock(Lock, irql);
}

VOID ReleaseMutexWaitBad(PKSPIN_LOCK Lock, PRKSEMAPHORE Semaphore)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    KeReleaseSemaphore(Semaphore, IO_NO_INCREMENT, 1, TRUE); // expect: irql-too-high
    KeReleaseSpinLock(Lock, irql);
}

VOID RemoveQueueBad(PKSPIN_LOCK Lock, PRKQUEUE Queue)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    KeRemoveQueue(Queue, KernelMode, NULL); // expect: irql-too-high
    KeReleaseSpinLock(Lock, irql);
}

VOID RundownWaitBad(PKSPIN_LOCK Lock, PEX_RUNDOWN_REF Rundown)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    ExWaitForRundownProtectionRelease(Rundown); // expect: irql-too-high
    KeReleaseSpinLock(Lock, irql);
}

VOID CancelTimerOk(PKSPIN_LOCK Lock, PKTIMER Timer)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    KeCancelTimer(Timer);
    KeReleaseSpinLock(Lock, irql);
}

VOID CopyStringBad(PKSPIN_LOCK Lock, PUNICODE_STRING To, PANSI_STRING From)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    RtlAnsiStringToUnicodeString(To, From, TRUE); // expect: irql-too-high
    KeReleaseSpinLock(Lock, irql);
}

VOID ReferenceObjectBad(PKSPIN_LOCK Lock, HANDLE Handle, PVOID *Object)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    ObReferenceObjectByHandle(Handle, 0, NULL, KernelMode, Object, NULL); // expect: irql-too-high
    KeReleaseSpinLock(Lock, irql);
}

VOID DeviceWorkBad(PKSPIN_LOCK Lock, PDEVICE_OBJECT Device)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    IoDeleteDevice(Device); // expect: irql-too-high
    IoDetachDevice(Device); // expect: irql-too-high
    KeReleaseSpinLock(Lock, irql);
}

VOID MdlBad(PKSPIN_LOCK Lock, PMDL Mdl)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    MmProbeAndLockPages(Mdl, KernelMode, IoReadAccess); // expect: irql-too-high
    MmMapLockedPagesSpecifyCache(Mdl, UserMode, MmCached, NULL, FALSE, NormalPagePriority); // expect: irql-too-high
    KeReleaseSpinLock(Lock, irql);
}
