/** What is kept of bodies' facts, and what makes room for what. */
import { expect, it } from 'vitest';
import type { BodyFacts } from '../../../server/src/analysis/facts.ts';
import { createKeptFacts } from '../../../server/src/analysis/summary/keptFacts.ts';
import { analyzeFiles } from '../../harness/analyzeFiles.ts';

const { analysis } = analyzeFiles(new Map([['/a.c', 'void F(int n) { n = 1; n = 2; }']]));
/** Facts of a body of so many statements. */
const factsOf = (statements: number): BodyFacts => {
  const facts = analysis.factsOf(0);
  const [statement] = facts.statements;
  if (statement === undefined) throw new Error('the body has statements');
  return { ...facts, statements: new Array<typeof statement>(statements).fill(statement) };
};

it('keeps what an analysis made until it is full, and what was asked for besides', () => {
  const kept = createKeptFacts();
  const [large, small] = [factsOf(50_000), factsOf(10)];
  kept.keep(1, large);
  kept.keep(2, small);
  expect(kept.get(1)).toBe(large);
  expect(kept.get(2)).toBeUndefined();
  kept.remember(2, small);
  expect(kept.get(2)).toBe(small);
  for (let id = 3; id < 200; id++) kept.remember(id, small);
  expect(kept.get(2)).toBeUndefined();
  expect(kept.get(199)).toBe(small);
  expect(kept.get(1)).toBe(large);
});

it('has room again when something was made anew', () => {
  const kept = createKeptFacts();
  kept.keep(1, factsOf(50_000));
  kept.delete(1);
  const small = factsOf(10);
  kept.keep(1, small);
  kept.keep(2, small);
  expect(kept.get(1)).toBe(small);
  expect(kept.get(2)).toBe(small);
});

it('copies for the next snapshot without functions that are gone, and changes apart from it', () => {
  const kept = createKeptFacts();
  const small = factsOf(10);
  for (const id of [0, 1, 5]) kept.keep(id, small);
  kept.remember(6, small);
  const copy = kept.copy(5);
  copy.delete(0);
  expect([0, 1, 5, 6].map((id) => copy.get(id) === small)).toEqual([false, true, false, false]);
  expect([0, 1, 5, 6].map((id) => kept.get(id) === small)).toEqual([true, true, true, true]);
});
