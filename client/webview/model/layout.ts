/**
 * Where things stand on the timeline: lanes, IRQL rows inside them, lock strips. CSS pixels, y downwards from the plot's top.
 * Pure, from the trace and the room that there is; no colours, no canvas.
 */
import type { PackedTrace } from 'irql-lens-server/protocol';
import { minSpan } from './timeScale.ts';
import { Activity, shownEnd, type Spans } from './spans.ts';

/** One CPU's lane. */
export interface LaneBox {
  readonly cpu: number;
  readonly top: number;
  readonly height: number;
}

/** One lock's strip. */
export interface LockBox {
  readonly lock: number;
  readonly top: number;
  readonly height: number;
}

/** The whole plot. */
export interface Layout {
  readonly lanes: readonly LaneBox[];
  readonly locks: readonly LockBox[];
  /** IRQLs that get a row in each lane, lowest first. */
  readonly levels: readonly number[];
  /** Index = IRQL: height above the lane's floor as a share of the lane's height, 0..1. */
  readonly levelShare: Float64Array;
  readonly height: number;
}

const lockGap = 6;
/** Height of the lane of a CPU that never does anything. */
const idleHeight = 20;

/** Room between lanes: a label of what is deferred stands in it where there are few. */
function gapOf(cpus: number): number {
  return cpus <= 4 ? 18 : cpus <= 8 ? 9 : 5;
}

/** The levels that occur, with PASSIVE_LEVEL and DISPATCH_LEVEL always: a lane without them could not be read. */
function usedLevels(spans: Spans): readonly number[] {
  const seen = new Set([0, 2]);
  for (const lane of spans.lanes) for (const irql of lane.irql) seen.add(irql);
  return [...seen].sort((a, b) => a - b);
}

/** A thread at PASSIVE_LEVEL still has the height of a line of text where there is room for one. */
function sharesOf(levels: readonly number[], height: number): Float64Array {
  const shares = new Float64Array(64);
  const lowest = Math.min(0.42, Math.max(0.26, 18 / height));
  const highest = 0.96;
  const step = levels.length < 2 ? 0 : (highest - lowest) / (levels.length - 1);
  for (let irql = 0; irql < shares.length; irql++) {
    const rank = levels.filter((level) => level <= irql).length - 1;
    shares[irql] = lowest + Math.max(rank, 0) * step;
  }
  return shares;
}

function laneHeight(cpus: number, levels: number, room: number): number {
  const wanted = Math.min(168, 60 + levels * 30);
  const fair = cpus === 0 ? wanted : room / cpus - gapOf(cpus);
  return Math.round(Math.min(wanted, Math.max(fair, cpus > 8 ? 22 : cpus > 4 ? 30 : 48)));
}

function isIdle(spans: Spans, cpu: number): boolean {
  const lane = spans.lanes[cpu];
  return lane !== undefined && lane.length === 1 && lane.activity[0] === Activity.idle;
}

/** Lays out the plot for `room` pixels of height. It may become higher than that; it then scrolls. */
export function layOut(trace: PackedTrace, spans: Spans, room: number): Layout {
  const levels = usedLevels(spans);
  const gap = gapOf(trace.cpus);
  const lockHeight = trace.locks.length > 6 || trace.cpus > 8 ? 20 : 28;
  const lockRoom = trace.locks.length * (lockHeight + lockGap) + 18;
  const nIdle = spans.lanes.filter((_, cpu) => isIdle(spans, cpu)).length;
  const height = laneHeight(trace.cpus - nIdle, levels.length, room - lockRoom - nIdle * (idleHeight + gap));
  const lanes: LaneBox[] = [];
  let top = Math.max(gap, 10);
  for (let cpu = 0; cpu < trace.cpus; cpu++) {
    const box = { cpu, top, height: isIdle(spans, cpu) ? idleHeight : height };
    lanes.push(box);
    top += box.height + gap;
  }
  const locks = trace.locks.map((_, lock) => ({
    lock,
    top: top + lock * (lockHeight + lockGap),
    height: lockHeight,
  }));
  const end = top + trace.locks.length * (lockHeight + lockGap);
  return { lanes, locks, levels, levelShare: sharesOf(levels, height), height: end };
}

/** y of an IRQL in a lane. */
export function levelY(layout: Layout, lane: LaneBox, irql: number): number {
  return lane.top + lane.height * (1 - (layout.levelShare[irql] ?? 0));
}

/** What lies at height y. */
export type Hit = { readonly cpu: number } | { readonly lock: number } | null;

/** Finds the lane or strip at `y`. */
export function hitTest(layout: Layout, y: number): Hit {
  const lane = layout.lanes.find((box) => y >= box.top && y < box.top + box.height);
  if (lane !== undefined) return { cpu: lane.cpu };
  const strip = layout.locks.find((box) => y >= box.top && y < box.top + box.height);
  return strip === undefined ? null : { lock: strip.lock };
}

/** The view to begin with: around what matters, which is the way into the deadlock where there is one. Ticks. */
export function firstView(trace: PackedTrace): { readonly start: number; readonly end: number } {
  const { time } = trace.events;
  const whole = shownEnd(trace);
  const matters = trace.deadlock === undefined ? whole : Math.min(whole, trace.deadlock.time * 1.35);
  // A long run begins with as much as can be read: some forty events a CPU.
  const readable = 40 * trace.cpus;
  const isLong = trace.deadlock === undefined && time.length > readable * 4;
  const end = isLong ? Math.max(time[readable] ?? whole, minSpan) : matters;
  return { start: -end * 0.015, end: end * 1.03 };
}
