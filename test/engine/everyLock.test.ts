/** What every spin lock kind must do: exclude, let everybody through, be FIFO where it says so, bounded transfers per hand-off. */
import { describe, expect, it } from 'vitest';
import { explore, listLockKinds, simulate } from '../../server/src/engine/engine.ts';
import type { Scenario } from '../../server/src/protocol/scenarioFormat.ts';
import { TraceEventKind as Event } from '../../server/src/protocol/traceFormat.ts';
import { loop } from './validation/bench.ts';

const spinKinds = listLockKinds().filter((kind) => kind.replaceable);

/** Line transfers per hand-off at eight CPUs, think 0, hold 2000: what each kind may cost at most. */
const maxTransfers: Readonly<Record<string, number>> = {
  ttas: 8,
  'ttas-store': 8,
  queued: 6,
  tas: 6,
  ticket: 4,
  'ticket-1line': 6,
  clh: 6,
  array: 6,
};

function small(kind: string, cpus: number): Scenario {
  return {
    version: 1,
    id: 'small',
    title: 'small',
    cpus,
    locks: [{ id: 'L', kind }],
    threads: [
      {
        name: 't',
        cpu: 'all',
        body: [
          {
            do: 'repeat',
            times: 2,
            body: [
              { do: 'acquire', lock: 'L' },
              { do: 'hold', cycles: 100 },
              { do: 'release', lock: 'L' },
            ],
          },
        ],
      },
    ],
  };
}

describe('every spin lock kind', () => {
  for (const { id, fair } of spinKinds) {
    it(`${id}: mutual exclusion and progress in every interleaving of three CPUs`, () => {
      const { result } = explore(small(id, 3));
      expect(result.outcome).toBe('completed');
      expect(result.deadStates).toBe(0);
    });

    it(`${id}: every CPU gets through, same seed same trace`, () => {
      const run = () => simulate(small(id, 5));
      expect(run().result.locks[0]?.acquisitions).toBe(10);
      expect(JSON.stringify(run())).toBe(JSON.stringify(run()));
    });

    it(`${id}: ${fair ? 'FIFO' : 'not said to be FIFO'}`, () => {
      const { trace, result } = simulate(loop(id, 6, 2000, 0, 300));
      const { kind, context } = trace.events;
      const order = kind.flatMap((each, row) => (each === Event.acquired ? [context[row] ?? -1] : []));
      const isRoundRobin = order.slice(12).every((each, at) => each === order[at + 6]);
      if (fair) expect(isRoundRobin).toBe(true);
      if (fair) expect(result.locks[0]?.jainFairness).toBeGreaterThan(0.999);
    });

    it(`${id}: transfers per hand-off stay within the bound`, () => {
      const { result } = simulate(loop(id, 8, 2000, 0, 800), { maxTraceEvents: 0 });
      const { smt, cluster, socket, remote } = result.transfers;
      expect((smt + cluster + socket + remote) / 800).toBeLessThanOrEqual(maxTransfers[id] ?? 0);
    });
  }
});
