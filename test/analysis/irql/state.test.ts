/** Laws of the state lattice, by property tests. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HeldLock, Value } from '../../../server/src/analysis/facts.ts';
import {
  collapse,
  initialState,
  isSameProperty,
  isSameValue,
  joinInto,
  joinValues,
  MAX_DISJUNCTS,
  mergeStates,
  withCurrentIn,
  withEntry,
} from '../../../server/src/analysis/irql/state.ts';
import { ValueMap } from '../../../server/src/analysis/irql/valueMap.ts';
import type { State } from '../../../server/src/analysis/irql/state.ts';

const value: fc.Arbitrary<Value> = fc.oneof(
  fc.integer({ min: 0, max: 3 }).map((n): Value => ({ kind: 'const', value: n })),
  fc.integer({ min: 0, max: 1 }).map((n): Value => ({ kind: 'notConst', value: n })),
  fc
    .tuple(fc.integer({ min: 1, max: 15 }), fc.boolean())
    .map(([levels, isEntryIrql]): Value => ({ kind: 'irql', levels, isEntryIrql, savedBy: 1 })),
  fc.boolean().map((isSuccess): Value => ({ kind: 'status', isSuccess })),
  fc.constantFrom('l:a', 'p0*').map((path): Value => ({ kind: 'addressOf', path })),
);

const held: fc.Arbitrary<HeldLock> = fc.constantFrom('p0*.A', 'p0*.B', 'g:C').map((path) => ({
  lock: { path, text: path, lockClass: '' },
  kind: 'spinlock',
  mode: 'exclusive',
  count: 1,
  node: 1,
  via: 'KeAcquireSpinLock',
  isFromEntry: false,
}));

const state: fc.Arbitrary<State> = fc
  .record({
    entry: fc.integer({ min: 1, max: 15 }),
    irql: fc.integer({ min: 1, max: 15 }),
    isEntryIrql: fc.boolean(),
    held: fc.uniqueArray(held, { selector: (one) => one.lock.path, maxLength: 2 }),
    values: fc.dictionary(fc.constantFrom('l:a', 'l:b', 'p1'), value, { maxKeys: 3 }),
    isImprecise: fc.boolean(),
  })
  .map((parts) => ({
    ...initialState(parts.entry),
    ...parts,
    irql: parts.isEntryIrql ? parts.entry : parts.irql,
    values: ValueMap.from(Object.entries(parts.values)),
  }));

/** Whether `weak` says nothing that `strong` does not. */
function covers(weak: State, strong: State): boolean {
  return (
    (strong.entry & ~weak.entry) === 0 &&
    (strong.irql & ~weak.irql) === 0 &&
    [...weak.values].every(([key, known]) => {
      const other = strong.values.get(key);
      const joined = other === undefined ? undefined : joinValues(known, other);
      return joined !== undefined && isSameValue(joined, known);
    })
  );
}

describe('values', () => {
  it('join is commutative, idempotent and an upper bound', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const ab = joinValues(a, b);
        const ba = joinValues(b, a);
        expect(ab === undefined).toBe(ba === undefined);
        if (ab !== undefined && ba !== undefined) expect(isSameValue(ab, ba)).toBe(true);
        const aa = joinValues(a, a);
        expect(aa !== undefined && isSameValue(aa, a)).toBe(true);
        if (ab === undefined) return;
        const again = joinValues(ab, a);
        expect(again !== undefined && isSameValue(again, ab)).toBe(true);
      }),
    );
  });
});

describe('states', () => {
  it('merging covers both sides and is idempotent', () => {
    fc.assert(
      fc.property(state, state, (a, b) => {
        const likeA: State = {
          ...b,
          held: a.held,
          isEntryIrql: a.isEntryIrql,
          irql: a.isEntryIrql ? b.entry : a.irql,
          isImprecise: a.isImprecise,
        };
        // Paths that a level test told apart stay apart.
        fc.pre(isSameProperty(a, likeA));
        const merged = mergeStates(a, likeA);
        expect(covers(merged, a)).toBe(true);
        expect(covers(merged, likeA)).toBe(true);
        expect(mergeStates(merged, likeA)).toBe(merged);
        expect(mergeStates(merged, a)).toBe(merged);
      }),
    );
  });

  it('collapsing covers every state', () => {
    fc.assert(
      fc.property(fc.array(state, { minLength: 1, maxLength: 6 }), (states) => {
        const one = collapse(states);
        expect(one.isImprecise).toBe(true);
        for (const each of states) expect(covers(one, each)).toBe(true);
      }),
    );
  });

  it('a point settles: joining the same states again changes nothing, and the cap holds', () => {
    fc.assert(
      fc.property(fc.array(state, { maxLength: 60 }), (states) => {
        const point: State[] = [];
        for (const each of states) joinInto(point, each);
        expect(point.length).toBeLessThanOrEqual(MAX_DISJUNCTS);
        for (let round = 0; round < 3; round++) for (const each of states) joinInto(point, each);
        for (const each of states) expect(joinInto(point, each)).toBe(false);
      }),
    );
  });

  it('narrowing never adds a level and keeps entry and current level tied', () => {
    fc.assert(
      fc.property(state, fc.integer({ min: 1, max: 15 }), (a, levels) => {
        for (const narrowed of [withEntry(a, levels), withCurrentIn(a, levels)]) {
          if (narrowed === undefined) continue;
          expect(narrowed.irql & ~a.irql).toBe(0);
          expect(narrowed.entry & ~a.entry).toBe(0);
          if (a.isEntryIrql) expect(narrowed.irql).toBe(narrowed.entry);
        }
      }),
    );
  });
});
