/** Scenarios for measuring: one lock, all CPUs alike, and figures that make everything but the thing measured free. */
import { simulate } from '../../../server/src/engine/engine.ts';
import type { Duration, Scenario, Statement } from '../../../server/src/protocol/scenarioFormat.ts';
import { TraceEventKind, ticksPerCycle } from '../../../server/src/protocol/traceFormat.ts';

/** Every operation costs nothing. */
export const free: Readonly<Record<string, number>> = {
  readIrql: 0,
  raiseWrite: 0,
  lowerWrite: 0,
  flagsTest: 0,
  rmwL1: 0,
  loadL1: 0,
  storeL1: 0,
  releaseStore: 0,
  releaseLockedAnd: 0,
  pause: 0,
  smt: 0,
  sameCluster: 0,
  sameSocket: 0,
  crossSocket: 0,
};

/** Transfers of `T` cycles between any two CPUs (profile skylake-sp, 3 GHz), all else free. */
export function transfers(
  T: number,
  loadFactor: number,
  occupancyFactor: number,
): Readonly<Record<string, number>> {
  const ns = T / 3;
  return { ...free, smt: ns, sameCluster: ns, sameSocket: ns, crossSocket: ns, loadFactor, occupancyFactor };
}

/** Each CPU repeats: acquire, hold, release, think. */
export function loop(
  kind: string,
  cpus: number,
  hold: Duration,
  think: Duration,
  acquisitions: number,
): Scenario {
  return {
    version: 1,
    id: 'bench',
    title: 'bench',
    cpus,
    clock: false,
    locks: [{ id: 'L', kind }],
    threads: [
      {
        name: 'cpu',
        cpu: 'all',
        body: [
          {
            do: 'repeat',
            times: 'forever',
            body: [
              { do: 'acquire', lock: 'L' },
              { do: 'hold', cycles: hold },
              { do: 'release', lock: 'L' },
              { do: 'think', cycles: think },
            ],
          },
        ],
      },
    ],
    limits: { acquisitions },
  };
}

/** Cycles that a straight body takes on one CPU. */
export function cyclesOf(profile: string, body: readonly Statement[], kind = 'ttas'): number {
  const scenario: Scenario = {
    version: 1,
    id: 'sum',
    title: 'sum',
    cpus: 1,
    clock: false,
    profile,
    locks: [{ id: 'A', kind }],
    threads: [{ name: 't', cpu: 0, body }],
  };
  return simulate(scenario).result.cycles;
}

/** Cycles at which the lock was acquired, in order. */
export function acquireTimes(
  scenario: Scenario,
  figures: Readonly<Record<string, number>>,
): readonly number[] {
  const { trace } = simulate(scenario, { overrides: { figures }, maxTraceEvents: 10_000_000 });
  const { kind, time } = trace.events;
  const times: number[] = [];
  for (let index = 0; index < kind.length; index += 1) {
    if (kind[index] === TraceEventKind.acquired) times.push((time[index] ?? 0) / ticksPerCycle);
  }
  return times;
}
