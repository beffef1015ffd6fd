/**
 * Instantiates a workspace function's summary at a call: its exit cases in terms of the caller's levels, paths and values.
 * A wrapper that only takes or gives back a lock so behaves exactly like the routine inside it.
 */
import { intersect } from '../../protocol/irqlLevels.ts';
import type { IrqlSet } from '../../protocol/irqlLevels.ts';
import type { ExitCase, FunctionSummary, HeldLock, LockEvent, LockRef, Value } from '../facts.ts';
import {
  addressPath,
  derefPath,
  isVisibleOutside,
  parameterOf,
  replaceRoot,
  rootOf,
} from '../locks/accessPath.ts';
import { dropLock, findHeld, releaseFromEntry, takeLock } from '../locks/heldLocks.ts';
import { nameLock } from '../locks/lockRef.ts';
import type { BodyContext } from '../summary/bodyContext.ts';
import { NodeFlag, NodeKind } from '../../syntax/ir.ts';
import {
  argumentPath,
  argumentValue,
  currentIrqlValue,
  setIrqlFromValue,
  store,
  withPointerUsed,
  withResult,
} from './callSite.ts';
import type { CallSite } from './callSite.ts';
import { areEqualConstants } from './constants.ts';
import { levelsOfValue, locationOf, pathOf, truthOf } from './evaluate.ts';
import { withEntry, withIrql, withUnknownIrql, withValue } from './state.ts';
import type { State } from './state.ts';

/**
 * The states after a call of a function with this summary; empty when the function never returns. A helper that gives back
 * one lock or another, by a test that its counterpart made too, gives back the one that is held.
 */
export function applySummary(
  context: BodyContext,
  state: State,
  site: CallSite,
  summary: FunctionSummary,
): State[] {
  const outcomes: { readonly exit: ExitCase; readonly after: State }[] = [];
  for (const exit of summary.cases) {
    const after = applyCase(context, state, site, exit);
    if (after !== undefined) outcomes.push({ exit, after });
  }
  const isStray = ({ exit, after }: (typeof outcomes)[number]): boolean =>
    exit.released.length > 0 && after.releasedFromEntry.length > state.releasedFromEntry.length;
  const isSomeFitting = outcomes.some((outcome) => outcome.exit.released.length > 0 && !isStray(outcome));
  const taken = isSomeFitting ? outcomes.filter((outcome) => !isStray(outcome)) : outcomes;
  const states = taken.map(({ after }) => after);
  if (!isLeak(taken.map(({ exit }) => exit))) return states;
  return [{ ...withUnknownIrql(state, context.all, undefined, site.node), isImprecise: true }];
}

/**
 * Whether the callee comes back with a lock on some paths and without it on others, and nothing tells the caller which: a
 * mistake of the callee, reported there. What the caller does under an assumption of it would be a second report.
 */
function isLeak(cases: readonly ExitCase[]): boolean {
  const isAnyHeld = cases.some((exit) => exit.acquired.length > 0);
  const isAnyFree = cases.some((exit) => exit.acquired.length === 0);
  return (
    isAnyHeld && isAnyFree && cases.some((exit) => exit.returns === undefined && exit.guards.length === 0)
  );
}

function applyCase(context: BodyContext, state: State, site: CallSite, exit: ExitCase): State | undefined {
  const guarded = passGuards(context, state, site, exit);
  if (guarded === undefined) return undefined;
  const levels = intersect(guarded.irql, exit.entry);
  if (levels === 0) return undefined;
  let after = guarded;
  if (levels !== guarded.irql) {
    after = guarded.isEntryIrql ? { ...guarded, entry: levels, irql: levels } : { ...guarded, irql: levels };
  }
  const before = after;
  if (!exit.isEntryIrql) after = setExitIrql(context, after, site, exit);
  for (const released of exit.released) after = releaseOne(context, after, site, released);
  for (const acquired of exit.acquired) after = acquireOne(context, after, before, site, acquired);
  for (const [path, value] of exit.saved) {
    const location = callerPath(context, before, site, path);
    if (location !== '') after = store(after, location, callerValue(context, before, site, value), site);
  }
  if (exit.regions.critical !== 0 || exit.regions.guarded !== 0) {
    const { critical, guarded: inGuarded } = after.regions;
    after = {
      ...after,
      regions: { critical: critical + exit.regions.critical, guarded: inGuarded + exit.regions.guarded },
    };
  }
  if (exit.returns === undefined) return after;
  return withResult(after, site, callerValue(context, before, site, exit.returns));
}

function setExitIrql(context: BodyContext, state: State, site: CallSite, exit: ExitCase): State {
  if (exit.isIrqlUnknown !== true) return withIrql(state, exit.irql, site.node);
  const path = exit.irqlFrom === undefined ? '' : callerPath(context, state, site, exit.irqlFrom);
  const parameter = exit.irqlFrom === undefined ? -1 : parameterOf(exit.irqlFrom);
  const isPlainParameter = exit.irqlFrom === `p${parameter}`;
  const value = isPlainParameter
    ? argumentValue(context, state, site, parameter)
    : path === ''
      ? undefined
      : state.values.get(path);
  return setIrqlFromValue(context, state, value, path, site.node);
}

/** The state in which the case's parameter guards hold; undefined when an argument contradicts one. */
function passGuards(context: BodyContext, state: State, site: CallSite, exit: ExitCase): State | undefined {
  let passed = state;
  for (const guard of exit.guards) {
    const node = site.args[guard.parameter];
    if (node === undefined) continue;
    const value = argumentValue(context, passed, site, guard.parameter);
    if (guard.value.kind === 'irql') {
      const narrowed = passLevelGuard(passed, value, guard.value.levels);
      if (narrowed === undefined) return undefined;
      passed = narrowed;
      continue;
    }
    const holds = decideGuard(value, guard.value);
    if (holds === false) return undefined;
    if (holds === true) continue;
    const location = value?.kind === 'param' ? `p${value.index}` : locationOf(context, passed, node);
    if (location !== '' && !location.startsWith('&')) passed = withValue(passed, location, guard.value);
  }
  return passed;
}

/** A saved IRQL given as argument must be one of `levels`; one that stands for the entry level narrows the entry. */
function passLevelGuard(state: State, value: Value | undefined, levels: IrqlSet): State | undefined {
  if (value?.kind === 'irql' && value.isEntryIrql) return withEntry(state, levels);
  const known = levelsOfValue(value, state.entry);
  return known !== undefined && intersect(known, levels) === 0 ? undefined : state;
}

/** Whether an argument value satisfies a guard; undefined when not known. */
export function decideGuard(value: Value | undefined, guard: Value): boolean | undefined {
  if (value === undefined) return undefined;
  if (guard.kind === 'const') {
    if (guard.value === 0) {
      const isTrue = truthOf(value);
      return isTrue === undefined ? undefined : !isTrue;
    }
    if (value.kind === 'const') return areEqualConstants(value.value, guard.value);
    return value.kind === 'notConst' && value.value === guard.value ? false : undefined;
  }
  if (guard.kind !== 'notConst') return undefined;
  if (guard.value === 0) return truthOf(value);
  if (value.kind === 'notConst' && value.value === guard.value) return true;
  if (value.kind !== 'const') return undefined;
  const isEqual = areEqualConstants(value.value, guard.value);
  return isEqual === undefined ? undefined : !isEqual;
}

/** A path of the callee in the caller's terms, or '' when the caller has no name for it. */
function callerPath(context: BodyContext, state: State, site: CallSite, path: string): string {
  const root = rootOf(path);
  if (root.startsWith('g:') || root.startsWith('h:')) return path;
  const parameter = parameterOf(path);
  if (parameter >= 0) return replaceRoot(path, root, argumentPath(context, state, site, parameter));
  return root === 'this' ? replaceRoot(path, root, receiverPath(context, state, site)) : '';
}

/** The path of `this` inside a method called as `object.Method()` or `pointer->Method()`. */
function receiverPath(context: BodyContext, state: State, site: CallSite): string {
  const { ir } = context;
  const guard = ir.kind[site.node] === NodeKind.Decl ? site.node : (context.parents[site.node] ?? -1);
  if (ir.kind[site.node] !== NodeKind.Call && ir.kind[guard] === NodeKind.Decl) {
    return addressPath(context.locationOfName(ir.atom[guard] ?? 0));
  }
  const callee = ir.first[site.node] ?? -1;
  if (ir.kind[callee] === NodeKind.Name) return 'this';
  if (ir.kind[callee] !== NodeKind.Member) return '';
  const base = ir.first[callee] ?? -1;
  const isArrow = ((ir.flags[callee] ?? 0) & NodeFlag.Arrow) !== 0;
  return isArrow ? pathOf(context, state, base) : addressPath(locationOf(context, state, base));
}

function callerValue(context: BodyContext, state: State, site: CallSite, value: Value): Value | undefined {
  switch (value.kind) {
    case 'irql':
      return value.isEntryIrql ? currentIrqlValue(state, site.node) : { ...value, savedBy: site.node };
    case 'param':
      return argumentValue(context, state, site, value.index);
    case 'addressOf':
    case 'copyOf': {
      const path = callerPath(context, state, site, value.path);
      if (path === '') return undefined;
      if (value.kind === 'addressOf') return { kind: 'addressOf', path };
      return path.startsWith('&') ? { kind: 'addressOf', path: derefPath(path) } : { kind: 'copyOf', path };
    }
    case 'const':
    case 'notConst':
    case 'status':
      return value;
    case 'resultOf':
      return undefined;
  }
}

/** A callee's lock in the caller's terms; opaque where the caller has no name for it. */
export function callerLock(context: BodyContext, state: State, site: CallSite, lock: LockRef): LockRef {
  const path = callerPath(context, state, site, lock.path);
  if (path === '') return { ...lock, path: `?${site.node}` };
  // A lock that the callee knows by its own global name keeps it; one that was passed is named by what was passed.
  if (lock.path.startsWith('g:') || path.startsWith('h:')) return { ...lock, path };
  const parameter = parameterOf(lock.path);
  const isWholePointee = lock.path === `p${parameter}*`;
  const node = site.args[parameter];
  const named = nameLock(context, path, isWholePointee && node !== undefined ? node : -1);
  return named.lockClass === '' ? { ...named, lockClass: lock.lockClass } : named;
}

function releaseOne(context: BodyContext, state: State, site: CallSite, released: HeldLock): State {
  const isHandle = released.lock.path.endsWith('#lock');
  const lock = isHandle
    ? { ...released.lock, path: callerPath(context, state, site, released.lock.path) }
    : callerLock(context, state, site, released.lock);
  const handle = isHandle ? lock.path.slice(0, -'#lock'.length) : '';
  const held = findHeld(state, { lock, kind: released.kind, handle });
  if (held !== undefined) return dropLock(state, held);
  if (!isVisibleOutside(lock.path)) return { ...state, isImprecise: true };
  return releaseFromEntry(state, { ...released, lock, node: site.node });
}

function acquireOne(
  context: BodyContext,
  state: State,
  before: State,
  site: CallSite,
  acquired: HeldLock,
): State {
  const { savedIn: inner, ...rest } = acquired;
  const savedIn =
    inner === undefined || inner === 'in-lock'
      ? inner
      : callerPath(context, before, site, inner) || undefined;
  const used = withPointerUsed(context, state, site.args[parameterOf(acquired.lock.path)]);
  return takeLock(used, {
    ...rest,
    lock: callerLock(context, before, site, acquired.lock),
    node: site.node,
    ...(savedIn === undefined ? {} : { savedIn }),
    isFromEntry: false,
  });
}

/** What a call of a workspace function does to locks, when all its cases agree; for rules. */
export function wrapperEventsOf(
  context: BodyContext,
  state: State,
  site: CallSite,
  summary: FunctionSummary,
): LockEvent[] {
  const events: LockEvent[] = [];
  for (const exit of summary.cases) {
    for (const [list, op] of [
      [exit.released, 'release'],
      [exit.acquired, 'acquire'],
    ] as const) {
      for (const held of list) {
        const lock = callerLock(context, state, site, held.lock);
        if (events.some((known) => known.op === op && known.lock.path === lock.path)) continue;
        const effect = context.program.ddi.effect(held.via);
        const savedIn =
          held.savedIn === undefined || held.savedIn === 'in-lock'
            ? held.savedIn
            : callerPath(context, state, site, held.savedIn) || undefined;
        events.push({
          op:
            op === 'acquire' && summary.cases.some((other) => other.acquired.length === 0)
              ? 'tryAcquire'
              : op,
          lock,
          kind: held.kind,
          mode: held.mode,
          routine: held.via,
          effect,
          isThroughWrapper: true,
          ...(savedIn === undefined ? {} : { savedIn }),
        });
      }
    }
  }
  return events;
}
