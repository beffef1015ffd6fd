import { describe, expect, it } from 'vitest';
import { fold } from '../../client/webview/model/fold.ts';
import { explain, irqlOfOwner, remarks } from '../../client/webview/model/explain.ts';
import { isTarget, jumpFrom } from '../../client/webview/model/jump.ts';
import { locationAtCursor, rowOfLine } from '../../client/webview/model/locations.ts';
import {
  cyclesText,
  grouped,
  percentText,
  rangeText,
  shortNumber,
  timeText,
} from '../../client/webview/model/numbers.ts';
import { deadlockCycle, findCycle } from '../../client/webview/model/waitGraph.ts';
import { cpuWords, eventSentence, frameWords, lockWords } from '../../client/webview/model/words.ts';
import { TraceEventKind } from '../../server/src/protocol/index.ts';
import { abba, packed, selfLivelock } from './buildTrace.ts';

describe('words', () => {
  it('says every event of scenario 3', () => {
    const trace = selfLivelock();
    const told = Array.from(trace.events.time, (_, row) => eventSentence(trace, row));
    expect(told).toMatchInlineSnapshot(`
      [
        "CPU 0, thread Worker: starts at PASSIVE_LEVEL",
        "CPU 0, thread Worker: calls KeAcquireSpinLockAtDpcLevel(A)",
        "CPU 0, thread Worker: owns A",
        "CPU 0, thread Worker: Driver Verifier: 0xC4/0x40: KeAcquireSpinLockAtDpcLevel below DISPATCH_LEVEL",
        "CPU 0, thread Worker: works under the lock",
        "CPU 0, thread Worker: queues DPC FlushDpc on CPU 0",
        "CPU 0, DPC FlushDpc: starts at DISPATCH_LEVEL, interrupts PASSIVE",
        "CPU 0, DPC FlushDpc: calls KeAcquireSpinLockAtDpcLevel(A)",
        "CPU 0, DPC FlushDpc: finds A owned by thread Worker and spins",
        "CPU 0, DPC FlushDpc: Deadlock: DPC FlushDpc on CPU 0 waits for A, which thread Worker on the same CPU owns.",
      ]
    `);
  });

  it('says what CPUs and locks do', () => {
    const trace = selfLivelock();
    const frame = fold(trace, 2400);
    expect(cpuWords(trace, frame, 0)).toBe('DPC FlushDpc spins for ever for A');
    expect(lockWords(trace, frame, 0)).toBe('owned by thread Worker (CPU 0); 1 waits: DPC FlushDpc (CPU 0)');
    expect(frameWords(trace, fold(trace, 300))).toBe('CPU 0 at PASSIVE_LEVEL, thread Worker holds A');
  });

  it('has words for every kind of event', () => {
    const trace = packed([[0, 0, 'note', 0, 0]], {
      contexts: [{ name: 'T', kind: 'thread', cpu: 0, irql: 0 }],
      locks: [{ name: 'A', kind: 'k', displayName: 'A' }],
      strings: ['told'],
    });
    for (const kind of Object.values(TraceEventKind)) {
      trace.events.kind[0] = kind;
      expect(eventSentence(trace, 0)).not.toMatch(/undefined|event of kind|NaN/);
    }
  });
});

describe('explain', () => {
  it('tells the DPC on top of its owner, with the remedy', () => {
    const told = explain(selfLivelock());
    expect(told).toMatchObject({
      verdict: 'Deadlock',
      tone: 'bad',
      bugCheck: '0x133 DPC_WATCHDOG_VIOLATION (P1 = 0)',
    });
    expect(told.why).toContain('held A at PASSIVE_LEVEL');
    expect(told.remedy).toContain('KeAcquireSpinLock in thread Worker');
  });

  it('tells the order inversion with both sides', () => {
    const told = explain(abba());
    expect(told.why).toBe(
      'Each owns what the next one needs, and gives it back only when it has both: nobody can go first. The locks are taken in different orders.',
    );
    expect(told.remedy).toContain('Take A before B everywhere');
  });

  it('tells a recursive acquisition and an ISR from a DPC', () => {
    const base = selfLivelock();
    const member = base.deadlock!.members[0]!;
    const recursive = { ...base, deadlock: { ...base.deadlock!, members: [{ ...member, context: 0 }] } };
    expect(explain(recursive).why).toContain('not recursive');
    const isr = {
      ...base,
      contexts: [base.contexts[0]!, { ...base.contexts[1]!, kind: 'isr' as const, irql: 5 }],
    };
    expect(explain(isr).remedy).toContain('KeAcquireInterruptSpinLock');
  });

  it('has nothing to mend where nothing went wrong', () => {
    const told = explain(packed([[5, 0, 'end', -1, 0]], { strings: ['every thread has ended'] }));
    expect(told).toEqual({
      verdict: 'Completed',
      tone: 'good',
      what: 'Every thread has ended.',
      why: '',
      remedy: '',
      bugCheck: '',
    });
  });

  it('finds the IRQL at which the owner took the lock, and the remarks once each', () => {
    expect(irqlOfOwner(selfLivelock(), 0, 0)).toBe(0);
    expect(irqlOfOwner(abba(), 0, 0)).toBe(2);
    expect(remarks(selfLivelock())).toEqual([
      'Driver Verifier: 0xC4/0x40: KeAcquireSpinLockAtDpcLevel below DISPATCH_LEVEL',
    ]);
  });
});

describe('wait graph', () => {
  it('puts the waits into the order of the cycle', () => {
    const trace = packed([], {
      cpus: 3,
      contexts: [0, 1, 2].map((cpu) => ({ name: `T${cpu}`, kind: 'thread' as const, cpu, irql: 0 })),
    });
    const edge = (context: number, owner: number) => ({ cpu: context, context, lock: context, owner });
    const { ring, others } = findCycle(trace, [edge(0, 2), edge(1, 0), edge(2, 1)]);
    expect(ring.map((each) => each.context)).toEqual([0, 2, 1]);
    expect(others).toEqual([]);
  });

  it('is empty without a deadlock', () => {
    expect(deadlockCycle(packed([]))).toEqual({ ring: [], others: [] });
    expect(deadlockCycle(abba()).ring).toHaveLength(2);
  });

  it('tells who only hangs on the ring', () => {
    const trace = packed([], {
      cpus: 3,
      contexts: [0, 1, 2].map((cpu) => ({ name: `T${cpu}`, kind: 'thread' as const, cpu, irql: 0 })),
    });
    const edge = (context: number, owner: number) => ({ cpu: context, context, lock: context, owner });
    const { ring, others } = findCycle(trace, [edge(0, 1), edge(1, 2), edge(2, 1)]);
    expect(ring.map((each) => each.context)).toEqual([1, 2]);
    expect(others.map((each) => each.context)).toEqual([0]);
  });
});

describe('jumpFrom', () => {
  it('finds the next and the previous of a kind', () => {
    const { events } = selfLivelock();
    expect(jumpFrom(events, -1, 1, 'acquire')).toBe(2);
    expect(jumpFrom(events, 2, 1, 'contention')).toBe(8);
    expect(jumpFrom(events, 8, -1, 'acquire')).toBe(2);
    expect(jumpFrom(events, 8, 1, 'acquire')).toBe(-1);
    expect(jumpFrom(events, 0, 1, 'any')).toBe(1);
    expect(isTarget('any', 99)).toBe(true);
  });
});

describe('locations', () => {
  it('goes from an event to its line and back', () => {
    const trace = selfLivelock();
    expect(locationAtCursor(trace, 2)?.line).toBe(41);
    // The deadlock event has none of its own: the DPC's last line stands for it.
    expect(locationAtCursor(trace, 9)?.line).toBe(77);
    expect(locationAtCursor(trace, -1)).toBeNull();
    expect(rowOfLine(trace, 'file:///c%3A/driver/queue.c', 77, 0)).toBe(7);
    expect(rowOfLine(trace, 'C:\\driver\\QUEUE.C', 41, 5)).toBe(1);
    expect(rowOfLine(trace, 'other.c', 41, 0)).toBe(-1);
  });
});

describe('numbers', () => {
  it('are written as people read them', () => {
    expect(grouped(1234567)).toBe('1\u2009234\u2009567');
    expect(grouped(12.34)).toBe('12.3');
    expect(grouped(-1234)).toBe('-1\u2009234');
    expect(cyclesText(14_056)).toBe('1\u2009406');
    expect([950, 12_340, 1_500_000, 2e9].map(shortNumber)).toEqual(['950', '12.3k', '1.5M', '2G']);
    expect(timeText(30_000, 3)).toBe('1.00 µs');
    expect(timeText(300, 3)).toBe('10 ns');
    expect(rangeText(95, 310)).toBe('95\u2013310');
    expect(rangeText(4.1, 4.3)).toBe('4');
    expect([0, 0.004, 0.5, 1].map(percentText)).toEqual(['0 %', '<1 %', '50 %', '100 %']);
  });
});

describe('a run that ends well', () => {
  it('but against the rules is no clean one', () => {
    const trace = packed([[1, 0, 'verifier', 0, 0]], {
      contexts: [{ name: 'T', kind: 'thread', cpu: 0, irql: 0 }],
      strings: ["0xC4/0x31: 'T' lowered the IRQL inside a DPC"],
    });
    expect(explain(trace)).toMatchObject({
      verdict: 'Completed, with a fault',
      tone: 'bad',
      what: "Driver Verifier: 0xC4/0x31: 'T' lowered the IRQL inside a DPC",
    });
  });
});
