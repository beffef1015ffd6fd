/**
 * Struct and variable types by name inside a project: aliases followed, pointers and arrays reduced to what they lead to.
 * C's type rules are not modelled: a name leads to a struct or it does not.
 */
import type { Atom, AtomTable } from '../../syntax/atoms.ts';
import type { Annotation, StructField, StructType, TypeAlias } from '../../syntax/fileStructure.ts';
import type { FileUnit } from '../program.ts';
import type { DeclarationRef, ProjectIndex } from './projectIndex.ts';
import { typeIdentifier, type TypeRef } from './typeRef.ts';

/** Looks types up in one project. */
export interface ProjectTypes {
  struct(typeName: Atom): StructType | undefined;
  /** canonical name: first typedef name, else tag */
  structName(typeName: Atom): Atom | undefined;
  field(struct: StructType, field: Atom): StructField | undefined;
  alias(typeName: Atom): TypeAlias | undefined;
  /** the type atom that a reference leads to, undefined where a step is unknown */
  resolve(ref: TypeRef): Atom | undefined;
  /** the struct itself, its bases and their bases, nearest first */
  withBases(typeName: Atom): readonly Atom[];
}

/** Fields of kernel structs that lead to another struct with callbacks; the WDK's own headers are not in the workspace. */
const KERNEL_FIELDS: Readonly<Record<string, string>> = {
  'DRIVER_OBJECT.DriverExtension': 'DRIVER_EXTENSION',
  'DRIVER_OBJECT.FastIoDispatch': 'FAST_IO_DISPATCH',
  'DEVICE_OBJECT.DriverObject': 'DRIVER_OBJECT',
  'DEVICE_OBJECT.Queue': 'KDEVICE_QUEUE',
  'DMA_ADAPTER.DmaOperations': 'DMA_OPERATIONS',
  'IO_STACK_LOCATION.DeviceObject': 'DEVICE_OBJECT',
  'FILE_OBJECT.DeviceObject': 'DEVICE_OBJECT',
  'FLT_RELATED_OBJECTS.FileObject': 'FILE_OBJECT',
};

const MAX_ALIASES = 12;

/** Types of a project. `file` gives the current file of a path. */
export function createProjectTypes(
  index: ProjectIndex,
  file: (path: string) => FileUnit | undefined,
  atoms: AtomTable,
): ProjectTypes {
  const structAt = ({ path, index: i }: DeclarationRef): StructType | undefined =>
    file(path)?.structure.structs[i];
  const alias = (name: Atom): TypeAlias | undefined => {
    const ref = index.aliases.get(name);
    return ref === undefined ? undefined : file(ref.path)?.structure.aliases[ref.index];
  };
  const struct = (name: Atom): StructType | undefined => {
    let at = name;
    for (let steps = 0; steps < MAX_ALIASES; steps++) {
      const found = (index.structs.get(at) ?? []).map(structAt).filter((type) => type !== undefined);
      const full = found.find((type) => type.fields.length > 0 || type.bases.length > 0);
      if (full !== undefined) return full;
      const next = nextName(at, found[0], alias(at));
      if (next === undefined) return found[0];
      at = next;
    }
    return undefined;
  };
  const fieldIn = (type: StructType, name: Atom, depth = 0): StructField | undefined => {
    const own = type.fields.find((each) => each.name === name);
    if (own !== undefined || depth > 8) return own;
    for (const base of type.bases) {
      const parent = struct(base);
      const found = parent === undefined ? undefined : fieldIn(parent, name, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  const structName = (name: Atom): Atom | undefined => {
    const type = struct(name);
    return type === undefined ? undefined : (type.names[0] ?? type.tag);
  };
  const types: ProjectTypes = {
    struct,
    structName,
    field: fieldIn,
    alias,
    resolve: (ref) => resolveRef(ref, types, index, file, atoms),
    withBases: (name) => withBases(name, types),
  };
  return types;
}

/** A struct declared without fields leads on by its other names; an alias that is no function leads to its target. */
function nextName(at: Atom, empty: StructType | undefined, alias: TypeAlias | undefined): Atom | undefined {
  if (empty !== undefined && empty.tag !== at && empty.tag !== 0) return empty.tag;
  if (alias === undefined || alias.isFunctionType || alias.isFunctionPointer) return undefined;
  return alias.target === at ? undefined : alias.target;
}

function resolveRef(
  { root, fields }: TypeRef,
  types: ProjectTypes,
  index: ProjectIndex,
  file: (path: string) => FileUnit | undefined,
  atoms: AtomTable,
): Atom | undefined {
  let type = ownField(root, types) ?? rootType(root, index, file, atoms);
  for (const field of fields) {
    if (type === undefined) return undefined;
    const struct = types.struct(type);
    const member = struct === undefined ? undefined : types.field(struct, field);
    if (member !== undefined) type = member.typeName;
    else type = struct === undefined ? kernelField(type, field, atoms) : undefined;
  }
  return type;
}

/** In a method a bare name may be a field of its class. */
function ownField(root: TypeRef['root'], types: ProjectTypes): Atom | undefined {
  if (root.kind !== 'global' || root.self === 0) return undefined;
  const struct = types.struct(root.self);
  return struct === undefined ? undefined : types.field(struct, root.name)?.typeName;
}

function rootType(
  root: TypeRef['root'],
  index: ProjectIndex,
  file: (path: string) => FileUnit | undefined,
  atoms: AtomTable,
): Atom | undefined {
  switch (root.kind) {
    case 'type':
      return root.name;
    case 'global': {
      const ref = index.globals.get(root.name)?.[0];
      if (ref !== undefined) return file(ref.path)?.structure.globals[ref.index]?.typeName;
      // `EXT g_Ext;` looks like the declaration of a role.
      const plain = index.typedDeclarations.get(root.name)?.[0];
      return plain === undefined
        ? undefined
        : file(plain.path)?.structure.typedDeclarations[plain.index]?.typeName;
    }
    case 'result': {
      const accessor = index.accessors.get(root.name);
      if (accessor !== undefined) return accessor;
      const ref = index.prototypes.get(root.name)?.[0];
      const returnType =
        ref === undefined ? undefined : file(ref.path)?.structure.prototypes[ref.index]?.returnType;
      const identifier = typeIdentifier(returnType ?? '');
      return identifier === '' ? undefined : atoms.intern(identifier);
    }
  }
}

function kernelField(type: Atom, field: Atom, atoms: AtomTable): Atom | undefined {
  const name = atoms.text(type).replace(/^_|^P(?=[A-Z_]{4})/, '');
  const target = KERNEL_FIELDS[`${name}.${atoms.text(field)}`];
  return target === undefined ? undefined : atoms.intern(target);
}

function withBases(name: Atom, types: ProjectTypes): Atom[] {
  const all: Atom[] = [];
  const pending = [name];
  for (let at = pending.shift(); at !== undefined && all.length < 64; at = pending.shift()) {
    if (all.includes(at)) continue;
    all.push(at);
    pending.push(...(types.struct(at)?.bases ?? []));
  }
  return all;
}

/** Annotations of a field. */
export function annotationsOf(types: ProjectTypes, struct: Atom, field: Atom): readonly Annotation[] {
  const type = types.struct(struct);
  return (type === undefined ? undefined : types.field(type, field))?.annotations ?? [];
}
