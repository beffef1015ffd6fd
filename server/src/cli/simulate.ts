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
} from '../engine/engine.ts';
import { traceToPerfetto } from '../protocol/perfetto.ts';
import type { SimulateOutcome } from '../engine/engine.ts';
import type { RunOverrides } from '../protocol/engineMessages.ts';
import { parseScenario, type Scenario } from '../protocol/scenarioFormat.ts';
import { UsageError, type Options } from './options.ts';

/** Runs what the options say. Throws `UsageError` for an unknown scenario, file, lock kind or profile. */
export function runSimulate(options: Options): SimulateOutcome {
  const scenario = openScenario(options.operands[0] ?? '');
  const overrides = readOverrides(options);
  try {
    return options.explore ? explore(scenario, { overrides }) : simulate(scenario, { overrides });
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
  };
}

/** The outcome in the form that was asked for. */
export function renderSimulation(outcome: SimulateOutcome, format: string): string {
  if (format === 'json') return `${JSON.stringify(outcome.result, null, 1)}\n`;
  if (format === 'trace') return `${JSON.stringify(outcome.trace)}\n`;
  if (format === 'perfetto') return `${JSON.stringify(traceToPerfetto(outcome.trace))}\n`;
  return toText(outcome);
}

function toText({ result }: SimulateOutcome): string {
  const bug = result.bugCheck === undefined ? '' : `: ${result.bugCheck}`;
  const lines = [
    `${result.scenario} on ${String(result.cpus)} CPU${result.cpus === 1 ? '' : 's'} (${result.profile}, ${String(result.clockGHz)} GHz, seed ${String(result.seed)})`,
    `outcome: ${result.outcome}${bug}`,
    ...(result.bound === undefined ? [] : [`bound: ${result.bound}`]),
    ...(result.states === undefined ? [] : [`states: ${String(result.states)}`]),
    ...result.verifier.map((code) => `Driver Verifier: ${code}`),
    ...result.warnings.map((warning) => `warning: ${warning}`),
    `cycles: ${String(result.cycles)}, events: ${String(result.events)}`,
    ...result.locks.map(
      (lock) =>
        `lock ${lock.id} (${lock.kind}): ${String(lock.acquisitions)} acquisitions, wait ${lock.meanWaitCycles.toFixed(1)} ` +
        `(p99 ${lock.p99WaitCycles.toFixed(1)}), hold ${lock.meanHoldCycles.toFixed(1)} cycles, ` +
        `${String(lock.handoffs)} hand-offs, fairness ${lock.jainFairness.toFixed(3)}`,
    ),
    ...(result.witness ?? []).map((step, i) => `  ${String(i + 1)}. ${step}`),
  ];
  return `${lines.join('\n')}\n`;
}
