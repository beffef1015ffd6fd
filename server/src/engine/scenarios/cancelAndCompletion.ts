/** Bundled scenario 14. */
import type { Scenario } from '../../protocol/scenarioFormat.ts';
import { acquire, acquireAtDpc, hold, release, releaseFromDpc, work } from './writing.ts';

export const cancelAndCompletion: Scenario = {
  version: 1,
  id: 'cancel-and-completion',
  title: 'Completion routine with AtDpcLevel, cancel lock across a completion',
  lesson:
    'The completion routine takes the driver lock by AtDpcLevel. Called from the DPC of CPU 0 that is right. CPU 1 completes in an ' +
    'error path at PASSIVE_LEVEL: a DPC on that CPU can then spin on the lock for ever (scenario atdpc-at-passive). CPU 2 holds the ' +
    'cancel lock across the completion while CPU 3 takes the driver lock first: ABBA. Take the lock by KeAcquireSpinLock in ' +
    'completion routines, complete outside the cancel lock, or use cancel-safe queues.',
  sources: [
    'IoCompletion routines run at or below DISPATCH_LEVEL; cancel-safe IRP queues, Windows driver documentation',
  ],
  cpus: 4,
  locks: [
    { id: 'driver', kind: 'ttas' },
    { id: 'cancel', kind: 'cancel' },
  ],
  routines: {
    completion: [acquireAtDpc('driver'), hold(200), releaseFromDpc('driver')],
  },
  threads: [
    { name: 'errorPath', cpu: 1, body: [work(600), { do: 'call', routine: 'completion' }] },
    {
      name: 'canceller',
      cpu: 2,
      body: [
        work(3000),
        acquire('cancel', 'IoAcquireCancelSpinLock'),
        hold(200),
        { do: 'call', routine: 'completion' },
        release('cancel', 'IoReleaseCancelSpinLock'),
      ],
    },
    {
      name: 'starter',
      cpu: 3,
      body: [
        work(3000),
        acquire('driver'),
        hold(200),
        acquire('cancel', 'IoAcquireCancelSpinLock'),
        hold(50),
        release('cancel', 'IoReleaseCancelSpinLock'),
        release('driver'),
      ],
    },
  ],
  dpcs: [
    { name: 'deviceDpc', cpu: 0, arrivals: { at: 200 }, body: [{ do: 'call', routine: 'completion' }] },
    {
      name: 'otherDpc',
      cpu: 1,
      arrivals: { at: 9000 },
      body: [acquireAtDpc('driver'), hold(100), releaseFromDpc('driver')],
    },
  ],
  controls: ['profile'],
};
