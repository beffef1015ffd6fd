/**
 * A call at a level below what the routine needs. AtDpcLevel lock forms and their releases have rules of their own.
 */
import { maxOf, minOf } from '../protocol/irqlLevels.ts';
import { isDpcForm } from './reporting/dpcForms.ts';
import { findBelow } from './reporting/evidence.ts';
import { from } from './reporting/levelWords.ts';
import { report, say, stepAt, traceOf } from './reporting/report.ts';
import type { CallFact } from '../analysis/facts.ts';
import type { FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'irql-too-low',
  title: 'A routine is called at a lower IRQL than it needs',
  code: 'C28120',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: 'Driver Verifier 0xC4/0x40, 0x41',
  family: 'level',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    return context.facts.calls.flatMap((call) => {
      const needed = call.requirement;
      if (needed === undefined || !needed.isCertain || needed.min <= 0) return [];
      if (needed.source === 'inferred' && needed.isByArgument !== true) return [];
      if (isDpcForm(call) || isRelease(call) || isRangeOfRole(context)) return [];
      const evidence = findBelow(context, call.before, needed.min);
      if (evidence === undefined) return [];
      const { arch } = context.program.settings;
      const here = say(context, evidence.levels);
      return [
        report(context, meta, {
          node: call.node,
          verdict: evidence.verdict,
          message:
            `${call.name} may be called at ${from(needed.min, arch)}${needed.because ? ` (${needed.because})` : ''}` +
            `${needed.isByArgument === true ? ' with these arguments' : ''}, but runs at ${here} here. ` +
            `It relies on not being preempted on this CPU. Raise the IRQL first, or use the form that does.`,
          trace: [
            ...traceOf(context, evidence),
            stepAt(
              context,
              call.node,
              `${call.name} at ${here}, allowed at ${from(needed.min, arch)}`,
              evidence.levels,
            ),
            ...needed.witness,
          ],
        }),
      ];
    });
  },
};

/** A role that may be entered at several levels says nothing of when this call is made: only AtDpcLevel forms need proof. */
function isRangeOfRole({ entry }: FunctionContext): boolean {
  const isRole = entry.source === 'role' || entry.source === 'registration';
  return isRole && minOf(entry.levels) !== maxOf(entry.levels);
}

/** A release below DISPATCH_LEVEL follows from its acquire, which is what gets reported. */
function isRelease(call: CallFact): boolean {
  return call.locks.some((event) => event.op === 'release');
}
