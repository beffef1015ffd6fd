/** What the lessons of the bundled scenarios promise, each checked on its own scenario or on the repaired copy of it. */
import { describe, expect, it } from 'vitest';
import { explore, findScenario, simulate, sweep } from '../../server/src/engine/engine.ts';
import type { Scenario, Statement } from '../../server/src/protocol/scenarioFormat.ts';
import type { SweepRow } from '../../server/src/protocol/simulateResult.ts';
import { TraceEventKind as Event, ticksPerCycle, type Trace } from '../../server/src/protocol/traceFormat.ts';

const bundled = (id: string): Scenario => findScenario(id) ?? expect.fail(id);

/** Times, in cycles, of the events of one kind in a context of this name. */
function timesOf(trace: Trace, name: string, kind: number): readonly number[] {
  const { events, contexts } = trace;
  return events.kind.flatMap((value, row) =>
    value === kind && contexts[events.context[row] ?? -1]?.name === name
      ? [(events.time[row] ?? 0) / ticksPerCycle]
      : [],
  );
}

const first = (times: readonly number[]): number => times[0] ?? Number.NaN;

/** Plain lock calls in place of the AtDpcLevel and FromDpcLevel forms. */
const plain = (rows: readonly Statement[]): readonly Statement[] =>
  rows.map((row) => (row.do === 'acquire' || row.do === 'release' ? { do: row.do, lock: row.lock } : row));

describe('one CPU', () => {
  it('passive-vs-dpc: 160 cycles from the thread, 44 from the DPC', () => {
    const { trace } = simulate(bundled('passive-vs-dpc'));
    const begin = timesOf(trace, 'thread', Event.acquireBegin);
    const [, think = Number.NaN] = timesOf(trace, 'thread', Event.workBegin);
    expect(think - first(begin) - 100).toBeCloseTo(160.5, 1);
    const inDpc = timesOf(trace, 'dpc', Event.contextEnd)[0] ?? Number.NaN;
    expect(inDpc - first(timesOf(trace, 'dpc', Event.acquireBegin)) - 100).toBeCloseTo(43.5, 1);
  });

  it('naive-check: reads the IRQL twice from the thread and once from the DPC; who knows the level reads it once in all', () => {
    const [naive, known] = ['naive-check', 'passive-vs-dpc'].map((id) => simulate(bundled(id)).result);
    expect(naive?.cpuResults[0]?.irqlReads).toBe(3);
    expect(known?.cpuResults[0]?.irqlReads).toBe(1);
  });

  it('atdpc-at-passive: repaired by KeAcquireSpinLock in the thread', () => {
    const scenario = bundled('atdpc-at-passive');
    const threads = scenario.threads.map((row) => ({ ...row, body: plain(row.body) }));
    expect(explore({ ...scenario, threads }).result.outcome).toBe('completed');
  });

  it('isr-takes-kspinlock: a DIRQL of 13 and above shuts out the clock: 0x101', () => {
    const scenario = bundled('isr-takes-kspinlock');
    const isrs = (scenario.isrs ?? []).map((row) => ({ ...row, irql: 13 }));
    expect(simulate({ ...scenario, isrs }).result.bugCheck).toContain('0x101');
    expect(explore({ ...scenario, isrs }).result.bugCheck).toContain('0x101');
  });

  it('interrupt-lock: the ISR waits until the lock is released and the IRQL lowered', () => {
    const { trace } = simulate(bundled('interrupt-lock'));
    const asked = first(timesOf(trace, 'isr', Event.interruptRequested));
    const entered = first(timesOf(trace, 'isr', Event.contextStart));
    expect(asked).toBe(1500);
    expect(entered).toBeGreaterThanOrEqual(first(timesOf(trace, 'thread', Event.released)));
    expect(entered - asked).toBeGreaterThan(1500);
  });

  it('fromdpc-after-acquire: the lock is free, but the DPC never runs', () => {
    const { result, trace } = simulate(bundled('fromdpc-after-acquire'));
    expect(timesOf(trace, 'thread', Event.released)).toHaveLength(1);
    expect(timesOf(trace, 'dpc', Event.contextStart)).toHaveLength(0);
    expect(result.bugCheck).toContain('0x4A');
  });

  it('release-in-dpc: the DPC goes on at PASSIVE_LEVEL', () => {
    const { trace } = simulate(bundled('release-in-dpc'));
    const { events, contexts } = trace;
    const lowered = events.kind.some(
      (kind, row) =>
        kind === Event.irql && events.a[row] === 0 && contexts[events.context[row] ?? -1]?.kind === 'dpc',
    );
    expect(lowered).toBe(true);
  });
});

describe('several CPUs', () => {
  it('chain3-dpc: the order of the third CPU is named', () => {
    const { result } = explore(bundled('chain3-dpc'));
    expect(result.deadlock?.members.map(({ cpu }) => cpu).sort()).toEqual([0, 1, 2]);
    expect(result.deadlock?.text).toContain("'thread2'");
  });

  it('abba: Driver Verifier speaks in a run that ends well', () => {
    const scenario = bundled('abba');
    const apart = scenario.threads.map((row, index) =>
      index === 0 ? row : { ...row, body: [{ do: 'work', cycles: 50_000 } as const, ...row.body] },
    );
    const { result } = simulate({ ...scenario, threads: apart });
    expect(result.outcome).toBe('completed');
    expect(result.verifier.join()).toContain('0xC4/0x1001');
  });

  it('long-hold: the other CPU is frozen at DISPATCH_LEVEL and its DPC never runs', () => {
    const { result, trace } = simulate(bundled('long-hold'));
    const waiter = result.cpuResults[1];
    expect((waiter?.cyclesByActivity.spin ?? 0) / result.cycles).toBeGreaterThan(0.99);
    expect((waiter?.cyclesByIrql[2] ?? 0) / result.cycles).toBeGreaterThan(0.99);
    expect(timesOf(trace, 'backlog', Event.contextStart)).toHaveLength(0);
  });

  it('reader-writer: no more than 1 / (2c) reader pairs per cycle', () => {
    const scenario = bundled('reader-writer');
    const { result } = simulate({
      ...scenario,
      threads: scenario.threads.slice(0, 8),
      profile: 'skylake-sp',
    });
    const occupancy = 0.9 * 46.6 * 3;
    expect(result.perAcquire.meanCycles).toBeGreaterThanOrEqual(2 * occupancy * 0.98);
  });

  it('cancel-and-completion: right from the DPC, and everywhere once the completion routine takes the lock by KeAcquireSpinLock', () => {
    const scenario = bundled('cancel-and-completion');
    expect(explore({ ...scenario, threads: [] }).result.outcome).toBe('completed');
    const routines = { completion: plain(scenario.routines?.['completion'] ?? []) };
    const alone = scenario.threads.filter(({ name }) => name === 'errorPath');
    expect(explore({ ...scenario, threads: alone }).result.outcome).toBe('deadlock');
    expect(explore({ ...scenario, routines, threads: alone }).result.outcome).toBe('completed');
    expect(explore({ ...scenario, routines }).result.deadlock?.members).toHaveLength(2);
  });
});

describe('ttas-vs-queued', () => {
  const occupancy = 0.9 * 46.6 * 3;
  const rows = sweep(
    { ...bundled('ttas-vs-queued'), limits: { acquisitions: 4000 } },
    { cpus: [2, 3, 4, 5, 12, 24], locks: ['ttas', 'ticket', 'queued'] },
  ).rows;
  const row = (lock: string, cpus: number): SweepRow =>
    rows.find((one) => one.lock === lock && one.cpus === cpus) ?? expect.fail(`${lock} ${cpus}`);
  const slope = (lock: string): number =>
    (row(lock, 24).cyclesPerAcquisition - row(lock, 12).cyclesPerAcquisition) / 12;

  it('the ticket lock pays half an occupancy per CPU, the queued lock nothing', () => {
    expect(slope('ticket') / (occupancy / 2)).toBeGreaterThan(0.9);
    expect(slope('ticket') / (occupancy / 2)).toBeLessThan(1.1);
    expect(Math.abs(slope('queued'))).toBeLessThan(1);
  });

  it('first come, first served is fair; the KSPIN_LOCK is not', () => {
    expect(row('ticket', 12).jainFairness).toBeGreaterThan(0.999);
    expect(row('queued', 12).jainFairness).toBeGreaterThan(0.999);
    expect(row('ttas', 4).jainFairness).toBeLessThan(0.9);
  });

  it('ticket and queued cross at 3 to 5 CPUs', () => {
    const isTicketQuicker = (cpus: number): boolean =>
      row('ticket', cpus).cyclesPerAcquisition < row('queued', cpus).cyclesPerAcquisition;
    expect([isTicketQuicker(2), isTicketQuicker(5)]).toEqual([true, false]);
  });

  it('FN_the period of a KSPIN_LOCK does not grow by c / 4 per CPU, as it does on hardware: the releaser keeps the line', () => {
    expect(slope('ttas')).toBeLessThan(occupancy / 8);
  });
});
