/**
 * A lock that is released by a form that does not belong to its acquire: the IRQL stays raised, falls too early, or the
 * lock word is corrupted. Crossing two locks (A raises, B does not, A is released first) is legal and silent.
 */
import { isVisibleOutside } from '../analysis/locks/accessPath.ts';
import type { CallFact, HeldLock, LockEvent, PathState } from '../analysis/facts.ts';
import { replaceNode, rewriteCall, textOf } from './fixes/editCall.ts';
import { heldBy } from './fixes/lockPairs.ts';
import { isFeasible, verdictOf } from './reporting/evidence.ts';
import { isOwnedKind, isSpinKind } from './reporting/lockKinds.ts';
import { acquiredStep, assumptionSteps, report, stepAt } from './reporting/report.ts';
import type { Finding, Fix, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'release-variant-mismatch',
  title: 'A lock is released by a form that does not belong to its acquire',
  code: 'C28108',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: '0x133 DPC_WATCHDOG_VIOLATION; Driver Verifier 0xC4/0x1009, 0x32',
  family: 'lock',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    if (context.facts.isImprecise) return [];
    return context.facts.calls.flatMap((call) => {
      const event = call.locks[0];
      if (call.locks.length !== 1 || event?.op !== 'release' || event.isThroughWrapper) return [];
      const found = findMismatch(context, call, event);
      return found === undefined ? [] : [describe(context, call, event, found)];
    });
  },
};

interface Mismatch {
  readonly state: PathState;
  readonly held: HeldLock;
}

function findMismatch(context: FunctionContext, call: CallFact, event: LockEvent): Mismatch | undefined {
  for (const state of call.before) {
    if (state.isImprecise || !isFeasible(state, context.entry)) continue;
    const held = heldBy(state, event.lock.path);
    if (held === undefined || held.isFromEntry || isPair(context, held.via, event.routine)) continue;
    if (isHarmful(context, held, event)) return { state, held };
  }
  return undefined;
}

function isPair(context: FunctionContext, acquire: string, release: string): boolean {
  const taken = context.program.ddi.effect(acquire);
  const given = context.program.ddi.effect(release);
  if (taken === undefined || given === undefined) return true;
  const names = [...taken.pairsWith, ...taken.pairsAlso];
  return (
    names.length === 0 ||
    names.includes(release) ||
    names.includes(given.aliasOf ?? '') ||
    given.pairsWith.includes(acquire)
  );
}

/** Another lock kind or mode corrupts the lock; the same kind with the wrong IRQL handling harms if nothing makes up for it. */
function isHarmful(context: FunctionContext, held: HeldLock, event: LockEvent): boolean {
  if (event.kind !== held.kind) return isOwnedKind(held.kind) && isOwnedKind(event.kind);
  if (event.mode !== held.mode && event.effect?.mode !== undefined)
    return isSpinKind(held.kind) || held.kind === 'pushLock';
  const taken = context.program.ddi.effect(held.via);
  if (taken?.exit.kind === 'level') return staysRaised(context, held);
  if (event.restores?.kind === 'irql' || event.effect?.exit.kind === 'unchanged') return false;
  // A level from a parameter or from memory may well be the one that the caller saved (Irp->CancelIrql).
  const given = event.restores;
  const path = given?.kind === 'copyOf' ? given.path : given === undefined ? (event.savedIn ?? '') : '';
  const isFromOutside = given?.kind === 'param' || isVisibleOutside(path);
  return !isFromOutside;
}

/** Whether some return is left at the level that this acquire raised to, with no spin lock to explain it. */
function staysRaised(context: FunctionContext, held: HeldLock): boolean {
  return context.facts.exits.some((exit) =>
    exit.states.some(
      (state) =>
        state.irqlSetBy === held.node &&
        !state.isEntryIrql &&
        !state.held.some((other) => isSpinKind(other.kind)),
    ),
  );
}

function describe(
  context: FunctionContext,
  call: CallFact,
  event: LockEvent,
  { state, held }: Mismatch,
): Finding {
  const right = context.program.ddi.effect(held.via)?.pairsWith[0] ?? 'the matching release';
  const fix = findFix(context, call, event, held, right);
  const raises = context.program.ddi.effect(held.via)?.exit.kind === 'level';
  const harm = raises
    ? 'The lock is free but the IRQL stays at DISPATCH_LEVEL: no DPC and no other thread runs on this CPU any more.'
    : `${event.routine} sets the IRQL to a value that ${held.via} never saved.`;
  return report(context, meta, {
    node: call.node,
    verdict: verdictOf(state),
    message: `${event.lock.text} was taken by ${held.via} but is released by ${event.routine}. ${harm} Use ${right}.`,
    trace: [
      acquiredStep(context, held),
      ...assumptionSteps(context, state),
      stepAt(context, call.node, `${event.routine} releases it`),
    ],
    fixes: fix === undefined ? [] : [fix],
    replay: { scenario: 'fromdpc-after-acquire', lockClass: event.lock.lockClass },
  });
}

/** One edit is right where the form to use needs the lock alone, or the lock and the variable that the acquire filled. */
function findFix(
  context: FunctionContext,
  call: CallFact,
  event: LockEvent,
  held: HeldLock,
  right: string,
): Fix | undefined {
  const effect = context.program.ddi.effect(right);
  const acquire = context.facts.calls.find((candidate) => candidate.node === held.node);
  const taken = acquire?.locks[0]?.effect;
  if (effect?.lockArg === undefined || event.effect?.lockArg === undefined || taken === undefined)
    return undefined;
  const args: (number | string)[] = [event.effect.lockArg];
  if (effect.irqlInArg !== undefined) {
    const saved = acquire?.args[taken.irqlOutArg ?? -1];
    if (saved === undefined) return undefined;
    args.push(textOf(context, saved.node).replace(/^&\s*/, ''));
  }
  const edit = rewriteCall(context, call.node, right, args);
  return (
    edit && {
      title: `Use ${right}`,
      edits: [replaceNode(context, call.node, edit.newText)],
      isPreferred: true,
    }
  );
}
