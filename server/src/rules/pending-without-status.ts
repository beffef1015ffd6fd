/**
 * A dispatch routine marks the request pending and then returns something else than STATUS_PENDING: the I/O manager
 * completes it twice or never. Completion routines mark on behalf of a lower driver and are silent.
 */
import type { CallFact, ExitFact } from '../analysis/facts.ts';
import { NodeKind } from '../syntax/ir.ts';
import { isCompletionRoutine } from './reporting/dpcForms.ts';
import { report, stepAt } from './reporting/report.ts';
import type { FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

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
      const exit = nextReturn(context, mark);
      const status = exit === undefined ? undefined : constantStatus(context, exit);
      if (exit === undefined || status === undefined || status === 'STATUS_PENDING') return [];
      return [
        report(context, meta, {
          node: exit.node,
          verdict: 'definite',
          message:
            `The request was marked pending by IoMarkIrpPending, but ${status} is returned. The I/O manager then completes it ` +
            `twice or never (Driver Verifier 0xC9). Return STATUS_PENDING.`,
          trace: [
            stepAt(context, mark.node, 'marked pending'),
            stepAt(context, exit.node, `returns ${status}`),
          ],
        }),
      ];
    });
  },
};

function isDispatchRoutine(context: FunctionContext): boolean {
  return context.program
    .rolesOf(context.facts.unit.id)
    .some((role) => role.fact.type === 'DRIVER_DISPATCH' || role.fact.type === 'DRIVER_DISPATCH_PAGED');
}

/** The return that follows in the same block as the mark, so that no other path can reach it without the mark. */
function nextReturn(context: FunctionContext, mark: CallFact): ExitFact | undefined {
  const ir = context.facts.unit.ir();
  for (let block = 0; block < ir.nodeCount; block++) {
    if (ir.kind[block] !== NodeKind.Block) continue;
    let isAfter = false;
    for (let node = ir.first[block] ?? -1; node >= 0; node = ir.next[node] ?? -1) {
      if (isAfter && ir.kind[node] === NodeKind.Return)
        return context.facts.exits.find((exit) => exit.node === node);
      if (isAfter && ir.kind[node] === NodeKind.Label) break;
      isAfter ||= ir.kind[node] === NodeKind.ExprStmt && ir.first[node] === mark.node;
    }
  }
  return undefined;
}

function constantStatus(context: FunctionContext, exit: ExitFact): string | undefined {
  const { unit } = context.facts;
  const ir = unit.ir();
  const value = ir.first[exit.node] ?? -1;
  if (value < 0 || ir.kind[value] !== NodeKind.Name) return undefined;
  const text = unit.file.text.slice(ir.start[value], ir.end[value]);
  return text.startsWith('STATUS_') ? text : undefined;
}
