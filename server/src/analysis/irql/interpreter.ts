/**
 * Executes statements and expressions on a list of disjuncts: order of evaluation, short circuits, conditional expressions,
 * assertions, calls. What a call does comes from the models; what a branch tells from `refine`.
 */
import { childrenOf, NodeKind } from '../../syntax/ir.ts';
import type { NodeId } from '../../syntax/ir.ts';
import type { FunctionSummary, Value } from '../facts.ts';
import { parseLevel, range } from '../../protocol/irqlLevels.ts';
import type { FunctionId } from '../program.ts';
import { noteAddress } from '../locks/lockRef.ts';
import { isMemory } from '../locks/accessPath.ts';
import type { BodyContext } from '../summary/bodyContext.ts';
import type { Guard } from '../summary/guards.ts';
import { ALL_WRITES, isTelling, mayChange } from '../summary/writeSet.ts';
import { applySummary } from './applySummary.ts';
import { assign, forgetMemoryFacts, forgetResults, forgetValues } from './assign.ts';
import { callSiteOf, withResult } from './callSite.ts';
import type { CallSite } from './callSite.ts';
import { locationOf, pathOf, resultKey, stableKey, truthOf, valueOf } from './evaluate.ts';
import { applyEffect } from './lockEffects.ts';
import { refine } from './refine.ts';
import { joinInto, withCurrentIn, withValue, withUnknownIrql } from './state.ts';
import type { State } from './state.ts';
import { isAbnormalTermination, isAssertion, isNoReturn, isQuietName } from './wellKnown.ts';

/** What the interpreter asks of its surroundings. */
export interface Interpreter {
  readonly context: BodyContext;
  /** nodes with a call, assignment or conditional expression inside */
  readonly hasEffect: Uint8Array;
  /** C++ locals whose constructor and destructor are functions of the workspace */
  readonly guards: ReadonlyMap<NodeId, Guard>;
  /** the summary of a workspace function so far; undefined while it is not known to return (recursion) */
  summaryOf(id: FunctionId): FunctionSummary | undefined;
  /** told about every call in the recording pass */
  onCall?: (site: CallSite, before: readonly State[], after: readonly State[]) => void;
}

/** More disjuncts than this inside a block are joined before going on. */
const MAX_IN_FLIGHT = 48;

/** Marks every node that contains something to execute. */
export function findEffects(context: BodyContext): Uint8Array {
  const { ir, parents } = context;
  const marks = new Uint8Array(ir.nodeCount);
  for (let node = 0; node < ir.nodeCount; node++) {
    if (!isEffect(context, node)) continue;
    for (let at = node; at >= 0 && marks[at] === 0; at = parents[at] ?? -1) marks[at] = 1;
  }
  return marks;
}

function isEffect(context: BodyContext, node: NodeId): boolean {
  switch (context.ir.kind[node]) {
    case NodeKind.Call:
    case NodeKind.Assign:
    case NodeKind.Postfix:
    case NodeKind.Conditional:
    case NodeKind.Construct:
    case NodeKind.New:
    case NodeKind.Decl:
      return true;
    case NodeKind.Unary: {
      const operator = context.text(context.ir.atom[node] ?? 0);
      return operator === '++' || operator === '--';
    }
    default:
      return false;
  }
}

/** Executes one item of a block. Compound statements are mere marks here. */
export function executeItem(run: Interpreter, states: readonly State[], item: number): readonly State[] {
  const { context } = run;
  const { ir } = context;
  if (item < 0) return endGuard(run, states, ~item);
  if (run.hasEffect[item] !== 1 && ir.kind[item] !== NodeKind.Unparsed) return states;
  const first = ir.first[item] ?? -1;
  switch (ir.kind[item]) {
    case NodeKind.ExprStmt:
      return evaluate(run, states, first).map(forgetResults);
    case NodeKind.Decl:
      return declare(run, states, item).map(forgetResults);
    case NodeKind.Return:
    case NodeKind.Throw:
      return first < 0 ? states : evaluate(run, states, first);
    case NodeKind.Unparsed:
      return states.map((state) => ({ ...state, isImprecise: true }));
    default:
      return isStatement(ir.kind[item] ?? 0) ? states : evaluate(run, states, item).map(forgetResults);
  }
}

function isStatement(kind: number): boolean {
  return kind < NodeKind.Name;
}

function declare(run: Interpreter, states: readonly State[], node: NodeId): readonly State[] {
  const { context } = run;
  const initializer = context.ir.first[node] ?? -1;
  const guard = run.guards.get(node);
  if (guard !== undefined) return beginGuard(run, states, guard, initializer);
  const location = context.locationOfName(context.ir.atom[node] ?? 0);
  if (initializer < 0) return states.map((state) => assign(state, location, undefined, node));
  const isTracked = context.tracks(location);
  return evaluateValue(run, states, initializer).map(({ state, value }) =>
    assign(state, location, isTracked ? value : undefined, node),
  );
}

/** A local with a constructor of the workspace comes to life. */
function beginGuard(
  run: Interpreter,
  states: readonly State[],
  guard: Guard,
  initializer: NodeId,
): readonly State[] {
  const { context } = run;
  const location = context.locationOfName(context.ir.atom[guard.decl] ?? 0);
  const fresh = states.map((state) => assign(state, location, undefined, guard.decl));
  const before = initializer < 0 ? fresh : evaluateChildren(run, fresh, initializer);
  if (guard.constructors.length === 0) return before;
  const site = guardSite(context, guard, initializer, guard.constructors);
  return limit(before.flatMap((state) => [...callFunctions(run, state, site, guard.constructors)]));
}

/** The end of the scope: the destructor runs, and whatever the constructor took is given back. */
function endGuard(run: Interpreter, states: readonly State[], decl: NodeId): readonly State[] {
  const guard = run.guards.get(decl);
  if (guard === undefined) return states;
  const site = guardSite(run.context, guard, -1, guard.destructors);
  const initializer = run.context.ir.first[decl] ?? -1;
  return limit(
    states.flatMap((state) => {
      const taken = state.held.filter(
        ({ node, isFromEntry }) => !isFromEntry && (node === initializer || node === decl),
      );
      return callFunctions(run, state, site, guard.destructors).map((after): State => {
        const known = state.releasedFromEntry.length;
        if (taken.length === 0 || after.releasedFromEntry.length === known) return after;
        // The guard's own members name the lock; the caller knows it by the constructor's argument.
        return {
          ...after,
          held: after.held.filter((held) => !taken.includes(held)),
          releasedFromEntry: state.releasedFromEntry,
        };
      });
    }),
  );
}

function guardSite(
  context: BodyContext,
  guard: Guard,
  initializer: NodeId,
  ids: readonly FunctionId[],
): CallSite {
  return {
    node: initializer < 0 ? guard.decl : initializer,
    name: context.text(context.ir.aux[guard.decl] ?? 0),
    callee: { kind: 'functions', ids, isExact: true },
    args: initializer < 0 ? [] : guardArguments(context, initializer),
    isResultUsed: false,
  };
}

function guardArguments(context: BodyContext, initializer: NodeId): readonly NodeId[] {
  const kind = context.ir.kind[initializer];
  const isList = kind === NodeKind.Construct || kind === NodeKind.InitList;
  return isList ? childrenOf(context.ir, initializer) : [initializer];
}

function evaluateChildren(run: Interpreter, states: readonly State[], node: NodeId): readonly State[] {
  let result = states;
  for (const arg of guardArguments(run.context, node)) result = evaluate(run, result, arg);
  return result;
}

interface Valued {
  readonly state: State;
  readonly value: Value | undefined;
}

/** Executes a right side; a truth value (`irql < DISPATCH_LEVEL`, `a && b`) splits the states, so that it stays correlated. */
function evaluateValue(run: Interpreter, states: readonly State[], node: NodeId): readonly Valued[] {
  const { context } = run;
  if (isTruthExpression(context, node)) {
    const [whenTrue, whenFalse] = branch(run, states, node);
    return [
      ...whenTrue.map((state): Valued => ({ state, value: { kind: 'const', value: 1 } })),
      ...whenFalse.map((state): Valued => ({ state, value: { kind: 'const', value: 0 } })),
    ];
  }
  return evaluate(run, states, node).map((state) => ({ state, value: assignedValue(context, state, node) }));
}

const TRUTH_OPERATORS = new Set(['<', '>', '<=', '>=', '==', '!=', '&&', '||']);

function isTruthExpression(context: BodyContext, node: NodeId): boolean {
  const { ir } = context;
  const operator = context.text(ir.atom[node] ?? 0);
  if (ir.kind[node] === NodeKind.Cast) return isTruthExpression(context, ir.first[node] ?? -1);
  if (ir.kind[node] === NodeKind.Unary) return operator === '!';
  return ir.kind[node] === NodeKind.Binary && TRUTH_OPERATORS.has(operator);
}

/** The value to note for a right side: what is known, or which object it is a copy of. */
function assignedValue(context: BodyContext, state: State, node: NodeId): Value | undefined {
  const value = valueOf(context, state, node);
  if (value?.kind === 'addressOf') noteAddress(context, value.path, node);
  const isPointer = value?.kind === 'notConst' && value.value === 0;
  if (value !== undefined && !isPointer) return value;
  const path = pathOf(context, state, node);
  if (path === '' || path.startsWith('r:')) return value;
  // The name of an object says more than that it is not NULL.
  if (isPointer && /^p\d+$/.test(path)) return { kind: 'param', index: Number(path.slice(1)) };
  if (isPointer) return path.startsWith('&') ? value : { kind: 'copyOf', path, isNonZero: true };
  if (path.startsWith('&')) return { kind: 'addressOf', path: path.slice(1) };
  return path.includes('~') ? { kind: 'copyOf', path } : undefined;
}

/** Executes the effects inside an expression, in order of evaluation. */
export function evaluate(run: Interpreter, states: readonly State[], node: NodeId): readonly State[] {
  if (node < 0 || run.hasEffect[node] !== 1 || states.length === 0) return states;
  const { context } = run;
  const { ir } = context;
  const first = ir.first[node] ?? -1;
  switch (ir.kind[node]) {
    case NodeKind.Call:
      return evaluateCall(run, states, node);
    case NodeKind.Assign:
      return evaluateAssign(run, states, node);
    case NodeKind.Postfix:
      return change(run, evaluate(run, states, first), first, node);
    case NodeKind.Unary: {
      const operator = context.text(ir.atom[node] ?? 0);
      const inner = evaluate(run, states, first);
      return operator === '++' || operator === '--' ? change(run, inner, first, node) : inner;
    }
    case NodeKind.Binary: {
      const operator = context.text(ir.atom[node] ?? 0);
      if (operator !== '&&' && operator !== '||') break;
      const [whenTrue, whenFalse] = branch(run, states, node);
      return limit([...whenTrue, ...whenFalse]);
    }
    case NodeKind.Conditional:
      return evaluateConditional(run, states, node);
    case NodeKind.Lambda:
      return states;
    default:
  }
  let result = states;
  for (let child = first; child >= 0; child = ir.next[child] ?? -1) result = evaluate(run, result, child);
  return result;
}

function limit(states: readonly State[]): readonly State[] {
  if (states.length <= MAX_IN_FLIGHT) return states;
  const joined: State[] = [];
  for (const state of states) joinInto(joined, state);
  return joined;
}

function change(run: Interpreter, states: readonly State[], target: NodeId, node: NodeId): readonly State[] {
  return states.map((state) => assign(state, locationOf(run.context, state, target), undefined, node));
}

function evaluateAssign(run: Interpreter, states: readonly State[], node: NodeId): readonly State[] {
  const { context } = run;
  const { ir } = context;
  const target = ir.first[node] ?? -1;
  const right = ir.next[target] ?? -1;
  const isPlain = context.text(ir.atom[node] ?? 0) === '=';
  return evaluateValue(run, evaluate(run, states, target), right).map(({ state, value }) =>
    assign(state, locationOf(context, state, target), isPlain ? value : undefined, node),
  );
}

function evaluateConditional(run: Interpreter, states: readonly State[], node: NodeId): readonly State[] {
  const { ir } = run.context;
  const condition = ir.first[node] ?? -1;
  const thenNode = ir.next[condition] ?? -1;
  const elseNode = ir.next[thenNode] ?? -1;
  const [whenTrue, whenFalse] = branch(run, states, condition);
  const arm = (input: readonly State[], value: NodeId): State[] =>
    evaluate(run, input, value).map((state) =>
      withValue(state, resultKey(node), valueOf(run.context, state, value)),
    );
  return limit([...arm(whenTrue, thenNode), ...arm(whenFalse, elseNode)]);
}

/** Executes a condition and splits the states into those where it holds and those where it does not. */
export function branch(
  run: Interpreter,
  states: readonly State[],
  node: NodeId,
): readonly [readonly State[], readonly State[]] {
  if (!run.context.isPaired(node)) return branchOnce(run, states, node);
  const whenTrue: State[] = [];
  const whenFalse: State[] = [];
  for (const state of states) {
    const key = stableKey(run.context, state, node);
    const known = key === '' ? undefined : state.values.get(key);
    const isTrue = known === undefined ? undefined : truthOf(known);
    const [yes, no] = branchOnce(run, [state], node);
    const note = (outcome: State, value: number): State =>
      key === '' ? outcome : withValue(outcome, key, { kind: 'const', value });
    if (isTrue !== false) whenTrue.push(...yes.map((outcome) => note(outcome, 1)));
    if (isTrue !== true) whenFalse.push(...no.map((outcome) => note(outcome, 0)));
  }
  return [limit(whenTrue), limit(whenFalse)];
}

function branchOnce(
  run: Interpreter,
  states: readonly State[],
  node: NodeId,
): readonly [readonly State[], readonly State[]] {
  const { context } = run;
  const { ir } = context;
  const first = ir.first[node] ?? -1;
  const operator = context.text(ir.atom[node] ?? 0);
  if (ir.kind[node] === NodeKind.Binary && (operator === '&&' || operator === '||')) {
    const [leftTrue, leftFalse] = branch(run, states, first);
    const isAnd = operator === '&&';
    const [rightTrue, rightFalse] = branch(run, isAnd ? leftTrue : leftFalse, ir.next[first] ?? -1);
    return isAnd
      ? [rightTrue, limit([...leftFalse, ...rightFalse])]
      : [limit([...leftTrue, ...rightTrue]), rightFalse];
  }
  if (ir.kind[node] === NodeKind.Unary && operator === '!') {
    const [whenTrue, whenFalse] = branch(run, states, first);
    return [whenFalse, whenTrue];
  }
  if (ir.kind[node] === NodeKind.Cast) return branch(run, states, first);
  const executed = evaluate(run, states, node);
  const whenTrue: State[] = [];
  const whenFalse: State[] = [];
  for (const state of executed) {
    const yes = refine(context, state, node, true);
    const no = refine(context, state, node, false);
    if (yes !== undefined) whenTrue.push(yes);
    if (no !== undefined) whenFalse.push(no);
  }
  return [whenTrue, whenFalse];
}

function evaluateCall(run: Interpreter, states: readonly State[], node: NodeId): readonly State[] {
  const { context } = run;
  const site = callSiteOf(context, node);
  const callee = context.ir.first[node] ?? -1;
  if (isAssertion(site.name)) return assertTrue(run, states, site);
  let before = context.ir.kind[callee] === NodeKind.Name ? states : evaluate(run, states, callee);
  for (const arg of site.args) before = evaluate(run, before, arg);
  const after: State[] = [];
  for (const state of before) after.push(...callOne(run, state, site));
  run.onCall?.(site, before, after);
  return limit(after);
}

function callOne(run: Interpreter, state: State, site: CallSite): readonly State[] {
  const { context } = run;
  const { callee } = site;
  if (isNoReturn(site.name)) return [];
  // Only ways out that the program itself takes are followed: on them the termination is normal.
  if (isAbnormalTermination(site.name)) return [withResult(state, site, { kind: 'const', value: 0 })];
  if (site.name === '_IRQL_limited_to_') return [limitLevels(context, state, site)];
  switch (callee.kind) {
    case 'ddi':
      if (callee.effect !== undefined)
        return applyEffect(context, passAddresses(context, state, site), site, callee.effect);
      return [passAddresses(context, state, site)];
    case 'functions':
      return callFunctions(run, state, site, callee.ids);
    case 'declared':
      return callSummary(
        run,
        forgetMemoryFacts(passAddresses(context, state, site)),
        site,
        callee.declared.summary,
      );
    case 'neutral':
      return [passAddresses(context, state, site)];
    case 'role':
      return [forgetMemoryFacts(passAddresses(context, state, site))];
    case 'unknown': {
      const passed = passAddresses(context, state, site);
      if (isQuietName(site.name)) return [passed];
      const after = assume(forgetMemoryFacts(passed), site.node);
      return [LOCK_NAME.test(site.name) ? loseTrack(run, after, site.node) : after];
    }
  }
}

/** Names of unseen routines that are likely to change the level or a lock: assuming that they do not would be a guess. */
const LOCK_NAME = /(?<![bc])lock|irql|mutex|spin|acquire|raise|lower/i;

/** Nothing is known any more of the level and the held locks. */
function loseTrack(run: Interpreter, state: State, node: NodeId): State {
  return { ...withUnknownIrql(state, run.context.all, undefined, node), isImprecise: true };
}

function assume(state: State, node: NodeId): State {
  if (state.assumptions.includes(node) || state.assumptions.length >= 3) return state;
  return { ...state, assumptions: [...state.assumptions, node] };
}

function callFunctions(
  run: Interpreter,
  state: State,
  site: CallSite,
  ids: readonly FunctionId[],
): readonly State[] {
  const writes = ids.map((id) => run.summaryOf(id)?.writes ?? ALL_WRITES);
  const telling = writes.filter(isTelling);
  const passed = forgetMemoryFacts(
    passAddresses(run.context, state, site),
    (key) => writes.some((set) => mayChange(set, key)),
    (key) => telling.some((set) => mayChange(set, key)),
  );
  const states: State[] = [];
  for (const id of ids) {
    const summary = run.summaryOf(id);
    if (summary === undefined) continue;
    states.push(...callSummary(run, passed, site, summary));
  }
  return states;
}

/** The states after a call of what this summary describes, with what they lean on. */
function callSummary(run: Interpreter, state: State, site: CallSite, summary: FunctionSummary): State[] {
  return applySummary(run.context, state, site, summary).map((outcome) => {
    if (summary.isGivenUp === true) return loseTrack(run, outcome, site.node);
    return summary.isProved ? outcome : assume(outcome, site.node);
  });
}

/** Locals whose address is given away may have changed; what a lock or handle saved has not. */
function passAddresses(context: BodyContext, state: State, site: CallSite): State {
  if (state.values.size === 0) return state;
  let passed = state;
  for (const arg of site.args) {
    const value = valueOf(context, passed, arg);
    if (value?.kind === 'addressOf' && !isMemory(value.path)) passed = forgetValues(passed, value.path, true);
  }
  return passed;
}

function limitLevels(context: BodyContext, state: State, site: CallSite): State {
  const [arg] = site.args;
  const text = arg === undefined ? '' : context.text(context.ir.atom[arg] ?? 0);
  const level = parseLevel(text, context.program.settings.arch);
  if (level === undefined) return state;
  return withCurrentIn(state, range(0, 31 - Math.clz32(level))) ?? state;
}

/** A place that should not be reached: what is half done there is not judged. */
function notTrusted(state: State): State {
  const isPlain = state.isEntryIrql && state.held.length === 0 && state.releasedFromEntry.length === 0;
  return isPlain ? state : { ...state, isImprecise: true };
}

/** An assertion: states that contradict it stay as they are, so that a wrong assertion hides nothing. */
function assertTrue(run: Interpreter, states: readonly State[], site: CallSite): readonly State[] {
  const [condition] = site.args;
  if (condition === undefined) return states;
  const result: State[] = [];
  for (const state of states) {
    const [holds, fails] = branch(run, [state], condition);
    if (holds.length > 0) result.push(...holds);
    // ASSERT(FALSE) marks a place that should not be reached: nothing is claimed about locks after it.
    else result.push(...fails.map(notTrusted));
  }
  return limit(result);
}
