/**
 * A dispatch routine marks the request pending and then returns something else than STATUS_PENDING: the I/O manager
 * completes it twice or never. Completion routines mark on behalf of a lower driver and are silent.
 */
import type { CallFact, ExitFact } from '../analysis/facts.ts';
import { NodeKind, type NodeId } from '../syntax/ir.ts';
import { isCompletionRoutine } from './reporting/dpcForms.ts';
import { parentOf, replaceNode, textOf } from './fixes/editCall.ts';
import { isAlwaysBefore } from './reporting/dominance.ts';
import { isWrittenHere, report, stepAt } from './reporting/report.ts';
import type { Finding, Fix, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'pending-without-status',
  title: 'A request is marked pending, but STATUS_PENDING is not returned',
  code: 'C28143',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: '0x44 MULTIPLE_IRP_COMPLETE_REQUESTS; Driver Verifier 0xC9/0x220',
  family: 'other',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    if (isCompletionRoutine(context) || !isDispatchRoutine(context)) return [];
    return context.facts.calls.flatMap((mark) => {
      if (mark.name !== 'IoMarkIrpPending') return [];
      return context.facts.exits.flatMap((exit) => {
        const status = isAlwaysBefore(context, mark.node, exit.node) ? otherStatus(context, exit) : undefined;
        return status === undefined ? [] : [describe(context, mark, exit, status)];
      });
    });
  },
};

function describe(context: FunctionContext, mark: CallFact, exit: ExitFact, status: string): Finding {
  const fix = returnPending(context, exit);
  return report(context, meta, {
    node: exit.node,
    verdict: 'definite',
    message:
      `The request was marked pending by IoMarkIrpPending, but ${status} is returned. The I/O manager then completes it ` +
      `twice or never (Driver Verifier 0xC9). Return STATUS_PENDING.`,
    trace: [stepAt(context, mark.node, 'marked pending'), stepAt(context, exit.node, `returns ${status}`)],
    fixes: fix === undefined ? [] : [fix],
  });
}

function isDispatchRoutine(context: FunctionContext): boolean {
  return context.program
    .rolesOf(context.facts.unit.id)
    .some((role) => role.fact.type === 'DRIVER_DISPATCH' || role.fact.type === 'DRIVER_DISPATCH_PAGED');
}

/** The status that is returned for certain and is not STATUS_PENDING: a constant, or a variable that holds one on every path. */
function otherStatus(context: FunctionContext, exit: ExitFact): string | undefined {
  const ir = context.facts.unit.ir();
  const value = ir.kind[exit.node] === NodeKind.Return ? (ir.first[exit.node] ?? -1) : -1;
  if (value < 0 || ir.kind[value] !== NodeKind.Name) return undefined;
  const text = textOf(context, value);
  if (text.startsWith('STATUS_')) return text === 'STATUS_PENDING' ? undefined : text;
  const last = lastAssigned(context, exit.node, text);
  return last === undefined || last === 'STATUS_PENDING' ? undefined : last;
}

/** The status constant that the statement right in front of the return puts into the variable. */
function lastAssigned(context: FunctionContext, exit: NodeId, name: string): string | undefined {
  const ir = context.facts.unit.ir();
  const block = parentOf(context, exit);
  let before = -1;
  for (
    let node = block === undefined ? -1 : (ir.first[block] ?? -1);
    node >= 0 && node !== exit;
    node = ir.next[node] ?? -1
  )
    before = node;
  if (before < 0 || ir.kind[before] !== NodeKind.ExprStmt) return undefined;
  return new RegExp(`^${name}\\s*=\\s*(STATUS_\\w+)\\s*;?$`).exec(textOf(context, before).trim())?.[1];
}

/** Where a constant is returned, the one edit is to return the other. */
function returnPending(context: FunctionContext, exit: ExitFact): Fix | undefined {
  const value = context.facts.unit.ir().first[exit.node] ?? -1;
  if (value < 0 || !isWrittenHere(context, value) || !textOf(context, value).startsWith('STATUS_'))
    return undefined;
  const edits = [replaceNode(context, value, 'STATUS_PENDING')];
  return { title: 'Return STATUS_PENDING', edits, isPreferred: false };
}
