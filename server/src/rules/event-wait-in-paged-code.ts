/**
 * KeSetEvent, KeReleaseMutex or KeReleaseSemaphore with Wait = TRUE in pageable code: the call returns at a raised IRQL, and
 * the instructions up to the wait may page-fault. With the fix that passes FALSE.
 */
import { argumentsOf, replaceNode } from './fixes/editCall.ts';
import { isSectionLocked, pageSectionOf } from './reporting/pagedCode.ts';
import { isWrittenHere, report } from './reporting/report.ts';
import type { FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'event-wait-in-paged-code',
  title: 'A signal with Wait = TRUE in pageable code',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: '0xA IRQL_NOT_LESS_OR_EQUAL; 0xD1',
  family: 'paged',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    const section = pageSectionOf(context.facts.unit);
    if (section === '' || isSectionLocked(context)) return [];
    return context.facts.calls.flatMap((call) => {
      const effect = call.callee.kind === 'ddi' ? call.callee.effect : undefined;
      const isRaising = effect?.exitWhen.some(({ exit }) => exit?.kind === 'raisedUntilNextWait') === true;
      const index = isRaising ? effect.waitArg : undefined;
      const wait = call.args[index ?? -1];
      if (index === undefined || wait?.constant !== 1) return [];
      const node = argumentsOf(context, call.node)[index] ?? -1;
      const fixes =
        node >= 0 && isWrittenHere(context, node)
          ? [
              {
                title: 'Pass FALSE for Wait',
                edits: [replaceNode(context, node, 'FALSE')],
                isPreferred: true,
              },
            ]
          : [];
      return [
        report(context, meta, {
          node: call.node,
          verdict: 'definite',
          message:
            `${call.name} with Wait = TRUE returns at DISPATCH_LEVEL, and ${context.facts.unit.name} is in the pageable section ` +
            `${section}: when the page is not in memory, the code up to the wait is bug check 0xA. Pass FALSE.`,
          fixes,
        }),
      ];
    });
  },
};
