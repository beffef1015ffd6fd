/** Bundled scenario 11. */
import type { Scenario } from '../../protocol/scenarioFormat.ts';
import { acquire, forever, hold, release, think } from './writing.ts';

export const ttasVsQueued: Scenario = {
  version: 1,
  id: 'ttas-vs-queued',
  title: 'Many CPUs at one lock: spin lock against queued spin lock',
  lesson:
    'Each CPU holds the lock for 100 cycles and thinks for 200. Change the number of CPUs and the lock kind and run again. The ' +
    'ticket lock pays half a re-read per waiter at each hand-off, the queued lock a constant; the KSPIN_LOCK may let the ' +
    'releaser win again, which is quick and unfair (Jain index below 1). The lines cross at a few CPUs.',
  sources: [
    'Boyd-Wickizer, Kaashoek, Morris, Zeldovich, Non-scalable locks are dangerous, Linux Symposium 2012',
    'Mellor-Crummey and Scott, TOCS 9(1), 1991',
  ],
  cpus: 8,
  locks: [{ id: 'L', kind: 'ttas' }],
  threads: [{ name: 'cpu', cpu: 'all', body: [forever(acquire('L'), hold(100), release('L'), think(200))] }],
  limits: { acquisitions: 2000 },
  runs: 'simulate',
  controls: ['cpus', 'lock', 'profile'],
};
