/** Scenario files: the form is checked with paths, the names when the engine compiles them. */
import { describe, expect, it } from 'vitest';
import { ScenarioError, simulate } from '../../server/src/engine/engine.ts';
import { parseScenario, type Scenario } from '../../server/src/protocol/scenarioFormat.ts';

const good: Scenario = {
  version: 1,
  id: 'own',
  title: 'Own',
  cpus: 1,
  locks: [{ id: 'A', kind: 'ttas' }],
  threads: [
    {
      name: 't',
      cpu: 0,
      body: [
        { do: 'acquire', lock: 'A' },
        { do: 'hold', cycles: { uniform: [1, 9] } },
        { do: 'release', lock: 'A' },
      ],
    },
  ],
};

describe('parseScenario', () => {
  it('accepts a good one', () => {
    expect(parseScenario(good)).toEqual({ scenario: good });
  });

  it.each([
    [null, ''],
    [{ ...good, version: 2 }, 'version'],
    [{ ...good, cpus: 0 }, 'cpus'],
    [{ ...good, id: 'has space' }, 'id'],
    [{ ...good, surprise: 1 }, ''],
    [{ ...good, threads: [{ name: 't', cpu: 0, body: [{ do: 'fly' }] }] }, 'threads.0.body.0.do'],
    [
      { ...good, threads: [{ name: 't', cpu: 0, body: [{ do: 'work', cycles: -1 }] }] },
      'threads.0.body.0.cycles',
    ],
    [
      {
        ...good,
        threads: [{ name: 't', cpu: 0, body: [{ do: 'repeat', times: 3, body: [{ do: 'acquire' }] }] }],
      },
      'threads.0.body.0.body.0.lock',
    ],
  ])('refuses %#, saying where', (value, path) => {
    const read = parseScenario(value);
    expect('problems' in read ? read.problems.map((problem) => problem.path) : ['accepted']).toContain(path);
  });
});

describe('names that do not exist', () => {
  const body = (...statements: Scenario['threads'][number]['body']): Scenario => ({
    ...good,
    threads: [{ name: 't', cpu: 0, body: statements }],
  });
  it.each<[Scenario, RegExp]>([
    [body({ do: 'acquire', lock: 'X' }), /no lock 'X'/],
    [
      body({ do: 'acquire', lock: 'A', with: 'KeAcquirePadlock' }),
      /KeAcquirePadlock.*it has: KeAcquireSpinLock/,
    ],
    [body({ do: 'call', routine: 'r' }), /no routine 'r'/],
    [body({ do: 'insertDpc', dpc: 'd' }), /no DPC 'd'/],
    [body({ do: 'increment', data: 'n' }), /no data 'n'/],
    [body({ do: 'wait', object: 'A' }), /no dispatcher object/],
    [body({ do: 'lower' }), /needs a 'raise'/],
    [body({ do: 'repeat', times: 'forever', body: [] }), /empty body/],
    [
      {
        ...good,
        routines: { r: [{ do: 'call', routine: 'r' }] },
        threads: [{ name: 't', cpu: 0, body: [{ do: 'call', routine: 'r' }] }],
      },
      /calls itself/,
    ],
    [{ ...good, locks: [{ id: 'A', kind: 'padlock' }] }, /no lock kind 'padlock'/],
    [{ ...good, profile: 'z80' }, /no profile 'z80'/],
    [{ ...good, threads: [{ name: 't', cpu: 3, body: [] }] }, /CPU 3/],
  ])('%#', (scenario, words) => {
    expect(() => simulate(scenario)).toThrow(ScenarioError);
    expect(() => simulate(scenario)).toThrow(words);
  });
});
