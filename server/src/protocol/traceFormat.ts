/**
 * The trace format: what one engine run recorded, version 1. Columnar, so that a million events stay small and quick to fold.
 * This file is the format's only definition and depends on nothing; older files are lifted by `upgradeTrace.ts`, newer ones refused.
 * It records facts only: how lanes, arrows and colours are drawn is the replay page's business.
 */

/** The version written today. A reader lifts smaller versions and refuses larger ones. Since 1. */
export const traceVersion = 1;

/** Times in a trace are whole tenths of a core cycle: divide by this to get cycles. Since 1. */
export const ticksPerCycle = 10;

/** What kind of context a row of `Trace.contexts` is. `idle` is the CPU's own idle thread. Since 1. */
export type TraceContextKind = 'thread' | 'dpc' | 'threadedDpc' | 'isr' | 'idle';

/** One thread, DPC or interrupt service routine of the scenario. Its index in `Trace.contexts` is its id in the events. Since 1. */
export interface TraceContext {
  readonly name: string;
  readonly kind: TraceContextKind;
  /** The CPU that it runs on (0-based). */
  readonly cpu: number;
  /** The IRQL that it starts at: 0 for threads, 2 for DPCs, the interrupt's level for ISRs. */
  readonly irql: number;
}

/** One lock or dispatcher object. Its index in `Trace.locks` is its id in the events. Since 1. */
export interface TraceLock {
  readonly name: string;
  /** Lock kind id: `ttas`, `queued`, `ticket`, ... */
  readonly kind: string;
  /** The kind's name for people, as `KSPIN_LOCK (test and test-and-set)`. */
  readonly displayName: string;
}

/** A place in a source file that an event came from. Lines and columns are 1-based, columns in UTF-16 units. Since 1. */
export interface TraceLocation {
  /** Path or URI as the scenario gave it. */
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/**
 * Event kinds. An event row is (time, cpu, kind, context, a, b, location); what `a` and `b` mean stands beside each kind,
 * and they are 0 where nothing is said. Kinds are only ever added, at the end. Since 1.
 */
export const TraceEventKind = {
  /** A context begins to run on top of the CPU's stack: thread first run, DPC dispatched, ISR entered. a = IRQL it starts at, b = IRQL it interrupted. */
  contextStart: 0,
  /** The context has ended and left the CPU's stack; what it interrupted goes on. a = IRQL after it. */
  contextEnd: 1,
  /** The CPU's IRQL changed. a = new IRQL, b = old IRQL. */
  irql: 2,
  /** A lock acquisition begins (the call is entered). a = lock, b = index in `Trace.operations` of the routine called. */
  acquireBegin: 3,
  /** The lock was found taken: the context waits from here to its `acquired`. a = lock, b = context that owns it, or -1. */
  waitBegin: 4,
  /** The lock is owned from here. a = lock, b = CPU that released it to a waiter (draw a hand-off arrow from there), or -1 when nobody had to wait. */
  acquired: 5,
  /** The lock is free (or one share less) from here. a = lock, b = index in `Trace.operations`. */
  released: 6,
  /** A try-acquire returned FALSE. a = lock. */
  tryFailed: 7,
  /** A stretch of work begins: a = its length in ticks, b = 0 work, 1 hold (a lock is meant to be held), 2 think. */
  workBegin: 8,
  /** KeInsertQueueDpc put a DPC into a queue. a = DPC context, b = CPU whose queue it is. */
  dpcQueued: 9,
  /** KeInsertQueueDpc returned FALSE: it was queued already. a = DPC context. */
  dpcRefused: 10,
  /** KeRemoveQueueDpc took it out again. a = DPC context. */
  dpcRemoved: 11,
  /** A device or the clock asks for an interrupt. a = ISR context, b = its IRQL. It stays pending until its `contextStart`. */
  interruptRequested: 12,
  /** An inter-processor interrupt is sent. a = target CPU. */
  ipi: 13,
  /** The dispatcher changes threads. a = context that leaves, b = context that comes (an `idle` context where none is ready). */
  switchThread: 14,
  /** A dispatcher wait begins. a = lock (object). */
  blockBegin: 15,
  /** A dispatcher wait is over; the thread is ready. a = lock (object). */
  blockEnd: 16,
  /** Quantum end was noted by the clock; the switch waits until the IRQL is below DISPATCH_LEVEL. */
  quantumEnd: 17,
  /** A remark of the scenario. a = index in `Trace.strings`. */
  note: 18,
  /** A guideline was missed (long DPC, long ISR, ...). a = index in `Trace.strings`. */
  warning: 19,
  /** Driver Verifier would stop here with a code. a = index in `Trace.strings` of the sentence. The run goes on. */
  verifier: 20,
  /** A set of CPUs can never go on; `Trace.deadlock` says which. The clock may still tick. */
  deadlock: 21,
  /** The machine stops. a = index in `Trace.strings` of the bug check's sentence. */
  bugCheck: 22,
  /** The watchdog ends the run. a = index in `Trace.strings`. */
  watchdog: 23,
  /** The run is over. a = index in `Trace.strings` of the reason. */
  end: 24,
  /** An object was signalled. a = lock (object). */
  signalled: 25,
  /** A shared acquisition: as `acquired`, but others may own the lock at the same time. */
  acquiredShared: 26,
  /** The scheduler left out events from here to the next row; a = how many. */
  omitted: 27,
} as const;

export type TraceEventName = keyof typeof TraceEventKind;

/** The events in order of time, then CPU, then sequence. All columns have the same length. Since 1. */
export interface TraceEvents {
  /** Ticks (tenths of a core cycle) since the start, not descending. */
  readonly time: readonly number[];
  readonly cpu: readonly number[];
  /** A value of `TraceEventKind`. */
  readonly kind: readonly number[];
  /** Index in `Trace.contexts`: the context on top of the CPU's stack that did it. */
  readonly context: readonly number[];
  readonly a: readonly number[];
  readonly b: readonly number[];
  /** Index in `Trace.locations`, or -1. */
  readonly location: readonly number[];
}

/** One member of a deadlock: this context waits for this lock, which that context owns. Since 1. */
export interface TraceDeadlockMember {
  readonly cpu: number;
  readonly context: number;
  readonly waitsFor: number;
  /** Context that owns the lock. The cycle closes through it: it is below on the same CPU's stack, or itself waits. */
  readonly ownedBy: number;
  /** Index in `Trace.locations` of the acquisition that never returns, or -1. */
  readonly location: number;
}

/** A set of CPUs that can never go on. Since 1. */
export interface TraceDeadlock {
  /** Tick at which the last of them began to wait. */
  readonly time: number;
  readonly members: readonly TraceDeadlockMember[];
  /** One sentence that names the CPUs and the locks. */
  readonly text: string;
}

/** How a run ended; the same words as in `SimulateResult`. Since 1. */
export type TraceOutcome = 'completed' | 'deadlock' | 'livelock' | 'bugcheck' | 'watchdog' | 'bounded';

/** A recorded run. Since 1. */
export interface Trace {
  readonly format: 'irql-lens-trace';
  readonly version: 1;
  /** Name and version of the program that wrote it. */
  readonly tool: string;
  readonly scenario: {
    readonly id: string;
    readonly title: string;
    /** What to look at, in a few sentences. */
    readonly lesson: string;
    /** Where the facts of the lesson come from. */
    readonly sources: readonly string[];
  };
  readonly profile: {
    readonly id: string;
    readonly name: string;
    /** Core clock in GHz: nanoseconds = cycles / clockGHz. */
    readonly clockGHz: number;
    /** Keys of figures that the user has overridden. */
    readonly overridden: readonly string[];
  };
  readonly seed: number;
  /** Number of CPUs; lanes are 0 .. cpus-1. */
  readonly cpus: number;
  /** Name of the IRQL values, index = IRQL: `PASSIVE_LEVEL`, `APC_LEVEL`, `DISPATCH_LEVEL`, `DIRQL (3)`, ... */
  readonly irqlNames: readonly string[];
  readonly contexts: readonly TraceContext[];
  readonly locks: readonly TraceLock[];
  /** Routines that were called, as `KeAcquireSpinLockAtDpcLevel`. */
  readonly operations: readonly string[];
  readonly locations: readonly TraceLocation[];
  /** Sentences of notes, warnings, bug checks. */
  readonly strings: readonly string[];
  readonly events: TraceEvents;
  /** Ticks at the end of the run (may lie after the last event). */
  readonly endTime: number;
  readonly outcome: TraceOutcome;
  /** `0x133 DPC_WATCHDOG_VIOLATION (P1 = 0)` and the like. */
  readonly bugCheck?: string;
  readonly deadlock?: TraceDeadlock;
  /** The schedule string that replays the run, where an explorer or a person chose the order. */
  readonly schedule?: string;
  /** True where events were left out because the trace would have grown past its limit; the figures of the result are still of all events. */
  readonly truncated: boolean;
}
