//- /wait/driver.c
#include <ntddk.h>

typedef struct _DEVICE_EXTENSION {
    KSPIN_LOCK Lock;
    KEVENT Event;
    LIST_ENTRY Queue;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;

VOID WaitForeverBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL); // expect: irql-too-high
    KeReleaseSpinLock(&Ext->Lock, irql);
}

VOID WaitZeroOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    LARGE_INTEGER zero;
    zero.QuadPart = 0;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, &zero);
    KeReleaseSpinLock(&Ext->Lock, irql);
}

VOID WaitAfterOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    KeReleaseSpinLock(&Ext->Lock, irql);
    KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
}

VOID WaitTimeoutBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    LARGE_INTEGER timeout;
    timeout.QuadPart = -10 * 1000 * 1000;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, &timeout); // expect: irql-too-high
    KeReleaseSpinLock(&Ext->Lock, irql);
}

VOID SleepBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    LARGE_INTEGER interval;
    interval.QuadPart = -10000;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    KeDelayExecutionThread(KernelMode, FALSE, &interval); // expect: irql-too-high
    KeReleaseSpinLock(&Ext->Lock, irql);
}

VOID StallOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    KeStallExecutionProcessor(5);
    KeReleaseSpinLock(&Ext->Lock, irql);
}

static VOID Drain(PDEVICE_EXTENSION Ext)
{
    KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
}

VOID WaitInHelperBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    Drain(Ext); // expect: irql-too-high
    KeReleaseSpinLock(&Ext->Lock, irql);
}

VOID WaitInHelperOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    InitializeListHead(&Ext->Queue);
    KeReleaseSpinLock(&Ext->Lock, irql);
    Drain(Ext);
}

//- /setEventWait/driver.c
#include <ntddk.h>

VOID SetEventWaitBad(PKSPIN_LOCK Lock, PRKEVENT Event)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    KeSetEvent(Event, IO_NO_INCREMENT, TRUE); // expect: irql-too-high
    KeReleaseSpinLock(Lock, irql);
}

VOID SetEventOk(PKSPIN_LOCK Lock, PRKEVENT Event)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    KeSetEvent(Event, IO_NO_INCREMENT, FALSE);
    KeReleaseSpinLock(Lock, irql);
}

//- /mutexes/driver.c
#include <ntifs.h>

VOID ResourceUnderLockBad(PKSPIN_LOCK Lock, PERESOURCE Resource)
{
    KIRQL irql;
    KeEnterCriticalRegion();
    KeAcquireSpinLock(Lock, &irql);
    ExAcquireResourceExclusiveLite(Resource, TRUE); // expect: irql-too-high
    ExReleaseResourceLite(Resource);
    KeReleaseSpinLock(Lock, irql);
    KeLeaveCriticalRegion();
}

VOID ResourceOutsideOk(PKSPIN_LOCK Lock, PERESOURCE Resource)
{
    KIRQL irql;
    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(Resource, TRUE);
    KeAcquireSpinLock(Lock, &irql);
    KeReleaseSpinLock(Lock, irql);
    ExReleaseResourceLite(Resource);
    KeLeaveCriticalRegion();
}

VOID GuardedMutexUnderLockBad(PKSPIN_LOCK Lock, PKGUARDED_MUTEX Mutex)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    KeAcquireGuardedMutex(Mutex); // expect: irql-too-high
    KeReleaseGuardedMutex(Mutex);
    KeReleaseSpinLock(Lock, irql);
}

VOID LockUnderGuardedMutexOk(PKSPIN_LOCK Lock, PKGUARDED_MUTEX Mutex)
{
    KIRQL irql;
    KeAcquireGuardedMutex(Mutex);
    KeAcquireSpinLock(Lock, &irql);
    KeReleaseSpinLock(Lock, irql);
    KeReleaseGuardedMutex(Mutex);
}

VOID PushLockUnderLockBad(PKSPIN_LOCK Lock, PEX_PUSH_LOCK Push)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    ExAcquirePushLockExclusive(Push); // expect: irql-too-high
    ExReleasePushLockExclusive(Push);
    KeReleaseSpinLock(Lock, irql);
}

//- /queuedLock/driver.c
#include <ntddk.h>

VOID WaitUnderQueuedBad(PKSPIN_LOCK Lock, PKMUTEX Mutex)
{
    KLOCK_QUEUE_HANDLE handle;
    KeAcquireInStackQueuedSpinLock(Lock, &handle);
    KeWaitForMutexObject(Mutex, Executive, KernelMode, FALSE, NULL); // expect: irql-too-high
    KeReleaseMutex(Mutex, FALSE);
    KeReleaseInStackQueuedSpinLock(&handle);
}

VOID WaitOutsideQueuedOk(PKSPIN_LOCK Lock, PKMUTEX Mutex)
{
    KLOCK_QUEUE_HANDLE handle;
    KeWaitForMutexObject(Mutex, Executive, KernelMode, FALSE, NULL);
    KeAcquireInStackQueuedSpinLock(Lock, &handle);
    KeReleaseInStackQueuedSpinLock(&handle);
    KeReleaseMutex(Mutex, FALSE);
}

//- /exSpinLock/driver.c
#include <wdm.h>

EX_SPIN_LOCK TableLock;

VOID RegistryUnderSharedBad(HANDLE Key, PUNICODE_STRING Name, ULONG Value)
{
    KIRQL irql = ExAcquireSpinLockShared(&TableLock);
    ZwSetValueKey(Key, Name, 0, REG_DWORD, &Value, sizeof(Value)); // expect: irql-too-high
    ExReleaseSpinLockShared(&TableLock, irql);
}

VOID RegistryAfterSharedOk(HANDLE Key, PUNICODE_STRING Name, ULONG Value)
{
    KIRQL irql = ExAcquireSpinLockShared(&TableLock);
    Value++;
    ExReleaseSpinLockShared(&TableLock, irql);
    ZwSetValueKey(Key, Name, 0, REG_DWORD, &Value, sizeof(Value));
}

//- /pool/driver.c
#include <ntddk.h>

PVOID PagedPoolBad(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    PVOID p;
    KeAcquireSpinLock(Lock, &irql);
    p = ExAllocatePoolWithTag(PagedPool, 64, 'abcd'); // expect: irql-too-high
    KeReleaseSpinLock(Lock, irql);
    return p;
}

PVOID NonPagedPoolOk(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    PVOID p;
    KeAcquireSpinLock(Lock, &irql);
    p = ExAllocatePoolWithTag(NonPagedPoolNx, 64, 'abcd');
    KeReleaseSpinLock(Lock, irql);
    return p;
}

PVOID PagedPool2Bad(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    PVOID p;
    KeAcquireSpinLock(Lock, &irql);
    p = ExAllocatePool2(POOL_FLAG_PAGED, 64, 'abcd'); // expect: irql-too-high
    KeReleaseSpinLock(Lock, irql);
    return p;
}

PVOID NonPagedPool2Ok(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    PVOID p;
    KeAcquireSpinLock(Lock, &irql);
    p = ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, 'abcd');
    KeReleaseSpinLock(Lock, irql);
    return p;
}

//- /complete/driver.c
#include <wdm.h>

VOID CompleteUnderLockBad(PKSPIN_LOCK Lock, PIRP Irp)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    IoCompleteRequest(Irp, IO_NO_INCREMENT); // expect: request-under-spin-lock
    KeReleaseSpinLock(Lock, irql);
}

VOID CompleteAfterOk(PKSPIN_LOCK Lock, PIRP Irp)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    KeReleaseSpinLock(Lock, irql);
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
}

VOID StartNextUnderLockBad(PDEVICE_OBJECT Device, PKSPIN_LOCK Lock)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    IoStartNextPacket(Device, TRUE); // expect: request-under-spin-lock
    KeReleaseSpinLock(Lock, irql);
}

NTSTATUS CallDriverUnderLockBad(PDEVICE_OBJECT Lower, PIRP Irp, PKSPIN_LOCK Lock)
{
    NTSTATUS status;
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(Lower, Irp); // expect: request-under-spin-lock
    KeReleaseSpinLock(Lock, irql);
    return status;
}

//- /dpcFlush/driver.c
#include <ntddk.h>

VOID FlushUnderLockBad(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    KeFlushQueuedDpcs(); // expect: irql-too-high
    KeReleaseSpinLock(Lock, irql);
}

VOID FlushOk(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    KeReleaseSpinLock(Lock, irql);
    KeFlushQueuedDpcs();
}

//- /userMemory/driver.c
#include <ntddk.h>

NTSTATUS ProbeUnderLockBad(PKSPIN_LOCK Lock, PVOID Buffer, ULONG Length)
{
    KIRQL irql;
    NTSTATUS status = STATUS_SUCCESS;
    KeAcquireSpinLock(Lock, &irql);
    __try {
        ProbeForRead(Buffer, Length, 1); // expect: irql-too-high
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    KeReleaseSpinLock(Lock, irql);
    return status;
}

NTSTATUS ProbeBeforeOk(PKSPIN_LOCK Lock, PVOID Buffer, ULONG Length)
{
    KIRQL irql;
    NTSTATUS status = STATUS_SUCCESS;
    __try {
        ProbeForRead(Buffer, Length, 1);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        return GetExceptionCode();
    }
    KeAcquireSpinLock(Lock, &irql);
    KeReleaseSpinLock(Lock, irql);
    return status;
}
