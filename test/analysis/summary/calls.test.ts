/** Across functions: wrappers, out-parameters, roles, callers, recursion. */
import { describe, expect, it } from 'vitest';
import { checkIrql } from '../../harness/checkIrql.ts';

const TYPES = `
typedef struct _DEVICE_EXTENSION { KSPIN_LOCK Lock; KIRQL OldIrql; LONG Count; } DEVICE_EXTENSION, *PDEVICE_EXTENSION;
`;

describe('wrappers', () => {
  it('a wrapper with an out-parameter behaves like the routine inside', () => {
    checkIrql(`${TYPES}
static void LockIt(PKSPIN_LOCK lock, PKIRQL old) { KeAcquireSpinLock(lock, old); }
static void UnlockIt(PKSPIN_LOCK lock, KIRQL old) { KeReleaseSpinLock(lock, old); }
void UseOk(PDEVICE_EXTENSION ext) {
  KIRQL old;
  LockIt(&ext->Lock, &old);
  ext->Count++;
//^^^ irql: DISPATCH_LEVEL; locks: ext->Lock
  UnlockIt(&ext->Lock, old);
  ext->Count++;
//^^^ irql: entry; locks: none
}
`);
  });

  it('a wrapper of a wrapper that keeps the level in the object or returns it', () => {
    checkIrql(`${TYPES}
static void LockExt(PDEVICE_EXTENSION e) { KeAcquireSpinLock(&e->Lock, &e->OldIrql); }
static void LockOuter(PDEVICE_EXTENSION e) { LockExt(e); }
static void UnlockExt(PDEVICE_EXTENSION e) { KeReleaseSpinLock(&e->Lock, e->OldIrql); }
static KIRQL Raise(void) { return KeRaiseIrqlToDpcLevel(); }
void UseOk(PDEVICE_EXTENSION ext) {
  KIRQL old;
  LockOuter(ext);
  ext->Count++;
//^^^ irql: DISPATCH_LEVEL; locks: ext->Lock
  UnlockExt(ext);
  ext->Count++;
//^^^ irql: entry; locks: none
  old = Raise();
  ext->Count++;
//^^^ irql: DISPATCH_LEVEL
  KeLowerIrql(old);
  ext->Count++;
//^^^ irql: entry
}
`);
  });

  it('a wrapper that decides by a parameter is decided by the argument', () => {
    checkIrql(`${TYPES}
static void MaybeLock(PKSPIN_LOCK lock, PKIRQL old, BOOLEAN atDpc) {
  if (atDpc) KeAcquireSpinLockAtDpcLevel(lock);
  else KeAcquireSpinLock(lock, old);
}
void UseOk(PDEVICE_EXTENSION ext) {
  KIRQL old;
  MaybeLock(&ext->Lock, &old, FALSE);
  ext->Count++;
//^^^ irql: DISPATCH_LEVEL; locks: ext->Lock
  KeReleaseSpinLock(&ext->Lock, old);
  MaybeLock(&ext->Lock, &old, TRUE);
  ext->Count++;
//^^^ irql: entry; locks: ext->Lock
  KeReleaseSpinLockFromDpcLevel(&ext->Lock);
}
`);
  });

  it('a wrapper that may fail is decided by its result', () => {
    checkIrql(`${TYPES}
static BOOLEAN TryLock(PDEVICE_EXTENSION e, PKIRQL old) {
  if (e->Count == 0) return FALSE;
  KeAcquireSpinLock(&e->Lock, old);
  return TRUE;
}
void UseOk(PDEVICE_EXTENSION ext) {
  KIRQL old;
  if (TryLock(ext, &old)) {
    ext->Count++;
  //^^^ irql: DISPATCH_LEVEL
    KeReleaseSpinLock(&ext->Lock, old);
  }
  ext->Count++;
//^^^ irql: entry; locks: none
}
`);
  });

  it('a caller’s lock dropped and taken again leaves the level as it was', () => {
    const { analysis, program } = checkIrql(`${TYPES}
static void DropOk(PDEVICE_EXTENSION ext, WDFSPINLOCK lock) {
  WdfSpinLockRelease(lock);
  Notify(ext);
  WdfSpinLockAcquire(lock);
  ext->Count++;
//^^^ irql: DISPATCH_LEVEL
}
`);
    const drop = program.functions.find(({ name }) => name === 'DropOk');
    expect(analysis.summaryOf(drop?.id ?? -1).exit).toBe('same');
  });

  it('a pair of wrappers that look at the level decide alike', () => {
    checkIrql(`${TYPES}
static KIRQL LockAny(PKSPIN_LOCK lock) {
  KIRQL old = KeGetCurrentIrql();
  if (old < DISPATCH_LEVEL) old = KeAcquireSpinLockRaiseToDpc(lock);
  else KeAcquireSpinLockAtDpcLevel(lock);
  return old;
}
static void UnlockAny(PKSPIN_LOCK lock, KIRQL state) {
  if (state < DISPATCH_LEVEL) KeReleaseSpinLock(lock, state);
  else KeReleaseSpinLockFromDpcLevel(lock);
}
void AnyOk(PDEVICE_EXTENSION ext) {
  KIRQL old = LockAny(&ext->Lock);
  ext->Count++;
//^^^ irql: entry or DISPATCH_LEVEL; locks: ext->Lock
  UnlockAny(&ext->Lock, old);
  ext->Count++;
//^^^ irql: entry; locks: none
}
`);
  });

  it('a C++ guard takes in its constructor and gives back at the end of its scope', () => {
    checkIrql(`//- /driver.cpp
${TYPES}
class AutoLock {
public:
  AutoLock(PKSPIN_LOCK lock) : m_Lock(lock) { KeAcquireSpinLock(m_Lock, &m_Irql); }
  ~AutoLock() { KeReleaseSpinLock(m_Lock, m_Irql); }
private:
  PKSPIN_LOCK m_Lock;
  KIRQL m_Irql;
};
NTSTATUS GuardOk(PDEVICE_EXTENSION ext) {
  {
    AutoLock guard(&ext->Lock);
    ext->Count++;
  //^^^ irql: DISPATCH_LEVEL
    if (ext->Count == 3) return STATUS_SUCCESS;
  }
  ext->Count++;
//^^^ irql: entry; locks: none
  return STATUS_SUCCESS;
}
`);
  });

  it('a flag in memory keeps its value over calls that do not write it', () => {
    checkIrql(`${TYPES}
typedef struct _OPTIONS { ULONG Flags; ULONG Other; } OPTIONS, *POPTIONS;
static void Note(POPTIONS options) { options->Other = 1; }
static void Change(POPTIONS options) { options->Flags = 1; }
void FlagOk(PDEVICE_EXTENSION ext, POPTIONS options) {
  KIRQL old = 0;
  if (options->Flags & UNDER_LOCK) KeAcquireSpinLock(&ext->Lock, &old);
  Note(options);
  if (options->Flags & UNDER_LOCK) KeReleaseSpinLock(&ext->Lock, old);
  ext->Count++;
//^^^ irql: entry; locks: none
}
void FlagBad(PDEVICE_EXTENSION ext, POPTIONS options) {
  KIRQL old = 0;
  if (options->Flags & UNDER_LOCK) KeAcquireSpinLock(&ext->Lock, &old);
  Change(options);
  if (options->Flags & UNDER_LOCK) KeReleaseSpinLock(&ext->Lock, old);
  ext->Count++;
//^^^ locks: ext->Lock?
}
`);
  });

  it('recursion settles', () => {
    checkIrql(`${TYPES}
void Walk(PDEVICE_EXTENSION ext, int depth) {
  KIRQL old;
  if (depth == 0) return;
  KeAcquireSpinLock(&ext->Lock, &old);
  KeReleaseSpinLock(&ext->Lock, old);
  Walk(ext, depth - 1);
  ext->Count++;
//^^^ irql: entry; locks: none
}
`);
  });
});

describe('entry levels', () => {
  it('a role gives the level, a callee inherits it, with the chain', () => {
    const { analysis, program } = checkIrql(`${TYPES}
KDEFERRED_ROUTINE MyDpc;
static void Helper(PDEVICE_EXTENSION ext) {
  ext->Count++;
//^^^ irql: DISPATCH_LEVEL
}
void MyDpc(PKDPC dpc, PVOID context, PVOID a, PVOID b) {
  Helper((PDEVICE_EXTENSION)context);
//^^^^^^ irql: DISPATCH_LEVEL
}
`);
    const helper = program.functions.find(({ name }) => name === 'Helper');
    const entry = analysis.entryOf(helper?.id ?? -1);
    expect(entry.source).toBe('callers');
    expect(entry.areAllCallersKnown).toBe(true);
    expect(entry.why.get(2)?.map(({ message }) => message)).toHaveLength(2);
  });

  it('an annotation bounds the entry; callers under a lock prove DISPATCH_LEVEL', () => {
    const { analysis, program } = checkIrql(`${TYPES}
_IRQL_requires_max_(DISPATCH_LEVEL)
static void Inner(PDEVICE_EXTENSION ext) {
  ext->Count++;
//^^^ irql: PASSIVE_LEVEL..DISPATCH_LEVEL
}
void Outer(PDEVICE_EXTENSION ext) {
  KIRQL old;
  KeAcquireSpinLock(&ext->Lock, &old);
  Inner(ext);
  KeReleaseSpinLock(&ext->Lock, old);
}
`);
    const inner = program.functions.find(({ name }) => name === 'Inner');
    const entry = analysis.entryOf(inner?.id ?? -1);
    expect(entry.source).toBe('annotation');
    expect(entry.proven).toBe(4);
  });

  it('requirements are inferred with a witness, and a level test takes them away', () => {
    const { analysis, program } = checkIrql(`${TYPES}
void Waits(PKEVENT event) {
  KeWaitForSingleObject(event, Executive, KernelMode, FALSE, NULL);
//^^^ irql: PASSIVE_LEVEL..APC_LEVEL
}
void WaitsLow(PKEVENT event) {
  if (KeGetCurrentIrql() <= APC_LEVEL) Waits(event);
}
void Calls(PKEVENT event) { Waits(event); }
typedef struct _QUEUE { KIRQL MaxIrql; FAST_MUTEX Mutex; KSPIN_LOCK Lock; } QUEUE, *PQUEUE;
void Adapts(PQUEUE queue, PKIRQL old) {
  if (queue->MaxIrql < DISPATCH_LEVEL) ExAcquireFastMutex(&queue->Mutex);
  else KeAcquireSpinLock(&queue->Lock, old);
}
`);
    const summary = (name: string): number | undefined => {
      const unit = program.functions.find((one) => one.name === name);
      return analysis.summaryOf(unit?.id ?? -1).requires.max;
    };
    expect(summary('Waits')).toBe(1);
    expect(summary('WaitsLow')).toBe(15);
    expect(summary('Calls')).toBe(1);
    // The level that the queue keeps decides, not the caller's alone.
    expect(summary('Adapts')).toBe(15);
  });
});
