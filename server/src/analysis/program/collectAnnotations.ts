/**
 * The annotations that hold for a function: those of its definition, of the prototypes that its project sees, and of the
 * function types it is declared with. They are collected, not interpreted; contradictions are the reader's to find.
 */
import type { FunctionHead } from '../../syntax/fileStructure.ts';
import type { FileUnit, FunctionUnit, SourcedAnnotation } from '../program.ts';
import type { WorkspaceProgram } from './workspaceProgram.ts';

const MAX_TYPEDEFS = 8;

/** Annotations of `unit`, definition first. */
export function collectAnnotations(
  unit: FunctionUnit,
  program: WorkspaceProgram,
): readonly SourcedAnnotation[] {
  const { head, file } = unit;
  const index = program.indexOf(file.project);
  const annotations = ofHead(head, file, 'definition');
  for (const ref of index.prototypes.get(head.name) ?? []) {
    const owner = program.files.get(ref.path);
    const prototype = owner?.structure.prototypes[ref.index];
    if (owner === undefined || prototype === undefined || !isSame(head, file, prototype, owner)) continue;
    annotations.push(...ofHead(prototype, owner, 'prototype'));
  }
  for (const ref of index.typedDeclarations.get(head.name) ?? []) {
    const owner = program.files.get(ref.path);
    const declaration = owner?.structure.typedDeclarations[ref.index];
    if (owner === undefined || declaration === undefined || head.scope !== '') continue;
    if (declaration.isStatic && owner !== file) continue;
    for (const annotation of declaration.annotations)
      annotations.push({ annotation, file: owner, from: 'prototype' });
    annotations.push(...ofType(declaration.typeName, unit, program));
  }
  return annotations;
}

/** A static prototype speaks of its own file's function only; overloads are told apart by the number of parameters. */
function isSame(head: FunctionHead, file: FileUnit, prototype: FunctionHead, owner: FileUnit): boolean {
  if (prototype.isStatic && owner !== file) return false;
  if (lastScope(prototype.scope) !== lastScope(head.scope)) return false;
  return head.scope === '' || prototype.params.length === head.params.length;
}

function lastScope(scope: string): string {
  return scope.split('::').at(-1) ?? '';
}

function ofHead(head: FunctionHead, file: FileUnit, from: SourcedAnnotation['from']): SourcedAnnotation[] {
  const annotations: SourcedAnnotation[] = head.annotations.map((annotation) => ({ annotation, file, from }));
  head.params.forEach((param, parameter) => {
    for (const annotation of param.annotations) annotations.push({ annotation, file, parameter, from });
  });
  return annotations;
}

/** Annotations of a function typedef of the workspace and of the typedefs it is made from. */
function ofType(typeName: number, unit: FunctionUnit, program: WorkspaceProgram): SourcedAnnotation[] {
  const index = program.indexOf(unit.file.project);
  const annotations: SourcedAnnotation[] = [];
  let name = typeName;
  for (let steps = 0; steps < MAX_TYPEDEFS; steps++) {
    const ref = index.aliases.get(name);
    const file = ref === undefined ? undefined : program.files.get(ref.path);
    const alias = ref === undefined ? undefined : file?.structure.aliases[ref.index];
    if (file === undefined || alias === undefined) break;
    for (const annotation of alias.annotations) annotations.push({ annotation, file, from: 'typedef' });
    alias.params.forEach((param, parameter) => {
      for (const annotation of param.annotations)
        annotations.push({ annotation, file, parameter, from: 'typedef' });
    });
    if (alias.isFunctionType || alias.target === name) break;
    name = alias.target;
  }
  return annotations;
}
