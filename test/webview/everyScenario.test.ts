/**
 * Every bundled scenario, run both ways, folded event by event: what the page relies on must hold in each of them.
 */
import { describe, expect, it } from 'vitest';
import { createFolder } from '../../client/webview/model/fold.ts';
import { explain } from '../../client/webview/model/explain.ts';
import { layOut } from '../../client/webview/model/layout.ts';
import { buildSpans } from '../../client/webview/model/spans.ts';
import { eventSentence } from '../../client/webview/model/words.ts';
import {
  explore,
  findScenario,
  listLockKinds,
  listScenarios,
  simulate,
} from '../../server/src/engine/engine.ts';
import { packTrace, TraceEventKind, type PackedTrace, type Trace } from '../../server/src/protocol/index.ts';

function pack(trace: Trace): PackedTrace {
  const result = packTrace(trace);
  if ('problem' in result) throw new Error(result.problem);
  return result.trace;
}

const sharable = new Set(['exspin', 'eresource', 'pushlock', 'ndisrw', 'semaphore', 'event']);

/** Kinds that only one context may own at a time. */
function isExclusive(kind: string): boolean {
  return listLockKinds().some(({ id }) => id === kind) && !sharable.has(kind);
}

function checkFold(trace: PackedTrace): void {
  const { events } = trace;
  const folder = createFolder(trace);
  let before = 0;
  for (let row = 0; row < events.time.length; row++) {
    const frame = folder.at(row);
    expect(events.time[row]).toBeGreaterThanOrEqual(before);
    before = events.time[row]!;
    frame.locks.forEach((lock, at) => {
      if (lock.owners.length > 1 && !lock.isShared && isExclusive(trace.locks[at]!.kind))
        throw new Error(`event ${row}: ${trace.locks[at]!.name} has owners ${lock.owners.join()}`);
    });
    for (const cpu of frame.cpus) {
      expect(cpu.levels).toHaveLength(cpu.stack.length);
      // A context that interrupted another runs above the IRQL of the one below.
      for (let at = 0; at + 1 < cpu.stack.length; at++)
        if (at + 2 < cpu.stack.length) expect(cpu.levels[at]).toBeLessThanOrEqual(cpu.levels[at + 1]!);
    }
  }
}

describe.each(listScenarios().map(({ id }) => id))('%s', (id) => {
  const scenario = findScenario(id)!;
  const limited = { maxTraceEvents: 3000 };
  const runs: [string, () => Trace][] = [];
  if (scenario.runs !== 'explore') runs.push(['simulated', () => simulate(scenario, limited).trace]);
  if (scenario.runs !== 'simulate')
    runs.push(['explored', () => explore(scenario, { ...limited, maxStates: 50_000 }).trace]);

  it.each(runs)('folds, %s', (_, run) => {
    const trace = pack(run());
    checkFold(trace);
    const spans = buildSpans(trace);
    const layout = layOut(trace, spans, 400);
    expect(layout.lanes).toHaveLength(trace.cpus);
    for (const lane of spans.lanes)
      for (let row = 1; row < lane.length; row++)
        expect(lane.start[row]).toBeGreaterThan(lane.start[row - 1]!);
    for (let row = 0; row < Math.min(trace.events.time.length, 500); row++)
      expect(eventSentence(trace, row)).not.toMatch(/undefined|NaN|nobody|\?/);
    const told = explain(trace);
    expect(told.verdict).not.toBe('');
    if (trace.deadlock !== undefined) expect(told.remedy).not.toBe('');
    const ends =
      [...trace.events.kind].includes(TraceEventKind.end) || trace.outcome !== 'completed' || trace.truncated;
    expect(ends).toBe(true);
  });
});
