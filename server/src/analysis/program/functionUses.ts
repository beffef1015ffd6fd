/**
 * Finds out, as cheaply as can be, which bodies use functions as values, and indexes those: a look at the tokens first, the parsed
 * body only where a function's name stands without a call, or a parameter may carry a function.
 */
import type { DdiFacts } from '../../ddi/ddiFacts.ts';
import type { Atom, AtomTable } from '../../syntax/atoms.ts';
import type { FunctionHead } from '../../syntax/fileStructure.ts';
import type { BodyIr } from '../../syntax/ir.ts';
import { parseInitializer } from '../../syntax/frontEnd.ts';
import { TokenKind } from '../../syntax/tokenTable.ts';
import { word } from '../../syntax/vocabulary.ts';
import { indexBody, type FunctionUse, type IndexContext, type UseTarget } from './bodyIndex.ts';
import type { HostedFunction } from './functionUnit.ts';
import { localTypesOf, typeIdentifier } from './typeRef.ts';
import type { HostedFile, WorkspaceProgram } from './workspaceProgram.ts';

/** Names of the workspace that may be functions or function types; they only grow. */
export interface FunctionNames {
  isFunction(name: Atom): boolean;
  isFunctionType(name: Atom): boolean;
  /** macros whose replacement names a function without calling it */
  isSuspectMacro(name: Atom): boolean;
}

/** The index context of a body. */
export function indexContextOf(ir: BodyIr, head: FunctionHead, program: WorkspaceProgram): IndexContext {
  const { atoms, ddi, parts } = program;
  const { names } = parts.shared;
  const parameters = new Map<Atom, number>();
  head.params.forEach(({ name }, i) => {
    if (name !== 0 && !parameters.has(name)) parameters.set(name, i);
  });
  return {
    atoms,
    locals: localTypesOf(ir, head, atoms),
    parameters,
    isFunction: (name) => names.isFunction(name),
    mayCarryFunction: (i) => mayCarryFunction(head, i, names, ddi, atoms),
  };
}

/** Whether parameter `i` has the type of a function or of a pointer to one. */
function mayCarryFunction(
  head: FunctionHead,
  i: number,
  names: FunctionNames,
  ddi: DdiFacts,
  atoms: AtomTable,
): boolean {
  const type = head.params[i]?.type ?? '';
  if (type.includes('(')) return true;
  const identifier = typeIdentifier(type);
  if (identifier === '') return false;
  return names.isFunctionType(atoms.intern(identifier)) || ddi.role(identifier) !== undefined;
}

/** True when the tokens alone show that the body uses no function as a value. */
export function isFunctionUseless({ head, file }: HostedFunction, program: WorkspaceProgram): boolean {
  const { atoms, ddi, parts } = program;
  const { names } = parts.shared;
  for (let i = 0; i < head.params.length; i++) if (mayCarryFunction(head, i, names, ddi, atoms)) return false;
  const { tokens } = file.structure;
  const { from, to } = head.bodyTokens;
  for (let t = from; t < to; t++) {
    if (tokens.kind[t] !== TokenKind.Identifier) continue;
    const name = tokens.atom[t] ?? 0;
    if (names.isSuspectMacro(name)) return false;
    if (names.isFunction(name) && tokens.atom[t + 1] !== word['(']) return false;
  }
  return true;
}

/** The function uses of a body; parses it. */
export function usesOfFunction(unit: HostedFunction, program: WorkspaceProgram): readonly FunctionUse[] {
  const ir = unit.ir();
  return indexBody(ir, indexContextOf(ir, unit.head, program));
}

const NO_LOCALS: IndexContext['locals'] = { typeOf: () => undefined, self: 0 };
const NO_PARAMETERS: ReadonlyMap<Atom, number> = new Map();

/** The function uses of a file's initialised globals, with the index of each global. */
export function usesOfGlobals(
  file: HostedFile,
  program: WorkspaceProgram,
): { index: number; uses: readonly FunctionUse[] }[] {
  const found: { index: number; uses: readonly FunctionUse[] }[] = [];
  const { atoms, parts } = program;
  const { names } = parts.shared;
  file.structure.globals.forEach((global, index) => {
    if (!mentionsFunction(file, global.initializerTokens, names)) return;
    const ir = parseInitializer(file.text, file.structure, global, program.macroScope(file), atoms);
    const context: IndexContext = {
      atoms,
      locals: NO_LOCALS,
      parameters: NO_PARAMETERS,
      isFunction: (name) => names.isFunction(name),
      mayCarryFunction: () => false,
    };
    const { typeName, isArray, name } = global;
    const uses = indexBody(ir, context).map((use) => ({
      ...use,
      target: inVariable(use.target, typeName, isArray, name),
    }));
    if (uses.length > 0) found.push({ index, uses });
  });
  return found;
}

function mentionsFunction(
  file: HostedFile,
  range: { from: number; to: number } | undefined,
  names: FunctionNames,
): boolean {
  const { tokens } = file.structure;
  for (let t = range?.from ?? 0; t < (range?.to ?? 0); t++) {
    if (tokens.kind[t] !== TokenKind.Identifier) continue;
    const name = tokens.atom[t] ?? 0;
    if (names.isFunction(name) || names.isSuspectMacro(name)) return true;
  }
  return false;
}

/** Names the variable in the target of a use that stands in its initialiser. */
function inVariable(target: UseTarget, type: Atom, isArray: boolean, variable: Atom): UseTarget {
  if (target.kind !== 'initializer') return target;
  return target.steps.length === 0
    ? { kind: 'global', name: variable }
    : { ...target, type, isArray, variable };
}
