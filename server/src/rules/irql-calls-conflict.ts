/**
 * Two calls on one path that no IRQL suits both: one needs DISPATCH_LEVEL, the other allows less, and nothing between them
 * changes the level. Only where the level at entry is not known; else the call that is wrong is named by itself.
 */
import type { CallFact } from '../analysis/facts.ts';
import { highLevel, intersect, range, type IrqlSet } from '../protocol/irqlLevels.ts';
import { isFeasible } from './reporting/evidence.ts';
import { isAlwaysBefore } from './reporting/dominance.ts';
import { between } from './reporting/levelWords.ts';
import { report, stepAt } from './reporting/report.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'irql-calls-conflict',
  title: 'Two calls on one path need different IRQLs',
  code: 'C28123',
  severity: 'warning',
  isOnByDefault: true,
  bugCheck: '0xA IRQL_NOT_LESS_OR_EQUAL; 0xD1; 0x133 DPC_WATCHDOG_VIOLATION',
  family: 'level',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    if (context.entry.isKnown || context.facts.isImprecise) return [];
    const bounded = context.facts.calls.filter((call) => isBoundAtEntryLevel(context, call));
    return bounded.flatMap((call) => {
      // A release follows from its acquire.
      if (call.locks.some(({ op }) => op === 'release')) return [];
      const earlier = bounded.find(
        (other) => conflict(context, other, call) && isAlwaysBefore(context, other.node, call.node),
      );
      return earlier === undefined ? [] : [describe(context, earlier, call)];
    });
  },
};

/** The call needs certain levels, and on every path to it the level is still the one at entry. */
function isBoundAtEntryLevel(context: FunctionContext, call: CallFact): boolean {
  const needed = call.requirement;
  if (needed === undefined || needed.source === 'inferred' || !needed.isCertain) return false;
  const states = call.before.filter((state) => isFeasible(state, context.entry));
  return (
    states.length > 0 &&
    states.every((state) => state.isEntryIrql && !state.isImprecise && state.assumptions.length === 0)
  );
}

function levelsFor({ requirement }: CallFact): IrqlSet {
  return range(requirement?.min ?? 0, requirement?.max ?? 31);
}

function conflict(context: FunctionContext, earlier: CallFact, call: CallFact): boolean {
  const levels = levelsFor(earlier);
  if (earlier === call || intersect(levels, levelsFor(call)) !== 0) return false;
  // The code may have asked for the level in between.
  return call.before.some(
    (state) => isFeasible(state, context.entry) && intersect(state.entry, levels) !== 0,
  );
}

function describe(context: FunctionContext, earlier: CallFact, call: CallFact): Finding {
  const { arch } = context.program.settings;
  const words = ({ requirement }: CallFact): string =>
    between(requirement?.min ?? 0, requirement?.max ?? highLevel(arch), arch);
  const isTooLow = (call.requirement?.min ?? 0) > (earlier.requirement?.max ?? 31);
  return report(context, meta, {
    node: call.node,
    verdict: 'definite',
    code: isTooLow ? 'C28122' : 'C28123',
    message:
      `${call.name} may be called at ${words(call)}, ${earlier.name} before it at ${words(earlier)}, and nothing between them ` +
      `changes the IRQL: at every level one of the two calls is wrong. Change the level between them, or move one of them.`,
    trace: [
      stepAt(context, earlier.node, `${earlier.name}: ${words(earlier)}`),
      stepAt(context, call.node, `${call.name}: ${words(call)}`),
    ],
  });
}
