/** Trace files: today's version is read, newer and damaged ones are refused with a sentence. */
import { describe, expect, it } from 'vitest';
import { findScenario, simulate } from '../../server/src/engine/engine.ts';
import { traceToPerfetto } from '../../server/src/protocol/perfetto.ts';
import { TraceEventKind } from '../../server/src/protocol/traceFormat.ts';
import { upgradeTrace } from '../../server/src/protocol/upgradeTrace.ts';

const { trace } = simulate(findScenario('abba') ?? expect.fail('abba'));

describe('upgradeTrace', () => {
  it('reads what was written', () => {
    expect(upgradeTrace(JSON.parse(JSON.stringify(trace)))).toEqual({ trace });
  });
  it.each([
    [42, 'no IRQL Lens trace'],
    [{ format: 'other' }, 'no IRQL Lens trace'],
    [{ ...trace, version: 99 }, 'newer IRQL Lens (version 99'],
    [{ ...trace, version: 'x' }, 'no valid version'],
    [{ ...trace, events: { ...trace.events, a: [] } }, "differ in length ('a')"],
    [{ ...trace, events: { ...trace.events, b: undefined } }, "lacks the column 'b'"],
    [{ ...trace, events: { ...trace.events, b: trace.events.b.map(String) } }, 'no number'],
  ])('refuses %#', (value, words) => {
    const read = upgradeTrace(value);
    expect('problem' in read ? read.problem : '').toContain(words);
  });
});

describe('the trace of abba', () => {
  it('is columnar, in order of time, and names its deadlock', () => {
    const { events } = trace;
    expect(new Set(Object.values(events).map((column) => column.length)).size).toBe(1);
    expect(events.time.every((time, row) => row === 0 || time >= (events.time[row - 1] ?? 0))).toBe(true);
    expect(events.kind).toContain(TraceEventKind.deadlock);
    expect(trace.deadlock?.members.map((member) => member.cpu).sort()).toEqual([0, 1]);
  });

  it('opens in Perfetto: spans are balanced, times are microseconds', () => {
    const chrome = traceToPerfetto(trace);
    const count = (ph: string): number => chrome.traceEvents.filter((event) => event.ph === ph).length;
    expect(count('B')).toBe(count('E'));
    expect(count('X')).toBeGreaterThan(0);
    for (const event of chrome.traceEvents) expect(event.ts).toBeGreaterThanOrEqual(0);
    expect(chrome.traceEvents.some((event) => event.name.startsWith('Deadlock'))).toBe(true);
  });
});
