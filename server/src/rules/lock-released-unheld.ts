/**
 * A release of a lock that is not held on that path: released before, or never taken. A function that only releases is
 * an unlock helper and silent: its caller holds the lock.
 */
import type { CallFact, LockEvent } from '../analysis/facts.ts';
import { heldBy } from './fixes/lockPairs.ts';
import { isFeasible } from './reporting/evidence.ts';
import { isOneObject, isOwnedKind } from './reporting/lockKinds.ts';
import { report, stepAt } from './reporting/report.ts';
import type { FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'lock-released-unheld',
  title: 'A lock is released that is not held',
  code: 'C26117',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: '0x10 SPIN_LOCK_NOT_OWNED; Driver Verifier 0xC4/0x1007',
  family: 'lock',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    if (context.facts.isImprecise) return [];
    return context.facts.calls.flatMap((call) =>
      call.locks.flatMap((event) => {
        if (!isUnheldRelease(context, call, event)) return [];
        const previous = earlierRelease(context, call, event);
        if (previous === undefined) return [];
        return [
          report(context, meta, {
            node: call.node,
            verdict: 'definite',
            message:
              `${call.name} releases ${event.lock.text}, which is not held on this path: ${previous.name} has released it ` +
              `before. Another CPU may own it now and loses it (bug check 0x10; Driver Verifier 0xC4/0x1007). ` +
              `Release it once.`,
            trace: [
              stepAt(context, previous.node, `${previous.name} releases ${event.lock.text}`),
              stepAt(context, call.node, `${call.name} releases it again`),
            ],
          }),
        ];
      }),
    );
  },
};

function isUnheldRelease(context: FunctionContext, call: CallFact, event: LockEvent): boolean {
  if (event.op !== 'release' || !isOwnedKind(event.kind) || !isOneObject(event.lock.path)) return false;
  const feasible = call.before.filter((state) => isFeasible(state, context.entry));
  return (
    feasible.length > 0 &&
    feasible.every(
      (state) =>
        !state.isImprecise && state.assumptions.length === 0 && heldBy(state, event.lock.path) === undefined,
    )
  );
}

/** The release that already ended the lock: it stands earlier in the text and outside of any loop around both. */
function earlierRelease(context: FunctionContext, call: CallFact, event: LockEvent): CallFact | undefined {
  const ir = context.facts.unit.ir();
  const position = ir.start[call.node] ?? 0;
  return context.facts.calls.findLast(
    (other) =>
      other !== call &&
      (ir.start[other.node] ?? 0) < position &&
      other.locks.some(
        (candidate) => candidate.op === 'release' && candidate.lock.path === event.lock.path,
      ) &&
      other.before.some((state) => heldBy(state, event.lock.path) !== undefined),
  );
}
