/** Bundled scenario 15, for calibration. */
import type { Scenario } from '../../protocol/scenarioFormat.ts';
import { acquire, forever, release } from './writing.ts';

export const contendedCounter: Scenario = {
  version: 1,
  id: 'contended-counter',
  title: 'All CPUs increment one counter under one lock',
  lesson:
    'No think time: the lock is always wanted. Nanoseconds per increment = cycles / (acquisitions x clockGHz). With profile ' +
    'neoverse-n1 and the ticket lock the curve over 2 to 16 CPUs can be laid on the published one of Graviton2.',
  sources: ['Downs, concurrency-hierarchy-bench, 2020; profile occupancy was fitted on this curve'],
  cpus: 4,
  locks: [{ id: 'L', kind: 'ttas' }],
  data: [{ id: 'counter' }],
  threads: [
    {
      name: 'cpu',
      cpu: 'all',
      body: [forever(acquire('L'), { do: 'increment', data: 'counter' }, release('L'))],
    },
  ],
  limits: { acquisitions: 20000 },
  runs: 'simulate',
  controls: ['cpus', 'lock', 'profile'],
};
