//- /callee/driver.c
#include <ntddk.h>

_IRQL_requires_max_(PASSIVE_LEVEL)
NTSTATUS QueryConfig(PULONG Value);

_IRQL_requires_(PASSIVE_LEVEL)
VOID FlushConfig(VOID);

_IRQL_requires_min_(DISPATCH_LEVEL)
VOID KickHardware(VOID);

VOID MaxPassiveUnderLockBad(PKSPIN_LOCK Lock, PULONG Value)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    QueryConfig(Value); // expect: irql-too-high
    KeReleaseSpinLock(Lock, irql);
}

VOID PassiveUnderLockBad(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    FlushConfig(); // expect: irql-too-high
    KeReleaseSpinLock(Lock, irql);
}

VOID PassiveAfterLockOk(PKSPIN_LOCK Lock, PULONG Value)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    KeReleaseSpinLock(Lock, irql);
    QueryConfig(Value);
    FlushConfig();
}

VOID PassiveAtApcBad(VOID)
{
    KIRQL irql;
    KeRaiseIrql(APC_LEVEL, &irql);
    FlushConfig(); // expect: irql-too-high
    KeLowerIrql(irql);
}

VOID PassiveUnderFastMutexBad(PFAST_MUTEX Mutex)
{
    ExAcquireFastMutex(Mutex);
    FlushConfig(); // expect: irql-too-high
    ExReleaseFastMutex(Mutex);
}

VOID PassiveUnderUnsafeMutexOk(PFAST_MUTEX Mutex)
{
    KeEnterCriticalRegion();
    ExAcquireFastMutexUnsafe(Mutex);
    FlushConfig();
    ExReleaseFastMutexUnsafe(Mutex);
    KeLeaveCriticalRegion();
}

_IRQL_requires_max_(PASSIVE_LEVEL)
VOID NeedsDispatchAtPassiveBad(VOID)
{
    KickHardware(); // expect: irql-too-low
}

VOID NeedsDispatchUnderLockOk(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    KickHardware();
    KeReleaseSpinLock(Lock, irql);
}

//- /ownMax/driver.c
#include <ntddk.h>

_IRQL_requires_max_(DISPATCH_LEVEL)
VOID MaxDispatchCallsPassiveBad(HANDLE Handle)
{
    ZwClose(Handle); // expect: annotation-allows-too-high
}

_IRQL_requires_max_(PASSIVE_LEVEL)
VOID MaxPassiveCallsPassiveOk(HANDLE Handle)
{
    ZwClose(Handle);
}

__drv_maxIRQL(DISPATCH_LEVEL)
VOID OldMaxDispatchWaitsBad(PKEVENT Event)
{
    KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL); // expect: annotation-allows-too-high
}

__drv_maxIRQL(APC_LEVEL)
VOID OldMaxApcWaitsOk(PKEVENT Event)
{
    KeWaitForSingleObject(Event, Executive, KernelMode, FALSE, NULL);
}

_IRQL_requires_(DISPATCH_LEVEL)
VOID ExactDispatchAllocatesPagedBad(VOID)
{
    PVOID p = ExAllocatePoolWithTag(PagedPool, 16, 'gaTT'); // expect: irql-too-high
    if (p)
        ExFreePoolWithTag(p, 'gaTT');
}

_IRQL_requires_(DISPATCH_LEVEL)
VOID ExactDispatchAllocatesNonPagedOk(VOID)
{
    PVOID p = ExAllocatePoolWithTag(NonPagedPoolNx, 16, 'gaTT');
    if (p)
        ExFreePoolWithTag(p, 'gaTT');
}

_IRQL_requires_min_(DISPATCH_LEVEL)
VOID MinDispatchSleepsBad(PLARGE_INTEGER Interval)
{
    KeDelayExecutionThread(KernelMode, FALSE, Interval); // expect: irql-too-high
}

_IRQL_requires_max_(DISPATCH_LEVEL)
VOID MaxDispatchPagedCodeBad(PULONG P)
{
    PAGED_CODE(); // expect: annotation-allows-too-high | paged-code-at-dispatch
    *P = 1;
}

//- /raises/driver.c
#include <ntddk.h>

_IRQL_raises_(DISPATCH_LEVEL)
_IRQL_saves_
KIRQL RaiseOk(VOID)
{
    return KeRaiseIrqlToDpcLevel();
}

_IRQL_raises_(DISPATCH_LEVEL)
VOID PromisesToRaiseBad(PKIRQL Old)
{
    *Old = KeGetCurrentIrql(); // expect: annotation-not-kept
}

_IRQL_raises_(DISPATCH_LEVEL)
VOID RaisesTooLittleBad(_Out_ _IRQL_saves_ PKIRQL Old)
{
    KeRaiseIrql(APC_LEVEL, Old); // expect: annotation-not-kept
}

_IRQL_requires_same_
VOID SameBrokenBad(PKIRQL Old)
{
    KeRaiseIrql(DISPATCH_LEVEL, Old); // expect: annotation-not-kept
}

_IRQL_requires_same_
VOID SameKeptOk(VOID)
{
    KIRQL old;
    KeRaiseIrql(DISPATCH_LEVEL, &old);
    KeLowerIrql(old);
}

__drv_sameIRQL
VOID OldSameBrokenBad(PKSPIN_LOCK Lock, PKIRQL Old)
{
    KeAcquireSpinLock(Lock, Old); // expect: annotation-not-kept | lock-not-released
}

_IRQL_raises_(DISPATCH_LEVEL)
VOID NotSavedOnOnePathBad(_Out_ _IRQL_saves_ PKIRQL Old, BOOLEAN Really) // expect: saved-irql-missing | annotation-not-kept
{
    if (Really)
        KeRaiseIrql(DISPATCH_LEVEL, Old);
}

VOID RestoresOk(_In_ _IRQL_restores_ KIRQL Old)
{
    KeLowerIrql(Old);
}

VOID NotRestoredOnOnePathBad(_In_ _IRQL_restores_ KIRQL Old, BOOLEAN Really) // expect: saved-irql-missing
{
    if (Really)
        KeLowerIrql(Old);
}

//- /useOfRaiser/driver.c
#include <ntddk.h>

_IRQL_raises_(DISPATCH_LEVEL)
_IRQL_saves_
KIRQL EnterSection(VOID);

VOID LeaveSection(_In_ _IRQL_restores_ KIRQL Old);

VOID CallsUnderRaiserBad(HANDLE Handle)
{
    KIRQL old = EnterSection();
    ZwClose(Handle); // expect: irql-too-high
    LeaveSection(old);
}

VOID CallsAfterRestoreOk(HANDLE Handle)
{
    KIRQL old = EnterSection();
    LeaveSection(old);
    ZwClose(Handle);
}

NTSTATUS ForgetsToLeaveBad(PULONG P)
{
    KIRQL old = EnterSection();
    if (*P == 0)
        return STATUS_UNSUCCESSFUL; // expect: irql-not-restored
    LeaveSection(old);
    return STATUS_SUCCESS;
}

//- /alwaysFunction/driver.c
#include <ntddk.h>

_IRQL_always_function_max_(APC_LEVEL)
VOID StaysLowBad(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql); // expect: annotation-not-kept | C28150
    KeReleaseSpinLock(Lock, irql);
}

_IRQL_always_function_max_(DISPATCH_LEVEL)
VOID StaysAtMostDispatchOk(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    KeReleaseSpinLock(Lock, irql);
}

_IRQL_always_function_min_(DISPATCH_LEVEL)
VOID StaysHighBad(VOID)
{
    KeLowerIrql(PASSIVE_LEVEL); // expect: annotation-not-kept | C28124
    KeRaiseIrqlToDpcLevel();
}

_IRQL_always_function_min_(DISPATCH_LEVEL)
VOID StaysHighOk(PKSPIN_LOCK Lock)
{
    KeAcquireSpinLockAtDpcLevel(Lock);
    KeReleaseSpinLockFromDpcLevel(Lock);
}

__drv_maxFunctionIRQL(PASSIVE_LEVEL)
VOID OldStaysLowBad(PFAST_MUTEX Mutex)
{
    ExAcquireFastMutex(Mutex); // expect: annotation-not-kept | C28150
    ExReleaseFastMutex(Mutex);
}

//- /illegal/driver.c
#include <ntddk.h>

_IRQL_requires_max_(40)
VOID LevelTooBigBad(VOID) // expect: annotation-invalid
{
}

_IRQL_requires_max_(DISPATCH_LEVLE)
VOID LevelMisspeltBad(VOID) // expect: annotation-invalid
{
}

_IRQL_requires_max_(PASSIVE_LEVEL)
_IRQL_requires_min_(DISPATCH_LEVEL)
VOID MinAboveMaxBad(VOID) // expect: annotation-contradiction
{
}

_IRQL_requires_max_(DISPATCH_LEVEL)
_IRQL_requires_min_(PASSIVE_LEVEL)
VOID MinBelowMaxOk(VOID)
{
}

//- /twoDeclarations/driver.h
_IRQL_requires_max_(PASSIVE_LEVEL)
void ConfigureBad(void);
_IRQL_requires_max_(DISPATCH_LEVEL)
void ConfigureOk(void);
//- /twoDeclarations/driver.c
#include <ntddk.h>
#include "driver.h"

_IRQL_requires_max_(DISPATCH_LEVEL)
void ConfigureBad(void) // expect: annotation-contradiction
{
}

_Use_decl_annotations_
void ConfigureOk(void)
{
}

//- /useDecl/driver.h
_IRQL_requires_max_(PASSIVE_LEVEL)
void SaveSettings(void);
_IRQL_requires_(DISPATCH_LEVEL)
void ServiceBad(HANDLE Handle);
//- /useDecl/driver.c
#include <ntddk.h>
#include "driver.h"

_Use_decl_annotations_
void ServiceBad(HANDLE Handle)
{
    ZwClose(Handle); // expect: irql-too-high
}

void SaveUnderLockBad(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    SaveSettings(); // expect: irql-too-high
    KeReleaseSpinLock(Lock, irql);
}

//- /when/driver.c
#include <ntddk.h>

_When_(Wait != FALSE, _IRQL_requires_max_(PASSIVE_LEVEL))
_When_(Wait == FALSE, _IRQL_requires_max_(DISPATCH_LEVEL))
NTSTATUS SendCommand(ULONG Command, BOOLEAN Wait);

VOID SendWaitUnderLockBad(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    SendCommand(7, TRUE); // expect: irql-too-high
    KeReleaseSpinLock(Lock, irql);
}

VOID SendNoWaitUnderLockOk(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    SendCommand(7, FALSE);
    KeReleaseSpinLock(Lock, irql);
}

__drv_when(Flags & 1, __drv_maxIRQL(PASSIVE_LEVEL))
VOID OldConditional(ULONG Flags);

VOID OldConditionalBad(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    OldConditional(3); // expect: irql-too-high
    KeReleaseSpinLock(Lock, irql);
}

VOID OldConditionalOk(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    OldConditional(2);
    KeReleaseSpinLock(Lock, irql);
}

//- /locks/driver.c
#include <ntddk.h>

typedef struct _POOL {
    KSPIN_LOCK Lock;
    _Guarded_by_(Lock) ULONG Count;
} POOL, *PPOOL;

_Requires_lock_held_(Pool->Lock)
VOID CountLocked(PPOOL Pool);

_Requires_lock_not_held_(Pool->Lock)
VOID CountUnlocked(PPOOL Pool);

_Acquires_lock_(Pool->Lock)
_IRQL_raises_(DISPATCH_LEVEL)
VOID LockPool(PPOOL Pool, _Out_ _IRQL_saves_ PKIRQL Irql);

_Releases_lock_(Pool->Lock)
VOID UnlockPool(PPOOL Pool, _In_ _IRQL_restores_ KIRQL Irql);

VOID RequiresHeldBad(PPOOL Pool)
{
    CountLocked(Pool); // expect: lock-requires-held
}

VOID RequiresHeldOk(PPOOL Pool)
{
    KIRQL irql;
    KeAcquireSpinLock(&Pool->Lock, &irql);
    CountLocked(Pool);
    KeReleaseSpinLock(&Pool->Lock, irql);
}

VOID RequiresNotHeldBad(PPOOL Pool)
{
    KIRQL irql;
    KeAcquireSpinLock(&Pool->Lock, &irql);
    CountUnlocked(Pool); // expect: lock-requires-held
    KeReleaseSpinLock(&Pool->Lock, irql);
}

NTSTATUS AnnotatedWrapperLeakBad(PPOOL Pool, BOOLEAN Quit)
{
    KIRQL irql;
    LockPool(Pool, &irql);
    if (Quit)
        return STATUS_CANCELLED; // expect: lock-not-released
    UnlockPool(Pool, irql);
    return STATUS_SUCCESS;
}

NTSTATUS AnnotatedWrapperOk(PPOOL Pool, BOOLEAN Quit)
{
    KIRQL irql;
    LockPool(Pool, &irql);
    if (Quit) {
        UnlockPool(Pool, irql);
        return STATUS_CANCELLED;
    }
    UnlockPool(Pool, irql);
    return STATUS_SUCCESS;
}

_Acquires_lock_(Pool->Lock)
VOID PromiseNotKeptBad(PPOOL Pool) // expect: lock-annotation-not-kept
{
    UNREFERENCED_PARAMETER(Pool);
}

VOID GuardedWithoutLockBad(PPOOL Pool)
{
    // missed: nobody knows whether a caller that is not here holds the lock
    Pool->Count++; // FN_: guarded-field-without-lock
}

VOID GuardedWithLockOk(PPOOL Pool)
{
    KIRQL irql;
    KeAcquireSpinLock(&Pool->Lock, &irql);
    Pool->Count++;
    KeReleaseSpinLock(&Pool->Lock, irql);
}

//- /typedefRole/driver.c
#include <ntddk.h>

typedef
_IRQL_requires_(DISPATCH_LEVEL)
_IRQL_requires_same_
VOID NOTIFY_ROUTINE(PVOID Context);

NOTIFY_ROUTINE OnNotifyBad;
NOTIFY_ROUTINE OnNotifyOk;

VOID OnNotifyBad(PVOID Context)
{
    ExAcquireFastMutex((PFAST_MUTEX)Context); // expect: irql-too-high
    ExReleaseFastMutex((PFAST_MUTEX)Context);
}

VOID OnNotifyOk(PVOID Context)
{
    KeSetEvent((PRKEVENT)Context, IO_NO_INCREMENT, FALSE);
}
