/**
 * Two spin locks held at once that keep their old IRQL in the same variable or queue handle: the second acquire
 * overwrites what the first one saved.
 */
import type { CallFact, HeldLock, PathState } from '../analysis/facts.ts';
import { textOf } from './fixes/editCall.ts';
import { isFeasible, verdictOf } from './reporting/evidence.ts';
import { isOneObject, isSpinKind } from './reporting/lockKinds.ts';
import { acquiredStep, assumptionSteps, report, stepAt } from './reporting/report.ts';
import type { FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'saved-irql-overwritten',
  title: 'Two locks keep their old IRQL in the same place',
  code: 'C28106',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: '0x133 DPC_WATCHDOG_VIOLATION; 0x4A',
  family: 'lock',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    return context.facts.calls.flatMap((call) => {
      const event = call.locks[0];
      const place = event?.savedIn;
      if (
        call.locks.length !== 1 ||
        event?.op !== 'acquire' ||
        place === undefined ||
        !/^(l:|p\d|g:)/.test(place) ||
        !isOneObject(place)
      )
        return [];
      const earlier = findEarlier(context, call, event.lock.path, place);
      return earlier === undefined ? [] : [describe(context, call, earlier)];
    });
  },
};

interface Earlier {
  readonly state: PathState;
  readonly earlier: HeldLock;
}

function findEarlier(
  context: FunctionContext,
  call: CallFact,
  lock: string,
  place: string,
): Earlier | undefined {
  for (const state of call.before) {
    if (state.isImprecise || !isFeasible(state, context.entry)) continue;
    const earlier = state.held.find(
      (held) =>
        isSpinKind(held.kind) && held.savedIn === place && held.lock.path !== lock && !held.isFromEntry,
    );
    if (earlier !== undefined) return { state, earlier };
  }
  return undefined;
}

function describe(context: FunctionContext, call: CallFact, { state, earlier }: Earlier) {
  const effect = call.locks[0]?.effect;
  const isHandle = effect?.handleArg !== undefined;
  const place = call.args[effect?.handleArg ?? effect?.irqlOutArg ?? -1];
  const text = place === undefined ? 'the same variable' : textOf(context, place.node).replace(/^&\s*/, '');
  const harm = isHandle
    ? 'The queue of waiters is corrupted.'
    : 'The last release returns at DISPATCH_LEVEL instead of the level from before both (bug check 0x4A at the latest).';
  return report(context, meta, {
    node: call.node,
    verdict: verdictOf(state),
    message:
      `${call.name} saves into ${text}, which still holds what ${earlier.via} saved for ${earlier.lock.text}. ${harm} ` +
      `Use ${isHandle ? 'a queue handle' : 'a variable'} of its own.`,
    trace: [
      acquiredStep(context, earlier),
      ...assumptionSteps(context, state),
      stepAt(context, call.node, `${call.name} overwrites ${text}`),
    ],
  });
}
