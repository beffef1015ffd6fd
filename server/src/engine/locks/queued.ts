/**
 * In-stack queued spin lock (MCS): a queue of handles, each waiter spins on its own. Fair; a hand-off touches one waiter's line.
 * Order as documented for KeAcquireInStackQueuedSpinLock: swap the tail, link behind the predecessor, wait on the own handle;
 * release hands on, or swings the tail back to empty where nobody is linked. Sources: wdm.h documentation, Geoff Chappell.
 */
import * as op from '../program/opcodes.ts';
import { type LockKind, queuedSpinLockRoutines } from './lockKind.ts';

export const queued: LockKind = {
  id: 'queued',
  displayName: 'in-stack queued spin lock (MCS)',
  fair: true,
  replaceable: true,
  raiseTo: 'dispatch',
  routines: queuedSpinLockRoutines,
  layout: (memory, shape) => {
    memory.line();
    const tail = memory.word(shape.users);
    const nodes: number[] = [];
    for (let user = 1; user <= shape.users; user += 1) {
      memory.line();
      nodes.push(memory.word(shape.users));
      memory.word(1);
    }
    return { tail, nodes: (nodes[0] ?? 0) - 2 };
  },
  acquire: (asm, { words, shape, user, register }) => {
    const previous = register('previous', shape.users);
    const got = asm.label();
    const node = (words['nodes'] ?? 0) + 2 * user;
    asm.emit(op.opStoreEarly, node, 0);
    asm.emit(op.opStoreEarly, node + 1, 1);
    asm.emit(op.opSwap, previous, words['tail'], user);
    asm.emitTo(got, 3, op.opIfEqual, previous, 0);
    asm.emit(op.opStoreIndexed, words['nodes'], previous, 2, user);
    asm.emit(op.opWaitWhileEqual, node + 1, 1);
    asm.place(got);
    asm.emit(op.opSet, previous, 0);
  },
  release: (asm, { words, shape, user, register }) => {
    const next = register('next', shape.users);
    const handOn = asm.label();
    const done = asm.label();
    const node = (words['nodes'] ?? 0) + 2 * user;
    asm.emit(op.opLoadEarly, next, node);
    const linked = asm.label();
    asm.emitTo(linked, 3, op.opIfEqual, next, 0);
    asm.jump(handOn);
    asm.place(linked);
    asm.emitTo(done, 4, op.opCompareAndSwap, words['tail'], user, 0);
    asm.emit(op.opWaitWhileEqual, node, 0);
    asm.emit(op.opLoadEarly, next, node);
    asm.place(handOn);
    asm.emit(op.opStoreIndexed, (words['nodes'] ?? 0) + 1, next, 2, 0);
    asm.place(done);
    asm.emit(op.opSet, next, 0);
    asm.emit(op.opStoreEarly, node, 0);
    asm.emit(op.opStoreEarly, node + 1, 0);
  },
};
