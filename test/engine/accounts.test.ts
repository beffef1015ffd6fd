/** Where the time of a run went: every tick of every CPU is counted once, by IRQL and by activity, in whatever way the run ends. */
import { describe, expect, it } from 'vitest';
import { findScenario, listScenarios, simulate } from '../../server/src/engine/engine.ts';
import type { SimulateResult } from '../../server/src/protocol/simulateResult.ts';
import { randomScenario } from './randomScenario.ts';

/** Each figure is rounded to a tenth of a cycle. */
const rounding = 2;

function problemOf(result: SimulateResult): string | undefined {
  for (const row of result.cpuResults) {
    const activities = Object.entries(row.cyclesByActivity);
    const byActivity = activities.reduce((sum, [, cycles]) => sum + cycles, 0);
    const byIrql = row.cyclesByIrql.reduce((sum, cycles) => sum + cycles, 0);
    const negative = activities.find(([, cycles]) => cycles < 0);
    if (negative !== undefined) return `CPU ${row.cpu}: ${negative.join(' ')}`;
    if (row.cyclesByIrql.some((cycles) => cycles < 0)) return `CPU ${row.cpu}: negative time at an IRQL`;
    if (Math.abs(byActivity - result.cycles) > rounding)
      return `CPU ${row.cpu}: ${byActivity} cycles of ${result.cycles} by activity`;
    if (Math.abs(byIrql - result.cycles) > rounding)
      return `CPU ${row.cpu}: ${byIrql} cycles of ${result.cycles} by IRQL`;
  }
  return undefined;
}

describe('the time of a run', () => {
  for (const { id } of listScenarios()) {
    it(`of ${id} is counted once`, () => {
      const scenario = findScenario(id);
      if (scenario === undefined) throw new Error(id);
      expect(problemOf(simulate(scenario).result)).toBeUndefined();
    });
  }

  it('of random scenarios is counted once', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const problem = problemOf(simulate(randomScenario(seed, seed % 2 === 0)).result);
      if (problem !== undefined) expect.fail(`seed ${seed}: ${problem}`);
    }
  });

  it('of interrupted work and spins goes to the IRQL that it was spent at', () => {
    const { result } = simulate({
      version: 1,
      id: 'interrupted',
      title: 'An interrupt amid a hold',
      cpus: 1,
      clock: false,
      locks: [{ id: 'L', kind: 'ttas' }],
      threads: [
        {
          name: 't',
          cpu: 0,
          body: [
            { do: 'acquire', lock: 'L' },
            { do: 'hold', cycles: 10_000 },
            { do: 'release', lock: 'L' },
          ],
        },
      ],
      isrs: [{ name: 'i', cpu: 0, irql: 5, arrivals: { at: 5_000 }, body: [{ do: 'work', cycles: 3_000 }] }],
    });
    const [cpu] = result.cpuResults;
    expect(cpu?.cyclesByActivity.hold).toBe(10_000);
    expect(cpu?.cyclesByActivity.isr).toBe(3_000);
    expect(cpu?.cyclesByIrql[2]).toBeGreaterThanOrEqual(10_000);
    expect(cpu?.cyclesByIrql[5]).toBeGreaterThanOrEqual(3_000);
    expect(cpu?.cyclesByIrql[0]).toBeGreaterThanOrEqual(0);
  });
});
