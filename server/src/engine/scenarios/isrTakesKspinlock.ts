/** Bundled scenario 4. */
import type { Scenario } from '../../protocol/scenarioFormat.ts';
import { acquire, acquireAtDpc, hold, release, releaseFromDpc, work } from './writing.ts';

export const isrTakesKspinlock: Scenario = {
  version: 1,
  id: 'isr-takes-kspinlock',
  title: 'An ISR takes an executive spin lock',
  lesson:
    'The thread owns the lock at DISPATCH_LEVEL; that does not hold off interrupts. The ISR (IRQL 5) wants the same lock and spins ' +
    'on top of the owner for ever. The clock (CLOCK_LEVEL) still ticks, so the watchdog ends it after 20 s: 0x133, P1 = 0. ' +
    'Executive spin locks must never be taken in an ISR: use the interrupt spin lock (scenario interrupt-lock).',
  sources: ['Calling support routines that use spin locks, Windows driver documentation', 'bug check 0x133'],
  cpus: 1,
  locks: [{ id: 'A', kind: 'ttas' }],
  threads: [{ name: 'thread', cpu: 0, body: [work(200), acquire('A'), hold(3000), release('A')] }],
  isrs: [
    {
      name: 'isr',
      cpu: 0,
      irql: 5,
      arrivals: { at: 1500 },
      body: [acquireAtDpc('A'), hold(200), releaseFromDpc('A')],
    },
  ],
  controls: ['lock', 'profile'],
};
