/**
 * EX_SPIN_LOCK (ExAcquireSpinLockShared, ExAcquireSpinLockExclusive): one word with an exclusive bit, a bit that a waiting writer
 * sets, and the count of readers. With `writerPreference` (default) a waiting writer holds off new readers, which is why even
 * a second shared acquisition by one CPU can deadlock. Source: documentation; the bit layout is not documented.
 */
import * as op from '../program/opcodes.ts';
import { bitsFor } from '../program/stateLayout.ts';
import type { LockKind, LockShape } from './lockKind.ts';

const EXCLUSIVE = 1;
const WAITING = 2;
const ONE_SHARE = 4;

/** A context may own several shares; three each are counted. */
const sharesMask = (shape: LockShape): number => (2 ** bitsFor(3 * shape.users) - 1) * ONE_SHARE;

export const exSpin: LockKind = {
  id: 'ex-spin',
  displayName: 'EX_SPIN_LOCK',
  fair: false,
  replaceable: false,
  sharesOwnership: true,
  raiseTo: 'dispatch',
  routines: [
    { name: 'ExAcquireSpinLockExclusive', action: 'acquire', form: 'raising' },
    { name: 'ExAcquireSpinLockExclusiveAtDpcLevel', action: 'acquire', form: 'atDispatch' },
    { name: 'ExAcquireSpinLockShared', action: 'acquire', form: 'raising', isShared: true },
    { name: 'ExAcquireSpinLockSharedAtDpcLevel', action: 'acquire', form: 'atDispatch', isShared: true },
    { name: 'ExReleaseSpinLockExclusive', action: 'release', form: 'raising' },
    { name: 'ExReleaseSpinLockExclusiveFromDpcLevel', action: 'release', form: 'atDispatch' },
    { name: 'ExReleaseSpinLockShared', action: 'release', form: 'raising', isShared: true },
    { name: 'ExReleaseSpinLockSharedFromDpcLevel', action: 'release', form: 'atDispatch', isShared: true },
  ],
  layout: (memory, shape) => {
    memory.line();
    return { word: memory.word(sharesMask(shape) | EXCLUSIVE | WAITING) };
  },
  acquire: (asm, { words, shape, isShared }) => {
    const retry = asm.label();
    const got = asm.label();
    const keepsOut = isShared
      ? EXCLUSIVE | (shape.writerPreference ? WAITING : 0)
      : EXCLUSIVE | sharesMask(shape);
    asm.place(retry);
    asm.emitTo(got, 4, op.opAddUnless, words['word'], keepsOut, isShared ? ONE_SHARE : EXCLUSIVE);
    if (!isShared) asm.emit(op.opOr, words['word'], WAITING);
    asm.emit(op.opWaitWhileBits, words['word'], keepsOut);
    asm.jump(retry);
    asm.place(got);
    if (!isShared) asm.emit(op.opAndNot, words['word'], WAITING);
  },
  release: (asm, { words, isShared, register }) => {
    if (!isShared) return asm.emit(op.opAndNot, words['word'], EXCLUSIVE);
    const seen = register('seen', 0xffff);
    asm.emit(op.opFetchAndAdd, seen, words['word'], -ONE_SHARE);
    asm.emit(op.opSet, seen, 0);
  },
};
