/**
 * A request is completed, sent on or indicated while a spin lock is held. The level allows it, the lock does not: the
 * completion routine or the other driver may come back for the same lock. Sources: the SpinLockSafe and
 * ReqSendWhileSpinlock rules of the public driver documentation.
 */
import type { CallFact, HeldLock } from '../analysis/facts.ts';
import { moveAfterRelease } from './fixes/moveAfterRelease.ts';
import { isFeasible } from './reporting/evidence.ts';
import { isSpinKind } from './reporting/lockKinds.ts';
import { acquiredStep, report, stepAt } from './reporting/report.ts';
import { isSynchronous } from './reporting/sendOptions.ts';
import type { FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'request-under-spin-lock',
  title: 'A request is completed or sent while a spin lock is held',
  severity: 'warning',
  isOnByDefault: true,
  bugCheck: '0x133 DPC_WATCHDOG_VIOLATION; Driver Verifier 0xC4/0x20002 (SpinLockSafe)',
  family: 'underLock',
};

/** Calls that run other drivers' code, or this driver's completion path, before they return. */
const LEAVES_THE_DRIVER: ReadonlyMap<string, string> = new Map([
  ['IoCompleteRequest', 'completes the request'],
  ['IofCompleteRequest', 'completes the request'],
  ['IoStartNextPacket', 'may start the next request'],
  ['IoCallDriver', 'sends the request to another driver'],
  ['IofCallDriver', 'sends the request to another driver'],
  ['PoCallDriver', 'sends the request to another driver'],
  ['WdfRequestComplete', 'completes the request'],
  ['WdfRequestCompleteWithInformation', 'completes the request'],
  ['WdfRequestCompleteWithPriorityBoost', 'completes the request'],
  ['WdfRequestSend', 'sends the request to another driver'],
  ['NdisMIndicateReceiveNetBufferLists', 'indicates packets to the protocols'],
  ['NdisMSendNetBufferListsComplete', 'completes packets of the protocols'],
  ['NdisFIndicateReceiveNetBufferLists', 'indicates packets upwards'],
  ['NdisFSendNetBufferLists', 'sends packets downwards'],
  ['NdisFSendNetBufferListsComplete', 'completes packets upwards'],
  ['NdisFReturnNetBufferLists', 'returns packets downwards'],
  ['NdisSendNetBufferLists', 'sends packets to the miniport'],
  ['NdisReturnNetBufferLists', 'returns packets to the miniport'],
]);

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    return context.facts.calls.flatMap((call) => {
      const what = LEAVES_THE_DRIVER.get(call.name);
      const held = what === undefined ? undefined : findSpinLock(context, call);
      if (what === undefined || held === undefined || isSynchronous(context, call)) return [];
      const fix = moveAfterRelease(context, call, held);
      return [
        report(context, meta, {
          fixes: fix === undefined ? [] : [fix],
          node: call.node,
          verdict: 'definite',
          message:
            `${call.name} ${what} while ${held.lock.text} is held. Code outside of this driver then runs under the lock and ` +
            `may come back for it: this CPU would spin for ever (bug check 0x133). Release ${held.lock.text} first.`,
          trace: [
            acquiredStep(context, held),
            stepAt(context, call.node, `${call.name} under ${held.lock.text}`),
          ],
        }),
      ];
    });
  },
};

/** A spin lock that is held on every feasible path to the call: on some only, the paths may be kept apart by what is not seen. */
function findSpinLock(context: FunctionContext, call: CallFact): HeldLock | undefined {
  const feasible = call.before.filter((state) => isFeasible(state, context.entry));
  const [first] = feasible;
  if (first === undefined || feasible.some((state) => state.isImprecise)) return undefined;
  return first.held.find(
    (held) =>
      isSpinKind(held.kind) &&
      feasible.every((state) => state.held.some((other) => other.lock.path === held.lock.path)),
  );
}
