/**
 * The abstract state: a small list of disjuncts (`State`), joined by property simulation: disjuncts whose IRQL, locks and
 * regions agree become one and keep only the values they agree on. It knows no syntax and no routines.
 */
import { intersect, union } from '../../protocol/irqlLevels.ts';
import type { IrqlSet } from '../../protocol/irqlLevels.ts';
import type { NodeId } from '../../syntax/ir.ts';
import type { HeldLock, PathState, Value } from '../facts.ts';
import { isSuccessConstant, isSymbol } from './constants.ts';
import { ValueMap } from './valueMap.ts';

/** A `PathState` with every optional part present, so that all states share one shape. */
export interface State extends PathState {
  readonly isIrqlUnknown: boolean;
  readonly irqlFrom: string | undefined;
  readonly releasedFromEntry: readonly HeldLock[];
  readonly values: ValueMap;
}

/** More disjuncts than this at one point are merged into one imprecise state. */
export const MAX_DISJUNCTS = 40;

const NO_HELD: readonly HeldLock[] = [];
const NO_VALUES = ValueMap.empty;
const NO_NODES: readonly NodeId[] = [];
const NO_REGIONS = { critical: 0, guarded: 0 } as const;

/** The state at entry, for the given possible levels. */
export function initialState(entry: IrqlSet): State {
  return {
    entry,
    irql: entry,
    isEntryIrql: true,
    held: NO_HELD,
    regions: NO_REGIONS,
    values: NO_VALUES,
    assumptions: NO_NODES,
    isImprecise: false,
    irqlSetBy: -1,
    isIrqlUnknown: false,
    irqlFrom: undefined,
    releasedFromEntry: NO_HELD,
  };
}

/** The state with an absolute level set by `node`. */
export function withIrql(state: State, irql: IrqlSet, node: NodeId): State {
  if (!state.isEntryIrql && state.irql === irql && !state.isIrqlUnknown) return state;
  return { ...state, irql, isEntryIrql: false, irqlSetBy: node, isIrqlUnknown: false, irqlFrom: undefined };
}

/** The state back at the level of entry. */
export function withEntryIrql(state: State, node: NodeId): State {
  return {
    ...state,
    irql: state.entry,
    isEntryIrql: true,
    irqlSetBy: node,
    isIrqlUnknown: false,
    irqlFrom: undefined,
  };
}

/** The state at a level that nobody knows but that lies in `bound`; `from` is the path of the value at entry, if any. */
export function withUnknownIrql(state: State, bound: IrqlSet, from: string | undefined, node: NodeId): State {
  return {
    ...state,
    irql: bound,
    isEntryIrql: false,
    irqlSetBy: node,
    isIrqlUnknown: true,
    irqlFrom: from,
  };
}

/** The state with its possible entry levels narrowed; undefined when none is left. */
export function withEntry(state: State, entry: IrqlSet): State | undefined {
  const narrowed = intersect(state.entry, entry);
  if (narrowed === 0) return undefined;
  if (narrowed === state.entry) return state;
  return { ...state, entry: narrowed, irql: state.isEntryIrql ? narrowed : state.irql };
}

/** The state with its current level narrowed to `levels`; undefined when impossible. Narrows `entry` for entry-relative states. */
export function withCurrentIn(state: State, levels: IrqlSet): State | undefined {
  if (state.isEntryIrql) return withEntry(state, levels);
  const irql = intersect(state.irql, levels);
  if (irql === 0) return state.isIrqlUnknown ? { ...state, irql: levels } : undefined;
  return irql === state.irql ? state : { ...state, irql };
}

/** The state with a value known for `key`; undefined forgets it. */
export function withValue(state: State, key: string, value: Value | undefined): State {
  const known = state.values.get(key);
  if (value === undefined ? known === undefined : known !== undefined && isSameValue(known, value))
    return state;
  const { values } = state;
  return {
    ...state,
    values:
      value === undefined
        ? values.map((name, one) => (name === key ? undefined : one))
        : values.with(key, value),
  };
}

/** Whether two values say the same. */
export function isSameValue(a: Value, b: Value): boolean {
  if (a === b) return true;
  switch (a.kind) {
    case 'const':
    case 'notConst':
      return b.kind === a.kind && b.value === a.value;
    case 'irql':
      return b.kind === 'irql' && b.levels === a.levels && b.isEntryIrql === a.isEntryIrql;
    case 'status':
      return b.kind === 'status' && b.isSuccess === a.isSuccess;
    case 'param':
      return b.kind === 'param' && b.index === a.index;
    case 'addressOf':
      return b.kind === a.kind && b.path === a.path;
    case 'copyOf':
      return b.kind === a.kind && b.path === a.path && b.isNonZero === a.isNonZero;
    case 'resultOf':
      return b.kind === 'resultOf' && b.call === a.call;
  }
}

/** What is known of a value that is either `a` or `b`; undefined for nothing. */
export function joinValues(a: Value, b: Value): Value | undefined {
  if (isSameValue(a, b)) return a;
  // Two paths that both keep "the level at entry" keep it together too.
  if (a.kind === 'irql' && b.kind === 'irql' && a.isEntryIrql === b.isEntryIrql) {
    return { ...a, levels: union(a.levels, b.levels) };
  }
  if (a.kind === 'copyOf' && b.kind === 'copyOf' && a.path === b.path) {
    return { kind: 'copyOf', path: a.path };
  }
  const isSuccess = successOf(a);
  if (isSuccess !== undefined && isSuccess === successOf(b)) return { kind: 'status', isSuccess };
  if (isNonZero(a) && isNonZero(b)) return { kind: 'notConst', value: 0 };
  return undefined;
}

/** What a status says; undefined for values that need not be statuses, but for zero, which is STATUS_SUCCESS. */
function successOf(value: Value): boolean | undefined {
  if (value.kind === 'status') return value.isSuccess;
  if (value.kind !== 'const' || (value.value !== 0 && !isSymbol(value.value))) return undefined;
  return isSuccessConstant(value.value);
}

function isNonZero(value: Value): boolean {
  return (
    (value.kind === 'const' && value.value !== 0) ||
    (value.kind === 'notConst' && value.value === 0) ||
    value.kind === 'addressOf' ||
    (value.kind === 'copyOf' && value.isNonZero === true)
  );
}

/** Whether two held locks are the same acquisition for the purpose of merging paths. */
export function isSameHeld(a: HeldLock, b: HeldLock): boolean {
  return (
    a === b ||
    (a.lock.path === b.lock.path &&
      a.kind === b.kind &&
      a.mode === b.mode &&
      a.count === b.count &&
      a.savedIn === b.savedIn &&
      a.via === b.via &&
      a.isFromEntry === b.isFromEntry)
  );
}

function areSameHeld(a: readonly HeldLock[], b: readonly HeldLock[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  return a.every((held, i) => {
    const other = b[i];
    return other !== undefined && isSameHeld(held, other);
  });
}

/** Whether two disjuncts have the same property and may be merged without losing what matters. */
export function isSameProperty(a: State, b: State): boolean {
  return (
    a.isEntryIrql === b.isEntryIrql &&
    (a.isEntryIrql || a.irql === b.irql) &&
    a.isImprecise === b.isImprecise &&
    a.isIrqlUnknown === b.isIrqlUnknown &&
    a.irqlFrom === b.irqlFrom &&
    a.regions.critical === b.regions.critical &&
    a.regions.guarded === b.regions.guarded &&
    areSameHeld(a.held, b.held) &&
    areSameHeld(a.releasedFromEntry, b.releasedFromEntry) &&
    !isToldApart(a, b)
  );
}

/** A level test whose outcome a variable still remembers (`isLow = irql < DISPATCH_LEVEL`) keeps its two paths apart. */
function isToldApart(a: State, b: State): boolean {
  if ((a.entry & b.entry) !== 0) return false;
  let isApart = false;
  a.values.forEach((value, key) => {
    if (isApart || value.kind !== 'const' || !key.startsWith('l:')) return;
    const other = b.values.get(key);
    isApart = other?.kind === 'const' && other.value !== value.value;
  });
  return isApart;
}

function joinMaps(a: ValueMap, b: ValueMap): ValueMap {
  if (a === b) return a;
  return a.map((key, value) => {
    const other = b.get(key);
    if (other === value) return value;
    const both = other === undefined ? undefined : joinValues(value, other);
    return both !== undefined && isSameValue(both, value) ? value : both;
  });
}

function joinNodes(a: readonly NodeId[], b: readonly NodeId[]): readonly NodeId[] {
  if (a === b || b.length === 0) return a;
  const more = b.filter((node) => !a.includes(node));
  return more.length === 0 || a.length >= 3 ? a : [...a, ...more].slice(0, 3);
}

/** Joins two disjuncts of the same property; returns `a` itself when nothing changed. */
export function mergeStates(a: State, b: State): State {
  const entry = union(a.entry, b.entry);
  const values = joinMaps(a.values, b.values);
  const assumptions = joinNodes(a.assumptions, b.assumptions);
  if (entry === a.entry && values === a.values && assumptions === a.assumptions) return a;
  return { ...a, entry, irql: a.isEntryIrql ? entry : a.irql, values, assumptions };
}

/** Adds `state` to the disjuncts of a point; returns whether the point changed. Over the cap, the point becomes imprecise. */
export function joinInto(states: State[], state: State): boolean {
  const [only] = states;
  if (states.length === 1 && only?.isImprecise === true) return joinCollapsed(states, only, state);
  for (let i = 0; i < states.length; i++) {
    const known = states[i];
    if (known === undefined || !isSameProperty(known, state)) continue;
    const merged = mergeStates(known, state);
    if (merged === known) return false;
    states[i] = merged;
    return true;
  }
  states.push(state);
  if (states.length > MAX_DISJUNCTS) {
    const collapsed = collapse(states);
    states.length = 0;
    states.push(collapsed);
  }
  return true;
}

/** A point that was collapsed stays one state, so that it settles. */
function joinCollapsed(states: State[], only: State, state: State): boolean {
  const joined = collapse([only, state]);
  if (
    joined.entry === only.entry &&
    joined.irql === only.irql &&
    joined.isEntryIrql === only.isEntryIrql &&
    joined.isIrqlUnknown === only.isIrqlUnknown &&
    joined.values === only.values &&
    joined.held.length === only.held.length &&
    joined.releasedFromEntry.length === only.releasedFromEntry.length
  ) {
    return false;
  }
  states[0] = joined;
  return true;
}

/** One imprecise state that covers all of the given ones (at least one). */
export function collapse(states: readonly State[]): State {
  const [first, ...rest] = states;
  if (first === undefined) throw new Error('collapse needs a state');
  let result: State = { ...first, isImprecise: true };
  for (const state of rest) {
    const isEntryIrql = result.isEntryIrql && state.isEntryIrql;
    const entry = union(result.entry, state.entry);
    result = {
      ...result,
      entry,
      isEntryIrql,
      irql: isEntryIrql ? entry : union(result.irql, state.irql),
      isIrqlUnknown: result.isIrqlUnknown || state.isIrqlUnknown,
      irqlFrom: undefined,
      held: result.held.filter((held) => state.held.some((other) => isSameHeld(held, other))),
      releasedFromEntry: result.releasedFromEntry.filter((held) =>
        state.releasedFromEntry.some((other) => isSameHeld(held, other)),
      ),
      values: joinMaps(result.values, state.values),
    };
  }
  return result;
}
