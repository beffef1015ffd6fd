/** Quantiles of the bucketed counts lie within a bucket's width of the true ones. */
import { describe, expect, it } from 'vitest';
import { Rng } from '../../server/src/base/rng.ts';
import { Histogram } from '../../server/src/engine/simulation/histogram.ts';

describe('Histogram', () => {
  it('keeps quantiles within 2 % from small numbers to beyond 32 bits', () => {
    const rng = new Rng(5);
    for (const scale of [50, 3000, 1e6, 5e9, 1e13]) {
      const values = Array.from({ length: 5000 }, () => Math.floor(rng.exponential(scale)));
      const histogram = new Histogram();
      for (const value of values) histogram.add(value);
      values.sort((left, right) => left - right);
      for (const q of [0.5, 0.9, 0.99]) {
        const exact = values[Math.ceil(q * values.length) - 1] ?? 0;
        expect(Math.abs(histogram.quantile(q) - exact)).toBeLessThanOrEqual(Math.max(1, 0.02 * exact));
      }
      expect(histogram.max).toBe(values[values.length - 1]);
    }
  });

  it('gives one constant back exactly', () => {
    const histogram = new Histogram();
    for (let count = 0; count < 10; count += 1) histogram.add(1000);
    expect([histogram.quantile(0.5), histogram.quantile(0.99), histogram.mean()]).toEqual([1000, 1000, 1000]);
  });
});
