/**
 * fold(trace, t): the state of every CPU, context, lock and queue at one instant, from the events up to it.
 * Pure and without DOM. It believes the trace: what the engine would never write is folded as it stands, not judged.
 */
import { TraceEventKind as Kind, type PackedTrace } from 'irql-lens-server/protocol';

/** One CPU at an instant. */
export interface CpuFrame {
  irql: number;
  /** Contexts from the interrupted thread up to the one that runs. Empty: the CPU idles. */
  stack: number[];
  /** Beside each of `stack`: the IRQL that it had when the next one interrupted it; -1 for the one that runs. */
  levels: number[];
  /** ISR contexts that asked for an interrupt and were not taken yet. */
  pending: number[];
  /** DPC contexts in the queue, in order. */
  dpcQueue: number[];
}

/** One lock at an instant. */
export interface LockFrame {
  /** Contexts that own it; several only when shared. */
  owners: number[];
  /** Contexts that wait for it, the longest first. */
  waiters: number[];
  isShared: boolean;
}

/** What a context is busy with: `work` and `think` are stretches of the scenario, `hold` one meant to be under a lock. */
export type WorkKind = 'work' | 'hold' | 'think';

/** One context at an instant. */
export interface ContextFrame {
  /** Lock that it waits for by spinning, or -1. */
  waitsFor: number;
  /** Tick at which the wait began; meaningful while `waitsFor` >= 0. */
  waitSince: number;
  /** Object that it waits for in the dispatcher, or -1. */
  blockedOn: number;
  /** Locks that it owns, in order of acquisition. */
  held: number[];
  work: WorkKind | null;
}

/** The whole machine at an instant. */
export interface Frame {
  /** The last event that has happened, or -1 before the first. */
  row: number;
  cpus: CpuFrame[];
  locks: LockFrame[];
  contexts: ContextFrame[];
  /** The set of dead CPUs has been found: who waits now waits for ever. */
  isDead: boolean;
}

const workKinds: readonly WorkKind[] = ['work', 'hold', 'think'];

/** The machine before the first event: every CPU at PASSIVE_LEVEL and idle. */
export function startFrame(trace: PackedTrace): Frame {
  return {
    row: -1,
    cpus: Array.from({ length: trace.cpus }, () => ({
      irql: 0,
      stack: [],
      levels: [],
      pending: [],
      dpcQueue: [],
    })),
    locks: trace.locks.map(() => ({ owners: [], waiters: [], isShared: false })),
    contexts: trace.contexts.map(() => ({
      waitsFor: -1,
      waitSince: 0,
      blockedOn: -1,
      held: [],
      work: null,
    })),
    isDead: false,
  };
}

/** A deep copy, so that a kept frame does not change with the next step. */
export function copyFrame(frame: Frame): Frame {
  return {
    row: frame.row,
    cpus: frame.cpus.map((cpu) => ({
      irql: cpu.irql,
      stack: [...cpu.stack],
      levels: [...cpu.levels],
      pending: [...cpu.pending],
      dpcQueue: [...cpu.dpcQueue],
    })),
    locks: frame.locks.map((lock) => ({
      owners: [...lock.owners],
      waiters: [...lock.waiters],
      isShared: lock.isShared,
    })),
    contexts: frame.contexts.map((context) => ({ ...context, held: [...context.held] })),
    isDead: frame.isDead,
  };
}

function removeFrom(list: number[], value: number): void {
  const at = list.lastIndexOf(value);
  if (at >= 0) list.splice(at, 1);
}

function leaveStack(cpu: CpuFrame, context: number): void {
  const at = cpu.stack.lastIndexOf(context);
  if (at < 0) return;
  cpu.stack.splice(at, 1);
  cpu.levels.splice(at, 1);
  if (cpu.levels.length > 0) cpu.levels[cpu.levels.length - 1] = -1;
}

function startContext(frame: Frame, trace: PackedTrace, row: number): void {
  const { events } = trace;
  const context = events.context[row]!;
  const cpu = frame.cpus[events.cpu[row]!]!;
  const kind = trace.contexts[context]?.kind;
  if (kind === 'isr') removeFrom(cpu.pending, context);
  if (kind === 'dpc' || kind === 'threadedDpc') removeFrom(cpu.dpcQueue, context);
  leaveStack(cpu, context);
  if (kind === 'dpc' || kind === 'isr') {
    if (cpu.levels.length > 0) cpu.levels[cpu.levels.length - 1] = events.b[row]!;
    cpu.stack.push(context);
    cpu.levels.push(-1);
  } else replaceThread(cpu, trace, context);
  cpu.irql = events.a[row]!;
}

/** The thread is the bottom of the stack; an idle thread is no row of it. */
function replaceThread(cpu: CpuFrame, trace: PackedTrace, comes: number): void {
  const bottom = trace.contexts[cpu.stack[0] ?? -1]?.kind;
  const level = cpu.stack.length > 1 ? (cpu.levels[0] ?? 0) : -1;
  if (bottom !== undefined && bottom !== 'dpc' && bottom !== 'isr') {
    cpu.stack.shift();
    cpu.levels.shift();
  }
  if (comes < 0 || trace.contexts[comes]?.kind === 'idle') return;
  cpu.stack.unshift(comes);
  cpu.levels.unshift(cpu.stack.length > 1 ? Math.max(level, 0) : -1);
}

function takeLock(frame: Frame, lock: number, context: number, isShared: boolean): void {
  const held = frame.locks[lock]!;
  removeFrom(held.waiters, context);
  held.owners.push(context);
  held.isShared = isShared;
  const who = frame.contexts[context];
  if (who === undefined) return;
  who.waitsFor = -1;
  who.held.push(lock);
}

/** A release by somebody else than the owner frees the lock all the same: that is what the machine would do. */
function freeLock(frame: Frame, lock: number, context: number): void {
  const { owners } = frame.locks[lock]!;
  const owner = owners.includes(context) ? context : owners[0];
  if (owner === undefined) return;
  removeFrom(owners, owner);
  const who = frame.contexts[owner];
  if (who !== undefined) removeFrom(who.held, lock);
}

function waitFor(frame: Frame, lock: number, context: number, time: number): void {
  const { waiters } = frame.locks[lock]!;
  if (!waiters.includes(context)) waiters.push(context);
  const who = frame.contexts[context];
  if (who === undefined) return;
  who.waitsFor = lock;
  who.waitSince = time;
}

function block(frame: Frame, lock: number, context: number): void {
  waitFor(frame, lock, context, 0);
  const who = frame.contexts[context];
  if (who === undefined) return;
  who.waitsFor = -1;
  who.blockedOn = lock;
}

function unblock(frame: Frame, lock: number, context: number): void {
  removeFrom(frame.locks[lock]!.waiters, context);
  const who = frame.contexts[context];
  if (who !== undefined) who.blockedOn = -1;
}

/** Lets event `row` happen to `frame`. Rows must come in order. */
export function step(frame: Frame, trace: PackedTrace, row: number): void {
  const { events } = trace;
  const cpu = events.cpu[row]!;
  const context = events.context[row]!;
  const a = events.a[row]!;
  const b = events.b[row]!;
  const who = frame.contexts[context];
  frame.row = row;
  switch (events.kind[row]) {
    case Kind.contextStart:
      return startContext(frame, trace, row);
    case Kind.contextEnd:
      leaveStack(frame.cpus[cpu]!, context);
      frame.cpus[cpu]!.irql = a;
      return;
    case Kind.irql:
      frame.cpus[cpu]!.irql = a;
      return;
    case Kind.waitBegin:
      return waitFor(frame, a, context, events.time[row]!);
    case Kind.acquired:
      return takeLock(frame, a, context, false);
    case Kind.acquiredShared:
      return takeLock(frame, a, context, true);
    case Kind.released:
      return freeLock(frame, a, context);
    case Kind.workBegin:
      if (who !== undefined) who.work = workKinds[b] ?? 'work';
      return;
    case Kind.dpcQueued:
      frame.cpus[b]?.dpcQueue.push(a);
      return;
    case Kind.dpcRemoved:
      for (const each of frame.cpus) removeFrom(each.dpcQueue, a);
      return;
    case Kind.interruptRequested:
      frame.cpus[trace.contexts[a]?.cpu ?? cpu]!.pending.push(a);
      return;
    case Kind.switchThread:
      return replaceThread(frame.cpus[cpu]!, trace, b);
    case Kind.blockBegin:
      return block(frame, a, context);
    case Kind.blockEnd:
      return unblock(frame, a, context);
    case Kind.deadlock:
      frame.isDead = true;
      return;
    default:
      return;
  }
}

/** How many events have happened at tick `time`: the index of the first later one. Binary search. */
export function rowsAt(times: ArrayLike<number>, time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The state after all events up to tick `time`, that tick included. Linear in the events: see `createFolder` for a page. */
export function fold(trace: PackedTrace, time: number): Frame {
  const frame = startFrame(trace);
  const rows = rowsAt(trace.events.time, time);
  for (let row = 0; row < rows; row++) step(frame, trace, row);
  return frame;
}

/** Folds quickly to any place, by frames kept on the way. */
export interface Folder {
  /** The state after events 0 .. row (-1: none). The answer must not be changed and is good until the next call. */
  readonly at: (row: number) => Frame;
}

const keepEvery = 4096;

/** Keeps a copy of the state every few thousand events; a jump costs at most that many steps. */
export function createFolder(trace: PackedTrace): Folder {
  const kept: Frame[] = [startFrame(trace)];
  let current = startFrame(trace);
  const nearest = (row: number) => kept[Math.min(kept.length - 1, Math.floor((row + 1) / keepEvery))]!;
  const at = (row: number): Frame => {
    const from = nearest(row);
    if (row < current.row || from.row > current.row) current = copyFrame(from);
    while (current.row < row) {
      step(current, trace, current.row + 1);
      if ((current.row + 1) % keepEvery === 0 && (current.row + 1) / keepEvery === kept.length)
        kept.push(copyFrame(current));
    }
    return current;
  };
  return { at };
}
