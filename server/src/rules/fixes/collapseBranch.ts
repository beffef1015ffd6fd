/**
 * The fix that collapses `if (KeGetCurrentIrql() < DISPATCH_LEVEL) {raising form} else {cheap form}` to the raising form, where
 * both branches do the same but for the form of the lock.
 */
import type { CallFact } from '../../analysis/facts.ts';
import { childAt, NodeKind, type NodeId } from '../../syntax/ir.ts';
import { isWrittenHere } from '../reporting/report.ts';
import type { Fix, FunctionContext } from '../rule.ts';
import { replaceNode, textOf } from './editCall.ts';

/** "Take <raising> alone", where the branches differ in the lock's form only and close what they open. */
export function collapseBranch(context: FunctionContext, branch: NodeId, raising: CallFact): Fix | undefined {
  const ir = context.facts.unit.ir();
  const [then, otherwise] = [childAt(ir, branch, 1), childAt(ir, branch, 2)];
  if (then < 0 || otherwise < 0 || !isWrittenHere(context, branch)) return undefined;
  if (ir.kind[then] !== NodeKind.Block || ir.kind[otherwise] !== NodeKind.Block) return undefined;
  const kept = isInside(context, raising.node, then) ? then : otherwise;
  if (withoutForms(context, then) !== withoutForms(context, otherwise) || !isClosed(context, then))
    return undefined;
  const newText = contentOf(context, kept, branch);
  return newText === undefined
    ? undefined
    : {
        title: `Take ${raising.name} alone`,
        edits: [replaceNode(context, branch, newText)],
        isPreferred: false,
      };
}

function isInside(context: FunctionContext, node: NodeId, block: NodeId): boolean {
  const ir = context.facts.unit.ir();
  const at = ir.start[node] ?? 0;
  return at >= (ir.start[block] ?? 0) && at < (ir.end[block] ?? 0);
}

function lockCalls(context: FunctionContext, block: NodeId): CallFact[] {
  return context.facts.calls.filter((call) => call.locks.length === 1 && isInside(context, call.node, block));
}

/** As many releases as acquires: nothing behind the branch depends on which form was taken. */
function isClosed(context: FunctionContext, block: NodeId): boolean {
  const ops = lockCalls(context, block).map(({ locks }) => locks[0]?.op);
  return ops.filter((op) => op === 'acquire').length === ops.filter((op) => op === 'release').length;
}

/** The block's text with each lock call reduced to what it does to which lock, white space folded. */
function withoutForms(context: FunctionContext, block: NodeId): string {
  const ir = context.facts.unit.ir();
  const base = ir.start[block] ?? 0;
  let text = textOf(context, block);
  for (const call of lockCalls(context, block).toReversed()) {
    const [event] = call.locks;
    const mark = `${event?.op ?? ''} ${event?.lock.path ?? ''}`;
    text =
      text.slice(0, (ir.start[call.node] ?? 0) - base) + mark + text.slice((ir.end[call.node] ?? 0) - base);
  }
  return text.replace(/\s+/g, ' ');
}

/** The statements of the block, moved to the indentation of the branch; undefined where they share a line with a brace. */
function contentOf(context: FunctionContext, block: NodeId, branch: NodeId): string | undefined {
  const { text } = context.facts.unit.file;
  const ir = context.facts.unit.ir();
  const start = ir.start[branch] ?? 0;
  const indent = text.slice(text.lastIndexOf('\n', start - 1) + 1, start);
  const inner = /^\{[ \t]*\r?\n([\s\S]*?)\r?\n[ \t]*\}$/.exec(textOf(context, block))?.[1];
  const own = inner === undefined ? undefined : /^[ \t]*/.exec(inner)?.[0];
  if (inner === undefined || own === undefined || indent.trim() !== '' || !own.startsWith(indent))
    return undefined;
  const moved = inner
    .split('\n')
    .map((line) => (line.startsWith(own) ? indent + line.slice(own.length) : line));
  return moved.join('\n').slice(indent.length);
}
