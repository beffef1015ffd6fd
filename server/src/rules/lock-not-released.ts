/**
 * A lock that is still held when the function returns on one path, while it is released on others.
 * Acquire wrappers hold it on every path, and "TRUE: you own it now" functions by their result: both are silent.
 */
import type { ExitFact, HeldLock, PathState } from '../analysis/facts.ts';
import type { FunctionId } from '../analysis/program.ts';
import type { NodeId } from '../syntax/ir.ts';
import { functionContext } from './functionContext.ts';
import { isFeasible, verdictOf } from './reporting/evidence.ts';
import { outcomeOf } from './reporting/exitOutcome.ts';
import { isForgotten } from './reporting/handOver.ts';
import { isOwnerChecked, isReleaseDeclined } from './reporting/lockGuards.ts';
import { isOneObject, isOwnedKind, isSpinKind } from './reporting/lockKinds.ts';
import { acquiredStep, assumptionSteps, callAt, isWrittenHere, report, stepAt } from './reporting/report.ts';
import { isSavedLevelLost } from './reporting/savedLevel.ts';
import { findReleaseText } from './fixes/addRelease.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'lock-not-released',
  title: 'A lock is still held when the function returns on one path',
  code: 'C26115',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: '0x133 DPC_WATCHDOG_VIOLATION; Driver Verifier 0xC4',
  family: 'lock',
};

interface Leak {
  readonly exit: ExitFact;
  readonly state: PathState;
  readonly held: HeldLock;
}

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    return mistakesOf(context, []).map((leak) => describe(context, leak));
  },
};

/** The leaks to report in a function; `callers` are the functions on whose behalf this one is asked. */
function mistakesOf(context: FunctionContext, callers: readonly FunctionId[]): Leak[] {
  if (context.facts.isImprecise || hasLockContract(context)) return [];
  // One answer for each acquire, however many exits it reaches: asked again at each, a chain of wrappers would multiply.
  const isCallees = new Map<string, boolean>();
  return leaksOf(context).filter((leak) => {
    const acquire = `${String(leak.held.node)} ${leak.held.lock.path}`;
    const isTheirs = isCallees.get(acquire) ?? isCalleesMistake(context, leak.held, callers);
    isCallees.set(acquire, isTheirs);
    return !isTheirs && isMistake(context, leak);
  });
}

/** The author says so himself: the function acquires by contract. */
function hasLockContract(context: FunctionContext): boolean {
  return context.facts.unit.annotations.some(({ annotation }) =>
    /_Acquires_|_Post_same_lock_|_IRQL_saves_|_IRQL_raises_|_Create_lock|_Function_ignore_lock/.test(
      `${annotation.name}(${annotation.args ?? ''})`,
    ),
  );
}

function leaksOf(context: FunctionContext): Leak[] {
  const leaks: Leak[] = [];
  for (const exit of context.facts.exits) {
    const seen = new Set<string>();
    for (const state of exit.states) {
      if (state.isImprecise || !isFeasible(state, context.entry)) continue;
      for (const held of state.held) {
        if (held.isFromEntry || !isOwnedKind(held.kind) || !isOneObject(held.lock.path)) continue;
        if (isGivenBack(state, held)) continue;
        if (seen.has(held.lock.path)) continue;
        seen.add(held.lock.path);
        leaks.push({ exit, state, held });
      }
    }
  }
  return leaks;
}

/**
 * The caller's own lock, dropped for a while or converted, and taken again before the return; or a release of what nobody
 * took, which may be this lock under another name (`other->Owner->Lock`).
 */
function isGivenBack(state: PathState, held: HeldLock): boolean {
  const lastStep = (path: string): string => /[^.]*$/.exec(path)?.[0] ?? '';
  return (
    state.releasedFromEntry?.some(
      ({ lock, kind }) =>
        lock.path === held.lock.path ||
        (kind === held.kind && lastStep(lock.path) === lastStep(held.lock.path)),
    ) === true
  );
}

function isMistake(context: FunctionContext, leak: Leak): boolean {
  const { path } = leak.held.lock;
  if (isOwnerChecked(context, leak.held.node)) return false;
  if (isReleaseDeclined(context, leak.state, leak.held, releasesOf(context, path))) return false;
  if (!isReleasedHere(context, path)) {
    const { held } = leak;
    return isNeverGivenBack(context, held);
  }
  const holding: ExitFact[] = [];
  const free: ExitFact[] = [];
  for (const exit of context.facts.exits) {
    const isHeld = exit.states.some((state) =>
      state.held.some((held) => held.lock.path === path && !held.isFromEntry),
    );
    const isFree = exit.states.some((state) => !state.held.some((held) => held.lock.path === path));
    if (isHeld) holding.push(exit);
    if (isFree) free.push(exit);
  }
  if (free.length === 0) return isNeverGivenBack(context, leak.held);
  if (isUpToArgument(context, leak)) return false;
  const isHandedOver =
    holding.every((exit) => !isFailure(context, exit)) &&
    free.every((exit) => !holding.includes(exit) && isFailure(context, exit));
  return !isHandedOver;
}

/** An argument decides whether the lock is kept: every way out without it that is no failure has the opposite. */
function isUpToArgument(context: FunctionContext, { exit, state, held }: Leak): boolean {
  if (isFailure(context, exit)) return false;
  const free = context.facts.exits
    .filter((other) => !isFailure(context, other))
    .flatMap(({ states }) => states)
    .filter((other) => !other.held.some(({ lock }) => lock.path === held.lock.path));
  return [...state.values].some(([key, value]) => {
    if (value.kind !== 'const' || !isOfArguments(context, key)) return false;
    return free.every((other) => {
      const opposite = other.values.get(key);
      return opposite?.kind === 'const' && opposite.value !== value.value;
    });
  });
}

/** Whether the fact kept under `key` speaks of parameters and constants alone. */
function isOfArguments(context: FunctionContext, key: string): boolean {
  if (/^p\d+$/.test(key)) return true;
  const names = [...key.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name ?? '');
  const isParameter = (name: string): boolean =>
    /^p\d+$/.test(name) ||
    context.facts.unit.head.params.some(
      (declared) => `l:${context.program.atoms.text(declared.name)}` === name,
    );
  return names.some(isParameter) && names.every((name) => isParameter(name) || /^g:\w+$/.test(name));
}

function isFailure(context: FunctionContext, exit: ExitFact): boolean {
  return outcomeOf(context, exit) === 'failure';
}

function isReleasedHere(context: FunctionContext, path: string): boolean {
  return releasesOf(context, path).length > 0;
}

function releasesOf(context: FunctionContext, path: string): NodeId[] {
  return context.facts.calls
    .filter(({ locks }) => locks.some((event) => event.op === 'release' && event.lock.path === path))
    .map(({ node }) => node);
}

/**
 * A callee that leaves with the lock on some paths only, without telling by its result, or although it fails, is where the
 * mistake lies, and where it is reported.
 */
function isCalleesMistake(context: FunctionContext, held: HeldLock, callers: readonly FunctionId[]): boolean {
  const callee = callAt(context, held.node)?.callee;
  if (callee?.kind !== 'functions') return false;
  const asking = [...callers, context.facts.unit.id];
  return callee.ids.some((id) => {
    if (isReportedIn(context, id, held, asking)) return true;
    const { cases } = context.analysis.summaryOf(id);
    const free = cases.filter((exit) => exit.acquired.length === 0);
    const isTold = cases.every((exit) => exit.returns !== undefined || exit.guards.length > 0);
    const isFailing = cases.some(
      ({ acquired, returns }) => acquired.length > 0 && returns?.kind === 'status' && !returns.isSuccess,
    );
    return free.length > 0 && free.length < cases.length && (!isTold || isFailing);
  });
}

/** One mistake is one report: what is reported in the callee is not said again in each of its callers. */
function isReportedIn(
  { program, analysis, limits }: FunctionContext,
  id: FunctionId,
  held: HeldLock,
  callers: readonly FunctionId[],
): boolean {
  if (callers.includes(id)) return false;
  const callee = functionContext(program, analysis, id, limits);
  return mistakesOf(callee, callers).some((leak) => mayBeSame(leak.held, held));
}

/** A callback of the system may not return with a spin lock, whatever its author intended. */
function mustNotHoldAtExit(context: FunctionContext, held: HeldLock): boolean {
  return (
    isSpinKind(held.kind) &&
    context.program.rolesOf(context.facts.unit.id).some((role) => role.fact.mustRestoreIrql)
  );
}

/** Kept on purpose, unless nobody can or does give it back. */
function isNeverGivenBack(context: FunctionContext, held: HeldLock): boolean {
  return mustNotHoldAtExit(context, held) || isLevelLost(context, held) || isForgotten(context, held);
}

function mayBeSame(one: HeldLock, other: HeldLock): boolean {
  if (one.kind !== other.kind) return false;
  const [first, second] = [one.lock.lockClass, other.lock.lockClass];
  return first === '' || second === '' || first === second;
}

/** Nobody can ever release the lock as it must be: it is no acquire wrapper. */
function isLevelLost(context: FunctionContext, held: HeldLock): boolean {
  return isSavedLevelLost(context, held.savedIn, held.node);
}

function describe(context: FunctionContext, { exit, state, held }: Leak): Finding {
  const fix = isWrittenHere(context, exit.node) ? findReleaseText(context, exit, held) : undefined;
  const acquire = callAt(context, held.node)?.name ?? held.via;
  const effect = isSpinKind(held.kind)
    ? `The next acquire spins for ever at DISPATCH_LEVEL (bug check 0x133).`
    : `The next acquire waits for ever.`;
  return report(context, meta, {
    node: exit.node,
    verdict: verdictOf(state),
    message: `${held.lock.text}, taken by ${acquire}, is still held on this return. ${effect} Release it before returning.`,
    trace: [
      acquiredStep(context, held),
      ...assumptionSteps(context, state),
      stepAt(context, exit.node, `returns with ${held.lock.text} held`),
    ],
    fixes: fix === undefined ? [] : [fix],
  });
}
