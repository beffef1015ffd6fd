/**
 * Decides whether a call is really made at a wrong level, by who carries the burden of proof:
 * "too high" needs evidence of the high level, "too low" needs a known entry that reaches below.
 * It says nothing where neither is given; it builds no messages.
 */
import type { EntryContext, PathState } from '../../analysis/facts.ts';
import { isPointerType } from '../../analysis/summary/summarize.ts';
import { atLeast, atMost, intersect, sizeOf, type Irql, type IrqlSet } from '../../protocol/irqlLevels.ts';
import { NodeKind } from '../../syntax/ir.ts';
import type { FunctionContext, Verdict } from '../rule.ts';

/** A path on which the level is outside the bound. */
export interface Evidence {
  /** the offending levels, never empty */
  readonly levels: IrqlSet;
  readonly state: PathState;
  readonly verdict: Verdict;
  /** the function was entered at the offending level; otherwise it was set on the path */
  readonly isEntryLevel: boolean;
}

/** Unknown code is taken to keep the IRQL and the locks (unless its name says otherwise): a path through it is possible. */
export function verdictOf(state: PathState): Verdict {
  return state.assumptions.length === 0 ? 'definite' : 'possible';
}

/** Whether the path can be taken in this context at all. */
export function isFeasible(state: PathState, entry: EntryContext): boolean {
  return state.entry !== 0 && (!entry.isKnown || intersect(state.entry, entry.levels) !== 0);
}

/** The levels a state stands for in this context: entry-relative levels are narrowed to the context's. */
export function levelsIn(state: PathState, entry: EntryContext): IrqlSet {
  return state.isEntryIrql ? intersect(state.entry, entry.levels) : state.irql;
}

/** All levels of the feasible states in this context. */
export function levelsOfStates(states: readonly PathState[], entry: EntryContext): IrqlSet {
  let levels = 0;
  for (const state of states) if (isFeasible(state, entry)) levels |= levelsIn(state, entry);
  return levels >>> 0;
}

/** Evidence that some path is above `max`: entered at a proven level above it, or raised above it on the path. */
export function findAbove(
  context: FunctionContext,
  states: readonly PathState[],
  max: Irql,
): Evidence | undefined {
  const { entry } = context;
  return firstDefinite(context, states, (state) => {
    if (state.isEntryIrql && isToldLow(state, max)) return 0;
    const isSetAbove = state.isIrqlUnknown !== true && atMost(state.irql, max) === 0;
    if (!state.isEntryIrql && !isSetAbove) return 0;
    // A path that exists for callers above `max` only is no evidence that there are any, even where the level was set again.
    if (state.isEntryIrql || isForHighCallers(state, entry, max))
      return provenAbove(state, entry, max) || onlyAbove(context, state, max);
    return state.irql;
  });
}

/** Whether the code has asked a level that it stored before, and takes this path only where that is not above `max`. */
function isToldLow({ values }: PathState, max: Irql): boolean {
  for (const [key, value] of values) {
    const isStored = key.startsWith('i:') && value.kind === 'irql' && !value.isEntryIrql;
    if (isStored && value.levels !== 0 && atLeast(value.levels, max + 1) === 0) return true;
  }
  return false;
}

function isForHighCallers(state: PathState, entry: EntryContext, max: Irql): boolean {
  return atMost(entry.isKnown ? intersect(state.entry, entry.levels) : state.entry, max) === 0;
}

function provenAbove(state: PathState, entry: EntryContext, max: Irql): IrqlSet {
  return entry.isKnown ? atLeast(intersect(state.entry, entry.proven), max + 1) : 0;
}

/**
 * The code itself says, by a test or an assertion of the level, that this path is taken above `max` only. What a callee's
 * branches or the release of a lock that was not seen taken tell of the level is no such statement.
 */
function onlyAbove({ entry, facts }: FunctionContext, state: PathState, max: Irql): IrqlSet {
  if (facts.irqlReads.length === 0 && !entry.isKnown) return 0;
  if ((state.releasedFromEntry?.length ?? 0) > 0) return 0;
  const levels = levelsIn(state, entry);
  return atMost(levels, max) === 0 ? levels : 0;
}

/** Evidence that some path is below `min`: a known entry reaches below it, or the path lowered below it. */
export function findBelow(
  context: FunctionContext,
  states: readonly PathState[],
  min: Irql,
): Evidence | undefined {
  const { entry } = context;
  return firstDefinite(context, states, (state) => {
    if (state.isEntryIrql && isToldByFlag(context, state)) return 0;
    if (state.isEntryIrql) return entry.isKnown ? atMost(intersect(state.entry, entry.levels), min - 1) : 0;
    return state.isIrqlUnknown !== true && atLeast(state.irql, min) === 0 ? state.irql : 0;
  });
}

/** Whether every feasible path is at `level` exactly; false where there is none or the entry is not known. */
export function isAlwaysAt(states: readonly PathState[], entry: EntryContext, level: Irql): boolean {
  let isAny = false;
  for (const state of states) {
    if (!isFeasible(state, entry)) continue;
    if (state.isEntryIrql && !entry.isKnown) return false;
    if (levelsIn(state, entry) !== 1 << level) return false;
    isAny = true;
  }
  return isAny;
}

function firstDefinite(
  context: FunctionContext,
  states: readonly PathState[],
  offending: (state: PathState) => IrqlSet,
): Evidence | undefined {
  let possible: Evidence | undefined;
  for (const state of states) {
    if (!isFeasible(state, context.entry) || isUpToCaller(context, state)) continue;
    const levels = offending(state);
    if (levels === 0) continue;
    const evidence: Evidence = {
      levels,
      state,
      verdict: verdictOf(state),
      isEntryLevel: state.isEntryIrql,
    };
    if (evidence.verdict === 'definite') return evidence;
    possible ??= evidence;
  }
  return possible;
}

/**
 * Whether the path hangs on an argument that the caller gave: which caller takes it at which level is not known here,
 * and is judged at the call. At a function that runs at one level whoever calls it there is nothing to judge.
 */
function isUpToCaller(context: FunctionContext, state: PathState): boolean {
  const { levels, source } = context.entry;
  const isAlwaysThere = source !== 'callers' && source !== 'unknown' && sizeOf(levels) === 1;
  return state.isEntryIrql && !isAlwaysThere && hangsOnArgument(context, state);
}

/** Whether the path is taken only for some values of a parameter, but for a pointer that is not NULL. */
export function hangsOnArgument(context: FunctionContext, state: PathState): boolean {
  for (const [key, value] of state.values) {
    if (!/^p\d+$/.test(key) || (value.kind !== 'const' && value.kind !== 'notConst')) continue;
    const type = context.facts.unit.head.params[Number(key.slice(1))]?.type ?? '';
    if (value.kind !== 'notConst' || value.value !== 0 || !isPointerType(type)) return true;
  }
  return false;
}

/**
 * Whether the code has asked a flag of its own that speaks of DISPATCH_LEVEL: it says that it knows the level here. What a
 * variable for an old IRQL was initialised with (PASSIVE_LEVEL) is no answer.
 */
function isToldByFlag(context: FunctionContext, state: PathState): boolean {
  for (const [key, value] of state.values) {
    const isFlag = (value.kind === 'const' || value.kind === 'notConst') && /dispatch|irql/i.test(key);
    const isUnset = value.kind === 'const' && value.value === 0 && isOldIrql(context, key);
    if (isFlag && !isUnset) return true;
  }
  return false;
}

function isOldIrql({ facts, program }: FunctionContext, key: string): boolean {
  const name = /^l:(\w+)$/.exec(key)?.[1];
  if (name === undefined) return false;
  const ir = facts.unit.ir();
  const [atom, type] = [program.atoms.find(name), program.atoms.find('KIRQL')];
  return ir.kind.some(
    (kind, node) => kind === NodeKind.Decl && ir.atom[node] === atom && ir.aux[node] === type,
  );
}
