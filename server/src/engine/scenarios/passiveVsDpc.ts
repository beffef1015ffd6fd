/** Bundled scenario 1. */
import type { Scenario } from '../../protocol/scenarioFormat.ts';
import { acquire, acquireAtDpc, hold, release, releaseFromDpc, think } from './writing.ts';

export const passiveVsDpc: Scenario = {
  version: 1,
  id: 'passive-vs-dpc',
  title: 'One lock, taken from a thread and from a DPC',
  lesson:
    'The thread runs at PASSIVE_LEVEL and must use KeAcquireSpinLock: read the IRQL, raise to DISPATCH_LEVEL, take the lock; ' +
    'later release, lower. The DPC is at DISPATCH_LEVEL already and takes the lock alone. Compare the cycles of the two pairs: ' +
    'on icelake-sp 160 against 44.',
  sources: ['KeAcquireSpinLockAtDpcLevel, Windows driver documentation', 'docs/engine.md, Costs'],
  cpus: 1,
  profile: 'icelake-sp',
  locks: [{ id: 'A', kind: 'ttas' }],
  threads: [{ name: 'thread', cpu: 0, body: [acquire('A'), hold(100), release('A'), think(2000)] }],
  dpcs: [
    {
      name: 'dpc',
      cpu: 0,
      arrivals: { at: 1000 },
      body: [acquireAtDpc('A'), hold(100), releaseFromDpc('A')],
    },
  ],
  controls: ['lock', 'profile'],
};
