/**
 * Lowers a body's IR to its control-flow graph: all C statements, SEH and C++ try, `#if` choices, scope ends of guards.
 * A `__finally` body is copied for every place that control leaves its `__try` for. It evaluates no condition.
 */
import { childAt, childrenOf, NodeFlag, NodeKind } from '../syntax/ir.ts';
import type { BodyIr, NodeId } from '../syntax/ir.ts';
import type { Atom } from '../syntax/atoms.ts';
import { reversePostorder } from './cfg.ts';
import type { Block, BlockId, Cfg, ChoiceArm, SwitchCase, Terminator } from './cfg.ts';

/** What has to run when control leaves a scope, innermost first. */
interface Cleanup {
  readonly finallyBody: NodeId;
  readonly guard: NodeId;
  readonly parent: Cleanup | undefined;
  readonly depth: number;
  /** the handlers in force outside this scope */
  readonly handlers: readonly BlockId[];
}

interface Target {
  readonly to: BlockId;
  readonly cleanups: Cleanup | undefined;
}

/** Where jumps go from the place being lowered. */
interface Scope {
  readonly cleanups: Cleanup | undefined;
  readonly handlers: readonly BlockId[];
  readonly breakTo: Target | undefined;
  readonly continueTo: Target | undefined;
  readonly leaveTo: Target | undefined;
  readonly switchCases: SwitchBuilder | undefined;
  readonly isInLoop: boolean;
  readonly isInTry: boolean;
  readonly depth: number;
}

interface SwitchBuilder {
  readonly cases: SwitchCase[];
  otherwise: BlockId | undefined;
}

interface OpenBlock {
  readonly id: BlockId;
  readonly items: number[];
  terminator: Terminator | undefined;
  readonly handlers: readonly BlockId[];
  readonly isInLoop: boolean;
  readonly isInTry: boolean;
}

interface Builder {
  readonly ir: BodyIr;
  readonly isGuard: (decl: NodeId) => boolean;
  readonly blocks: OpenBlock[];
  readonly labels: Map<Atom, Target>;
  readonly gotos: { readonly from: OpenBlock; readonly label: Atom; readonly scope: Scope }[];
  readonly copies: Map<string, BlockId>;
  isComplete: boolean;
}

const MAX_DEPTH = 400;
const MAX_BLOCKS = 40_000;

/** Statement kinds that are executed or marked in place. */
const isJump = (kind: number): boolean =>
  kind === NodeKind.Goto ||
  kind === NodeKind.Break ||
  kind === NodeKind.Continue ||
  kind === NodeKind.Return ||
  kind === NodeKind.SehLeave ||
  kind === NodeKind.Throw;

const isCompound = (kind: number): boolean =>
  (kind >= NodeKind.Block && kind <= NodeKind.Switch) ||
  kind === NodeKind.SehTry ||
  kind === NodeKind.CppTry ||
  kind === NodeKind.Choice;

/**
 * The control-flow graph of `ir`, starting at `root` (the body's Block, or a lambda's). `isGuard` says which declarations
 * have an effect at the end of their scope.
 */
export function buildCfg(
  ir: BodyIr,
  isGuard: (decl: NodeId) => boolean = () => false,
  root: NodeId = 0,
): Cfg {
  const builder: Builder = {
    ir,
    isGuard,
    blocks: [],
    labels: new Map(),
    gotos: [],
    copies: new Map(),
    isComplete: true,
  };
  const scope: Scope = {
    cleanups: undefined,
    handlers: [],
    breakTo: undefined,
    continueTo: undefined,
    leaveTo: undefined,
    switchCases: undefined,
    isInLoop: false,
    isInTry: false,
    depth: 0,
  };
  const entry = open(builder, scope);
  const last = lowerStatement(builder, scope, entry, root);
  if (last !== undefined) last.terminator = { kind: 'exit', node: root };
  resolveGotos(builder);
  const blocks: Block[] = builder.blocks.map((block) => ({
    ...block,
    terminator: block.terminator ?? { kind: 'stop' },
  }));
  return { blocks, order: reversePostorder(blocks), isComplete: builder.isComplete };
}

function open(builder: Builder, scope: Scope): OpenBlock {
  const block: OpenBlock = {
    id: builder.blocks.length,
    items: [],
    terminator: undefined,
    handlers: scope.handlers,
    isInLoop: scope.isInLoop,
    isInTry: scope.isInTry,
  };
  builder.blocks.push(block);
  return block;
}

/** Lowers one statement into `current`; returns the block where control goes on, or undefined when it does not. */
function lowerStatement(
  builder: Builder,
  scope: Scope,
  current: OpenBlock,
  node: NodeId,
): OpenBlock | undefined {
  if (scope.depth > MAX_DEPTH || builder.blocks.length > MAX_BLOCKS) {
    builder.isComplete = false;
    return current;
  }
  const kind = builder.ir.kind[node] ?? 0;
  if (isJump(kind)) {
    lowerJump(builder, scope, current, node);
    return undefined;
  }
  if (!isCompound(kind)) {
    current.items.push(node);
    return current;
  }
  const inner: Scope = { ...scope, depth: scope.depth + 1 };
  switch (kind) {
    case NodeKind.Block:
      return lowerBlock(builder, inner, current, node);
    case NodeKind.If:
      return lowerIf(builder, inner, current, node);
    case NodeKind.While:
      return lowerWhile(builder, inner, current, node);
    case NodeKind.DoWhile:
      return lowerDoWhile(builder, inner, current, node);
    case NodeKind.For:
      return lowerFor(builder, inner, current, node);
    case NodeKind.Switch:
      return lowerSwitch(builder, inner, current, node);
    case NodeKind.SehTry:
      return lowerSehTry(builder, inner, current, node);
    case NodeKind.CppTry:
      return lowerCppTry(builder, inner, current, node);
    case NodeKind.Choice:
      return lowerChoice(builder, inner, current, node);
    default:
      current.items.push(node);
      return current;
  }
}

function lowerBlock(builder: Builder, scope: Scope, start: OpenBlock, node: NodeId): OpenBlock | undefined {
  let current: OpenBlock | undefined = start;
  let inner = scope;
  for (const child of childrenOf(builder.ir, node)) {
    const kind = builder.ir.kind[child];
    if (kind === NodeKind.Label || kind === NodeKind.Case || kind === NodeKind.Default) {
      current = lowerMarker(builder, inner, current, child);
      continue;
    }
    // Code after a jump without a label is dead, but labels and cases deeper inside it are not.
    current ??= open(builder, inner);
    current = lowerStatement(builder, inner, current, child);
    if (kind === NodeKind.Decl && builder.isGuard(child)) inner = withCleanup(inner, -1, child);
  }
  if (current === undefined || inner.cleanups === scope.cleanups) return current;
  const after = open(builder, scope);
  leave(builder, current, inner, { to: after.id, cleanups: scope.cleanups });
  return after;
}

function withCleanup(scope: Scope, finallyBody: NodeId, guard: NodeId): Scope {
  const cleanups: Cleanup = {
    finallyBody,
    guard,
    parent: scope.cleanups,
    depth: (scope.cleanups?.depth ?? 0) + 1,
    handlers: scope.handlers,
  };
  return { ...scope, cleanups };
}

/** A label, `case` or `default`: starts a block that falls through from `current`. */
function lowerMarker(
  builder: Builder,
  scope: Scope,
  current: OpenBlock | undefined,
  node: NodeId,
): OpenBlock {
  const { ir } = builder;
  const block = open(builder, scope);
  if (current !== undefined) current.terminator = { kind: 'jump', to: block.id };
  if (ir.kind[node] === NodeKind.Label) {
    builder.labels.set(ir.atom[node] ?? 0, { to: block.id, cleanups: scope.cleanups });
  } else if (ir.kind[node] === NodeKind.Default) {
    if (scope.switchCases !== undefined) scope.switchCases.otherwise = block.id;
  } else {
    scope.switchCases?.cases.push({ first: childAt(ir, node, 0), last: childAt(ir, node, 1), to: block.id });
  }
  return block;
}

function lowerJump(builder: Builder, scope: Scope, current: OpenBlock, node: NodeId): void {
  const { ir } = builder;
  current.items.push(node);
  switch (ir.kind[node]) {
    case NodeKind.Return: {
      const exit = open(builder, { ...scope, handlers: [] });
      exit.terminator = { kind: 'exit', node };
      leave(builder, current, scope, { to: exit.id, cleanups: undefined });
      return;
    }
    case NodeKind.Break:
      leave(builder, current, scope, scope.breakTo);
      return;
    case NodeKind.Continue:
      leave(builder, current, scope, scope.continueTo);
      return;
    case NodeKind.SehLeave:
      leave(builder, current, scope, scope.leaveTo);
      return;
    case NodeKind.Goto:
      builder.gotos.push({ from: current, label: ir.atom[node] ?? 0, scope });
      return;
    default:
      current.terminator = { kind: 'stop' };
  }
}

/** Ends `current` with a jump to `target` that runs the clean-ups in between. */
function leave(builder: Builder, current: OpenBlock, scope: Scope, target: Target | undefined): void {
  current.terminator =
    target === undefined
      ? { kind: 'stop' }
      : { kind: 'jump', to: route(builder, scope, scope.cleanups, target) };
}

/** The block to jump to so that every clean-up from `from` up to the target's scope runs before the target. */
function route(builder: Builder, scope: Scope, from: Cleanup | undefined, target: Target): BlockId {
  if (from === undefined || from === target.cleanups || from.depth <= (target.cleanups?.depth ?? 0)) {
    return target.to;
  }
  const rest = route(builder, scope, from.parent, target);
  const key = `${from.finallyBody}:${from.guard}:${from.depth}:${rest}`;
  const known = builder.copies.get(key);
  if (known !== undefined) return known;
  const outer: Scope = {
    ...scope,
    cleanups: from.parent,
    handlers: from.handlers,
    leaveTo: undefined,
    depth: scope.depth + 1,
  };
  const block = open(builder, outer);
  builder.copies.set(key, block.id);
  if (from.guard >= 0) {
    block.items.push(~from.guard);
    block.terminator = { kind: 'jump', to: rest };
  } else {
    const last = lowerStatement(builder, outer, block, from.finallyBody);
    if (last !== undefined) last.terminator = { kind: 'jump', to: rest };
  }
  return block.id;
}

function resolveGotos(builder: Builder): void {
  // Routing may copy a finally body with gotos of its own, so the list grows while it is walked.
  for (let i = 0; i < builder.gotos.length && builder.blocks.length < MAX_BLOCKS; i++) {
    const jump = builder.gotos[i];
    if (jump === undefined) break;
    if (jump.label === 0) {
      jump.from.terminator = { kind: 'fork', to: [...builder.labels.values()].map(({ to }) => to) };
      builder.isComplete = false;
      continue;
    }
    const label = builder.labels.get(jump.label);
    if (label === undefined) builder.isComplete = false;
    leave(builder, jump.from, jump.scope, label);
  }
}

function lowerIf(builder: Builder, scope: Scope, start: OpenBlock, node: NodeId): OpenBlock | undefined {
  const { ir } = builder;
  let after: OpenBlock | undefined;
  const join = (from: OpenBlock | undefined): void => {
    if (from === undefined) return;
    after ??= open(builder, scope);
    from.terminator = { kind: 'jump', to: after.id };
  };
  let current = start;
  // An else-if chain is a loop here: thousands of arms must not deepen the stack.
  for (let at = node; ;) {
    current.items.push(at);
    const thenBlock = open(builder, scope);
    const elseBlock = open(builder, scope);
    current.terminator = {
      kind: 'branch',
      condition: childAt(ir, at, 0),
      whenTrue: thenBlock.id,
      whenFalse: elseBlock.id,
    };
    join(lowerBranch(builder, scope, thenBlock, childAt(ir, at, 1)));
    const otherwise = childAt(ir, at, 2);
    if (otherwise >= 0 && ir.kind[otherwise] === NodeKind.If) {
      current = elseBlock;
      at = otherwise;
      continue;
    }
    join(otherwise >= 0 ? lowerBranch(builder, scope, elseBlock, otherwise) : elseBlock);
    return after;
  }
}

function lowerBranch(builder: Builder, scope: Scope, block: OpenBlock, node: NodeId): OpenBlock | undefined {
  return node < 0 ? block : lowerStatement(builder, scope, block, node);
}

function loopScope(scope: Scope, breakTo: BlockId, continueTo: BlockId): Scope {
  const { cleanups } = scope;
  return {
    ...scope,
    breakTo: { to: breakTo, cleanups },
    continueTo: { to: continueTo, cleanups },
    isInLoop: true,
  };
}

function lowerWhile(builder: Builder, scope: Scope, start: OpenBlock, node: NodeId): OpenBlock {
  const { ir } = builder;
  const head = open(builder, { ...scope, isInLoop: true });
  start.terminator = { kind: 'jump', to: head.id };
  head.items.push(node);
  const body = open(builder, { ...scope, isInLoop: true });
  const after = open(builder, scope);
  head.terminator = {
    kind: 'branch',
    condition: childAt(ir, node, 0),
    whenTrue: body.id,
    whenFalse: after.id,
  };
  const last = lowerBranch(builder, loopScope(scope, after.id, head.id), body, childAt(ir, node, 1));
  if (last !== undefined) last.terminator = { kind: 'jump', to: head.id };
  return after;
}

function lowerDoWhile(builder: Builder, scope: Scope, start: OpenBlock, node: NodeId): OpenBlock {
  const { ir } = builder;
  const inLoop: Scope = { ...scope, isInLoop: true };
  const body = open(builder, inLoop);
  start.terminator = { kind: 'jump', to: body.id };
  const test = open(builder, inLoop);
  const after = open(builder, scope);
  const last = lowerBranch(builder, loopScope(scope, after.id, test.id), body, childAt(ir, node, 0));
  if (last !== undefined) last.terminator = { kind: 'jump', to: test.id };
  test.terminator = {
    kind: 'branch',
    condition: childAt(ir, node, 1),
    whenTrue: body.id,
    whenFalse: after.id,
  };
  return after;
}

function lowerFor(builder: Builder, scope: Scope, start: OpenBlock, node: NodeId): OpenBlock {
  const { ir } = builder;
  const [init = -1, condition = -1, step = -1, body = -1] = childrenOf(ir, node);
  const isRange = ((ir.flags[node] ?? 0) & NodeFlag.RangeFor) !== 0;
  const inLoop: Scope = { ...scope, isInLoop: true };
  start.items.push(node);
  if (init >= 0 && ir.kind[init] !== NodeKind.Empty) {
    if (ir.kind[init] === NodeKind.Block) start.items.push(...childrenOf(ir, init));
    else start.items.push(init);
  }
  if (isRange && condition >= 0) start.items.push(condition);
  const head = open(builder, inLoop);
  start.terminator = { kind: 'jump', to: head.id };
  const bodyBlock = open(builder, inLoop);
  const after = open(builder, scope);
  const next = open(builder, inLoop);
  const isEndless = condition < 0 || ir.kind[condition] === NodeKind.Empty;
  if (isRange) head.terminator = { kind: 'fork', to: [bodyBlock.id, after.id] };
  else if (isEndless) head.terminator = { kind: 'jump', to: bodyBlock.id };
  else head.terminator = { kind: 'branch', condition, whenTrue: bodyBlock.id, whenFalse: after.id };
  const last = lowerBranch(builder, loopScope(scope, after.id, next.id), bodyBlock, body);
  if (last !== undefined) last.terminator = { kind: 'jump', to: next.id };
  if (!isRange && step >= 0 && ir.kind[step] !== NodeKind.Empty) next.items.push(step);
  next.terminator = { kind: 'jump', to: head.id };
  return after;
}

function lowerSwitch(builder: Builder, scope: Scope, start: OpenBlock, node: NodeId): OpenBlock {
  const { ir } = builder;
  start.items.push(node);
  const after = open(builder, scope);
  const switchCases: SwitchBuilder = { cases: [], otherwise: undefined };
  const body = open(builder, scope);
  const inner: Scope = { ...scope, breakTo: { to: after.id, cleanups: scope.cleanups }, switchCases };
  // Whatever stands in front of the first case is dead; `body` stays without predecessor.
  const last = lowerBranch(builder, inner, body, childAt(ir, node, 1));
  if (last !== undefined) last.terminator = { kind: 'jump', to: after.id };
  start.terminator = {
    kind: 'switch',
    value: childAt(ir, node, 0),
    cases: switchCases.cases,
    otherwise: switchCases.otherwise ?? after.id,
  };
  return after;
}

function lowerSehTry(builder: Builder, scope: Scope, start: OpenBlock, node: NodeId): OpenBlock {
  const { ir } = builder;
  const body = childAt(ir, node, 0);
  const handler = childAt(ir, node, 1);
  start.items.push(node);
  const after = open(builder, scope);
  const afterTarget: Target = { to: after.id, cleanups: scope.cleanups };
  if (handler >= 0 && ir.kind[handler] === NodeKind.SehFinally) {
    const inner: Scope = {
      ...withCleanup(scope, childAt(ir, handler, 0), -1),
      leaveTo: afterTarget,
      isInTry: true,
    };
    const block = open(builder, inner);
    start.terminator = { kind: 'jump', to: block.id };
    const last = lowerBranch(builder, inner, block, body);
    if (last !== undefined) leave(builder, last, inner, afterTarget);
    return after;
  }
  const handlerBlock = open(builder, scope);
  const inner: Scope = { ...scope, handlers: [handlerBlock.id], leaveTo: afterTarget, isInTry: true };
  const block = open(builder, inner);
  start.terminator = { kind: 'jump', to: block.id };
  const last = lowerBranch(builder, inner, block, body);
  if (last !== undefined) last.terminator = { kind: 'jump', to: after.id };
  if (handler >= 0) {
    handlerBlock.items.push(childAt(ir, handler, 0));
    const end = lowerBranch(builder, scope, handlerBlock, childAt(ir, handler, 1));
    if (end !== undefined) end.terminator = { kind: 'jump', to: after.id };
  }
  return after;
}

function lowerCppTry(builder: Builder, scope: Scope, start: OpenBlock, node: NodeId): OpenBlock {
  const { ir } = builder;
  const [body = -1, ...catches] = childrenOf(ir, node);
  const after = open(builder, scope);
  const handlers = catches.map(() => open(builder, scope));
  const inner: Scope = { ...scope, handlers: handlers.map(({ id }) => id), isInTry: true };
  const block = open(builder, inner);
  start.terminator = { kind: 'jump', to: block.id };
  const last = lowerBranch(builder, inner, block, body);
  if (last !== undefined) last.terminator = { kind: 'jump', to: after.id };
  catches.forEach((clause, i) => {
    const handler = handlers[i];
    if (handler === undefined) return;
    const end = lowerBranch(builder, scope, handler, childAt(ir, clause, 1));
    if (end !== undefined) end.terminator = { kind: 'jump', to: after.id };
  });
  return after;
}

function lowerChoice(builder: Builder, scope: Scope, start: OpenBlock, node: NodeId): OpenBlock | undefined {
  let after: OpenBlock | undefined;
  const alternatives: ChoiceArm[] = [];
  for (const alternative of childrenOf(builder.ir, node)) {
    const block = open(builder, scope);
    alternatives.push({ node: alternative, to: block.id });
    const last = lowerStatement(builder, scope, block, alternative);
    if (last === undefined) continue;
    after ??= open(builder, scope);
    last.terminator = { kind: 'jump', to: after.id };
  }
  start.terminator = { kind: 'choice', node, alternatives };
  return after;
}
