/**
 * Where things stand on the timeline: lanes, IRQL rows inside them, lock strips. CSS pixels, y downwards from the plot's top.
 * Pure, from the trace and the room that there is; no colours, no canvas.
 */
import type { PackedTrace } from 'irql-lens-server/protocol';
import { shownEnd, type Spans } from './spans.ts';

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

const laneGap = 18;
const lockGap = 6;

/** The levels that occur, with PASSIVE_LEVEL and DISPATCH_LEVEL always: a lane without them could not be read. */
export function usedLevels(spans: Spans): readonly number[] {
  const seen = new Set([0, 2]);
  for (const lane of spans.lanes) for (const irql of lane.irql) seen.add(irql);
  return [...seen].sort((a, b) => a - b);
}

/** A thread at PASSIVE_LEVEL still has some height; the highest level leaves room above it for its label. */
function sharesOf(levels: readonly number[]): Float64Array {
  const shares = new Float64Array(64);
  const lowest = 0.26;
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
  const fair = cpus === 0 ? wanted : room / cpus - laneGap;
  return Math.round(Math.min(wanted, Math.max(fair, cpus > 16 ? 26 : 44)));
}

/** Lays out the plot for `room` pixels of height. It may become higher than that; it then scrolls. */
export function layOut(trace: PackedTrace, spans: Spans, room: number): Layout {
  const levels = usedLevels(spans);
  const lockHeight = trace.locks.length > 6 ? 20 : 28;
  const lockRoom = trace.locks.length * (lockHeight + lockGap) + (trace.locks.length > 0 ? laneGap : 0);
  const height = laneHeight(trace.cpus, levels.length, room - lockRoom);
  const lanes = Array.from({ length: trace.cpus }, (_, cpu) => ({
    cpu,
    top: laneGap + cpu * (height + laneGap),
    height,
  }));
  const below = laneGap + trace.cpus * (height + laneGap) + (trace.locks.length > 0 ? laneGap / 2 : 0);
  const locks = trace.locks.map((_, lock) => ({
    lock,
    top: below + lock * (lockHeight + lockGap),
    height: lockHeight,
  }));
  const end = below + trace.locks.length * (lockHeight + lockGap);
  return { lanes, locks, levels, levelShare: sharesOf(levels), height: end };
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
  const isLong = trace.deadlock === undefined && time.length > 4000;
  const end = isLong ? (time[2000] ?? whole) : matters;
  return { start: -end * 0.015, end: end * 1.03 };
}
