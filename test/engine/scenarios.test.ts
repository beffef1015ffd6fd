/** The bundled scenarios end as the manual says, simulated and explored. */
import { describe, expect, it } from 'vitest';
import { explore, findScenario, listScenarios, simulate } from '../../server/src/engine/engine.ts';
import { parseScenario } from '../../server/src/protocol/scenarioFormat.ts';

interface Expected {
  readonly simulated: string;
  readonly bugCheck?: string;
  readonly explored?: string;
  readonly length?: number;
  readonly dead?: number;
  readonly verifier?: readonly string[];
}

const table: Readonly<Record<string, Expected>> = {
  'passive-vs-dpc': { simulated: 'completed', explored: 'completed' },
  'naive-check': { simulated: 'completed', explored: 'completed' },
  'atdpc-at-passive': {
    simulated: 'watchdog',
    bugCheck: '0x133 DPC_WATCHDOG_VIOLATION (P1 = 0)',
    explored: 'deadlock',
    length: 2,
    dead: 1,
    verifier: ['0xC4/0x40', '0xC4/0x41'],
  },
  'isr-takes-kspinlock': {
    simulated: 'watchdog',
    bugCheck: '0x133 DPC_WATCHDOG_VIOLATION (P1 = 0)',
    explored: 'deadlock',
    length: 2,
    dead: 1,
  },
  'interrupt-lock': { simulated: 'completed', explored: 'completed' },
  abba: {
    simulated: 'watchdog',
    bugCheck: '0x133 DPC_WATCHDOG_VIOLATION (P1 = 1)',
    explored: 'deadlock',
    length: 4,
    dead: 1,
    verifier: ['0xC4/0x1001'],
  },
  'chain3-dpc': {
    simulated: 'watchdog',
    bugCheck: '0x133 DPC_WATCHDOG_VIOLATION (P1 = 1)',
    explored: 'deadlock',
    length: 6,
    dead: 8,
    verifier: ['0xC4/0x1001'],
  },
  recursive: {
    simulated: 'watchdog',
    bugCheck: '0x133 DPC_WATCHDOG_VIOLATION (P1 = 1)',
    explored: 'deadlock',
    length: 2,
    verifier: ['0xC4/0x1000'],
  },
  'fromdpc-after-acquire': { simulated: 'bugcheck', bugCheck: '0x4A', explored: 'bugcheck' },
  'release-in-dpc': {
    simulated: 'completed',
    explored: 'completed',
    verifier: ['0xC4/0x31', '0xC4/0x40', '0xC4/0x41'],
  },
  'ttas-vs-queued': { simulated: 'completed' },
  'reader-writer': { simulated: 'completed' },
  'long-hold': { simulated: 'watchdog', bugCheck: '0x133 DPC_WATCHDOG_VIOLATION (P1 = 0)' },
  'cancel-and-completion': {
    simulated: 'watchdog',
    explored: 'deadlock',
    length: 2,
    verifier: ['0xC4/0x40', '0xC4/0x1001', '0xC4/0x41'],
  },
  'contended-counter': { simulated: 'completed' },
};

const codes = (texts: readonly string[]): readonly string[] =>
  [...new Set(texts.map((text) => text.split(':')[0] ?? ''))].sort();

describe('bundled scenarios', () => {
  it('are those of the table, each with a lesson and a source', () => {
    expect(listScenarios().map((row) => row.id)).toEqual(Object.keys(table));
    for (const { id, lesson } of listScenarios()) {
      expect(lesson.length, id).toBeGreaterThan(80);
      expect(findScenario(id)?.sources?.length ?? 0, id).toBeGreaterThan(0);
      expect(parseScenario(JSON.parse(JSON.stringify(findScenario(id)))), id).toHaveProperty('scenario');
    }
  });

  for (const [id, expected] of Object.entries(table)) {
    it(`${id}: ${expected.simulated}${expected.explored === undefined ? '' : `, explored ${expected.explored}`}`, () => {
      const scenario = findScenario(id);
      if (scenario === undefined) throw new Error(id);
      const { result } = simulate(scenario);
      expect(result.outcome).toBe(expected.simulated);
      if (expected.bugCheck !== undefined) expect(result.bugCheck).toContain(expected.bugCheck);
      if (expected.explored === undefined) return;
      const found = explore(scenario).result;
      expect(found.outcome).toBe(expected.explored);
      if (expected.length !== undefined) expect(found.witnessLength).toBe(expected.length);
      if (expected.dead !== undefined) expect(found.deadStates).toBe(expected.dead);
      if (expected.verifier !== undefined)
        expect(codes(found.verifier)).toEqual([...expected.verifier].sort());
    });
  }

  it('the exact costs of the first two', () => {
    const cycles = (id: string) => simulate(findScenario(id) ?? expect.fail(id)).result;
    expect(cycles('passive-vs-dpc').perAcquire).toMatchObject({ irqlReads: 0.5, irqlWrites: 1 });
    expect(cycles('naive-check').perAcquire).toMatchObject({ irqlReads: 1.5, irqlWrites: 1 });
  });

  it('a schedule replays the witness', () => {
    const scenario = findScenario('abba') ?? expect.fail('abba');
    const { result } = explore(scenario);
    const again = simulate(scenario, { overrides: { schedule: result.schedule ?? '' } });
    expect(again.result.outcome).toBe('deadlock');
    expect(again.result.deadlock?.members).toEqual(result.deadlock?.members);
  });

  it('long-hold: a warning first, then the watchdog at tick 0x501', () => {
    const { result } = simulate(findScenario('long-hold') ?? expect.fail('long-hold'));
    expect(result.warnings[0]).toContain('guideline is 100 us');
    expect(Math.round(result.cycles / (15.625e6 * result.clockGHz))).toBeGreaterThanOrEqual(0x501);
  });

  it('reader-writer: without writer preference the writer starves', () => {
    const scenario = findScenario('reader-writer') ?? expect.fail('reader-writer');
    const wait = (writerPreference: boolean): number => {
      const locks = scenario.locks.map((lock) => ({ ...lock, writerPreference }));
      return simulate({ ...scenario, locks }).result.cpuResults[8]?.acquisitions ?? 0;
    };
    expect(wait(true)).toBeGreaterThan(20);
    expect(wait(false)).toBeLessThan(wait(true) / 5);
  });
});
