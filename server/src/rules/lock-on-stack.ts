/**
 * A spin lock that is a local variable: no other code can name it, unless its address is handed out, and then it dies with
 * the function. Information only: a lock for an ExInterlocked list of the same function is legal.
 */
import { NodeFlag, NodeKind } from '../syntax/ir.ts';
import { nameOf, nodesOfKind } from './reporting/nodes.ts';
import { report } from './reporting/report.ts';
import type { FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'lock-on-stack',
  title: 'A spin lock lies on the stack',
  severity: 'information',
  isOnByDefault: true,
  bugCheck: 'Driver Verifier 0xC4/0xDF',
  family: 'lock',
};

/** Types of spin locks; queue handles belong on the stack. */
const SPIN_TYPES: ReadonlySet<string> = new Set(['KSPIN_LOCK', 'EX_SPIN_LOCK', 'NDIS_SPIN_LOCK']);

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    const { atoms } = context.program;
    const ir = context.facts.unit.ir();
    return nodesOfKind(context, NodeKind.Decl).flatMap((node) => {
      const type = atoms.text(ir.aux[node] ?? 0);
      const isOther = ((ir.flags[node] ?? 0) & (NodeFlag.Pointer | NodeFlag.Static)) !== 0;
      if (isOther || !SPIN_TYPES.has(type)) return [];
      const name = nameOf(context, node);
      return [
        report(context, meta, {
          node,
          verdict: 'definite',
          message:
            `${name} is a ${type} on the stack. Each call of ${context.facts.unit.name} has a lock of its own, which guards nothing ` +
            `that others share; and code that still has its address after the return corrupts the stack. Keep the lock beside the ` +
            `data it guards, in non-paged memory.`,
        }),
      ];
    });
  },
};
