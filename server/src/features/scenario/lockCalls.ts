/**
 * Lock calls of a path as statements: which lock of the scenario is meant, of which kind of the engine it is, and by which
 * routine it is taken. Two objects of one class, both held, are two locks.
 */
import type { CallFact, LockEvent } from '../../analysis/facts.ts';
import { listLockKinds, type LockKindInfo } from '../../engine/engine.ts';
import { DEVICE_MIN, minOf } from '../../protocol/irqlLevels.ts';
import type { ScenarioLocation, Statement } from '../../protocol/scenarioFormat.ts';
import type { Frame } from './walkPath.ts';
import { flush, write, writeRelease, type Held, type Writer } from './writer.ts';

/** Kinds of the facts and the kind of the engine that stands for them, where the routine itself is not the engine's. */
const ENGINE_KINDS: Readonly<Record<string, string>> = {
  spinlock: 'ttas',
  ndisSpinlock: 'ttas',
  wdfSpinlock: 'ttas',
  videoportSpinlock: 'ttas',
  storportLock: 'ttas',
  vpbSpinlock: 'queued',
  queuedSpinlock: 'queued',
  numberedQueuedSpinlock: 'queued',
  cancelSpinlock: 'cancel',
  exSpinlock: 'ex-spin',
  ndisRWLock: 'ndis-rw',
  ndisRWLockEx: 'ndis-rw',
  interruptSpinlock: 'interrupt',
  wdfInterruptLock: 'interrupt',
  fastMutex: 'fast-mutex',
  guardedMutex: 'guarded-mutex',
  mutex: 'mutex',
  wdfWaitlock: 'mutex',
  eresource: 'resource',
  pushLock: 'push-lock',
};

/** Writes what a call does to one lock. Kinds that the engine does not have are left out. */
export function writeLock(
  writer: Writer,
  frame: Frame,
  call: CallFact,
  event: LockEvent,
  at: ScenarioLocation,
): void {
  const kind = kindOf(event);
  // A lock without a class that a callee names by its own parameter may be any object.
  if (kind === undefined || (event.lock.lockClass === '' && frame.depth > 0)) return;
  if (event.op === 'acquire' || waits(call, event)) writeAcquire(writer, frame, event, kind, at);
  else if (event.op === 'tryAcquire') writeTry(writer, frame, event, kind, at);
  else if (event.op === 'release') {
    const base = lockName(event, frame);
    const held = writer.held.findLast(({ id }) => id === base || id.startsWith(`${base} (`));
    if (held !== undefined) writeRelease(writer, held, routineOf(event, kind.releases), at);
  }
}

/** A routine that may give up but is told to wait (`Wait` is TRUE) acquires. */
function waits({ args }: CallFact, { op, effect }: LockEvent): boolean {
  const wait = op === 'tryAcquire' && effect?.waitArg !== undefined ? args[effect.waitArg] : undefined;
  return wait?.text === 'TRUE' || wait?.constant === 1;
}

function writeAcquire(
  writer: Writer,
  frame: Frame,
  event: LockEvent,
  kind: LockKindInfo,
  at: ScenarioLocation,
): void {
  const id = addLock(writer, frame, event, kind);
  const withRoutine = routineOf(event, kind.acquires);
  write(writer, { do: 'acquire', lock: id, ...(withRoutine === undefined ? {} : { with: withRoutine }), at });
  writer.held.push({ id, path: event.lock.path, withRoutine });
}

/** What follows a try stands in its `then`, until the release; where it fails, what is held is given back. */
function writeTry(
  writer: Writer,
  frame: Frame,
  event: LockEvent,
  kind: LockKindInfo,
  at: ScenarioLocation,
): void {
  if (kind.tries.length === 0) {
    writer.assumed.add(`${event.routine} is left out: the simulator's lock of that kind cannot be tried`);
    return;
  }
  const id = addLock(writer, frame, event, kind);
  const then: Statement[] = [];
  const otherwise: Statement[] = writer.held.toReversed().map(givenBack);
  write(writer, { do: 'try', lock: id, then, else: otherwise, at });
  writer.held.push({
    id,
    path: event.lock.path,
    withRoutine: undefined,
    tried: { outer: writer.out, otherwise },
  });
  writer.out = then;
}

function givenBack({ id }: Held): Statement {
  return { do: 'release', lock: id };
}

function addLock(writer: Writer, frame: Frame, event: LockEvent, kind: LockKindInfo): string {
  const id = lockId(writer, frame, event);
  if (!writer.locks.has(id)) writer.locks.set(id, { id, kind: kind.id });
  return id;
}

/** The name that a lock has in a scenario; without a class its text and the function, since the same text elsewhere is another lock. */
function lockName({ lock }: LockEvent, { facts }: Frame): string {
  if (lock.lockClass.startsWith('h:')) return lock.text;
  const name = lock.lockClass === '' ? `${lock.text} (${facts.unit.qualifiedName})` : lock.lockClass;
  return name.slice(0, 110);
}

/** Two objects of one class, both held, are two locks; the same object taken twice is one. */
function lockId(writer: Writer, frame: Frame, event: LockEvent): string {
  const base = lockName(event, frame);
  const others = writer.held.filter(({ id }) => id === base || id.startsWith(`${base} (`));
  const same = others.find((held) => held.path === event.lock.path);
  if (same !== undefined || others.length === 0) return same?.id ?? base;
  // From another function the paths cannot be compared: one object is assumed.
  return others.some((held) => held.path.startsWith('p') !== event.lock.path.startsWith('p'))
    ? base
    : `${base} (${String(others.length + 1)})`;
}

/** The kind of the engine whose routine it is, else the one that stands for the facts' kind. */
function kindOf(event: LockEvent): LockKindInfo | undefined {
  const kinds = listLockKinds();
  const isOfKind = ({ acquires, releases, tries }: LockKindInfo): boolean =>
    [...acquires, ...releases, ...tries].includes(event.routine);
  const exit = event.effect?.exit;
  // A lock whose routine raises to a device level keeps an interrupt out, whatever it is called.
  const isForInterrupt = exit?.kind === 'level' && minOf(exit.levels) >= DEVICE_MIN;
  const wanted = isForInterrupt ? 'interrupt' : ENGINE_KINDS[event.kind];
  return kinds.find(isOfKind) ?? kinds.find(({ id }) => id === wanted);
}

/** The routine as the engine knows it: the very one, or for relatives the form with the same effect and the same mode. */
function routineOf(event: LockEvent, known: readonly string[]): string | undefined {
  if (known.includes(event.routine)) return event.routine;
  if (event.mode === 'shared') return known.find((name) => /Shared|Read/.test(name));
  if (event.effect?.exit.kind !== 'unchanged') return undefined;
  return known.find((name) => /(?:AtDpcLevel|FromDpcLevel)$/.test(name));
}

/** A function that returns holding a lock (a wrapper, an acquire callback) is half of a pair: the other half is added. */
export function releaseForCaller(writer: Writer): void {
  for (const held of writer.held.toReversed()) {
    const kind = listLockKinds().find((one) => one.id === writer.locks.get(held.id)?.kind);
    const isAtDispatch = held.withRoutine !== undefined && /AtDpcLevel$/.test(held.withRoutine);
    const release = isAtDispatch ? kind?.releases.find((name) => /FromDpcLevel$/.test(name)) : undefined;
    flush(writer);
    writer.out.push({ do: 'hold', cycles: 100 });
    writeRelease(writer, held, release);
  }
}
