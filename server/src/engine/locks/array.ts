/**
 * Array lock: every waiter spins on its own slot of an array, one cache line each; the release opens the next slot. Fair.
 * Not a Windows lock; after Anderson, IEEE TPDS 1(1), 1990.
 */
import * as op from '../program/opcodes.ts';
import { type LockKind, spinLockRoutines } from './lockKind.ts';

export const array: LockKind = {
  id: 'array',
  displayName: 'array queue lock (Anderson)',
  fair: true,
  replaceable: true,
  raiseTo: 'dispatch',
  routines: spinLockRoutines,
  layout: (memory, shape) => {
    memory.line();
    const next = memory.word(Math.max(1, shape.users));
    const slots: number[] = [];
    for (let slot = 0; slot <= shape.users; slot += 1) {
      memory.line();
      slots.push(memory.word(1, slot === 0 ? 1 : 0));
    }
    return { next, slots: slots[0] ?? 0 };
  },
  acquire: (asm, { words, shape, register }) => {
    const mine = register('slot', shape.users);
    asm.emit(op.opFetchAndAdd, mine, words['next'], 1, shape.users + 1);
    asm.emit(op.opWaitWhileIndexed, words['slots'], mine, 1, 0);
  },
  release: (asm, { words, shape, register }) => {
    const mine = register('slot', shape.users);
    asm.emit(op.opStoreIndexed, words['slots'], mine, 1, 0);
    asm.emit(op.opAdd, mine, 1, shape.users + 1);
    asm.emit(op.opStoreIndexed, words['slots'], mine, 1, 1);
    asm.emit(op.opSet, mine, 0);
  },
};
