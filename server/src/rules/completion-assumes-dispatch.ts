/**
 * The seed's fourth rule: a completion routine that takes a lock as if it always ran at DISPATCH_LEVEL.
 * A lower driver that fails a request early completes it at PASSIVE_LEVEL.
 */
import { toGeneralVariant } from './fixes/convertPair.ts';
import { findDpcFormsBelow, isCompletionRoutine } from './reporting/dpcForms.ts';
import { report, stepAt, traceOf } from './reporting/report.ts';
import type { FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'completion-assumes-dispatch',
  title: 'A completion routine takes a lock as if it always ran at DISPATCH_LEVEL',
  code: 'C28120',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: 'Driver Verifier 0xC4/0x40; 0x133 DPC_WATCHDOG_VIOLATION',
  family: 'seed',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    if (!isCompletionRoutine(context)) return [];
    return findDpcFormsBelow(context).map(({ call, evidence }) => {
      const fix = toGeneralVariant(context, call);
      const lock = call.locks[0]?.lock;
      return report(context, meta, {
        node: call.node,
        verdict: evidence.verdict,
        message:
          `${call.name} in a completion routine: it is often called at DISPATCH_LEVEL, but a lower driver that fails ` +
          `the request early completes it at PASSIVE_LEVEL. A DPC on this CPU that wants ${lock?.text ?? 'the lock'} ` +
          `would then spin for ever (bug check 0x133). ${fix?.title ?? 'Use the form that raises the IRQL'}.`,
        trace: [
          ...traceOf(context, evidence),
          stepAt(context, call.node, `${call.name} at PASSIVE_LEVEL in the error path`, evidence.levels),
        ],
        fixes: fix === undefined ? [] : [fix],
        replay: { scenario: 'cancel-and-completion', lockClass: lock?.lockClass ?? '' },
      });
    });
  },
};
