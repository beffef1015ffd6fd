/**
 * The fix that adds the missing release in front of a return. The text of the release is copied from a release of the
 * same acquire elsewhere in the function, so that names and saved IRQL are the author's own.
 */
import type { ExitFact, HeldLock } from '../../analysis/facts.ts';
import { NodeKind, type NodeId } from '../../syntax/ir.ts';
import { isWrittenHere } from '../reporting/report.ts';
import type { Fix, FunctionContext } from '../rule.ts';
import { parentOf, textOf } from './editCall.ts';
import { heldBy } from './lockPairs.ts';

/** "Release <lock> before this return", where some path of the function shows how. */
export function findReleaseText(context: FunctionContext, exit: ExitFact, held: HeldLock): Fix | undefined {
  const release = context.facts.calls.find(
    (call) =>
      isWrittenHere(context, call.node) &&
      call.locks.length === 1 &&
      call.locks[0]?.op === 'release' &&
      call.before.some((state) => heldBy(state, held.lock.path)?.node === held.node),
  );
  const ir = context.facts.unit.ir();
  if (release === undefined || ir.kind[exit.node] !== NodeKind.Return || mentionsCall(context, exit.node))
    return undefined;
  const { file } = context.facts.unit;
  const start = ir.start[exit.node] ?? 0;
  const lineStart = file.text.lastIndexOf('\n', start - 1) + 1;
  const indent = file.text.slice(lineStart, start);
  const statement = `${textOf(context, release.node)};`;
  const isAlone = /^\s*$/.test(indent) && isInBlock(context, exit.node);
  if (!isAlone) return undefined;
  const lineEnd = file.text[lineStart - 2] === '\r' ? '\r\n' : '\n';
  return {
    title: `Release ${held.lock.text} before this return`,
    edits: [{ file: file.path, range: { start, end: start }, newText: `${statement}${lineEnd}${indent}` }],
    isPreferred: true,
  };
}

function isInBlock(context: FunctionContext, node: NodeId): boolean {
  const parent = parentOf(context, node);
  return parent !== undefined && context.facts.unit.ir().kind[parent] === NodeKind.Block;
}

/** A returned expression that calls something may need the lock: then the order is the author's to decide. */
function mentionsCall(context: FunctionContext, node: NodeId): boolean {
  const ir = context.facts.unit.ir();
  const end = ir.end[node] ?? 0;
  const start = ir.start[node] ?? 0;
  return context.facts.calls.some(
    (call) => (ir.start[call.node] ?? 0) >= start && (ir.end[call.node] ?? 0) <= end,
  );
}
