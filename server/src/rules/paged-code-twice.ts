/**
 * PAGED_CODE() twice in one function: the second says nothing new, and often a copied block was meant for another function.
 */
import { pagedCodeMarks } from './reporting/pagedCode.ts';
import { replaceNode } from './fixes/editCall.ts';
import { isWrittenHere, report, stepAt } from './reporting/report.ts';
import type { FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'paged-code-twice',
  title: 'PAGED_CODE stands twice in one function',
  code: 'C28171',
  severity: 'hint',
  isOnByDefault: true,
  family: 'paged',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    const [first, ...others] = pagedCodeMarks(context);
    if (first === undefined) return [];
    return others.map((mark) =>
      report(context, meta, {
        node: mark.node,
        verdict: 'definite',
        message: `PAGED_CODE stands in ${context.facts.unit.name} already. One at the top is enough: remove this one.`,
        trace: [stepAt(context, first.node, 'the first PAGED_CODE')],
        fixes: isWrittenHere(context, mark.node)
          ? [
              {
                title: 'Remove this PAGED_CODE',
                edits: [replaceNode(context, mark.node, '')],
                isPreferred: true,
              },
            ]
          : [],
      }),
    );
  },
};
