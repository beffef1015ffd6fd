/** The profiles' data: each figure is written once, has a source, and lies within its range. */
import { describe, expect, it } from 'vitest';
import { irqlVariants } from '../../server/src/engine/profiles/irqlVariants.ts';
import { type Figure, profiles } from '../../server/src/engine/profiles/profile.ts';

const all: readonly Figure[] = [
  ...profiles.flatMap(({ figures }) => figures),
  ...Object.values(irqlVariants).flat(),
];

describe('profiles', () => {
  it('write each figure once and share it', () => {
    const first = new Map<string, Figure>();
    for (const figure of all) {
      const text = JSON.stringify(figure);
      const known = first.get(text);
      if (known === undefined) first.set(text, figure);
      else expect(known === figure, `${figure.key} = ${figure.value} is written twice`).toBe(true);
    }
  });

  it('say where each figure comes from, and how far an estimate reaches', () => {
    for (const { key, value, range, source, confidence } of all) {
      expect(source.length, key).toBeGreaterThan(5);
      expect(source, key).not.toBe('as above');
      if (range !== null) expect([range[0] <= value, value <= range[1]], key).toEqual([true, true]);
      if (confidence === 'estimate' && range === null) expect(value, key).toBeLessThanOrEqual(1);
    }
  });
});
