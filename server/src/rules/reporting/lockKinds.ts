/**
 * What rules need to know of a lock kind: whether it is a lock that one owner takes and gives back, whether it spins,
 * whether its owner may take it again. Source: the public documentation of the acquire routines.
 */

const SPIN_KINDS: ReadonlySet<string> = new Set([
  'spinlock',
  'queuedSpinlock',
  'numberedQueuedSpinlock',
  'interruptSpinlock',
  'exSpinlock',
  'cancelSpinlock',
  'vpbSpinlock',
  'ndisSpinlock',
  'ndisRWLock',
  'ndisRWLockEx',
  'wdfSpinlock',
  'wdfInterruptLock',
  'storportLock',
  'storportMsiLock',
  'videoportSpinlock',
  'gpioInterruptLock',
]);

const SLEEPING_KINDS: ReadonlySet<string> = new Set([
  'wdfWaitlock',
  'fastMutex',
  'guardedMutex',
  'eresource',
  'fcbResource',
  'pushLock',
  'ksControlMutex',
  'ksProcessingMutex',
  'ksDeviceMutex',
]);

const RECURSIVE_KINDS: ReadonlySet<string> = new Set([
  'eresource',
  'fcbResource',
  'fileObjectResource',
  'mutex',
  'ksDeviceMutex',
]);

/** Held by spinning at a raised IRQL: no wait, no paged memory, no second acquire by the same CPU. */
export function isSpinKind(kind: string): boolean {
  return SPIN_KINDS.has(kind);
}

/** A lock with an owner that takes it and gives it back: not an event, a semaphore, a rundown or a region. */
export function isOwnedKind(kind: string): boolean {
  return SPIN_KINDS.has(kind) || SLEEPING_KINDS.has(kind);
}

/** Whether the owner may acquire it again without harm. */
export function isRecursiveKind(kind: string): boolean {
  return RECURSIVE_KINDS.has(kind);
}

/** Whether the path names one certain object: no array element, nothing unknown in it. */
export function isOneObject(path: string): boolean {
  return path !== '' && !path.includes('[]') && !path.startsWith('?');
}
