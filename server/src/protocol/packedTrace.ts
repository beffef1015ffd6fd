/**
 * A trace with its event columns as typed arrays: how it crosses into the replay page and lies in memory there.
 * `packTrace` checks everything a reader relies on, so that a corrupt file becomes one clear sentence and never a broken picture.
 */
import * as z from 'zod';
import { TraceEventKind, traceVersion, type Trace, type TraceEvents } from './traceFormat.ts';

/** The columns of `TraceEvents` as typed arrays, of equal length. `time` is in ticks, not descending. */
export interface PackedEvents {
  readonly time: Float64Array;
  readonly cpu: Uint16Array;
  readonly kind: Uint8Array;
  readonly context: Int32Array;
  readonly a: Float64Array;
  readonly b: Int32Array;
  readonly location: Int32Array;
}

/** A checked trace, ready to fold. */
export type PackedTrace = Omit<Trace, 'events'> & { readonly events: PackedEvents };

/** Either the trace or the sentence that says what is wrong with it. */
export type PackResult = { readonly trace: PackedTrace } | { readonly problem: string };

/** The most events that a page takes in: beyond it the browser's memory is at stake. */
export const maxPackedEvents = 4_000_000;

const index = z.int().min(0);
const headSchema = z.looseObject({
  format: z.literal('irql-lens-trace'),
  version: z.literal(traceVersion),
  tool: z.string(),
  scenario: z.looseObject({
    id: z.string(),
    title: z.string(),
    lesson: z.string(),
    sources: z.array(z.string()),
  }),
  profile: z.looseObject({
    id: z.string(),
    name: z.string(),
    clockGHz: z.number().positive(),
    overridden: z.array(z.string()),
  }),
  seed: z.number(),
  cpus: z.int().min(1).max(1024),
  irqlNames: z.array(z.string()).min(1).max(64),
  contexts: z.array(
    z.looseObject({
      name: z.string(),
      kind: z.enum(['thread', 'dpc', 'threadedDpc', 'isr', 'idle']),
      cpu: index,
      irql: index,
    }),
  ),
  locks: z.array(z.looseObject({ name: z.string(), kind: z.string(), displayName: z.string() })),
  operations: z.array(z.string()),
  locations: z.array(
    z.looseObject({ file: z.string(), line: z.int().min(1), column: z.int().min(1).optional() }),
  ),
  strings: z.array(z.string()),
  endTime: z.number().min(0),
  outcome: z.enum(['completed', 'deadlock', 'livelock', 'bugcheck', 'watchdog', 'bounded']),
  bugCheck: z.string().optional(),
  deadlock: z
    .looseObject({
      time: z.number().min(0),
      text: z.string(),
      members: z.array(
        z.looseObject({
          cpu: index,
          context: index,
          waitsFor: index,
          ownedBy: index,
          location: z.int().min(-1),
        }),
      ),
    })
    .optional(),
  schedule: z.string().optional(),
  truncated: z.boolean(),
});

const columnNames = ['time', 'cpu', 'kind', 'context', 'a', 'b', 'location'] as const;

type Columns = Record<(typeof columnNames)[number], ArrayLike<number>>;

function isColumn(value: unknown): value is ArrayLike<number> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function columnsOf(value: unknown): Columns | string {
  if (typeof value !== 'object' || value === null) return 'it has no events';
  const source = value as Record<string, unknown>;
  const columns: Partial<Columns> = {};
  for (const name of columnNames) {
    const column = source[name];
    if (!isColumn(column)) return `the event column '${name}' is missing`;
    columns[name] = column;
  }
  const whole = columns as Columns;
  const length = whole.time.length;
  if (length > maxPackedEvents)
    return `it has ${length} events; at most ${maxPackedEvents} can be shown: run it with a smaller limit`;
  const odd = columnNames.find((name) => whole[name].length !== length);
  if (odd !== undefined)
    return `the event column '${odd}' has ${whole[odd].length} rows, 'time' has ${length}`;
  return whole;
}

function packColumns(columns: Columns): PackedEvents {
  return {
    time: Float64Array.from(columns.time),
    cpu: Uint16Array.from(columns.cpu),
    kind: Uint8Array.from(columns.kind),
    context: Int32Array.from(columns.context),
    a: Float64Array.from(columns.a),
    b: Int32Array.from(columns.b),
    location: Int32Array.from(columns.location),
  };
}

const kindCount = Object.keys(TraceEventKind).length;

/** The most that `a` may be, plus one, for each kind whose `a` is an index. */
function limitsOfA(trace: Omit<Trace, 'events'>): Float64Array {
  const limit = new Float64Array(256).fill(Infinity);
  const { contextStart, contextEnd, irql, acquireBegin, waitBegin, acquired, released, tryFailed } =
    TraceEventKind;
  for (const kind of [contextStart, contextEnd, irql]) limit[kind] = 64;
  for (const kind of [acquireBegin, waitBegin, acquired, released, tryFailed])
    limit[kind] = trace.locks.length;
  const { blockBegin, blockEnd, signalled, acquiredShared } = TraceEventKind;
  for (const kind of [blockBegin, blockEnd, signalled, acquiredShared]) limit[kind] = trace.locks.length;
  const { dpcQueued, dpcRefused, dpcRemoved, interruptRequested, switchThread } = TraceEventKind;
  for (const kind of [dpcQueued, dpcRefused, dpcRemoved, interruptRequested, switchThread])
    limit[kind] = trace.contexts.length;
  const { note, warning, verifier, bugCheck, watchdog } = TraceEventKind;
  for (const kind of [note, warning, verifier, bugCheck, watchdog]) limit[kind] = trace.strings.length;
  return limit;
}

/** Says what is wrong with the first bad row, or undefined. Rows of kinds that are not known yet are let through. */
function rowProblem(columns: Columns, trace: Omit<Trace, 'events'>): string | undefined {
  const { time, cpu, kind, context, a, location } = columns;
  const limit = limitsOfA(trace);
  let before = 0;
  for (let row = 0; row < time.length; row++) {
    const at = time[row]!;
    const operand = a[row]!;
    if (!(at >= before) || at === Infinity) return `event ${row}: time ${at} comes after ${before}`;
    before = at;
    if (!(cpu[row]! >= 0 && cpu[row]! < trace.cpus)) return `event ${row}: there is no CPU ${cpu[row]}`;
    if (!(context[row]! >= -1 && context[row]! < trace.contexts.length))
      return `event ${row}: there is no context ${context[row]}`;
    if (!(kind[row]! >= 0 && kind[row]! < 256)) return `event ${row}: ${kind[row]} is no kind of event`;
    if (kind[row]! < kindCount && !(operand >= -1 && operand < limit[kind[row]!]!))
      return `event ${row}: value ${operand} is out of range`;
    if (!(location[row]! >= -1 && location[row]! < trace.locations.length))
      return `event ${row}: there is no location ${location[row]}`;
  }
  return undefined;
}

function headProblem(trace: Omit<Trace, 'events'>): string | undefined {
  const lost = trace.contexts.find((context) => context.cpu >= trace.cpus);
  if (lost !== undefined) return `context '${lost.name}' runs on CPU ${lost.cpu}, of ${trace.cpus}`;
  const { contexts, locks } = trace;
  const isBad = trace.deadlock?.members.some(
    (m) =>
      m.cpu >= trace.cpus ||
      m.context >= contexts.length ||
      m.ownedBy >= contexts.length ||
      m.waitsFor >= locks.length,
  );
  return isBad === true ? 'the deadlock names something that is not in the trace' : undefined;
}

/** Checks a trace of any origin (its columns arrays or typed arrays) and packs it. Never throws. */
export function packTrace(value: unknown): PackResult {
  const version = (value as { version?: unknown } | null | undefined)?.version;
  if (typeof version === 'number' && version > traceVersion)
    return {
      problem: `it is of format version ${version}, this program reads up to ${traceVersion}: update IRQL Lens`,
    };
  const head = headSchema.safeParse(value);
  if (!head.success) {
    const [issue] = head.error.issues;
    return {
      problem: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a trace'}`.replace(/^: /, ''),
    };
  }
  const trace = head.data as unknown as Omit<Trace, 'events'>;
  const columns = columnsOf((value as { events?: unknown }).events);
  if (typeof columns === 'string') return { problem: columns };
  const problem = headProblem(trace) ?? rowProblem(columns, trace);
  return problem === undefined ? { trace: { ...trace, events: packColumns(columns) } } : { problem };
}

/** The plain form again, for files. */
export function unpackEvents(events: PackedEvents): TraceEvents {
  return {
    time: [...events.time],
    cpu: [...events.cpu],
    kind: [...events.kind],
    context: [...events.context],
    a: [...events.a],
    b: [...events.b],
    location: [...events.location],
  };
}
