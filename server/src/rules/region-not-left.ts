/**
 * A critical or guarded region that a function enters and does not leave on one path, or leaves without having entered it,
 * while its other paths are balanced. A function that only enters, or only leaves, is one half of a pair and silent.
 */
import type { ExitFact, PathState } from '../analysis/facts.ts';
import { isFeasible } from './reporting/evidence.ts';
import { outcomeOf } from './reporting/exitOutcome.ts';
import { report } from './reporting/report.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'region-not-left',
  title: 'A critical or guarded region is not left on every path',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: '0x1 APC_INDEX_MISMATCH; 0x20 KERNEL_APC_PENDING_DURING_EXIT',
  family: 'other',
};

type Region = 'critical' | 'guarded';

const CALLS: Readonly<Record<Region, readonly [enter: string, leave: string]>> = {
  critical: ['KeEnterCriticalRegion', 'KeLeaveCriticalRegion'],
  guarded: ['KeEnterGuardedRegion', 'KeLeaveGuardedRegion'],
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    if (context.facts.isImprecise) return [];
    return [...checkRegion(context, 'critical'), ...checkRegion(context, 'guarded')];
  },
};

function checkRegion(context: FunctionContext, region: Region): Finding[] {
  const { calls, exits } = context.facts;
  // Only what this body does itself and completely: half of a pair leaves the rest to others.
  const does = (op: string): boolean =>
    calls.some(
      ({ callee }) =>
        callee.kind === 'ddi' && callee.effect?.op === op && callee.effect.lockKind === `${region}Region`,
    );
  if (!does('enter') || !does('leave')) return [];
  const depths = exits.map((exit) => depthsAt(context, exit, region));
  if (depths.some((found) => found === undefined) || !depths.some((found) => found?.has(0) === true))
    return [];
  if (isToldByResult(context, depths)) return [];
  return exits.flatMap((exit, i) => {
    const [wrong] = [...(depths[i] ?? [])].filter((depth) => depth !== 0);
    return wrong === undefined ? [] : [describe(context, exit, region, wrong)];
  });
}

/** "TRUE: you are inside now": every failure is outside, and everything else inside. */
function isToldByResult(
  context: FunctionContext,
  depths: readonly (ReadonlySet<number> | undefined)[],
): boolean {
  return context.facts.exits.every((exit, i) => {
    const isOutside = depths[i]?.has(0) === true && depths[i].size === 1;
    const isInside = depths[i]?.has(1) === true && depths[i].size === 1;
    return outcomeOf(context, exit) === 'failure' ? isOutside : isInside;
  });
}

/** How deep in the region the paths to this return are, counted from the entry; undefined where a path is not certain. */
function depthsAt(context: FunctionContext, exit: ExitFact, region: Region): Set<number> | undefined {
  const feasible = exit.states.filter((state) => isFeasible(state, context.entry));
  if (feasible.some((state) => !isSure(state))) return undefined;
  return new Set(feasible.map(({ regions }) => regions[region]));
}

/** A held lock may have brought its region along. */
function isSure({ isImprecise, assumptions, held }: PathState): boolean {
  return !isImprecise && assumptions.length === 0 && held.length === 0;
}

function describe(context: FunctionContext, exit: ExitFact, region: Region, depth: number): Finding {
  const [enter, leave] = CALLS[region];
  const message =
    depth > 0
      ? `The ${region} region that ${enter} entered is not left on this path. The thread goes on with APCs disabled, and the ` +
        `system stops it when it returns to user mode (bug check 0x1). Call ${leave} before this return.`
      : `${leave} leaves the ${region} region more often than it was entered on this path. The caller's own region ends too ` +
        `early (bug check 0x1). Call it once for each ${enter}.`;
  return report(context, meta, { node: exit.node, verdict: 'definite', message });
}
