/** Published measurements that the engine must meet, and orderings that the literature agrees on. */
import { findScenario, simulate, sweep } from '../../../server/src/engine/engine.ts';
import { gravitonLine, gravitonTicket } from './data.ts';
import { between, row, type Row } from './rows.ts';

function nsPerIncrement(cpus: number): number {
  const scenario = findScenario('contended-counter');
  if (scenario === undefined) return Number.NaN;
  const { result } = simulate(scenario, {
    overrides: { cpus, lock: 'ticket', profile: 'neoverse-n1' },
    maxTraceEvents: 0,
  });
  return result.perAcquire.meanCycles / result.clockGHz;
}

export function gravitonRows(): readonly Row[] {
  const measured = gravitonTicket.map(({ cpus, ns }) =>
    row('Graviton2 ticket', `N ${cpus}: ns per increment`, ns, nsPerIncrement(cpus), 0.08),
  );
  const line = [3, 5, 6, 7, 9, 10, 11, 13, 14, 15].map((n) =>
    row(
      'Graviton2 ticket, line',
      `N ${n}: ns per increment`,
      gravitonLine.a + gravitonLine.b * n,
      nsPerIncrement(n),
      0.1,
    ),
  );
  return [...measured, ...line];
}

/** Scenario ttas-vs-queued: who is quicker at how many CPUs. */
export function orderingRows(): readonly Row[] {
  const scenario = findScenario('ttas-vs-queued');
  if (scenario === undefined) return [];
  const { rows } = sweep(
    scenario,
    { locks: ['ticket', 'queued', 'ttas'], cpus: [2, 3, 4, 5, 16, 32] },
    { overrides: { profile: 'icelake-sp' } },
  );
  const cycles = (lock: string, cpus: number): number =>
    rows.find((each) => each.lock === lock && each.cpus === cpus)?.cyclesPerAcquisition ?? Number.NaN;
  const jain = rows.find((each) => each.lock === 'ticket' && each.cpus === 16)?.jainFairness ?? 0;
  return [
    between(
      'ordering',
      'ticket / queued at 2 CPUs (below 1)',
      0.2,
      1,
      cycles('ticket', 2) / cycles('queued', 2),
    ),
    between(
      'ordering',
      'ticket / queued at 5 CPUs (above 1)',
      1,
      5,
      cycles('ticket', 5) / cycles('queued', 5),
    ),
    between(
      'ordering',
      'queued is flat: 32 against 5 CPUs',
      0.9,
      1.15,
      cycles('queued', 32) / cycles('queued', 5),
    ),
    between(
      'ordering',
      'ticket grows: 32 against 16 CPUs',
      1.5,
      2.5,
      cycles('ticket', 32) / cycles('ticket', 16),
    ),
    between('ordering', 'FIFO is fair: Jain of ticket', 0.99, 1, jain),
  ];
}
