/**
 * The files that matter for an open document in a workspace too large to be analysed on the thread that answers: those of the
 * largest folder around it that is still small, and what they include. The whole workspace is the background check's business.
 */
import { fileNameOf, folderOf, isInside } from '../base/paths.ts';
import type { SourceEntry } from './environment.ts';

/** A workspace or folder up to this size is analysed at once: about half a second. */
export const SMALL = { files: 300, bytes: 3_000_000 };
/** Included files taken in at most, and candidates for one name. */
const MAX_INCLUDED = 600;
const MAX_CANDIDATES = 2;

/** Whether these files can be analysed at once. */
export function isSmall(entries: readonly SourceEntry[]): boolean {
  if (entries.length > SMALL.files) return false;
  return entries.reduce((sum, { size }) => sum + size, 0) <= SMALL.bytes;
}

/** The files of the largest small folder around a path; of its own folder where even that is large. */
export function aroundFile(entries: readonly SourceEntry[], path: string): SourceEntry[] {
  let folder = folderOf(path);
  let around = entries.filter((entry) => isInside(entry.path, folder));
  if (!isSmall(around)) return around.filter((entry) => folderOf(entry.path) === folder);
  for (;;) {
    const parent = folderOf(folder);
    if (parent === folder || parent === '') return around;
    const more = entries.filter((entry) => isInside(entry.path, parent));
    if (!isSmall(more)) return around;
    folder = parent;
    around = more;
    if (more.length === entries.length) return around;
  }
}

/** Names of included files as they are written. */
function includesOf(text: string): string[] {
  return [...text.matchAll(/^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\r\n]+)[>"]/gm)].map((match) =>
    (match[1] ?? '').replaceAll('\\', '/'),
  );
}

/** Reads texts of files; a file that cannot be read is missing in the answer. */
export type ReadTexts = (paths: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/** Texts of the files around a path and of all that they include, to any depth. */
export async function readNear(
  entries: readonly SourceEntry[],
  path: string,
  read: ReadTexts,
): Promise<ReadonlyMap<string, string>> {
  const byName = new Map<string, string[]>();
  for (const entry of entries) {
    const name = fileNameOf(entry.path).toLowerCase();
    byName.set(name, [...(byName.get(name) ?? []), entry.path]);
  }
  const texts = new Map(await read(aroundFile(entries, path).map((entry) => entry.path)));
  let fresh = [...texts];
  let nIncluded = 0;
  while (fresh.length > 0 && nIncluded < MAX_INCLUDED) {
    const wanted = new Set<string>();
    for (const [includer, text] of fresh)
      for (const include of includesOf(text))
        for (const found of candidates(byName, includer, include)) if (!texts.has(found)) wanted.add(found);
    nIncluded += wanted.size;
    fresh = [...(await read([...wanted]))];
    for (const [name, text] of fresh) texts.set(name, text);
  }
  return texts;
}

/** Files of that name, those nearest to the includer first. */
function candidates(byName: ReadonlyMap<string, string[]>, includer: string, include: string): string[] {
  const named = byName.get(fileNameOf(include).toLowerCase()) ?? [];
  const tail = include.replace(/^(?:\.\.?\/)+/, '').toLowerCase();
  const fitting = named.filter((path) => path.toLowerCase().endsWith(tail));
  return fitting.toSorted((a, b) => nearness(b, includer) - nearness(a, includer)).slice(0, MAX_CANDIDATES);
}

function nearness(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  let n = 0;
  while (n < left.length && left[n] === right[n]) n++;
  return n;
}
