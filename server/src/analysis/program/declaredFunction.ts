/**
 * Functions that the project sees declared with IRQL or lock annotations and whose body is nowhere in the workspace: what the
 * annotations say is all there is to know, and callers are held to it.
 */
import { deviceMax } from '../../protocol/irqlLevels.ts';
import type { Atom } from '../../syntax/atoms.ts';
import type { FunctionHead } from '../../syntax/fileStructure.ts';
import { levelsOfContract } from '../entry/contractOf.ts';
import { lockTypeOf } from '../locks/lockTypes.ts';
import { derefPath } from '../locks/accessPath.ts';
import type { DeclaredFunction, FileUnit } from '../program.ts';
import { buildContract } from '../sal/buildContract.ts';
import type { SalTarget } from '../sal/contract.ts';
import { parseExpression } from '../sal/expression.ts';
import { declaredSummary, pathOfTarget, type NamedLock } from '../summary/declaredSummary.ts';
import type { WorkspaceProgram } from './workspaceProgram.ts';

interface Known {
  readonly key: string;
  readonly declared: DeclaredFunction | undefined;
}

/** What a prototype says does not change until the prototype or a type does; callers compare by identity. */
const known = new WeakMap<FunctionHead, Known>();

/** The annotated declaration of a plain function name as the project sees it; undefined where nothing is stated. */
export function declaredFunction(
  program: WorkspaceProgram,
  project: string,
  name: Atom,
): DeclaredFunction | undefined {
  for (const { path, index } of program.indexOf(project).prototypes.get(name) ?? []) {
    const file = program.files.get(path);
    const head = file?.structure.prototypes[index];
    if (file === undefined || head === undefined || head.scope !== '' || !isAnnotated(head)) continue;
    const { arch, ignoreIrqlAnnotations } = program.settings;
    const key = [project, program.resolutionStamp(project), arch, ignoreIrqlAnnotations].join('\n');
    let entry = known.get(head);
    if (entry?.key !== key) {
      entry = { key, declared: readDeclaration(program, project, file, head) };
      known.set(head, entry);
    }
    if (entry.declared !== undefined) return entry.declared;
  }
  return undefined;
}

function isAnnotated({ annotations, params }: FunctionHead): boolean {
  return annotations.length > 0 || params.some((param) => param.annotations.length > 0);
}

function readDeclaration(
  program: WorkspaceProgram,
  project: string,
  file: FileUnit,
  head: FunctionHead,
): DeclaredFunction | undefined {
  const { arch, ignoreIrqlAnnotations } = program.settings;
  const parameters = head.params.map(({ name }) => program.atoms.text(name));
  const placed = [
    ...head.annotations.map((annotation) => ({ annotation })),
    ...head.params.flatMap((param, parameter) =>
      param.annotations.map((annotation) => ({ annotation, parameter })),
    ),
  ];
  const contract = buildContract(placed, { arch, parameters, ignoreIrql: ignoreIrqlAnnotations });
  if (!contract.mentionsIrql && !contract.mentionsLocks) return undefined;
  const name = program.atoms.text(head.name);
  const { levels } = levelsOfContract(contract, deviceMax(arch));
  const summary = declaredSummary({
    arch,
    name,
    contract,
    parameters,
    returnsStatus: head.returnType.includes('STATUS'),
    lockOf: (target) => nameLock(program, project, head, parameters, target),
    witness: {
      file: file.path,
      range: head.nameRange,
      message: `${name} is annotated`,
      ...(levels === undefined ? {} : { irql: levels }),
    },
  });
  return { name, parameters, contract, summary };
}

function nameLock(
  program: WorkspaceProgram,
  project: string,
  head: FunctionHead,
  parameters: readonly string[],
  target: SalTarget,
): NamedLock | undefined {
  if (target.text === '_Global_cancel_spin_lock_') {
    const lock = { path: 'h:cancel', text: 'cancel spin lock', lockClass: 'h:cancel' };
    return { lock, kind: 'cancelSpinlock' };
  }
  const path = pathOfTarget(target.text, parameters);
  if (path === '' || target.text.startsWith('_Global_')) return undefined;
  const { type, lockClass } = typeOfTarget(program, project, head, parameters, target.text);
  const found = lockTypeOf(type);
  if (found === undefined) return undefined;
  const object = found.isReference && !path.endsWith('*') ? derefPath(path) : path;
  return { lock: { path: object, text: target.text, lockClass }, kind: found.kind };
}

/** The declared type of `Param`, `*Param`, `Param->Field` or a global, and the lock class that it makes. */
function typeOfTarget(
  program: WorkspaceProgram,
  project: string,
  head: FunctionHead,
  parameters: readonly string[],
  text: string,
): { readonly type: string; readonly lockClass: string } {
  const parsed = parseExpression(text.replace(/^[*&]/, ''));
  const none = { type: '', lockClass: '' };
  if (!parsed.ok) return none;
  const { expr } = parsed;
  if (expr.kind === 'name') {
    const index = parameters.indexOf(expr.name);
    if (index >= 0) return { type: head.params[index]?.type ?? '', lockClass: '' };
    return { type: typeOfGlobal(program, project, expr.name), lockClass: expr.name };
  }
  if (expr.kind !== 'member' || expr.base.kind !== 'name') return none;
  const owner = head.params[parameters.indexOf(expr.base.name)]?.type.replace(/[*\s]/g, '') ?? '';
  const struct = program.types.structOf(project, owner);
  if (struct === undefined) return none;
  const type = program.types.fieldType(project, struct, expr.field) ?? '';
  return { type, lockClass: `${struct}.${expr.field}` };
}

function typeOfGlobal(program: WorkspaceProgram, project: string, name: string): string {
  const { globals, typedDeclarations } = program.indexOf(project);
  const atom = program.atoms.find(name);
  for (const { path, index } of globals.get(atom) ?? []) {
    const global = program.files.get(path)?.structure.globals[index];
    if (global !== undefined) return `${program.atoms.text(global.typeName)}${global.isPointer ? ' *' : ''}`;
  }
  for (const { path, index } of typedDeclarations.get(atom) ?? []) {
    const declaration = program.files.get(path)?.structure.typedDeclarations[index];
    if (declaration !== undefined) return program.atoms.text(declaration.typeName);
  }
  return '';
}
