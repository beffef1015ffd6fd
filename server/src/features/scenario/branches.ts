/**
 * Which way a path takes where the code branches: to a target first, else to where more locks are taken; the same condition
 * takes the same way throughout a function, so that correlated branches pair up.
 */
import { childrenOf, NodeKind, type NodeId } from '../../syntax/ir.ts';
import { nodeRange } from '../snapshot.ts';
import type { Frame } from './walkPath.ts';
import type { Writer } from './writer.ts';

/** The branch to take; -1 for an `else` that is not there. */
export function chooseBranch(
  writer: Writer,
  frame: Frame,
  node: NodeId,
  condition: NodeId,
  branches: readonly NodeId[],
): NodeId {
  const { ir, facts } = frame;
  const { start, end } = nodeRange(ir, condition < 0 ? node : condition);
  const text =
    condition < 0 ? `#${String(ir.atom[node])}` : facts.unit.file.text.slice(start, end).replace(/\s+/g, ' ');
  const negated = text.startsWith('!') ? text.slice(1) : undefined;
  const known = frame.decided.get(text);
  if (known !== undefined) return branches[known] ?? -1;
  const opposite = negated === undefined ? undefined : frame.decided.get(negated);
  if (opposite !== undefined) return branches[1 - opposite] ?? -1;
  const weights = branches.map((branch) => (branch < 0 ? 0 : weigh(writer, frame, branch)));
  const best = weights.indexOf(Math.max(...weights));
  frame.decided.set(text, best);
  return branches[best] ?? -1;
}

/** The statements of the case that weighs most, from its marker to the end of the switch (a `break` ends them). */
export function chooseCase(writer: Writer, frame: Frame, body: NodeId): readonly NodeId[] {
  const children = childrenOf(frame.ir, body);
  const isMarker = (node: NodeId | undefined): boolean =>
    node !== undefined && (frame.ir.kind[node] === NodeKind.Case || frame.ir.kind[node] === NodeKind.Default);
  let best: readonly NodeId[] = [];
  let bestWeight = -Infinity;
  children.forEach((child, i) => {
    if (!isMarker(child) || isMarker(children[i + 1])) return;
    const end = children.findIndex((other, j) => j > i && isMarker(other));
    const part = children.slice(i + 1, end < 0 ? children.length : end);
    const weight = part.reduce((sum, node) => sum + weigh(writer, frame, node), 0);
    if (weight <= bestWeight) return;
    best = children.slice(i + 1);
    bestWeight = weight;
  });
  return best;
}

/** A target outweighs all, then lock acquisitions; a branch that leaves the function weighs less than one that goes on. */
function weigh({ targets }: Writer, frame: Frame, branch: NodeId): number {
  const { ir, facts } = frame;
  const { start, end } = nodeRange(ir, branch);
  const wanted = targets.nodes.get(facts.unit.id);
  let weight = 0;
  for (const call of frame.calls.values()) {
    const at = ir.start[call.node] ?? -1;
    if (at < start || at >= end) continue;
    const isOnTheWay =
      call.callee.kind === 'functions' && call.callee.ids.some((id) => targets.through.has(id));
    if (wanted?.has(call.node) === true || isOnTheWay) weight += 1000;
    weight += 10 * call.locks.filter((event) => event.op === 'acquire' || event.op === 'tryAcquire').length;
    if (call.locks.length > 0) weight += 1;
  }
  return leaves(frame, branch) ? weight - 5 : weight;
}

function leaves({ ir }: Frame, branch: NodeId): boolean {
  const last = ir.kind[branch] === NodeKind.Block ? (childrenOf(ir, branch).at(-1) ?? branch) : branch;
  const kind = ir.kind[last] as NodeKind;
  return (
    kind === NodeKind.Return ||
    kind === NodeKind.Goto ||
    kind === NodeKind.Break ||
    kind === NodeKind.Continue
  );
}
