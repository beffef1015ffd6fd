/**
 * The one thing that changes: takes texts, keeps what is still right, hands out immutable snapshots. A changed file is read
 * again; functions whose tokens are the same keep id, stamp and parsed body; work done for projects that do not see the file is kept.
 * It reads no disk.
 */
import { normalizePath, pathKey } from '../../base/paths.ts';
import type { DdiFacts } from '../../ddi/ddiFacts.ts';
import { createAtomTable, type Atom, type AtomTable } from '../../syntax/atoms.ts';
import type { TextRange } from '../../syntax/fileStructure.ts';
import { readStructure } from '../../syntax/structure.ts';
import type { AnalysisSettings, Program } from '../program.ts';
import type { FunctionUse } from './bodyIndex.ts';
import { indexFile } from './fileIndex.ts';
import { createBodyCache, type HostedFunction } from './functionUnit.ts';
import { FunctionNameTable } from './functionNameTable.ts';
import { createFunctionIds, type FunctionIds } from './functionIds.ts';
import { createIncludeResolver, type IncludeResolver } from './includes.ts';
import { affectedProjects, changedMacroUsers, compareLayouts, declaredNamesChanged } from './invalidate.ts';
import { mayHoldStates, stateWords } from './projectStates.ts';
import { projectsAmong, readProjectFile, type ProjectFile } from './projectFile.ts';
import { assignProjects, modeOfFile, type ProjectMap, type ProjectMember } from './projects.ts';
import {
  createUnitSource,
  WorkspaceProgram,
  type HostedFile,
  type ProjectCaches,
  type SharedWorld,
} from './workspaceProgram.ts';

/** A text that is new or changed; `undefined` removes the file. `.vcxproj` and `.props` files are told by their names. */
export interface FileChange {
  /** path or URI in any form */
  readonly path: string;
  readonly text: string | undefined;
}

/** What a host is made with. */
export interface WorkspaceHostOptions {
  readonly settings: AnalysisSettings;
  readonly ddi: DdiFacts;
  /** shared spellings; a new table when absent */
  readonly atoms?: AtomTable;
  /** how many IR nodes of parsed bodies are kept, about 30 bytes each */
  readonly maxNodes?: number;
  /** for a part of a workspace: what the whole decides. Projects are then not worked out here, and project files not read. */
  readonly layout?: PartLayout;
}

/** What only the whole workspace can say about a part of it. */
export interface PartLayout {
  readonly projects: ProjectMap;
  readonly includes: IncludeResolver;
  readonly ambiguous: readonly string[];
}

/** Takes changes and hands out snapshots. */
export interface WorkspaceHost {
  /** Applies the changes together and returns the new snapshot; without changes, the last one. */
  update(changes: readonly FileChange[]): Program;
  readonly program: Program;
}

const DEFAULT_MAX_NODES = 2_500_000;
const EMPTY_PROJECTS: ProjectMap = { projects: new Map(), projectsOf: () => [''] };

/** Makes an empty host. */
export function createWorkspaceHost(options: WorkspaceHostOptions): WorkspaceHost {
  return new Host(options);
}

/** A snapshot of the given texts, for one-off use and tests. */
export function createProgram(files: ReadonlyMap<string, string>, options: WorkspaceHostOptions): Program {
  return createWorkspaceHost(options).update([...files].map(([path, text]) => ({ path, text })));
}

class Host implements WorkspaceHost {
  readonly #shared: SharedWorld;
  readonly #layout: PartLayout | undefined;
  readonly #names: FunctionNameTable;
  readonly #projectTexts = new Map<string, ProjectFile>();
  /** pathKey -> the path in use */
  readonly #spelling = new Map<string, string>();
  readonly #ids: FunctionIds;
  #files: ReadonlyMap<string, HostedFile> = new Map();
  #functions: HostedFunction[] = [];
  #projects: ProjectMap = EMPTY_PROJECTS;
  #includes: IncludeResolver = createIncludeResolver([]);
  #stamps: ReadonlyMap<string, number> = new Map();
  /** never repeats, so that a project that went and came back has another stamp */
  #lastStamp = 0;
  #declarationStamp = 0;
  #program: WorkspaceProgram;

  constructor({
    settings,
    ddi,
    atoms = createAtomTable(),
    maxNodes = DEFAULT_MAX_NODES,
    layout,
  }: WorkspaceHostOptions) {
    this.#layout = layout;
    this.#names = new FunctionNameTable();
    const ambiguous = new Set((layout?.ambiguous ?? []).map((name) => atoms.intern(name)));
    this.#shared = { atoms, ddi, settings, bodies: createBodyCache(maxNodes), names: this.#names, ambiguous };
    this.#ids = createFunctionIds(
      atoms,
      createUnitSource(() => this.#program),
    );
    this.#program = this.#makeProgram(emptyCaches());
  }

  get program(): Program {
    return this.#program;
  }

  update(changes: readonly FileChange[]): Program {
    const texts = new Map<string, string | undefined>();
    let isLayoutChanged = false;
    for (const change of changes) {
      const path = this.#spell(normalizePath(change.path));
      if (/\.(?:vcxproj|props)$/i.test(path))
        isLayoutChanged = this.#setProjectFile(path, change.text) || isLayoutChanged;
      else if (this.#files.get(path)?.text !== change.text) texts.set(path, change.text);
    }
    if (texts.size === 0 && !isLayoutChanged) return this.#program;
    for (const [path, text] of texts)
      if (this.#files.has(path) !== (text !== undefined)) isLayoutChanged = true;
    if (isLayoutChanged) this.#relayout(texts);
    else this.#edit(texts);
    return this.#program;
  }

  #spell(path: string): string {
    const key = pathKey(path);
    const known = this.#spelling.get(key);
    if (known !== undefined) return known;
    this.#spelling.set(key, path);
    return path;
  }

  #setProjectFile(path: string, text: string | undefined): boolean {
    if (text === undefined) return this.#projectTexts.delete(path);
    this.#projectTexts.set(path, readProjectFile(path, text));
    return true;
  }

  /** Files or projects came or went: everything between files is worked out anew, functions and bodies are kept. */
  #relayout(texts: ReadonlyMap<string, string | undefined>): void {
    const paths = new Set(this.#files.keys());
    for (const [path, text] of texts) {
      if (text === undefined) paths.delete(path);
      else paths.add(path);
    }
    const projectFiles = projectsAmong(this.#projectTexts);
    const assign = (members: readonly ProjectMember[]): ProjectMap =>
      this.#layout?.projects ?? assignProjects(members, projectFiles);
    const preliminary = assign([...paths].map((path) => memberOf(path, this.#files.get(path))));
    const files = new Map<string, HostedFile>();
    for (const path of paths) {
      const old = this.#files.get(path);
      const text = texts.get(path) ?? old?.text ?? '';
      const isSame = old?.text === text && sameDefines(this.#projects, preliminary, path);
      files.set(path, isSame ? old : this.#read(path, text, old, preliminary));
    }
    const members = [...files.values()].map((file) => memberOf(file.path, file));
    const projects = assign(members);
    this.#includes = this.#layout?.includes ?? createIncludeResolver(files.keys());
    const newNames = [...files.values()].flatMap((file) => this.#names.addFile(file.index));
    this.#names.findSuspectMacros([...files.values()].map(({ structure }) => structure));
    const types = this.#replaceTypes(files);
    const difference = compareLayouts(this.#files, files);
    this.#ids.begin(this.#functions);
    const placed = new Map<string, HostedFile>();
    for (const [path, old] of this.#files) if (!files.has(path)) this.#ids.release(old);
    for (const [path, file] of files) {
      const old = this.#files.get(path);
      const macros = sameDefines(this.#projects, projects, path) ? difference.macros : 'unknown';
      placed.set(path, this.#ids.place(inProject(file, projects), old, macros));
    }
    this.#ids.renew(
      placed,
      new Set(this.#files.keys()),
      difference.macros,
      difference.declared,
      newNames,
      types,
    );
    this.#projects = projects;
    this.#functions = this.#ids.finish(placed);
    this.#files = placed;
    const stamp = ++this.#lastStamp;
    this.#declarationStamp = stamp;
    this.#stamps = new Map([...projects.projects.keys()].map((key) => [key, stamp]));
    this.#program = this.#makeProgram(emptyCaches());
  }

  /** Texts of known files changed: the usual keystroke. */
  #edit(texts: ReadonlyMap<string, string | undefined>): void {
    const before = this.#program;
    const files = new Map(this.#files);
    const fresh: [HostedFile, HostedFile][] = [];
    for (const [path, text = ''] of texts) {
      const old = this.#files.get(path);
      if (old === undefined) continue;
      const read = this.#read(path, text, old, this.#projects);
      fresh.push([old, read]);
      if (
        read.index.hasEntryPoint !== old.index.hasEntryPoint ||
        read.index.includeMode !== old.index.includeMode
      ) {
        this.#relayout(texts);
        return;
      }
    }
    const newNames = fresh.flatMap(([, file]) => this.#names.addFile(file.index));
    const types = new Set(
      fresh.flatMap(([old, file]) => this.#names.replaceTypes(old.structure, file.structure)),
    );
    const macroUsers = changedMacroUsers(fresh, before, this.#shared.atoms);
    if (macroUsers !== undefined) this.#names.findSuspectMacros(fresh.map(([, file]) => file.structure));
    const renewed = declaredNamesChanged(fresh);
    this.#ids.begin(this.#functions);
    for (const [old, file] of fresh)
      files.set(file.path, this.#ids.place(inProject(file, this.#projects), old, macroUsers ?? 'unchanged'));
    const paths = types.size > 0 ? new Set(files.keys()) : affectedPaths(fresh, before);
    this.#ids.renew(files, paths, macroUsers, renewed, newNames, types);
    this.#functions = this.#ids.finish(files);
    this.#files = files;
    // The first look compares uses under the old caches; the snapshot that is handed out has only those that still hold.
    this.#program = this.#makeProgram(before.parts.caches);
    this.#program = this.#makeProgram(this.#keepCaches(fresh, before, newNames.length > 0, types.size > 0));
  }

  #replaceTypes(files: ReadonlyMap<string, HostedFile>): Set<Atom> {
    const changed = new Set<Atom>();
    for (const path of new Set([...this.#files.keys(), ...files.keys()])) {
      const old = this.#files.get(path)?.structure;
      const fresh = files.get(path)?.structure;
      if (old === fresh) continue;
      for (const name of this.#names.replaceTypes(old, fresh)) changed.add(name);
    }
    return changed;
  }

  /** Caches of projects that do not see the files, or see no difference. Stamps of all others go up. */
  #keepCaches(
    fresh: readonly [HostedFile, HostedFile][],
    before: WorkspaceProgram,
    hasNewNames: boolean,
    haveTypesChanged: boolean,
  ): ProjectCaches {
    const { indexes, links, macros, states, linkable } = before.parts.caches;
    const kept: ProjectCaches = {
      indexes: new Map(indexes),
      links: new Map(links),
      macros: new Map(macros),
      states: new Map(states),
      linkable,
    };
    const changed = new Set<string>();
    let isAllChanged = this.#ids.haveOthersMoved() || haveTypesChanged;
    for (const [old, file] of fresh) {
      const haveIdsChanged = this.#ids.haveIdsChanged(file.path);
      const isDeclared = old.index.declarationHash !== file.index.declarationHash || haveIdsChanged;
      const isMacro = old.index.macroHash !== file.index.macroHash;
      const uses = isDeclared || isMacro ? 'changed' : this.#compareUses(old, file);
      const isLinked = uses === 'changed' || stateWords(old) !== stateWords(file);
      // A library's function may be found by anybody who knows no other of its name.
      isAllChanged ||= haveIdsChanged && before.assigned(file.project).kind !== 'driver';
      for (const key of affectedProjects(old.path, before)) {
        if (isDeclared) kept.linkable = undefined;
        if (isDeclared || isMacro) kept.indexes.delete(key);
        if (isMacro) kept.macros.delete(key);
        if (isLinked) kept.states.delete(key);
        // Links name nodes of bodies: where these only moved, everything that is concluded from the links still holds.
        if (isLinked || hasNewNames || uses === 'moved') kept.links.delete(key);
        if (isLinked) changed.add(key);
        // What a driver registers may be a library's.
        if (isLinked) for (const library of indexes.get(key)?.libraries ?? []) changed.add(library);
      }
    }
    if (isAllChanged) {
      kept.linkable = undefined;
      kept.indexes.clear();
      kept.links.clear();
      kept.states.clear();
    }
    const stamps = new Map(this.#stamps);
    const stamp = ++this.#lastStamp;
    if (isAllChanged || hasNewNames || changed.size > 0) this.#declarationStamp = stamp;
    for (const key of isAllChanged ? [...stamps.keys()] : changed) stamps.set(key, stamp);
    this.#stamps = stamps;
    return kept;
  }

  /** Whether functions of the file use other functions as values for something else than before, or may change what devices say. */
  #compareUses(old: HostedFile, file: HostedFile): UseChange {
    let change: UseChange = 'same';
    for (const { id, before } of this.#ids.changedRecords(file.path)) {
      const unit = this.#functions[id];
      if (unit === undefined || before?.uses === undefined) return 'changed';
      const was = old.structure.functions[old.functionIds.indexOf(id)];
      if (was === undefined || mayHoldStates(textOf(old, was)) || mayHoldStates(textOf(file, unit.head)))
        return 'changed';
      const uses = this.#program.usesOf(unit);
      if (spellUses(uses) !== spellUses(before.uses)) return 'changed';
      if (uses.length > 0) change = 'moved';
    }
    return change;
  }

  #read(path: string, text: string, old: HostedFile | undefined, projects: ProjectMap): HostedFile {
    const { atoms, ddi, settings } = this.#shared;
    const project = projects.projects.get(projects.projectsOf(path)[0] ?? '');
    const structure = readStructure(text, atoms, { ...project?.defines, ...settings.defines });
    const index = indexFile(text, structure, atoms, (name) => ddi.entryPoint(name) !== undefined);
    return {
      path,
      text,
      structure,
      index,
      project: old?.project ?? '',
      mode: old?.mode ?? 'unknown',
      functionIds: [],
      records: [],
    };
  }

  #makeProgram(caches: ProjectCaches): WorkspaceProgram {
    return new WorkspaceProgram({
      shared: this.#shared,
      files: this.#files,
      functions: this.#functions,
      projects: this.#projects,
      includes: this.#includes,
      caches,
      stamps: this.#stamps,
      declarationStamp: this.#declarationStamp,
    });
  }
}

/** What became of the places where a file uses functions as values; `moved`: they are for the same, in other nodes. */
type UseChange = 'same' | 'moved' | 'changed';

function spellUses(uses: readonly FunctionUse[]): string {
  return uses.length === 0 ? '' : JSON.stringify(uses.map((use) => ({ ...use, node: 0 })));
}

function textOf(file: HostedFile, { start, end }: TextRange): string {
  return file.text.slice(start, end);
}

function emptyCaches(): ProjectCaches {
  return {
    indexes: new Map(),
    links: new Map(),
    macros: new Map(),
    states: new Map(),
    linkable: undefined,
  };
}

function memberOf(path: string, file: HostedFile | undefined): ProjectMember {
  return {
    path,
    hasEntryPoint: file?.index.hasEntryPoint ?? false,
    mode: file?.index.includeMode ?? 'unknown',
  };
}

/** The file with its own project and mode; the same object where nothing changes. */
function inProject(file: HostedFile, projects: ProjectMap): HostedFile {
  const keys = projects.projectsOf(file.path);
  const project = keys[0] ?? '';
  const mode = modeOfFile(
    keys.flatMap((key) => projects.projects.get(key) ?? []),
    file.index.includeMode,
  );
  return file.project === project && file.mode === mode ? file : { ...file, project, mode };
}

function sameDefines(before: ProjectMap, now: ProjectMap, path: string): boolean {
  const old = before.projects.get(before.projectsOf(path)[0] ?? '')?.defines ?? {};
  const fresh = now.projects.get(now.projectsOf(path)[0] ?? '')?.defines ?? {};
  const keys = Object.keys(old);
  return keys.length === Object.keys(fresh).length && keys.every((key) => old[key] === fresh[key]);
}

/** Files of all projects that see one of the changed files. */
function affectedPaths(
  fresh: readonly [HostedFile, HostedFile][],
  before: WorkspaceProgram,
): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const [old] of fresh) {
    for (const key of affectedProjects(old.path, before))
      for (const path of before.assigned(key).files) paths.add(path);
  }
  return paths;
}
