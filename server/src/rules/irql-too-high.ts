/**
 * A call at a level above what the routine allows. The burden of proof is the tool's: it reports on evidence of the high
 * level (a raise, a held lock, a role that is really there, a caller that is there), never because a range reaches up.
 * PAGED_CODE has a rule of its own.
 */
import type { CallFact } from '../analysis/facts.ts';
import { levelName } from '../protocol/irqlLevels.ts';
import { findAbove, type Evidence } from './reporting/evidence.ts';
import { report, say, stepAt, traceOf } from './reporting/report.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'irql-too-high',
  title: 'A routine is called at a higher IRQL than it allows',
  code: 'C28121',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: '0xA IRQL_NOT_LESS_OR_EQUAL; 0xD1; Driver Verifier 0xC4',
  family: 'level',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    return context.facts.calls.flatMap((call) => {
      const needed = call.requirement;
      if (needed === undefined || !needed.isCertain) return [];
      if (needed.source === 'inferred' && needed.isByArgument !== true) return [];
      if (call.name === 'PAGED_CODE' || isOutOfOrder(call)) return [];
      const evidence = findAbove(context, call.before, needed.max);
      return evidence === undefined ? [] : [describe(context, call, evidence)];
    });
  },
};

/** One StorPort lock under another has a rule of its own. */
function isOutOfOrder({ callee, before }: CallFact): boolean {
  if (callee.kind !== 'ddi' || callee.effect?.lockOrder === undefined) return false;
  const { lockKind } = callee.effect;
  return before.some(({ held }) => held.some(({ kind }) => kind === lockKind));
}

function describe(context: FunctionContext, call: CallFact, evidence: Evidence): Finding {
  const needed = call.requirement;
  const max = levelName(needed?.max ?? 0, context.program.settings.arch);
  const here = say(context, evidence.levels);
  const condition = needed?.because ? ` (${needed.because})` : '';
  const withArguments = needed?.isByArgument === true ? ' with these arguments' : '';
  return report(context, meta, {
    node: call.node,
    verdict: evidence.verdict,
    message:
      `${call.name} may be called at IRQL <= ${max}${condition}${withArguments}, but runs at ${here} here. ` +
      [consequence(call), remedy(evidence, max)].join(' '),
    trace: [
      ...traceOf(context, evidence),
      stepAt(context, call.node, `${call.name} at ${here}, allowed up to ${max}`, evidence.levels),
      ...(needed?.witness ?? []),
    ],
  });
}

function consequence(call: CallFact): string {
  const effect = call.callee.kind === 'ddi' ? call.callee.effect : undefined;
  if (effect?.blocks) return 'Waiting at DISPATCH_LEVEL or above is bug check 0xB8.';
  return 'A page fault or a wait inside it is bug check 0xA or 0xD1.';
}

function remedy(evidence: Evidence, max: string): string {
  const outer = evidence.state.held.find((held) => held.node === evidence.state.irqlSetBy);
  if (!evidence.isEntryLevel && outer !== undefined)
    return `Call it before ${outer.via} or after the release of ${outer.lock.text}.`;
  if (!evidence.isEntryLevel) return 'Lower the IRQL first, or move the call.';
  return `Move it to code at ${max} or below, for example a work item.`;
}
