/**
 * Roles that a function has by declaration: a role type (`DRIVER_DISPATCH Foo;`), typedefs that lead to one, `_Function_class_`,
 * and the names of entry points. Registrations are linkProject.ts' affair.
 */
import type { DdiFacts, RoleFact } from '../../ddi/ddiFacts.ts';
import type { Atom, AtomTable } from '../../syntax/atoms.ts';
import type { TextRange } from '../../syntax/fileStructure.ts';
import type { FileUnit, FunctionUnit, RoleAssignment } from '../program.ts';
import { inheritStates } from './projectStates.ts';
import { roleLevelsAt } from './roleLevels.ts';
import type { ProjectTypes } from './types.ts';
import type { WorkspaceProgram } from './workspaceProgram.ts';

const MAX_TYPEDEFS = 8;

/** The role that a function type or pointer type stands for, typedefs and `_Function_class_` of the workspace followed. */
export function roleOfType(
  type: Atom,
  types: ProjectTypes,
  ddi: DdiFacts,
  atoms: AtomTable,
): RoleFact | undefined {
  let name = type;
  for (let steps = 0; steps < MAX_TYPEDEFS; steps++) {
    const role = ddi.role(atoms.text(name));
    if (role !== undefined) return role;
    const alias = types.alias(name);
    if (alias === undefined) return undefined;
    for (const { name: annotation, args } of alias.annotations) {
      const byClass = isFunctionClass(annotation) && args !== undefined ? ddi.role(args.trim()) : undefined;
      if (byClass !== undefined) return byClass;
    }
    if (alias.isFunctionType || alias.isFunctionPointer || alias.target === name) return undefined;
    name = alias.target;
  }
  return undefined;
}

function isFunctionClass(annotation: string): boolean {
  return (
    annotation === '_Function_class_' ||
    annotation === '__drv_functionClass' ||
    annotation === '__drv_clearDoInit_functionClass'
  );
}

/** The declared roles of a function, each role type once. */
export function declaredRoles(unit: FunctionUnit, program: WorkspaceProgram): readonly RoleAssignment[] {
  const roles: RoleAssignment[] = [];
  const major = dispatchTypesOf(unit);
  const add = (
    fact: RoleFact | undefined,
    how: RoleAssignment['how'],
    owner: FileUnit,
    range: TextRange,
    via: string,
  ): void => {
    if (fact === undefined || fact.isUserMode || roles.some((role) => role.fact.type === fact.type)) return;
    const states = inheritStates([], fact, program.projectStates(file.project));
    for (const slot of major.length > 0 ? major : ['']) {
      const levels = roleLevelsAt(fact, { states, major: slot });
      if (levels === undefined) continue;
      const { min, max, upper } = levels;
      roles.push({
        fact,
        how,
        file: owner,
        range,
        via: slot === '' ? via : `_Dispatch_type_(${slot})`,
        min,
        max,
        upper,
      });
    }
  };
  const { file, head } = unit;
  const { ddi, atoms } = program;
  for (const ref of head.scope === ''
    ? (program.indexOf(file.project).typedDeclarations.get(head.name) ?? [])
    : []) {
    const owner = program.files.get(ref.path);
    const declaration = owner?.structure.typedDeclarations[ref.index];
    if (owner === undefined || declaration === undefined || (declaration.isStatic && owner !== file))
      continue;
    const role = program.roleOfType(file.project, declaration.typeName);
    add(role, 'declaration', owner, declaration.nameRange, atoms.text(declaration.typeName));
  }
  for (const { annotation, file: owner } of unit.annotations) {
    if (!isFunctionClass(annotation.name) || annotation.args === undefined) continue;
    const type = atoms.intern(annotation.args.trim());
    add(program.roleOfType(file.project, type), 'functionClass', owner, annotation, annotation.args.trim());
  }
  if (head.scope === '' && !head.isStatic) {
    const isLinked = program.project(file.project)?.kind !== 'program';
    add(isLinked ? ddi.entryPoint(unit.name) : undefined, 'entryPoint', file, head.nameRange, unit.name);
  }
  return roles;
}

/** Major functions named by `_Dispatch_type_`. */
function dispatchTypesOf(unit: FunctionUnit): string[] {
  return unit.annotations.flatMap(({ annotation: { name, args } }) => {
    const isDispatchType = name === '_Dispatch_type_' || name === '__drv_dispatchType';
    return isDispatchType && args !== undefined ? [args.trim()] : [];
  });
}
