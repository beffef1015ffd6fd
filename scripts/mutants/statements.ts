/**
 * Statements of real functions as text that can be changed: the statement of a call, its indentation, a return that fits.
 */
import type { CallFact } from '../../server/src/analysis/facts.ts';
import { parentOf, replaceNode, textOf } from '../../server/src/rules/fixes/editCall.ts';
import { isWrittenHere } from '../../server/src/rules/reporting/report.ts';
import type { FunctionContext, TextEdit } from '../../server/src/rules/rule.ts';
import { NodeKind, type NodeId } from '../../server/src/syntax/ir.ts';

/** The statement that consists of this call alone (or of storing its result), inside a block; undefined otherwise. */
export function statementOf(context: FunctionContext, call: NodeId): NodeId | undefined {
  const ir = context.facts.unit.ir();
  if (!isWrittenHere(context, call)) return undefined;
  let node = parentOf(context, call);
  if (node !== undefined && ir.kind[node] === NodeKind.Assign) node = parentOf(context, node);
  if (node === undefined || ir.kind[node] !== NodeKind.ExprStmt) return undefined;
  const block = parentOf(context, node);
  return block !== undefined && ir.kind[block] === NodeKind.Block ? node : undefined;
}

/** The text of a statement with its semicolon. */
export function statementText(context: FunctionContext, statement: NodeId): string {
  return `${textOf(context, statement).replace(/;\s*$/, '')};`;
}

/** Puts text behind a statement. */
export function insertBehind(context: FunctionContext, statement: NodeId, text: string): TextEdit {
  const { file } = context.facts.unit;
  const end = context.facts.unit.ir().end[statement] ?? 0;
  const rest = /^\s*;/.exec(file.text.slice(end));
  const at = end + (rest?.[0].length ?? 0);
  return { file: file.path, range: { start: at, end: at }, newText: ` ${text}` };
}

/** Takes a statement out: an empty statement remains. */
export function dropStatement(context: FunctionContext, statement: NodeId): TextEdit {
  const text = textOf(context, statement);
  return replaceNode(context, statement, text.endsWith(';') ? ';' : '');
}

/** A return that fits the function's type and says failure. */
export function failingReturn(context: FunctionContext): string {
  const type = context.facts.unit.head.returnType.trim();
  if (/^(VOID|void)$/.test(type)) return 'return;';
  if (/NTSTATUS/.test(type)) return 'return STATUS_UNSUCCESSFUL;';
  return 'return 0;';
}

/** Calls of this function that acquire one lock directly, with their statement. */
export function acquiresOf(context: FunctionContext): { call: CallFact; statement: NodeId }[] {
  return context.facts.calls.flatMap((call) => {
    const [event] = call.locks;
    if (call.locks.length !== 1 || event?.op !== 'acquire' || event.isThroughWrapper) return [];
    const statement = statementOf(context, call.node);
    return statement === undefined ? [] : [{ call, statement }];
  });
}
