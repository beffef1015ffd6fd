/**
 * What a documented routine does to a state: raise, lower, acquire, release, try, convert, regions. Everything comes from
 * its `LockEffect` row; no routine is named here.
 */
import { atLeast, DISPATCH_LEVEL, minOf } from '../../protocol/irqlLevels.ts';
import type { ExitLevel, LockEffect } from '../../ddi/ddiFacts.ts';
import type { HeldLock, LockEvent, LockRef, Value } from '../facts.ts';
import { dropLock, findHeld, releaseFromEntry, takeLock } from '../locks/heldLocks.ts';
import { hiddenLock, lockOfArgument } from '../locks/lockRef.ts';
import { typeOf } from '../locks/typeOf.ts';
import type { BodyContext } from '../summary/bodyContext.ts';
import { forgetMemoryFacts } from './assign.ts';
import {
  argumentValue,
  currentIrqlValue,
  pointeePath,
  setIrqlFromValue,
  store,
  withPointerUsed,
  withResult,
} from './callSite.ts';
import type { CallSite } from './callSite.ts';
import { decideWhen } from './decideWhen.ts';
import { levelsOfValue, locationOf, truthOf } from './evaluate.ts';
import { withCurrentIn, withIrql, withUnknownIrql } from './state.ts';
import type { State } from './state.ts';

/** Things with acquire and release that are counted across functions and threads: not on the held list. */
const NOT_HELD = new Set([
  'removeLock',
  'rundown',
  'event',
  'semaphore',
  'lockFree',
  'ksStreamPointer',
  'fpState',
]);

const TRUE_VALUE: Value = { kind: 'const', value: 1 };
const FALSE_VALUE: Value = { kind: 'const', value: 0 };

/** The states after the call (several when its result decides what happened). */
export function applyEffect(context: BodyContext, state: State, site: CallSite, effect: LockEffect): State[] {
  switch (effect.op) {
    case 'query':
      return [
        effect.returnsCurrentIrql ? withResult(state, site, currentIrqlValue(state, site.node)) : state,
      ];
    case 'raise':
      return [raise(context, state, site, effect)];
    case 'lower':
      return [setExit(context, state, site, effect, exitOf(context, state, site, effect))];
    case 'acquire':
    case 'tryAcquire':
      return acquire(context, state, site, effect);
    case 'release':
      return [release(context, state, site, effect)];
    case 'convert':
      return convert(context, state, site, effect);
    case 'enter':
    case 'leave':
      return [changeRegion(state, effect.lockKind ?? '', effect.op === 'enter' ? 1 : -1)];
    case 'assert':
      return [withCurrentIn(state, effect.levels) ?? state];
    case 'wait':
      return [forgetMemoryFacts(state)];
    case 'transfer':
    case 'synchronize':
    case 'signal':
      return [state];
  }
}

/** The exit level of the effect here: the first case whose condition holds, else the general one. */
function exitOf(context: BodyContext, state: State, site: CallSite, effect: LockEffect): ExitLevel {
  for (const { when, exit } of effect.exitWhen) {
    if (exit !== undefined && decideWhen(context, state, site, when) === true) return exit;
  }
  return effect.exit;
}

function setExit(
  context: BodyContext,
  state: State,
  site: CallSite,
  effect: LockEffect,
  exit: ExitLevel,
): State {
  switch (exit.kind) {
    case 'unchanged':
    case 'raisedUntilNextWait':
      return state;
    case 'level':
      return withIrql(state, exit.levels, site.node);
    case 'arg': {
      const value = argumentValue(context, state, site, exit.arg);
      if (effect.op === 'raise') return raiseTo(context, state, site, value);
      return setIrqlFromValue(context, state, value, '', site.node, effect.max);
    }
    case 'savedInArg':
      return setFromStore(context, state, site, pointeePath(context, state, site, exit.arg), effect);
    case 'savedInLock':
      return setFromStore(context, state, site, pointeePath(context, state, site, effect.lockArg), effect);
    case 'byArg':
      return withUnknownIrql(state, atLeast(context.all, minOf(state.irql)), undefined, site.node);
  }
}

function setFromStore(
  context: BodyContext,
  state: State,
  site: CallSite,
  object: string,
  effect: LockEffect,
): State {
  const key = object === '' ? '' : `${object}#irql`;
  return setIrqlFromValue(context, state, state.values.get(key), key, site.node, effect.max);
}

function raiseTo(context: BodyContext, state: State, site: CallSite, value: Value | undefined): State {
  const levels = levelsOfValue(value, state.entry);
  if (levels === undefined) {
    return withUnknownIrql(state, atLeast(context.all, minOf(state.irql)), undefined, site.node);
  }
  return setIrqlFromValue(context, state, value, '', site.node);
}

function raise(context: BodyContext, state: State, site: CallSite, effect: LockEffect): State {
  const raised = setExit(context, state, site, effect, exitOf(context, state, site, effect));
  return saveOldIrql(context, raised, state, site, effect, undefined);
}

/** Stores the level of `before` where the routine puts it: out-parameter, result, lock or handle. */
function saveOldIrql(
  context: BodyContext,
  state: State,
  before: State,
  site: CallSite,
  effect: LockEffect,
  lock: LockRef | undefined,
): State {
  const old = currentIrqlValue(before, site.node);
  let saved = state;
  if (effect.irqlOutArg !== undefined) {
    saved = store(saved, pointeePath(context, before, site, effect.irqlOutArg), old, site);
  }
  if (effect.returnsOldIrql) saved = withResult(saved, site, old);
  const where = effect.irqlSavedIn;
  if (where?.kind === 'arg') {
    const object = pointeePath(context, before, site, where.arg);
    if (object !== '') saved = store(saved, `${object}#irql`, old, site);
  } else if (where?.kind === 'lock' && lock !== undefined) {
    saved = store(saved, `${lock.path}#irql`, old, site);
  }
  return saved;
}

/** The lock that the call speaks of, or undefined for calls without one. */
function lockOfCall(
  context: BodyContext,
  state: State,
  site: CallSite,
  effect: LockEffect,
): LockRef | undefined {
  const kind = effect.lockKind ?? '';
  if (effect.isGlobalLock) {
    const name = kind === 'cancelSpinlock' ? 'cancel' : kind === 'vpbSpinlock' ? 'vpb' : kind;
    return hiddenLock(name, name === 'cancel' ? 'cancel spin lock' : name === 'vpb' ? 'VPB spin lock' : kind);
  }
  if (effect.lockTypeArg !== undefined) {
    const node = site.args[effect.lockTypeArg];
    const text = node === undefined ? '' : context.text(context.ir.atom[node] ?? 0);
    return hiddenLock(`${kind}:${text}`, text === '' ? kind : text);
  }
  const node = effect.lockArg === undefined ? undefined : site.args[effect.lockArg];
  return node === undefined ? undefined : lockOfArgument(context, state, node);
}

function modeOf(
  context: BodyContext,
  state: State,
  site: CallSite,
  effect: LockEffect,
): 'exclusive' | 'shared' {
  if (effect.mode?.kind === 'shared' || effect.mode?.kind === 'toShared') return 'shared';
  if (effect.mode?.kind !== 'byArg') return 'exclusive';
  const value = argumentValue(context, state, site, effect.mode.arg);
  return value !== undefined && truthOf(value) === false ? 'shared' : 'exclusive';
}

/** Where the acquire keeps the old IRQL: a path, 'in-lock', or undefined. */
function savedInOf(
  context: BodyContext,
  state: State,
  site: CallSite,
  effect: LockEffect,
): string | undefined {
  if (effect.handleArg !== undefined) return pointeePath(context, state, site, effect.handleArg) || undefined;
  if (effect.irqlOutArg !== undefined)
    return pointeePath(context, state, site, effect.irqlOutArg) || undefined;
  if (effect.irqlSavedIn?.kind === 'lock') return 'in-lock';
  return effect.returnsOldIrql ? resultTarget(context, site) : undefined;
}

/** The variable that the returned old IRQL goes to, when the call is the right side of an assignment or initialiser. */
function resultTarget(context: BodyContext, site: CallSite): string | undefined {
  const { ir, parents } = context;
  const parent = parents[site.node] ?? -1;
  const target = parent >= 0 ? (ir.first[parent] ?? -1) : -1;
  const isDeclared = parent >= 0 && target === site.node && context.locals.has(ir.atom[parent] ?? 0);
  if (isDeclared) return `l:${context.text(ir.atom[parent] ?? 0)}`;
  const isLocal = target >= 0 && target !== site.node && context.locals.has(ir.atom[target] ?? 0);
  return isLocal ? `l:${context.text(ir.atom[target] ?? 0)}` : undefined;
}

/** Whether the call acquires nothing here: another object type, or a kind that is not on the held list. */
function isNoLock(context: BodyContext, site: CallSite, effect: LockEffect): boolean {
  if (effect.lockKind === undefined || NOT_HELD.has(effect.lockKind)) return true;
  if (effect.onlyIfObjectType === undefined) return false;
  const node = effect.lockArg === undefined ? undefined : site.args[effect.lockArg];
  const type = node === undefined ? '' : typeOf(context, node);
  return !/^(?:PR?)?K?(?:MUTEX|MUTANT)$/.test(type);
}

function acquire(context: BodyContext, state: State, site: CallSite, effect: LockEffect): State[] {
  if (isNoLock(context, site, effect)) return [effect.blocks ? forgetMemoryFacts(state) : state];
  const lock = lockOfCall(context, state, site, effect);
  if (lock === undefined) return [{ ...state, isImprecise: true }];
  const success = takeOne(context, state, site, effect, lock);
  if (effect.effectIf === undefined) return [success];
  const [whenTaken, whenNot] = resultValues(effect);
  const taken = withResult(success, site, whenTaken);
  if (!site.isResultUsed || isSureToSucceed(context, state, site, effect)) return [taken];
  return [taken, withResult(state, site, whenNot)];
}

function takeOne(
  context: BodyContext,
  state: State,
  site: CallSite,
  effect: LockEffect,
  lock: LockRef,
): State {
  const savedIn = savedInOf(context, state, site, effect);
  const held: HeldLock = {
    lock,
    kind: effect.lockKind ?? '',
    mode: modeOf(context, state, site, effect),
    count: 1,
    node: site.node,
    via: site.name,
    ...(savedIn === undefined ? {} : { savedIn }),
    isFromEntry: false,
  };
  const exited = setExit(context, state, site, effect, exitOf(context, state, site, effect));
  const saved = saveOldIrql(context, exited, state, site, effect, lock);
  const used = withPointerUsed(context, saved, site.args[effect.lockArg ?? -1]);
  const taken = takeLock(used, held);
  return effect.region === undefined ? taken : changeRegion(taken, effect.region, 1);
}

/** The results that mean "taken" and "not taken". */
function resultValues(effect: LockEffect): readonly [Value, Value] {
  switch (effect.effectIf) {
    case 'ntSuccess':
    case 'waitSatisfied':
      // The other statuses that say success (a timeout, an alert) say that the lock was not taken.
      return [FALSE_VALUE, { kind: 'status', isSuccess: false }];
    case 'storSuccess':
      return [FALSE_VALUE, { kind: 'notConst', value: 0 }];
    default:
      return [TRUE_VALUE, FALSE_VALUE];
  }
}

/** A blocking acquire cannot fail: Wait is TRUE, or the timeout is NULL. */
function isSureToSucceed(context: BodyContext, state: State, site: CallSite, effect: LockEffect): boolean {
  if (effect.op === 'tryAcquire') return false;
  if (effect.waitArg !== undefined) {
    const value = argumentValue(context, state, site, effect.waitArg);
    return value !== undefined && truthOf(value) === true;
  }
  if (effect.timeoutArg === undefined) return false;
  const value = argumentValue(context, state, site, effect.timeoutArg);
  return value !== undefined && truthOf(value) === false;
}

function release(context: BodyContext, entered: State, site: CallSite, effect: LockEffect): State {
  const exit = exitOf(context, entered, site, effect);
  if (effect.lockKind !== undefined && NOT_HELD.has(effect.lockKind)) {
    return setExit(context, entered, site, effect, exit);
  }
  const { held, lock } = findReleased(context, entered, site, effect);
  // Whoever gives back a spin lock that the caller took was entered at the level that the lock raises to.
  const isTelling = held === undefined && effect.min >= DISPATCH_LEVEL;
  const state = isTelling ? (withCurrentIn(entered, effect.levels) ?? entered) : entered;
  const lowered =
    exit.kind === 'savedInLock' && held !== undefined
      ? setFromStore(context, state, site, held.lock.path, effect)
      : setExit(context, state, site, effect, exit);
  const dropped = held === undefined ? releaseUnheld(lowered, site, effect, lock) : dropLock(lowered, held);
  return effect.region === undefined ? dropped : changeRegion(dropped, effect.region, -1);
}

function findReleased(
  context: BodyContext,
  state: State,
  site: CallSite,
  effect: LockEffect,
): { readonly held: HeldLock | undefined; readonly lock: LockRef } {
  const handle = pointeePath(context, state, site, effect.handleArg);
  const named = lockOfCall(context, state, site, effect);
  const kind = effect.lockKind ?? '';
  const lock = named ?? {
    path: handle === '' ? `?${site.node}` : `${handle}#lock`,
    text: 'the lock',
    lockClass: '',
  };
  const held = findHeld(state, { lock, kind, handle });
  if (held !== undefined || named !== undefined) return { held, lock };
  // A handle that lost its name: the only lock of the kind that is held through a handle must be meant.
  const candidates = state.held.filter((one) => one.kind === kind);
  return { held: handle === '' && candidates.length === 1 ? candidates[0] : undefined, lock };
}

function releaseUnheld(state: State, site: CallSite, effect: LockEffect, lock: LockRef): State {
  return releaseFromEntry(state, {
    lock,
    kind: effect.lockKind ?? '',
    mode: effect.mode?.kind === 'shared' ? 'shared' : 'exclusive',
    count: 1,
    node: site.node,
    via: site.name,
    isFromEntry: true,
  });
}

function convert(context: BodyContext, state: State, site: CallSite, effect: LockEffect): State[] {
  const lock = lockOfCall(context, state, site, effect);
  const held =
    lock === undefined ? undefined : findHeld(state, { lock, kind: effect.lockKind ?? '', handle: '' });
  if (held === undefined) return [state];
  const mode = effect.mode?.kind === 'toShared' ? 'shared' : 'exclusive';
  const converted: State = { ...state, held: state.held.with(state.held.indexOf(held), { ...held, mode }) };
  if (effect.effectIf === undefined || !site.isResultUsed) return [converted];
  return [withResult(converted, site, TRUE_VALUE), withResult(state, site, FALSE_VALUE)];
}

/** Enters or leaves a critical or guarded region. */
function changeRegion(state: State, region: string, by: number): State {
  const { critical, guarded } = state.regions;
  if (region === 'criticalRegion') return { ...state, regions: { critical: clamp(critical + by), guarded } };
  if (region === 'guardedRegion') return { ...state, regions: { critical, guarded: clamp(guarded + by) } };
  return state;
}

function clamp(depth: number): number {
  return Math.max(-4, Math.min(4, depth));
}

/** What the call does to locks, for rules; empty for calls without lock effect. */
export function lockEventsOf(
  context: BodyContext,
  state: State,
  site: CallSite,
  effect: LockEffect,
): LockEvent[] {
  const { op, lockKind } = effect;
  if (op !== 'acquire' && op !== 'tryAcquire' && op !== 'release' && op !== 'convert') return [];
  if (lockKind === undefined || isNoLock(context, site, effect)) return [];
  const found = op === 'release' ? findReleased(context, state, site, effect) : undefined;
  const lock = found?.held?.lock ?? found?.lock ?? lockOfCall(context, state, site, effect);
  if (lock === undefined) return [];
  const savedIn =
    op === 'release' ? releasedSave(context, state, site, effect) : savedInOf(context, state, site, effect);
  const restores = op === 'release' ? restoredValue(context, state, site, effect) : undefined;
  return [
    {
      op,
      lock,
      kind: lockKind,
      mode: modeOf(context, state, site, effect),
      routine: site.name,
      effect,
      isThroughWrapper: false,
      ...(savedIn === undefined ? {} : { savedIn }),
      ...(restores === undefined ? {} : { restores }),
    },
  ];
}

function releasedSave(
  context: BodyContext,
  state: State,
  site: CallSite,
  effect: LockEffect,
): string | undefined {
  if (effect.handleArg !== undefined) return pointeePath(context, state, site, effect.handleArg) || undefined;
  if (effect.irqlInArg === undefined) return undefined;
  const node = site.args[effect.irqlInArg];
  return node === undefined ? undefined : locationOf(context, state, node) || undefined;
}

function restoredValue(
  context: BodyContext,
  state: State,
  site: CallSite,
  effect: LockEffect,
): Value | undefined {
  const { exit } = effect;
  if (exit.kind === 'arg') return argumentValue(context, state, site, exit.arg);
  if (exit.kind !== 'savedInArg') return undefined;
  return state.values.get(`${pointeePath(context, state, site, exit.arg)}#irql`);
}
