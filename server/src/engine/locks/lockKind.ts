/**
 * The contract of a lock kind. A kind is one file that lays out its memory words on cache lines and writes its acquire and
 * release as atomic operations on them, in the order in which the real one does them. It never states a cost: cost comes from
 * the coherence model. It never raises or lowers the IRQL: the call forms below do, so that order is the same for all kinds.
 */
import type { Assembler } from '../program/assembler.ts';

/** What a routine does with the IRQL around the lock operation. */
export type IrqlForm =
  /** Reads and raises (to `raiseTo`) before, lowers after. */
  | 'raising'
  /** Leaves the IRQL alone and requires DISPATCH_LEVEL or above. */
  | 'atDispatch'
  /** Raises only where the IRQL is below. */
  | 'raisingIfBelow'
  /** Leaves the IRQL alone and requires nothing above APC_LEVEL (waits by the dispatcher). */
  | 'passive';

/** One documented routine of a lock kind. */
export interface LockRoutine {
  readonly name: string;
  readonly action: 'acquire' | 'release' | 'try' | 'convert';
  readonly form: IrqlForm;
  /** Shared (reader) access. */
  readonly isShared?: boolean;
}

/** Hands out memory words. Words of one `line` share a cache line; `indexed` words are consecutive. */
export interface WordAllocator {
  /** Starts a new cache line; the following words lie on it. */
  readonly line: () => void;
  /** A word that holds 0 .. max; returns its index. */
  readonly word: (max: number, initial?: number) => number;
  /** A word of a count without end: the simulator lets it grow, the explorer counts modulo `modulo`. */
}

/** What a kind needs to know of the scenario. */
export interface LockShape {
  /** Contexts that use the lock; each has a number 1 .. users. */
  readonly users: number;
  readonly cpus: number;
  /** CPU of each user, index user - 1. */
  readonly cpuOfUser: readonly number[];
  readonly writerPreference: boolean;
  /** Events and semaphores. */
  readonly count: number;
  readonly limit: number;
}

/** One lock in one context: what the acquire and release code is written for. */
export interface LockSite {
  /** Words by the names that the kind gave them in `layout`. */
  readonly words: Readonly<Record<string, number>>;
  readonly shape: LockShape;
  /** Index of the lock. */
  readonly lock: number;
  /** The context's own number at this lock, 1 .. users. */
  readonly user: number;
  /** The CPU that the context runs on. */
  readonly cpu: number;
  readonly isShared: boolean;
  /** A register of this context that lives from acquire to release; `max` is the largest value. */
  readonly register: (name: string, max: number) => number;
}

/** Which IRQL a raising form goes to. */
export type RaiseTo = 'dispatch' | 'apc' | 'synchronize' | 'none';

export interface LockKind {
  readonly id: string;
  readonly displayName: string;
  /** Serves in order of arrival. */
  readonly fair: boolean;
  /** A spin lock that can stand for another one in any scenario. */
  readonly replaceable: boolean;
  readonly raiseTo: RaiseTo;
  readonly routines: readonly LockRoutine[];
  readonly layout: (memory: WordAllocator, shape: LockShape) => Readonly<Record<string, number>>;
  readonly acquire: (asm: Assembler, site: LockSite) => void;
  readonly release: (asm: Assembler, site: LockSite) => void;
  /** Goes to `failed` without waiting where the lock is taken. */
  readonly tryAcquire?: (
    asm: Assembler,
    site: LockSite,
    failed: import('../program/assembler.ts').Label,
  ) => void;
  /** Has several owners at once (readers). */
  readonly sharesOwnership?: boolean;
  /** May be held several times by one context. */
  readonly isRecursive?: boolean;
  /** Dispatcher object: has no owner, `wait` and `signal` use it. */
  readonly isObject?: boolean;
}

const dispatchForms = (acquire: string, release: string): readonly LockRoutine[] => [
  { name: acquire, action: 'acquire', form: 'raising' },
  { name: `${acquire}AtDpcLevel`, action: 'acquire', form: 'atDispatch' },
  { name: `${acquire}ForDpc`, action: 'acquire', form: 'raisingIfBelow' },
  { name: release, action: 'release', form: 'raising' },
  { name: `${release}FromDpcLevel`, action: 'release', form: 'atDispatch' },
  { name: `${release}ForDpc`, action: 'release', form: 'raisingIfBelow' },
];

/** The routines of KSPIN_LOCK, also borne by the kinds that only stand in for it. Source: wdm.h documentation. */
export const spinLockRoutines: readonly LockRoutine[] = [
  ...dispatchForms('KeAcquireSpinLock', 'KeReleaseSpinLock'),
  { name: 'KeAcquireSpinLockRaiseToDpc', action: 'acquire', form: 'raising' },
  { name: 'KeTryToAcquireSpinLockAtDpcLevel', action: 'try', form: 'atDispatch' },
];

/** The routines of the in-stack queued spin lock. Source: wdm.h documentation. */
export const queuedSpinLockRoutines: readonly LockRoutine[] = dispatchForms(
  'KeAcquireInStackQueuedSpinLock',
  'KeReleaseInStackQueuedSpinLock',
);
