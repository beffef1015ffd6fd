/**
 * Whether a lock that a function leaves with is given back by somebody: by a caller, or by another function that releases
 * such a lock without having taken it. Where nobody does, the function is no acquire wrapper, whatever it looks like.
 */
import type { CallFact, HeldLock, OpenRelease } from '../../analysis/facts.ts';
import { isQuietName } from '../../analysis/irql/wellKnown.ts';
import { rootOf } from '../../analysis/locks/accessPath.ts';
import type { FunctionId } from '../../analysis/program.ts';
import type { FunctionContext } from '../rule.ts';

/** Callers of callers of callers: a chain of wrappers is rarely longer. */
const MAX_DEPTH = 3;

/** Kinds whose release names a handle and not the lock. */
const BY_HANDLE: ReadonlySet<string> = new Set(['queuedSpinlock', 'ndisRWLock', 'ndisRWLockEx']);

/** Nobody in the program gives the lock back. Locks without a name that others could use are not judged. */
export function isForgotten(context: FunctionContext, held: HeldLock): boolean {
  const { program, analysis, facts } = context;
  const { lock, kind } = held;
  const isNamed = lock.lockClass !== '' || lock.path.startsWith('g:');
  if (!isNamed || BY_HANDLE.has(kind) || isPassedOn(context, held)) return false;
  // Without a caller in sight it is a routine for others, unless the system alone calls it.
  const isCalled = analysis.callersOf(facts.unit.id).length > 0;
  const isCallback = program.rolesOf(facts.unit.id).length > 0 && !program.hasUnknownCallers(facts.unit.id);
  if (!isCalled && !isCallback) return false;
  if (isGivenBackAbove(context, facts.unit.id, lock.lockClass, kind, MAX_DEPTH)) return false;
  return analysis
    .openReleases()
    .every((release) => release.function === facts.unit.id || !mayBeSame(release, held));
}

function mayBeSame(release: OpenRelease, { lock, kind }: HeldLock): boolean {
  const [first, second] = [release.lock.lockClass, lock.lockClass];
  if (release.kind !== kind) return false;
  return first === '' || second === ''
    ? lastStep(release.lock.path) === lastStep(lock.path)
    : first === second;
}

function lastStep(path: string): string {
  return /[^.]*$/.exec(path)?.[0] ?? '';
}

/** A call into unknown code gets something that leads to the lock: it may give it back. */
function isPassedOn({ facts }: FunctionContext, { lock }: HeldLock): boolean {
  const root = rootOf(lock.path);
  const isReaching = ({ args }: CallFact): boolean =>
    args.some(({ path }) => path !== '' && rootOf(path) === root);
  return facts.calls.some(
    (call) =>
      call.callee.kind === 'unknown' &&
      !isQuietName(call.name) &&
      isReaching(call) &&
      call.before.some((state) => state.held.some((one) => one.lock.path === lock.path)),
  );
}

/** A caller releases the lock that its call brought, or leaves with it itself and has such a caller. */
function isGivenBackAbove(
  context: FunctionContext,
  id: FunctionId,
  lockClass: string,
  kind: string,
  depth: number,
): boolean {
  const { analysis } = context;
  if (depth === 0) return true;
  return analysis.callersOf(id).some(({ caller, node }) => {
    if (caller === id) return false;
    const facts = analysis.factsOf(caller);
    const isBrought = (held: HeldLock): boolean =>
      held.node === node && held.kind === kind && held.lock.lockClass === lockClass;
    const isReleased = facts.calls.some(
      (call) =>
        call.locks.some(({ op }) => op === 'release') &&
        call.before.some((before) => {
          const brought = before.held.find(isBrought);
          return brought?.count === 1 && call.after.every((after) => !after.held.includes(brought));
        }),
    );
    if (isReleased || facts.isImprecise) return true;
    const isKept = facts.exits.some(({ states }) => states.some(({ held }) => held.some(isBrought)));
    return isKept && isGivenBackAbove(context, caller, lockClass, kind, depth - 1);
  });
}
