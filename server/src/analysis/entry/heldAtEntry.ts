/**
 * Locks that a function holds when it is entered, by its annotations or its role (the cancel spin lock in a cancel routine).
 */
import type { HeldLock, LockRef } from '../facts.ts';
import { hiddenLock } from '../locks/lockRef.ts';
import type { FunctionUnit, Program } from '../program.ts';
import type { EntryContract } from './contractOf.ts';

/** The locks held at entry of the function, in the order in which they are stated. */
export function heldAtEntry(
  program: Program,
  unit: FunctionUnit,
  contract: EntryContract | undefined,
): readonly HeldLock[] {
  const held: HeldLock[] = [];
  const add = (lock: LockRef, kind: string, via: string, mode: HeldLock['mode']): void => {
    if (held.some((known) => known.lock.path === lock.path)) return;
    held.push({ lock, kind, mode, count: 1, node: 0, via, isFromEntry: true });
  };
  const roles = program.rolesOf(unit.id);
  const isCancel =
    roles.some(({ fact }) => fact.holdsLocks.includes('cancelSpinlock')) ||
    contract?.contract.clauses.some(({ body }) => body.kind === 'isCancel') === true;
  if (isCancel)
    add(hiddenLock('cancel', 'cancel spin lock'), 'cancelSpinlock', 'the cancel routine role', 'exclusive');
  return held;
}
