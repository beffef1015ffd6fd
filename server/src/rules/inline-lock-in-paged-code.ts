/**
 * A pageable function that calls a FORCEINLINE function which takes a spin lock and gives it back: the code under the lock is
 * expanded into the pageable section. What the function itself raises is paged-code-raises-irql's affair.
 */
import type { CallFact, LockUse } from '../analysis/facts.ts';
import { isSpinKind } from './reporting/lockKinds.ts';
import { isSectionLocked, pageSectionOf } from './reporting/pagedCode.ts';
import { report } from './reporting/report.ts';
import type { FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'inline-lock-in-paged-code',
  title: 'A spin lock is taken by an inline function inside pageable code',
  severity: 'warning',
  isOnByDefault: true,
  bugCheck: '0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL; 0xA',
  family: 'paged',
};

/** What forces the expansion; `inline` alone leaves it to the compiler. */
const FORCES = /\b(FORCEINLINE|__forceinline|CFORCEINLINE)\b/;

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    const section = pageSectionOf(context.facts.unit);
    if (section === '' || isSectionLocked(context)) return [];
    return context.facts.calls.flatMap((call) => {
      const use = spinLockOf(context, call);
      if (use === undefined) return [];
      return [
        report(context, meta, {
          node: call.node,
          verdict: 'definite',
          message:
            `${call.name} is expanded into ${context.facts.unit.name}, which is in the pageable section ${section}, and takes ` +
            `${use.lock.text} by ${use.routine}. Its code then runs at DISPATCH_LEVEL in a page that may not be in memory (bug check ` +
            `0xD1). Make ${call.name} a plain function outside of ${section}.`,
          trace: placeOf(context, use),
        }),
      ];
    });
  },
};

function spinLockOf(context: FunctionContext, call: CallFact): LockUse | undefined {
  const { callee } = call;
  const [id] = callee.kind === 'functions' && callee.isExact && callee.ids.length === 1 ? callee.ids : [];
  const unit = id === undefined ? undefined : context.program.functions[id];
  if (id === undefined || unit === undefined) return undefined;
  const headText = unit.file.text.slice(unit.head.start, unit.head.nameRange.start);
  if (!FORCES.test(headText)) return undefined;
  const uses = context.analysis.summaryOf(id).locksTaken;
  return uses.find((use) => use.function === id && isSpinKind(use.kind));
}

function placeOf(context: FunctionContext, use: LockUse) {
  const unit = context.program.functions[use.function];
  const ir = unit?.ir();
  const start = ir?.start[use.node] ?? 0;
  const range = { start, end: ir?.end[use.node] ?? start };
  return [{ file: unit?.file.path ?? '', range, message: `${use.routine} takes ${use.lock.text} here` }];
}
