/**
 * The fields of a struct that a project sees, embedded structs included. It looks at declarations only.
 */
import type { Program } from '../../analysis/program.ts';
import type { StructType } from '../../syntax/fileStructure.ts';

/** A field reached through embedded structs. */
export interface EmbeddedField {
  /** "Lock", "Queue.Lock" */
  readonly path: string;
  readonly typeName: string;
}

const MAX_DEPTH = 4;

/** All fields of a struct by name, embedded structs unrolled; pointers are not followed. Empty for an unknown struct. */
export function embeddedFields(
  program: Program,
  project: string,
  structName: string,
  depth = 0,
): EmbeddedField[] {
  const struct = findStruct(program, project, structName);
  if (struct === undefined || depth > MAX_DEPTH) return [];
  return struct.fields.flatMap((field) => {
    if (field.pointerDepth > 0 || field.isFunctionPointer) return [];
    const name = program.atoms.text(field.name);
    const typeName = program.atoms.text(field.typeName);
    const inner = embeddedFields(program, project, typeName, depth + 1);
    return [{ path: name, typeName }, ...inner.map((one) => ({ ...one, path: `${name}.${one.path}` }))];
  });
}

function findStruct(program: Program, project: string, name: string): StructType | undefined {
  if (name === '') return undefined;
  const atom = program.atoms.find(name);
  for (const path of program.project?.(project)?.files ?? program.files.keys()) {
    const structs = program.files.get(path)?.structure.structs ?? [];
    const found = structs.find(
      (one) => one.fields.length > 0 && (one.tag === atom || one.names.includes(atom)),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}
