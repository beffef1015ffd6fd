/**
 * Cuts a workspace into parts that know nothing of each other: drivers with the libraries and headers that they share. Each part
 * can be analysed by itself, on any thread, and be let go again, with the same answers as the whole would give.
 */
import type { FileDigest } from './fileDigest.ts';
import { hashName } from './fileDigest.ts';
import { createIncludeResolver, type IncludeResolver } from './includes.ts';
import type { ProjectFile } from './projectFile.ts';
import { includedOutside } from './projectIndex.ts';
import { createWorkspaceHost, type WorkspaceHost, type WorkspaceHostOptions } from './workspaceHost.ts';
import { assignProjects, modeOfFile, type AssignedProject, type ProjectMap } from './projects.ts';

/** An independent part. Plain data: it crosses threads. */
export interface Part {
  /** in the order of the digests */
  readonly files: readonly string[];
  /** the project keys of each file, in the same order */
  readonly owners: readonly (readonly string[])[];
  readonly projects: readonly AssignedProject[];
  /** names that functions of several libraries or plain folders have, here or elsewhere: nobody knows which is linked */
  readonly ambiguous: readonly string[];
  /** characters of all texts */
  readonly size: number;
}

/** The parts, in the order of their first files. Linear in files, includes and names. */
export function cutIntoParts(
  digests: readonly FileDigest[],
  projectFiles: readonly ProjectFile[],
): readonly Part[] {
  const map = assignProjects(digests, projectFiles);
  const joined = new Joined();
  const byPath = new Map(digests.map((digest) => [digest.path, digest]));
  joinSharedFiles(joined, digests, map);
  joinIncludes(joined, map, byPath, createIncludeResolver(byPath.keys()));
  const linkable = linkableNames(digests, map);
  joinLinked(joined, digests, map, linkable);
  return collect(joined, digests, map, linkable);
}

function projectsOfPart({ files, owners, projects }: Part): ProjectMap {
  const known = new Map(files.map((path, i) => [path, owners[i] ?? []]));
  return {
    projects: new Map(projects.map((project) => [project.key, project])),
    projectsOf: (path) => known.get(path) ?? [''],
  };
}

/** An empty host for one part. `includes` is that of the whole workspace. */
export function createPartHost(
  part: Part,
  includes: IncludeResolver,
  options: Pick<WorkspaceHostOptions, 'settings' | 'ddi'>,
): WorkspaceHost {
  return createWorkspaceHost({
    ...options,
    layout: { projects: projectsOfPart(part), includes, ambiguous: part.ambiguous },
  });
}

/** Disjoint sets of project keys. */
class Joined {
  readonly #parents = new Map<string, string>();

  find(key: string): string {
    let root = key;
    for (let up = this.#parents.get(root); up !== undefined; up = this.#parents.get(root)) root = up;
    if (root !== key) this.#parents.set(key, root);
    return root;
  }

  join(a: string, b: string): void {
    const left = this.find(a);
    const right = this.find(b);
    if (left !== right) this.#parents.set(right, left);
  }
}

function joinSharedFiles(joined: Joined, digests: readonly FileDigest[], map: ProjectMap): void {
  for (const { path } of digests) {
    const [own = '', ...others] = map.projectsOf(path);
    for (const key of others) joined.join(own, key);
  }
}

function joinIncludes(
  joined: Joined,
  map: ProjectMap,
  byPath: ReadonlyMap<string, FileDigest>,
  includes: IncludeResolver,
): void {
  for (const project of map.projects.values()) {
    const headers = includedOutside(project, {
      includesOf: (path) => byPath.get(path)?.includes ?? [],
      resolveInclude: (from, include) => includes.resolve(from, include, project.includeFolders),
    });
    for (const header of headers) for (const owner of map.projectsOf(header)) joined.join(project.key, owner);
  }
}

/** A name that no file of the project explains may be the only function of that name in a library or plain folder. */
function joinLinked(
  joined: Joined,
  digests: readonly FileDigest[],
  map: ProjectMap,
  linkable: ReadonlyMap<string, Linkable>,
): void {
  const unique = uniqueNames(linkable);
  const sharedBy = new Map<string, Set<number>>();
  for (const { path, shared } of digests) {
    for (const key of map.projectsOf(path)) {
      const names = sharedBy.get(key) ?? new Set();
      sharedBy.set(key, names);
      for (const name of shared) names.add(name);
    }
  }
  for (const { path, mentioned, defined } of digests) {
    const keys = map.projectsOf(path);
    if (keys.every((key) => map.projects.get(key)?.mode === 'user')) continue;
    for (const name of mentioned) {
      const owners = unique.get(name);
      if (owners === undefined || defined.includes(name)) continue;
      if (keys.some((key) => sharedBy.get(key)?.has(name) === true)) continue;
      for (const owner of owners) joined.join(keys[0] ?? '', owner);
    }
  }
}

/** How often functions of that name stand in libraries and plain folders, and the project of one of them. */
interface Linkable {
  readonly project: string;
  count: number;
}

function linkableNames(digests: readonly FileDigest[], map: ProjectMap): ReadonlyMap<string, Linkable> {
  const linkable = new Map<string, Linkable>();
  for (const { path, exported, mode } of digests) {
    const keys = map.projectsOf(path);
    const projects = keys.flatMap((key) => map.projects.get(key) ?? []);
    const [own] = projects;
    if (own === undefined || (own.kind !== 'library' && own.kind !== 'folder')) continue;
    if (modeOfFile(projects, mode) === 'user') continue;
    for (const name of exported) {
      const known = linkable.get(name);
      if (known === undefined) linkable.set(name, { project: own.key, count: 1 });
      else known.count++;
    }
  }
  return linkable;
}

/** Hash of each name that only one such function has -> the projects that have one. */
function uniqueNames(linkable: ReadonlyMap<string, Linkable>): ReadonlyMap<number, readonly string[]> {
  const unique = new Map<number, string[]>();
  for (const [name, { project, count }] of linkable) {
    if (count > 1) continue;
    const hash = hashName(name);
    unique.set(hash, [...(unique.get(hash) ?? []), project]);
  }
  return unique;
}

interface GrowingPart {
  readonly files: string[];
  readonly owners: (readonly string[])[];
  readonly projects: AssignedProject[];
  readonly ambiguous: Set<string>;
  size: number;
}

function collect(
  joined: Joined,
  digests: readonly FileDigest[],
  map: ProjectMap,
  linkable: ReadonlyMap<string, Linkable>,
): readonly Part[] {
  const parts = new Map<string, GrowingPart>();
  for (const { path, size, exported } of digests) {
    const owners = map.projectsOf(path);
    const root = joined.find(owners[0] ?? '');
    const part = parts.get(root) ?? { files: [], owners: [], projects: [], ambiguous: new Set(), size: 0 };
    parts.set(root, part);
    part.files.push(path);
    part.owners.push(owners);
    for (const name of exported) if ((linkable.get(name)?.count ?? 0) > 1) part.ambiguous.add(name);
    part.size += size;
  }
  for (const project of map.projects.values()) parts.get(joined.find(project.key))?.projects.push(project);
  return [...parts.values()].map((part) => ({ ...part, ambiguous: [...part.ambiguous] }));
}
