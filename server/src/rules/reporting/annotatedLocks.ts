/**
 * Compares locks that annotations name with locks that are held, by the last name in the expression ("Ext->Lock" and
 * "p->Lock" are both "Lock"): an annotation cannot be followed through aliases, so a like-named lock counts as the same one.
 */
import type { PathState } from '../../analysis/facts.ts';
import { contractOf } from '../../analysis/entry/contractOf.ts';
import type { FunctionContext } from '../rule.ts';

/** The last identifier of a lock expression. */
export function lastName(expression: string): string {
  return expression.match(/[A-Za-z_]\w*/g)?.at(-1) ?? '';
}

/** Whether some held lock may be the named one: same last name, or a lock whose name is not known. */
export function mayHold(state: PathState, name: string): boolean {
  return state.held.some(
    ({ lock }) =>
      lastName(lock.text) === name || lastName(lock.lockClass) === name || lock.path.startsWith('?'),
  );
}

/**
 * Whether it is known that nobody enters the function with that lock held: the system calls it, or it takes the lock
 * itself, and its own annotations do not speak of the lock.
 */
export function isEnteredWithout(context: FunctionContext, name: string): boolean {
  const { facts, entry, program } = context;
  const clauses = contractOf(program, facts.unit)?.contract.clauses ?? [];
  const isOwnContract = clauses.some(({ body }) => 'lock' in body && lastName(body.lock.text) === name);
  const isIgnoring = clauses.some(({ body }) => body.kind === 'ignoresLocks');
  if (isOwnContract || isIgnoring || entry.held.some(({ lock }) => lastName(lock.text) === name))
    return false;
  if (entry.source === 'role' || entry.source === 'registration') return true;
  return facts.calls.some(({ locks }) =>
    locks.some(({ op, lock }) => op === 'acquire' && lastName(lock.text) === name),
  );
}
