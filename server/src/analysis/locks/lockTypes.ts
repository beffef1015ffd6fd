/**
 * Which kind of lock a declared type is, for locks that only an annotation names. Types by their names in the public headers.
 */
import type { FactLockKind } from '../../ddi/ddiFacts.ts';

const KINDS: ReadonlyMap<string, FactLockKind> = new Map([
  ['KSPIN_LOCK', 'spinlock'],
  ['EX_SPIN_LOCK', 'exSpinlock'],
  ['NDIS_SPIN_LOCK', 'ndisSpinlock'],
  ['FAST_MUTEX', 'fastMutex'],
  ['KGUARDED_MUTEX', 'guardedMutex'],
  ['ERESOURCE', 'eresource'],
  ['EX_PUSH_LOCK', 'pushLock'],
  ['KMUTEX', 'mutex'],
  ['KMUTANT', 'mutex'],
]);

const HANDLES: ReadonlyMap<string, FactLockKind> = new Map([
  ['WDFSPINLOCK', 'wdfSpinlock'],
  ['WDFWAITLOCK', 'wdfWaitlock'],
  ['PNDIS_RW_LOCK_EX', 'ndisRWLockEx'],
]);

/** A lock type with how an expression of it leads to the lock object. */
export interface LockType {
  readonly kind: FactLockKind;
  /** the expression is a pointer or handle: the object lies behind it */
  readonly isReference: boolean;
}

/** What lock a type is, as written: "KSPIN_LOCK", "PKSPIN_LOCK", "KSPIN_LOCK *", "WDFSPINLOCK"; undefined for no lock. */
export function lockTypeOf(type: string): LockType | undefined {
  const name = type.replace(/\b(?:const|volatile|struct)\b|[*\s]/g, '');
  const isPointer = type.includes('*');
  const own = KINDS.get(name);
  if (own !== undefined) return { kind: own, isReference: isPointer };
  const handle = HANDLES.get(name);
  if (handle !== undefined) return { kind: handle, isReference: true };
  const pointee = KINDS.get(name.replace(/^PR?(?=[A-Z])/, ''));
  return pointee === undefined ? undefined : { kind: pointee, isReference: true };
}
