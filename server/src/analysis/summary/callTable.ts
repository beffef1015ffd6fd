/**
 * The calls of one body with their resolved callees, found once and shared by call graph, analysis and entry propagation.
 */
import { NodeKind } from '../../syntax/ir.ts';
import type { NodeId } from '../../syntax/ir.ts';
import { findGuards } from './guards.ts';
import type { Guard } from './guards.ts';
import { NO_WRITES, writesOfBody } from './writeSet.ts';
import type { WriteSet } from './writeSet.ts';
import type { Callee, FunctionId, FunctionUnit, Program } from '../program.ts';

/** The calls of a body in node order. */
export interface CallTable {
  readonly nodes: readonly NodeId[];
  readonly callees: ReadonlyMap<NodeId, Callee>;
  /** workspace functions called, each once */
  readonly targets: readonly FunctionId[];
  /** C++ locals with constructor and destructor, by Decl node */
  readonly guards: ReadonlyMap<NodeId, Guard>;
  /** fields and globals that this very body writes */
  readonly writes: WriteSet;
}

/** Resolves every call of the body. */
export function createCallTable(program: Program, unit: FunctionUnit): CallTable {
  const ir = unit.ir();
  const nodes: NodeId[] = [];
  const callees = new Map<NodeId, Callee>();
  const targets = new Set<FunctionId>();
  for (let node = 0; node < ir.nodeCount; node++) {
    if (ir.kind[node] !== NodeKind.Call) continue;
    const callee = program.resolveCall(unit, node);
    nodes.push(node);
    callees.set(node, callee);
    if (callee.kind === 'functions') for (const id of callee.ids) targets.add(id);
  }
  const guards = findGuards(program, unit);
  for (const { constructors, destructors } of guards.values()) {
    for (const id of [...constructors, ...destructors]) targets.add(id);
  }
  const writes = writesOfBody(ir, (atom) => program.atoms.text(atom));
  return { nodes, callees, targets: [...targets], guards, writes };
}

/** The table of a body without calls. */
export const NO_CALLS: CallTable = {
  nodes: [],
  callees: new Map(),
  targets: [],
  guards: new Map(),
  writes: NO_WRITES,
};

/** Whether every call refers to the same thing as before. */
export function isSameTable(a: CallTable, b: CallTable): boolean {
  if (a.nodes.length !== b.nodes.length || a.guards.size !== b.guards.size) return false;
  if (a.targets.length !== b.targets.length || a.targets.some((id, i) => b.targets[i] !== id)) return false;
  for (const [node, callee] of a.callees) {
    const other = b.callees.get(node);
    if (other === undefined || !isSameCallee(callee, other)) return false;
  }
  return true;
}

function isSameCallee(a: Callee, b: Callee): boolean {
  switch (a.kind) {
    case 'functions':
      return (
        b.kind === 'functions' &&
        a.isExact === b.isExact &&
        a.ids.length === b.ids.length &&
        a.ids.every((id, i) => b.ids[i] === id)
      );
    case 'ddi':
      return b.kind === 'ddi' && a.name === b.name && a.fact === b.fact && a.effect === b.effect;
    case 'declared':
      return b.kind === 'declared' && a.declared === b.declared;
    case 'role':
      return b.kind === 'role' && a.role === b.role;
    case 'neutral':
    case 'unknown':
      return b.kind === a.kind && a.name === b.name;
  }
}
