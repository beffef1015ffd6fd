/**
 * Walks one path through a function and its callees and writes it as statements of a scenario: lock calls, IRQL changes, waits
 * and signals, queued DPCs, and estimated work between them. Loops that do any of this run twice. It chooses no CPUs.
 */
import type { BodyFacts, CallFact, LockEvent } from '../../analysis/facts.ts';
import type { FunctionId } from '../../analysis/program.ts';
import { minOf } from '../../protocol/irqlLevels.ts';
import type { ScenarioLocation, Statement } from '../../protocol/scenarioFormat.ts';
import { childrenOf, NodeKind, type BodyIr, type NodeId } from '../../syntax/ir.ts';
import { estimateCycles, REPETITIONS } from '../../analysis/estimateCycles.ts';
import { linesOf } from '../snapshot.ts';
import { chooseBranch, chooseCase } from './branches.ts';
import { objectOfCall } from './kernelObjects.ts';
import { releaseForCaller, writeLock } from './lockCalls.ts';
import { flush, isFull, write, type Writer } from './writer.ts';

const MAX_DEPTH = 6;
/** How often a loop with locks, waits or DPCs in it is run: twice shows what one round does to the next. */
const LOOP_ROUNDS = 2;

/** One function on the path. */
export interface Frame {
  readonly facts: BodyFacts;
  readonly ir: BodyIr;
  readonly calls: ReadonlyMap<NodeId, CallFact>;
  readonly statements: ReadonlySet<NodeId>;
  /** conditions that were decided, by their text */
  readonly decided: Map<string, number>;
  readonly depth: number;
  readonly visiting: ReadonlySet<FunctionId>;
}

/** How a statement ends: the next one follows, or the innermost loop or switch ends, or the function. */
type Flow = 'next' | 'break' | 'continue' | 'leave';

/** Writes the path through a function that is entered from outside. */
export function walkEntry(writer: Writer, id: FunctionId): void {
  walkFunction(writer, id, 0, new Set());
  if (returnsHolding(writer, id)) releaseForCaller(writer);
  flush(writer);
}

/** Roles whose very purpose is to return holding a lock have a caller that releases; a DPC has none. */
function returnsHolding(writer: Writer, id: FunctionId): boolean {
  const { analysis, program } = writer.snapshot;
  if (program.rolesOf(id).some(({ fact }) => !/ACQUIRE/i.test(fact.type))) return false;
  return analysis.summaryOf(id).cases.some(({ acquired }) => acquired.length > 0);
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

function walkAll(writer: Writer, frame: Frame, nodes: readonly NodeId[]): Flow {
  for (const node of nodes) {
    const flow = walk(writer, frame, node);
    if (flow !== 'next') return flow;
  }
  return 'next';
}

function walk(writer: Writer, frame: Frame, node: NodeId): Flow {
  if (node < 0 || isFull(writer)) return 'next';
  const { ir } = frame;
  const children = childrenOf(ir, node);
  switch (ir.kind[node] as NodeKind) {
    case NodeKind.Block:
    case NodeKind.SehFinally:
      return walkAll(writer, frame, children);
    case NodeKind.SehTry: {
      const flow = walk(writer, frame, children[0] ?? -1);
      const handled = walk(writer, frame, children[1] ?? -1);
      return handled === 'next' ? flow : handled;
    }
    case NodeKind.If: {
      const [condition = -1, then = -1, otherwise = -1] = children;
      walk(writer, frame, condition);
      return walk(writer, frame, chooseBranch(writer, frame, node, condition, [then, otherwise]));
    }
    case NodeKind.Choice:
      return walk(writer, frame, chooseBranch(writer, frame, node, -1, children));
    case NodeKind.Switch: {
      const [value = -1, body = -1] = children;
      walk(writer, frame, value);
      const flow = walkAll(writer, frame, chooseCase(writer, frame, body));
      return flow === 'break' ? 'next' : flow;
    }
    case NodeKind.While:
    case NodeKind.DoWhile:
    case NodeKind.For:
      return walkLoop(writer, frame, node, children);
    case NodeKind.Break:
      return 'break';
    case NodeKind.Continue:
      return 'continue';
    case NodeKind.Return:
    case NodeKind.Throw:
      walkAll(writer, frame, children);
      addWork(writer, frame, node);
      return 'leave';
    case NodeKind.Goto:
      return walkGoto(writer, frame, node);
    case NodeKind.SehExcept:
    case NodeKind.Catch:
    case NodeKind.Lambda:
      return 'next';
    case NodeKind.Call:
      walkAll(writer, frame, children);
      writeCall(writer, frame, node);
      return 'next';
    default: {
      const flow = walkAll(writer, frame, children);
      if (frame.statements.has(node)) addWork(writer, frame, node);
      return flow;
    }
  }
}

/** A loop that gives back what it takes is repeated; one inside another, one that is left, or that changes what is held, runs once. */
function walkLoop(writer: Writer, frame: Frame, node: NodeId, children: readonly NodeId[]): Flow {
  const isFor = frame.ir.kind[node] === NodeKind.For;
  if (isFor) walk(writer, frame, children[0] ?? -1);
  flush(writer);
  const outer = writer.out;
  const isInner = writer.repeated > 1;
  const body: Statement[] = [];
  const before = writer.held.map(({ id }) => id).join('\n');
  writer.out = body;
  if (!isInner) writer.repeated = LOOP_ROUNDS;
  const flow = walkAll(writer, frame, isFor ? children.slice(1) : children);
  if (!isInner) writer.repeated = 1;
  flush(writer);
  const isBalanced = writer.out === body && before === writer.held.map(({ id }) => id).join('\n');
  const isWorkOnly = body.every((one) => one.do === 'work' || one.do === 'hold');
  if (isWorkOnly && isBalanced) {
    writer.out = outer;
    writer.pendingCycles += REPETITIONS * body.reduce((sum, one) => sum + cyclesOf(one), 0);
  } else if (isBalanced && !isInner && flow !== 'break' && flow !== 'leave') {
    writer.out = outer;
    outer.push({ do: 'repeat', times: LOOP_ROUNDS, body });
    writer.assumed.add('loops run twice');
  } else {
    outer.push(...body);
    if (writer.out === body) writer.out = outer;
  }
  return flow === 'leave' ? flow : 'next';
}

function cyclesOf(statement: Statement): number {
  return 'cycles' in statement && typeof statement.cycles === 'number' ? statement.cycles : 0;
}

/** A jump forward goes on behind its label; a jump back ends the path. */
function walkGoto(writer: Writer, frame: Frame, node: NodeId): Flow {
  const { ir } = frame;
  const after = (ir.start[node] ?? 0) + 1;
  const isTarget = (child: NodeId): boolean =>
    ir.kind[child] === NodeKind.Label && ir.atom[child] === ir.atom[node] && (ir.start[child] ?? 0) > after;
  for (let block = 0; block < ir.nodeCount; block++) {
    if (ir.kind[block] !== NodeKind.Block) continue;
    const children = childrenOf(ir, block);
    const label = children.findIndex(isTarget);
    if (label < 0) continue;
    walkAll(writer, frame, children.slice(label + 1));
    return 'leave';
  }
  return 'leave';
}

function addWork(writer: Writer, frame: Frame, node: NodeId): void {
  writer.pendingCycles += Math.max(
    1,
    estimateCycles(writer.snapshot.analysis, frame.facts, (statement) => statement === node),
  );
}

function writeCall(writer: Writer, frame: Frame, node: NodeId): void {
  const call = frame.calls.get(node);
  if (call === undefined) return;
  const at = locationOf(frame, node);
  if (call.callee.kind === 'functions') return writeOwnCall(writer, frame, call, at);
  for (const event of call.locks) writeLock(writer, frame, call, event, at);
  if (call.callee.kind !== 'ddi' || call.locks.length > 0) return;
  const queued = writer.links.routineQueuedBy(frame.facts.unit, call);
  if (queued !== undefined) {
    writer.queued.add(queued);
    write(writer, { do: 'insertDpc', dpc: dpcName(writer, queued), at });
    return;
  }
  writeEffect(writer, frame, call, at);
}

/** The name of a DPC routine as an `insertDpc` names it before contexts have their labels. */
function dpcName({ snapshot }: Pick<Writer, 'snapshot'>, id: FunctionId): string {
  return snapshot.program.functions[id]?.qualifiedName ?? String(id);
}

/** A function of the workspace: its locks in the caller's terms where it changes what is held, else its body is laid in. */
function writeOwnCall(writer: Writer, frame: Frame, call: CallFact, at: ScenarioLocation): void {
  if (call.callee.kind !== 'functions') return;
  // A wrapper's locks are told in the caller's terms: that is how two objects are kept apart.
  if (call.locks.length > 0) {
    for (const event of wrapperEvents(call)) writeLock(writer, frame, call, event, at);
    return;
  }
  const [id] = call.callee.ids;
  const isWorthwhile =
    id !== undefined && call.before.length > 0 && frame.depth < MAX_DEPTH && !frame.visiting.has(id);
  if (isWorthwhile) walkFunction(writer, id, frame.depth + 1, frame.visiting);
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

/** IRQL changes, waits, signals, and routines that run a callback under a lock. */
function writeEffect(writer: Writer, frame: Frame, call: CallFact, at: ScenarioLocation): void {
  const effect = call.callee.kind === 'ddi' ? call.callee.effect : undefined;
  if (effect === undefined) return;
  if (effect.op === 'raise') {
    const argument = call.args[effect.levelArg ?? -1]?.constant ?? 2;
    const to = effect.exit.kind === 'level' ? minOf(effect.exit.levels) : argument;
    write(writer, { do: 'raise', to, at });
    writer.nRaises++;
  } else if (effect.op === 'lower' && writer.nRaises > 0) {
    write(writer, { do: 'lower', at });
    writer.nRaises--;
  } else if (effect.op === 'signal') {
    writeObject(writer, frame, call, effect.lockArg ?? 0, false, at);
  } else if (effect.blocks && effect.lockArg !== undefined && effect.timeoutArg !== undefined) {
    const timeout = call.args[effect.timeoutArg];
    if (timeout?.text === 'NULL' || timeout?.constant === 0)
      writeObject(writer, frame, call, effect.lockArg, true, at);
    else writer.assumed.add('a wait with a time-out ends by itself');
  } else if (effect.op === 'synchronize' && effect.callbackArg !== undefined) {
    walkCallback(writer, frame, call, effect.callbackArg, at);
  }
}

function writeObject(
  writer: Writer,
  frame: Frame,
  call: CallFact,
  argument: number,
  isWait: boolean,
  at: ScenarioLocation,
): void {
  const object = objectOfCall(writer.snapshot, frame.facts.unit, call, argument);
  if (object === '') {
    if (isWait) writer.assumed.add('a wait for an object that only this call knows ends at once');
    return;
  }
  writer.objects.push({
    object,
    isWait,
    times: writer.repeated,
    isUnderLock: writer.held.length > 0,
  });
  write(writer, isWait ? { do: 'wait', object, at } : { do: 'signal', object, at });
}

/** KeSynchronizeExecution: the routine runs with the interrupt's lock held. */
function walkCallback(
  writer: Writer,
  frame: Frame,
  call: CallFact,
  argument: number,
  at: ScenarioLocation,
): void {
  const { snapshot, locks } = writer;
  const { unit } = frame.facts;
  const name = call.args[argument]?.text ?? '';
  const atom = name === '' ? -1 : snapshot.program.atoms.find(name);
  const [id] = atom < 0 ? [] : snapshot.program.findFunctions(unit, atom);
  const effect = call.callee.kind === 'ddi' ? call.callee.effect : undefined;
  const isForInterrupt = /interrupt/i.test(effect?.lockKind ?? '');
  if (id === undefined || frame.visiting.has(id) || !isForInterrupt) return;
  const lock = objectOfCall(snapshot, unit, call, effect?.lockArg ?? 0) || 'interrupt lock';
  if (!locks.has(lock)) locks.set(lock, { id: lock, kind: 'interrupt' });
  write(writer, { do: 'acquire', lock, at });
  writer.held.push({ id: lock, path: lock, withRoutine: undefined });
  walkFunction(writer, id, frame.depth + 1, frame.visiting);
  write(writer, { do: 'release', lock, at });
  writer.held.splice(
    writer.held.findLastIndex((held) => held.id === lock),
    1,
  );
}

function locationOf({ facts, ir }: Frame, node: NodeId): ScenarioLocation {
  const { file } = facts.unit;
  const { line, column } = linesOf(file).positionAt(ir.start[node] ?? 0);
  return { file: file.path, line: line + 1, column: column + 1 };
}
