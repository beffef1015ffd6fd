/**
 * Analyses one body: fixpoint over its graph, then one recording pass that yields `BodyFacts`.
 * It sees callees only through their summaries and callers not at all.
 */
import { buildCfg } from '../../cfg/buildCfg.ts';
import type { Block, Cfg } from '../../cfg/cfg.ts';
import { NodeFlag, NodeKind } from '../../syntax/ir.ts';
import type { NodeId } from '../../syntax/ir.ts';
import type {
  ArgumentFact,
  BodyFacts,
  CallFact,
  ExitFact,
  FunctionSummary,
  HeldLock,
  LockEvent,
  StatementFact,
  Value,
} from '../facts.ts';
import { runFixpoint } from '../fixpoint.ts';
import { forgetMemoryFacts } from '../irql/assign.ts';
import type { CallSite } from '../irql/callSite.ts';
import { constantOf, pathOf, truthOf, valueOf } from '../irql/evaluate.ts';
import { branch, evaluate, executeItem, findEffects } from '../irql/interpreter.ts';
import type { Interpreter } from '../irql/interpreter.ts';
import { lockEventsOf } from '../irql/lockEffects.ts';
import { wrapperEventsOf } from '../irql/applySummary.ts';
import { isSymbol } from '../irql/constants.ts';
import { collapse, initialState, isSameProperty, joinInto, withEntry, withValue } from '../irql/state.ts';
import type { State } from '../irql/state.ts';
import type { Callee, FunctionId, FunctionUnit, Program } from '../program.ts';
import { createBodyContext } from './bodyContext.ts';
import type { BodyContext } from './bodyContext.ts';
import type { Guard } from './guards.ts';
import { sideOf } from './pairedConditions.ts';
import { requirementOf } from './requirement.ts';

/** What is known before the body runs, besides the level. */
export interface BodyEntry {
  readonly held: readonly HeldLock[];
}

/** The facts of a body with the context they were computed in. */
export interface AnalyzedBody {
  readonly context: BodyContext;
  readonly facts: BodyFacts;
  /** exit states with the value returned, for the summary */
  readonly returns: ReadonlyMap<State, Value | undefined>;
}

/** Runs the whole analysis of the body of `unit`. */
export function analyzeBody(
  program: Program,
  unit: FunctionUnit,
  entry: BodyEntry,
  callees: ReadonlyMap<NodeId, Callee>,
  guards: ReadonlyMap<NodeId, Guard>,
  isLight: boolean,
  summaryOf: (id: FunctionId) => FunctionSummary | undefined,
): AnalyzedBody {
  const context = createBodyContext(program, unit, callees, isLight, (callee) => sideOf(callee, summaryOf));
  const cfg = buildCfg(context.ir, (decl) => guards.has(decl));
  const run: Interpreter = { context, hasEffect: findEffects(context), guards, summaryOf };
  const rank = new Int32Array(cfg.blocks.length).fill(-1);
  cfg.order.forEach((id, i) => (rank[id] = i));
  const domain = {
    flow: (id: number, states: readonly State[], emit: (to: number, state: State) => void): void => {
      const block = cfg.blocks[id];
      if (block !== undefined) flowBlock(run, block, rank, states, emit, undefined);
    },
    joinInto,
    widen: (states: State[]): void => {
      if (states.length === 0) return;
      const one = collapse(states);
      states.length = 0;
      states.push(one);
    },
  };
  const { before, isExact } = runFixpoint(cfg, [startState(context, entry)], domain);
  return record(run, cfg, rank, before, isExact && cfg.isComplete && context.ir.isParsed);
}

function startState(context: BodyContext, entry: BodyEntry): State {
  let state: State = { ...initialState(context.all), held: entry.held };
  for (const name of context.changedParams) {
    const index = context.params.get(name) ?? 0;
    state = withValue(state, `l:${context.text(name)}`, { kind: 'param', index });
  }
  return state;
}

/** What the recording pass is told. */
interface Recorder {
  statement(node: NodeId, states: readonly State[]): void;
  exit(node: NodeId, states: readonly State[]): void;
}

function flowBlock(
  run: Interpreter,
  block: Block,
  rank: Int32Array,
  input: readonly State[],
  emitRaw: (to: number, state: State) => void,
  recorder: Recorder | undefined,
): void {
  const emit = (to: number, state: State): void => {
    const isBack = (rank[to] ?? -1) <= (rank[block.id] ?? -1);
    emitRaw(to, isBack ? forgetMemoryFacts(state) : state);
  };
  for (const handler of block.handlers) {
    for (const state of input) emit(handler, atHandler(state));
  }
  let states = input;
  for (const item of block.items) {
    if (recorder !== undefined && item >= 0) recorder.statement(item, states);
    states = executeItem(run, states, item);
  }
  flowTerminator(run, block, states, emit, recorder);
}

/** An exception may come anywhere in the block: where a lock or a raise is under way nothing is claimed. */
function atHandler(state: State): State {
  const isPlain = state.isEntryIrql && state.held.length === 0 && state.releasedFromEntry.length === 0;
  return isPlain ? state : { ...state, isImprecise: true };
}

function flowTerminator(
  run: Interpreter,
  block: Block,
  states: readonly State[],
  emit: (to: number, state: State) => void,
  recorder: Recorder | undefined,
): void {
  const { terminator } = block;
  switch (terminator.kind) {
    case 'jump':
      for (const state of states) emit(terminator.to, state);
      return;
    case 'branch': {
      const [whenTrue, whenFalse] = branch(run, states, terminator.condition);
      for (const state of whenTrue) emit(terminator.whenTrue, state);
      for (const state of whenFalse) emit(terminator.whenFalse, state);
      return;
    }
    case 'switch':
      flowSwitch(run, terminator, states, emit);
      return;
    case 'choice':
      flowChoice(run, terminator, states, emit);
      return;
    case 'fork':
      for (const to of terminator.to) for (const state of states) emit(to, state);
      return;
    case 'exit':
      recorder?.exit(terminator.node, states);
      return;
    case 'stop':
      return;
  }
}

type Switch = Extract<Block['terminator'], { kind: 'switch' }>;
type Choice = Extract<Block['terminator'], { kind: 'choice' }>;

function flowSwitch(
  run: Interpreter,
  terminator: Switch,
  input: readonly State[],
  emit: (to: number, state: State) => void,
): void {
  const { context } = run;
  const states = evaluate(run, input, terminator.value);
  for (const state of states) {
    const value = valueOf(context, state, terminator.value);
    let isDecided = false;
    for (const { first, last, to } of terminator.cases) {
      const constant = last >= 0 ? undefined : constantOf(context, state, first);
      const narrowed =
        constant === undefined ? state : narrowCase(context, state, terminator.value, value, constant);
      if (narrowed === undefined) continue;
      if (value?.kind === 'const' && value.value === constant) isDecided = true;
      emit(to, narrowed);
    }
    if (!isDecided) emit(terminator.otherwise, state);
  }
}

function narrowCase(
  context: BodyContext,
  state: State,
  node: NodeId,
  value: Value | undefined,
  constant: number,
): State | undefined {
  if (value?.kind === 'const' && !isSymbol(value.value) && !isSymbol(constant)) {
    return value.value === constant ? state : undefined;
  }
  if (value?.kind === 'irql' && !isSymbol(constant) && constant >= 0 && constant < 32) {
    if (value.isEntryIrql) return withEntry(state, 2 ** constant);
    return (value.levels & (2 ** constant)) === 0 ? undefined : state;
  }
  if (value?.kind === 'param') return withValue(state, `p${value.index}`, { kind: 'const', value: constant });
  const path = pathOf(context, state, node);
  return path.startsWith('l:') ? withValue(state, path, { kind: 'const', value: constant }) : state;
}

/** The same condition text takes the same branch throughout a body. */
function flowChoice(
  run: Interpreter,
  terminator: Choice,
  states: readonly State[],
  emit: (to: number, state: State) => void,
): void {
  const { context } = run;
  for (const start of states) {
    let state: State | undefined = start;
    for (const { node, to } of terminator.alternatives) {
      const text = context.text(context.ir.atom[node] ?? 0);
      if (text === '') {
        emit(to, state);
        break;
      }
      const isNegated = text.startsWith('!') && !/[&|]/.test(text);
      const key = `#:${isNegated ? text.slice(1).trim() : text}`;
      const known: Value | undefined = state.values.get(key);
      const isTrue = known === undefined ? undefined : truthOf(known) !== isNegated;
      if (isTrue !== false) emit(to, withValue(state, key, { kind: 'const', value: isNegated ? 0 : 1 }));
      if (isTrue === true) break;
      state = withValue(state, key, { kind: 'const', value: isNegated ? 1 : 0 });
    }
  }
}

function record(
  run: Interpreter,
  cfg: Cfg,
  rank: Int32Array,
  before: readonly (readonly State[])[],
  isExact: boolean,
): AnalyzedBody {
  const { context } = run;
  const statements = new Map<NodeId, State[]>();
  const exits = new Map<NodeId, State[]>();
  const calls = new Map<NodeId, MutableCall>();
  const returns = new Map<State, Value | undefined>();
  let current: Block | undefined;
  const recording: Interpreter = {
    ...run,
    onCall: (site, inStates, outStates) => {
      noteCall(calls, site, inStates, outStates, current);
    },
  };
  const recorder: Recorder = {
    statement: (node, states) => {
      addStates(statements, node, states);
    },
    exit: (node, states) => {
      const value = context.ir.kind[node] === NodeKind.Return ? (context.ir.first[node] ?? -1) : -1;
      for (const state of states) {
        const list = exits.get(node) ?? [];
        exits.set(node, list);
        list.push(state);
        returns.set(state, value < 0 ? undefined : valueOf(context, state, value));
      }
    },
  };
  for (const id of cfg.order) {
    const block = cfg.blocks[id];
    current = block;
    if (block !== undefined) flowBlock(recording, block, rank, before[id] ?? [], () => undefined, recorder);
  }
  // What could not be read may have released or lowered: a body that is being typed is not judged as a whole.
  const isImprecise =
    !isExact ||
    context.ir.recoveries.length > 0 ||
    [...exits.values()].some((states) => states.some((state) => state.isImprecise));
  const facts: BodyFacts = {
    unit: context.unit,
    statements: statementFacts(context, statements),
    calls: [...calls.values()].map((call) => finishCall(run, call)),
    exits: [...exits].map(([node, states]): ExitFact => ({ node, states })),
    irqlReads: irqlReadsOf(context, calls),
    isImprecise,
  };
  return { context, facts, returns };
}

/** Statements that a macro brought along and that nothing reaches (`if (0)` of a trace macro) are nobody's business. */
function statementFacts(
  context: BodyContext,
  statements: ReadonlyMap<NodeId, readonly State[]>,
): StatementFact[] {
  const facts: StatementFact[] = [];
  for (const [node, states] of statements) {
    const isFromMacro = ((context.ir.flags[node] ?? 0) & NodeFlag.FromMacro) !== 0;
    if (states.length > 0 || !isFromMacro) facts.push({ node, states });
  }
  return facts;
}

interface MutableCall {
  readonly site: CallSite;
  readonly before: State[];
  readonly after: State[];
  isInLoop: boolean;
  isInTry: boolean;
}

function noteCall(
  calls: Map<NodeId, MutableCall>,
  site: CallSite,
  before: readonly State[],
  after: readonly State[],
  block: Block | undefined,
): void {
  let call = calls.get(site.node);
  if (call === undefined) {
    call = { site, before: [], after: [], isInLoop: false, isInTry: false };
    calls.set(site.node, call);
  }
  call.isInLoop ||= block?.isInLoop === true;
  call.isInTry ||= block?.isInTry === true;
  for (const state of before) joinRecorded(call.before, state);
  for (const state of after) joinRecorded(call.after, state);
}

/** Like `joinInto`, but different values stay apart a little longer: conditions of facts want to see them. */
function joinRecorded(states: State[], state: State): void {
  if (states.includes(state)) return;
  const isNew = !states.some((known) => isSameProperty(known, state) && known.entry === state.entry);
  if (isNew && states.length < 24) states.push(state);
  else joinInto(states, state);
}

function addStates(map: Map<NodeId, State[]>, node: NodeId, states: readonly State[]): void {
  const known = map.get(node);
  const [only] = states;
  if (known === undefined && only !== undefined && states.length === 1) {
    map.set(node, [only]);
    return;
  }
  const list = known ?? [];
  map.set(node, list);
  for (const state of states) joinInto(list, state);
}

function finishCall(run: Interpreter, call: MutableCall): CallFact {
  const { context } = run;
  const { site, before } = call;
  const [state] = before;
  let locks: readonly LockEvent[] | undefined;
  let args: readonly ArgumentFact[] | undefined;
  return {
    node: site.node,
    name: site.name,
    callee: site.callee,
    before,
    after: call.after,
    requirement: requirementOf(context, before, site, run.summaryOf),
    isInLoop: call.isInLoop,
    isInTry: call.isInTry,
    // Few calls are asked for these: they are made when somebody looks.
    get locks() {
      locks ??= state === undefined ? NO_EVENTS : lockEvents(run, state, site);
      return locks;
    },
    get args() {
      args ??= state === undefined ? [] : site.args.map((node) => argumentFact(context, state, node));
      return args;
    },
  };
}

const NO_EVENTS: readonly LockEvent[] = [];

function lockEvents(run: Interpreter, state: State, site: CallSite): LockEvent[] {
  const { callee } = site;
  if (callee.kind === 'ddi' && callee.effect !== undefined) {
    return lockEventsOf(run.context, state, site, callee.effect);
  }
  if (callee.kind === 'declared') return wrapperEventsOf(run.context, state, site, callee.declared.summary);
  if (callee.kind !== 'functions') return [];
  return callee.ids.flatMap((id) => {
    const summary = run.summaryOf(id);
    return summary === undefined ? [] : wrapperEventsOf(run.context, state, site, summary);
  });
}

function argumentFact(context: BodyContext, state: State, node: NodeId): ArgumentFact {
  const path = pathOf(context, state, node);
  const constant = constantOf(context, state, node);
  const { ir } = context;
  const isPlain = ir.kind[node] === NodeKind.Name || ir.kind[node] === NodeKind.Number;
  return {
    node,
    path: path.startsWith('&') ? path.slice(1) : path,
    isAddressOf: path.startsWith('&'),
    ...(constant === undefined || isSymbol(constant) ? {} : { constant }),
    text: isPlain ? context.text(ir.atom[node] ?? 0) : '',
  };
}

/** Reads of the current IRQL with the comparison they feed directly, or -1 when the value goes elsewhere. */
function irqlReadsOf(
  context: BodyContext,
  calls: ReadonlyMap<NodeId, MutableCall>,
): { readonly node: NodeId; readonly comparedBy: NodeId }[] {
  const reads: { node: NodeId; comparedBy: NodeId }[] = [];
  for (const [node, { site }] of calls) {
    if (site.callee.kind !== 'ddi' || site.callee.effect?.returnsCurrentIrql !== true) continue;
    const parent = context.parents[node] ?? -1;
    const isCompared = parent >= 0 && context.ir.kind[parent] === NodeKind.Binary;
    reads.push({ node, comparedBy: isCompared ? parent : -1 });
  }
  return reads;
}
