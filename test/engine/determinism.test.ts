/** Same input, same bytes: every bundled scenario and a thousand random ones, run twice. */
import { describe, expect, it } from 'vitest';
import { explore, findScenario, listScenarios, simulate } from '../../server/src/engine/engine.ts';
import { randomScenario } from './randomScenario.ts';

const bytes = (value: unknown): string => JSON.stringify(value);

describe('determinism', () => {
  for (const { id, runs } of listScenarios()) {
    it(`${id} simulated twice`, () => {
      const scenario = findScenario(id);
      expect(scenario).toBeDefined();
      if (scenario === undefined) return;
      expect(bytes(simulate(scenario))).toBe(bytes(simulate(scenario)));
    });
    if (runs === 'simulate') continue;
    it(`${id} explored twice`, () => {
      const scenario = findScenario(id);
      if (scenario === undefined) throw new Error(id);
      expect(bytes(explore(scenario))).toBe(bytes(explore(scenario)));
    });
  }

  it('a thousand random scenarios twice', () => {
    for (let seed = 1; seed <= 1000; seed += 1) {
      const scenario = randomScenario(seed, seed % 2 === 0);
      const first = bytes(simulate(scenario));
      if (first !== bytes(simulate(scenario))) expect.fail(`seed ${seed} differs`);
    }
  }, 60_000);

  it('another seed gives another run', () => {
    const scenario = findScenario('ttas-vs-queued');
    if (scenario === undefined) throw new Error('missing');
    const run = (seed: number): string =>
      bytes(simulate(scenario, { overrides: { seed, lock: 'ticket' } }).trace.events);
    expect(run(1)).not.toBe(run(2));
  });
});
