import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('lock-not-released', () => {
  it('an early return', () => {
    checkRule(
      'lock-not-released',
      `${TYPES}
NTSTATUS EarlyBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    if (Ext->Count == 0) {
        return STATUS_UNSUCCESSFUL;
//      ^^^^^^^^^^^^^^^^^^^^^^^^^^^ still held
    }
    KeReleaseSpinLock(&Ext->Lock, irql);
    return STATUS_SUCCESS;
}
`,
    );
  });

  it('released by goto and by __finally', () => {
    checkRule(
      'lock-not-released',
      `${TYPES}
NTSTATUS CleanupOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    NTSTATUS status = STATUS_UNSUCCESSFUL;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    if (Ext->Count == 0) goto Exit;
    status = STATUS_SUCCESS;
Exit:
    KeReleaseSpinLock(&Ext->Lock, irql);
    return status;
}
VOID FinallyOk(PDEVICE_EXTENSION Ext)
{
    ExAcquireFastMutex(&Ext->Mutex);
    __try {
        if (Ext->Count == 0) __leave;
        if (Ext->Count == 1) return;
        Ext->Count = 0;
    } __finally {
        ExReleaseFastMutex(&Ext->Mutex);
    }
}
`,
    );
  });

  it('correlated branches', () => {
    checkRule(
      'lock-not-released',
      `${TYPES}
VOID CorrelatedOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql = 0;
    BOOLEAN taken = FALSE;
    if (Ext->Count > 3) {
        KeAcquireSpinLock(&Ext->Lock, &irql);
        taken = TRUE;
    }
    Ext->Count += 1;
    if (taken) {
        KeReleaseSpinLock(&Ext->Lock, irql);
    }
}
`,
    );
  });

  it('a wrapper and its user that forgets to release', () => {
    checkRule(
      'lock-not-released',
      `${TYPES}
static VOID Enter(PDEVICE_EXTENSION Ext, PKIRQL Irql)
{
    KeAcquireSpinLock(&Ext->Lock, Irql);
}
static VOID Leave(PDEVICE_EXTENSION Ext, KIRQL Irql)
{
    KeReleaseSpinLock(&Ext->Lock, Irql);
}
ULONG UserBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    Enter(Ext, &irql);
    if (Ext->Count == 0) {
        return 0;
//      ^^^^^^^^^ Ext->Lock
    }
    Leave(Ext, irql);
    return 1;
}
`,
    );
  });

  it('a loop that drops and retakes the lock', () => {
    checkRule(
      'lock-not-released',
      `${TYPES}
VOID LoopOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    while (Ext->Count != 0) {
        Ext->Count -= 1;
        KeReleaseSpinLock(&Ext->Lock, irql);
        KeSetEvent(&Ext->Event, 0, FALSE);
        KeAcquireSpinLock(&Ext->Lock, &irql);
    }
    KeReleaseSpinLock(&Ext->Lock, irql);
}
`,
    );
  });

  it('the saved IRQL is lost', () => {
    checkRule(
      'lock-not-released',
      `${TYPES}
VOID LostBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    Ext->Count += 1;
    return;
//  ^^^^^^^ still held
}
VOID InitializedBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql = PASSIVE_LEVEL;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    Ext->Count += 1;
    return;
//  ^^^^^^^ still held
}
KIRQL ReturnedOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    return irql;
}
`,
    );
  });

  it('a callback that nobody else can make up for', () => {
    checkRule(
      'lock-not-released',
      `${TYPES}
typedef struct _STATE { WDFWAITLOCK Lock; WDFWAITLOCK Split; LONG Count; } STATE, *PSTATE;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(STATE, GetState)
EVT_WDF_DEVICE_D0_ENTRY EntryBad;
EVT_WDF_DEVICE_D0_EXIT ExitOk;
EVT_WDF_DEVICE_PREPARE_HARDWARE PrepareOk;
EVT_WDF_DEVICE_RELEASE_HARDWARE ReleaseOk;
NTSTATUS EntryBad(WDFDEVICE Device, WDF_POWER_DEVICE_STATE Previous)
{
    PSTATE state = GetState(Device);
    WdfWaitLockAcquire(state->Lock, NULL);
    state->Count++;
    return STATUS_SUCCESS;
//  ^^^^^^^^^^^^^^^^^^^^^^ still held
}
NTSTATUS ExitOk(WDFDEVICE Device, WDF_POWER_DEVICE_STATE Target)
{
    PSTATE state = GetState(Device);
    WdfWaitLockAcquire(state->Lock, NULL);
    state->Count--;
    WdfWaitLockRelease(state->Lock);
    return STATUS_SUCCESS;
}
NTSTATUS PrepareOk(WDFDEVICE Device, WDFCMRESLIST Raw, WDFCMRESLIST Translated)
{
    PSTATE state = GetState(Device);
    WdfWaitLockAcquire(state->Split, NULL);
    return STATUS_SUCCESS;
}
NTSTATUS ReleaseOk(WDFDEVICE Device, WDFCMRESLIST Translated)
{
    PSTATE state = GetState(Device);
    WdfWaitLockRelease(state->Split);
    return STATUS_SUCCESS;
}
`,
    );
  });

  it('a lock that counts its owner, and one under the same condition twice', () => {
    checkRule(
      'lock-not-released',
      `
#define LOCK(e) { PVOID _t = PsGetCurrentThread(); if (_t != (e)->Owner) { ExAcquireFastMutex(&(e)->Mutex); (e)->Owner = _t; } (e)->Count += 1; }
#define UNLOCK(e) { (e)->Count -= 1; if ((e)->Count == 0) { (e)->Owner = NULL; ExReleaseFastMutex(&(e)->Mutex); } }
${TYPES}
VOID OwnerOk(PDEVICE_EXTENSION Ext)
{
    LOCK(Ext);
    Ext->IsLocked = TRUE;
    UNLOCK(Ext);
}
VOID KindsOk(PDEVICE_EXTENSION Ext, ULONG Kind)
{
    KIRQL irql;
    if (Kind == 3 || Kind == 5) {
        KeAcquireSpinLock(&Ext->Lock, &irql);
    }
    Ext->Count += 1;
    if (Kind == 3 || Kind == 5) {
        KeReleaseSpinLock(&Ext->Lock, irql);
    }
}
NTSTATUS KindsBad(PDEVICE_EXTENSION Ext, ULONG Kind)
{
    KIRQL irql;
    if (Kind == 3 || Kind == 5) {
        KeAcquireSpinLock(&Ext->Lock, &irql);
    }
    if (Ext->Count == 0) {
        return STATUS_UNSUCCESSFUL;
//      ^^^^^^^^^^^^^^^^^^^^^^^^^^^ still held
    }
    if (Kind == 3 || Kind == 5) {
        KeReleaseSpinLock(&Ext->Lock, irql);
    }
    return STATUS_SUCCESS;
}
`,
    );
  });

  // The out-parameter's value and the lock's state are not kept together over the call.
  it('FP_a callee drops the lock and says so through a flag passed by address', () => {
    checkRule(
      'lock-not-released',
      `${TYPES}
static VOID MaybeDrop(PDEVICE_EXTENSION Ext, PBOOLEAN Dropped)
{
    if (Ext->Count != 0) {
        ExReleaseFastMutex(&Ext->Mutex);
        *Dropped = TRUE;
    }
}
VOID FP_Flag(PDEVICE_EXTENSION Ext)
{
    BOOLEAN dropped = FALSE;
    ExAcquireFastMutex(&Ext->Mutex);
    MaybeDrop(Ext, &dropped);
    if (!dropped) {
        ExReleaseFastMutex(&Ext->Mutex);
    }
    return;
//  ^^^^^^^ still held
}
`,
    );
  });

  it('an early return on a path through unknown code', () => {
    checkRule(
      'lock-not-released',
      `${TYPES}
NTSTATUS UnknownBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    if (!LibraryIsReady(Ext)) {
        return STATUS_UNSUCCESSFUL;
//      ^^^^^^^^^^^^^^^^^^^^^^^^^^^ still held
    }
    KeReleaseSpinLock(&Ext->Lock, irql);
    return STATUS_SUCCESS;
}
NTSTATUS NamedOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    if (LibraryUnlock(Ext)) {
        return STATUS_UNSUCCESSFUL;
    }
    KeReleaseSpinLock(&Ext->Lock, irql);
    return STATUS_SUCCESS;
}
`,
    );
  });

  it('the release is declined by a flag that is cleared after the acquire', () => {
    checkRule(
      'lock-not-released',
      `${TYPES}
VOID PostedOk(PDEVICE_EXTENSION Ext)
{
    BOOLEAN release = TRUE;
    ExAcquireFastMutex(&Ext->Mutex);
    if (Ext->Count != 0) {
        LibraryPost(Ext);
        release = FALSE;
    }
    if (release) {
        ExReleaseFastMutex(&Ext->Mutex);
    }
}
VOID NeverSetBad(PDEVICE_EXTENSION Ext)
{
    BOOLEAN release = FALSE;
    ExAcquireFastMutex(&Ext->Mutex);
    if (Ext->Count != 0) {
        release = TRUE;
    }
    if (release) {
        ExReleaseFastMutex(&Ext->Mutex);
    }
    return;
//  ^^^^^^^ still held
}
`,
    );
  });

  it('the pointer that the lock was reached through is not NULL at the end', () => {
    checkRule(
      'lock-not-released',
      `${TYPES}
NTSTATUS PointerOk(PVOID Context)
{
    PDEVICE_EXTENSION ext = (PDEVICE_EXTENSION)Context;
    BOOLEAN isHeld = FALSE;
    if (ext == NULL) goto Exit;
    ExAcquireFastMutex(&ext->Mutex);
    isHeld = TRUE;
    LibraryWork(ext);
Exit:
    if (ext) {
        if (isHeld) ExReleaseFastMutex(&ext->Mutex);
    }
    return STATUS_SUCCESS;
}
`,
    );
  });

  it('a helper that gives back one lock or the other, as its counterpart took it', () => {
    checkRule(
      'lock-not-released',
      `${TYPES}
static VOID Take(PDEVICE_EXTENSION Ext)
{
    if (Ext->IsLocked) KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
    else KeAcquireSpinLockAtDpcLevel(&Ext->Inner);
}
static VOID Give(PDEVICE_EXTENSION Ext)
{
    if (Ext->IsLocked) KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
    else KeReleaseSpinLockFromDpcLevel(&Ext->Inner);
}
_IRQL_requires_(DISPATCH_LEVEL)
VOID EitherOk(PDEVICE_EXTENSION Ext)
{
    Take(Ext);
    LibraryWork(Ext);
    Give(Ext);
}
`,
    );
  });

  it('one condition around both, over unknown code and with several parts', () => {
    checkRule(
      'lock-not-released',
      `${TYPES}
VOID FieldOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql = 0;
    if (Ext->IsLocked) KeAcquireSpinLock(&Ext->Lock, &irql);
    LibraryWork(Ext);
    if (Ext->IsLocked) KeReleaseSpinLock(&Ext->Lock, irql);
}
VOID EitherOk(PDEVICE_EXTENSION Ext, ULONG Kind)
{
    KIRQL irql = 0;
    if (Kind == 3 || Kind == 5) KeAcquireSpinLock(&Ext->Lock, &irql);
    LibraryWork(Ext);
    if (Kind == 3 || Kind == 5) KeReleaseSpinLock(&Ext->Lock, irql);
}
VOID ChangedBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql = 0;
    if (Ext->IsLocked) KeAcquireSpinLock(&Ext->Lock, &irql);
    Ext->IsLocked = LibraryAsk(Ext);
    if (Ext->IsLocked) KeReleaseSpinLock(&Ext->Lock, irql);
    return;
//  ^^^^^^^ still held
}
`,
    );
  });

  it('a callee that gives the lock back when it succeeds, and fails in several ways', () => {
    checkRule(
      'lock-not-released',
      `${TYPES}
static NTSTATUS Insert(PDEVICE_EXTENSION Ext)
{
    if (Ext->Count == 1) return STATUS_INVALID_PARAMETER;
    if (Ext->Count == 2) return STATUS_DEVICE_BUSY;
    ExReleaseFastMutex(&Ext->Mutex);
    return STATUS_SUCCESS;
}
NTSTATUS SucceedOk(PDEVICE_EXTENSION Ext)
{
    NTSTATUS status;
    ExAcquireFastMutex(&Ext->Mutex);
    status = Insert(Ext);
    if (NT_SUCCESS(status)) return STATUS_SUCCESS;
    ExReleaseFastMutex(&Ext->Mutex);
    return status;
}
`,
    );
  });

  it('an argument decides which locks the caller gets', () => {
    checkRule(
      'lock-not-released',
      `${TYPES.replace('ERESOURCE Resource;', 'ERESOURCE Resource; ERESOURCE Other;')}
_Requires_lock_held_(_Global_critical_region_)
BOOLEAN TryBothOk(PDEVICE_EXTENSION Ext, ULONG Which, BOOLEAN Wait)
{
    BOOLEAN result = TRUE;
    if (Which & 1) {
        result = ExAcquireResourceSharedLite(&Ext->Resource, Wait);
        if (!result) return FALSE;
    }
    if (Which & 2) {
        result = ExAcquireResourceSharedLite(&Ext->Other, Wait);
        if (!result) {
            if (Which & 1) ExReleaseResourceLite(&Ext->Resource);
            return FALSE;
        }
    }
    return result;
}
`,
    );
  });

  it('one mistake is one report: not again in the callers of the function that leaks', () => {
    checkRule(
      'lock-not-released',
      `${TYPES}
ULONG DrainBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    ULONG drained;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    if (Ext->Count == 0) return 0;
//                       ^^^^^^^^^ still held
    drained = Ext->Count;
    KeReleaseSpinLock(&Ext->Lock, irql);
    return drained;
}
NTSTATUS ControlOk(PDEVICE_EXTENSION Ext, PIRP Irp)
{
    NTSTATUS status = STATUS_SUCCESS;
    if (Irp->Flags == 1) Irp->IoStatus.Information = DrainBad(Ext);
    else status = STATUS_INVALID_DEVICE_REQUEST;
    IoCompleteRequest(Irp, 0);
    return status;
}
`,
    );
  });

  it('a function that looks like an acquire wrapper, and nobody gives the lock back', () => {
    checkRule(
      'lock-not-released',
      `${TYPES}
static VOID ForgetsBad(PDEVICE_EXTENSION Ext)
{
    ExAcquireFastMutex(&Ext->Mutex);
    Ext->Count++;
    return;
//  ^^^^^^^ still held
}
VOID CallsIt(PDEVICE_EXTENSION Ext)
{
    ForgetsBad(Ext);
}
`,
    );
    checkRule(
      'lock-not-released',
      `${TYPES}
static VOID TakesOk(PDEVICE_EXTENSION Ext)
{
    ExAcquireFastMutex(&Ext->Mutex);
}
static VOID TakesToo(PDEVICE_EXTENSION Ext)
{
    TakesOk(Ext);
}
static VOID GivesOk(PDEVICE_EXTENSION Ext)
{
    ExReleaseFastMutex(&Ext->Mutex);
}
VOID PairOk(PDEVICE_EXTENSION Ext)
{
    TakesToo(Ext);
    Ext->Count++;
    GivesOk(Ext);
}
static VOID HandsOn(PDEVICE_EXTENSION Ext)
{
    KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
    LibraryFinish(Ext);
}
_IRQL_requires_(DISPATCH_LEVEL)
VOID HandedOn(PDEVICE_EXTENSION Ext)
{
    HandsOn(Ext);
}
`,
    );
  });

  // That the loop runs at least once follows from a test of another variable, which the values do not relate.
  it('FP_a loop that gives the lock back and always runs', () => {
    checkRule(
      'lock-not-released',
      `${TYPES}
VOID FP_Loop(PDEVICE_EXTENSION Ext, ULONG Wanted)
{
    ULONG left = Wanted;
    BOOLEAN isHeld = FALSE;
    if (Wanted == 0) return;
    ExAcquireFastMutex(&Ext->Mutex);
    isHeld = TRUE;
    left = LibraryRound(Wanted);
    while (left != 0) {
        if (!isHeld) ExAcquireFastMutex(&Ext->Mutex);
        left--;
        ExReleaseFastMutex(&Ext->Mutex);
        isHeld = FALSE;
    }
    return;
//  ^^^^^^^ still held
}
`,
    );
  });
});
