/**
 * Counts what was read and what was not: nothing may be lost silently.
 */
import { createLineIndex } from '../base/lineIndex.ts';
import type { FileUnit, Program } from '../analysis/program.ts';
import { NodeKind, type BodyIr } from '../syntax/ir.ts';

/** A place that could not be read, 1-based line. */
export interface SourceGap {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

/** How much source the program holds. */
export interface SourceCounts {
  readonly files: number;
  readonly functions: number;
  /** bodies that could not be delimited or parsed at all */
  readonly functionsSkipped: readonly SourceGap[];
  /** places inside bodies where the parser resynchronised */
  readonly recoveries: readonly SourceGap[];
  readonly statements: number;
}

/** Counts the files that were asked for; `display` turns a program path into the printed one. */
export function countSource(
  program: Program,
  isAskedFor: (path: string) => boolean,
  display: (path: string) => string,
): SourceCounts {
  let files = 0;
  let functions = 0;
  let statements = 0;
  const functionsSkipped: SourceGap[] = [];
  const recoveries: SourceGap[] = [];
  for (const file of program.files.values()) {
    if (!isAskedFor(file.path)) continue;
    files++;
    functions += file.functionIds.length;
    const toGap = createGapMaker(file, display(file.path));
    functionsSkipped.push(...file.structure.skipped.map(({ offset, reason }) => toGap(offset, reason)));
    for (const id of file.functionIds) {
      const ir = program.functions[id]?.ir();
      if (ir === undefined) continue;
      statements += countStatements(ir);
      const gaps = ir.recoveries.map(({ offset, reason }) => toGap(offset, reason));
      if (ir.isParsed) recoveries.push(...gaps);
      else functionsSkipped.push(...gaps);
    }
  }
  return { files, functions, functionsSkipped, recoveries, statements };
}

function createGapMaker(file: FileUnit, display: string): (offset: number, reason: string) => SourceGap {
  let lines: ReturnType<typeof createLineIndex> | undefined;
  return (offset, reason) => {
    lines ??= createLineIndex(file.text);
    return { file: display, line: lines.positionAt(offset).line + 1, reason };
  };
}

/** Statements are the nodes before Name, less blocks and markers. */
function countStatements(ir: BodyIr): number {
  let count = 0;
  for (let node = 0; node < ir.nodeCount; node++) {
    const kind = ir.kind[node] ?? 0;
    if (kind < NodeKind.Name && kind !== NodeKind.Block && kind !== NodeKind.Empty) count++;
  }
  return count;
}
