/**
 * The messages between a host (server, CLI, extension) and the engine worker. One request at a time per worker;
 * `cancel` stops it. Results and traces are plain data, as `simulateResult.ts` and `traceFormat.ts` define them.
 */
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
  | { readonly type: 'cancel'; readonly id: number };

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
  | { readonly type: 'failed'; readonly id: number; readonly message: string }
  | { readonly type: 'cancelled'; readonly id: number };
