/**
 * The engine's public face: run a scenario, explore it, sweep it, and list what there is. Pure functions of their arguments:
 * the same scenario, options and version give the same bytes. No clock, no randomness but the seed, no files.
 */
import type { Cancellation } from '../base/cancellation.ts';
import type { RunOverrides, SweepAxes } from '../protocol/engineMessages.ts';
import type { Scenario } from '../protocol/scenarioFormat.ts';
import type { SimulateResult, SweepResult } from '../protocol/simulateResult.ts';
import type { Trace } from '../protocol/traceFormat.ts';

/** Options of every kind of run. */
export interface RunOptions {
  readonly overrides?: RunOverrides;
  readonly cancellation?: Cancellation;
  /** Called every few ten thousand steps. `of` is 0 where the whole is not known. */
  readonly onProgress?: (done: number, of: number) => void;
}

export interface SimulateOptions extends RunOptions {
  /** Most events kept in the trace (default 200,000); 0 records none. The result's figures are of all events. */
  readonly maxTraceEvents?: number;
}

export interface ExploreOptions extends RunOptions {
  /** Most states visited before the answer is `bounded` (default: the scenario's, else 2,000,000). */
  readonly maxStates?: number;
  /** Looks only at schedules with at most so many preemptions, and says so. */
  readonly preemptionBound?: number;
  readonly maxTraceEvents?: number;
}

/** What a run gives: its figures and its record. */
export interface SimulateOutcome {
  readonly result: SimulateResult;
  readonly trace: Trace;
}

/** One row of `irql-lens scenarios`. */
export interface ScenarioInfo {
  readonly id: string;
  readonly title: string;
  readonly lesson: string;
  readonly cpus: number;
  readonly runs: 'simulate' | 'explore' | 'both';
  readonly controls: readonly ('cpus' | 'lock' | 'profile')[];
}

/** One figure of a profile. */
export interface FigureInfo {
  readonly key: string;
  readonly value: number;
  readonly unit: string;
  readonly range: readonly [low: number, high: number] | null;
  readonly source: string;
  readonly confidence: string;
}

/** One row of `irql-lens profiles`. */
export interface ProfileInfo {
  readonly id: string;
  readonly name: string;
  readonly clockGHz: number;
  readonly irqlVariant: string;
  readonly figures: readonly FigureInfo[];
}

/** One lock kind of `--lock`. */
export interface LockKindInfo {
  readonly id: string;
  readonly displayName: string;
  /** Served in order of arrival. */
  readonly fair: boolean;
  /** Can stand for another spin lock kind in any scenario (`--lock`). */
  readonly replaceable: boolean;
  /** The routines that acquire and release it, by name. */
  readonly acquires: readonly string[];
  readonly releases: readonly string[];
}

/** Thrown where a scenario or an option names something that does not exist; the message is for the user. */
export class ScenarioError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ScenarioError';
  }
}

/** Runs the scenario once, in simulated time. Throws `ScenarioError` and `CancelledError`. */
export declare function simulate(scenario: Scenario, options?: SimulateOptions): SimulateOutcome;

/** Walks all interleavings; the trace is the shortest witness, or one completed run where nothing goes wrong. */
export declare function explore(scenario: Scenario, options?: ExploreOptions): SimulateOutcome;

/** Runs the scenario for every combination of the axes; no traces. */
export declare function sweep(scenario: Scenario, axes: SweepAxes, options?: RunOptions): SweepResult;

/** The bundled scenarios, in the order of the manual. */
export declare function listScenarios(): readonly ScenarioInfo[];

/** A bundled scenario by id, or undefined. */
export declare function findScenario(id: string): Scenario | undefined;

export declare function listProfiles(): readonly ProfileInfo[];

export declare function listLockKinds(): readonly LockKindInfo[];
