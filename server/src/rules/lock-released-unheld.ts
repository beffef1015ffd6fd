/**
 * A release of a lock that is not held on that path: released before, or never taken. A function that only releases is
 * an unlock helper and silent: its caller holds the lock.
 */
import type { CallFact, LockEvent, PathState } from '../analysis/facts.ts';
import { heldBy } from './fixes/lockPairs.ts';
import { isFeasible } from './reporting/evidence.ts';
import { conditionsAround } from './reporting/lockGuards.ts';
import { isOneObject, isOwnedKind } from './reporting/lockKinds.ts';
import { report, stepAt } from './reporting/report.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

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
        if (event.op !== 'release' || !isOwnedKind(event.kind) || !isOneObject(event.lock.path)) return [];
        if (isUnheld(context, call, event)) {
          const previous = earlierRelease(context, call, event);
          return previous === undefined ? [] : [describeTwice(context, call, event, previous)];
        }
        return findOnOnePath(context, call, event);
      }),
    );
  },
};

/** On no path is the lock held here. */
function isUnheld(context: FunctionContext, call: CallFact, event: LockEvent): boolean {
  const feasible = call.before.filter((state) => isFeasible(state, context.entry));
  return feasible.length > 0 && feasible.every((state) => isUnheldIn(state, event));
}

function isUnheldIn(state: PathState, event: LockEvent): boolean {
  return !state.isImprecise && state.assumptions.length === 0 && heldBy(state, event.lock.path) === undefined;
}

/**
 * On some path the lock is not held, although every way to this release passes the acquire: an earlier release has ended it,
 * or a try-acquire failed. Only where no condition can connect the release with what happened before.
 */
function findOnOnePath(context: FunctionContext, call: CallFact, event: LockEvent): Finding[] {
  const unheld = call.before.some((state) => isFeasible(state, context.entry) && isUnheldIn(state, event));
  if (!unheld || call.isInLoop || event.isThroughWrapper) return [];
  const acquires = eventsBefore(context, call, event).filter(({ op }) => op !== 'release');
  const [acquire] = acquires;
  if (acquire === undefined || acquires.length !== 1) return [];
  if (!isAlwaysReached(context, call, acquire.call)) return [];
  const previous = earlierRelease(context, call, event);
  if (previous !== undefined) return previous.isInLoop ? [] : [describeTwice(context, call, event, previous)];
  const isTry = acquire.op === 'tryAcquire' && acquire.call.callee.kind === 'ddi';
  return isTry ? [describeFailedTry(context, call, event, acquire.call)] : [];
}

/** What the calls in front of this one do to its lock. */
function eventsBefore(
  context: FunctionContext,
  call: CallFact,
  event: LockEvent,
): { readonly call: CallFact; readonly op: LockEvent['op'] }[] {
  const ir = context.facts.unit.ir();
  const position = ir.start[call.node] ?? 0;
  return context.facts.calls.flatMap((other) =>
    (ir.start[other.node] ?? 0) >= position
      ? []
      : other.locks
          .filter(({ lock }) => lock.path === event.lock.path)
          .map(({ op }) => ({ call: other, op })),
  );
}

/** Whoever has taken the lock comes to this release, whatever branches lie between: it stands under no further condition. */
function isAlwaysReached(context: FunctionContext, release: CallFact, acquire: CallFact): boolean {
  const around = conditionsAround(context, acquire.node);
  return conditionsAround(context, release.node).every((condition) => around.includes(condition));
}

function describeTwice(
  context: FunctionContext,
  call: CallFact,
  event: LockEvent,
  previous: CallFact,
): Finding {
  return report(context, meta, {
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
  });
}

function describeFailedTry(
  context: FunctionContext,
  call: CallFact,
  event: LockEvent,
  attempt: CallFact,
): Finding {
  return report(context, meta, {
    node: call.node,
    verdict: 'definite',
    message:
      `${call.name} releases ${event.lock.text} also on the path on which ${attempt.name} did not get it: the release takes ` +
      `the lock from its owner (bug check 0x10; Driver Verifier 0xC4/0x1007). Leave before it when the attempt fails.`,
    trace: [
      stepAt(context, attempt.node, `${attempt.name} may fail`),
      stepAt(context, call.node, `${call.name} releases the lock in any case`),
    ],
  });
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
