/**
 * The seed's third rule: `if (KeGetCurrentIrql() < DISPATCH_LEVEL) KeAcquireSpinLock(..) else ..AtDpcLevel(..)` reads the
 * IRQL twice below DISPATCH_LEVEL. A hint that states the trade; where the level is known, the branch is needless.
 */
import type { BodyFacts, CallFact } from '../analysis/facts.ts';
import { NodeKind, type NodeId } from '../syntax/ir.ts';
import { DISPATCH_LEVEL, maxOf, minOf } from '../protocol/irqlLevels.ts';
import { isDpcForm } from './reporting/dpcForms.ts';
import { levelsOfStates } from './reporting/evidence.ts';
import { collapseBranch } from './fixes/collapseBranch.ts';
import { parentOf } from './fixes/editCall.ts';
import { report, say, stepAt } from './reporting/report.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'double-irql-read',
  title: 'The IRQL is read to choose a lock form, and read again by the lock',
  severity: 'hint',
  isOnByDefault: true,
  family: 'seed',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    return context.facts.irqlReads.flatMap((read) => {
      const branch =
        findBranch(context.facts, read.comparedBy >= 0 ? read.comparedBy : read.node) ??
        findBranchOnVariable(context, read.node);
      if (branch === undefined) return [];
      const raising = acquiresIn(context, branch).find(
        (call) => call.locks[0]?.effect?.exit.kind === 'level',
      );
      const cheap = acquiresIn(context, branch).find(isDpcForm);
      if (raising === undefined || cheap === undefined || !areSameLock(raising, cheap)) return [];
      return [describe(context, read.node, branch, raising, cheap)];
    });
  },
};

/** The `if` whose condition holds the node. */
function findBranch(facts: BodyFacts, node: NodeId): NodeId | undefined {
  const ir = facts.unit.ir();
  const at = ir.start[node] ?? 0;
  for (let candidate = 0; candidate < ir.nodeCount; candidate++) {
    if (ir.kind[candidate] !== NodeKind.If) continue;
    const condition = ir.first[candidate] ?? -1;
    if (condition >= 0 && (ir.start[condition] ?? 0) <= at && at < (ir.end[condition] ?? 0)) return candidate;
  }
  return undefined;
}

/** The first `if` behind the read whose condition names the variable that it was stored in. */
function findBranchOnVariable(context: FunctionContext, read: NodeId): NodeId | undefined {
  const ir = context.facts.unit.ir();
  const parent = parentOf(context, read) ?? -1;
  const target = ir.kind[parent] === NodeKind.Assign ? (ir.first[parent] ?? -1) : parent;
  if (ir.kind[target] !== NodeKind.Decl && ir.kind[target] !== NodeKind.Name) return undefined;
  const at = ir.end[read] ?? 0;
  for (let node = 0; node < ir.nodeCount; node++) {
    if (ir.kind[node] !== NodeKind.Name || ir.atom[node] !== ir.atom[target] || (ir.start[node] ?? 0) < at)
      continue;
    const branch = findBranch(context.facts, node);
    if (branch !== undefined) return branch;
  }
  return undefined;
}

function acquiresIn(context: FunctionContext, branch: NodeId): CallFact[] {
  const ir = context.facts.unit.ir();
  const start = ir.start[branch] ?? 0;
  const end = ir.end[branch] ?? 0;
  return context.facts.calls.filter((call) => {
    const at = ir.start[call.node] ?? 0;
    return at >= start && at < end && call.locks[0]?.op === 'acquire';
  });
}

function areSameLock(a: CallFact, b: CallFact): boolean {
  return a.locks[0]?.lock.path === b.locks[0]?.lock.path;
}

function describe(
  context: FunctionContext,
  read: NodeId,
  branch: NodeId,
  raising: CallFact,
  cheap: CallFact,
): Finding {
  const known = context.entry.isKnown ? levelsOfStates(statesBefore(context, branch), context.entry) : 0;
  const advice = decideAdvice(context, known, raising.name, cheap.name);
  const fix = isInBranch(context, read, branch) ? collapseBranch(context, branch, raising) : undefined;
  return report(context, meta, {
    fixes: fix === undefined ? [] : [fix],
    node: read,
    verdict: 'definite',
    message:
      `Below DISPATCH_LEVEL the IRQL is read twice: here, and again inside ${raising.name}. That is one more read below ` +
      `DISPATCH_LEVEL against two writes saved at it; it pays when more than about a fifth of the calls come at ` +
      `DISPATCH_LEVEL. ${advice}`,
    trace: [
      stepAt(context, read, 'first read of the IRQL'),
      stepAt(context, raising.node, `${raising.name} reads it again`),
    ],
  });
}

/** The read stands in the condition itself and goes with it; one that is stored first may be used elsewhere. */
function isInBranch(context: FunctionContext, read: NodeId, branch: NodeId): boolean {
  const ir = context.facts.unit.ir();
  return (ir.start[read] ?? 0) >= (ir.start[branch] ?? 0);
}

function decideAdvice(context: FunctionContext, known: number, raising: string, cheap: string): string {
  if (known !== 0 && minOf(known) >= DISPATCH_LEVEL)
    return `Here the IRQL is always ${say(context, known)}: ${cheap} alone would do.`;
  if (known !== 0 && maxOf(known) < DISPATCH_LEVEL)
    return `Here the IRQL is always ${say(context, known)}: ${raising} alone would do.`;
  return `Where the callers know their level, let them say it: two functions, or ${raising} alone.`;
}

function statesBefore(context: FunctionContext, node: NodeId) {
  return context.facts.statements.find((statement) => statement.node === node)?.states ?? [];
}
