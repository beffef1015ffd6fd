/** Bundled scenario 2. */
import type { Scenario } from '../../protocol/scenarioFormat.ts';
import { acquire, acquireAtDpc, hold, release, releaseFromDpc, think } from './writing.ts';

export const naiveCheck: Scenario = {
  version: 1,
  id: 'naive-check',
  title: 'Asking for the IRQL before every acquisition',
  lesson:
    'A shared helper asks KeGetCurrentIrql first. From the thread it reads the IRQL twice (the check, and inside ' +
    'KeAcquireSpinLock); from the DPC once instead of once, but it saves the raise and the lower. The check pays only where more ' +
    'than about 21 % of the calls come from DISPATCH_LEVEL (x64 figures). Know your level first; the check is a trade.',
  sources: ['docs/engine.md, Costs: break-even share p = r / (r + w + l + 2f)'],
  cpus: 1,
  profile: 'icelake-sp',
  locks: [{ id: 'A', kind: 'ttas' }],
  routines: {
    helper: [
      {
        do: 'ifIrql',
        below: 2,
        then: [acquire('A'), hold(100), release('A')],
        else: [acquireAtDpc('A'), hold(100), releaseFromDpc('A')],
      },
    ],
  },
  threads: [{ name: 'thread', cpu: 0, body: [{ do: 'call', routine: 'helper' }, think(2000)] }],
  dpcs: [{ name: 'dpc', cpu: 0, arrivals: { at: 1000 }, body: [{ do: 'call', routine: 'helper' }] }],
  controls: ['profile'],
};
