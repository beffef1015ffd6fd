/**
 * The messages between a host (server, CLI, extension) and the engine worker. One request at a time per worker;
 * `cancel` stops it. Results and traces are plain data, as `simulateResult.ts` and `traceFormat.ts` define them.
 */
import type { Catalogue } from './catalogue.ts';
import type { Scenario } from './scenarioFormat.ts';
import type { SimulateResult, SweepResult } from './simulateResult.ts';
import type { Trace } from './traceFormat.ts';

/** What may differ from the scenario in a run. */
export interface RunOverrides {
  readonly cpus?: number;
  /** Replaces the kind of every spin lock of the scenario. */
  readonly lock?: string;
  readonly profile?: string;
  readonly seed?: number;
  /** Profile figures by key (`readIrql`, `pause`, ...), in the figure's own unit. */
  readonly figures?: Readonly<Record<string, number>>;
  /** Replays this schedule instead of choosing one. */
  readonly schedule?: string;
}

export type EngineRequest =
  | {
      readonly type: 'simulate';
      readonly id: number;
      readonly scenario: Scenario;
      readonly overrides: RunOverrides;
    }
  | {
      readonly type: 'explore';
      readonly id: number;
      readonly scenario: Scenario;
      readonly overrides: RunOverrides;
      readonly preemptionBound?: number;
    }
  | {
      readonly type: 'sweep';
      readonly id: number;
      readonly scenario: Scenario;
      readonly overrides: RunOverrides;
      readonly axes: SweepAxes;
    }
  /** What there is: bundled scenarios, profiles, lock kinds. */
  | { readonly type: 'catalogue'; readonly id: number }
  /** Follows `overrides.schedule` (absent: nothing yet) step by step in the explorer's order, stops at its end and says which steps may come next. */
  | {
      readonly type: 'step';
      readonly id: number;
      readonly scenario: Scenario;
      readonly overrides: RunOverrides;
    }
  | { readonly type: 'cancel'; readonly id: number };

/** One step that may come next in a run that a person schedules. */
export interface StepChoice {
  /** The CPU that would step. */
  readonly cpu: number;
  /** What it would do, in words: `Thread0: KeAcquireSpinLock(A)`. */
  readonly label: string;
  /** The schedule with this step appended: put it into `RunOverrides.schedule` to take it. */
  readonly schedule: string;
}

/** The values that a sweep runs through; an empty or absent axis keeps the scenario's own value. */
export interface SweepAxes {
  readonly cpus?: readonly number[];
  readonly locks?: readonly string[];
  readonly holdCycles?: readonly number[];
  readonly thinkCycles?: readonly number[];
}

export type EngineReply =
  | { readonly type: 'ran'; readonly id: number; readonly result: SimulateResult; readonly trace: Trace }
  | { readonly type: 'swept'; readonly id: number; readonly result: SweepResult }
  /** `done` of `of` where the whole is known, else `of` = 0. */
  | { readonly type: 'progress'; readonly id: number; readonly done: number; readonly of: number }
  | { readonly type: 'catalogue'; readonly id: number; readonly catalogue: Catalogue }
  /** The run so far, and the steps that may come next; none where it is over or dead. */
  | {
      readonly type: 'stepped';
      readonly id: number;
      readonly result: SimulateResult;
      readonly trace: Trace;
      readonly choices: readonly StepChoice[];
    }
  | { readonly type: 'failed'; readonly id: number; readonly message: string }
  | { readonly type: 'cancelled'; readonly id: number };
