/**
 * The locks whose waiters give the CPU away: fast and guarded mutex, KMUTEX, ERESOURCE, push lock. All are tokens on one word:
 * an exclusive owner takes all of them, a reader one. Their fast path is one locked operation, charged as a DpcLock-like
 * section; a wait is a thread switch. Source: documentation of the routines; must be called below DISPATCH_LEVEL.
 */
import * as op from '../program/opcodes.ts';
import type { LockKind, LockRoutine, LockShape, RaiseTo } from './lockKind.ts';

function waitLock(
  id: string,
  displayName: string,
  raiseTo: RaiseTo,
  routines: readonly LockRoutine[],
  more: Partial<LockKind> = {},
): LockKind {
  const tokens = (shape: LockShape): number => (more.sharesOwnership === true ? Math.max(1, shape.users) : 1);
  return {
    id,
    displayName,
    fair: false,
    replaceable: false,
    raiseTo,
    routines,
    layout: (memory, shape) => {
      memory.line();
      return { count: memory.word(tokens(shape), tokens(shape)) };
    },
    acquire: (asm, { words, lock, shape, isShared }) => {
      asm.emit(op.opBlock, words['count'], lock, isShared ? 1 : tokens(shape));
    },
    release: (asm, { words, lock, shape, isShared }) => {
      asm.emit(op.opSignal, words['count'], lock, tokens(shape), isShared ? 1 : tokens(shape));
    },
    ...more,
  };
}

export const fastMutex: LockKind = waitLock('fast-mutex', 'FAST_MUTEX', 'apc', [
  { name: 'ExAcquireFastMutex', action: 'acquire', form: 'raising' },
  { name: 'ExAcquireFastMutexUnsafe', action: 'acquire', form: 'passive' },
  { name: 'ExReleaseFastMutex', action: 'release', form: 'raising' },
  { name: 'ExReleaseFastMutexUnsafe', action: 'release', form: 'passive' },
]);

export const guardedMutex: LockKind = waitLock('guarded-mutex', 'KGUARDED_MUTEX', 'none', [
  { name: 'KeAcquireGuardedMutex', action: 'acquire', form: 'passive' },
  { name: 'KeReleaseGuardedMutex', action: 'release', form: 'passive' },
]);

export const mutex: LockKind = waitLock('mutex', 'KMUTEX', 'none', [
  { name: 'KeWaitForSingleObject', action: 'acquire', form: 'passive' },
  { name: 'KeReleaseMutex', action: 'release', form: 'passive' },
]);

export const resource: LockKind = waitLock(
  'resource',
  'ERESOURCE',
  'none',
  [
    { name: 'ExAcquireResourceExclusiveLite', action: 'acquire', form: 'passive' },
    { name: 'ExAcquireResourceSharedLite', action: 'acquire', form: 'passive', isShared: true },
    { name: 'ExReleaseResourceLite', action: 'release', form: 'passive' },
    { name: 'ExReleaseResourceLite', action: 'release', form: 'passive', isShared: true },
  ],
  { sharesOwnership: true },
);

export const pushLock: LockKind = waitLock(
  'push-lock',
  'EX_PUSH_LOCK',
  'none',
  [
    { name: 'ExAcquirePushLockExclusive', action: 'acquire', form: 'passive' },
    { name: 'ExAcquirePushLockShared', action: 'acquire', form: 'passive', isShared: true },
    { name: 'ExReleasePushLockExclusive', action: 'release', form: 'passive' },
    { name: 'ExReleasePushLockShared', action: 'release', form: 'passive', isShared: true },
  ],
  { sharesOwnership: true },
);
