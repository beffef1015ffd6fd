/** Bundled scenario 10. */
import type { Scenario } from '../../protocol/scenarioFormat.ts';
import { acquireAtDpc, hold, note, work } from './writing.ts';

export const releaseInDpc: Scenario = {
  version: 1,
  id: 'release-in-dpc',
  title: 'KeReleaseSpinLock in a DPC after the AtDpcLevel acquisition',
  lesson:
    'The DPC takes the lock by KeAcquireSpinLockAtDpcLevel, which saves no IRQL, and gives it back by KeReleaseSpinLock with an ' +
    'old-IRQL variable that holds 0. The IRQL drops to PASSIVE_LEVEL inside the DPC: threads can be switched in the middle of ' +
    'it, and every AtDpcLevel call after that is wrong. Driver Verifier: 0xC4/0x31, P4 = 1.',
  sources: ['KeReleaseSpinLock and bug check 0xC4, Windows driver documentation'],
  cpus: 1,
  locks: [
    { id: 'A', kind: 'ttas' },
    { id: 'B', kind: 'ttas' },
  ],
  threads: [{ name: 'thread', cpu: 0, body: [work(4000)] }],
  dpcs: [
    {
      name: 'dpc',
      cpu: 0,
      arrivals: { at: 1000 },
      body: [
        acquireAtDpc('A'),
        hold(100),
        { do: 'release', lock: 'A', with: 'KeReleaseSpinLock', restore: 0 },
        note('The DPC goes on at PASSIVE_LEVEL.'),
        acquireAtDpc('B'),
        hold(400),
        { do: 'release', lock: 'B', with: 'KeReleaseSpinLockFromDpcLevel' },
      ],
    },
  ],
  controls: ['profile'],
};
