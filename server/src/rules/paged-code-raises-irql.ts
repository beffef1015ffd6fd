/**
 * A function in a pageable section that raises the IRQL or takes a spin lock: its own next instruction may page-fault at
 * DISPATCH_LEVEL.
 */
import type { CallFact } from '../analysis/facts.ts';
import { atMost, DISPATCH_LEVEL } from '../protocol/irqlLevels.ts';
import { isFeasible } from './reporting/evidence.ts';
import { isSectionLocked, pageSectionOf } from './reporting/pagedCode.ts';
import { report, stepAt } from './reporting/report.ts';
import type { FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'paged-code-raises-irql',
  title: 'Pageable code raises the IRQL to DISPATCH_LEVEL',
  severity: 'warning',
  isOnByDefault: true,
  bugCheck: '0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL; 0xA',
  family: 'paged',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    const section = pageSectionOf(context.facts.unit);
    if (section === '' || isSectionLocked(context)) return [];
    const raise = context.facts.calls.find((call) => raisesToDispatch(context, call));
    if (raise === undefined) return [];
    return [
      report(context, meta, {
        node: raise.node,
        verdict: 'definite',
        message:
          `${raise.name} raises the IRQL to DISPATCH_LEVEL in ${context.facts.unit.name}, which is in the pageable section ` +
          `${section}. When the page is not in memory, the next instruction is bug check 0xD1. Move the part under the ` +
          `raised IRQL to a function outside of ${section}.`,
        trace: [stepAt(context, raise.node, `${raise.name} raises the IRQL inside pageable code`)],
      }),
    ];
  },
};

/** The routine itself raises and leaves the level raised: what a callee raises and restores inside is its own affair. */
function raisesToDispatch(context: FunctionContext, call: CallFact): boolean {
  return call.after.some(
    (state) =>
      state.irqlSetBy === call.node &&
      !state.isEntryIrql &&
      state.irql !== 0 &&
      atMost(state.irql, DISPATCH_LEVEL - 1) === 0 &&
      isFeasible(state, context.entry),
  );
}
