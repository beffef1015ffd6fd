/** Bundled scenario 9. */
import type { Scenario } from '../../protocol/scenarioFormat.ts';
import { acquire, hold, note, releaseFromDpc, work } from './writing.ts';

export const fromdpcAfterAcquire: Scenario = {
  version: 1,
  id: 'fromdpc-after-acquire',
  title: 'KeAcquireSpinLock released by KeReleaseSpinLockFromDpcLevel',
  lesson:
    'The lock is free after the release, but nobody has lowered the IRQL: it stays at DISPATCH_LEVEL. The DPC stays in its ' +
    'queue, the quantum never ends, and the return to user mode stops the machine (0x4A). Acquire and release are pairs.',
  sources: ['KeReleaseSpinLockFromDpcLevel and bug check 0x4A, Windows driver documentation'],
  cpus: 1,
  locks: [{ id: 'A', kind: 'ttas' }],
  threads: [
    {
      name: 'thread',
      cpu: 0,
      body: [
        acquire('A'),
        hold(200),
        releaseFromDpc('A'),
        note('The lock is free, the IRQL is still DISPATCH_LEVEL.'),
        work(5000),
        { do: 'returnToUser' },
      ],
    },
  ],
  dpcs: [{ name: 'dpc', cpu: 0, arrivals: { at: 1000 }, body: [work(100)] }],
  controls: ['lock', 'profile'],
};
