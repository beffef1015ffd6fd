/**
 * The language server's files on Node: a listing that lets messages in between folders, and texts read a few at a time. What
 * cannot be read is left out.
 */
import { stat } from 'node:fs/promises';
import type { SourceEntry, SourceProvider } from '../lsp/environment.ts';
import { listTreeSlowly, readSourceSlowly } from './sourceTree.ts';

/** Files of this machine. */
export function createServerFiles(): SourceProvider {
  return {
    async list(folders, isCancelled) {
      const entries: SourceEntry[] = [];
      for (const folder of folders) {
        const { files } = await listTreeSlowly(folder, isCancelled);
        for (const { path } of files) entries.push({ path, size: await sizeOf(path) });
      }
      return entries;
    },
    read: (paths) => Promise.all(paths.map(readText)),
  };
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

async function readText(path: string): Promise<string | undefined> {
  const source = await readSourceSlowly(path);
  return 'text' in source ? source.text : undefined;
}
