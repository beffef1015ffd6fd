/**
 * One path through a function as statements of a scenario: lock calls, IRQL changes, and estimated work between them, with
 * callees of the workspace laid in. Of two branches the one with more lock calls is taken, and the same condition takes the
 * same branch throughout, so that correlated branches pair up. It chooses no CPUs and no contexts.
 */
import type { BodyFacts, CallFact, LockEvent } from '../analysis/facts.ts';
import type { FunctionId } from '../analysis/program.ts';
import { listLockKinds } from '../engine/engine.ts';
import { minOf } from '../protocol/irqlLevels.ts';
import type { ScenarioLocation, ScenarioLock, Statement } from '../protocol/scenarioFormat.ts';
import { childrenOf, NodeKind, type BodyIr, type NodeId } from '../syntax/ir.ts';
import { estimateCycles, roundToTwoDigits } from './estimateHold.ts';
import { linesOf, nodeRange, type Snapshot } from './snapshot.ts';

const MAX_DEPTH = 6;
const MAX_STATEMENTS = 120;

/** The locks that a scenario has so far, by id. */
export interface ScenarioLocks {
  readonly byId: Map<string, ScenarioLock>;
}

interface Held {
  readonly id: string;
  readonly path: string;
  readonly withRoutine: string | undefined;
}

interface Writer {
  readonly snapshot: Snapshot;
  readonly locks: ScenarioLocks;
  readonly out: Statement[];
  readonly held: Held[];
  nRaises: number;
  pending: number;
}

interface Frame {
  readonly facts: BodyFacts;
  readonly ir: BodyIr;
  readonly calls: ReadonlyMap<NodeId, CallFact>;
  readonly statements: ReadonlySet<NodeId>;
  readonly decided: Map<string, number>;
  readonly depth: number;
  readonly visiting: ReadonlySet<FunctionId>;
}

/** The statements of one function on its way with the most lock calls. Locks are added to `locks`. */
export function scenarioBody(snapshot: Snapshot, id: FunctionId, locks: ScenarioLocks): readonly Statement[] {
  const writer: Writer = { snapshot, locks, out: [], held: [], nRaises: 0, pending: 0 };
  walkFunction(writer, id, 0, new Set());
  releaseForCaller(writer, id);
  flush(writer);
  return writer.out;
}

/** Roles whose very purpose is to return holding a lock. */
function isLockCallback(role: string): boolean {
  return /ACQUIRE/i.test(role);
}

/** A function that returns holding a lock (a wrapper, an acquire callback) is half of a pair: the other half is added. A DPC has no caller. */
function releaseForCaller(writer: Writer, id: FunctionId): void {
  const { analysis, program } = writer.snapshot;
  if (program.rolesOf(id).some(({ fact }) => !isLockCallback(fact.type))) return;
  if (!analysis.summaryOf(id).cases.some(({ acquired }) => acquired.length > 0)) return;
  for (const { id: lock, withRoutine } of writer.held.splice(0).reverse()) {
    const kind = listLockKinds().find((one) => one.id === writer.locks.byId.get(lock)?.kind);
    const isAtDispatch = withRoutine !== undefined && /AtDpcLevel$/.test(withRoutine);
    const release = isAtDispatch ? kind?.releases.find((name) => /FromDpcLevel$/.test(name)) : undefined;
    writer.out.push({ do: 'hold', cycles: 100 });
    writer.out.push({ do: 'release', lock, ...(release === undefined ? {} : { with: release }) });
  }
}

function walkFunction(
  writer: Writer,
  id: FunctionId,
  depth: number,
  visiting: ReadonlySet<FunctionId>,
): void {
  const facts = writer.snapshot.analysis.factsOf(id);
  const frame: Frame = {
    facts,
    ir: facts.unit.ir(),
    calls: new Map(facts.calls.map((call) => [call.node, call])),
    statements: new Set(facts.statements.map((statement) => statement.node)),
    decided: new Map(),
    depth,
    visiting: new Set([...visiting, id]),
  };
  walk(writer, frame, 0);
}

/** Returns true where the path ends (return, goto, throw): what follows is not reached. */
function walk(writer: Writer, frame: Frame, node: NodeId): boolean {
  if (node < 0 || writer.out.length >= MAX_STATEMENTS) return false;
  const { ir } = frame;
  const children = childrenOf(ir, node);
  switch (ir.kind[node] as NodeKind) {
    case NodeKind.Block:
    case NodeKind.SehTry:
    case NodeKind.SehFinally:
      return children.some((child) => walk(writer, frame, child));
    case NodeKind.If: {
      walk(writer, frame, children[0] ?? -1);
      return walk(
        writer,
        frame,
        chooseBranch(frame, node, children[0] ?? -1, [children[1] ?? -1, children[2] ?? -1]),
      );
    }
    case NodeKind.Choice:
      return walk(writer, frame, chooseBranch(frame, node, -1, children));
    case NodeKind.Return:
    case NodeKind.Throw:
      for (const child of children) walk(writer, frame, child);
      addWork(writer, frame, node);
      return true;
    case NodeKind.Goto:
      return walkGoto(writer, frame, node);
    case NodeKind.While:
    case NodeKind.DoWhile:
    case NodeKind.For:
    case NodeKind.Switch:
      for (const child of children) walk(writer, frame, child);
      return false;
    case NodeKind.SehExcept:
    case NodeKind.Catch:
    case NodeKind.Lambda:
      return false;
    case NodeKind.Call:
      for (const child of children) walk(writer, frame, child);
      writeCall(writer, frame, node);
      return false;
    default:
      for (const child of children) walk(writer, frame, child);
      if (frame.statements.has(node)) addWork(writer, frame, node);
      return false;
  }
}

/** A jump forward goes on behind its label; a jump back ends the path (the loop is run once). */
function walkGoto(writer: Writer, frame: Frame, node: NodeId): boolean {
  const { ir } = frame;
  const after = (ir.start[node] ?? 0) + 1;
  const isTarget = (child: NodeId): boolean =>
    ir.kind[child] === NodeKind.Label && ir.atom[child] === ir.atom[node] && (ir.start[child] ?? 0) > after;
  for (let block = 0; block < ir.nodeCount; block++) {
    if (ir.kind[block] !== NodeKind.Block) continue;
    const children = childrenOf(ir, block);
    const label = children.findIndex(isTarget);
    if (label < 0) continue;
    children.slice(label + 1).some((child) => walk(writer, frame, child));
    return true;
  }
  return true;
}

/** The branch with more lock calls; without any the one that goes on. The same condition text decides alike. */
function chooseBranch(frame: Frame, node: NodeId, condition: NodeId, branches: readonly NodeId[]): NodeId {
  const { ir, facts } = frame;
  const { start, end } = nodeRange(ir, condition < 0 ? node : condition);
  const text =
    condition < 0 ? `#${String(ir.atom[node])}` : facts.unit.file.text.slice(start, end).replace(/\s+/g, ' ');
  const negated = text.startsWith('!') ? text.slice(1) : undefined;
  const known = frame.decided.get(text);
  if (known !== undefined) return branches[known] ?? -1;
  const opposite = negated === undefined ? undefined : frame.decided.get(negated);
  if (opposite !== undefined) return branches[1 - opposite] ?? -1;
  const weights = branches.map((branch) => (branch < 0 ? 0 : weigh(frame, branch)));
  const best = weights.indexOf(Math.max(...weights));
  frame.decided.set(text, best);
  return branches[best] ?? -1;
}

/** Lock acquisitions weigh most; a branch that leaves the function weighs less than one that goes on. */
function weigh(frame: Frame, branch: NodeId): number {
  const { ir } = frame;
  const { start, end } = nodeRange(ir, branch);
  let weight = 0;
  for (const call of frame.calls.values()) {
    const at = ir.start[call.node] ?? -1;
    if (at < start || at >= end) continue;
    weight += 10 * call.locks.filter((event) => event.op === 'acquire' || event.op === 'tryAcquire').length;
    if (call.locks.length > 0) weight += 1;
  }
  const last = childrenOf(ir, branch).at(-1) ?? branch;
  const kind = ir.kind[last];
  return kind === NodeKind.Return || kind === NodeKind.Goto ? weight - 5 : weight;
}

function addWork(writer: Writer, frame: Frame, node: NodeId): void {
  writer.pending += Math.max(
    1,
    estimateCycles(writer.snapshot, frame.facts, (statement) => statement === node),
  );
}

function flush(writer: Writer): void {
  if (writer.pending === 0) return;
  const cycles = roundToTwoDigits(writer.pending);
  writer.out.push(writer.held.length > 0 ? { do: 'hold', cycles } : { do: 'work', cycles });
  writer.pending = 0;
}

function write(writer: Writer, statement: Statement): void {
  flush(writer);
  writer.out.push(statement);
}

function writeCall(writer: Writer, frame: Frame, node: NodeId): void {
  const call = frame.calls.get(node);
  if (call === undefined) return;
  const { callee } = call;
  if (callee.kind === 'functions') {
    // A wrapper's locks are told in the caller's terms: that is how two objects are kept apart.
    if (call.locks.length > 0) {
      for (const event of wrapperEvents(call)) writeLock(writer, frame, event, locationOf(frame, node));
      return;
    }
    const [id] = callee.ids;
    const isWorthwhile =
      id !== undefined && call.before.length > 0 && frame.depth < MAX_DEPTH && !frame.visiting.has(id);
    if (isWorthwhile) walkFunction(writer, id, frame.depth + 1, frame.visiting);
    return;
  }
  const at = locationOf(frame, node);
  for (const event of call.locks) writeLock(writer, frame, event, at);
  if (callee.kind !== 'ddi' || call.locks.length > 0) return;
  const { effect } = callee;
  if (effect?.op === 'raise') {
    const to =
      effect.exit.kind === 'level'
        ? minOf(effect.exit.levels)
        : (call.args[effect.levelArg ?? -1]?.constant ?? 2);
    write(writer, { do: 'raise', to, at });
    writer.nRaises++;
  } else if (effect?.op === 'lower' && writer.nRaises > 0) {
    write(writer, { do: 'lower', at });
    writer.nRaises--;
  }
}

/** A wrapper's summary may have several outcomes (by flags): of these the one that holds most behind the call is told. */
function wrapperEvents({ locks, after }: CallFact): LockEvent[] {
  const held = after
    .map((state) => new Set(state.held.map(({ lock }) => lock.path)))
    .toSorted((a, b) => b.size - a.size)[0];
  const seen = new Set<string>();
  return locks.filter(({ op, lock }) => {
    const key = `${op} ${lock.path}`;
    const isTold = !seen.has(key) && (op === 'release') !== (held?.has(lock.path) ?? op !== 'release');
    seen.add(key);
    return isTold;
  });
}

function locationOf(frame: Frame, node: NodeId): ScenarioLocation {
  const { file } = frame.facts.unit;
  const { line, column } = linesOf(file).positionAt(frame.ir.start[node] ?? 0);
  return { file: file.path, line: line + 1, column: column + 1 };
}

function writeLock(writer: Writer, frame: Frame, event: LockEvent, at: ScenarioLocation): void {
  const kind = kindOf(event);
  // A lock without a class that a callee names by its own parameter may be any object.
  if (kind === undefined || (event.lock.lockClass === '' && frame.depth > 0)) return;
  if (event.op === 'acquire' || event.op === 'tryAcquire') {
    const id = lockId(writer, frame, event);
    if (!writer.locks.byId.has(id)) writer.locks.byId.set(id, { id, kind: kind.id });
    const withRoutine = routineOf(kind, event, 'acquire');
    write(writer, {
      do: 'acquire',
      lock: id,
      ...(withRoutine === undefined ? {} : { with: withRoutine }),
      at,
    });
    writer.held.push({ id, path: event.lock.path, withRoutine });
  } else if (event.op === 'release') {
    const base = baseId(frame, event);
    const index = writer.held.findLastIndex((held) => held.id === base || held.id.startsWith(`${base} (`));
    const held = writer.held[index];
    if (held === undefined) return;
    const withRoutine = routineOf(kind, event, 'release');
    write(writer, {
      do: 'release',
      lock: held.id,
      ...(withRoutine === undefined ? {} : { with: withRoutine }),
      at,
    });
    writer.held.splice(index, 1);
  }
}

/** The lock's class; without one its text and the function, since the same text elsewhere is another lock. */
function baseId({ facts }: Frame, { lock }: LockEvent): string {
  const name = lock.lockClass === '' ? `${lock.text} (${facts.unit.qualifiedName})` : lock.lockClass;
  return name.slice(0, 110);
}

/** Two objects of one class, both held, are two locks; the same object taken twice is one. */
function lockId(writer: Writer, frame: Frame, event: LockEvent): string {
  const base = baseId(frame, event);
  const others = writer.held.filter((held) => held.id === base || held.id.startsWith(`${base} (`));
  const same = others.find((held) => held.path === event.lock.path);
  if (same !== undefined || others.length === 0) return same?.id ?? base;
  // From another function the paths cannot be compared: one object is assumed.
  return others.some((held) => held.path.startsWith('p') !== event.lock.path.startsWith('p'))
    ? base
    : `${base} (${String(others.length + 1)})`;
}

type Kind = ReturnType<typeof listLockKinds>[number];

/** Kinds of the facts that run on a plain spin lock although their routines are other ones. */
const PLAIN_SPIN_LOCKS = new Set([
  'spinlock',
  'ndisSpinlock',
  'wdfSpinlock',
  'videoportSpinlock',
  'vpbSpinlock',
  'cancelSpinlock',
]);

function kindOf(event: LockEvent): Kind | undefined {
  const kinds = listLockKinds();
  return (
    kinds.find((kind) => kind.acquires.includes(event.routine) || kind.releases.includes(event.routine)) ??
    (PLAIN_SPIN_LOCKS.has(event.kind) ? kinds.find(({ id }) => id === 'ttas') : undefined)
  );
}

/** The routine as the engine knows it: the very one, or for relatives the form with the same effect on the IRQL. */
function routineOf(kind: Kind, event: LockEvent, what: 'acquire' | 'release'): string | undefined {
  const known = what === 'acquire' ? kind.acquires : kind.releases;
  if (known.includes(event.routine)) return event.routine;
  const isPlain = event.effect?.exit.kind !== 'unchanged';
  if (isPlain) return undefined;
  return known.find((name) => /(?:AtDpcLevel|FromDpcLevel)$/.test(name));
}
