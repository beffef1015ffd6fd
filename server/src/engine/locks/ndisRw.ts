/**
 * NDIS read/write lock: every CPU counts its readers on a cache line of its own, so readers do not disturb each other; a writer
 * closes the door and waits for every CPU's count. Source: documentation of NdisAcquireRWLockRead and NdisAllocateRWLock.
 */
import * as op from '../program/opcodes.ts';
import type { LockKind, LockShape } from './lockKind.ts';

const maxReaders = (shape: LockShape): number => Math.max(3, 3 * shape.users);

export const ndisRw: LockKind = {
  id: 'ndis-rw',
  displayName: 'NDIS_RW_LOCK_EX (readers counted per CPU)',
  fair: false,
  replaceable: false,
  sharesOwnership: true,
  raiseTo: 'dispatch',
  routines: [
    { name: 'NdisAcquireRWLockWrite', action: 'acquire', form: 'raising' },
    { name: 'NdisAcquireRWLockRead', action: 'acquire', form: 'raising', isShared: true },
    { name: 'NdisReleaseRWLock', action: 'release', form: 'raising' },
    { name: 'NdisReleaseRWLock', action: 'release', form: 'raising', isShared: true },
  ],
  layout: (memory, shape) => {
    memory.line();
    const door = memory.word(1);
    const counts: number[] = [];
    for (let cpu = 0; cpu < shape.cpus; cpu += 1) {
      memory.line();
      counts.push(memory.word(maxReaders(shape)));
    }
    return { door, counts: counts[0] ?? 0 };
  },
  acquire: (asm, { words, shape, cpu, isShared, register }) => {
    const door = words['door'] ?? 0;
    const counts = words['counts'] ?? 0;
    const retry = asm.label();
    const got = asm.label();
    asm.place(retry);
    if (!isShared) {
      asm.emitTo(got, 2, op.opTestAndSet, door, 0, 1);
      asm.emit(op.opWaitWhileEqual, door, 1);
      asm.jump(retry);
      asm.place(got);
      for (let each = 0; each < shape.cpus; each += 1) asm.emit(op.opWaitWhileBits, counts + each, 0xffff);
      return;
    }
    const seen = register('seen', maxReaders(shape));
    asm.emit(op.opFetchAndAdd, seen, counts + cpu, 1);
    asm.emit(op.opLoad, seen, door);
    asm.emitTo(got, 3, op.opIfEqual, seen, 0);
    asm.emit(op.opFetchAndAdd, seen, counts + cpu, -1);
    asm.emit(op.opWaitWhileEqual, door, 1);
    asm.jump(retry);
    asm.place(got);
    asm.emit(op.opSet, seen, 0);
  },
  release: (asm, { words, shape, cpu, isShared, register }) => {
    if (!isShared) return asm.emit(op.opStore, words['door'], 0);
    const seen = register('seen', maxReaders(shape));
    asm.emit(op.opFetchAndAdd, seen, (words['counts'] ?? 0) + cpu, -1);
    asm.emit(op.opSet, seen, 0);
  },
};
