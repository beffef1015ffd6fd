/**
 * Ticket lock: take a number, wait until it is served. Two cache lines (`ticket`), or both words on one (`ticket-1line`, as
 * Linux 2.6.25 had it). Fair; every release makes all waiters read the line again, one after the other.
 */
import * as op from '../program/opcodes.ts';
import { type LockKind, spinLockRoutines } from './lockKind.ts';

/** Numbers are counted modulo this: more than there can be waiters, small enough for the explorer. */
const numbers = (users: number): number => Math.max(2, 2 ** Math.ceil(Math.log2(users + 1)));

function ticketKind(id: string, displayName: string, isOneLine: boolean): LockKind {
  return {
    id,
    displayName,
    fair: true,
    replaceable: true,
    raiseTo: 'dispatch',
    routines: spinLockRoutines,
    layout: (memory, shape) => {
      const max = numbers(shape.users) - 1;
      memory.line();
      const next = memory.word(max);
      if (!isOneLine) memory.line();
      return { next, serving: memory.word(max) };
    },
    acquire: (asm, { words, shape, register }) => {
      const modulo = numbers(shape.users);
      const mine = register('ticket', modulo - 1);
      asm.emit(op.opFetchAndAdd, mine, words['next'], 1, modulo);
      asm.emit(op.opWaitWhileNotSlot, words['serving'], mine);
    },
    release: (asm, { words, shape, register }) => {
      const mine = register('ticket', numbers(shape.users) - 1);
      asm.emit(op.opAdd, mine, 1, numbers(shape.users));
      asm.emit(op.opStoreSlot, words['serving'], mine);
      asm.emit(op.opSet, mine, 0);
    },
  };
}

export const ticket: LockKind = ticketKind('ticket', 'ticket lock (two cache lines)', false);
export const ticketOneLine: LockKind = ticketKind('ticket-1line', 'ticket lock (one cache line)', true);
