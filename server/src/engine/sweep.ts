/** Runs a scenario for every combination of CPUs, lock kinds, hold and think times. Figures only, no traces. */
import { notCancelled, throwIfCancelled } from '../base/cancellation.ts';
import type { SweepAxes } from '../protocol/engineMessages.ts';
import type { Scenario, Statement } from '../protocol/scenarioFormat.ts';
import type { SweepResult, SweepRow } from '../protocol/simulateResult.ts';
import type { RunOptions } from './engine.ts';
import { prepareRun } from './run.ts';
import { runSimulation } from './simulate.ts';

/** One point of the sweep; null keeps the scenario's own value. */
interface Point {
  readonly cpus: number | null;
  readonly lock: string | null;
  readonly hold: number | null;
  readonly think: number | null;
}

function axis<T>(values: readonly T[] | undefined): readonly (T | null)[] {
  return values === undefined || values.length === 0 ? [null] : values;
}

function points(axes: SweepAxes): readonly Point[] {
  const rows: Point[] = [];
  for (const lock of axis(axes.locks)) {
    for (const cpus of axis(axes.cpus)) {
      for (const hold of axis(axes.holdCycles)) {
        for (const think of axis(axes.thinkCycles)) rows.push({ cpus, lock, hold, think });
      }
    }
  }
  return rows;
}

/** Replaces the lengths of all hold or think statements. */
function retime(rows: readonly Statement[], point: Point): readonly Statement[] {
  return rows.map((row): Statement => {
    if (row.do === 'hold' && point.hold !== null) return { ...row, cycles: point.hold };
    if (row.do === 'think' && point.think !== null) return { ...row, cycles: point.think };
    if (row.do === 'repeat') return { ...row, body: retime(row.body, point) };
    return row;
  });
}

function retimed(scenario: Scenario, point: Point): Scenario {
  if (point.hold === null && point.think === null) return scenario;
  return {
    ...scenario,
    threads: scenario.threads.map((row) => ({ ...row, body: retime(row.body, point) })),
    dpcs: (scenario.dpcs ?? []).map((row) => ({ ...row, body: retime(row.body, point) })),
  };
}

/** Runs all points in order. Throws `ScenarioError` and `CancelledError`. */
export function runSweep(scenario: Scenario, axes: SweepAxes, options: RunOptions): SweepResult {
  const rows: SweepRow[] = [];
  const all = points(axes);
  let first: { readonly profile: string; readonly clockGHz: number; readonly seed: number } | undefined;
  for (const [index, point] of all.entries()) {
    throwIfCancelled(options.cancellation ?? notCancelled);
    const run = prepareRun(retimed(scenario, point), {
      ...options.overrides,
      ...(point.cpus === null ? {} : { cpus: point.cpus }),
      ...(point.lock === null ? {} : { lock: point.lock }),
    });
    const cancellation = options.cancellation ?? notCancelled;
    const { result } = runSimulation(run, { maxTraceEvents: 0, cancellation });
    first ??= result;
    rows.push(rowOf(result, point));
    options.onProgress?.(index + 1, all.length);
  }
  return {
    version: 1,
    scenario: scenario.id,
    profile: first?.profile ?? '',
    clockGHz: first?.clockGHz ?? 0,
    seed: first?.seed ?? 0,
    rows,
  };
}

function rowOf(result: import('../protocol/simulateResult.ts').SimulateResult, point: Point): SweepRow {
  const busiest = result.locks.reduce(
    (best, row) => (row.acquisitions > best.acquisitions ? row : best),
    result.locks[0]!,
  );
  const acquisitions = result.locks.reduce((sum, row) => sum + row.acquisitions, 0);
  const each = acquisitions === 0 ? 0 : result.cycles / acquisitions;
  return {
    cpus: result.cpus,
    lock: busiest.kind,
    holdCycles: point.hold,
    thinkCycles: point.think,
    acquisitions,
    cycles: result.cycles,
    cyclesPerAcquisition: each,
    nsPerAcquisition: each / result.clockGHz,
    meanWaitCycles: busiest.meanWaitCycles,
    p99WaitCycles: busiest.p99WaitCycles,
    jainFairness: busiest.jainFairness,
    outcome: result.outcome,
  };
}
