/**
 * Folders of sources on this machine: which files count, how a tree is walked, and how a file becomes text. The walk is a
 * coroutine that asks for folders, so that the command line can list at once and the server between messages.
 */
import { isAscii } from 'node:buffer';
import { readdirSync, readFileSync, statSync, type Dirent } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { normalizePath } from '../base/paths.ts';
import { isProjectPath, isSourcePath } from '../lsp/world.ts';
import { decodeSource } from '../syntax/frontEnd.ts';

const NOT_ENTERED: ReadonlySet<string> = new Set([
  '.git',
  '.svn',
  '.hg',
  '.vs',
  '.vscode',
  'node_modules',
  '$RECYCLE.BIN',
]);
/** Deeper trees are cycles of links. */
const MAX_DEPTH = 60;
/** Larger files are generated data, no source. */
const MAX_BYTES = 64 << 20;

/** A file that counts. */
export interface TreeFile {
  /** normal path (base/paths.ts) */
  readonly path: string;
  /** as it is printed: the folder as the user wrote it, and the rest of the way */
  readonly display: string;
}

/** Something that could not be read. */
export interface Unreadable {
  readonly file: string;
  readonly reason: string;
}

/** What a walk found, in the order of names, files and folders of one folder together. */
export interface Tree {
  readonly files: TreeFile[];
  readonly skipped: Unreadable[];
}

/** Asks for folders by path; answered with their entries, or with why there are none. */
type Walk = Generator<string, void, readonly Dirent[] | Error>;

interface Walking extends Tree {
  readonly isExcluded: (display: string) => boolean;
}

function* walkFolder(tree: Walking, folder: string, display: string, depth: number): Walk {
  if (depth > MAX_DEPTH) return;
  const entries = yield folder;
  if (entries instanceof Error) {
    tree.skipped.push({ file: display, reason: reasonOf(entries) });
    return;
  }
  const prefix = display === '.' ? '' : `${display}/`;
  for (const entry of [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = `${prefix}${entry.name}`;
    if (tree.isExcluded(name)) continue;
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!NOT_ENTERED.has(entry.name)) yield* walkFolder(tree, full, name, depth + 1);
    } else if (entry.isFile() && (isSourcePath(entry.name) || isProjectPath(entry.name))) {
      tree.files.push({ path: normalizePath(full), display: name });
    }
  }
}

/** Lists a folder at once. Throws where the folder itself cannot be read. */
export function listTree(folder: string, display: string, isExcluded: (display: string) => boolean): Tree {
  const tree: Walking = { files: [], skipped: [], isExcluded };
  const walk = walkFolder(tree, folder, display, 0);
  let step = walk.next();
  if (step.done !== true) step = walk.next(readdirSync(folder, { withFileTypes: true }));
  while (step.done !== true) step = walk.next(entriesOf(step.value));
  return tree;
}

function entriesOf(folder: string): readonly Dirent[] | Error {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    return error as Error;
  }
}

/** Lists a folder with a breath after each folder in it; folders that cannot be read are empty. */
export async function listTreeSlowly(folder: string, isCancelled: () => boolean): Promise<Tree> {
  const tree: Walking = { files: [], skipped: [], isExcluded: () => false };
  const walk = walkFolder(tree, folder, folder, 0);
  for (let step = walk.next(); step.done !== true && !isCancelled();) {
    step = walk.next(
      await readdir(step.value, { withFileTypes: true }).catch((error: unknown) => error as Error),
    );
  }
  return tree;
}

/** The text of a file, or why there is none. */
export type SourceText = { readonly text: string } | { readonly reason: string };

/** Reads and decodes a file at once. */
export function readSource(file: string): SourceText {
  try {
    if (statSync(file).size > MAX_BYTES) return { reason: 'larger than 64 MiB' };
    return decode(readFileSync(file));
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

/** Reads and decodes a file. */
export async function readSourceSlowly(file: string): Promise<SourceText> {
  try {
    return decode(await readFile(file));
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

function decode(bytes: Buffer): SourceText {
  // Nearly all sources are plain ASCII, which the host turns into text ten times as fast; a zero byte may mean UTF-16.
  if (isAscii(bytes) && !bytes.includes(0)) return { text: bytes.toString('latin1') };
  const { text, problem } = decodeSource(bytes);
  return problem !== undefined && problem !== '' ? { reason: problem } : { text };
}

/** Why a file system call failed, in a few words. */
export function reasonOf(error: unknown): string {
  const { code } = error as { code?: string };
  if (code === 'ENOENT') return 'it does not exist';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  return error instanceof Error ? error.message : String(error);
}
