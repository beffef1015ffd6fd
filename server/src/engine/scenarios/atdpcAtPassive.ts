/** Bundled scenario 3. */
import type { Scenario } from '../../protocol/scenarioFormat.ts';
import { acquireAtDpc, hold, releaseFromDpc, work } from './writing.ts';

export const atdpcAtPassive: Scenario = {
  version: 1,
  id: 'atdpc-at-passive',
  title: 'KeAcquireSpinLockAtDpcLevel at PASSIVE_LEVEL',
  lesson:
    'The thread takes the lock without raising the IRQL. A DPC that wants the same lock interrupts it on the same CPU and spins ' +
    'for ever: the owner below it can never run. After 20 s the watchdog ends it (0x133, P1 = 0); Driver Verifier stops at the ' +
    'call itself (0xC4/0x40). With KeAcquireSpinLock in the thread the DPC is held off until the release.',
  sources: ['KeAcquireSpinLockAtDpcLevel and bug check 0x133, Windows driver documentation'],
  cpus: 1,
  locks: [{ id: 'A', kind: 'ttas' }],
  threads: [
    { name: 'thread', cpu: 0, body: [work(400), acquireAtDpc('A'), hold(2000), releaseFromDpc('A')] },
  ],
  dpcs: [
    {
      name: 'dpc',
      cpu: 0,
      arrivals: { at: 1500 },
      body: [acquireAtDpc('A'), hold(200), releaseFromDpc('A')],
    },
  ],
  controls: ['lock', 'profile'],
};
