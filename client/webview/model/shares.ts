/**
 * Where the time of each CPU went, by what it did: from the result where there is one, else from the intervals of the trace. Pure.
 */
import type { PackedTrace, SimulateResult } from 'irql-lens-server/protocol';
import { Activity, type Spans } from './spans.ts';

/** What a CPU's time is split into; each instant counts once. */
export const shareNames = ['thread', 'dpc', 'isr', 'hold', 'spin', 'overhead', 'idle'] as const;
export type ShareName = (typeof shareNames)[number];

/** Cycles by kind. */
export type Shares = Readonly<Record<ShareName, number>>;

function none(): Record<ShareName, number> {
  return { thread: 0, dpc: 0, isr: 0, hold: 0, spin: 0, overhead: 0, idle: 0 };
}

function nameOf(trace: PackedTrace, context: number, activity: number): ShareName {
  if (activity === Activity.idle) return 'idle';
  if (activity === Activity.spin || activity === Activity.dead) return 'spin';
  if (activity === Activity.hold) return 'hold';
  const kind = trace.contexts[context]?.kind;
  return kind === 'isr' ? 'isr' : kind === 'dpc' || kind === 'threadedDpc' ? 'dpc' : 'thread';
}

/** Sums the intervals of the trace, in cycles. */
export function sharesOfSpans(trace: PackedTrace, spans: Spans): readonly Shares[] {
  return spans.lanes.map((lane) => {
    const sums = none();
    for (let row = 0; row < lane.length; row++) {
      const end = row + 1 < lane.length ? lane.start[row + 1]! : spans.endTime;
      const cycles = Math.max(0, end - lane.start[row]!) / 10;
      sums[nameOf(trace, lane.context[row]!, lane.activity[row]!)] += cycles;
    }
    return sums;
  });
}

/** The engine's own account, which is of all events even where the trace left some out. */
export function sharesOfResult(result: SimulateResult): readonly Shares[] {
  return result.cpuResults.map(({ cyclesByActivity }) => ({ ...none(), ...cyclesByActivity }));
}

/** All CPUs together. */
export function totalShares(all: readonly Shares[]): Shares {
  const sums = none();
  for (const one of all) for (const name of shareNames) sums[name] += one[name];
  return sums;
}
