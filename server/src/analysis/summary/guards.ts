/**
 * C++ locals whose constructor and destructor are functions of the workspace: lock guards above all. Their effects happen
 * at the declaration and at the end of the scope. Library guards are not known here.
 */
import { NodeFlag, NodeKind } from '../../syntax/ir.ts';
import type { NodeId } from '../../syntax/ir.ts';
import type { FunctionId, FunctionUnit, Program } from '../program.ts';

/** One such local. */
export interface Guard {
  readonly decl: NodeId;
  readonly constructors: readonly FunctionId[];
  readonly destructors: readonly FunctionId[];
}

const NO_GUARDS: ReadonlyMap<NodeId, Guard> = new Map();

/** The guards of a body by their Decl node. */
export function findGuards(program: Program, unit: FunctionUnit): ReadonlyMap<NodeId, Guard> {
  if (!/\.(?:cpp|cxx|cc|h|hpp|hxx|inl)$/i.test(unit.file.path)) return NO_GUARDS;
  const ir = unit.ir();
  let guards: Map<NodeId, Guard> | undefined;
  for (let decl = 0; decl < ir.nodeCount; decl++) {
    if (ir.kind[decl] !== NodeKind.Decl) continue;
    if (((ir.flags[decl] ?? 0) & (NodeFlag.Pointer | NodeFlag.Array | NodeFlag.Static)) !== 0) continue;
    const guard = guardOf(program, unit, decl, ir.aux[decl] ?? 0);
    if (guard === undefined) continue;
    guards ??= new Map();
    guards.set(decl, guard);
  }
  return guards ?? NO_GUARDS;
}

function guardOf(program: Program, unit: FunctionUnit, decl: NodeId, type: number): Guard | undefined {
  if (type === 0) return undefined;
  const name = program.atoms.text(type);
  const destructor = program.atoms.find(`~${name}`);
  if (destructor < 0) return undefined;
  const isOfClass = (id: FunctionId): boolean => {
    const scope = program.functions[id]?.head.scope ?? '';
    return scope === name || scope.endsWith(`::${name}`);
  };
  const destructors = program.findFunctions(unit, destructor).filter(isOfClass);
  if (destructors.length !== 1) return undefined;
  const nArguments = argumentCount(unit, decl);
  const constructors = program
    .findFunctions(unit, type)
    .filter((id) => isOfClass(id) && program.functions[id]?.head.params.length === nArguments);
  return constructors.length > 1 ? undefined : { decl, constructors, destructors };
}

function argumentCount(unit: FunctionUnit, decl: NodeId): number {
  const ir = unit.ir();
  const initializer = ir.first[decl] ?? -1;
  if (initializer < 0) return 0;
  if (ir.kind[initializer] !== NodeKind.Construct && ir.kind[initializer] !== NodeKind.InitList) return 1;
  let count = 0;
  for (let arg = ir.first[initializer] ?? -1; arg >= 0; arg = ir.next[arg] ?? -1) count++;
  return count;
}
