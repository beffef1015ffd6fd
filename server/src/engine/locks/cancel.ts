/**
 * The system-wide cancel spin lock (IoAcquireCancelSpinLock): one of the numbered queued locks of the kernel, so the queue
 * algorithm serves it. Source: documentation of IoAcquireCancelSpinLock; queued locks after Geoff Chappell.
 */
import type { LockKind } from './lockKind.ts';
import { queued } from './queued.ts';

export const cancel: LockKind = {
  ...queued,
  id: 'cancel',
  displayName: 'cancel spin lock',
  replaceable: false,
  routines: [
    { name: 'IoAcquireCancelSpinLock', action: 'acquire', form: 'raising' },
    { name: 'IoReleaseCancelSpinLock', action: 'release', form: 'raising' },
  ],
};
