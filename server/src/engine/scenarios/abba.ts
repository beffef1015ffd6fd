/** Bundled scenario 6. */
import type { Scenario } from '../../protocol/scenarioFormat.ts';
import { acquire, acquireAtDpc, hold, release, releaseFromDpc } from './writing.ts';

export const abba: Scenario = {
  version: 1,
  id: 'abba',
  title: 'Two locks in opposite order',
  lesson:
    'CPU 0 takes A then B, CPU 1 takes B then A. Where each gets its first lock before the other asks for it, both spin at ' +
    'DISPATCH_LEVEL for ever (0x133, P1 = 1, after two minutes). Driver Verifier reports the order even in runs that go well ' +
    '(0xC4/0x1001). One order for all code mends it.',
  sources: ['Driver Verifier deadlock detection and bug check 0xC4, Windows driver documentation'],
  cpus: 2,
  locks: [
    { id: 'A', kind: 'ttas' },
    { id: 'B', kind: 'ttas' },
  ],
  threads: [
    {
      name: 'first',
      cpu: 0,
      body: [acquire('A'), hold(300), acquireAtDpc('B'), hold(100), releaseFromDpc('B'), release('A')],
    },
    {
      name: 'second',
      cpu: 1,
      body: [acquire('B'), hold(300), acquireAtDpc('A'), hold(100), releaseFromDpc('A'), release('B')],
    },
  ],
  controls: ['lock', 'profile'],
};
