/**
 * The IRQL falls below DISPATCH_LEVEL while a spin lock is still held: a lower call in between, or two locks released in
 * the wrong order, so that the first release gives back the level from before both.
 */
import type { CallFact, HeldLock, PathState } from '../analysis/facts.ts';
import { atLeast, DISPATCH_LEVEL } from '../protocol/irqlLevels.ts';
import { swapReleases } from './fixes/swapReleases.ts';
import { isFeasible, verdictOf } from './reporting/evidence.ts';
import { isSpinKind } from './reporting/lockKinds.ts';
import { acquiredStep, assumptionSteps, report, say, stepAt } from './reporting/report.ts';
import type { FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'irql-lowered-under-lock',
  title: 'The IRQL falls below DISPATCH_LEVEL while a spin lock is held',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: '0xF SPIN_LOCK_ALREADY_OWNED; 0x133 DPC_WATCHDOG_VIOLATION; Driver Verifier 0xC4/0x31',
  family: 'lock',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    if (context.facts.isImprecise) return [];
    return context.facts.calls.flatMap((call) => {
      const found = findLowered(context, call);
      return found === undefined ? [] : [describe(context, call, found.state, found.held)];
    });
  },
};

/** A path on which this very call lowers the level and leaves a spin lock that was taken here. */
function findLowered(
  context: FunctionContext,
  call: CallFact,
): { state: PathState; held: HeldLock } | undefined {
  // A raise that lowers, or an acquire that is made too high and so lowers, is a mistake with a rule of its own.
  const op = call.callee.kind === 'ddi' ? call.callee.effect?.op : 'raise';
  if (op === 'raise' || op === 'acquire' || op === 'tryAcquire') return undefined;
  for (const state of call.after) {
    if (state.irqlSetBy !== call.node || state.isImprecise) continue;
    if (!isFeasible(state, context.entry) || isAtDispatch(context, state)) continue;
    const held = state.held.find(
      (lock) => isSpinKind(lock.kind) && !lock.isFromEntry && lock.node !== call.node,
    );
    if (held !== undefined) return { state, held };
  }
  return undefined;
}

/** Back at the entry level is too low only where the entry is known to lie below DISPATCH_LEVEL on every path. */
function isAtDispatch(context: FunctionContext, state: PathState): boolean {
  if (!state.isEntryIrql) return atLeast(state.irql, DISPATCH_LEVEL) !== 0;
  const raised = state.held.some((held) => context.program.ddi.effect(held.via)?.exit.kind === 'level');
  return (
    !raised && !(context.entry.isKnown && atLeast(context.entry.levels & state.entry, DISPATCH_LEVEL) === 0)
  );
}

function describe(context: FunctionContext, call: CallFact, state: PathState, held: HeldLock) {
  const level = state.isEntryIrql ? 'the level at entry' : say(context, state.irql);
  const isRelease = call.locks.some((event) => event.op === 'release');
  const repair = isRelease
    ? `Release the locks in the reverse order, or give this release the level that its own acquire saved.`
    : `Release ${held.lock.text} first.`;
  const fix = swapReleases(context, call, held);
  return report(context, meta, {
    fixes: fix === undefined ? [] : [fix],
    node: call.node,
    verdict: verdictOf(state),
    message:
      `${call.name} lowers the IRQL to ${level} while ${held.lock.text} is still held. From here on the holder can be ` +
      `interrupted by a DPC that spins for the same lock for ever (bug check 0x133). ${repair}`,
    trace: [
      acquiredStep(context, held),
      ...assumptionSteps(context, state),
      stepAt(context, call.node, `${call.name} lowers the IRQL to ${level}`),
    ],
  });
}
