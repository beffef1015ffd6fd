/** Reader-writer locks, mutexes, events, IPIs, threaded DPCs: what makes each of them special. */
import { describe, expect, it } from 'vitest';
import { explore, simulate } from '../../server/src/engine/engine.ts';
import type {
  Scenario,
  ScenarioLock,
  ScenarioThread,
  Statement,
} from '../../server/src/protocol/scenarioFormat.ts';
import { TraceEventKind as Event, type Trace } from '../../server/src/protocol/traceFormat.ts';

const acquire = (lock: string, routine?: string): Statement => ({ do: 'acquire', lock, with: routine });
const release = (lock: string, routine?: string): Statement => ({ do: 'release', lock, with: routine });
const hold: Statement = { do: 'hold', cycles: 500 };
const thread = (name: string, cpu: number, ...body: readonly Statement[]): ScenarioThread => ({
  name,
  cpu,
  body,
});

function scenario(
  locks: readonly ScenarioLock[],
  threads: readonly ScenarioThread[],
  more: Partial<Scenario> = {},
): Scenario {
  const cpus = 1 + Math.max(...threads.map((row) => Number(row.cpu)));
  return { version: 1, id: 'own', title: 'own', cpus, locks, threads, ...more };
}

const notes = (trace: Trace): readonly string[] =>
  trace.events.kind.flatMap((kind, row) =>
    kind === Event.note ? [trace.strings[trace.events.a[row] ?? 0] ?? ''] : [],
  );

describe('EX_SPIN_LOCK', () => {
  const shared = [acquire('L', 'ExAcquireSpinLockShared'), hold] as const;
  const unshare = release('L', 'ExReleaseSpinLockShared');
  const twice = thread(
    'reader',
    0,
    ...shared,
    acquire('L', 'ExAcquireSpinLockSharedAtDpcLevel'),
    release('L', 'ExReleaseSpinLockSharedFromDpcLevel'),
    unshare,
  );
  const writer = thread(
    'writer',
    1,
    acquire('L', 'ExAcquireSpinLockExclusive'),
    hold,
    release('L', 'ExReleaseSpinLockExclusive'),
  );

  it('a second shared acquisition deadlocks with a waiting writer, and only then', () => {
    const lock = { id: 'L', kind: 'ex-spin' };
    expect(explore(scenario([lock], [twice, writer])).result.outcome).toBe('deadlock');
    expect(explore(scenario([{ ...lock, writerPreference: false }], [twice, writer])).result.outcome).toBe(
      'completed',
    );
    expect(explore(scenario([lock], [twice])).result.outcome).toBe('completed');
  });

  it('two readers and two writers: exclusion and progress in every order', () => {
    const reader = (cpu: number) => thread(`r${cpu}`, cpu, ...shared, unshare);
    const second = { ...writer, name: 'other', cpu: 3 };
    const { result } = explore(
      scenario([{ id: 'L', kind: 'ex-spin' }], [reader(0), writer, reader(2), second]),
    );
    expect([result.outcome, result.deadStates]).toEqual(['completed', 0]);
  });
});

describe('NDIS RW lock', () => {
  it('two readers and a writer: exclusion and progress in every order', () => {
    const read = (cpu: number) =>
      thread(`r${cpu}`, cpu, acquire('L', 'NdisAcquireRWLockRead'), hold, release('L', 'NdisReleaseRWLock'));
    const write = thread(
      'w',
      2,
      acquire('L', 'NdisAcquireRWLockWrite'),
      hold,
      release('L', 'NdisReleaseRWLock'),
    );
    const { result } = explore(scenario([{ id: 'L', kind: 'ndis-rw' }], [read(0), read(1), write]));
    expect([result.outcome, result.deadStates]).toEqual(['completed', 0]);
  });

  it('readers do not disturb each other', () => {
    const read = (cpu: number) =>
      thread(`r${cpu}`, cpu, {
        do: 'repeat',
        times: 50,
        body: [acquire('L', 'NdisAcquireRWLockRead'), hold, release('L', 'NdisReleaseRWLock')],
      });
    const { transfers } = simulate(scenario([{ id: 'L', kind: 'ndis-rw' }], [0, 1, 2, 3].map(read))).result;
    expect(transfers.cluster + transfers.socket).toBeLessThan(20);
  });
});

describe('waits by the dispatcher', () => {
  for (const kind of ['fast-mutex', 'guarded-mutex', 'mutex', 'resource', 'push-lock']) {
    it(`${kind}: two threads of one CPU and one of another take turns`, () => {
      const worker = (name: string, cpu: number) =>
        thread(name, cpu, { do: 'repeat', times: 3, body: [acquire('M'), hold, release('M')] });
      const own = scenario([{ id: 'M', kind }], [worker('a', 0), worker('b', 0), worker('c', 1)]);
      const { result } = simulate(own);
      expect([result.outcome, result.locks[0]?.acquisitions]).toEqual(['completed', 9]);
      const once = {
        ...own,
        threads: own.threads.map((row) => ({ ...row, body: [acquire('M'), hold, release('M')] })),
      };
      expect(explore(once).result.outcome).toBe('completed');
    });
  }

  it('a wait at DISPATCH_LEVEL that must block stops with 0xB8', () => {
    const own = scenario(
      [{ id: 'M', kind: 'mutex' }],
      [
        thread('holder', 0, acquire('M'), { do: 'work', cycles: 9000 }, release('M')),
        thread('bad', 1, { do: 'work', cycles: 2000 }, { do: 'raise', to: 2 }, acquire('M'), release('M'), {
          do: 'lower',
        }),
      ],
    );
    expect(simulate(own).result.bugCheck).toContain('0xB8');
  });

  it('an event that nobody signals is found', () => {
    const own = scenario([{ id: 'E', kind: 'event' }], [thread('t', 0, { do: 'wait', object: 'E' })]);
    expect(simulate(own).result.outcome).toBe('deadlock');
    expect(explore(own).result.outcome).toBe('deadlock');
    const signalled = scenario(
      [{ id: 'E', kind: 'event' }],
      [thread('t', 0, { do: 'wait', object: 'E' }), thread('s', 1, { do: 'signal', object: 'E' })],
    );
    expect(simulate(signalled).result.outcome).toBe('completed');
    expect(explore(signalled).result.outcome).toBe('completed');
  });

  it('a spin lock holder is never descheduled at the end of its quantum', () => {
    const long: Statement = { do: 'work', cycles: { ms: 40 } };
    const own = scenario(
      [{ id: 'A', kind: 'ttas' }],
      [
        thread('owner', 0, acquire('A'), long, { do: 'note', text: 'released' }, release('A'), long),
        thread('other', 0, { do: 'note', text: 'other runs' }),
      ],
    );
    const { trace } = simulate(own);
    expect(notes(trace)).toEqual(['released', 'other runs']);
    expect(trace.events.kind).toContain(Event.quantumEnd);
  });
});

describe('DPCs between CPUs', () => {
  const own = (importance: 'low' | 'medium' | 'mediumHigh' | 'high', hasThread: boolean): Trace =>
    simulate({
      version: 1,
      id: 'own',
      title: 'own',
      cpus: 2,
      locks: [],
      threads: [
        thread('t', 0, { do: 'insertDpc', dpc: 'd' }),
        ...(hasThread
          ? [thread('busy', 1, { do: 'work', cycles: 100_000 }, { do: 'note', text: 'work done' })]
          : []),
      ],
      dpcs: [{ name: 'd', cpu: 1, importance, body: [{ do: 'note', text: 'dpc' }] }],
    }).trace;

  it('high importance goes by an inter-processor interrupt, low waits for an idle CPU', () => {
    expect(notes(own('high', true))).toEqual(['dpc', 'work done']);
    expect(own('high', true).events.kind).toContain(Event.ipi);
    expect(notes(own('low', true))).toEqual(['work done', 'dpc']);
    expect(notes(own('low', false))).toEqual(['dpc']);
  });

  it('a threaded DPC runs at PASSIVE_LEVEL and KeAcquireSpinLockForDpc raises there', () => {
    const { trace, result } = simulate({
      version: 1,
      id: 'own',
      title: 'own',
      cpus: 1,
      locks: [{ id: 'A', kind: 'ttas' }],
      threads: [thread('t', 0, { do: 'insertDpc', dpc: 'd' })],
      dpcs: [
        {
          name: 'd',
          cpu: 0,
          threaded: true,
          body: [acquire('A', 'KeAcquireSpinLockForDpc'), hold, release('A', 'KeReleaseSpinLockForDpc')],
        },
      ],
    });
    expect(result.verifier).toEqual([]);
    expect(result.locks[0]?.acquisitions).toBe(1);
    const levels = trace.events.kind.flatMap((kind, row) =>
      kind === Event.irql ? [trace.events.a[row]] : [],
    );
    expect(levels).toEqual([2, 0]);
  });
});

describe('IRQL variants', () => {
  const cycles = (irqlVariant?: string): number =>
    simulate({
      version: 1,
      id: 'own',
      title: 'own',
      cpus: 1,
      irqlVariant,
      locks: [{ id: 'A', kind: 'ttas' }],
      threads: [thread('t', 0, acquire('A'), release('A'))],
    }).result.cycles;

  it('change what the pair costs', () => {
    expect(cycles()).toBe(153);
    expect(cycles('x86-lazy')).toBe(18 + 18 + 4 + 1 + 3 + 2);
    expect(cycles('x64-cr8-intercepted')).toBe(18 + 18 + 3 * 1800 + 2);
    expect(() => cycles('z80')).toThrow(/no IRQL variant/);
  });
});
