/**
 * Finds and reads the files that the command line names; what cannot be read is listed. A PATH that does not exist or cannot be
 * opened is the user's mistake.
 */
import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { normalizePath } from '../base/paths.ts';
import { listTree, readSource, reasonOf, type TreeFile, type Unreadable } from '../node/sourceTree.ts';
import { UsageError } from './options.ts';

/** One file that was read. */
export interface SourceFile extends TreeFile {
  readonly text: string;
}

/** What was read and what was not. */
export interface Sources {
  readonly files: readonly SourceFile[];
  readonly skipped: readonly Unreadable[];
}

/** What the operands name: files to read, and folders that could not be listed. */
export interface SourceList {
  readonly files: readonly TreeFile[];
  readonly skipped: readonly Unreadable[];
}

/** Lists all sources and project files below the operands, each once. Throws `UsageError` for an operand that cannot be opened. */
export function listSources(
  operands: readonly string[],
  isExcluded: (display: string) => boolean,
): SourceList {
  const files = new Map<string, TreeFile>();
  const skipped: Unreadable[] = [];
  for (const operand of operands) {
    const found = listOperand(operand, isExcluded);
    skipped.push(...found.skipped);
    for (const file of found.files) if (!files.has(file.path)) files.set(file.path, file);
  }
  return { files: [...files.values()], skipped };
}

function listOperand(operand: string, isExcluded: (display: string) => boolean): SourceList {
  const full = path.resolve(operand);
  const display = operand.replaceAll('\\', '/').replace(/(.)\/+$/, '$1');
  try {
    if (statSync(full).isDirectory()) return listTree(full, display, isExcluded);
    accessSync(full, constants.R_OK);
  } catch (error) {
    throw new UsageError(`cannot read ${operand}: ${reasonOf(error)}`);
  }
  return { files: [{ path: normalizePath(full), display }], skipped: [] };
}

/** Lists and reads. Throws `UsageError` for an operand that cannot be opened. */
export function readSources(operands: readonly string[], isExcluded: (display: string) => boolean): Sources {
  const listed = listSources(operands, isExcluded);
  const files: SourceFile[] = [];
  const skipped = [...listed.skipped];
  for (const file of listed.files) {
    const source = readSource(file.path);
    if ('text' in source) files.push({ ...file, text: source.text });
    else skipped.push({ file: file.display, reason: source.reason });
  }
  return { files, skipped };
}
