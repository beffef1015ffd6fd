/**
 * 1-based lines and columns (UTF-16 units, ends exclusive) for the CLI's output, with one line index per file.
 */
import { createLineIndex, type LineIndex } from '../../base/lineIndex.ts';
import type { Program } from '../../analysis/program.ts';
import type { TextRange } from '../../syntax/fileStructure.ts';

/** A place as the CLI prints it. */
export interface Place {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Turns ranges of the program's files into places. */
export type Placer = (file: string, range: TextRange) => Place;

/** A placer that indexes each file once. */
export function createPlacer(program: Program): Placer {
  const indexes = new Map<string, LineIndex>();
  return (file, range) => {
    let index = indexes.get(file);
    if (index === undefined) {
      index = createLineIndex(program.files.get(file)?.text ?? '');
      indexes.set(file, index);
    }
    const start = index.positionAt(range.start);
    const end = index.positionAt(range.end);
    return {
      line: start.line + 1,
      column: start.column + 1,
      endLine: end.line + 1,
      endColumn: end.column + 1,
    };
  };
}
