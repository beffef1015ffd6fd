/**
 * What resolving a call asks, answered from a snapshot as the caller's project sees it.
 */
import { NodeKind } from '../../syntax/ir.ts';
import type { BodyIr } from '../../syntax/ir.ts';
import type { FunctionId, FunctionUnit } from '../program.ts';
import type { IndexContext } from './bodyIndex.ts';
import { declaredFunction } from './declaredFunction.ts';
import { indexContextOf } from './functionUses.ts';
import type { HostedFunction } from './functionUnit.ts';
import { functionsNamed } from './lookUpFunctions.ts';
import type { ResolveSource } from './resolveCall.ts';
import type { WorkspaceProgram } from './workspaceProgram.ts';

/** Contexts are dear to make and asked for once per call: kept per parsed body. */
const contexts = new WeakMap<BodyIr, IndexContext>();

/** The source for calls of `caller`. */
export function createResolveSource(
  program: WorkspaceProgram,
  caller: FunctionUnit,
  ir: BodyIr,
): ResolveSource {
  const { file, head } = caller;
  const { project, path } = file;
  const unitOf = (id: FunctionId): HostedFunction => {
    const unit = program.functions[id];
    if (unit === undefined) throw new RangeError(`no function ${String(id)}`);
    return unit;
  };
  return {
    atoms: program.atoms,
    ddi: program.ddi,
    types: program.typesOf(project),
    isUserMode: file.mode === 'user',
    link: () => program.linkOf(project),
    function: unitOf,
    functionsNamed: (name) => functionsNamed(program, path, name),
    declared: (name) => declaredFunction(program, project, name),
    methodsNamed(name) {
      const index = program.indexOf(project);
      return [...(index.functions.get(name) ?? []), ...(index.headerFunctions.get(name) ?? [])].filter(
        (id) => unitOf(id).head.scope !== '',
      );
    },
    context() {
      let context = contexts.get(ir);
      if (context === undefined) {
        context = indexContextOf(ir, head, program);
        contexts.set(ir, context);
      }
      return context;
    },
    roleOfType: (type) => program.roleOfType(project, type),
    isDeclaredByMacro(name) {
      const index = program.indexOf(project);
      return index.accessors.has(name) || index.traceFunctions.has(name);
    },
    isParenthesized: (node) => isParenthesized(file.text, ir.start[node] ?? 0, ir.end[node] ?? 0),
    isHarmlessMacro(name) {
      const macro = program.macroScope(file).definitionOf(name);
      return macro !== undefined && macro.definition.params !== undefined;
    },
  };
}

function isParenthesized(text: string, start: number, end: number): boolean {
  let before = start - 1;
  while (before >= 0 && text.charCodeAt(before) <= 32) before--;
  let after = end;
  while (after < text.length && text.charCodeAt(after) <= 32) after++;
  return text.charAt(before) === '(' && text.charAt(after) === ')';
}

/** Whether the body calls its parameter `index` directly. */
export function callsParameter(unit: FunctionUnit | undefined, index: number): boolean {
  const name = unit?.head.params[index]?.name ?? 0;
  if (unit === undefined || name === 0) return false;
  const ir = unit.ir();
  for (let node = 0; node < ir.nodeCount; node++) {
    if (ir.kind[node] !== NodeKind.Call) continue;
    let callee = ir.first[node] ?? -1;
    while (callee >= 0 && (ir.kind[callee] === NodeKind.Unary || ir.kind[callee] === NodeKind.Cast))
      callee = ir.first[callee] ?? -1;
    if (callee >= 0 && ir.kind[callee] === NodeKind.Name && ir.atom[callee] === name) return true;
  }
  return false;
}
