/** Four CPUs, two locks in one order, a DPC each: the engine's side of promela/ordered4.pml. `isBroken` turns the last CPU round. */
import type { Scenario, Statement } from '../../server/src/protocol/scenarioFormat.ts';

const nest = (first: string, second: string): readonly Statement[] => [
  { do: 'acquire', lock: first },
  { do: 'acquire', lock: second, with: 'KeAcquireSpinLockAtDpcLevel' },
  { do: 'release', lock: second, with: 'KeReleaseSpinLockFromDpcLevel' },
  { do: 'release', lock: first },
];

export function ordered4(isBroken: boolean, withIsrs = false, cpus = 4): Scenario {
  return {
    version: 1,
    id: isBroken ? 'ordered4-broken' : 'ordered4',
    title: 'Four CPUs, two locks, a DPC each',
    cpus,
    locks: [
      { id: 'A', kind: 'ttas' },
      { id: 'B', kind: 'ttas' },
      ...(withIsrs ? [{ id: 'I', kind: 'interrupt', irql: 5 }] : []),
    ],
    threads: Array.from({ length: cpus }, (_, cpu) => ({
      name: `t${cpu}`,
      cpu,
      body: isBroken && cpu === cpus - 1 ? nest('B', 'A') : nest('A', 'B'),
    })),
    dpcs: Array.from({ length: cpus }, (_, cpu) => ({
      name: `d${cpu}`,
      cpu,
      arrivals: { at: 0 },
      body: [
        { do: 'acquire' as const, lock: 'A', with: 'KeAcquireSpinLockAtDpcLevel' },
        { do: 'release' as const, lock: 'A', with: 'KeReleaseSpinLockFromDpcLevel' },
      ],
    })),
    isrs: withIsrs
      ? Array.from({ length: cpus }, (_, cpu) => ({
          name: `i${cpu}`,
          cpu,
          irql: 5,
          lock: 'I',
          arrivals: { at: 0 },
          body: [{ do: 'work' as const, cycles: 50 }],
        }))
      : [],
  };
}
