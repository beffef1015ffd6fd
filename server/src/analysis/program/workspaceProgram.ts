/**
 * One immutable snapshot of the workspace. Everything that is not in the files themselves is worked out when it is first asked
 * for, per project, and handed on to the next snapshot by the host as long as what it was made from is unchanged.
 */
import type { DdiFacts, RoleFact } from '../../ddi/ddiFacts.ts';
import type { Atom, AtomTable } from '../../syntax/atoms.ts';
import type { FunctionHead, IncludeDirective } from '../../syntax/fileStructure.ts';
import type { BodyIr, NodeId } from '../../syntax/ir.ts';
import { parseBody } from '../../syntax/frontEnd.ts';
import {
  createMacroEnvironment,
  type MacroEnvironment,
  type MacroScope,
} from '../../syntax/macroEnvironment.ts';
import type {
  AnalysisSettings,
  Callee,
  FileUnit,
  FunctionId,
  FunctionUnit,
  Program,
  ProjectInfo,
  RoleAssignment,
  SourcedAnnotation,
  TypeTable,
} from '../program.ts';
import { collectAnnotations } from './collectAnnotations.ts';
import { declaredRoles, roleOfType } from './declaredRoles.ts';
import { isFunctionUseless, usesOfFunction, usesOfGlobals, type FunctionNames } from './functionUses.ts';
import type { FileIndex } from './fileIndex.ts';
import { type HostedFunction, type BodyCache, type FunctionRecord, type UnitSource } from './functionUnit.ts';
import type { IncludeResolver } from './includes.ts';
import {
  linkProject,
  type LinkedRole,
  type PlacedUse,
  type ProjectLink,
  type UseSite,
} from './linkProject.ts';
import type { FunctionUse } from './bodyIndex.ts';
import { functionsNamed } from './lookUpFunctions.ts';
import { indexProject, type IndexSource, type ProjectIndex } from './projectIndex.ts';
import { noProjectStates, readProjectStates, type ProjectStates } from './projectStates.ts';
import { isHeader, type AssignedProject, type ProjectMap } from './projects.ts';
import { callsParameter, createResolveSource } from './resolveSource.ts';
import { resolveCallee } from './resolveCall.ts';
import { typeRefOf } from './typeRef.ts';
import { annotationsOf, createProjectTypes, type ProjectTypes } from './types.ts';

/** A file with its index; what the host hands out as FileUnit. */
export interface HostedFile extends FileUnit {
  readonly index: FileIndex;
  readonly records: readonly FunctionRecord[];
}

/** What all snapshots of a host share. */
export interface SharedWorld {
  readonly atoms: AtomTable;
  readonly ddi: DdiFacts;
  readonly settings: AnalysisSettings;
  readonly bodies: BodyCache;
  readonly names: FunctionNames;
  /** in a part of a workspace: names that several functions have which could be linked, here or elsewhere */
  readonly ambiguous: ReadonlySet<Atom>;
}

/** What a snapshot is made of. The maps of caches belong to this snapshot; the host copies them for the next. */
export interface ProgramParts {
  readonly shared: SharedWorld;
  readonly files: ReadonlyMap<string, HostedFile>;
  readonly functions: readonly HostedFunction[];
  readonly projects: ProjectMap;
  readonly includes: IncludeResolver;
  readonly caches: ProjectCaches;
  /** per project, counts changes of what the project sees */
  readonly stamps: ReadonlyMap<string, number>;
  readonly declarationStamp: number;
}

/** Answers that were worked out, by project. */
export interface ProjectCaches {
  readonly indexes: Map<string, ProjectIndex>;
  readonly links: Map<string, ProjectLink>;
  readonly macros: Map<string, MacroEnvironment>;
  readonly states: Map<string, ProjectStates>;
  /** plain name -> functions that any driver could be linked with; undefined until first asked for */
  linkable: ReadonlyMap<Atom, readonly FunctionId[]> | undefined;
}

const NO_PROJECT: AssignedProject = {
  key: '',
  kind: 'folder',
  mode: 'unknown',
  files: [],
  includeFolders: [],
  defines: {},
  traceFunctions: [],
  isModeStated: false,
};

/** The program that the host hands out. */
export class WorkspaceProgram implements Program {
  readonly parts: ProgramParts;
  readonly types: TypeTable;
  readonly #roles = new Map<FunctionId, readonly RoleAssignment[]>();
  readonly #hasUnknownCallers = new Map<FunctionId, boolean>();
  /** project -> projects that its functions could be linked into */
  #users: Map<string, string[]> | undefined;
  readonly #linkedNow = new Set<string>();
  readonly #types = new Map<string, ProjectTypes>();

  constructor(parts: ProgramParts) {
    this.parts = parts;
    this.types = typeTable(this);
  }

  get atoms(): AtomTable {
    return this.parts.shared.atoms;
  }
  get settings(): AnalysisSettings {
    return this.parts.shared.settings;
  }
  get ddi(): DdiFacts {
    return this.parts.shared.ddi;
  }
  get files(): ReadonlyMap<string, HostedFile> {
    return this.parts.files;
  }
  get functions(): readonly HostedFunction[] {
    return this.parts.functions;
  }

  macroScope(file: FileUnit): MacroScope {
    return this.macrosOf(file.project).forFile(file.path);
  }

  resolveCall(caller: FunctionUnit, call: NodeId): Callee {
    const ir = caller.ir();
    return resolveCallee(caller, ir, call, createResolveSource(this, caller, ir));
  }

  findFunctions(from: FunctionUnit, name: Atom): readonly FunctionId[] {
    return functionsNamed(this, from.file.path, name);
  }

  rolesOf(id: FunctionId): readonly RoleAssignment[] {
    let roles = this.#roles.get(id);
    if (roles === undefined) {
      roles = this.#findRoles(id);
      this.#roles.set(id, roles);
    }
    return roles;
  }

  hasUnknownCallers(id: FunctionId): boolean {
    let answer = this.#hasUnknownCallers.get(id);
    if (answer === undefined) {
      answer = this.#mayBeCalledUnseen(id);
      this.#hasUnknownCallers.set(id, answer);
    }
    return answer;
  }

  get declarationStamp(): number {
    return this.parts.declarationStamp;
  }

  resolutionStamp(project: string): number {
    return this.parts.stamps.get(project) ?? 0;
  }

  project(key: string): ProjectInfo | undefined {
    return this.parts.projects.projects.get(key);
  }

  // --- per project, made on demand

  assigned(key: string): AssignedProject {
    return this.parts.projects.projects.get(key) ?? NO_PROJECT;
  }

  indexOf(key: string): ProjectIndex {
    const { indexes } = this.parts.caches;
    let index = indexes.get(key);
    if (index === undefined) {
      index = indexProject(this.assigned(key), this.#indexSource());
      indexes.set(key, index);
    }
    return index;
  }

  typesOf(key: string): ProjectTypes {
    // Not handed on: the look-ups go through this snapshot's files.
    let types = this.#types.get(key);
    if (types === undefined) {
      types = createProjectTypes(this.indexOf(key), (path) => this.files.get(path), this.atoms);
      this.#types.set(key, types);
    }
    return types;
  }

  macrosOf(key: string): MacroEnvironment {
    const { macros } = this.parts.caches;
    let environment = macros.get(key);
    if (environment === undefined) {
      environment = this.#makeMacros(key);
      macros.set(key, environment);
    }
    return environment;
  }

  linkOf(key: string): ProjectLink {
    const { links } = this.parts.caches;
    let link = links.get(key);
    if (link === undefined) {
      // Resolving inside of linking may ask for the link again: it sees what there is so far, nothing.
      if (this.#linkedNow.has(key)) return EMPTY_LINK;
      this.#linkedNow.add(key);
      link = this.#makeLink(key);
      this.#linkedNow.delete(key);
      links.set(key, link);
    }
    return link;
  }

  projectStates(key: string): ProjectStates {
    const known = this.parts.caches.states;
    let states = known.get(key);
    if (states === undefined) {
      const files = this.assigned(key).files.flatMap((path) => this.files.get(path) ?? []);
      states = this.assigned(key).mode === 'user' ? noProjectStates : readProjectStates(files, this);
      known.set(key, states);
    }
    return states;
  }

  /** A driver's own functions cannot be linked into another one. */
  #isLinkable(file: FileUnit): boolean {
    const { kind } = this.assigned(file.project);
    return file.mode !== 'user' && (kind === 'library' || kind === 'folder');
  }

  /** Functions of that name that any driver could be linked with; none where nobody knows which of several. */
  globalFunctions(name: Atom): readonly FunctionId[] {
    const { caches, shared } = this.parts;
    if (shared.ambiguous.has(name)) return [];
    caches.linkable ??= this.#findLinkable();
    return caches.linkable.get(name) ?? [];
  }

  #findLinkable(): Map<Atom, FunctionId[]> {
    const linkable = new Map<Atom, FunctionId[]>();
    for (const { id, head, file } of this.functions) {
      if (head.isStatic || head.scope !== '' || isHeader(file.path) || !this.#isLinkable(file)) continue;
      const ids = linkable.get(head.name);
      if (ids === undefined) linkable.set(head.name, [id]);
      else ids.push(id);
    }
    return linkable;
  }

  usesOf(unit: HostedFunction): readonly FunctionUse[] {
    const { record } = unit;
    record.uses ??= isFunctionUseless(unit, this) ? [] : usesOfFunction(unit, this);
    return record.uses;
  }

  /** The projects whose links may speak of the function: its own, and those that a library is linked into. */
  linkedWith(unit: FunctionUnit): readonly string[] {
    const own = this.parts.projects.projectsOf(unit.file.path);
    const { kind } = this.assigned(unit.file.project);
    if (unit.head.isStatic || (kind !== 'library' && kind !== 'folder')) return own;
    return [...new Set([...own, ...own.flatMap((key) => this.#usersOf(key))])];
  }

  /** Projects that include a header of a library. Looks at every project once. */
  #usersOf(library: string): readonly string[] {
    if (this.#users === undefined) {
      this.#users = new Map();
      for (const key of this.parts.projects.projects.keys()) {
        for (const used of this.indexOf(key).libraries)
          this.#users.set(used, [...(this.#users.get(used) ?? []), key]);
      }
    }
    return this.#users.get(library) ?? [];
  }

  #findRoles(id: FunctionId): readonly RoleAssignment[] {
    const unit = this.functions[id];
    if (unit === undefined || unit.file.mode === 'user') return [];
    const registered = this.#linkedRoles(unit);
    // A registration says the same more exactly: a dispatch routine of one major function, a threaded DPC.
    const isSaid = (type: string): boolean => registered.some((role) => role.fact.type === type);
    return [...registered, ...declaredRoles(unit, this).filter(({ fact }) => !isSaid(fact.type))];
  }

  #mayBeCalledUnseen(id: FunctionId): boolean {
    const unit = this.functions[id];
    if (unit === undefined) return false;
    for (const key of this.linkedWith(unit)) if (this.linkOf(key).unexplained.has(id)) return true;
    return isCallableFromOutside(unit) || this.#isLibraryFunction(unit);
  }

  #indexSource(): IndexSource {
    const { projects, includes } = this.parts;
    return {
      fileIndex: (path) => this.files.get(path)?.index,
      functionIds: (path) => this.files.get(path)?.functionIds ?? [],
      structure: (path) => this.files.get(path)?.structure,
      resolveInclude: (from, include, project) => includes.resolve(from, include, project.includeFolders),
      projectsOf: (path) => projects.projectsOf(path),
      project: (key) => projects.projects.get(key),
      atom: (name) => this.atoms.intern(name),
    };
  }

  #makeMacros(key: string): MacroEnvironment {
    const { includes, shared } = this.parts;
    const index = this.indexOf(key);
    const files = new Map<string, HostedFile['structure']>();
    for (const path of [...index.project.files, ...index.outsideHeaders]) {
      const file = this.files.get(path);
      if (file !== undefined) files.set(path, file.structure);
    }
    const { ddi, atoms, settings } = shared;
    const isEffect = memoByAtom(
      atoms,
      (name) => ddi.effect(name) !== undefined || ddi.registrationsOfFunction(name).length > 0,
    );
    const isFact = memoByAtom(
      atoms,
      (name) => ddi.effect(name) !== undefined || ddi.lookup(name) !== undefined,
    );
    return createMacroEnvironment({
      atoms,
      files,
      defines: { ...index.project.defines, ...settings.defines },
      resolveInclude: (from: string, include: IncludeDirective) =>
        includes.resolve(from, include.path, index.project.includeFolders),
      isInteresting: isEffect,
      isOpaque: isFact,
      projectOf: () => key,
    });
  }

  #makeLink(key: string): ProjectLink {
    const { atoms, ddi } = this.parts.shared;
    return linkProject(this.#placedUses(key), {
      atoms,
      ddi,
      types: this.typesOf(key),
      states: this.projectStates(key),
      functionsNamed: (site, name) => functionsNamed(this, this.#pathOf(site), name),
      includesHeader: (name) => this.indexOf(key).includedNames.has(name.toLowerCase()),
      usesOf: (id) => {
        const unit = this.functions[id];
        return unit === undefined ? [] : this.usesOf(unit);
      },
      callsParameter: (id, index) => callsParameter(this.functions[id], index),
    });
  }

  *#placedUses(key: string): Iterable<PlacedUse> {
    if (this.assigned(key).mode === 'user') return;
    for (const path of this.assigned(key).files) {
      const file = this.files.get(path);
      if (file === undefined) continue;
      for (const { index, uses } of usesOfGlobals(file, this)) {
        for (const use of uses) yield { site: { kind: 'global', path, index }, use };
      }
      for (const id of file.functionIds) {
        const unit = this.functions[id];
        if (unit === undefined) continue;
        for (const use of this.usesOf(unit)) yield { site: { kind: 'body', function: id }, use };
      }
    }
  }

  #pathOf(site: UseSite): string {
    return site.kind === 'global' ? site.path : (this.functions[site.function]?.file.path ?? '');
  }

  #linkedRoles(unit: FunctionUnit): RoleAssignment[] {
    const roles: RoleAssignment[] = [];
    for (const key of this.linkedWith(unit)) {
      for (const role of this.linkOf(key).roles.get(unit.id) ?? []) {
        const assignment = this.#placeRole(role);
        if (assignment !== undefined) roles.push(assignment);
      }
    }
    return roles;
  }

  #placeRole({ fact, how, via, site, node, min, max, upper }: LinkedRole): RoleAssignment | undefined {
    if (site.kind === 'global') {
      const file = this.files.get(site.path);
      const global = file?.structure.globals[site.index];
      if (file === undefined || global === undefined) return undefined;
      return { fact, how, via, file, range: global.nameRange, min, max, upper };
    }
    const unit = this.functions[site.function];
    if (unit === undefined) return undefined;
    const ir = unit.ir();
    const range = { start: ir.start[node] ?? unit.head.start, end: ir.end[node] ?? unit.head.end };
    return { fact, how, via, file: unit.file, range, min, max, upper };
  }

  #isLibraryFunction({ file, head }: FunctionUnit): boolean {
    const { kind } = this.assigned(file.project);
    return (
      kind === 'library' &&
      !head.isStatic &&
      head.scope === '' &&
      this.indexOf(file.project).prototypes.has(head.name)
    );
  }

  roleOfType(project: string, type: Atom): RoleFact | undefined {
    return roleOfType(type, this.typesOf(project), this.ddi, this.atoms);
  }
}

const EMPTY_LINK: ProjectLink = {
  roles: new Map(),
  fields: new Map(),
  globals: new Map(),
  parameters: new Map(),
  unexplained: new Set(),
};

function memoByAtom(atoms: AtomTable, test: (name: string) => boolean): (name: Atom) => boolean {
  const known = new Map<Atom, boolean>();
  return (name) => {
    let answer = known.get(name);
    if (answer === undefined) {
      answer = test(atoms.text(name));
      known.set(name, answer);
    }
    return answer;
  };
}

/** Exported functions, and methods that override or implement an interface. */
function isCallableFromOutside({ head }: { readonly head: FunctionHead }): boolean {
  return head.annotations.some(({ name, args = '' }) => {
    return (
      (name === '__declspec' && args.includes('dllexport')) ||
      /^(?:override|virtual|STDMETHODIMP_?|STDMETHOD_?)$/.test(name)
    );
  });
}

function typeTable(program: WorkspaceProgram): TypeTable {
  const { atoms } = program;
  const find = (text: string): Atom => atoms.find(text);
  return {
    structOf(project, typeName) {
      const name = find(typeName);
      const struct = name < 0 ? undefined : program.typesOf(project).structName(name);
      return struct === undefined ? undefined : atoms.text(struct);
    },
    fieldType(project, structName, field) {
      const types = program.typesOf(project);
      const struct = types.struct(find(structName));
      const member = struct === undefined ? undefined : types.field(struct, find(field));
      return member === undefined ? undefined : atoms.text(member.typeName);
    },
    typeOfExpression(unit, node) {
      const ir = unit.ir();
      const { types, context } = createResolveSource(program, unit, ir);
      const ref = typeRefOf(ir, node, context().locals, atoms);
      const type = ref === undefined ? undefined : types.resolve(ref);
      return type === undefined || type === 0 ? undefined : atoms.text(type);
    },
    fieldAnnotations: (project, structName, field) =>
      annotationsOf(program.typesOf(project), find(structName), find(field)),
  };
}

/** What the host's function units ask of the newest snapshot. */
export function createUnitSource(current: () => WorkspaceProgram): UnitSource {
  return {
    parseBody(unit): BodyIr {
      const program = current();
      const { bodies } = program.parts.shared;
      const { file, head } = unit;
      const parse = (): BodyIr =>
        parseBody(file.text, file.structure, head, program.macroScope(file), program.atoms);
      return bodies.bodyOf(unit.record, head, parse);
    },
    annotationsOf: (unit): readonly SourcedAnnotation[] => collectAnnotations(unit, current()),
    areCurrent: (annotations) => {
      const { files } = current();
      return annotations.every(({ file }) => files.get(file.path)?.structure === file.structure);
    },
  };
}
