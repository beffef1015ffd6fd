/**
 * PAGED_CODE() in a function that is in no pageable section: it claims what the linker does not do. Harmless; off by default.
 */
import { pagedCodeMarks, pageSectionOf } from './reporting/pagedCode.ts';
import { report } from './reporting/report.ts';
import type { FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'paged-code-unsectioned',
  title: 'PAGED_CODE in a function that is in no pageable section',
  code: 'C28172',
  severity: 'information',
  isOnByDefault: false,
  family: 'paged',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    const [mark] = pagedCodeMarks(context);
    const { unit } = context.facts;
    if (mark === undefined || pageSectionOf(unit) !== '' || unit.head.codeSegment !== '') return [];
    return [
      report(context, meta, {
        node: mark.node,
        verdict: 'definite',
        message:
          `${unit.name} says PAGED_CODE but is in no pageable section, so it never leaves memory. ` +
          `Add #pragma alloc_text(PAGE, ${unit.name}), or keep it and ignore this.`,
      }),
    ];
  },
};
