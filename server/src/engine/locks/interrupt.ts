/**
 * Interrupt spin lock (KeAcquireInterruptSpinLock): raises to the interrupt's synchronisation IRQL, then the plain KSPIN_LOCK
 * loop, so that the ISR of the same interrupt is held off on this CPU. Source: KeAcquireInterruptSpinLock documentation.
 */
import type { LockKind } from './lockKind.ts';
import { ttas } from './ttas.ts';

export const interrupt: LockKind = {
  ...ttas,
  id: 'interrupt',
  displayName: 'interrupt spin lock',
  replaceable: false,
  raiseTo: 'synchronize',
  routines: [
    { name: 'KeAcquireInterruptSpinLock', action: 'acquire', form: 'raising' },
    { name: 'KeReleaseInterruptSpinLock', action: 'release', form: 'raising' },
  ],
};
