/**
 * The seed's first rule: an AtDpcLevel form where DISPATCH_LEVEL is not certain. Here the burden of proof is the code's:
 * a known entry that reaches below DISPATCH_LEVEL is enough. Completion routines have a rule of their own.
 */
import type { CallFact } from '../analysis/facts.ts';
import { toGeneralVariant } from './fixes/convertPair.ts';
import { findDpcFormsBelow, isCompletionRoutine } from './reporting/dpcForms.ts';
import type { Evidence } from './reporting/evidence.ts';
import { report, say, stepAt, traceOf } from './reporting/report.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'atdpc-below-dispatch',
  title: 'A lock is taken with its AtDpcLevel form where DISPATCH_LEVEL is not certain',
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
    if (isCompletionRoutine(context)) return [];
    return findDpcFormsBelow(context).map(({ call, evidence }) => describe(context, call, evidence));
  },
};

function describe(context: FunctionContext, call: CallFact, evidence: Evidence): Finding {
  const fix = toGeneralVariant(context, call);
  const lock = call.locks[0]?.lock;
  const below = say(context, evidence.levels);
  return report(context, meta, {
    node: call.node,
    verdict: evidence.verdict,
    message:
      `${call.name} relies on DISPATCH_LEVEL, but ${context.facts.unit.name} can run at ${below} here. ` +
      `A DPC on this CPU that wants ${lock?.text ?? 'the lock'} would then spin for ever (bug check 0x133). ` +
      `${fix?.title ?? 'Use the form that raises the IRQL'}, or state the precondition with _IRQL_requires_(DISPATCH_LEVEL).`,
    trace: [
      ...traceOf(context, evidence),
      stepAt(context, call.node, `${call.name} at ${below}`, evidence.levels),
    ],
    fixes: fix === undefined ? [] : [fix],
    replay: { scenario: 'atdpc-at-passive', lockClass: lock?.lockClass ?? '' },
  });
}
