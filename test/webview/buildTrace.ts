/**
 * Writes small traces by hand, event by event, for tests of the page without the engine.
 * `at` counts in cycles; the trace is in ticks.
 */
import { packTrace, TraceEventKind, type PackedTrace, type Trace } from '../../server/src/protocol/index.ts';

type Kind = keyof typeof TraceEventKind;
export type Row = readonly [
  at: number,
  cpu: number,
  kind: Kind,
  context: number,
  a?: number,
  b?: number,
  location?: number,
];

const irqlNames = ['PASSIVE_LEVEL', 'APC_LEVEL', 'DISPATCH_LEVEL'];
for (let irql = 3; irql < 12; irql++) irqlNames.push(`DIRQL (${irql})`);
irqlNames.push('SYNCH_LEVEL', 'CLOCK_LEVEL', 'IPI_LEVEL', 'HIGH_LEVEL');

/** A plain trace from rows and whatever else differs from the empty run. */
export function buildTrace(rows: readonly Row[], rest: Partial<Omit<Trace, 'events'>> = {}): Trace {
  const last = rows.at(-1)?.[0] ?? 0;
  return {
    format: 'irql-lens-trace',
    version: 1,
    tool: 'test',
    scenario: { id: 'hand', title: 'Written by hand', lesson: 'Look at it.', sources: [] },
    profile: { id: 'skylake-sp', name: 'Skylake-SP', clockGHz: 3, overridden: [] },
    seed: 1,
    cpus: 1,
    irqlNames,
    contexts: [],
    locks: [],
    operations: [],
    locations: [],
    strings: [],
    endTime: last * 10,
    outcome: 'completed',
    truncated: false,
    ...rest,
    events: {
      time: rows.map(([at]) => at * 10),
      cpu: rows.map(([, cpu]) => cpu),
      kind: rows.map(([, , kind]) => TraceEventKind[kind]),
      context: rows.map(([, , , context]) => context),
      a: rows.map(([, , , , a]) => a ?? 0),
      b: rows.map(([, , , , , b]) => b ?? 0),
      location: rows.map(([, , , , , , location]) => location ?? -1),
    },
  };
}

/** The same, packed; throws where the rows are not a trace. */
export function packed(rows: readonly Row[], rest: Partial<Omit<Trace, 'events'>> = {}): PackedTrace {
  const result = packTrace(buildTrace(rows, rest));
  if ('problem' in result) throw new Error(result.problem);
  return result.trace;
}

/** Scenario 3 in small: a thread takes A at PASSIVE_LEVEL by the AtDpcLevel call, a DPC interrupts it and spins for A. */
export const selfLivelock = (): PackedTrace =>
  packed(
    [
      [0, 0, 'contextStart', 0, 0, 0],
      [0, 0, 'acquireBegin', 0, 0, 0, 0],
      [20, 0, 'acquired', 0, 0, -1, 0],
      [20, 0, 'verifier', 0, 0, 0, 0],
      [20, 0, 'workBegin', 0, 2000, 1],
      [60, 0, 'dpcQueued', 0, 1, 0],
      [120, 0, 'contextStart', 1, 2, 0],
      [120, 0, 'acquireBegin', 1, 0, 0, 1],
      [130, 0, 'waitBegin', 1, 0, 0, 1],
      [140, 0, 'deadlock', 1],
    ],
    {
      scenario: {
        id: 'atdpc-at-passive',
        title: 'AtDpcLevel at PASSIVE_LEVEL',
        lesson:
          'The thread takes the lock without raising the IRQL. The DPC of the same device interrupts it and spins for the lock: its owner lies below it on the same CPU and never runs again.',
        sources: ['Microsoft: KeAcquireSpinLockAtDpcLevel'],
      },
      contexts: [
        { name: 'Worker', kind: 'thread', cpu: 0, irql: 0 },
        { name: 'FlushDpc', kind: 'dpc', cpu: 0, irql: 2 },
      ],
      locks: [{ name: 'A', kind: 'ttas', displayName: 'KSPIN_LOCK (test and test-and-set)' }],
      operations: ['KeAcquireSpinLockAtDpcLevel', 'KeReleaseSpinLockFromDpcLevel'],
      locations: [
        { file: 'queue.c', line: 41, column: 5 },
        { file: 'queue.c', line: 77, column: 5 },
      ],
      strings: ['0xC4/0x40: KeAcquireSpinLockAtDpcLevel below DISPATCH_LEVEL'],
      endTime: 2400,
      outcome: 'deadlock',
      bugCheck: '0x133 DPC_WATCHDOG_VIOLATION (P1 = 0)',
      deadlock: {
        time: 1400,
        members: [{ cpu: 0, context: 1, waitsFor: 0, ownedBy: 0, location: 1 }],
        text: 'CPU 0 can never go on: DPC FlushDpc spins for A, which thread Worker below it owns.',
      },
    },
  );

/** Two CPUs take A and B in opposite order. */
export const abba = (): PackedTrace =>
  packed(
    [
      [0, 0, 'contextStart', 0, 0, 0],
      [0, 1, 'contextStart', 1, 0, 0],
      [30, 0, 'irql', 0, 2, 0],
      [35, 1, 'irql', 1, 2, 0],
      [50, 0, 'acquired', 0, 0, -1],
      [55, 1, 'acquired', 1, 1, -1],
      [150, 0, 'acquireBegin', 0, 1, 0],
      [170, 0, 'waitBegin', 0, 1, 1],
      [190, 1, 'acquireBegin', 1, 0, 0],
      [210, 1, 'waitBegin', 1, 0, 0],
      [210, 1, 'deadlock', 1],
    ],
    {
      scenario: {
        id: 'abba',
        title: 'Two locks in opposite order',
        lesson: 'Each owns what the other wants.',
        sources: [],
      },
      cpus: 2,
      contexts: [
        { name: 'Read', kind: 'thread', cpu: 0, irql: 0 },
        { name: 'Write', kind: 'thread', cpu: 1, irql: 0 },
      ],
      locks: [
        { name: 'A', kind: 'ttas', displayName: 'KSPIN_LOCK' },
        { name: 'B', kind: 'ttas', displayName: 'KSPIN_LOCK' },
      ],
      operations: ['KeAcquireSpinLock'],
      endTime: 3000,
      outcome: 'deadlock',
      bugCheck: '0x133 DPC_WATCHDOG_VIOLATION (P1 = 1)',
      deadlock: {
        time: 2100,
        members: [
          { cpu: 0, context: 0, waitsFor: 1, ownedBy: 1, location: -1 },
          { cpu: 1, context: 1, waitsFor: 0, ownedBy: 0, location: -1 },
        ],
        text: 'CPU 0 and CPU 1 can never go on: each waits for the lock that the other owns.',
      },
    },
  );
