import { describe, expect, it } from 'vitest';
import { fold } from '../../client/webview/model/fold.ts';
import { Activity, buildSpans, shownEnd, spanAt } from '../../client/webview/model/spans.ts';
import { sharesOfSpans } from '../../client/webview/model/shares.ts';
import { abba, packed, selfLivelock } from './buildTrace.ts';

function rowsOf(trace: ReturnType<typeof packed>, cpu: number) {
  const lane = buildSpans(trace).lanes[cpu]!;
  const names = Object.keys(Activity);
  return Array.from({ length: lane.length }, (_, row) => {
    const context = trace.contexts[lane.context[row]!]?.name ?? '-';
    return `${lane.start[row]! / 10} IRQL ${lane.irql[row]} ${context} ${names[lane.activity[row]!]}`;
  });
}

describe('buildSpans', () => {
  it('cuts scenario 3 where something changes', () => {
    expect(rowsOf(selfLivelock(), 0)).toMatchInlineSnapshot(`
      [
        "0 IRQL 0 Worker run",
        "20 IRQL 0 Worker hold",
        "120 IRQL 2 FlushDpc run",
        "130 IRQL 2 FlushDpc spin",
        "140 IRQL 2 FlushDpc dead",
      ]
    `);
  });

  it('keeps what lies interrupted below, with the IRQL and the locks that it had', () => {
    const { lanes, stacks } = buildSpans(selfLivelock());
    expect(stacks[lanes[0]!.below[0]!]).toEqual([]);
    expect(stacks[lanes[0]!.below[2]!]).toEqual([{ context: 0, irql: 0, held: [0] }]);
  });

  it('makes lock strips and the deferred DPC', () => {
    const spans = buildSpans(selfLivelock());
    const [strip] = spans.locks;
    expect([...strip!.start]).toEqual([0, 200, 1300]);
    expect([...strip!.owner]).toEqual([-1, 0, 0]);
    expect([...strip!.waiters]).toEqual([0, 0, 1]);
    expect(spans.deferred).toEqual([{ cpu: 0, context: 1, start: 600, end: 1200, hasRun: true }]);
  });

  it('draws an arrow from the release to the acquisition of a waiter', () => {
    const contexts = [
      { name: 'T', kind: 'thread', cpu: 0, irql: 0 },
      { name: 'U', kind: 'thread', cpu: 1, irql: 0 },
    ] as const;
    const trace = packed(
      [
        [10, 0, 'acquired', 0, 0, -1],
        [20, 1, 'waitBegin', 1, 0, 0],
        [30, 0, 'released', 0, 0],
        [37, 1, 'acquired', 1, 0, 0],
      ],
      { cpus: 2, contexts, locks: [{ name: 'A', kind: 'ttas', displayName: 'A' }] },
    );
    const [arrows] = buildSpans(trace).handoffs;
    expect([
      arrows!.length,
      arrows!.fromCpu[0],
      arrows!.toCpu[0],
      arrows!.releasedAt[0],
      arrows!.acquiredAt[0],
    ]).toEqual([1, 0, 1, 300, 370]);
  });

  it('goes some way into for ever where the run is dead at its end', () => {
    expect(shownEnd(selfLivelock())).toBe(2400);
    expect(shownEnd({ ...abba(), endTime: 2100 })).toBeCloseTo(2100 * 1.35);
    expect(shownEnd({ ...packed([]), endTime: 0 })).toBe(1);
  });

  it('agrees with fold in the middle of every interval', () => {
    for (const trace of [selfLivelock(), abba()]) {
      const { lanes } = buildSpans(trace);
      lanes.forEach((lane, cpu) => {
        for (let row = 0; row < lane.length; row++) {
          const end = row + 1 < lane.length ? lane.start[row + 1]! : trace.endTime;
          const frame = fold(trace, (lane.start[row]! + end) / 2);
          expect(lane.irql[row]).toBe(frame.cpus[cpu]!.irql);
          expect(lane.context[row]).toBe(frame.cpus[cpu]!.stack.at(-1) ?? -1);
        }
      });
    }
  });

  it('finds the interval of a time', () => {
    const starts = Float64Array.of(0, 10, 20);
    expect([-5, 0, 9, 10, 25].map((time) => spanAt(starts, 3, time))).toEqual([0, 0, 0, 1, 2]);
  });
});

describe('sharesOfSpans', () => {
  it('counts each instant once', () => {
    const trace = selfLivelock();
    const [shares] = sharesOfSpans(trace, buildSpans(trace));
    expect(shares).toEqual({ thread: 20, hold: 100, dpc: 10, spin: 110, isr: 0, overhead: 0, idle: 0 });
  });
});
