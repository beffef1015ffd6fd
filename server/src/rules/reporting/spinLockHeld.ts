/**
 * The spin lock that is held whichever way a place is reached. Where it is held on some paths only, the paths may be kept
 * apart by something that is not seen, and nothing is said.
 */
import type { HeldLock, PathState } from '../../analysis/facts.ts';
import type { FunctionContext } from '../rule.ts';
import { isFeasible } from './evidence.ts';
import { isSpinKind } from './lockKinds.ts';

/** A spin lock held in every feasible state; undefined when there is none or a state is imprecise. */
export function spinLockOnEveryPath(
  context: FunctionContext,
  states: readonly PathState[],
): HeldLock | undefined {
  const feasible = states.filter((state) => isFeasible(state, context.entry));
  if (feasible.some((state) => state.isImprecise)) return undefined;
  return feasible[0]?.held.find(
    (held) =>
      isSpinKind(held.kind) &&
      feasible.every((state) => state.held.some((other) => other.lock.path === held.lock.path)),
  );
}
