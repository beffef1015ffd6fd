/**
 * Which files of the workspace count: sources and project files that no pattern leaves out and that are not too large.
 */
import { isInside } from '../base/paths.ts';
import { CONFIG_FILE, FACTS_FILE } from './configuration.ts';
import type { SourceEntry, SourceProvider } from './environment.ts';
import { matchesAny } from './glob.ts';
import { isProjectPath, isSourcePath } from './world.ts';

/** What decides. */
export interface SourceFilter {
  readonly folders: readonly string[];
  /** glob patterns */
  readonly exclude: readonly string[];
  /** characters */
  readonly maxFileSize: number;
}

/** The files below the folders that count. UTF-16 takes two bytes a character, hence twice the size. */
export async function listSources(
  files: SourceProvider,
  { folders, exclude, maxFileSize }: SourceFilter,
  isCancelled: () => boolean,
): Promise<SourceEntry[]> {
  const entries = await files.list(folders, isCancelled);
  return entries.filter(
    ({ path, size }) =>
      (isSourcePath(path) || isProjectPath(path)) &&
      size <= maxFileSize * 2 &&
      !isExcluded(folders, path, exclude),
  );
}

/** Files read at once. */
const BATCH = 32;

/** Reads files, a batch at a time. Undefined where cancelled; files that cannot be read or are too large are left out. */
export async function readSources(
  files: SourceProvider,
  paths: readonly string[],
  maxFileSize: number,
  isCancelled: () => boolean,
  onProgress: (done: number) => void = () => undefined,
): Promise<Map<string, string> | undefined> {
  const texts = new Map<string, string>();
  for (let at = 0; at < paths.length; at += BATCH) {
    if (isCancelled()) return undefined;
    const batch = paths.slice(at, at + BATCH);
    const read = await files.read(batch);
    batch.forEach((path, i) => {
      const text = read[i];
      if (text !== undefined && text.length <= maxFileSize) texts.set(path, text);
    });
    onProgress(at + batch.length);
  }
  return texts;
}

/** Whether a pattern of the user or the team leaves the file out. */
export function isExcluded(folders: readonly string[], path: string, patterns: readonly string[]): boolean {
  if (patterns.length === 0) return false;
  const folder = folders.find((one) => isInside(path, one));
  const relative = folder === undefined ? path : path.slice(folder.length).replace(/^\//, '');
  return matchesAny(relative, patterns);
}

/** Paths of the team's files of all folders. */
export function teamPaths(folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    [CONFIG_FILE, FACTS_FILE].map((file) => `${folder.replace(/\/$/, '')}/${file}`),
  );
}
