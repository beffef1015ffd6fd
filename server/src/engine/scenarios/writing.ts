/** Short forms for writing the bundled scenarios: they are data, this only spares braces. */
import type { Duration, Statement } from '../../protocol/scenarioFormat.ts';

export const acquire = (lock: string, routine?: string): Statement =>
  routine === undefined ? { do: 'acquire', lock } : { do: 'acquire', lock, with: routine };
export const release = (lock: string, routine?: string): Statement =>
  routine === undefined ? { do: 'release', lock } : { do: 'release', lock, with: routine };
export const acquireAtDpc = (lock: string): Statement => acquire(lock, 'KeAcquireSpinLockAtDpcLevel');
export const releaseFromDpc = (lock: string): Statement => release(lock, 'KeReleaseSpinLockFromDpcLevel');
export const hold = (cycles: Duration): Statement => ({ do: 'hold', cycles });
export const think = (cycles: Duration): Statement => ({ do: 'think', cycles });
export const work = (cycles: Duration): Statement => ({ do: 'work', cycles });
export const note = (text: string): Statement => ({ do: 'note', text });
export const forever = (...body: readonly Statement[]): Statement => ({
  do: 'repeat',
  times: 'forever',
  body,
});
