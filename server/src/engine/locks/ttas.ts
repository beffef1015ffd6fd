/**
 * KSPIN_LOCK: test and test-and-set. `lock bts`; where it was set, read until it is clear, pausing, and try again.
 * The release is a locked AND (`ttas`) or a plain store (`ttas-store`): builds differ, so both are kinds.
 * Source: the documented behaviour of KeAcquireSpinLock and the instruction sequences quoted in public kernel forums.
 */
import * as op from '../program/opcodes.ts';
import { type LockKind, spinLockRoutines } from './lockKind.ts';

const base: Omit<LockKind, 'id' | 'displayName' | 'release'> = {
  fair: false,
  replaceable: true,
  raiseTo: 'dispatch',
  routines: spinLockRoutines,
  layout: (memory) => {
    memory.line();
    return { word: memory.word(1) };
  },
  acquire: (asm, { words }) => {
    const retry = asm.label();
    const got = asm.label();
    asm.place(retry);
    asm.emitTo(got, 2, op.opTestAndSet, words['word'], 0, 1);
    asm.emit(op.opWaitWhileEqual, words['word'], 1);
    asm.jump(retry);
    asm.place(got);
  },
  tryAcquire: (asm, { words, register }, failed) => {
    const seen = register('seen', 1);
    const got = asm.label();
    asm.emit(op.opLoad, seen, words['word']);
    asm.emitTo(failed, 3, op.opIfEqual, seen, 1);
    asm.emitTo(got, 2, op.opTestAndSet, words['word']);
    asm.jump(failed);
    asm.place(got);
  },
};

export const ttas: LockKind = {
  ...base,
  id: 'ttas',
  displayName: 'KSPIN_LOCK (test and test-and-set)',
  release: (asm, { words }) => {
    asm.emit(op.opLockedStore, words['word'], 0);
  },
};

export const ttasStore: LockKind = {
  ...base,
  id: 'ttas-store',
  displayName: 'KSPIN_LOCK released by a plain store',
  release: (asm, { words }) => {
    asm.emit(op.opStore, words['word'], 0);
  },
};
