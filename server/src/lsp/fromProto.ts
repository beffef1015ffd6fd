/**
 * LSP positions to offsets of the snapshot's text. A position beyond a line's end is clamped to that line.
 */
import type { Position, Range } from 'vscode-languageserver';
import type { FileUnit } from '../analysis/program.ts';
import { linesOf } from '../features/snapshot.ts';
import type { TextRange } from '../syntax/fileStructure.ts';

export function fromPosition(file: FileUnit, { line, character }: Position): number {
  const lines = linesOf(file);
  const next = line + 1 < lines.lineCount ? lines.lineStart(line + 1) : file.text.length;
  return Math.min(lines.offsetAt({ line, column: character }), next);
}

export function fromRange(file: FileUnit, range: Range): TextRange {
  return { start: fromPosition(file, range.start), end: fromPosition(file, range.end) };
}
