import { describe, expect, it } from 'vitest';
import {
  adjustScenario,
  checkToHost,
  checkToPage,
  packTrace,
  readSharedRun,
  writeSharedRun,
  type Scenario,
} from '../../server/src/protocol/index.ts';
import { buildTrace, type Row } from './buildTrace.ts';

const contexts = [{ name: 'T', kind: 'thread', cpu: 0, irql: 0 }] as const;
const good = () => buildTrace([[0, 0, 'contextStart', 0, 0, 0]], { contexts });

function problemOf(value: unknown): string {
  const result = packTrace(value);
  return 'problem' in result ? result.problem : 'no problem';
}

describe('packTrace', () => {
  it('takes a good trace, plain or packed already', () => {
    const once = packTrace(good());
    expect('trace' in once).toBe(true);
    if ('trace' in once) expect(packTrace(once.trace)).toEqual(once);
  });

  const broken: [name: string, value: unknown, problem: RegExp][] = [
    ['no object', 'x', /expected object/i],
    ['null', null, /expected object/i],
    ['another format', { ...good(), format: 'chrome' }, /format/],
    ['a newer version', { ...good(), version: 2 }, /version 2.*update IRQL Lens/],
    ['no events', { ...good(), events: undefined }, /no events/],
    ['a missing column', { ...good(), events: { ...good().events, kind: undefined } }, /'kind' is missing/],
    [
      'columns of unequal length',
      { ...good(), events: { ...good().events, cpu: [] } },
      /'cpu' has 0 rows, 'time' has 1/,
    ],
    [
      'time that runs back',
      bad([
        [5, 0, 'irql', 0],
        [4, 0, 'irql', 0],
      ]),
      /event 1: time 40 comes after 50/,
    ],
    ['time that is no number', { ...good(), events: { ...good().events, time: [NaN] } }, /event 0: time NaN/],
    ['a CPU that is not there', bad([[0, 3, 'irql', 0]]), /event 0: there is no CPU 3/],
    ['a context that is not there', bad([[0, 0, 'irql', 7]]), /there is no context 7/],
    ['a lock that is not there', bad([[0, 0, 'acquired', 0, 2]]), /value 2 is out of range/],
    ['a location that is not there', bad([[0, 0, 'irql', 0, 0, 0, 4]]), /there is no location 4/],
    [
      'text for numbers',
      { ...good(), events: { ...good().events, time: ['0'], cpu: ['a'] } },
      /there is no CPU a/,
    ],
    [
      'a context on a CPU that is not there',
      buildTrace([], { contexts: [{ ...contexts[0], cpu: 4 }] }),
      /context 'T' runs on CPU 4, of 1/,
    ],
    [
      'a deadlock of nobody',
      buildTrace([], {
        contexts,
        deadlock: {
          time: 1,
          text: '',
          members: [{ cpu: 0, context: 9, waitsFor: 0, ownedBy: 0, location: -1 }],
        },
      }),
      /deadlock names something/,
    ],
  ];
  it.each(broken)('says what is wrong with %s', (_, value, problem) => {
    expect(problemOf(value)).toMatch(problem);
  });

  it('lets kinds of events through that it does not know yet', () => {
    const trace = good();
    expect(problemOf({ ...trace, events: { ...trace.events, kind: [200], a: [123456] } })).toBe('no problem');
  });
});

function bad(rows: readonly Row[]) {
  return buildTrace(rows, { contexts });
}

describe('messages', () => {
  it('of the page are taken only in their exact form', () => {
    const request = { mode: 'simulate', overrides: { cpus: 4 } };
    expect(checkToHost({ type: 'run', slot: 'a', request })).toEqual({
      message: { type: 'run', slot: 'a', request },
    });
    const refused = [
      { type: 'run', slot: 'c', request },
      { type: 'run', slot: 'a', request: { ...request, overrides: { cpus: 0 } } },
      { type: 'run', slot: 'a', request: { ...request, overrides: { figures: { pause: 'many' } } } },
      { type: 'openLocation', file: '', line: 1, column: 1 },
      { type: 'openLocation', file: 'a.c', line: 0, column: 1 },
      { type: 'eval', text: 'x' },
      { type: 'rebuild', scenario: {} },
      { type: 'ready', more: 1 },
      null,
      'ready',
    ];
    for (const message of refused) expect(checkToHost(message)).toHaveProperty('problem');
  });

  it('of the host carry a checked trace', () => {
    const show = {
      type: 'show',
      slot: 'a',
      trace: good(),
      result: null,
      scenario: null,
      request: { mode: 'simulate', overrides: {} },
      origin: null,
    };
    expect(checkToPage(show)).toHaveProperty('message.trace.events.time', Float64Array.of(0));
    expect(checkToPage({ ...show, trace: { ...good(), cpus: 0 } })).toEqual({
      problem: expect.stringMatching(/^The trace cannot be shown: cpus/),
    });
    expect(checkToPage({ ...show, slot: 'z' })).toHaveProperty('problem');
    expect(checkToPage({ type: 'failed', message: 3 })).toHaveProperty('problem');
    const built = { uri: 'file:///a.c', subject: { function: 'Dpc', lock: 'EXT.Lock' } };
    expect(checkToPage({ ...show, built })).toHaveProperty('message.built', built);
    expect(checkToPage({ ...show, built: { uri: 'file:///a.c' } })).toHaveProperty('problem');
    expect(checkToPage({ type: 'stale', isStale: 'yes' })).toHaveProperty('problem');
  });
});

const scenario: Scenario = {
  version: 1,
  id: 'mine',
  title: 'Übung',
  cpus: 2,
  locks: [{ id: 'A', kind: 'ttas' }],
  threads: [
    {
      name: 'T',
      cpu: 'all',
      body: [
        {
          do: 'repeat',
          times: 3,
          body: [
            { do: 'acquire', lock: 'A' },
            { do: 'hold', cycles: 100 },
            { do: 'release', lock: 'A' },
            { do: 'think', cycles: { us: 2 } },
          ],
        },
        { do: 'try', lock: 'A', then: [{ do: 'hold', cycles: 7 }] },
      ],
    },
  ],
  isrs: [
    {
      name: 'I',
      cpu: 0,
      irql: 5,
      arrivals: { every: { exponential: 1000 } },
      body: [{ do: 'work', cycles: 9 }],
    },
  ],
};

describe('adjustScenario', () => {
  it('is the same scenario where nothing is asked for', () => {
    expect(adjustScenario(scenario, {})).toBe(scenario);
    expect(adjustScenario(scenario, { interruptRate: 1 })).toBe(scenario);
  });

  it('changes every hold and think, however deep, and nothing else', () => {
    const text = JSON.stringify(adjustScenario(scenario, { holdCycles: 55, thinkCycles: 66 }));
    expect(text).toBe(
      JSON.stringify(scenario)
        .replace('"hold","cycles":100', '"hold","cycles":55')
        .replace('"hold","cycles":7', '"hold","cycles":55')
        .replace('"cycles":{"us":2}', '"cycles":66'),
    );
  });

  it('makes interrupts come so many times as often, or never', () => {
    expect(adjustScenario(scenario, { interruptRate: 4 }).isrs![0]!.arrivals).toEqual({
      every: { exponential: 250 },
    });
    expect(adjustScenario(scenario, { interruptRate: 0 }).isrs![0]!.arrivals).toEqual({
      every: { exponential: 1000 },
      count: 0,
    });
  });
});

describe('shared runs', () => {
  const request = { mode: 'explore', overrides: { seed: 7, schedule: '0t0 1t1 \u2192' } } as const;

  it('come back as they went', () => {
    for (const run of [
      { scenario, request },
      { scenario: 'abba', request },
    ]) {
      const text = writeSharedRun(run);
      expect(text).toMatch(/^irql-lens-run:1:[\w-]+$/);
      expect(readSharedRun(`  ${text}\n`)).toEqual({ run });
    }
  });

  it('say what is wrong with a damaged string', () => {
    const text = writeSharedRun({ scenario: 'abba', request });
    expect(readSharedRun('hello')).toEqual({ problem: expect.stringContaining('does not begin with') });
    expect(readSharedRun(text.replace(':1:', ':2:'))).toEqual({ problem: expect.stringContaining('newer') });
    for (const broken of [text.slice(0, -9), `${text}!`, text.replace(/.$/, 'A')])
      expect(readSharedRun(broken)).toHaveProperty('problem');
  });
});
