/**
 * The seed's second rule: a lock is taken with the form that reads and raises the IRQL where it is DISPATCH_LEVEL
 * already (in a DPC, under another spin lock). Right, but dear; a hint with the edit.
 */
import type { CallFact } from '../analysis/facts.ts';
import { DISPATCH_LEVEL, setOf } from '../protocol/irqlLevels.ts';
import { toDpcVariant } from './fixes/convertPair.ts';
import { isAlwaysAt } from './reporting/evidence.ts';
import { acquiredStep, report, stepAt, traceOf } from './reporting/report.ts';
import type { FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'redundant-irql-raise',
  title: 'A lock raises the IRQL where it is DISPATCH_LEVEL already',
  severity: 'hint',
  isOnByDefault: true,
  family: 'seed',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    return context.facts.calls.flatMap((call) => {
      if (!isRaisingForm(call) || !isAlwaysAt(call.before, context.entry, DISPATCH_LEVEL)) return [];
      const fix = toDpcVariant(context, call);
      if (fix === undefined) return [];
      return [
        report(context, meta, {
          node: call.node,
          verdict: 'definite',
          message:
            `The IRQL is DISPATCH_LEVEL here already, so ${call.name} reads and raises it for nothing. ` +
            `${fix.title}: the same lock without touching the IRQL.`,
          trace: [
            ...reasons(context, call),
            stepAt(context, call.node, 'at DISPATCH_LEVEL already', setOf(DISPATCH_LEVEL)),
          ],
          fixes: [fix],
        }),
      ];
    });
  },
};

function isRaisingForm(call: CallFact): boolean {
  const event = call.locks[0];
  return (
    call.locks.length === 1 &&
    event?.op === 'acquire' &&
    !event.isThroughWrapper &&
    event.effect?.exit.kind === 'level' &&
    event.effect.dpcVariant?.kind === 'function'
  );
}

function reasons(context: FunctionContext, call: CallFact) {
  const state = call.before.find((before) => before.held.length > 0) ?? call.before[0];
  if (state === undefined) return [];
  const outer = state.held[0];
  if (!state.isEntryIrql && outer !== undefined) return [acquiredStep(context, outer)];
  return traceOf(context, {
    levels: setOf(DISPATCH_LEVEL),
    state,
    verdict: 'definite',
    isEntryLevel: state.isEntryIrql,
  });
}
