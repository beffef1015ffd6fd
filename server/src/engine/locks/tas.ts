/**
 * Test-and-set: every try is a locked operation, so that the line is always on its way to somebody.
 * Not a Windows lock: the yardstick that shows why KSPIN_LOCK reads before it tries again.
 */
import * as op from '../program/opcodes.ts';
import { type LockKind, spinLockRoutines } from './lockKind.ts';

export const tas: LockKind = {
  id: 'tas',
  displayName: 'test-and-set',
  fair: false,
  replaceable: true,
  raiseTo: 'dispatch',
  routines: spinLockRoutines,
  layout: (memory) => {
    memory.line();
    return { word: memory.word(1) };
  },
  acquire: (asm, { words }) => {
    asm.emit(op.opSpinTestAndSet, words['word']);
  },
  tryAcquire: (asm, { words }, failed) => {
    const got = asm.label();
    asm.emitTo(got, 2, op.opTestAndSet, words['word']);
    asm.jump(failed);
    asm.place(got);
  },
  release: (asm, { words }) => {
    asm.emit(op.opStore, words['word'], 0);
  },
};
