/**
 * A function whose IRQL contract the inference proves and whose head does not say it. A hint with the fix that writes it;
 * callbacks get theirs from their role type and are left out.
 */
import { annotate } from './fixes/annotate.ts';
import { suggestAnnotation } from '../analysis/summary/suggestAnnotation.ts';
import { report } from './reporting/report.ts';
import type { FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'annotation-missing',
  title: 'A function lacks the IRQL annotation that its body proves',
  code: 'C28167',
  severity: 'hint',
  isOnByDefault: false,
  family: 'annotation',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    const { unit } = context.facts;
    const writing = annotate(context.program, context.analysis, unit.id);
    const text =
      writing?.text ?? suggestAnnotation(context.program, context.analysis, unit.id)?.replaceAll('\n', ' ');
    if (text === undefined) return [];
    return [
      {
        ...report(context, meta, {
          node: 0,
          verdict: 'definite',
          message:
            `${unit.name} has no IRQL annotation, and its body proves one: ${text}. Without it, a caller ` +
            `at the wrong level is found only by reading this body. Write it on the head and on the declaration.`,
          fixes:
            writing === undefined
              ? []
              : [{ title: `Annotate: ${text}`, edits: writing.edits, isPreferred: true }],
        }),
        range: unit.head.nameRange,
      },
    ];
  },
};
