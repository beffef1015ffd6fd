/**
 * Reads the files that the command line names: folders are walked, texts are decoded, what cannot be read is listed.
 * A PATH that does not exist or cannot be opened is the user's mistake.
 */
import { readdirSync, readFileSync, statSync, type Dirent } from 'node:fs';
import path from 'node:path';
import { normalizePath } from '../base/paths.ts';
import { decodeSource } from '../syntax/frontEnd.ts';
import { UsageError } from './options.ts';

const SOURCE = /\.(?:c|cc|cpp|cxx|h|hh|hpp|hxx|inl|inc|ipp|tpp)$/i;
const PROJECT = /\.(?:vcxproj|props)$/i;
const NOT_ENTERED: ReadonlySet<string> = new Set(['.git', '.svn', '.hg', 'node_modules', '.vs']);
/** Deeper trees are cycles of links. */
const MAX_DEPTH = 60;
/** Larger files are generated data, no source. */
const MAX_BYTES = 64 << 20;

/** One file that was read. */
export interface SourceFile {
  /** absolute, forward slashes */
  readonly path: string;
  /** as it is printed: the operand as the user wrote it, and the rest of the way */
  readonly display: string;
  readonly text: string;
}

/** What was read and what was not. */
export interface Sources {
  readonly files: readonly SourceFile[];
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

interface Walk {
  readonly files: SourceFile[];
  readonly skipped: { file: string; reason: string }[];
  readonly seen: Set<string>;
  readonly isExcluded: (display: string) => boolean;
}

/** Reads all sources and project files below the operands. Throws `UsageError` for an operand that cannot be opened. */
export function readSources(operands: readonly string[], isExcluded: (display: string) => boolean): Sources {
  const walk: Walk = { files: [], skipped: [], seen: new Set(), isExcluded };
  for (const operand of operands) readOperand(walk, operand);
  return walk;
}

function readOperand(walk: Walk, operand: string): void {
  const full = path.resolve(operand);
  const display = operand.replaceAll('\\', '/').replace(/(.)\/+$/, '$1');
  try {
    if (statSync(full).isDirectory()) {
      readFolder(walk, full, display, 0, readdirSync(full, { withFileTypes: true }));
      return;
    }
  } catch (error) {
    throw new UsageError(`cannot read ${operand}: ${reasonOf(error)}`);
  }
  readOne(walk, full, display, true);
}

function readFolder(
  walk: Walk,
  folder: string,
  display: string,
  depth: number,
  entries: readonly Dirent[],
): void {
  if (depth > MAX_DEPTH) return;
  const prefix = display === '.' ? '' : `${display}/`;
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const full = path.join(folder, entry.name);
    const name = `${prefix}${entry.name}`;
    if (walk.isExcluded(name)) continue;
    if (entry.isDirectory()) {
      if (!NOT_ENTERED.has(entry.name)) readFolder(walk, full, name, depth + 1, entriesOf(walk, full, name));
    } else if (entry.isFile() && (SOURCE.test(entry.name) || PROJECT.test(entry.name)))
      readOne(walk, full, name, false);
  }
}

function entriesOf(walk: Walk, folder: string, display: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    walk.skipped.push({ file: display, reason: reasonOf(error) });
    return [];
  }
}

/** A file inside a folder that cannot be read is listed; one that the user named is his mistake. */
function readOne(walk: Walk, full: string, display: string, isNamed: boolean): void {
  const key = normalizePath(full);
  if (walk.seen.has(key)) return;
  walk.seen.add(key);
  try {
    if (statSync(full).size > MAX_BYTES) {
      walk.skipped.push({ file: display, reason: 'larger than 64 MiB' });
      return;
    }
    const { text, problem } = decodeSource(readFileSync(full));
    if (problem !== undefined && problem !== '') walk.skipped.push({ file: display, reason: problem });
    else walk.files.push({ path: key, display, text });
  } catch (error) {
    if (isNamed) throw new UsageError(`cannot read ${display}: ${reasonOf(error)}`);
    walk.skipped.push({ file: display, reason: reasonOf(error) });
  }
}

function reasonOf(error: unknown): string {
  const { code } = error as { code?: string };
  if (code === 'ENOENT') return 'it does not exist';
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  return error instanceof Error ? error.message : String(error);
}
