/**
 * `irql-lens simulate`: one scenario, run or explored, with its figures or its trace.
 */
import { existsSync, readFileSync } from 'node:fs';
import {
  explore,
  findScenario,
  listLockKinds,
  listProfiles,
  listScenarios,
  ScenarioError,
  simulate,
  sweep,
} from '../engine/engine.ts';
import { sweepToCsv } from '../engine/exports/sweepCsv.ts';
import { traceToPerfetto } from '../protocol/perfetto.ts';
import type { SimulateOutcome } from '../engine/engine.ts';
import type { RunOverrides } from '../protocol/engineMessages.ts';
import type { CostRange, SweepResult } from '../protocol/simulateResult.ts';
import { parseScenario, type Scenario } from '../protocol/scenarioFormat.ts';
import { UsageError, type Options } from './options.ts';

/** Runs longer than this are not run twice more for ranges. */
const mostEventsForRanges = 2_000_000;

/** Runs what the options say. Throws `UsageError` for an unknown scenario, file, lock kind or profile. */
export function runSimulate(options: Options): SimulateOutcome {
  const { preemptions } = options;
  return orUsageError(options, (scenario, overrides) => {
    if (options.explore)
      return explore(scenario, {
        overrides,
        ...(preemptions === undefined ? {} : { preemptionBound: preemptions }),
      });
    const outcome = simulate(scenario, { overrides });
    if (options.schedule !== undefined || outcome.result.events > mostEventsForRanges) return outcome;
    return simulate(scenario, { overrides, withRanges: true });
  });
}

/** Runs the scenario for every combination of the axes. Throws `UsageError`. */
export function runSweep(options: Options): SweepResult {
  return orUsageError(options, (scenario, overrides) => sweep(scenario, options.sweep ?? {}, { overrides }));
}

function orUsageError<T>(options: Options, run: (scenario: Scenario, overrides: RunOverrides) => T): T {
  const scenario = openScenario(options.operands[0] ?? '');
  const overrides = readOverrides(options);
  try {
    return run(scenario, overrides);
  } catch (error) {
    throw error instanceof ScenarioError ? new UsageError(inFile(options.operands[0] ?? '', error)) : error;
  }
}

/** The message, after the file where the fault is in one. */
function inFile(operand: string, { message, path }: ScenarioError): string {
  const isInFile = path !== undefined && findScenario(operand) === undefined;
  return isInFile ? `${operand} is no valid scenario:\n  ${message}` : message;
}

function openScenario(operand: string): Scenario {
  const bundled = findScenario(operand);
  if (bundled !== undefined) return bundled;
  if (!existsSync(operand)) {
    const ids = listScenarios().map(({ id }) => id);
    throw new UsageError(`'${operand}' is neither a file nor a scenario; scenarios are ${ids.join(', ')}`);
  }
  const parsed = parseScenario(readJson(operand));
  if ('scenario' in parsed) return parsed.scenario;
  const problems = parsed.problems.map(
    ({ path, message }) => `  ${path === '' ? '(file)' : path}: ${message}`,
  );
  throw new UsageError(`${operand} is no valid scenario:\n${problems.join('\n')}`);
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new UsageError(
      `cannot read ${path} as JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function readOverrides(options: Options): RunOverrides {
  const locks = listLockKinds().map(({ id }) => id);
  if (options.lock !== undefined && !locks.includes(options.lock)) {
    throw new UsageError(`there is no lock kind '${options.lock}'; kinds are ${locks.join(', ')}`);
  }
  const profiles = listProfiles().map(({ id }) => id);
  if (options.profile !== undefined && !profiles.includes(options.profile)) {
    throw new UsageError(`there is no profile '${options.profile}'; profiles are ${profiles.join(', ')}`);
  }
  return {
    ...(options.cpus === undefined ? {} : { cpus: options.cpus }),
    ...(options.lock === undefined ? {} : { lock: options.lock }),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.seed === undefined ? {} : { seed: options.seed }),
    ...(options.schedule === undefined ? {} : { schedule: options.schedule }),
    figures: options.figures,
  };
}

/** The outcome in the form that was asked for. */
export function renderSimulation(outcome: SimulateOutcome, format: string): string {
  if (format === 'json') return `${JSON.stringify(outcome.result, null, 1)}\n`;
  if (format === 'trace') return `${JSON.stringify(outcome.trace)}\n`;
  if (format === 'perfetto') return `${JSON.stringify(traceToPerfetto(outcome.trace))}\n`;
  return toText(outcome);
}

/** The sweep in the form that was asked for. */
export function renderSweep(result: SweepResult, format: string): string {
  if (format === 'json') return `${JSON.stringify(result, null, 1)}\n`;
  if (format === 'csv') return sweepToCsv(result);
  const head = `${result.scenario} (${result.profile}, ${String(result.clockGHz)} GHz, seed ${String(result.seed)})\n`;
  const columns = [
    'CPUs',
    'lock',
    'hold',
    'think',
    'cycles each',
    'ns each',
    'mean wait',
    'p99 wait',
    'fairness',
    'outcome',
  ];
  const cells = result.rows.map((row) => [
    String(row.cpus),
    row.lock,
    String(row.holdCycles ?? ''),
    String(row.thinkCycles ?? ''),
    row.cyclesPerAcquisition.toFixed(1),
    row.nsPerAcquisition.toFixed(1),
    row.meanWaitCycles.toFixed(1),
    row.p99WaitCycles.toFixed(1),
    row.jainFairness.toFixed(3),
    row.outcome,
  ]);
  const widths = columns.map((title, at) =>
    Math.max(title.length, ...cells.map((row) => row[at]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    `${row
      .map((cell, at) =>
        at === 1 || at === 9 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
      )
      .join('  ')
      .trimEnd()}\n`;
  return head + [columns, ...cells].map(line).join('');
}

function rangeText({ low, high }: CostRange): string {
  return low === high ? '' : ` [${low.toFixed(1)}-${high.toFixed(1)}]`;
}

function toText({ result }: SimulateOutcome): string {
  const bug = result.bugCheck === undefined ? '' : `: ${result.bugCheck}`;
  const { ranges } = result;
  const range = (value: CostRange | undefined): string => (value === undefined ? '' : rangeText(value));
  const lines = [
    `${result.scenario} on ${String(result.cpus)} CPU${result.cpus === 1 ? '' : 's'} (${result.profile}, ${String(result.clockGHz)} GHz, seed ${String(result.seed)})`,
    ...(result.overridden === undefined ? [] : [`figures set by you: ${result.overridden.join(', ')}`]),
    `outcome: ${result.outcome}${bug}`,
    ...(ranges !== undefined && ranges.outcomes.length > 1
      ? [`the uncertain figures decide the outcome: ${ranges.outcomes.join(' or ')}`]
      : []),
    ...(result.bound === undefined ? [] : [`bound: ${result.bound}`]),
    ...(result.states === undefined ? [] : [`states: ${String(result.states)}`]),
    ...(result.schedule === undefined ? [] : [`schedule: ${result.schedule}`]),
    ...result.verifier.map((code) => `Driver Verifier: ${code}`),
    ...result.warnings.map((warning) => `warning: ${warning}`),
    `cycles: ${String(result.cycles)}${range(ranges?.cycles)}, events: ${String(result.events)}`,
    ...result.locks.map(
      (lock, at) =>
        `lock ${lock.id} (${lock.kind}): ${String(lock.acquisitions)} acquisitions, ` +
        `wait ${lock.meanWaitCycles.toFixed(1)}${range(ranges?.locks[at]?.meanWaitCycles)} ` +
        `(p99 ${lock.p99WaitCycles.toFixed(1)}${range(ranges?.locks[at]?.p99WaitCycles)}), ` +
        `hold ${lock.meanHoldCycles.toFixed(1)}${range(ranges?.locks[at]?.meanHoldCycles)} cycles, ` +
        `${String(lock.handoffs)} hand-offs, fairness ${lock.jainFairness.toFixed(3)}`,
    ),
    ...(ranges === undefined ? [] : ['[low-high]: with all uncertain figures of the profile at their ends']),
    ...(result.witness ?? []).map((step, i) => `  ${String(i + 1)}. ${step}`),
  ];
  return `${lines.join('\n')}\n`;
}
