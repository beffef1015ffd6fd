/**
 * Whether one place of a body is passed on every way to another, told by the nesting of statements alone: a sufficient test, not
 * a complete one.
 */
import { NodeKind, type NodeId } from '../../syntax/ir.ts';
import { parentOf } from '../fixes/editCall.ts';
import type { FunctionContext } from '../rule.ts';
import { nameOf } from './nodes.ts';

const MARKS: ReadonlySet<number> = new Set([NodeKind.Case, NodeKind.Default, NodeKind.Label]);
const PLAIN: ReadonlySet<number> = new Set([
  NodeKind.Block,
  NodeKind.ExprStmt,
  NodeKind.Return,
  NodeKind.Decl,
  NodeKind.SehTry,
]);

/**
 * Whether every way to `later` passes `earlier`: it stands in front, under no branch of its own, with no label in between. `later` 0
 * is the end of the body.
 */
export function isAlwaysBefore(context: FunctionContext, earlier: NodeId, later: NodeId): boolean {
  const ir = context.facts.unit.ir();
  const [from, to] = [ir.end[earlier] ?? 0, (later === 0 ? ir.end[0] : ir.start[later]) ?? 0];
  if (from > to || hasMarkBetween(context, from, to)) return false;
  const around = new Set<NodeId>([0]);
  for (let at = parentOf(context, later); at !== undefined; at = parentOf(context, at)) around.add(at);
  let child = earlier;
  for (let at = parentOf(context, earlier); at !== undefined; at = parentOf(context, at)) {
    if (around.has(at)) return !isSplit(context, at, child, later);
    if (isConditional(context, at, child)) return false;
    child = at;
  }
  return false;
}

function hasMarkBetween(context: FunctionContext, from: number, to: number): boolean {
  const ir = context.facts.unit.ir();
  for (let node = 0; node < ir.nodeCount; node++) {
    const start = ir.start[node] ?? 0;
    if (MARKS.has(ir.kind[node] ?? 0) && start >= from && start < to) return true;
  }
  return false;
}

/** Whether `child` is executed on some ways through `parent` only. What is evaluated first always is. */
function isConditional(context: FunctionContext, parent: NodeId, child: NodeId): boolean {
  const ir = context.facts.unit.ir();
  const kind = ir.kind[parent] ?? 0;
  if (PLAIN.has(kind)) return kind === NodeKind.SehTry && ir.first[parent] !== child;
  const isExpression = kind >= NodeKind.Name;
  const operator = nameOf(context, parent);
  const isLazy = kind === NodeKind.Conditional || (kind === NodeKind.Binary && /^(&&|\|\|)$/.test(operator));
  if (isExpression && !isLazy) return false;
  return ir.first[parent] !== child || kind === NodeKind.For;
}

/** Both stand below `parent`, but in branches of it that exclude each other. */
function isSplit(context: FunctionContext, parent: NodeId, child: NodeId, later: NodeId): boolean {
  const ir = context.facts.unit.ir();
  const isWithin = (ir.start[later] ?? 0) < (ir.end[child] ?? 0);
  return !isWithin && isConditional(context, parent, child);
}

/**
 * Whether some way through `earlier` may come to `later` behind it: not where `earlier` stands in another branch, or in one that
 * leaves the function. `later` 0 is the end of the body.
 */
export function mayComeBefore(context: FunctionContext, earlier: NodeId, later: NodeId): boolean {
  const ir = context.facts.unit.ir();
  const isEnd = later === 0;
  if (!isEnd && (ir.start[earlier] ?? 0) >= (ir.end[later] ?? 0)) return false;
  const around = new Set<NodeId>([0]);
  for (let at: NodeId | undefined = later; at !== undefined; at = parentOf(context, at)) around.add(at);
  let child = earlier;
  for (
    let at: NodeId | undefined = parentOf(context, earlier);
    at !== undefined;
    at = parentOf(context, at)
  ) {
    if (around.has(at)) {
      const isBranch = ir.kind[at] === NodeKind.If && ir.first[at] !== child;
      return !isBranch || around.has(child);
    }
    if (ir.kind[at] === NodeKind.Return || (ir.kind[at] === NodeKind.Block && leaves(context, at)))
      return false;
    child = at;
  }
  return true;
}

/** Whether the last statement of the block returns. */
function leaves(context: FunctionContext, block: NodeId): boolean {
  const ir = context.facts.unit.ir();
  let last = ir.first[block] ?? -1;
  while (last >= 0 && (ir.next[last] ?? -1) >= 0) last = ir.next[last] ?? -1;
  return ir.kind[last] === NodeKind.Return;
}
