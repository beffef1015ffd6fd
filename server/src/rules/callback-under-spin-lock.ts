/**
 * A call through a function pointer while a spin lock is held: whoever is called may want the same lock. Off by default: many
 * drivers document their callbacks to run under the lock.
 */
import { NodeKind, type NodeId } from '../syntax/ir.ts';
import { textOf } from './fixes/editCall.ts';
import { createTypeReader, nameOf, structNameOf } from './reporting/nodes.ts';
import { acquiredStep, report, stepAt } from './reporting/report.ts';
import { spinLockOnEveryPath } from './reporting/spinLockHeld.ts';
import type { FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'callback-under-spin-lock',
  title: 'A callback is called while a spin lock is held',
  severity: 'information',
  isOnByDefault: false,
  bugCheck: '0x133 DPC_WATCHDOG_VIOLATION',
  family: 'underLock',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    if (context.facts.isImprecise) return [];
    const ir = context.facts.unit.ir();
    const typeOf = createTypeReader(context);
    return context.facts.calls.flatMap((call) => {
      const callee = ir.first[call.node] ?? -1;
      const isPointer = ir.kind[callee] === NodeKind.Unary || isDeclaredField(context, callee, typeOf);
      const held =
        isPointer && call.locks.length === 0 ? spinLockOnEveryPath(context, call.before) : undefined;
      if (held === undefined) return [];
      const name = textOf(context, callee);
      return [
        report(context, meta, {
          node: call.node,
          verdict: 'possible',
          message:
            `${name} is called while ${held.lock.text} is held. What runs there is at DISPATCH_LEVEL without knowing it, and may come ` +
            `back for the lock (bug check 0x133). Release ${held.lock.text} first, or document that the callback runs under it.`,
          trace: [acquiredStep(context, held), stepAt(context, call.node, `calls ${name}`)],
        }),
      ];
    });
  },
};

/** A field of a struct of the workspace: a member that is none is a method. */
function isDeclaredField(context: FunctionContext, node: NodeId, typeOf: (node: NodeId) => string): boolean {
  const { program, facts } = context;
  const ir = facts.unit.ir();
  if (ir.kind[node] !== NodeKind.Member) return false;
  const struct = structNameOf(context, typeOf(ir.first[node] ?? -1));
  return (
    struct !== '' &&
    program.types.fieldType(facts.unit.file.project, struct, nameOf(context, node)) !== undefined
  );
}
