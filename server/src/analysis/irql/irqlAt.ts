/**
 * Narrows the relational IRQL of states to an entry context: what rules and features ask most.
 * It computes nothing new and judges nothing.
 */
import { intersect, isEmpty, NO_LEVELS, union } from '../../protocol/irqlLevels.ts';
import type { IrqlSet } from '../../protocol/irqlLevels.ts';
import type { PathState } from '../facts.ts';

/** The levels of one state when the function is entered at one of `entryLevels`; empty when this path is impossible then. */
function irqlOfState(state: PathState, entryLevels: IrqlSet): IrqlSet {
  const entry = intersect(state.entry, entryLevels);
  if (isEmpty(entry)) return NO_LEVELS;
  return state.isEntryIrql ? intersect(entry, state.irql) : state.irql;
}

/**
 * The levels over all states for the entry levels of a context. Where an assertion of the body contradicts the context,
 * so that no state is left, the body is believed: the states' own levels are returned. Empty only for no states at all.
 */
export function irqlAt(states: readonly PathState[], entryLevels: IrqlSet): IrqlSet {
  let levels = NO_LEVELS;
  for (const state of states) levels = union(levels, irqlOfState(state, entryLevels));
  if (!isEmpty(levels)) return levels;
  for (const state of states) levels = union(levels, state.irql);
  return levels;
}

/** The states that are possible when the function is entered at one of `entryLevels`; all of them when none would be left. */
export function statesAt(states: readonly PathState[], entryLevels: IrqlSet): readonly PathState[] {
  const possible = states.filter((state) => !isEmpty(irqlOfState(state, entryLevels)));
  return possible.length > 0 ? possible : states;
}

/** Whether some state of the point has a level that is only a bound. */
export function isIrqlUnknownAt(states: readonly PathState[]): boolean {
  return states.some((state) => state.isIrqlUnknown === true);
}
