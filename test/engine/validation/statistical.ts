/** Statistical rows: machine repairman, M/D/1, Boyd-Wickizer chain. */
import { simulate } from '../../../server/src/engine/engine.ts';
import type { Scenario } from '../../../server/src/protocol/scenarioFormat.ts';
import { free, loop, transfers } from './bench.ts';
import { chains, openQueue, repairman, repairmanCpus, repairmanSpots } from './data.ts';
import { row, type Row } from './rows.ts';

/** Exact mean value analysis: throughput per 1000 cycles of n customers. */
export function mva(Z: number, S: number, n: number): number {
  let queue = 0;
  let X = 0;
  for (let customers = 1; customers <= n; customers += 1) {
    const R = S * (1 + queue);
    X = customers / (Z + R);
    queue = X * R;
  }
  return 1000 * X;
}

function throughput(
  scenario: Scenario,
  acquisitions: number,
  figures: Readonly<Record<string, number>>,
): number {
  const { result } = simulate(scenario, { overrides: { figures, seed: 7 }, maxTraceEvents: 0 });
  return (1000 * acquisitions) / result.cycles;
}

export function repairmanRows(acquisitions: number): readonly Row[] {
  const spots = repairmanSpots.map(({ Z, S, n, X }) =>
    row('MVA formula', `Z ${Z} S ${S} N ${n}`, X, mva(Z, S, n), 1e-6),
  );
  const rows = repairman.flatMap(({ Z, S }) =>
    repairmanCpus.map((n) => {
      const scenario = loop('ticket', n, { exponential: S }, { exponential: Z }, acquisitions);
      return row(
        'machine repairman',
        `Z ${Z} S ${S} N ${n}: X per 1000`,
        mva(Z, S, n),
        throughput(scenario, acquisitions, free),
        0.01,
      );
    }),
  );
  return [...spots, ...rows];
}

/** Poisson arrivals of DPCs on many CPUs, one FIFO lock, constant section. */
export function openQueueRows(acquisitions: number): readonly Row[] {
  const { S, loads } = openQueue;
  return loads.map((rho) => {
    // Enough sources that a DPC seldom waits for its own CPU instead of for the lock.
    const cpus = rho > 0.85 ? 1024 : 256;
    const every = { exponential: (cpus * S) / rho };
    const scenario: Scenario = {
      version: 1,
      id: 'open',
      title: 'open',
      cpus,
      clock: false,
      locks: [{ id: 'L', kind: 'ticket' }],
      threads: [],
      dpcs: [
        {
          name: 'dpc',
          cpu: 'all',
          arrivals: { at: every, every },
          body: [
            { do: 'acquire', lock: 'L', with: 'KeAcquireSpinLockAtDpcLevel' },
            { do: 'hold', cycles: S },
            { do: 'release', lock: 'L', with: 'KeReleaseSpinLockFromDpcLevel' },
          ],
        },
      ],
      limits: { acquisitions },
    };
    const noOverhead = { ...free, interruptDelivery: 0, eoi: 0, iret: 0, dpcDispatch: 0, selfIpi: 0 };
    // Waits near saturation are long correlated: several runs, judged at the load that the seeds happened to offer.
    const seeds = rho > 0.85 ? [3, 4, 5, 6] : [3];
    const runs = seeds.map(
      (seed) => simulate(scenario, { overrides: { figures: noOverhead, seed }, maxTraceEvents: 0 }).result,
    );
    const mean = (value: (run: (typeof runs)[number]) => number): number =>
      runs.reduce((sum, run) => sum + value(run), 0) / runs.length;
    const offered = mean((run) => (acquisitions * S) / run.cycles);
    const expected = (offered * S) / (2 * (1 - offered));
    return row(
      'M/D/1',
      `rho ${rho} (offered ${offered.toFixed(4)}): mean wait`,
      expected,
      mean((run) => run.locks[0]?.meanWaitCycles ?? 0),
      0.02,
    );
  });
}

/** Speed-up n - w of the chain a_k = (n - k) / a, s_k = 1 / (s + c k / 2). */
export function chainSpeedup(a: number, s: number, c: number, n: number): number {
  const weights = [1];
  for (let k = 0; k < n; k += 1) weights.push((weights[k] ?? 0) * ((n - k) / a) * (s + (c * k) / 2));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return n - weights.reduce((sum, weight, k) => sum + k * weight, 0) / total;
}

/** Speed-up of the engine's ticket lock: work done per time, in CPUs. */
function engineSpeedup(a: number, s: number, c: number, n: number, acquisitions: number): number {
  // The chain's s has no miss of a lone acquisition, so transfers are nearly free and only occupy the line: c (k - 1) / 2.
  const figures = transfers(1, 1, c);
  const scenario = loop('ticket', n, { exponential: s }, { exponential: a }, acquisitions);
  return (throughput(scenario, acquisitions, figures) * a) / 1000;
}

export function chainRows(acquisitions: number): readonly Row[] {
  return chains.flatMap(({ name, a, s, c, peak }) => {
    const speedups = new Map<number, number>();
    const at = (n: number): number => {
      const known = speedups.get(n) ?? engineSpeedup(a, s, c, n, acquisitions);
      speedups.set(n, known);
      return known;
    };
    const rows: Row[] = [];
    const below = [1, 2, 4, 8, 12, 16, 20, 24, 28].filter((n) => n <= 0.8 * peak);
    const above = [16, 20, 24, 32, 40, 48, 64].filter((n) => n >= 2 * peak);
    for (const n of [...below, ...above.slice(0, 3)])
      rows.push(row('Boyd-Wickizer', `${name}, N ${n}: speed-up`, chainSpeedup(a, s, c, n), at(n), 0.1));
    let best = 1;
    for (let n = Math.floor(peak * 0.6); n <= Math.ceil(peak * 1.4); n += 1) if (at(n) > at(best)) best = n;
    rows.push(row('Boyd-Wickizer', `${name}: CPUs at the peak`, peak, best, 0.15));
    return rows;
  });
}
