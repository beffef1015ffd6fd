/** Exact rows: uncontended sums, the deterministic closed system, hand-off forms. */
import type { Statement } from '../../../server/src/protocol/scenarioFormat.ts';
import { simulate } from '../../../server/src/engine/engine.ts';
import { acquireTimes, cyclesOf, free, loop, transfers } from './bench.ts';
import { closedFifo, closedFifoCpus, uncontended } from './data.ts';
import { between, row, type Row } from './rows.ts';

const acquire: Statement = { do: 'acquire', lock: 'A' };
const release: Statement = { do: 'release', lock: 'A' };
const atDpc: readonly Statement[] = [
  { do: 'acquire', lock: 'A', with: 'KeAcquireSpinLockAtDpcLevel' },
  { do: 'release', lock: 'A', with: 'KeReleaseSpinLockFromDpcLevel' },
];
const naive: Statement = { do: 'ifIrql', below: 2, then: [acquire, release], else: atDpc };
const raise: Statement = { do: 'raise', to: 2 };

export function uncontendedRows(): readonly Row[] {
  return uncontended.flatMap((expected) => {
    const { profile } = expected;
    const of = (body: readonly Statement[], kind = 'ttas'): number => cyclesOf(profile, body, kind);
    const raised = of([raise]);
    const atDispatch = (body: readonly Statement[]): number => of([raise, ...body]) - raised;
    const pair = of([acquire, release]);
    const naivePassive = of([naive]);
    const naiveDispatch = atDispatch([naive]);
    const plainDispatch = atDispatch([acquire, release]);
    const extra = naivePassive - pair;
    const group = `uncontended ${profile}`;
    return [
      row(group, 'KeAcquireSpinLock', expected.acquire, of([acquire]), 0),
      row(group, 'KeReleaseSpinLock', expected.release, pair - of([acquire]), 0),
      row(group, 'pair', expected.pair, pair, 0),
      row(group, 'AtDpcLevel pair', expected.atDpcPair, atDispatch(atDpc), 0),
      row(group, 'saving', expected.pair - expected.atDpcPair, pair - atDispatch(atDpc), 0),
      row(group, 'naive check at PASSIVE_LEVEL', expected.naivePassive, naivePassive, 0),
      row(group, 'naive check at DISPATCH_LEVEL', expected.naiveDispatch, naiveDispatch, 0),
      row(group, 'plain at DISPATCH_LEVEL', expected.plainDispatch, plainDispatch, 0),
      row(
        group,
        'break-even share (3 digits)',
        expected.breakEven,
        Math.round((1000 * extra) / (extra + plainDispatch - naiveDispatch)) / 1000,
        0,
      ),
      row(group, 'in-stack queued pair', expected.queuedPair, of([acquire, release], 'queued'), 0),
    ];
  });
}

/** Steady throughput per 1000 cycles, measured over whole periods. */
function steadyThroughput(kind: string, n: number, Z: number, S: number): number {
  const times = acquireTimes(loop(kind, n, S, Z, 60 * n), free);
  const last = times.length - 1;
  const first = last - 20 * n;
  return (1000 * 20 * n) / ((times[last] ?? 0) - (times[first] ?? 0));
}

export function closedFifoRows(): readonly Row[] {
  return closedFifo.flatMap(({ Z, S }) =>
    closedFifoCpus.map((n) => {
      const expected = 1000 * Math.min(n / (Z + S), 1 / S);
      return row(
        'closed FIFO',
        `Z ${Z} S ${S} N ${n}: X per 1000 cycles`,
        expected,
        steadyThroughput('ticket', n, Z, S),
        0,
      );
    }),
  );
}

const T = 100;
const L = 90;
const c = 80;
const h = 10_000;
const cost = transfers(T, L / T, c / T);

function periods(kind: string, n: number, think: number, count: number): readonly number[] {
  const times = acquireTimes(loop(kind, n, h, think, count), cost).slice(3 * n);
  return times.slice(1).map((time, index) => time - (times[index] ?? 0));
}

/** Hand-off forms: T one-way transfer, L a load's, c occupancy, h hold, k waiters. */
export function handoffRows(): readonly Row[] {
  const rows: Row[] = [];
  for (const n of [3, 8, 16]) {
    const k = n - 1;
    for (const period of new Set(periods('queued', n, 0, 40 * n)))
      rows.push(row('hand-off queued', `N ${n}: h + T + L`, h + T + L, period, 0));
    const ticket = periods('ticket', n, 0, 1500 * n);
    const mean = ticket.reduce((sum, value) => sum + value, 0) / ticket.length;
    rows.push(row('hand-off ticket', `N ${n} best: h + T + L`, h + T + L, Math.min(...ticket), 0));
    rows.push(
      row(
        'hand-off ticket',
        `N ${n} worst: h + T + L + c (k - 1)`,
        h + T + L + c * (k - 1),
        Math.max(...ticket),
        0,
      ),
    );
    rows.push(
      row(
        'hand-off ticket',
        `N ${n} mean beyond h + T: L + c (k - 1) / 2`,
        L + (c * (k - 1)) / 2,
        mean - h - T,
        0.03,
      ),
    );
    rows.push(
      between(
        'hand-off ticket',
        `N ${n} mean against c (k + 1) / 2`,
        (c * (k + 1)) / 2 - c / 4,
        (c * (k + 1)) / 2 + c / 4,
        mean - h - T,
      ),
    );
    for (const period of new Set(periods('tas', n, 5000, 40 * n)))
      rows.push(row('hand-off tas', `N ${n}: h + c (k + 1) + T`, h + c * (k + 1) + T, period, 0));
    const ttas = periods('ttas', n, 5000, 60 * n);
    const ttasMean = ttas.reduce((sum, value) => sum + value, 0) / ttas.length;
    rows.push(
      between(
        'hand-off ttas',
        `N ${n}: critical path .. busy line`,
        h + T + L + T,
        h + T + L + T + c * (1 + 2 * k),
        ttasMean,
      ),
    );
  }
  return [...rows, ...readerRows()];
}

/** Readers do not scale: each acquire and release is a locked operation on one line. */
function readerRows(): readonly Row[] {
  return [2, 4, 8, 16].map((n) => {
    const scenario = loop('ex-spin', n, 0, 0, 4000);
    const shared = {
      ...scenario,
      threads: [
        {
          name: 'reader',
          cpu: 'all' as const,
          body: [
            {
              do: 'repeat' as const,
              times: 'forever' as const,
              body: [
                { do: 'acquire' as const, lock: 'L', with: 'ExAcquireSpinLockShared' },
                { do: 'release' as const, lock: 'L', with: 'ExReleaseSpinLockShared' },
              ],
            },
          ],
        },
      ],
    };
    const { result } = simulate(shared, {
      overrides: { figures: { ...cost, rmwL1: 20 } },
      maxTraceEvents: 0,
    });
    // The pairs of the last round have not released when the run ends.
    const pairs = (1000 * (4000 - n)) / result.cycles;
    return between('readers', `N ${n}: reader pairs per 1000 cycles <= 1 / (2c)`, 0.1, 1000 / (2 * c), pairs);
  });
}
