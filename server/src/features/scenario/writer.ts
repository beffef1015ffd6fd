/**
 * What is being written while a path through a function becomes statements of a scenario: the statements so far, the locks that
 * are held, and what had to be assumed. It knows no C.
 */
import type { FunctionId } from '../../analysis/program.ts';
import type { ScenarioLocation, ScenarioLock, Statement } from '../../protocol/scenarioFormat.ts';
import type { NodeId } from '../../syntax/ir.ts';
import { roundToTwoDigits } from '../../analysis/estimateCycles.ts';
import type { Snapshot } from '../snapshot.ts';
import type { DriverLinks } from './driverLinks.ts';

/** Work of nested loops is estimated in millions of cycles: longer stretches than this would hide everything else. */
const LONGEST_WORK = 20_000;
/** A path longer than this is cut. */
const MAX_STATEMENTS = 120;

/** A lock that the path holds. */
export interface Held {
  readonly id: string;
  readonly path: string;
  readonly withRoutine: string | undefined;
  /** taken by a try: the statements that go on whether or not it was taken, and what is given back where it was not */
  readonly tried?: { readonly outer: Statement[]; readonly otherwise: Statement[] };
}

/** A wait or a signal of a dispatcher object. */
export interface ObjectUse {
  readonly object: string;
  readonly isWait: boolean;
  /** how often the path does it */
  readonly times: number;
  readonly isUnderLock: boolean;
}

/** Calls that the path must come to: where branches differ, the one that leads there is taken. */
export interface Targets {
  readonly nodes: ReadonlyMap<FunctionId, ReadonlySet<NodeId>>;
  /** functions in which a target lies, or that lead to one */
  readonly through: ReadonlySet<FunctionId>;
}

export const noTargets: Targets = { nodes: new Map(), through: new Set() };

/** One path while it is written. */
export interface Writer {
  readonly snapshot: Snapshot;
  readonly links: DriverLinks;
  readonly targets: Targets;
  readonly locks: Map<string, ScenarioLock>;
  readonly held: Held[];
  readonly objects: ObjectUse[];
  /** DPC routines that the path queues */
  readonly queued: Set<FunctionId>;
  /** sentences for the lesson */
  readonly assumed: Set<string>;
  out: Statement[];
  /** rounds of the loop around, 1 outside of loops */
  repeated: number;
  nRaises: number;
  nWritten: number;
  pendingCycles: number;
}

/** A writer with nothing written. */
export function createWriter(snapshot: Snapshot, links: DriverLinks, targets: Targets): Writer {
  return {
    snapshot,
    links,
    targets,
    locks: new Map(),
    held: [],
    objects: [],
    queued: new Set(),
    assumed: new Set(),
    out: [],
    repeated: 1,
    nRaises: 0,
    nWritten: 0,
    pendingCycles: 0,
  };
}

/** Whether the path has grown as long as it may. */
export function isFull(writer: Writer): boolean {
  return writer.nWritten >= MAX_STATEMENTS;
}

/** Writes the work that has come together. */
export function flush(writer: Writer): void {
  if (writer.pendingCycles === 0) return;
  if (writer.pendingCycles > LONGEST_WORK)
    writer.assumed.add(`stretches of work end after ${LONGEST_WORK.toLocaleString('en')} cycles`);
  const cycles = roundToTwoDigits(Math.min(LONGEST_WORK, writer.pendingCycles));
  writer.pendingCycles = 0;
  const what = writer.held.length > 0 ? 'hold' : 'work';
  const last = writer.out.at(-1);
  if (last?.do === what && typeof last.cycles === 'number')
    writer.out[writer.out.length - 1] = { do: what, cycles: Math.min(LONGEST_WORK, last.cycles + cycles) };
  else writer.out.push({ do: what, cycles });
}

/** Writes a statement behind the work before it. */
export function write(writer: Writer, statement: Statement): void {
  flush(writer);
  writer.out.push(statement);
  writer.nWritten++;
}

/** Gives a lock back. */
export function writeRelease(
  writer: Writer,
  held: Held,
  withRoutine: string | undefined,
  at?: ScenarioLocation,
): void {
  write(writer, {
    do: 'release',
    lock: held.id,
    ...(withRoutine === undefined ? {} : { with: withRoutine }),
    ...(at === undefined ? {} : { at }),
  });
  writer.held.splice(writer.held.indexOf(held), 1);
  if (held.tried === undefined) return;
  // Behind the release it makes no difference any more whether the try succeeded.
  writer.out = held.tried.outer;
  held.tried.otherwise.length = 0;
}
