/**
 * Statements that stand one after the other in a block, for fixes that change their order. Only whole statements on lines of
 * their own, written in the source itself, are exchanged.
 */
import { childrenOf, NodeKind, type NodeId } from '../../syntax/ir.ts';
import type { FunctionContext, TextEdit } from '../rule.ts';
import { isWrittenHere } from '../reporting/report.ts';
import { parentOf, replaceNode, textOf } from './editCall.ts';

/** The expression statement that consists of the call alone. */
export function statementOf(context: FunctionContext, call: NodeId): NodeId | undefined {
  const parent = parentOf(context, call);
  if (parent === undefined || !isWrittenHere(context, call)) return undefined;
  return context.facts.unit.ir().kind[parent] === NodeKind.ExprStmt ? parent : undefined;
}

/** The statement right behind `statement` in the same block, when it is an expression statement too. */
export function nextStatement(context: FunctionContext, statement: NodeId): NodeId | undefined {
  const ir = context.facts.unit.ir();
  const block = parentOf(context, statement);
  const next = ir.next[statement] ?? -1;
  if (block === undefined || ir.kind[block] !== NodeKind.Block || next < 0) return undefined;
  return ir.kind[next] === NodeKind.ExprStmt ? next : undefined;
}

/** The call that makes up an expression statement. */
export function callOf(context: FunctionContext, statement: NodeId): NodeId | undefined {
  const ir = context.facts.unit.ir();
  return childrenOf(ir, statement).find((node) => ir.kind[node] === NodeKind.Call);
}

/** Exchanges the texts of two statements; what stands between them (line ends, comments) stays where it is. */
export function exchange(context: FunctionContext, a: NodeId, b: NodeId): TextEdit[] {
  return [replaceNode(context, a, textOf(context, b)), replaceNode(context, b, textOf(context, a))];
}
