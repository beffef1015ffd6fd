/**
 * A trace as Chrome trace events, which the Perfetto UI and chrome://tracing open: one track per CPU for contexts, one for lock
 * waits and holds, a counter for the IRQL, arrows for hand-offs. Times are microseconds of the profile's clock.
 */
import { type Trace, TraceEventKind as Event, ticksPerCycle } from './traceFormat.ts';

/** One event of the Chrome trace format. */
export interface ChromeEvent {
  readonly name: string;
  readonly ph: 'B' | 'E' | 'X' | 'i' | 'C' | 'M' | 's' | 'f';
  readonly pid: number;
  readonly tid: number;
  /** Microseconds. */
  readonly ts: number;
  readonly dur?: number;
  readonly s?: 't' | 'g';
  readonly id?: number;
  readonly bp?: 'e';
  readonly cat?: string;
  readonly args?: Readonly<Record<string, string | number>>;
}

export interface ChromeTrace {
  readonly traceEvents: readonly ChromeEvent[];
  readonly displayTimeUnit: 'ns';
  readonly otherData: Readonly<Record<string, string | number>>;
}

/** Tracks of one CPU: contexts on 2n, locks on 2n + 1. */
const contextTrack = (cpu: number): number => 2 * cpu;
const lockTrack = (cpu: number): number => 2 * cpu + 1;

interface State {
  readonly trace: Trace;
  readonly out: ChromeEvent[];
  /** Open wait and hold, by context and lock. */
  readonly open: Map<string, { readonly ts: number; readonly name: string }>;
  /** Names of the contexts that are open on each CPU's track. */
  readonly stacks: string[][];
  /** Time of the last release of each lock. */
  readonly released: Map<number, number>;
  nFlows: number;
}

/** Converts the trace. Spans that are still open at the end are closed there. */
export function traceToPerfetto(trace: Trace): ChromeTrace {
  const state: State = {
    trace,
    out: [],
    open: new Map(),
    stacks: Array.from({ length: trace.cpus }, () => []),
    released: new Map(),
    nFlows: 0,
  };
  writeNames(state);
  for (let row = 0; row < trace.events.kind.length; row += 1) writeRow(state, row);
  const end = microseconds(trace, trace.endTime);
  state.stacks.forEach((stack, cpu) => {
    for (const name of [...stack].reverse())
      state.out.push({ name, ph: 'E', pid: 1, tid: contextTrack(cpu), ts: end });
  });
  for (const [key, { ts, name }] of state.open) {
    const cpu = trace.contexts[Number(key.split(':')[1])]?.cpu ?? 0;
    state.out.push({ name, ph: 'X', pid: 1, tid: lockTrack(cpu), ts, dur: end - ts });
  }
  return {
    traceEvents: state.out,
    displayTimeUnit: 'ns',
    otherData: {
      scenario: trace.scenario.id,
      profile: trace.profile.id,
      clockGHz: trace.profile.clockGHz,
      seed: trace.seed,
      outcome: trace.outcome,
    },
  };
}

function microseconds(trace: Trace, ticks: number): number {
  return ticks / (ticksPerCycle * trace.profile.clockGHz * 1000);
}

function writeNames({ trace, out }: State): void {
  out.push({
    name: 'process_name',
    ph: 'M',
    pid: 1,
    tid: 0,
    ts: 0,
    args: { name: `${trace.scenario.title} (${trace.profile.id})` },
  });
  for (let cpu = 0; cpu < trace.cpus; cpu += 1) {
    out.push({
      name: 'thread_name',
      ph: 'M',
      pid: 1,
      tid: contextTrack(cpu),
      ts: 0,
      args: { name: `CPU ${cpu}` },
    });
    out.push({
      name: 'thread_name',
      ph: 'M',
      pid: 1,
      tid: lockTrack(cpu),
      ts: 0,
      args: { name: `CPU ${cpu} locks` },
    });
  }
}

function writeRow(state: State, row: number): void {
  const { trace, out, stacks } = state;
  const { events, contexts, strings } = trace;
  const cpu = events.cpu[row] ?? 0;
  const a = events.a[row] ?? 0;
  const ts = microseconds(trace, events.time[row] ?? 0);
  const context = events.context[row] ?? -1;
  const name = contexts[context]?.name ?? 'idle';
  const tid = contextTrack(cpu);
  switch (events.kind[row]) {
    case Event.contextStart:
      stacks[cpu]?.push(name);
      return void out.push({ name, ph: 'B', pid: 1, tid, ts, cat: contexts[context]?.kind ?? 'idle' });
    case Event.contextEnd:
      if (stacks[cpu]?.pop() === undefined) return;
      return void out.push({ name, ph: 'E', pid: 1, tid, ts });
    case Event.irql:
      return void out.push({ name: `CPU ${cpu} IRQL`, ph: 'C', pid: 1, tid, ts, args: { irql: a } });
    case Event.waitBegin:
      return open(state, 'wait', context, a, ts);
    case Event.acquired:
    case Event.acquiredShared:
      return writeAcquired(state, row, context, a, ts);
    case Event.released:
      state.released.set(a, ts);
      return close(state, 'hold', context, a, ts);
    case Event.note:
    case Event.warning:
    case Event.verifier:
    case Event.deadlock:
    case Event.bugCheck:
    case Event.watchdog:
    case Event.end:
      return void out.push({ name: strings[a] ?? '', ph: 'i', s: 'g', pid: 1, tid, ts });
    default:
      return;
  }
}

function writeAcquired(state: State, row: number, context: number, lock: number, ts: number): void {
  const { trace, out } = state;
  const cpu = trace.events.cpu[row] ?? 0;
  const from = trace.events.b[row] ?? -1;
  close(state, 'wait', context, lock, ts);
  if (from >= 0) {
    state.nFlows += 1;
    const name = `hand-off ${trace.locks[lock]?.name ?? ''}`;
    out.push({
      name,
      ph: 's',
      pid: 1,
      tid: lockTrack(from),
      ts: state.released.get(lock) ?? ts,
      id: state.nFlows,
      cat: 'handoff',
    });
    out.push({ name, ph: 'f', bp: 'e', pid: 1, tid: lockTrack(cpu), ts, id: state.nFlows, cat: 'handoff' });
  }
  open(state, 'hold', context, lock, ts);
}

function open(state: State, what: 'wait' | 'hold', context: number, lock: number, ts: number): void {
  state.open.set(`${what}:${context}:${lock}`, {
    ts,
    name: `${what} ${state.trace.locks[lock]?.name ?? ''}`,
  });
}

function close(state: State, what: 'wait' | 'hold', context: number, lock: number, ts: number): void {
  const key = `${what}:${context}:${lock}`;
  const span = state.open.get(key);
  if (span === undefined) return;
  state.open.delete(key);
  const cpu = state.trace.contexts[context]?.cpu ?? 0;
  state.out.push({
    name: span.name,
    ph: 'X',
    pid: 1,
    tid: lockTrack(cpu),
    ts: span.ts,
    dur: ts - span.ts,
    cat: what,
  });
}
