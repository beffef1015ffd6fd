import { describe, expect, it } from 'vitest';
import { createFolder, copyFrame, fold, rowsAt } from '../../client/webview/model/fold.ts';
import { abba, packed, selfLivelock, type Row } from './buildTrace.ts';

const thread = { name: 'T', kind: 'thread', cpu: 0, irql: 0 } as const;
const dpc = { name: 'D', kind: 'dpc', cpu: 0, irql: 2 } as const;
const isr = { name: 'I', kind: 'isr', cpu: 0, irql: 5 } as const;
const lock = { name: 'A', kind: 'ttas', displayName: 'KSPIN_LOCK' } as const;

describe('fold', () => {
  it('is idle at PASSIVE_LEVEL before the first event', () => {
    const frame = fold(packed([[10, 0, 'contextStart', 0, 0, 0]], { contexts: [thread] }), 99);
    expect(frame.row).toBe(-1);
    expect(frame.cpus[0]).toEqual({ irql: 0, stack: [], levels: [], pending: [], dpcQueue: [] });
  });

  it('stacks a DPC on a thread and an ISR on both, and unwinds to the IRQL of each', () => {
    const trace = packed(
      [
        [0, 0, 'contextStart', 0, 0, 0],
        [5, 0, 'dpcQueued', 0, 1, 0],
        [10, 0, 'contextStart', 1, 2, 0],
        [15, 0, 'interruptRequested', 1, 2, 5],
        [20, 0, 'contextStart', 2, 5, 2],
        [30, 0, 'contextEnd', 2, 2],
        [40, 0, 'contextEnd', 1, 0],
      ],
      { contexts: [thread, dpc, isr] },
    );
    const at = (cycles: number) => fold(trace, cycles * 10).cpus[0];
    expect(at(5)).toEqual({ irql: 0, stack: [0], levels: [-1], pending: [], dpcQueue: [1] });
    expect(at(15)).toEqual({ irql: 2, stack: [0, 1], levels: [0, -1], pending: [2], dpcQueue: [] });
    expect(at(20)).toEqual({ irql: 5, stack: [0, 1, 2], levels: [0, 2, -1], pending: [], dpcQueue: [] });
    expect(at(30)).toEqual({ irql: 2, stack: [0, 1], levels: [0, -1], pending: [], dpcQueue: [] });
    expect(at(40)).toEqual({ irql: 0, stack: [0], levels: [-1], pending: [], dpcQueue: [] });
  });

  it('keeps owner and waiters of a lock, and passes it on', () => {
    const other = { name: 'U', kind: 'thread', cpu: 1, irql: 0 } as const;
    const rows: Row[] = [
      [0, 0, 'contextStart', 0],
      [0, 1, 'contextStart', 1],
      [10, 0, 'acquired', 0, 0, -1],
      [20, 1, 'waitBegin', 1, 0, 0],
      [30, 0, 'released', 0, 0],
      [35, 1, 'acquired', 1, 0, 0],
    ];
    const trace = packed(rows, { cpus: 2, contexts: [thread, other], locks: [lock] });
    expect(fold(trace, 200).locks[0]).toEqual({ owners: [0], waiters: [1], isShared: false });
    expect(fold(trace, 200).contexts[1]).toMatchObject({ waitsFor: 0, waitSince: 200, held: [] });
    expect(fold(trace, 300).locks[0]).toEqual({ owners: [], waiters: [1], isShared: false });
    expect(fold(trace, 350).locks[0]).toEqual({ owners: [1], waiters: [], isShared: false });
    expect(fold(trace, 350).contexts[1]).toMatchObject({ waitsFor: -1, held: [0] });
  });

  it('lets several share and frees one share at a time', () => {
    const rows: Row[] = [
      [1, 0, 'acquiredShared', 0, 0, -1],
      [2, 0, 'acquiredShared', 1, 0, -1],
      [3, 0, 'released', 0, 0],
    ];
    const trace = packed(rows, { contexts: [thread, dpc], locks: [lock] });
    expect(fold(trace, 20).locks[0]).toEqual({ owners: [0, 1], waiters: [], isShared: true });
    expect(fold(trace, 30).locks[0]).toEqual({ owners: [1], waiters: [], isShared: true });
  });

  it('frees a lock that somebody else than its owner releases: so would the machine', () => {
    const rows: Row[] = [
      [1, 0, 'acquired', 0, 0, -1],
      [2, 0, 'released', 1, 0],
    ];
    const trace = packed(rows, { contexts: [thread, dpc], locks: [lock] });
    expect(fold(trace, 20).locks[0]!.owners).toEqual([]);
    expect(fold(trace, 20).contexts[0]!.held).toEqual([]);
  });

  it('switches threads, keeps a blocked one off the CPU, and takes a removed DPC from its queue', () => {
    const idle = { name: 'Idle', kind: 'idle', cpu: 0, irql: 0 } as const;
    const rows: Row[] = [
      [0, 0, 'contextStart', 0],
      [1, 0, 'dpcQueued', 0, 2, 0],
      [2, 0, 'dpcRemoved', 0, 2],
      [3, 0, 'blockBegin', 0, 0],
      [4, 0, 'switchThread', 0, 0, 1],
      [5, 0, 'switchThread', 1, 1, 0],
      [6, 0, 'blockEnd', 0, 0],
    ];
    const trace = packed(rows, { contexts: [thread, idle, dpc], locks: [lock] });
    expect(fold(trace, 20).cpus[0]!.dpcQueue).toEqual([]);
    expect(fold(trace, 40).cpus[0]!.stack).toEqual([]);
    expect(fold(trace, 40).contexts[0]!.blockedOn).toBe(0);
    expect(fold(trace, 60).cpus[0]!.stack).toEqual([0]);
    expect(fold(trace, 60).contexts[0]!.blockedOn).toBe(-1);
  });

  it('knows the dead: scenario 3 by hand', () => {
    const frame = fold(selfLivelock(), 2400);
    expect(frame.isDead).toBe(true);
    expect(frame.cpus[0]).toMatchObject({ irql: 2, stack: [0, 1], levels: [0, -1] });
    expect(frame.locks[0]).toEqual({ owners: [0], waiters: [1], isShared: false });
  });

  it('counts the events up to and including a tick', () => {
    expect([0, 1, 5, 9, 100].map((time) => rowsAt([1, 1, 5, 9], time))).toEqual([0, 2, 3, 4, 4]);
  });
});

describe('createFolder', () => {
  it('answers like fold at every row, forwards, backwards and by leaps over its kept frames', () => {
    const rows: Row[] = [];
    for (let at = 0; at < 3000; at++) {
      rows.push([at * 10, 0, 'acquired', at % 2, 0, -1], [at * 10 + 5, 0, 'released', at % 2, 0]);
      if (at % 7 === 0) rows.push([at * 10 + 6, 0, 'irql', 0, (at / 7) % 3 === 0 ? 2 : 0, 0]);
    }
    const trace = packed(rows, { contexts: [thread, dpc], locks: [lock] });
    const folder = createFolder(trace);
    const { length } = trace.events.time;
    const wanted = [length - 1, 0, 4095, 4096, 4094, 17, -1, 5000, 4999, 1, length - 2];
    const slow = new Map(wanted.map((row) => [row, slowFrame(trace, row)]));
    for (const row of [...wanted, ...wanted.toReversed()]) expect(folder.at(row)).toEqual(slow.get(row));
  });

  it('gives frames that a copy keeps', () => {
    const folder = createFolder(abba());
    const kept = copyFrame(folder.at(5));
    folder.at(10);
    expect(kept).toEqual(createFolder(abba()).at(5));
  });
});

/** The frame after `row` by folding from the start, with the rows after it cut off. */
function slowFrame(trace: ReturnType<typeof packed>, row: number) {
  const { events } = trace;
  const cut = { ...events, time: events.time.slice(0, row + 1) };
  return fold({ ...trace, events: cut }, Infinity);
}
