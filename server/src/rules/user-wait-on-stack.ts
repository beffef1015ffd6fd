/**
 * A wait in UserMode on an object that lies on this kernel stack: in UserMode waits the stack may be paged out.
 */
import { textOf } from './fixes/editCall.ts';
import { report } from './reporting/report.ts';
import { NodeKind } from '../syntax/ir.ts';
import type { FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'user-wait-on-stack',
  title: 'A UserMode wait on an object on the stack',
  code: 'C28135',
  severity: 'warning',
  isOnByDefault: true,
  bugCheck: '0xA IRQL_NOT_LESS_OR_EQUAL',
  family: 'other',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    return context.facts.calls.flatMap((call) => {
      const [object, , mode] = call.args;
      if (call.name !== 'KeWaitForSingleObject' || mode?.text !== 'UserMode' || !object?.isAddressOf)
        return [];
      if (!isOwnLocal(context, object.path)) return [];
      return [
        report(context, meta, {
          node: call.node,
          verdict: 'definite',
          message:
            `${textOf(context, object.node).replace(/^&\s*/, '')} lies on the kernel stack, and during a UserMode wait the stack may be paged out: ` +
            `whoever signals it at DISPATCH_LEVEL faults (bug check 0xA). Wait in KernelMode, or keep the object in non-paged pool.`,
        }),
      ];
    });
  },
};

/** A local variable of this function itself: no pointer, not static. */
function isOwnLocal(context: FunctionContext, path: string): boolean {
  const name = /^l:(\w+)/.exec(path)?.[1];
  if (name === undefined || path.includes('*')) return false;
  const ir = context.facts.unit.ir();
  const atom = context.program.atoms.find(name);
  for (let node = 0; node < ir.nodeCount; node++) {
    if (ir.kind[node] === NodeKind.Decl && ir.atom[node] === atom)
      return ((ir.flags[node] ?? 0) & (32 | 64)) === 0;
  }
  return false;
}
