/** Bundled scenario 5. */
import type { Scenario } from '../../protocol/scenarioFormat.ts';
import { acquire, hold, release, work } from './writing.ts';

export const interruptLock: Scenario = {
  version: 1,
  id: 'interrupt-lock',
  title: 'The interrupt spin lock holds the ISR off',
  lesson:
    'KeAcquireInterruptSpinLock raises to the IRQL of the interrupt before it takes the lock. The interrupt that comes meanwhile ' +
    'stays pending until the release lowers the IRQL: its latency is the rest of the hold time. Nothing can hang.',
  sources: ['KeAcquireInterruptSpinLock, Windows driver documentation'],
  cpus: 1,
  locks: [{ id: 'I', kind: 'interrupt', irql: 5 }],
  threads: [
    {
      name: 'thread',
      cpu: 0,
      body: [
        work(200),
        acquire('I', 'KeAcquireInterruptSpinLock'),
        hold(3000),
        release('I', 'KeReleaseInterruptSpinLock'),
        work(200),
      ],
    },
  ],
  isrs: [{ name: 'isr', cpu: 0, irql: 5, lock: 'I', arrivals: { at: 1500 }, body: [work(200)] }],
  controls: ['profile'],
};
