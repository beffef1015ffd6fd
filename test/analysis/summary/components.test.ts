/** Strongly connected components come callees first, whatever the graph. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findComponents } from '../../../server/src/analysis/summary/components.ts';

describe('findComponents', () => {
  it('puts callees before callers and cycles together', () => {
    expect(findComponents(4, (node) => [[1], [2], [1], [0]][node] ?? [])).toEqual([[1, 2], [0], [3]]);
  });

  it('holds for random graphs', () => {
    const graph = fc
      .integer({ min: 1, max: 12 })
      .chain((n) => fc.array(fc.array(fc.nat(n - 1), { maxLength: 4 }), { minLength: n, maxLength: n }));
    fc.assert(
      fc.property(graph, (edges) => {
        const components = findComponents(edges.length, (node) => edges[node] ?? []);
        const place = new Map(
          components.flatMap((component, i) => component.map((node) => [node, i] as const)),
        );
        expect([...place.keys()].sort((a, b) => a - b)).toEqual(edges.map((_, i) => i));
        edges.forEach((targets, node) => {
          for (const target of targets) expect(place.get(target)).toBeLessThanOrEqual(place.get(node) ?? -1);
        });
      }),
    );
  });
});
