/**
 * The names that a project sees: functions and declarations of its own files, of the headers it includes from elsewhere, and
 * the libraries whose headers those are. Built when first asked for and kept until a file that it sees changes its declarations.
 */
import { fileNameOf } from '../../base/paths.ts';
import type { Atom } from '../../syntax/atoms.ts';
import type { IncludeDirective } from '../../syntax/fileStructure.ts';
import type { FunctionId } from '../program.ts';
import type { FileIndex } from './fileIndex.ts';
import { isHeader, type AssignedProject } from './projects.ts';

/** A declaration by file and place in that file's list; valid while the file's declaration hash is the same. */
export interface DeclarationRef {
  readonly path: string;
  readonly index: number;
}

/** Everything a project sees, by name. Own files come before headers from elsewhere. */
export interface ProjectIndex {
  readonly project: AssignedProject;
  /** headers outside the project that its files include, transitively */
  readonly outsideHeaders: ReadonlySet<string>;
  /** projects that own such headers and could be linked in */
  readonly libraries: readonly string[];
  readonly functions: ReadonlyMap<Atom, readonly FunctionId[]>;
  readonly headerFunctions: ReadonlyMap<Atom, readonly FunctionId[]>;
  readonly prototypes: ReadonlyMap<Atom, readonly DeclarationRef[]>;
  readonly typedDeclarations: ReadonlyMap<Atom, readonly DeclarationRef[]>;
  readonly globals: ReadonlyMap<Atom, readonly DeclarationRef[]>;
  readonly structs: ReadonlyMap<Atom, readonly DeclarationRef[]>;
  readonly aliases: ReadonlyMap<Atom, DeclarationRef>;
  readonly accessors: ReadonlyMap<Atom, Atom>;
  /** names of WPP trace functions */
  readonly traceFunctions: ReadonlySet<Atom>;
  /** names of all included headers in lower case, found or not */
  readonly includedNames: ReadonlySet<string>;
}

/** What building an index asks of the snapshot. */
export interface IndexSource {
  fileIndex(path: string): FileIndex | undefined;
  functionIds(path: string): readonly FunctionId[];
  structure(path: string): StructureNames | undefined;
  resolveInclude(from: string, include: string, project: AssignedProject): string | undefined;
  projectsOf(path: string): readonly string[];
  project(key: string): AssignedProject | undefined;
  atom(name: string): Atom;
}

/** How includes of a project are followed. */
export interface IncludeSource {
  /** includes of a file as they are written */
  includesOf(path: string): readonly string[];
  resolveInclude(from: string, include: string): string | undefined;
}

/** The named types of a file. */
export interface StructureNames {
  readonly includes: readonly IncludeDirective[];
  readonly structs: readonly {
    readonly tag: Atom;
    readonly names: readonly Atom[];
    readonly pointerNames: readonly Atom[];
  }[];
  readonly aliases: readonly { readonly name: Atom }[];
}

/** Builds the index of a project. Linear in the declarations of what it sees. */
export function indexProject(project: AssignedProject, source: IndexSource): ProjectIndex {
  const outsideHeaders = includedOutside(project, {
    includesOf: (path) => source.structure(path)?.includes.map((include) => include.path) ?? [],
    resolveInclude: (from, include) => source.resolveInclude(from, include, project),
  });
  const functions = new Map<Atom, FunctionId[]>();
  const headerFunctions = new Map<Atom, FunctionId[]>();
  const prototypes = new Map<Atom, DeclarationRef[]>();
  const typedDeclarations = new Map<Atom, DeclarationRef[]>();
  const globals = new Map<Atom, DeclarationRef[]>();
  const structs = new Map<Atom, DeclarationRef[]>();
  const aliases = new Map<Atom, DeclarationRef>();
  const accessors = new Map<Atom, Atom>();
  const traceFunctions = new Set(project.traceFunctions.map((name) => source.atom(name)));
  const includedNames = new Set<string>();
  const add = (path: string, into: Map<Atom, FunctionId[]>): void => {
    const file = source.fileIndex(path);
    const names = source.structure(path);
    if (file === undefined || names === undefined) return;
    const ids = source.functionIds(path);
    for (const [name, places] of file.functions) for (const i of places) push(into, name, ids[i] ?? -1);
    for (const [name, places] of file.prototypes)
      for (const index of places) push(prototypes, name, { path, index });
    for (const [name, places] of file.typedDeclarations)
      for (const index of places) push(typedDeclarations, name, { path, index });
    for (const [name, index] of file.globals) push(globals, name, { path, index });
    for (const [name, type] of file.accessors) if (!accessors.has(name)) accessors.set(name, type);
    for (const name of file.traceFunctions) traceFunctions.add(name);
    for (const include of names.includes)
      includedNames.add(fileNameOf(include.path.replaceAll('\\', '/')).toLowerCase());
    names.structs.forEach(({ tag, names: typedefs, pointerNames }, index) => {
      for (const name of new Set([tag, ...typedefs, ...pointerNames]))
        if (name !== 0) push(structs, name, { path, index });
    });
    names.aliases.forEach(({ name }, index) => {
      if (!aliases.has(name)) aliases.set(name, { path, index });
    });
  };
  for (const path of project.files) add(path, functions);
  for (const path of outsideHeaders) add(path, headerFunctions);
  const libraries = librariesOf(project, outsideHeaders, source);
  return {
    project,
    outsideHeaders,
    libraries,
    functions,
    headerFunctions,
    prototypes,
    typedDeclarations,
    globals,
    structs,
    aliases,
    accessors,
    traceFunctions,
    includedNames,
  };
}

function push<T>(map: Map<Atom, T[]>, name: Atom, value: T): void {
  const values = map.get(name);
  if (values === undefined) map.set(name, [value]);
  else values.push(value);
}

/** Headers outside the project that its files include, transitively. */
export function includedOutside(project: AssignedProject, source: IncludeSource): Set<string> {
  const own = new Set(project.files);
  const seen = new Set<string>();
  const pending = [...project.files];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    for (const include of source.includesOf(path)) {
      const found = source.resolveInclude(path, include);
      if (found === undefined || own.has(found) || seen.has(found)) continue;
      seen.add(found);
      pending.push(found);
    }
  }
  return seen;
}

/** A driver cannot be linked into another one; libraries and plain folders of sources can. */
function librariesOf(project: AssignedProject, headers: ReadonlySet<string>, source: IndexSource): string[] {
  const keys = new Set<string>();
  for (const path of headers) for (const key of source.projectsOf(path)) keys.add(key);
  keys.delete(project.key);
  return [...keys].filter((key) => {
    const other = source.project(key);
    if (other === undefined || (other.kind !== 'library' && other.kind !== 'folder')) return false;
    return (
      !(project.mode === 'kernel' && other.mode === 'user') && other.files.some((path) => !isHeader(path))
    );
  });
}
