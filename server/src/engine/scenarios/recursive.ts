/** Bundled scenario 8. */
import type { Scenario } from '../../protocol/scenarioFormat.ts';
import { acquire, hold, release } from './writing.ts';

export const recursive: Scenario = {
  version: 1,
  id: 'recursive',
  title: 'A helper takes the lock that its caller owns',
  lesson:
    'Spin locks are not recursive: the second acquisition waits for the first, which waits for it. The CPU spins at ' +
    'DISPATCH_LEVEL for ever. A checked build stops with 0xF, Driver Verifier with 0xC4/0x1000.',
  sources: ['Introduction to spin locks, Windows driver documentation'],
  cpus: 1,
  locks: [{ id: 'A', kind: 'ttas' }],
  routines: { helper: [acquire('A'), hold(100), release('A')] },
  threads: [
    {
      name: 'thread',
      cpu: 0,
      body: [acquire('A'), hold(200), { do: 'call', routine: 'helper' }, release('A')],
    },
  ],
  controls: ['lock', 'profile'],
};
