/**
 * The language server's files on Node: a listing that lets messages in between folders, and texts read a few at a time. What
 * cannot be read is left out; folders that hold no sources by habit are not entered.
 */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { normalizePath } from '../base/paths.ts';
import type { SourceEntry, SourceProvider } from '../lsp/environment.ts';
import { decodeSource } from '../syntax/frontEnd.ts';

const WANTED = /\.(?:c|cc|cpp|cxx|h|hh|hpp|hxx|inl|inc|ipp|tpp|vcxproj|props)$/i;
const SKIPPED = new Set(['.git', '.svn', '.hg', 'node_modules', '.vs', '.vscode', '$RECYCLE.BIN']);
/** A tree deeper than this is a cycle of links. */
const MAX_DEPTH = 40;

/** Files of this machine. */
export function createServerFiles(): SourceProvider {
  return {
    async list(folders, isCancelled) {
      const entries: SourceEntry[] = [];
      for (const folder of folders) await listFolder(folder, 0, entries, isCancelled);
      return entries;
    },
    read: (paths) => Promise.all(paths.map(readText)),
  };
}

async function listFolder(
  folder: string,
  depth: number,
  entries: SourceEntry[],
  isCancelled: () => boolean,
): Promise<void> {
  if (depth > MAX_DEPTH || isCancelled()) return;
  const children = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const child of children) {
    const path = join(folder, child.name);
    if (child.isDirectory()) {
      if (!SKIPPED.has(child.name)) await listFolder(path, depth + 1, entries, isCancelled);
    } else if (child.isFile() && WANTED.test(child.name)) {
      const size = await stat(path).then(
        (found) => found.size,
        () => 0,
      );
      entries.push({ path: normalizePath(path), size });
    }
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    const bytes = await readFile(path);
    return decodeSource(bytes).text;
  } catch {
    return undefined;
  }
}
