/**
 * The whole workspace of the background check, part by part: digests of all files are kept, a part's program only while it is
 * checked. So memory grows with the largest part, and a change checks only the parts that it touches.
 */
import { analyzeProgram } from '../analysis/analyze.ts';
import { definesBeforeReading } from '../analysis/program/projects.ts';
import { createDigester, type FileDigest } from '../analysis/program/fileDigest.ts';
import { createIncludeResolver } from '../analysis/program/includes.ts';
import { createPartHost, cutIntoParts, type Part } from '../analysis/program/partition.ts';
import { projectsAmong, readProjectFile, type ProjectFile } from '../analysis/program/projectFile.ts';
import type { Snapshot } from '../features/snapshot.ts';
import { createAtomTable } from '../syntax/atoms.ts';
import type { SourceProvider } from './environment.ts';
import { loadWorldFacts } from './hostedPrograms.ts';
import { readSources } from './sourceList.ts';
import { isProjectPath, type WorldConfiguration } from './world.ts';

/** What the parts are read with. */
export interface PartsOptions {
  readonly files: SourceProvider;
  readonly world: WorldConfiguration;
  /** characters */
  readonly maxFileSize: number;
}

/** Parts of one workspace. */
export interface BackgroundParts {
  /** Reads files that are new, changed or gone. */
  readonly take: (paths: readonly string[], onProgress: (done: number) => void) => Promise<void>;
  /** Parts that were never checked as they are now. */
  readonly stale: () => readonly Part[];
  /** Reads and analyses a part; it counts as checked then. */
  readonly open: (part: Part) => Promise<Snapshot>;
  /** all source files */
  readonly paths: () => ReadonlySet<string>;
}

/** Files read at once. */
const BATCH = 32;

/** An empty workspace. */
export function createBackgroundParts({ files, world, maxFileSize }: PartsOptions): BackgroundParts {
  const settings = world.analysis;
  const ddi = loadWorldFacts(world);
  const digests = new Map<string, FileDigest>();
  const projectFiles = new Map<string, ProjectFile>();
  const checked = new Set<string>();
  let parts: readonly Part[] = [];
  let includes = createIncludeResolver([]);
  const read = async (paths: readonly string[]): Promise<ReadonlyMap<string, string>> =>
    (await readSources(files, paths, maxFileSize, () => false)) ?? new Map();
  const takeProjects = async (paths: readonly string[]): Promise<void> => {
    const texts = await read(paths);
    for (const path of paths) {
      const text = texts.get(path);
      if (text === undefined) projectFiles.delete(path);
      else projectFiles.set(path, readProjectFile(path, text));
    }
  };
  const takeSources = async (paths: readonly string[], onProgress: (done: number) => void): Promise<void> => {
    const digest = createDigester({ settings, ddi, atoms: createAtomTable() });
    const all = [...new Set([...digests.keys(), ...paths])];
    const definesOf = definesBeforeReading(all, projectsAmong(projectFiles));
    for (let at = 0; at < paths.length; at += BATCH) {
      const batch = paths.slice(at, at + BATCH);
      const texts = await read(batch);
      for (const path of batch) {
        const text = texts.get(path);
        if (text === undefined) digests.delete(path);
        else digests.set(path, digest(path, text, definesOf(path)));
      }
      onProgress(at + batch.length);
    }
  };
  return {
    async take(paths, onProgress) {
      const changed = new Set(paths);
      await takeProjects(paths.filter(isProjectPath));
      await takeSources(
        paths.filter((path) => !isProjectPath(path)),
        onProgress,
      );
      for (const part of parts) if (part.files.some((path) => changed.has(path))) checked.delete(keyOf(part));
      const inOrder = [...digests.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
      parts = cutIntoParts(inOrder, projectsAmong(projectFiles));
      includes = createIncludeResolver(digests.keys());
      const present = new Set(parts.map(keyOf));
      for (const key of checked) if (!present.has(key)) checked.delete(key);
    },
    stale: () => parts.filter((part) => !checked.has(keyOf(part))),
    async open(part) {
      const texts = await read(part.files);
      const host = createPartHost(part, includes, { settings, ddi });
      const program = host.update([...texts].map(([path, text]) => ({ path, text })));
      checked.add(keyOf(part));
      return { program, analysis: analyzeProgram(program) };
    },
    paths: () => new Set(digests.keys()),
  };
}

/** Two parts with the same key are analysed alike, but for the texts of their files. */
function keyOf({ files, owners, projects, ambiguous }: Part): string {
  return JSON.stringify([files, owners, projects, ambiguous]);
}
