/**
 * Questions about single nodes of a body that rules share: its states, its type, what encloses it. It decides nothing.
 */
import type { PathState } from '../../analysis/facts.ts';
import { typeOf } from '../../analysis/locks/typeOf.ts';
import { createBodyContext } from '../../analysis/summary/bodyContext.ts';
import type { NodeKind, NodeId } from '../../syntax/ir.ts';
import type { FunctionContext } from '../rule.ts';
import { isFeasible } from './evidence.ts';

/** All nodes of one kind, in the order of the body. */
export function nodesOfKind(context: FunctionContext, kind: NodeKind): NodeId[] {
  const ir = context.facts.unit.ir();
  const nodes: NodeId[] = [];
  for (let node = 0; node < ir.nodeCount; node++) if (ir.kind[node] === kind) nodes.push(node);
  return nodes;
}

/** The name or operator of a node. */
export function nameOf(context: FunctionContext, node: NodeId): string {
  return context.program.atoms.text(context.facts.unit.ir().atom[node] ?? 0);
}

/** The feasible states in front of the innermost statement that contains the node; empty where it cannot be reached. */
export function statesAt(context: FunctionContext, node: NodeId): readonly PathState[] {
  const ir = context.facts.unit.ir();
  const start = ir.start[node] ?? 0;
  const end = ir.end[node] ?? start;
  let length = Infinity;
  let states: readonly PathState[] = [];
  for (const statement of context.facts.statements) {
    const from = ir.start[statement.node] ?? 0;
    const to = ir.end[statement.node] ?? from;
    if (from > start || to < end || to - from >= length) continue;
    length = to - from;
    states = statement.states;
  }
  return states.filter((state) => isFeasible(state, context.entry));
}

/** Type identifiers of nodes, as far as declarations say; '' when unknown. Made once for a rule's run over a body. */
export function createTypeReader(context: FunctionContext): (node: NodeId) => string {
  let body: ReturnType<typeof createBodyContext> | undefined;
  return (node) => {
    body ??= createBodyContext(context.program, context.facts.unit, new Map());
    return typeOf(body, node);
  };
}

/** The canonical struct name of a type identifier, without a leading underscore; the identifier itself when unknown. */
export function structNameOf(context: FunctionContext, type: string): string {
  const { program, facts } = context;
  return program.types.structOf(facts.unit.file.project, type) ?? type;
}
