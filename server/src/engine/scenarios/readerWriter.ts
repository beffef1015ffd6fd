/** Bundled scenario 12. */
import type { Scenario, ScenarioThread } from '../../protocol/scenarioFormat.ts';
import { acquire, forever, hold, release, think } from './writing.ts';

const reader = (cpu: number): ScenarioThread => ({
  name: `reader${cpu}`,
  cpu,
  body: [
    forever(
      acquire('RW', 'ExAcquireSpinLockShared'),
      hold(300),
      release('RW', 'ExReleaseSpinLockShared'),
      think(100),
    ),
  ],
});

export const readerWriter: Scenario = {
  version: 1,
  id: 'reader-writer',
  title: 'Eight readers and one writer at an EX_SPIN_LOCK',
  lesson:
    'A waiting writer holds off new readers, so its wait is bounded by the readers inside. Set writerPreference to false in a copy ' +
    'of this scenario and the writer starves. Readers do not scale either: each acquire and each release writes the same line, ' +
    'so there are at most 1 / (2c) reader pairs per cycle, whatever the number of CPUs.',
  sources: ['ExAcquireSpinLockShared, Windows driver documentation', 'docs/engine.md, Coherence'],
  cpus: 9,
  locks: [{ id: 'RW', kind: 'ex-spin' }],
  threads: [
    ...Array.from({ length: 8 }, (_, cpu) => reader(cpu)),
    {
      name: 'writer',
      cpu: 8,
      body: [
        forever(
          acquire('RW', 'ExAcquireSpinLockExclusive'),
          hold(200),
          release('RW', 'ExReleaseSpinLockExclusive'),
          think(3000),
        ),
      ],
    },
  ],
  limits: { acquisitions: 3000 },
  runs: 'simulate',
  controls: ['profile'],
};
