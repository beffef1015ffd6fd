/** The lens figures: ranges that add up, change with what they depend on, and come quickly. */
import { describe, expect, it } from 'vitest';
import { ScenarioError } from '../../server/src/engine/engine.ts';
import { lensCost, type LensQuery, lensWords, rangeWords } from '../../server/src/engine/lensCost.ts';

const query: LensQuery = {
  profile: 'skylake-sp',
  lockKind: 'ttas',
  form: 'raising',
  isAtDispatch: true,
  holdCycles: 100,
  cpus: 4,
};

describe('lens cost', () => {
  it('KeAcquireSpinLock on skylake-sp', () => {
    const cost = lensCost(query);
    expect(cost.alone.mid).toBe(153);
    expect(cost.atDpcLevelSaves).toEqual({ low: 52, mid: 117, high: 294 });
    expect(cost.among?.low ?? 0).toBeGreaterThan(cost.alone.high);
    expect(lensWords(cost)).toMatch(/^88-335 cycles alone, [\d.]+-[\d.]+k among 4 \(skylake-sp\)$/);
  });

  it('the parts add up to the whole', () => {
    const { alone, parts } = lensCost({ ...query, form: 'raising', cpus: 1 });
    expect(parts.reduce((sum, part) => sum + part.cycles.mid, 0)).toBe(alone.mid);
    expect(parts.reduce((sum, part) => sum + part.cycles.high, 0)).toBe(alone.high);
  });

  it('saves nothing where AtDpcLevel is used or the level is not known', () => {
    expect(lensCost({ ...query, form: 'atDpcLevel' }).atDpcLevelSaves).toBeNull();
    expect(lensCost({ ...query, isAtDispatch: false }).atDpcLevelSaves).toBeNull();
    expect(lensCost({ ...query, form: 'atDpcLevel' }).alone.mid).toBe(36);
  });

  it('depends on profile, kind, hold, CPUs and the user figures', () => {
    const base = JSON.stringify(lensCost(query));
    const others: readonly LensQuery[] = [
      { ...query, profile: 'zen3-milan' },
      { ...query, lockKind: 'queued' },
      { ...query, cpus: 8 },
      { ...query, overrides: { readIrql: 12 } },
      { ...query, irqlVariant: 'x86-lazy' },
      { ...query, holdCycles: 5000 },
    ];
    for (const other of others) expect(JSON.stringify(lensCost(other))).not.toBe(base);
    expect(
      lensCost({ ...query, overrides: { readIrql: 12, raiseWrite: 30, lowerWrite: 30 } }).atDpcLevelSaves
        ?.mid,
    ).toBe(74);
    expect(lensCost({ ...query, cpus: 1 }).among).toBeNull();
  });

  it('is below 2 ms when warm', () => {
    lensCost(query);
    const from = performance.now();
    for (let count = 0; count < 1000; count += 1) lensCost(query);
    expect((performance.now() - from) / 1000).toBeLessThan(2);
  });

  it('says what does not exist', () => {
    expect(() => lensCost({ ...query, profile: 'z80' })).toThrow(ScenarioError);
    expect(() => lensCost({ ...query, lockKind: 'padlock' })).toThrow(/padlock/);
    expect(() => lensCost({ ...query, overrides: { nonsense: 1 } })).toThrow(/nonsense/);
  });

  it('writes ranges shortly', () => {
    expect(rangeWords({ low: 95, mid: 1, high: 310 })).toBe('95-310');
    expect(rangeWords({ low: 1400, mid: 1, high: 2100 })).toBe('1.4-2.1k');
    expect(rangeWords({ low: 36, mid: 36, high: 36 })).toBe('36');
    expect(rangeWords({ low: 950, mid: 1, high: 12_000 })).toBe('950-12k');
  });
});
