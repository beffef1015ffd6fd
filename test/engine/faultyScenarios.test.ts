/** A faulty scenario is refused with the path of the faulty value, whether its form is wrong or a name or bound in it. */
import { describe, expect, it } from 'vitest';
import { ScenarioError, simulate } from '../../server/src/engine/engine.ts';
import { parseScenario, type Scenario, type Statement } from '../../server/src/protocol/scenarioFormat.ts';

const body: readonly Statement[] = [
  { do: 'acquire', lock: 'A' },
  { do: 'hold', cycles: 100 },
  { do: 'release', lock: 'A' },
];
const sound: Scenario = {
  version: 1,
  id: 'x',
  title: 'x',
  cpus: 2,
  locks: [{ id: 'A', kind: 'ttas' }],
  threads: [{ name: 't', cpu: 'all', body }],
};

/** The path that the scenario is refused with; undefined where it is accepted. */
function refusedAt(change: Record<string, unknown>): string | undefined {
  const parsed = parseScenario({ ...sound, ...change });
  if ('problems' in parsed) return parsed.problems[0]?.path;
  try {
    simulate(parsed.scenario);
    return undefined;
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    expect(error.message.startsWith(`${error.path ?? '?'}: `)).toBe(true);
    return error.path;
  }
}

const doing = (...rows: readonly unknown[]): Record<string, unknown> => ({
  threads: [{ name: 't', cpu: 0, body: rows }],
});
const dpc = { name: 'p', cpu: 0, body: [] };

const faults: readonly (readonly [what: string, change: Record<string, unknown>, path: string])[] = [
  ['no CPU', { cpus: 0 }, 'cpus'],
  ['too many CPUs', { cpus: 100_000 }, 'cpus'],
  ['a fraction of a CPU', { cpus: 1.5 }, 'cpus'],
  ['another version', { version: 2 }, 'version'],
  ['an unknown field', { colour: 'red' }, ''],
  ['an unknown lock kind', { locks: [{ id: 'A', kind: 'nope' }] }, 'locks.0.kind'],
  ['two locks of one name', { locks: [...sound.locks, ...sound.locks] }, 'locks.1.id'],
  ['two variables of one name', { data: [{ id: 'v' }, { id: 'v' }] }, 'data.1.id'],
  ['a variable at an unknown lock', { data: [{ id: 'v', with: 'B' }] }, 'data.0.with'],
  ['two DPCs of one name', { dpcs: [dpc, dpc] }, 'dpcs.1.name'],
  ['a DPC of one name on all CPUs', { dpcs: [dpc, { ...dpc, cpu: 'all' }] }, 'dpcs.1.name'],
  [
    'a count above the limit',
    {
      locks: [
        { id: 'A', kind: 'ttas' },
        { id: 's', kind: 'semaphore', count: 5, limit: 2 },
      ],
    },
    'locks.1.count',
  ],
  ['a CPU that is not there', { threads: [{ name: 't', cpu: 9, body }] }, 'threads.0.cpu'],
  [
    'an ISR with an unknown lock',
    { isrs: [{ name: 'i', cpu: 0, irql: 5, lock: 'B', body: [] }] },
    'isrs.0.lock',
  ],
  ['an ISR at DISPATCH_LEVEL', { isrs: [{ name: 'i', cpu: 0, irql: 2, body: [] }] }, 'isrs.0.irql'],
  ['an x86 level on x64', { isrs: [{ name: 'i', cpu: 0, irql: 20, body: [] }] }, 'isrs.0.irql'],
  ['a raise above HIGH_LEVEL', doing({ do: 'raise', to: 16 }), 'threads.0.body.0.to'],
  ['a negative duration', doing({ do: 'work', cycles: -5 }), 'threads.0.body.0.cycles'],
  ['a negative time', doing({ do: 'work', cycles: { us: -1 } }), 'threads.0.body.0.cycles.us'],
  [
    'bounds the wrong way round',
    doing({ do: 'work', cycles: { uniform: [50, 10] } }),
    'threads.0.body.0.cycles.uniform',
  ],
  ['an unknown statement', doing({ do: 'jump' }), 'threads.0.body.0.do'],
  ['an unknown lock', doing({ do: 'acquire', lock: 'B' }), 'threads.0.body.0.lock'],
  ['an unknown routine', doing({ do: 'acquire', lock: 'A', with: 'KeFoo' }), 'threads.0.body.0.with'],
  ['an unknown DPC', doing({ do: 'insertDpc', dpc: 'q' }), 'threads.0.body.0.dpc'],
  ['an unknown body', doing({ do: 'call', routine: 'r' }), 'threads.0.body.0.routine'],
  [
    'an unknown lock deep inside',
    doing({
      do: 'repeat',
      times: 2,
      body: [{ do: 'ifIrql', below: 2, else: [{ do: 'acquire', lock: 'B' }] }],
    }),
    'threads.0.body.0.body.0.else.0.lock',
  ],
  [
    'an unknown lock in a routine',
    { routines: { r: [{ do: 'release', lock: 'B' }] }, ...doing({ do: 'call', routine: 'r' }) },
    'routines.r.0.lock',
  ],
  [
    'an unknown lock in a branch',
    doing({ do: 'choose', between: [{ body: [] }, { body: [{ do: 'acquire', lock: 'B' }] }] }),
    'threads.0.body.0.between.1.body.0.lock',
  ],
  [
    'branches without weight',
    doing({ do: 'choose', between: [{ weight: 0, body: [] }] }),
    'threads.0.body.0.between',
  ],
  [
    'more rounds than can be counted',
    doing({ do: 'repeat', times: 3e9, body: [] }),
    'threads.0.body.0.times',
  ],
  [
    'a loop without end or body',
    doing({ do: 'repeat', times: 'forever', body: [] }),
    'threads.0.body.0.body',
  ],
  ['a lower without a raise', doing({ do: 'lower' }), 'threads.0.body.0'],
  ['a limit of nothing', { limits: { events: 0 } }, 'limits.events'],
];

describe('a faulty scenario', () => {
  it('is the only thing refused', () => {
    expect(refusedAt({})).toBeUndefined();
    expect(
      refusedAt({ irqlVariant: 'x86-lazy', isrs: [{ name: 'i', cpu: 0, irql: 20, body: [] }] }),
    ).toBeUndefined();
  });

  it.each(faults)('with %s is refused with its path', (_what, change, path) => {
    expect(refusedAt(change)).toBe(path);
  });
});

describe('x86', () => {
  it('has levels up to 31, its clock at 28', () => {
    const { result, trace } = simulate({
      ...sound,
      irqlVariant: 'x86-pic',
      isrs: [{ name: 'i', cpu: 0, irql: 20, arrivals: { at: 50 }, body: [{ do: 'work', cycles: 500 }] }],
    });
    expect(trace.irqlNames).toHaveLength(32);
    expect(trace.irqlNames[28]).toBe('CLOCK_LEVEL');
    expect(result.cpuResults[0]?.cyclesByIrql[20]).toBeGreaterThanOrEqual(500);
  });
});
