//- /dbg/driver.c
#include <ntddk.h>

KSPIN_LOCK Lock;
ULONG Count;

VOID OnlyCheckedReleasesBad(VOID)
{
    KIRQL irql;
    KeAcquireSpinLock(&Lock, &irql);
    Count++;
#if DBG
    KeReleaseSpinLock(&Lock, irql);
#endif
} // expect: lock-not-released

VOID BothReleaseOk(VOID)
{
    KIRQL irql;
    KeAcquireSpinLock(&Lock, &irql);
    Count++;
#if DBG
    DbgPrint("count %u\n", Count);
    KeReleaseSpinLock(&Lock, irql);
#else
    KeReleaseSpinLock(&Lock, irql);
#endif
}

VOID CheckedOnlyPairOk(VOID)
{
#if DBG
    KIRQL irql;
    KeAcquireSpinLock(&Lock, &irql);
#endif
    Count++;
#if DBG
    KeReleaseSpinLock(&Lock, irql);
#endif
}

//- /inline/driver.h
#pragma once
FORCEINLINE VOID HeaderLock(_Inout_ PKSPIN_LOCK Lock, _Out_ PKIRQL Irql)
{
    KeAcquireSpinLock(Lock, Irql);
}
FORCEINLINE VOID HeaderUnlock(_Inout_ PKSPIN_LOCK Lock, _In_ KIRQL Irql)
{
    KeReleaseSpinLock(Lock, Irql);
}
//- /inline/driver.c
#include <ntddk.h>
#include "driver.h"

VOID InlineThenWaitBad(PKSPIN_LOCK Lock, PKEVENT Event)
{
    KIRQL irql;
    HeaderLock(Lock, &irql);
    KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL); // expect: irql-too-high
    HeaderUnlock(Lock, irql);
}

VOID InlineThenSignalOk(PKSPIN_LOCK Lock, PKEVENT Event)
{
    KIRQL irql;
    HeaderLock(Lock, &irql);
    KeSetEvent(Event, 0, FALSE);
    HeaderUnlock(Lock, irql);
}

//- /raii/driver.cpp
#include <ntddk.h>

class CAutoSpinLock {
public:
    explicit CAutoSpinLock(PKSPIN_LOCK Lock) : m_Lock(Lock)
    {
        KeAcquireSpinLock(m_Lock, &m_Irql);
    }
    ~CAutoSpinLock()
    {
        KeReleaseSpinLock(m_Lock, m_Irql);
    }
private:
    PKSPIN_LOCK m_Lock;
    KIRQL m_Irql;
};

void GuardedWaitBad(PKSPIN_LOCK Lock, PKEVENT Event)
{
    CAutoSpinLock guard(Lock);
    KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, nullptr); // expect: irql-too-high
}

void GuardedScopeOk(PKSPIN_LOCK Lock, PKEVENT Event)
{
    {
        CAutoSpinLock guard(Lock);
        KeSetEvent(Event, 0, FALSE);
    }
    KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, nullptr);
}

namespace Adapter {
class Queue {
public:
    NTSTATUS PopBad();
    NTSTATUS PopOk();
private:
    KSPIN_LOCK m_Lock;
    ULONG m_Count;
};

NTSTATUS Queue::PopBad()
{
    KIRQL irql;
    KeAcquireSpinLock(&m_Lock, &irql);
    if (m_Count == 0)
        return STATUS_NO_MORE_ENTRIES; // expect: lock-not-released
    m_Count--;
    KeReleaseSpinLock(&m_Lock, irql);
    return STATUS_SUCCESS;
}

NTSTATUS Queue::PopOk()
{
    KIRQL irql;
    KeAcquireSpinLock(&m_Lock, &irql);
    if (m_Count == 0) {
        KeReleaseSpinLock(&m_Lock, irql);
        return STATUS_NO_MORE_ENTRIES;
    }
    m_Count--;
    KeReleaseSpinLock(&m_Lock, irql);
    return STATUS_SUCCESS;
}
}

//- /knr/driver.c
#include <ntddk.h>

KSPIN_LOCK Lock;

int
old_style_Bad(p, n)
    PULONG p;
    int n;
{
    KIRQL irql;
    KeAcquireSpinLock(&Lock, &irql);
    if (n < 0)
        return -1; // expect: lock-not-released
    *p = n;
    KeReleaseSpinLock(&Lock, irql);
    return 0;
}

int
old_style_Ok(p, n)
    PULONG p;
    int n;
{
    KIRQL irql;
    KeAcquireSpinLock(&Lock, &irql);
    *p = n;
    KeReleaseSpinLock(&Lock, irql);
    return 0;
}

//- /externLater/driver.c
#include <ntddk.h>

VOID UseLaterBad(HANDLE Handle);

VOID CallerBad(PKSPIN_LOCK TheLock, HANDLE Handle)
{
    extern VOID UseLaterBad(HANDLE);
    KIRQL irql;
    KeAcquireSpinLock(TheLock, &irql);
    UseLaterBad(Handle); // expect: irql-too-high
    KeReleaseSpinLock(TheLock, irql);
}

VOID UseLaterBad(HANDLE Handle)
{
    ZwClose(Handle);
}

//- /twoFiles/helper.c
#include <ntddk.h>

NTSTATUS SaveState(HANDLE Key, PUNICODE_STRING Name, ULONG Value)
{
    return ZwSetValueKey(Key, Name, 0, REG_DWORD, &Value, sizeof(Value));
}
//- /twoFiles/driver.c
#include <ntddk.h>

NTSTATUS SaveState(HANDLE Key, PUNICODE_STRING Name, ULONG Value);

NTSTATUS SaveUnderLockBad(PKSPIN_LOCK Lock, HANDLE Key, PUNICODE_STRING Name)
{
    KIRQL irql;
    NTSTATUS status;
    KeAcquireSpinLock(Lock, &irql);
    status = SaveState(Key, Name, 1); // expect: irql-too-high
    KeReleaseSpinLock(Lock, irql);
    return status;
}

//- /flagParameter/driver.c
#include <ntddk.h>

KSPIN_LOCK Lock;
ULONG Total;

static VOID Add(ULONG Value, BOOLEAN AtDispatch)
{
    KIRQL irql = PASSIVE_LEVEL;
    if (AtDispatch)
        KeAcquireSpinLockAtDpcLevel(&Lock);
    else
        KeAcquireSpinLock(&Lock, &irql);
    Total += Value;
    if (AtDispatch)
        KeReleaseSpinLockFromDpcLevel(&Lock);
    else
        KeReleaseSpinLock(&Lock, irql);
}

VOID AddAtPassiveOk(ULONG Value)
{
    PAGED_CODE();
    Add(Value, FALSE);
}

VOID AddAtPassiveBad(ULONG Value)
{
    PAGED_CODE();
    Add(Value, TRUE); // expect: atdpc-below-dispatch | irql-too-low
}

//- /twoLevelHelpers/driver.c
#include <ntddk.h>

static VOID Inner(PKEVENT Event)
{
    KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
}

static VOID Outer(PKEVENT Event)
{
    if (Event != NULL)
        Inner(Event);
}

VOID DeepWaitBad(PKSPIN_LOCK Lock, PKEVENT Event)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    Outer(Event); // expect: irql-too-high
    KeReleaseSpinLock(Lock, irql);
}

VOID DeepWaitOk(PKSPIN_LOCK Lock, PKEVENT Event)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    KeReleaseSpinLock(Lock, irql);
    Outer(Event);
}

//- /order/driver.c
#include <ntddk.h>

KSPIN_LOCK First;
KSPIN_LOCK Second;

DRIVER_DISPATCH ReadAB;
DRIVER_DISPATCH WriteBA;

NTSTATUS ReadAB(PDEVICE_OBJECT Device, PIRP Irp)
{
    KIRQL irql;
    UNREFERENCED_PARAMETER(Device);
    KeAcquireSpinLock(&First, &irql);
    KeAcquireSpinLockAtDpcLevel(&Second); // expect: lock-order-inversion
    KeReleaseSpinLockFromDpcLevel(&Second);
    KeReleaseSpinLock(&First, irql);
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

NTSTATUS WriteBA(PDEVICE_OBJECT Device, PIRP Irp)
{
    KIRQL irql;
    UNREFERENCED_PARAMETER(Device);
    KeAcquireSpinLock(&Second, &irql);
    KeAcquireSpinLockAtDpcLevel(&First);
    KeReleaseSpinLockFromDpcLevel(&First);
    KeReleaseSpinLock(&Second, irql);
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

//- /orderUnknownRoles/driver.c
#include <ntddk.h>

typedef struct _BOTH {
    KSPIN_LOCK A;
    KSPIN_LOCK B;
} BOTH;

VOID TakesAB(BOTH *Both)
{
    KIRQL irql;
    KeAcquireSpinLock(&Both->A, &irql);
    KeAcquireSpinLockAtDpcLevel(&Both->B); // expect: lock-order-inversion
    KeReleaseSpinLockFromDpcLevel(&Both->B);
    KeReleaseSpinLock(&Both->A, irql);
}

VOID TakesBA(BOTH *Both)
{
    KIRQL irql;
    KeAcquireSpinLock(&Both->B, &irql);
    KeAcquireSpinLockAtDpcLevel(&Both->A);
    KeReleaseSpinLockFromDpcLevel(&Both->A);
    KeReleaseSpinLock(&Both->B, irql);
}

//- /isrShared/driver.c
#include <ntddk.h>

KSERVICE_ROUTINE Isr;
DRIVER_DISPATCH Dispatch;
KSPIN_LOCK Shared;

BOOLEAN Isr(PKINTERRUPT Interrupt, PVOID Context)
{
    UNREFERENCED_PARAMETER(Interrupt);
    UNREFERENCED_PARAMETER(Context);
    KeAcquireSpinLockAtDpcLevel(&Shared); // expect: spin-lock-shared-with-isr | irql-too-high
    KeReleaseSpinLockFromDpcLevel(&Shared);
    return TRUE;
}

NTSTATUS Dispatch(PDEVICE_OBJECT Device, PIRP Irp)
{
    KIRQL irql;
    UNREFERENCED_PARAMETER(Device);
    KeAcquireSpinLock(&Shared, &irql);
    KeReleaseSpinLock(&Shared, irql);
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

//- /region/driver.c
#include <ntifs.h>

ERESOURCE Resource;
EX_PUSH_LOCK Push;

DRIVER_DISPATCH QueryBad;
DRIVER_DISPATCH QueryOk;

NTSTATUS QueryBad(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    PAGED_CODE();
    ExAcquireResourceSharedLite(&Resource, TRUE); // expect: resource-outside-critical-region
    ExReleaseResourceLite(&Resource);
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

NTSTATUS QueryOk(PDEVICE_OBJECT Device, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Device);
    PAGED_CODE();
    KeEnterCriticalRegion();
    ExAcquireResourceSharedLite(&Resource, TRUE);
    ExReleaseResourceLite(&Resource);
    KeLeaveCriticalRegion();
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

VOID RegionLeakBad(BOOLEAN Quit)
{
    KeEnterCriticalRegion();
    if (Quit)
        return; // expect: region-not-left | lock-not-released | critical-region-not-left
    KeLeaveCriticalRegion();
}

//- /halfTyped/driver.c
#include <ntddk.h>

VOID BeforeTheHoleBad(PKSPIN_LOCK Lock, PKEVENT Event)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL); // expect: irql-too-high
    KeReleaseSpinLock(Lock, irql);
}

VOID BeingTyped(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    if (Lock->

VOID AfterTheHoleBad(PKSPIN_LOCK Lock, HANDLE Handle)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    ZwClose(Handle); // expect: irql-too-high
    KeReleaseSpinLock(Lock, irql);
}

//- /noIncludes/driver.c
typedef struct { KSPIN_LOCK lock; int n; } thing_t;

static int bump_Bad(thing_t *t)
{
    KIRQL q;
    KeAcquireSpinLock(&t->lock, &q);
    if (t->n > 9) return 0; // expect: lock-not-released
    t->n++;
    KeReleaseSpinLock(&t->lock, q);
    return 1;
}

static int bump_Ok(thing_t *t)
{
    KIRQL q;
    int r = 0;
    KeAcquireSpinLock(&t->lock, &q);
    if (t->n <= 9) { t->n++; r = 1; }
    KeReleaseSpinLock(&t->lock, q);
    return r;
}

int use(thing_t *t) { return bump_Bad(t) + bump_Ok(t); }

//- /indirect/driver.c
#include <ntddk.h>

typedef VOID (*NOTIFY)(PVOID Context);

typedef struct _OPS {
    NOTIFY Notify;
} OPS;

static VOID WaitingNotify(PVOID Context)
{
    KeWaitForSingleObject(Context, Executive, KernelMode, FALSE, NULL);
}

static OPS Operations = { WaitingNotify };

VOID NotifyUnderLockBad(PKSPIN_LOCK Lock, PVOID Context)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    Operations.Notify(Context); // expect: irql-too-high
    KeReleaseSpinLock(Lock, irql);
}

//- /loop/driver.c
#include <ntddk.h>

KSPIN_LOCK Lock;
LIST_ENTRY Head;

VOID DrainOk(VOID)
{
    KIRQL irql;
    PLIST_ENTRY entry;
    KeAcquireSpinLock(&Lock, &irql);
    while (!IsListEmpty(&Head)) {
        entry = RemoveHeadList(&Head);
        KeReleaseSpinLock(&Lock, irql);
        ExFreePool(entry);
        KeAcquireSpinLock(&Lock, &irql);
    }
    KeReleaseSpinLock(&Lock, irql);
}

VOID DrainBad(VOID)
{
    KIRQL irql;
    PLIST_ENTRY entry;
    KeAcquireSpinLock(&Lock, &irql);
    while (!IsListEmpty(&Head)) {
        entry = RemoveHeadList(&Head);
        KeReleaseSpinLock(&Lock, irql);
        ExFreePool(entry);
        if (entry == NULL)
            continue;
        KeAcquireSpinLock(&Lock, &irql);
    }
    // missed: with several acquires in front of it, an unheld path may be one that the values keep apart
    KeReleaseSpinLock(&Lock, irql); // FN_: lock-released-unheld
}

//- /onStackAndShared/driver.c
#include <ntddk.h>

typedef struct _SHARED {
    KSPIN_LOCK Lock;
    KLOCK_QUEUE_HANDLE Handle;
    ULONG Count;
} SHARED;

VOID SharedHandleBad(SHARED *Shared)
{
    KeAcquireInStackQueuedSpinLock(&Shared->Lock, &Shared->Handle); // expect: queue-handle-shared
    Shared->Count++;
    KeReleaseInStackQueuedSpinLock(&Shared->Handle);
}

VOID OwnHandleOk(SHARED *Shared)
{
    KLOCK_QUEUE_HANDLE handle;
    KeAcquireInStackQueuedSpinLock(&Shared->Lock, &handle);
    Shared->Count++;
    KeReleaseInStackQueuedSpinLock(&handle);
}

VOID OneHandleTwiceBad(SHARED *A, SHARED *B)
{
    KLOCK_QUEUE_HANDLE handle;
    KeAcquireInStackQueuedSpinLock(&A->Lock, &handle);
    KeAcquireInStackQueuedSpinLockAtDpcLevel(&B->Lock, &handle); // expect: saved-irql-overwritten
    KeReleaseInStackQueuedSpinLockFromDpcLevel(&handle);
    KeReleaseInStackQueuedSpinLock(&handle);
}

VOID NeverInitialisedBad(VOID)
{
    KSPIN_LOCK lock;
    KIRQL irql;
    // missed: only globals and fields are looked up for an initialiser
    KeAcquireSpinLock(&lock, &irql); // FN_: lock-uninitialised
    KeReleaseSpinLock(&lock, irql);
}
