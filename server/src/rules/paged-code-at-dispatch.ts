/**
 * A pageable function (PAGE section or PAGED_CODE) for which there is evidence that it is entered at DISPATCH_LEVEL or
 * above: a caller that is there, or a role that really runs there.
 */
import { atLeast, DISPATCH_LEVEL } from '../protocol/irqlLevels.ts';
import { isSectionLocked, pagedCodeMarks, pageSectionOf } from './reporting/pagedCode.ts';
import { report, say } from './reporting/report.ts';
import type { FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'paged-code-at-dispatch',
  title: 'Pageable code is entered at DISPATCH_LEVEL or above',
  code: 'C28118',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: '0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL; 0xA',
  family: 'paged',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    const section = pageSectionOf(context.facts.unit);
    const [mark] = pagedCodeMarks(context);
    if ((section === '' && mark === undefined) || isSectionLocked(context)) return [];
    const high = context.entry.isKnown ? atLeast(context.entry.proven, DISPATCH_LEVEL) : 0;
    if (high === 0) return [];
    const why = [...context.entry.why].find(([level]) => level >= DISPATCH_LEVEL)?.[1] ?? [];
    const unit = context.facts.unit;
    return [
      {
        ...report(context, meta, {
          node: mark?.node ?? 0,
          verdict: 'definite',
          message:
            `${unit.name} is pageable (${section === '' ? 'PAGED_CODE' : `section ${section}`}), but it is entered at ` +
            `${say(context, high)}. When the page is not in memory this is bug check 0xD1. Call it at APC_LEVEL or below, or ` +
            `take it out of the pageable section.`,
          trace: why,
        }),
        ...(mark === undefined ? { range: unit.head.nameRange } : {}),
      },
    ];
  },
};
