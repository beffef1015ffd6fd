/** Bundled scenario 13. */
import type { Scenario } from '../../protocol/scenarioFormat.ts';
import { acquire, acquireAtDpc, hold, note, release, releaseFromDpc, work } from './writing.ts';

export const longHold: Scenario = {
  version: 1,
  id: 'long-hold',
  title: 'A DPC that holds a lock far too long',
  lesson:
    'First the DPC holds the lock for 150 us: over the guideline of 100 us, a warning. Then for 25 s: all who want the lock stand ' +
    'still at DISPATCH_LEVEL, DPCs pile up, and at tick 0x501 the watchdog stops the machine (0x133, P1 = 0).',
  sources: ['bug check 0x133, Windows driver documentation'],
  cpus: 2,
  locks: [{ id: 'A', kind: 'ttas' }],
  threads: [
    { name: 'idle', cpu: 0, body: [work({ ms: 1 })] },
    {
      name: 'waiter',
      cpu: 1,
      body: [
        work({ us: 200 }),
        acquire('A'),
        hold(500),
        release('A'),
        work({ us: 400 }),
        acquire('A'),
        hold(500),
        release('A'),
      ],
    },
  ],
  dpcs: [
    {
      name: 'holder',
      cpu: 0,
      arrivals: { at: { us: 100 } },
      body: [acquireAtDpc('A'), hold({ us: 150 }), releaseFromDpc('A')],
    },
    {
      name: 'stuckHolder',
      cpu: 0,
      arrivals: { at: { us: 500 } },
      body: [note('Now for 25 seconds.'), acquireAtDpc('A'), hold({ ms: 25000 }), releaseFromDpc('A')],
    },
    { name: 'backlog', cpu: 1, arrivals: { at: { us: 900 } }, body: [work(200)] },
  ],
  runs: 'simulate',
  controls: ['profile'],
};
