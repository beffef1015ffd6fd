/**
 * One call as the models see it: name, callee, arguments. And the small helpers that all models need: saving an IRQL,
 * setting it from a value, reading an argument.
 */
import { atMost, maxOf } from '../../protocol/irqlLevels.ts';
import { NodeFlag, NodeKind } from '../../syntax/ir.ts';
import type { NodeId } from '../../syntax/ir.ts';
import type { Value } from '../facts.ts';
import { derefPath, isVisibleOutside } from '../locks/accessPath.ts';
import { argumentsOf, isResultUsed } from '../summary/bodyContext.ts';
import type { BodyContext } from '../summary/bodyContext.ts';
import type { Callee } from '../program.ts';
import { assign } from './assign.ts';
import { pathOf, resultKey, valueOf } from './evaluate.ts';
import { withEntryIrql, withIrql, withUnknownIrql, withValue } from './state.ts';
import type { State } from './state.ts';

/** A Call node with what does not depend on the state. */
export interface CallSite {
  readonly node: NodeId;
  readonly name: string;
  readonly callee: Callee;
  readonly args: readonly NodeId[];
  readonly isResultUsed: boolean;
}

/** Describes the call `node` of the body. */
export function callSiteOf(context: BodyContext, node: NodeId): CallSite {
  return {
    node,
    name: context.nameOf(node),
    callee: context.calleeOf(node),
    args: argumentsOf(context.ir, node),
    isResultUsed: isResultUsed(context, node),
  };
}

/** What is known of argument `index`; undefined for nothing or no such argument. */
export function argumentValue(
  context: BodyContext,
  state: State,
  site: CallSite,
  index: number | undefined,
): Value | undefined {
  const node = index === undefined ? undefined : site.args[index];
  return node === undefined ? undefined : valueOf(context, state, node);
}

/** The path of the value of argument `index`, or ''. */
export function argumentPath(
  context: BodyContext,
  state: State,
  site: CallSite,
  index: number | undefined,
): string {
  const node = index === undefined ? undefined : site.args[index];
  return node === undefined ? '' : pathOf(context, state, node);
}

/** The path of the object that argument `index` points to, or ''. */
export function pointeePath(
  context: BodyContext,
  state: State,
  site: CallSite,
  index: number | undefined,
): string {
  return derefPath(argumentPath(context, state, site, index));
}

/**
 * The state after the call has used the object that `argument` points into (`&pointer->Lock`): the pointer is not NULL.
 */
export function withPointerUsed(context: BodyContext, state: State, argument: NodeId | undefined): State {
  const { ir } = context;
  let node = argument ?? -1;
  while (node >= 0 && (ir.kind[node] === NodeKind.Cast || isAddressOf(context, node)))
    node = ir.first[node] ?? -1;
  if (ir.kind[node] !== NodeKind.Member) return state;
  while (ir.kind[node] === NodeKind.Member && ((ir.flags[node] ?? 0) & NodeFlag.Arrow) === 0)
    node = ir.first[node] ?? -1;
  const pointer = ir.kind[node] === NodeKind.Member ? (ir.first[node] ?? -1) : -1;
  if (pointer < 0 || ir.kind[pointer] !== NodeKind.Name) return state;
  const name = context.locationOfName(ir.atom[pointer] ?? 0);
  const alias = state.values.get(name);
  const location = alias?.kind === 'param' ? `p${alias.index}` : name;
  if (!/^[lp]/.test(location) || !context.tracks(location)) return state;
  const known = state.values.get(location);
  if (known === undefined) return withValue(state, location, { kind: 'notConst', value: 0 });
  return known.kind === 'copyOf' ? withValue(state, location, { ...known, isNonZero: true }) : state;
}

function isAddressOf(context: BodyContext, node: NodeId): boolean {
  return context.ir.kind[node] === NodeKind.Unary && context.text(context.ir.atom[node] ?? 0) === '&';
}

/** The current level as a value, saved by the call `node`; undefined when the level itself is unknown. */
export function currentIrqlValue(state: State, node: NodeId): Value | undefined {
  if (state.isIrqlUnknown) return undefined;
  return { kind: 'irql', levels: state.irql, isEntryIrql: state.isEntryIrql, savedBy: node };
}

/** The state with `value` as the result of the call. */
export function withResult(state: State, site: CallSite, value: Value | undefined): State {
  return withValue(state, resultKey(site.node), value);
}

/** The state with the object at `location` holding `value`, written by the call. */
export function store(state: State, location: string, value: Value | undefined, site: CallSite): State {
  return assign(state, location, value, site.node);
}

/**
 * The state at the level that `value` stands for. An unknown value gives an unknown level at or below the current one;
 * `path` names where the value came from, so that a caller may know it; `highest` bounds an unknown level.
 */
export function setIrqlFromValue(
  context: BodyContext,
  state: State,
  value: Value | undefined,
  path: string,
  node: NodeId,
  highest = 31,
): State {
  if (value?.kind === 'irql') {
    return value.isEntryIrql ? withEntryIrql(state, node) : withIrql(state, value.levels, node);
  }
  if (value?.kind === 'const' && value.value >= 0 && value.value < 32) {
    return withIrql(state, 2 ** value.value, node);
  }
  const from = value?.kind === 'param' ? `p${value.index}` : value?.kind === 'copyOf' ? value.path : path;
  const bound = atMost(context.all, Math.min(Math.max(maxOf(state.irql), 2), highest));
  return withUnknownIrql(state, bound, from !== '' && isVisibleOutside(from) ? from : undefined, node);
}
