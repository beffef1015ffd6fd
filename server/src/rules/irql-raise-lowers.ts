/**
 * KeRaiseIrql to a level below the current one, or KeLowerIrql to one above it. The free build checks neither: it just
 * sets the level.
 */
import type { CallFact } from '../analysis/facts.ts';
import { levelName } from '../protocol/irqlLevels.ts';
import { findAbove, findBelow, type Evidence } from './reporting/evidence.ts';
import { report, say, stepAt, traceOf } from './reporting/report.ts';
import type { FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'irql-raise-lowers',
  title: 'KeRaiseIrql lowers the IRQL, or KeLowerIrql raises it',
  code: 'C28141',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: 'Driver Verifier 0xC4/0x30, 0x31; 0x9 IRQL_NOT_GREATER_OR_EQUAL',
  family: 'level',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    return context.facts.calls.flatMap((call) => {
      const effect = call.callee.kind === 'ddi' ? call.callee.effect : undefined;
      const argument = call.args[effect?.levelArg ?? effect?.irqlInArg ?? -1];
      const level = argument !== undefined && isWritten(argument.text) ? argument.constant : undefined;
      if (level === undefined || effect === undefined || effect.lockKind !== undefined) return [];
      const evidence =
        effect.op === 'raise'
          ? findAbove(context, call.before, level)
          : effect.op === 'lower'
            ? findBelow(context, call.before, level)
            : undefined;
      return evidence === undefined ? [] : [describe(context, call, level, evidence, effect.op === 'raise')];
    });
  },
};

/** A level that the source names; what a variable holds was saved somewhere and is judged there. */
function isWritten(text: string): boolean {
  return /^[A-Z0-9_]+$/.test(text);
}

function describe(
  context: FunctionContext,
  call: CallFact,
  level: number,
  evidence: Evidence,
  isRaise: boolean,
) {
  const target = levelName(level, context.program.settings.arch);
  const here = say(context, evidence.levels);
  const what = isRaise
    ? `${call.name} to ${target} lowers the IRQL: it is ${here} here. Whoever raised it relies on it (Driver Verifier 0xC4/0x30).`
    : `${call.name} to ${target} raises the IRQL: it is ${here} here (Driver Verifier 0xC4/0x31).`;
  return report(context, meta, {
    node: call.node,
    verdict: evidence.verdict,
    message: `${what} ${isRaise ? 'Raise only from a level that is not higher.' : 'Lower only to the level that the raise saved.'}`,
    trace: [
      ...traceOf(context, evidence),
      stepAt(context, call.node, `${call.name}(${target}) at ${here}`, evidence.levels),
    ],
    bugCheck: `Driver Verifier 0xC4/${isRaise ? '0x30' : '0x31'}; 0x9 IRQL_NOT_GREATER_OR_EQUAL`,
  });
}
