/**
 * A scenario with other holds, thinks or interrupt rates, as the replay page's controls ask for. Pure; the original stays as it is.
 * CPUs, lock kind, profile and seed are the engine's overrides and not handled here.
 */
import type { Arrivals, Duration, Scenario, Statement } from './scenarioFormat.ts';

/** What to change; what is absent stays. */
export interface Adjustment {
  /** Cycles for every `hold`. */
  readonly holdCycles?: number | undefined;
  /** Cycles for every `think`. */
  readonly thinkCycles?: number | undefined;
  /** Interrupts and DPCs that come by themselves come so many times as often; 0 = never. */
  readonly interruptRate?: number | undefined;
}

function adjustBody(body: readonly Statement[], change: Adjustment): readonly Statement[] {
  return body.map((statement) => adjustStatement(statement, change));
}

function adjustStatement(statement: Statement, change: Adjustment): Statement {
  switch (statement.do) {
    case 'hold':
      return change.holdCycles === undefined ? statement : { ...statement, cycles: change.holdCycles };
    case 'think':
      return change.thinkCycles === undefined ? statement : { ...statement, cycles: change.thinkCycles };
    case 'repeat':
      return { ...statement, body: adjustBody(statement.body, change) };
    case 'try':
    case 'ifIrql':
      return {
        ...statement,
        ...(statement.then === undefined ? {} : { then: adjustBody(statement.then, change) }),
        ...(statement.else === undefined ? {} : { else: adjustBody(statement.else, change) }),
      };
    case 'choose':
      return {
        ...statement,
        between: statement.between.map((each) => ({ ...each, body: adjustBody(each.body, change) })),
      };
    default:
      return statement;
  }
}

function scaleDuration(duration: Duration, factor: number): Duration {
  if (typeof duration === 'number') return duration * factor;
  if ('us' in duration) return { us: duration.us * factor };
  if ('ms' in duration) return { ms: duration.ms * factor };
  if ('exponential' in duration) return { exponential: duration.exponential * factor };
  return { uniform: [duration.uniform[0] * factor, duration.uniform[1] * factor] };
}

function adjustArrivals<Source extends { readonly arrivals?: Arrivals | undefined }>(
  source: Source,
  rate: number | undefined,
): Source {
  if (rate === undefined || rate === 1 || source.arrivals === undefined) return source;
  const { arrivals } = source;
  if (rate === 0) return { ...source, arrivals: { ...arrivals, count: 0 } };
  if (arrivals.every === undefined) return source;
  return { ...source, arrivals: { ...arrivals, every: scaleDuration(arrivals.every, 1 / rate) } };
}

/** The scenario with the changes made; the same object where there are none. */
export function adjustScenario(scenario: Scenario, change: Adjustment): Scenario {
  const { holdCycles, thinkCycles, interruptRate } = change;
  if (holdCycles === undefined && thinkCycles === undefined && (interruptRate ?? 1) === 1) return scenario;
  const { routines, dpcs, isrs } = scenario;
  return {
    ...scenario,
    threads: scenario.threads.map((thread) => ({ ...thread, body: adjustBody(thread.body, change) })),
    ...(routines === undefined
      ? {}
      : {
          routines: Object.fromEntries(
            Object.entries(routines).map(([name, body]) => [name, adjustBody(body, change)]),
          ),
        }),
    ...(dpcs === undefined
      ? {}
      : {
          dpcs: dpcs.map((dpc) => ({
            ...adjustArrivals(dpc, interruptRate),
            body: adjustBody(dpc.body, change),
          })),
        }),
    ...(isrs === undefined
      ? {}
      : {
          isrs: isrs.map((isr) => ({
            ...adjustArrivals(isr, interruptRate),
            body: adjustBody(isr.body, change),
          })),
        }),
  };
}
