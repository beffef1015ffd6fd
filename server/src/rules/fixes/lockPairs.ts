/**
 * Which releases of a function belong to which acquire, over all paths. Fixes that change a lock's form need the whole
 * pair; where a release can close two different acquires, or a pair crosses a function or a macro, there is no pair.
 */
import type { CallFact, HeldLock, PathState } from '../../analysis/facts.ts';
import { NodeKind, type NodeId } from '../../syntax/ir.ts';
import type { FunctionContext } from '../rule.ts';
import { parentOf } from './editCall.ts';
import { isWrittenHere } from '../reporting/report.ts';

/** An acquire with all releases that can end it. */
export interface LockPair {
  readonly acquire: CallFact;
  readonly releases: readonly CallFact[];
}

/** The lock on this path that the release ends, if it is held. */
export function heldBy(state: PathState, path: string): HeldLock | undefined {
  return state.held.findLast((held) => held.lock.path === path);
}

/** Calls that release a lock directly: one release event, not through a wrapper. */
function directReleases(context: FunctionContext): CallFact[] {
  return context.facts.calls.filter(
    (call) => call.locks.length === 1 && call.locks[0]?.op === 'release' && !call.locks[0].isThroughWrapper,
  );
}

/** The acquire nodes that a release can end, -1 for a lock held on entry or not held. */
function acquiresEndedBy(release: CallFact): Set<NodeId> {
  const ended = new Set<NodeId>();
  const path = release.locks[0]?.lock.path ?? '';
  for (const state of release.before) {
    const held = heldBy(state, path);
    ended.add(held === undefined || held.isFromEntry ? -1 : held.node);
  }
  return ended;
}

/** The pair of an acquire; undefined when it does not close inside this function's own text on every release. */
export function findPair(context: FunctionContext, acquire: CallFact): LockPair | undefined {
  if (!isWrittenHere(context, acquire.node) || acquire.locks[0]?.isThroughWrapper !== false) return undefined;
  const releases: CallFact[] = [];
  for (const release of directReleases(context)) {
    const ended = acquiresEndedBy(release);
    if (!ended.has(acquire.node)) continue;
    if (ended.size > 1 || !isWrittenHere(context, release.node)) return undefined;
    releases.push(release);
  }
  if (releases.length === 0 || isHeldAtExit(context, acquire.node)) return undefined;
  return isTakenAgain(context, acquire) ? undefined : { acquire, releases };
}

/**
 * Whether the function takes the lock several times and some section leaves the block that it began in: where the paths meet
 * again, one release ends either acquire, although a state names one of them only.
 */
function isTakenAgain(context: FunctionContext, acquire: CallFact): boolean {
  const ir = context.facts.unit.ir();
  const path = acquire.locks[0]?.lock.path;
  const at = ({ node }: CallFact): number => ir.start[node] ?? 0;
  const uses = context.facts.calls
    .filter(({ locks }) => locks.some(({ op, lock }) => op !== 'initialize' && lock.path === path))
    .toSorted((a, b) => at(a) - at(b));
  const isRelease = (call: CallFact): boolean => call.locks.some(({ op }) => op === 'release');
  if (uses.filter((call) => !isRelease(call)).length < 2) return false;
  let blockEnd = 0;
  return uses.some((call) => {
    if (isRelease(call)) return at(call) >= blockEnd;
    blockEnd = endOfBlock(context, call.node);
    return false;
  });
}

/** The end of the innermost block around a node. */
function endOfBlock(context: FunctionContext, node: NodeId): number {
  const ir = context.facts.unit.ir();
  let block = parentOf(context, node);
  while (block !== undefined && ir.kind[block] !== NodeKind.Block) block = parentOf(context, block);
  return ir.end[block ?? 0] ?? 0;
}

function isHeldAtExit(context: FunctionContext, acquire: NodeId): boolean {
  return context.facts.exits.some((exit) =>
    exit.states.some((state) => state.held.some((held) => !held.isFromEntry && held.node === acquire)),
  );
}
