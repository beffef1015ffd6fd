/**
 * Results as ranges: the same run with every uncertain figure at its low and at its high end. A profile's estimates are brackets,
 * so the honest answer to "how long" is a bracket too.
 */
import type { RunOverrides } from '../protocol/engineMessages.ts';
import type { Scenario } from '../protocol/scenarioFormat.ts';
import type { CostRange, ResultRanges, SimulateResult } from '../protocol/simulateResult.ts';
import { type Figure, type ResolvedProfile } from './profiles/profile.ts';
import { prepareRun } from './run.ts';
import type { RunOptions } from './engine.ts';
import { runSimulation } from './simulate.ts';

/** A figure with its bounds; a certain one is its own bounds. */
export function rangeOf(figure: Figure): CostRange {
  const [low, high] = figure.range ?? [figure.value, figure.value];
  return { low: Math.min(low, figure.value), mid: figure.value, high: Math.max(high, figure.value) };
}

/** Every uncertain figure at one end, under the user's own; watchdog periods stay as they are. `keys` narrows the choice. */
export function figuresAt(
  profile: ResolvedProfile,
  end: 'low' | 'high',
  user: Readonly<Record<string, number>>,
  keys: Iterable<string> = profile.figures.keys(),
): Record<string, number> {
  const values: Record<string, number> = {};
  for (const key of keys) {
    const figure = profile.figures.get(key);
    if (figure !== undefined && figure.unit !== 'ticks') values[key] = rangeOf(figure)[end];
  }
  return { ...values, ...user };
}

/** The lowest, the given and the highest of what the three runs gave. */
function spread(runs: readonly SimulateResult[], pick: (result: SimulateResult) => number): CostRange {
  const values = runs.map(pick);
  return { low: Math.min(...values), mid: values[0] ?? 0, high: Math.max(...values) };
}

/** Runs the scenario twice more. `mid` is the run with the figures as they are. Throws like `simulate`. */
export function resultRanges(scenario: Scenario, mid: SimulateResult, options: RunOptions): ResultRanges {
  const overrides: RunOverrides = options.overrides ?? {};
  const user = overrides.figures ?? {};
  const { profile } = prepareRun(scenario, overrides);
  const at = (end: 'low' | 'high'): SimulateResult => {
    const run = prepareRun(scenario, { ...overrides, figures: figuresAt(profile, end, user) });
    return runSimulation(run, {
      maxTraceEvents: 0,
      ...(options.cancellation === undefined ? {} : { cancellation: options.cancellation }),
    }).result;
  };
  const runs = [mid, at('low'), at('high')];
  return {
    cycles: spread(runs, ({ cycles }) => cycles),
    cyclesPerAcquisition: spread(runs, ({ perAcquire }) => perAcquire.meanCycles),
    locks: mid.locks.map(({ id }, lock) => ({
      id,
      meanWaitCycles: spread(runs, ({ locks }) => locks[lock]?.meanWaitCycles ?? 0),
      p99WaitCycles: spread(runs, ({ locks }) => locks[lock]?.p99WaitCycles ?? 0),
      meanHoldCycles: spread(runs, ({ locks }) => locks[lock]?.meanHoldCycles ?? 0),
    })),
    outcomes: [...new Set(runs.map(({ outcome }) => outcome))],
  };
}
