import { describe, expect, it } from 'vitest';
import { loadFacts } from '../../server/src/ddi/loadFacts.ts';

const facts = loadFacts();

describe('burden of proof for the upper level of a role', () => {
  it.each([
    ['KDEFERRED_ROUTINE', 'always'],
    ['IO_COMPLETION_ROUTINE', 'usual'],
    // the synchronization of the adapter decides; full duplex, the common case, is DISPATCH_LEVEL
    ['HW_TIMER', 'merelyAllowed'],
    ['HW_TIMER_EX', 'merelyAllowed'],
    // runs at the level of whoever cancels
    ['PFLT_COMPLETE_CANCELED_CALLBACK', 'merelyAllowed'],
  ] as const)('%s: %s', (type, upper) => {
    expect(facts.role(type)?.upper).toBe(upper);
  });

  it('knows the levels of a storage timer by the synchronization model', () => {
    const levelsFor = (type: string): unknown =>
      facts.role(type)?.conditions.map(({ when, levels }) => [when.state, levels]);
    expect(levelsFor('HW_TIMER_EX')).toEqual(levelsFor('HW_TIMER'));
    expect(levelsFor('HW_TIMER_EX')).not.toEqual([]);
  });
});
