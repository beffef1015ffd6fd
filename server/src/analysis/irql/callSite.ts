/**
 * One call as the models see it: name, callee, arguments. And the small helpers that all models need: saving an IRQL,
 * setting it from a value, reading an argument.
 */
import { atMost, maxOf } from '../../protocol/irqlLevels.ts';
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
