/**
 * The engine's public face: run a scenario, explore it, sweep it, and list what there is. Pure functions of their arguments:
 * the same scenario, options and version give the same bytes. No clock, no randomness but the seed, no files.
 */
import type { Cancellation } from '../base/cancellation.ts';
import type { RunOverrides, SweepAxes } from '../protocol/engineMessages.ts';
import type { Scenario } from '../protocol/scenarioFormat.ts';
import type { SimulateResult, SweepResult } from '../protocol/simulateResult.ts';
import type { Trace } from '../protocol/traceFormat.ts';
import { runExploration } from './explore.ts';
import { lockKinds } from './locks/registry.ts';
import { profiles } from './profiles/profile.ts';
import { resultRanges } from './ranges.ts';
import { prepareRun } from './run.ts';
import { bundledScenarios } from './scenarios/bundled.ts';
import { runSimulation } from './simulate.ts';
import { runSchedule, type SteppedRun } from './stepRun.ts';
import { runSweep } from './sweep.ts';

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
  /** Runs twice more, for `ranges` of the result (default false). A replayed schedule has none. */
  readonly withRanges?: boolean;
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
  /** The routines that try to acquire it and may fail. */
  readonly tries: readonly string[];
}

export { ScenarioError } from './scenarioError.ts';

/** Runs the scenario once, in simulated time. Throws `ScenarioError` and `CancelledError`. */
export function simulate(scenario: Scenario, options: SimulateOptions = {}): SimulateOutcome {
  const overrides = options.overrides ?? {};
  const run = prepareRun(scenario, overrides);
  if (overrides.schedule !== undefined) return runSchedule(run, overrides.schedule, options.maxTraceEvents);
  const { result, trace } = runSimulation(run, options);
  if (options.withRanges !== true) return { result, trace };
  return { result: { ...result, ranges: resultRanges(scenario, result, options) }, trace };
}

/**
 * Plays `overrides.schedule` (absent: nothing yet) and says which steps may come next, as schedules with that step appended.
 * To undo a step, ask again without it.
 */
export function stepSchedule(scenario: Scenario, options: SimulateOptions = {}): SteppedRun {
  const overrides = options.overrides ?? {};
  return runSchedule(prepareRun(scenario, overrides), overrides.schedule ?? '', options.maxTraceEvents);
}

/** Walks all interleavings; the trace is the shortest witness, or one completed run where nothing goes wrong. */
export function explore(scenario: Scenario, options: ExploreOptions = {}): SimulateOutcome {
  return runExploration(prepareRun(scenario, options.overrides ?? {}), options);
}

/** Runs the scenario for every combination of the axes; no traces. */
export function sweep(scenario: Scenario, axes: SweepAxes, options: RunOptions = {}): SweepResult {
  return runSweep(scenario, axes, options);
}

/** The bundled scenarios, in the order of the manual. */
export function listScenarios(): readonly ScenarioInfo[] {
  return bundledScenarios.map((row) => ({
    id: row.id,
    title: row.title,
    lesson: row.lesson ?? '',
    cpus: row.cpus,
    runs: row.runs ?? 'both',
    controls: row.controls ?? [],
  }));
}

/** A bundled scenario by id, or undefined. */
export function findScenario(id: string): Scenario | undefined {
  return bundledScenarios.find((row) => row.id === id);
}

/** All profiles with every figure, its source, confidence and range. */
export function listProfiles(): readonly ProfileInfo[] {
  return profiles.map(({ id, name, clockGHz, irqlVariant, figures }) => ({
    id,
    name,
    clockGHz,
    irqlVariant,
    figures,
  }));
}

/** All lock kinds. */
export function listLockKinds(): readonly LockKindInfo[] {
  return lockKinds.map((kind) => ({
    id: kind.id,
    displayName: kind.displayName,
    fair: kind.fair,
    replaceable: kind.replaceable,
    acquires: kind.routines.filter((row) => row.action === 'acquire').map((row) => row.name),
    releases: kind.routines.filter((row) => row.action === 'release').map((row) => row.name),
    tries: kind.routines.filter((row) => row.action === 'try').map((row) => row.name),
  }));
}
