/** Bundled scenario 7. */
import type { Scenario, ScenarioDpc, ScenarioThread } from '../../protocol/scenarioFormat.ts';
import { acquire, acquireAtDpc, hold, release, releaseFromDpc } from './writing.ts';

const thread = (cpu: number, first: string, second: string): ScenarioThread => ({
  name: `thread${cpu}`,
  cpu,
  body: [acquire(first), hold(300), acquireAtDpc(second), hold(100), releaseFromDpc(second), release(first)],
});

const dpc = (cpu: number, lock: string): ScenarioDpc => ({
  name: `dpc${cpu}`,
  cpu,
  arrivals: { at: 5000 },
  body: [acquireAtDpc(lock), hold(50), releaseFromDpc(lock)],
});

export const chain3Dpc: Scenario = {
  version: 1,
  id: 'chain3-dpc',
  title: 'Three locks in a ring, with DPCs',
  lesson:
    'CPU 0 takes A then B, CPU 1 takes B then C, CPU 2 takes C then A. Any two of them get along; all three can close the ring. ' +
    'The third CPU breaks the order: with A before C everywhere no run hangs. The DPCs change the number of dead states (8: each ' +
    'DPC has come before or not at all), not the ring.',
  sources: ['Driver Verifier deadlock detection, Windows driver documentation'],
  cpus: 3,
  locks: [
    { id: 'A', kind: 'ttas' },
    { id: 'B', kind: 'ttas' },
    { id: 'C', kind: 'ttas' },
  ],
  threads: [thread(0, 'A', 'B'), thread(1, 'B', 'C'), thread(2, 'C', 'A')],
  dpcs: [dpc(0, 'A'), dpc(1, 'B'), dpc(2, 'C')],
  controls: ['lock', 'profile'],
};
