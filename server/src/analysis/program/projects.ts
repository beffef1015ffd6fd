/**
 * Which driver a file belongs to. A .vcxproj owns the files it lists and its folder; without one, a folder with a driver's
 * entry point does, subfolders included. A file may be in several projects; one of them is its own.
 * It reads no files and resolves no names.
 */
import { extensionOf, folderOf } from '../../base/paths.ts';
import type { FileMode, ProjectInfo } from '../program.ts';
import { isListed, type ProjectFile } from './projectFile.ts';

/** What the assignment asks of a source file. */
export interface ProjectMember {
  readonly path: string;
  readonly hasEntryPoint: boolean;
  /** what its own includes say */
  readonly mode: FileMode;
}

/** The projects of one snapshot. */
export interface ProjectMap {
  readonly projects: ReadonlyMap<string, AssignedProject>;
  /** the keys of all projects that the file is in, its own first; never empty for a file of the snapshot */
  projectsOf(path: string): readonly string[];
}

/** A project with what only the program model needs to know of it. */
export interface AssignedProject extends ProjectInfo {
  readonly includeFolders: readonly string[];
  readonly defines: Readonly<Record<string, string>>;
  readonly traceFunctions: readonly string[];
  /** the project file itself says the mode; otherwise it is concluded from includes */
  readonly isModeStated: boolean;
}

const NO_PROJECT: readonly string[] = [''];

/** Whether the file is included rather than compiled. */
export function isHeader(path: string): boolean {
  return /^(?:h|hh|hpp|hxx|inl|inc|ipp|tpp|tmh)$/.test(extensionOf(path));
}

/** Assigns every file to its projects. Linear in files and listed items. */
export function assignProjects(
  members: readonly ProjectMember[],
  projectFiles: readonly ProjectFile[],
): ProjectMap {
  const listed = listedProjects(members, projectFiles);
  const byFolder = groupBy(projectFiles, ({ path }) => folderOf(path));
  const entryFolders = new Set(
    members.filter(({ hasEntryPoint }) => hasEntryPoint).map(({ path }) => folderOf(path)),
  );
  const siblings = projectsBySourceFolder(listed);
  const isUserFolder = userFolders(members);
  const owners = new Map<string, readonly string[]>();
  for (const { path } of members) {
    const own = listed.get(path);
    owners.set(path, own ?? ownersByFolder(path, { byFolder, entryFolders, siblings, isUserFolder }));
  }
  return {
    projects: describeProjects(members, projectFiles, owners),
    projectsOf: (path) => owners.get(path) ?? NO_PROJECT,
  };
}

/** The defines of each file's own project, as far as they are known before any file was read. */
export function definesBeforeReading(
  paths: readonly string[],
  projectFiles: readonly ProjectFile[],
): (path: string) => Readonly<Record<string, string>> {
  const members = paths.map((path) => ({ path, hasEntryPoint: false, mode: 'unknown' as const }));
  const map = assignProjects(members, projectFiles);
  return (path) => map.projects.get(map.projectsOf(path)[0] ?? '')?.defines ?? {};
}

/** Projects that name the file, kernel projects first, then the nearest. */
function listedProjects(
  members: readonly ProjectMember[],
  projectFiles: readonly ProjectFile[],
): Map<string, readonly string[]> {
  const known = new Set(members.map(({ path }) => path));
  const byKey = new Map(members.map(({ path }) => [path.toLowerCase(), path]));
  const listed = new Map<string, ProjectFile[]>();
  const inFolder = groupBy(known, folderOf);
  const pathsFor = (item: string): Iterable<string> =>
    item.includes('/**/') ? known : (inFolder.get(folderOf(item)) ?? []);
  const add = (path: string | undefined, project: ProjectFile): void => {
    if (path === undefined) return;
    const projects = listed.get(path);
    if (projects === undefined) listed.set(path, [project]);
    else if (!projects.includes(project)) projects.push(project);
  };
  for (const project of projectFiles) {
    const items = [...project.sources, ...project.headers];
    for (const item of items) add(known.has(item) ? item : byKey.get(item.toLowerCase()), project);
    for (const item of items) {
      if (item.includes('*'))
        for (const path of pathsFor(item)) if (isListed([item], path)) add(path, project);
    }
  }
  const sorted = new Map<string, readonly string[]>();
  for (const [path, projects] of listed) {
    sorted.set(
      path,
      projects.toSorted((a, b) => compareOwners(a, b, path)).map((project) => project.path),
    );
  }
  return sorted;
}

function compareOwners(a: ProjectFile, b: ProjectFile, path: string): number {
  const byMode = Number(a.mode === 'user') - Number(b.mode === 'user');
  const byDistance = commonLength(b.path, path) - commonLength(a.path, path);
  const byKind = Number(a.kind === 'program') - Number(b.kind === 'program');
  return byMode || byDistance || byKind || (a.path < b.path ? -1 : 1);
}

/** Number of folders that two normal paths share from the root. */
export function commonLength(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  let n = 0;
  while (n < left.length && left[n] === right[n]) n++;
  return n;
}

function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

/** For folders away from their .vcxproj (src/ beside build/): the projects that compile something there. */
function projectsBySourceFolder(
  listed: ReadonlyMap<string, readonly string[]>,
): Map<string, readonly string[]> {
  const counts = new Map<string, Map<string, number>>();
  for (const [path, projects] of listed) {
    if (isHeader(path)) continue;
    const folder = folderOf(path);
    const count = counts.get(folder) ?? new Map<string, number>();
    counts.set(folder, count);
    for (const project of projects) count.set(project, (count.get(project) ?? 0) + 1);
  }
  return new Map(
    [...counts].map(([folder, count]) => [
      folder,
      [...count].sort((a, b) => b[1] - a[1]).map(([key]) => key),
    ]),
  );
}

interface FolderOwners {
  readonly byFolder: ReadonlyMap<string, readonly ProjectFile[]>;
  readonly entryFolders: ReadonlySet<string>;
  readonly siblings: ReadonlyMap<string, readonly string[]>;
  readonly isUserFolder: (folder: string) => boolean;
}

/** The nearest folder above that says whom its files belong to. A folder of programs below a driver's is none of the driver's. */
function ownersByFolder(path: string, owners: FolderOwners): readonly string[] {
  const start = folderOf(path);
  let program: string | undefined;
  for (let folder = start; ; folder = folderOf(folder)) {
    const projects = owners.byFolder.get(folder);
    if (projects !== undefined)
      return projects.toSorted((a, b) => compareOwners(a, b, path)).map((project) => project.path);
    const compiled = owners.siblings.get(folder);
    if (compiled !== undefined) return compiled;
    if (owners.entryFolders.has(folder)) return [program ?? folder];
    if (folder === '' || folder === folderOf(folder)) return [start];
    if (owners.isUserFolder(folder)) program = folder;
  }
}

/** Folders whose own files include user-mode headers and none of the kernel's. */
function userFolders(members: readonly ProjectMember[]): (folder: string) => boolean {
  const modes = new Map<string, FileMode>();
  for (const { path, mode } of members) {
    const folder = folderOf(path);
    if (mode !== 'unknown' && modes.get(folder) !== 'kernel') modes.set(folder, mode);
  }
  return (folder) => modes.get(folder) === 'user';
}

function describeProjects(
  members: readonly ProjectMember[],
  projectFiles: readonly ProjectFile[],
  owners: ReadonlyMap<string, readonly string[]>,
): Map<string, AssignedProject> {
  const filesOf = new Map<string, ProjectMember[]>();
  for (const member of members) {
    for (const key of owners.get(member.path) ?? NO_PROJECT) {
      const files = filesOf.get(key);
      if (files === undefined) filesOf.set(key, [member]);
      else files.push(member);
    }
  }
  const byPath = new Map(projectFiles.map((project) => [project.path, project]));
  const projects = new Map<string, AssignedProject>();
  for (const [key, files] of filesOf) {
    const project = byPath.get(key);
    const known = project?.mode ?? 'unknown';
    const hasEntryPoint = files.some((file) => file.hasEntryPoint);
    projects.set(key, {
      key,
      kind:
        project === undefined || project.kind === 'folder'
          ? hasEntryPoint
            ? 'driver'
            : 'folder'
          : project.kind,
      mode: known === 'unknown' ? modeByIncludes(files) : known,
      files: files.map(({ path }) => path),
      includeFolders: project?.includeFolders ?? [],
      defines: project?.defines ?? {},
      traceFunctions: project?.traceFunctions ?? [],
      isModeStated: known !== 'unknown',
    });
  }
  return projects;
}

/** Kernel headers outweigh: a driver's folder may hold a test program, a program's folder never holds a driver. */
function modeByIncludes(files: readonly ProjectMember[]): FileMode {
  if (files.some(({ mode }) => mode === 'kernel')) return 'kernel';
  return files.some(({ mode }) => mode === 'user') ? 'user' : 'unknown';
}

/** Where a file's code runs: project files are believed first, then the file's own includes, then those of its neighbours. Kernel code that is also built for tests in user mode is kernel code. */
export function modeOfFile(projects: readonly AssignedProject[], byIncludes: FileMode): FileMode {
  const stated = projects.filter(({ isModeStated }) => isModeStated).map(({ mode }) => mode);
  const known = stated.length > 0 ? stated : [byIncludes].filter((mode) => mode !== 'unknown');
  const modes = known.length > 0 ? known : projects.map(({ mode }) => mode);
  if (modes.includes('kernel')) return 'kernel';
  return modes.includes('user') ? 'user' : 'unknown';
}
