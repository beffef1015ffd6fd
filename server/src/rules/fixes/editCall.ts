/**
 * Text edits of calls: another routine, fewer or more arguments. It edits only what stands in the source itself;
 * calls that come out of a macro give no edit.
 */
import { childrenOf, NodeKind, parentsOf, type BodyIr, type NodeId } from '../../syntax/ir.ts';
import type { FunctionContext, TextEdit } from '../rule.ts';
import { isWrittenHere } from '../reporting/report.ts';

/** The source text of a node. */
export function textOf(context: FunctionContext, node: NodeId): string {
  const { unit } = context.facts;
  const ir = unit.ir();
  return unit.file.text.slice(ir.start[node], ir.end[node]);
}

/** The argument nodes of a call, in order. */
export function argumentsOf(context: FunctionContext, call: NodeId): NodeId[] {
  return childrenOf(context.facts.unit.ir(), call).slice(1);
}

/** Replaces a node's text. */
export function replaceNode(context: FunctionContext, node: NodeId, newText: string): TextEdit {
  const ir = context.facts.unit.ir();
  return {
    file: context.facts.unit.file.path,
    range: { start: ir.start[node] ?? 0, end: ir.end[node] ?? 0 },
    newText,
  };
}

/**
 * Rewrites a call as `name(arguments)`, keeping the arguments of the given old positions (or literal texts).
 * Undefined when the call comes out of a macro or an old position does not exist.
 */
export function rewriteCall(
  context: FunctionContext,
  call: NodeId,
  name: string,
  args: readonly (number | string)[],
): TextEdit | undefined {
  if (!isWrittenHere(context, call)) return undefined;
  const old = argumentsOf(context, call);
  const texts: string[] = [];
  for (const arg of args) {
    const node = typeof arg === 'number' ? old[arg] : undefined;
    if (typeof arg === 'number' && node === undefined) return undefined;
    texts.push(typeof arg === 'string' ? arg : textOf(context, node ?? 0));
  }
  return replaceNode(context, call, `${name}(${texts.join(', ')})`);
}

/**
 * The expression statement or assignment that only stores the call's result, so that the whole of it can be replaced
 * when the new form returns nothing; the call itself when its result is not used; undefined when it is used otherwise.
 */
export function findResultOwner(context: FunctionContext, call: NodeId): NodeId | undefined {
  const ir = context.facts.unit.ir();
  const parent = parentOf(context, call);
  if (parent === undefined || ir.kind[parent] === NodeKind.ExprStmt) return call;
  if (ir.kind[parent] !== NodeKind.Assign) return undefined;
  const above = parentOf(context, parent);
  return above === undefined || ir.kind[above] === NodeKind.ExprStmt ? parent : undefined;
}

/** Made when a body is first asked, because most never are. */
const parents = new WeakMap<BodyIr, Int32Array>();

/** The parent of a node; undefined for the body. */
export function parentOf(context: FunctionContext, node: NodeId): NodeId | undefined {
  const ir = context.facts.unit.ir();
  let known = parents.get(ir);
  if (known === undefined) {
    known = parentsOf(ir);
    parents.set(ir, known);
  }
  const parent = known[node] ?? -1;
  return parent < 0 ? undefined : parent;
}

/** Declares a local at the top of the body, in the indentation of its first statement. */
export function declareLocal(context: FunctionContext, declaration: string): TextEdit {
  const { unit } = context.facts;
  const ir = unit.ir();
  const open = unit.head.bodyRange.start + 1;
  const first = ir.first[0] ?? -1;
  const firstStart = first >= 0 ? (ir.start[first] ?? open) : open;
  const lineStart = unit.file.text.lastIndexOf('\n', firstStart - 1) + 1;
  const indent = lineStart > open ? unit.file.text.slice(lineStart, firstStart) : '    ';
  const lineEnd = unit.file.text.startsWith('\r\n', open) ? '\r\n' : '\n';
  return {
    file: unit.file.path,
    range: { start: open, end: open },
    newText: `${lineEnd}${/^\s*$/.test(indent) ? indent : '    '}${declaration}`,
  };
}

/** A name for a new local that the body does not use yet: `base`, `base2`, `base3`, ... */
export function unusedName(context: FunctionContext, base: string): string {
  const { text } = context.facts.unit.file;
  const { start, end } = context.facts.unit.head;
  const used = new Set(text.slice(start, end).match(/[A-Za-z_]\w*/g));
  for (let n = 1; ; n++) {
    const name = n === 1 ? base : `${base}${String(n)}`;
    if (!used.has(name)) return name;
  }
}
