/**
 * What `simulate`, `explore` and `sweep` answer: the JSON of `irql-lens simulate --format json` and of the engine worker.
 * Fields are only ever added. Times are core cycles of the profile unless a name says otherwise.
 */
import type { TraceDeadlock, TraceOutcome } from './traceFormat.ts';

/** How a run ended. */
export type Outcome = TraceOutcome;

/** A number that is known only as a range, because inputs of the profile are ranges. All in the same unit. */
export interface CostRange {
  readonly low: number;
  readonly mid: number;
  readonly high: number;
}

/** Figures of one lock, in core cycles. */
export interface LockResult {
  readonly id: string;
  readonly kind: string;
  readonly acquisitions: number;
  readonly meanWaitCycles: number;
  readonly p50WaitCycles: number;
  readonly p99WaitCycles: number;
  readonly maxWaitCycles: number;
  readonly meanHoldCycles: number;
  readonly p50HoldCycles: number;
  readonly p99HoldCycles: number;
  readonly maxHoldCycles: number;
  /** Acquisitions that had to wait for a release by another context. */
  readonly handoffs: number;
  /** The same by the distance between the two CPUs. */
  readonly handoffsByDistance: Readonly<Record<'self' | 'smt' | 'cluster' | 'socket' | 'remote', number>>;
  /** Jain's index of acquisitions per CPU that used the lock: 1 = all alike, 1/n = one got all. */
  readonly jainFairness: number;
  /** Times the word was read or tried while waiting, computed and not simulated one by one. */
  readonly spins: number;
}

/** Where one CPU's time went, in core cycles. */
export interface CpuResult {
  readonly cpu: number;
  /** Index = IRQL. */
  readonly cyclesByIrql: readonly number[];
  readonly cyclesByActivity: Readonly<
    Record<'thread' | 'dpc' | 'isr' | 'spin' | 'hold' | 'idle' | 'overhead', number>
  >;
  readonly irqlReads: number;
  readonly irqlWrites: number;
  readonly interrupts: number;
  readonly dpcs: number;
  readonly acquisitions: number;
}

/** How far the figures of a run reach where the profile's uncertain figures are at their low and at their high ends. */
export interface ResultRanges {
  readonly cycles: CostRange;
  /** Of the whole run per acquisition of any lock. */
  readonly cyclesPerAcquisition: CostRange;
  readonly locks: readonly {
    readonly id: string;
    readonly meanWaitCycles: CostRange;
    readonly p99WaitCycles: CostRange;
    readonly meanHoldCycles: CostRange;
  }[];
  /** Outcomes that the three runs had: more than one where the figures decide it. */
  readonly outcomes: readonly Outcome[];
}

/** One simulated run, or the outcome of an exploration. */
export interface SimulateResult {
  readonly version: 1;
  readonly scenario: string;
  readonly profile: string;
  readonly clockGHz: number;
  readonly seed: number;
  readonly cpus: number;
  readonly outcome: Outcome;
  /** Code and name, as `0x133 DPC_WATCHDOG_VIOLATION (P1 = 0)`; of an exploration: what the outcome would become on a free build. */
  readonly bugCheck?: string;
  /** What Driver Verifier would have said, as `0xC4/0x40 ...`, each once. */
  readonly verifier: readonly string[];
  /** Guidelines that were missed, each once. */
  readonly warnings: readonly string[];
  readonly cycles: number;
  readonly events: number;
  /** The steps that lead to the outcome, one sentence each; where the outcome is not `completed`. */
  readonly witness?: readonly string[];
  /** Of an exploration: visible lock operations of the shortest witness, the attempts that never succeed included. */
  readonly witnessLength?: number;
  readonly deadlock?: TraceDeadlock;
  readonly locks: readonly LockResult[];
  readonly cpuResults: readonly CpuResult[];
  readonly perAcquire: {
    /** Reads of the IRQL per acquisition of any lock. */
    readonly irqlReads: number;
    readonly irqlWrites: number;
    /** Cycles per acquisition: of the whole run, all CPUs together. ns per acquisition = meanCycles / clockGHz. */
    readonly meanCycles: number;
  };
  /** Line transfers between CPUs, by distance. */
  readonly transfers: Readonly<Record<'smt' | 'cluster' | 'socket' | 'remote', number>>;
  /** Of an exploration: states visited. */
  readonly states?: number;
  readonly transitions?: number;
  /** Of an exploration: different dead states found. */
  readonly deadStates?: number;
  /** Why an exploration is not exhaustive, or a run not complete. */
  readonly bound?: string;
  /** Keys of the profile figures that the user has set; absent where there are none. */
  readonly overridden?: readonly string[];
  /** Where it was asked for. */
  readonly ranges?: ResultRanges;
  /** Replays this very run: `simulate` with the option `schedule`. */
  readonly schedule?: string;
}

/** One row of a sweep. */
export interface SweepRow {
  readonly cpus: number;
  readonly lock: string;
  readonly holdCycles: number | null;
  readonly thinkCycles: number | null;
  readonly acquisitions: number;
  readonly cycles: number;
  readonly cyclesPerAcquisition: number;
  readonly nsPerAcquisition: number;
  readonly meanWaitCycles: number;
  readonly p99WaitCycles: number;
  readonly jainFairness: number;
  readonly outcome: Outcome;
}

/** A sweep over CPUs, lock kinds, hold and think times. */
export interface SweepResult {
  readonly version: 1;
  readonly scenario: string;
  readonly profile: string;
  readonly clockGHz: number;
  readonly seed: number;
  readonly rows: readonly SweepRow[];
}
