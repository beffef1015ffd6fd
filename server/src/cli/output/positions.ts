/**
 * 1-based lines and columns (UTF-16 units, ends exclusive) for the CLI's output, with one line index per file.
 */
import { createLineIndex, type LineIndex } from '../../base/lineIndex.ts';
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

/** The text of a file. */
export type TextOf = (file: string) => string;

/** A placer that indexes each file once. */
export function createPlacer(textOf: TextOf): Placer {
  const indexes = new Map<string, LineIndex>();
  return (file, range) => {
    let index = indexes.get(file);
    if (index === undefined) {
      index = createLineIndex(textOf(file));
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
