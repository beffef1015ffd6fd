/**
 * A function that promises by annotation to take a lock (_Acquires_lock_) or to release one (_Releases_lock_) and returns on some
 * path without having done so. Locks are
 * compared by their last name; a function that takes no lock of that name anywhere is left alone: something unseen takes it.
 */
import { contractOf } from '../analysis/entry/contractOf.ts';
import type { PathState } from '../analysis/facts.ts';
import { lastName, mayHold } from './reporting/annotatedLocks.ts';
import { isFeasible } from './reporting/evidence.ts';
import { report } from './reporting/report.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'lock-annotation-not-kept',
  title: 'A function does not take or release the lock that its annotation promises',
  code: 'C26116',
  severity: 'warning',
  isOnByDefault: true,
  bugCheck: 'data race; Driver Verifier 0xC4/0x1007',
  family: 'annotation',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    if (context.facts.isImprecise) return [];
    const clauses = contractOf(context.program, context.facts.unit)?.contract.clauses ?? [];
    if (clauses.some(({ body }) => body.kind === 'ignoresLocks') || hasAbnormalEnd(context)) return [];
    const named = (kind: 'acquires' | 'releases'): Set<string> =>
      new Set(
        clauses.flatMap(({ body, when }) =>
          body.kind === kind && when.length === 0 ? [lastName(body.lock.text)] : [],
        ),
      );
    const [taken, released] = [named('acquires'), named('releases')];
    return [
      ...[...taken].flatMap((name) => checkLock(context, name)),
      ...[...released].flatMap((name) => (taken.has(name) ? [] : checkRelease(context, name))),
    ];
  },
};

/** A release under AbnormalTermination() belongs to a path that does not come to the returns. */
function hasAbnormalEnd(context: FunctionContext): boolean {
  return context.facts.calls.some(({ name }) => /^_?AbnormalTermination$|^_abnormal_termination$/.test(name));
}

/** Nothing that cannot be seen is called, so nothing unseen takes the lock. */
function isAllSeen({ facts, summary }: FunctionContext): boolean {
  return (
    summary.isProved && facts.calls.every(({ callee }) => callee.kind === 'ddi' || callee.kind === 'neutral')
  );
}

function checkLock(context: FunctionContext, name: string): Finding[] {
  const { facts } = context;
  const isTaken = facts.calls.some(({ locks }) =>
    locks.some(({ op, lock }) => op === 'acquire' && lastName(lock.text) === name),
  );
  if (/^_Global_/.test(name) || (!isTaken && !isAllSeen(context))) return [];
  return facts.exits.flatMap((exit) => {
    if (!exit.states.some((state) => isWithout(context, state, name))) return [];
    return [
      report(context, meta, {
        node: exit.node,
        verdict: 'definite',
        message:
          `${facts.unit.name} promises to take ${name} (_Acquires_lock_), but returns here without it. The caller uses what the ` +
          `lock guards and releases a lock that it does not hold. Take ${name} on this path too, or make the promise conditional ` +
          `(_When_(return ..., _Acquires_lock_(...))).`,
      }),
    ];
  });
}

/** Ways out of a function that promises to release the lock on which it does not. */
function checkRelease(context: FunctionContext, name: string): Finding[] {
  const { facts } = context;
  const releases = facts.calls.flatMap(({ locks }) => locks.filter(({ op }) => op === 'release'));
  const isReleased = releases.some(({ lock }) => lastName(lock.text) === name);
  // A release by handle does not name its lock.
  if (/^_Global_/.test(name) || (!isReleased && (releases.length > 0 || !isAllSeen(context)))) return [];
  return facts.exits.flatMap((exit) => {
    const isKept = exit.states.some((state) => isSure(context, state) && !mayHaveReleased(state, name));
    if (!isKept) return [];
    return [
      report(context, meta, {
        node: exit.node,
        verdict: 'definite',
        code: 'C26115',
        bugCheck: '0x133 DPC_WATCHDOG_VIOLATION; Driver Verifier 0xC4',
        message:
          `${facts.unit.name} promises to release ${name} (_Releases_lock_), but returns here without. The next acquire waits for ` +
          `ever. Release ${name} on this path too, or make the promise conditional (_When_(return ..., _Releases_lock_(...))).`,
      }),
    ];
  });
}

function mayHaveReleased({ releasedFromEntry = [] }: PathState, name: string): boolean {
  return releasedFromEntry.some(({ lock }) => lastName(lock.text) === name || lock.path.startsWith('?'));
}

function isSure(context: FunctionContext, state: PathState): boolean {
  return !state.isImprecise && state.assumptions.length === 0 && isFeasible(state, context.entry);
}

function isWithout(context: FunctionContext, state: PathState, name: string): boolean {
  return isSure(context, state) && !mayHold(state, name);
}
