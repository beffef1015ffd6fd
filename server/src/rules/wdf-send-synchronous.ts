/**
 * WdfRequestSend with WDF_REQUEST_SEND_OPTION_SYNCHRONOUS, or a *Synchronously call, under a spin lock: the send waits.
 * Where the level alone already forbids the call, irql-too-high says so.
 */
import type { CallFact } from '../analysis/facts.ts';
import { findAbove } from './reporting/evidence.ts';
import { acquiredStep, report, stepAt, traceOf } from './reporting/report.ts';
import { isSynchronous } from './reporting/sendOptions.ts';
import { spinLockOnEveryPath } from './reporting/spinLockHeld.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'wdf-send-synchronous',
  title: 'A request is sent synchronously at DISPATCH_LEVEL or under a spin lock',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: '0x133 DPC_WATCHDOG_VIOLATION; Driver Verifier 0xC4/0x20014 (WdfRequestSendSyncAtDispatch)',
  family: 'underLock',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    return context.facts.calls.flatMap((call) =>
      isSynchronous(context, call) ? checkSend(context, call) : [],
    );
  },
};

function checkSend(context: FunctionContext, call: CallFact): Finding[] {
  const isReported = call.requirement !== undefined && call.requirement.max < 2;
  if (isReported) return [];
  const held = spinLockOnEveryPath(context, call.before);
  const evidence = findAbove(context, call.before, 1);
  if (held === undefined && (evidence === undefined || evidence.verdict !== 'definite')) return [];
  const why = held === undefined ? 'at DISPATCH_LEVEL' : `while ${held.lock.text} is held`;
  const trace =
    held === undefined
      ? evidence === undefined
        ? []
        : traceOf(context, evidence)
      : [acquiredStep(context, held)];
  return [
    report(context, meta, {
      node: call.node,
      verdict: 'definite',
      message:
        `${call.name} waits for the request (WDF_REQUEST_SEND_OPTION_SYNCHRONOUS) ${why}. The completion that it waits for may need ` +
        `this very CPU (bug check 0x133). Send it asynchronously with a completion routine, or after the release.`,
      trace: [...trace, stepAt(context, call.node, 'waits for the request')],
    }),
  ];
}
