/**
 * A try-acquire whose result nobody looks at: the code goes on as if it held the lock.
 */
import type { CallFact, LockEvent } from '../analysis/facts.ts';
import { NodeKind } from '../syntax/ir.ts';
import { parentOf } from './fixes/editCall.ts';
import { report } from './reporting/report.ts';
import type { FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'try-acquire-ignored',
  title: 'The result of a try-acquire is ignored',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: '0x10 SPIN_LOCK_NOT_OWNED; Driver Verifier 0xC4/0x1007',
  family: 'lock',
};

/** An acquire that is told not to wait. */
function isTry(call: CallFact, event: LockEvent): boolean {
  const wait = event.op === 'acquire' ? event.effect?.waitArg : undefined;
  return wait !== undefined && call.args[wait]?.constant === 0;
}

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    return context.facts.calls.flatMap((call) => {
      const event = call.locks[0];
      if (event === undefined || event.isThroughWrapper || call.callee.kind !== 'ddi') return [];
      if (event.op !== 'tryAcquire' && !isTry(call, event)) return [];
      // A cast to void hides the result from the compiler, not from what follows.
      let parent = parentOf(context, call.node);
      while (parent !== undefined && context.facts.unit.ir().kind[parent] === NodeKind.Cast)
        parent = parentOf(context, parent);
      if (parent === undefined || context.facts.unit.ir().kind[parent] !== NodeKind.ExprStmt) return [];
      return [
        report(context, meta, {
          node: call.node,
          verdict: 'definite',
          message:
            `${call.name} may return without ${event.lock.text}, but its result is ignored: the critical section then runs ` +
            `unprotected, and the release takes the lock from its owner (bug check 0x10). Test the result.`,
        }),
      ];
    });
  },
};
