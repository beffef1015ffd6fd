/**
 * CLH lock: a queue in which each waiter spins on its predecessor's node and takes that node over. Fair.
 * Not a Windows lock; after Craig 1993 and Landin and Hagersten 1994.
 */
import * as op from '../program/opcodes.ts';
import { type LockKind, spinLockRoutines } from './lockKind.ts';

export const clh: LockKind = {
  id: 'clh',
  displayName: 'CLH queue lock',
  fair: true,
  replaceable: true,
  raiseTo: 'dispatch',
  routines: spinLockRoutines,
  layout: (memory, shape) => {
    memory.line();
    const tail = memory.word(shape.users + 1, shape.users + 1);
    const nodes: number[] = [];
    for (let node = 1; node <= shape.users + 1; node += 1) {
      memory.line();
      nodes.push(memory.word(1));
    }
    return { tail, nodes: (nodes[0] ?? 0) - 1 };
  },
  acquire: (asm, { words, shape, user, register }) => {
    const node = register('node', shape.users + 1);
    const previous = register('previous', shape.users + 1);
    const first = asm.label();
    const ready = asm.label();
    asm.emitTo(first, 3, op.opIfEqual, node, 0);
    asm.jump(ready);
    asm.place(first);
    asm.emit(op.opSet, node, user);
    asm.place(ready);
    asm.emit(op.opStoreIndexed, words['nodes'], node, 1, 1);
    asm.emit(op.opSwapSlot, previous, words['tail'], node);
    asm.emit(op.opWaitWhileIndexed, words['nodes'], previous, 1, 1);
  },
  release: (asm, { words, shape, register }) => {
    const node = register('node', shape.users + 1);
    const previous = register('previous', shape.users + 1);
    asm.emit(op.opStoreIndexed, words['nodes'], node, 1, 0);
    asm.emit(op.opCopy, node, previous);
    asm.emit(op.opSet, previous, 0);
  },
};
