/**
 * What the lanes and lock strips are drawn from: arrays of intervals, made once per trace in one pass over the events.
 * Pure, no DOM, no pixels. Column i of a lane holds from `start[i]` to `start[i + 1]` (the last one to `endTime`).
 */
import { TraceEventKind as Kind, type PackedTrace } from 'irql-lens-server/protocol';
import { startFrame, step, type Frame } from './fold.ts';

/** What a CPU does in an interval. `spin`: waits for a lock; `dead`: waits for ever; `hold`: runs while it owns one. */
export const Activity = { idle: 0, run: 1, hold: 2, spin: 3, dead: 4 } as const;

/** One CPU's intervals. */
export interface LaneSpans {
  readonly length: number;
  readonly start: Float64Array;
  readonly irql: Uint8Array;
  /** The context on top of the stack, or -1. */
  readonly context: Int32Array;
  /** Index in `Spans.stacks` of what lies interrupted below it; 0 is nothing. */
  readonly below: Int32Array;
  /** A value of `Activity`. */
  readonly activity: Uint8Array;
  /** The lock waited for or, while it holds, the one acquired last; -1 for none. */
  readonly lock: Int32Array;
}

/** One lock's intervals. */
export interface LockSpans {
  readonly length: number;
  readonly start: Float64Array;
  /** The owner (of several the first), or -1. */
  readonly owner: Int32Array;
  readonly owners: Uint16Array;
  readonly waiters: Uint16Array;
}

/** A lock passed from one CPU to a waiter on another. Ticks. */
export interface Handoffs {
  readonly length: number;
  readonly releasedAt: Float64Array;
  readonly acquiredAt: Float64Array;
  readonly fromCpu: Int32Array;
  readonly toCpu: Int32Array;
}

/** A request that waits for the IRQL to drop: an interrupt asked for, or a DPC in the queue, until it runs. */
export interface Deferred {
  readonly cpu: number;
  readonly context: number;
  readonly start: number;
  /** `endTime` where it never ran. */
  readonly end: number;
  readonly hasRun: boolean;
}

/** A context that was interrupted and lies below the running one. */
export interface Layer {
  readonly context: number;
  /** The IRQL that it had when it was interrupted. */
  readonly irql: number;
  /** The locks that it owns meanwhile. */
  readonly held: readonly number[];
}

/** Everything drawn from one trace. */
export interface Spans {
  /** What can lie below a running context, lowest first; row 0 is empty. */
  readonly stacks: readonly (readonly Layer[])[];
  readonly lanes: readonly LaneSpans[];
  readonly locks: readonly LockSpans[];
  readonly handoffs: readonly Handoffs[];
  readonly deferred: readonly Deferred[];
  /** Where the drawing ends, see `shownEnd`. */
  readonly endTime: number;
}

/** A growing column-wise list of numbers: plain arrays would box a million times. */
interface Column<A extends Float64Array | Int32Array | Uint8Array | Uint16Array> {
  data: A;
}

class Table {
  length = 0;
  readonly start: Column<Float64Array> = { data: new Float64Array(64) };
  readonly one: Column<Int32Array> = { data: new Int32Array(64) };
  readonly two: Column<Int32Array> = { data: new Int32Array(64) };
  readonly three: Column<Int32Array> = { data: new Int32Array(64) };
  readonly four: Column<Int32Array> = { data: new Int32Array(64) };
  readonly five: Column<Int32Array> = { data: new Int32Array(64) };

  /** Adds a row unless it says the same as the last; a row of no length is overwritten. */
  push(start: number, one: number, two: number, three: number, four: number, five = 0): void {
    let at = this.length - 1;
    if (at >= 0 && this.start.data[at] === start) this.length = at;
    at = this.length - 1;
    if (at >= 0 && this.isSame(at, one, two, three, four, five)) return;
    this.append(start, one, two, three, four, five);
  }

  append(start: number, one: number, two: number, three: number, four: number, five = 0): void {
    if (this.length === this.start.data.length) this.grow();
    const at = this.length++;
    this.start.data[at] = start;
    this.one.data[at] = one;
    this.two.data[at] = two;
    this.three.data[at] = three;
    this.four.data[at] = four;
    this.five.data[at] = five;
  }

  private isSame(at: number, one: number, two: number, three: number, four: number, five = 0): boolean {
    return (
      this.one.data[at] === one &&
      this.two.data[at] === two &&
      this.three.data[at] === three &&
      this.four.data[at] === four &&
      this.five.data[at] === five
    );
  }

  private grow(): void {
    const size = this.length * 2;
    const start = new Float64Array(size);
    start.set(this.start.data);
    this.start.data = start;
    for (const column of [this.one, this.two, this.three, this.four, this.five]) {
      const wider = new Int32Array(size);
      wider.set(column.data);
      column.data = wider;
    }
  }
}

function activityOf(frame: Frame, context: number): number {
  const who = frame.contexts[context];
  if (who === undefined) return Activity.idle;
  if (who.waitsFor >= 0) return frame.isDead ? Activity.dead : Activity.spin;
  return who.held.length > 0 ? Activity.hold : Activity.run;
}

/** Interns what lies below a running context: there are few such stacks, and each stands for long. */
class Stacks {
  readonly rows: (readonly Layer[])[] = [[]];
  private readonly ids = new Map<string, number>();

  idOf(frame: Frame, cpu: number): number {
    const { stack, levels } = frame.cpus[cpu]!;
    if (stack.length < 2) return 0;
    const layers = stack.slice(0, -1).map((context, at) => ({
      context,
      irql: Math.max(0, levels[at] ?? 0),
      held: [...(frame.contexts[context]?.held ?? [])],
    }));
    const key = layers.map((layer) => `${layer.context}:${layer.irql}:${layer.held.join('.')}`).join(' ');
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    this.ids.set(key, this.rows.length);
    return this.rows.push(layers) - 1;
  }
}

function pushLane(table: Table, frame: Frame, cpu: number, time: number, below: number): void {
  const { stack, irql } = frame.cpus[cpu]!;
  const top = stack.at(-1) ?? -1;
  const who = frame.contexts[top];
  const lock = who === undefined ? -1 : who.waitsFor >= 0 ? who.waitsFor : (who.held.at(-1) ?? -1);
  table.push(time, irql, top, activityOf(frame, top), lock, below);
}

function laneOf(table: Table): LaneSpans {
  const { length } = table;
  return {
    length,
    start: table.start.data.slice(0, length),
    irql: Uint8Array.from(table.one.data.subarray(0, length)),
    context: table.two.data.slice(0, length),
    activity: Uint8Array.from(table.three.data.subarray(0, length)),
    lock: table.four.data.slice(0, length),
    below: table.five.data.slice(0, length),
  };
}

function lockOf(table: Table): LockSpans {
  const { length } = table;
  return {
    length,
    start: table.start.data.slice(0, length),
    owner: table.one.data.slice(0, length),
    owners: Uint16Array.from(table.two.data.subarray(0, length)),
    waiters: Uint16Array.from(table.three.data.subarray(0, length)),
  };
}

function handoffsOf(table: Table): Handoffs {
  const { length } = table;
  return {
    length,
    acquiredAt: table.start.data.slice(0, length),
    fromCpu: table.one.data.slice(0, length),
    toCpu: table.two.data.slice(0, length),
    releasedAt: Float64Array.from(table.three.data.subarray(0, length), (row) => row),
  };
}

/** Requests that have begun and not yet run, by context. */
class DeferredList {
  readonly done: Deferred[] = [];
  private readonly open = new Map<number, { cpu: number; start: number }>();

  begin(context: number, cpu: number, start: number): void {
    if (!this.open.has(context)) this.open.set(context, { cpu, start });
  }

  end(context: number, end: number, hasRun: boolean): void {
    const begun = this.open.get(context);
    if (begun === undefined) return;
    this.open.delete(context);
    if (end > begun.start) this.done.push({ cpu: begun.cpu, context, start: begun.start, end, hasRun });
  }

  finish(endTime: number): readonly Deferred[] {
    for (const context of [...this.open.keys()]) this.end(context, endTime, false);
    return this.done.sort((x, y) => x.start - y.start);
  }
}

const lockKinds: ReadonlySet<number> = new Set([
  Kind.waitBegin,
  Kind.acquired,
  Kind.acquiredShared,
  Kind.released,
  Kind.blockBegin,
  Kind.blockEnd,
]);

const stackKinds: ReadonlySet<number> = new Set([Kind.contextStart, Kind.contextEnd, Kind.switchThread]);

/** Where the drawing ends, in ticks: at the end of the run or, where it is dead by then, some way into for ever. */
export function shownEnd(trace: PackedTrace): number {
  const last = trace.events.time.at(-1) ?? 0;
  const end = Math.max(trace.endTime, last, 1);
  return trace.deadlock === undefined ? end : Math.max(end, trace.deadlock.time * 1.35);
}

/** Builds all intervals. Linear in the events. */
export function buildSpans(trace: PackedTrace): Spans {
  const { events } = trace;
  const frame = startFrame(trace);
  const lanes = Array.from({ length: trace.cpus }, () => new Table());
  const locks = trace.locks.map(() => new Table());
  const handoffs = trace.locks.map(() => new Table());
  const freedRow = new Int32Array(trace.locks.length).fill(-1);
  const deferred = new DeferredList();
  const stacks = new Stacks();
  const below = new Int32Array(trace.cpus);
  for (const lane of lanes) lane.append(0, 0, -1, Activity.idle, -1);
  for (const lock of locks) lock.append(0, -1, 0, 0, 0);
  for (let row = 0; row < events.time.length; row++) {
    const kind = events.kind[row]!;
    const cpu = events.cpu[row]!;
    const time = events.time[row]!;
    const a = events.a[row]!;
    step(frame, trace, row);
    if (stackKinds.has(kind)) below[cpu] = stacks.idOf(frame, cpu);
    if (kind === Kind.deadlock)
      lanes.forEach((lane, each) => pushLane(lane, frame, each, time, below[each]!));
    else pushLane(lanes[cpu]!, frame, cpu, time, below[cpu]!);
    if (lockKinds.has(kind)) {
      const lock = frame.locks[a]!;
      locks[a]!.push(time, lock.owners[0] ?? -1, lock.owners.length, lock.waiters.length, 0);
    }
    if (kind === Kind.released) freedRow[a] = row;
    if (kind === Kind.acquired || kind === Kind.acquiredShared) {
      const from = events.b[row]!;
      const freed = freedRow[a]!;
      // The release's row is kept where its time belongs: a row fits the integer column, and is looked up below.
      if (from >= 0 && freed >= 0) handoffs[a]!.append(time, from, cpu, freed, 0);
    }
    followDeferred(deferred, trace, row);
  }
  return {
    lanes: lanes.map(laneOf),
    locks: locks.map(lockOf),
    handoffs: handoffs.map((table) => {
      const made = handoffsOf(table);
      made.releasedAt.forEach((row, at) => (made.releasedAt[at] = events.time[row]!));
      return made;
    }),
    deferred: deferred.finish(shownEnd(trace)),
    stacks: stacks.rows,
    endTime: shownEnd(trace),
  };
}

function followDeferred(deferred: DeferredList, trace: PackedTrace, row: number): void {
  const { events } = trace;
  const time = events.time[row]!;
  const a = events.a[row]!;
  switch (events.kind[row]) {
    case Kind.dpcQueued:
      return deferred.begin(a, events.b[row]!, time);
    case Kind.interruptRequested:
      return deferred.begin(a, trace.contexts[a]?.cpu ?? events.cpu[row]!, time);
    case Kind.dpcRemoved:
      return deferred.end(a, time, false);
    case Kind.contextStart:
      return deferred.end(events.context[row]!, time, true);
    default:
      return;
  }
}

/** The index of the interval that holds at tick `time` (0 before the first). Binary search. */
export function spanAt(starts: Float64Array, length: number, time: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (starts[middle]! <= time) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
