/** KeSetTimer and KeCancelTimer: when the DPC comes, when it does not, and the race that cancelling loses. */
import { describe, expect, it } from 'vitest';
import { explore, simulate } from '../../server/src/engine/engine.ts';
import type { Scenario, Statement } from '../../server/src/protocol/scenarioFormat.ts';
import { TraceEventKind as Event, ticksPerCycle } from '../../server/src/protocol/traceFormat.ts';

const scenario = (body: readonly Statement[], more: Partial<Scenario> = {}): Scenario => ({
  version: 1,
  id: 'timer',
  title: 'timer',
  cpus: 1,
  clock: false,
  locks: [{ id: 'A', kind: 'ttas' }],
  threads: [{ name: 't', cpu: 0, body }],
  dpcs: [{ name: 'late', cpu: 0, body: [{ do: 'work', cycles: 50 }] }],
  ...more,
});

/** Cycles at which the timer's DPC was queued. */
function queuedAt(one: Scenario): readonly number[] {
  const { events } = simulate(one).trace;
  return events.kind.flatMap((kind, row) =>
    kind === Event.dpcQueued ? [(events.time[row] ?? 0) / ticksPerCycle] : [],
  );
}

const set: Statement = { do: 'setTimer', dpc: 'late', in: 1000 };
const cancel: Statement = { do: 'cancelTimer', dpc: 'late' };
const work = (cycles: number): Statement => ({ do: 'work', cycles });

describe('a timer', () => {
  it('queues its DPC when the time is over', () => {
    expect(queuedAt(scenario([work(500), set, work(3000)]))).toEqual([1500]);
  });

  it('is looked at by the clock interrupt', () => {
    const tick = 15.625e6 * 3;
    expect(queuedAt(scenario([work(500), set, work(tick)], { clock: true }))).toEqual([tick]);
  });

  it('that is set anew forgets the first time', () => {
    const times = queuedAt(scenario([set, work(600), set, work(3000)]));
    expect(times).toHaveLength(1);
    expect(times[0]).toBeGreaterThanOrEqual(1600);
  });

  it('that is cancelled in time queues nothing', () => {
    expect(queuedAt(scenario([set, work(600), cancel, work(3000)]))).toEqual([]);
    expect(simulate(scenario([set, work(600), cancel])).result.cycles).toBeLessThan(1000);
  });

  it('comes again and again', () => {
    const periodic: Statement = { do: 'setTimer', dpc: 'late', in: 100, every: 10_000 };
    const times = queuedAt(scenario([periodic, work(22_000), cancel]));
    expect(times).toEqual([100, 10_100, 20_100]);
  });

  it('belongs to a DPC that does not come by itself', () => {
    const dpcs = [{ name: 'late', cpu: 0, arrivals: { at: 0 }, body: [] }];
    expect(() => simulate(scenario([set], { dpcs }))).toThrow('threads.0.body.0.dpc');
  });
});

describe('explored', () => {
  const atDpc = { do: 'acquire', lock: 'A', with: 'KeAcquireSpinLockAtDpcLevel' } as const;
  const fromDpc = { do: 'release', lock: 'A', with: 'KeReleaseSpinLockFromDpcLevel' } as const;
  const dpcs = [{ name: 'late', cpu: 0, body: [atDpc, fromDpc] }];
  const verdict = (...body: readonly Statement[]): string => explore(scenario(body, { dpcs })).result.outcome;

  it('comes at any moment after it was set', () => {
    expect(verdict(atDpc, fromDpc, set)).toBe('completed');
    expect(verdict(set, atDpc, fromDpc)).toBe('deadlock');
    expect(verdict(set, { do: 'acquire', lock: 'A' }, { do: 'release', lock: 'A' })).toBe('completed');
  });

  it('may have queued its DPC before it is cancelled', () => {
    expect(verdict({ do: 'raise', to: 2 }, set, cancel, { do: 'lower' }, atDpc, fromDpc)).toBe('completed');
    expect(verdict({ do: 'raise', to: 2 }, set, cancel, atDpc, { do: 'lower' }, fromDpc)).toBe('deadlock');
    expect(verdict({ do: 'raise', to: 2 }, cancel, atDpc, { do: 'lower' }, fromDpc)).toBe('completed');
  });

  it('of another CPU is seen there', () => {
    const body: readonly Statement[] = [set, work(10)];
    const other = { name: 'o', cpu: 1, body: [atDpc, fromDpc] };
    const threads = [{ name: 't', cpu: 0, body }, other];
    const late = [{ name: 'late', cpu: 1, body: [atDpc, fromDpc] }];
    expect(explore(scenario([], { cpus: 2, threads, dpcs: late })).result.outcome).toBe('deadlock');
  });
});

describe('an interrupt that a statement asks for', () => {
  const take = { do: 'acquire', lock: 'A', with: 'KeAcquireSpinLockAtDpcLevel' } as const;
  const give = { do: 'release', lock: 'A', with: 'KeReleaseSpinLockFromDpcLevel' } as const;
  const isr = (cpu: number, irql: number) => ({ name: 'isr', cpu, irql, body: [take, give] });

  it('comes at once on the own CPU, explored too', () => {
    const body: readonly Statement[] = [take, { do: 'interrupt', isr: 'isr' }, give];
    const one = scenario(body, { dpcs: [], isrs: [isr(0, 5)] });
    expect(explore(one).result.outcome).toBe('deadlock');
    expect(simulate(one).result.deadlock?.members).toHaveLength(1);
  });

  it('at IPI_LEVEL on another CPU takes the time of an inter-processor interrupt', () => {
    const threads = [
      { name: 't', cpu: 0, body: [{ do: 'interrupt', isr: 'isr' } as const, work(100)] },
      { name: 'o', cpu: 1, body: [work(20_000)] },
    ];
    const two = scenario([], { cpus: 2, threads, dpcs: [], isrs: [isr(1, 14)] });
    const { trace } = simulate(two);
    const row = trace.events.kind.indexOf(Event.interruptRequested);
    expect((trace.events.time[row] ?? 0) / ticksPerCycle).toBe(3000);
    expect(trace.events.kind).toContain(Event.ipi);
  });

  it('may reach the other CPU after what that does next', () => {
    const threads = [
      { name: 't', cpu: 0, body: [{ do: 'interrupt', isr: 'isr' } as const] },
      { name: 'o', cpu: 1, body: [{ do: 'wait', object: 'E' } as const, take, give] },
      { name: 'p', cpu: 0, body: [{ do: 'signal', object: 'E' } as const] },
    ];
    const locks = [
      { id: 'A', kind: 'ttas' },
      { id: 'E', kind: 'event' },
    ];
    const two = scenario([], { cpus: 2, threads, locks, dpcs: [], isrs: [isr(1, 14)] });
    expect(explore(two).result.outcome).toBe('deadlock');
  });
});

describe('a DPC of low importance', () => {
  const low = (figures: Readonly<Record<string, number>>): readonly string[] => {
    const { trace } = simulate(
      {
        ...scenario([{ do: 'insertDpc', dpc: 'late' }, work(100_000), { do: 'note', text: 'work done' }]),
        dpcs: [{ name: 'late', cpu: 0, importance: 'low', body: [{ do: 'note', text: 'dpc' }] }],
      },
      { overrides: { figures } },
    );
    return trace.events.kind.flatMap((kind, row) =>
      kind === Event.note ? [trace.strings[trace.events.a[row] ?? -1] ?? '?'] : [],
    );
  };

  it('is drained at once where DPCs are rare, else left for later', () => {
    expect(low({})).toEqual(['dpc', 'work done']);
    expect(low({ minDpcRate: 0 })).toEqual(['work done', 'dpc']);
    expect(low({ minDpcRate: 0, maxDpcQueueDepth: 0 })).toEqual(['dpc', 'work done']);
  });
});
