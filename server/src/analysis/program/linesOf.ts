/**
 * The line index of a file, made once per file version.
 */
import { createLineIndex, type LineIndex } from '../../base/lineIndex.ts';
import type { FileUnit } from '../program.ts';

const indexes = new WeakMap<FileUnit['structure'], LineIndex>();

/** Lines of a file's text. */
export function linesOf({ structure, text }: FileUnit): LineIndex {
  let lines = indexes.get(structure);
  if (lines === undefined) {
    lines = createLineIndex(text);
    indexes.set(structure, lines);
  }
  return lines;
}
