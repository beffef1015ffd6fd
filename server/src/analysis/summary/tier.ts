/**
 * How much work a body deserves: `trivial` when nothing in it can change the IRQL or a lock and no call needs a bounded
 * level, `light` when only requirements matter, `full` else. It looks at callees, not at control flow.
 */
import type { LockEffect } from '../../ddi/ddiFacts.ts';
import type { FunctionSummary } from '../facts.ts';
import type { Callee, FunctionId } from '../program.ts';
import type { CallTable } from './callTable.ts';

/** See the header. */
export type Tier = 'trivial' | 'light' | 'full';

/** Operations that leave IRQL and locks as they are once the call has returned. */
const HARMLESS: ReadonlySet<LockEffect['op']> = new Set(['signal', 'synchronize', 'transfer', 'wait']);

/** The least tier that loses nothing for a body with these calls. `needsLevel`: some call is bounded below DISPATCH_LEVEL or above PASSIVE_LEVEL. */
export function tierOf(
  table: CallTable,
  summaryOf: (id: FunctionId) => FunctionSummary | undefined,
  hasEntryFacts: boolean,
): Tier {
  let tier: Tier = hasEntryFacts ? 'light' : 'trivial';
  const guards = [...table.guards.values()].map(({ constructors, destructors }): Callee => ({
    kind: 'functions',
    ids: [...constructors, ...destructors],
    isExact: true,
  }));
  for (const callee of [...guards, ...table.callees.values()]) {
    const needed = tierOfCallee(callee, summaryOf);
    if (needed === 'full') return 'full';
    if (needed === 'light') tier = 'light';
  }
  return tier;
}

function tierOfCallee(callee: Callee, summaryOf: (id: FunctionId) => FunctionSummary | undefined): Tier {
  if (callee.kind === 'ddi') {
    const { effect, fact } = callee;
    if (effect !== undefined && !isHarmless(effect)) return 'full';
    const isBounded = (levels: number | null | undefined): boolean =>
      levels !== null && levels !== undefined && (levels & 7) !== 7;
    const isConditional = (fact?.conditions.length ?? 0) > 0 || (effect?.requiresWhen.length ?? 0) > 0;
    return isConditional || isBounded(fact?.levels) || isBounded(effect?.levels) ? 'light' : 'trivial';
  }
  if (callee.kind === 'declared') {
    const { summary, contract } = callee.declared;
    const needed = tierOfSummary(summary);
    return needed === 'trivial' && contract.clauses.some(({ when }) => when.length > 0) ? 'light' : needed;
  }
  if (callee.kind !== 'functions') return 'trivial';
  let tier: Tier = 'trivial';
  for (const id of callee.ids) {
    const needed = tierOfSummary(summaryOf(id));
    if (needed === 'full') return 'full';
    if (needed === 'light') tier = 'light';
  }
  return tier;
}

function tierOfSummary(summary: FunctionSummary | undefined): Tier {
  if (summary === undefined || summary.isGivenUp === true || !isPlain(summary)) return 'full';
  const { requires, requiresWhen } = summary;
  return requires.max < 2 || requires.min > 0 || requiresWhen !== undefined ? 'light' : 'trivial';
}

function isHarmless(effect: LockEffect): boolean {
  return HARMLESS.has(effect.op) || (effect.op === 'assert' && effect.levels !== 0);
}

/** Whether a call leaves everything as it was, whatever it returns. */
function isPlain({ cases, locksTaken }: FunctionSummary): boolean {
  const [only] = cases;
  return (
    locksTaken.length === 0 &&
    cases.length === 1 &&
    only?.isEntryIrql === true &&
    only.acquired.length === 0 &&
    only.released.length === 0 &&
    only.saved.size === 0 &&
    only.regions.critical === 0 &&
    only.regions.guarded === 0
  );
}
