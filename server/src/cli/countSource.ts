/**
 * Counts what was read of a file and what was not: nothing may be lost silently.
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

/** How much source a file holds. */
export interface SourceCounts {
  readonly functions: number;
  /** bodies that could not be delimited or parsed at all */
  readonly functionsSkipped: readonly SourceGap[];
  /** places inside bodies where the parser resynchronised */
  readonly recoveries: readonly SourceGap[];
  readonly statements: number;
}

/** Counts one file. Parses bodies that were not parsed yet. */
export function countFile(program: Program, file: FileUnit): SourceCounts {
  const toGap = createGapMaker(file);
  const functionsSkipped = file.structure.skipped.map(({ offset, reason }) => toGap(offset, reason));
  const recoveries: SourceGap[] = [];
  let statements = 0;
  for (const id of file.functionIds) {
    const ir = program.functions[id]?.ir();
    if (ir === undefined) continue;
    statements += countStatements(ir);
    const gaps = ir.recoveries.map(({ offset, reason }) => toGap(offset, reason));
    (ir.isParsed ? recoveries : functionsSkipped).push(...gaps);
  }
  return { functions: file.functionIds.length, functionsSkipped, recoveries, statements };
}

function createGapMaker(file: FileUnit): (offset: number, reason: string) => SourceGap {
  let lines: ReturnType<typeof createLineIndex> | undefined;
  return (offset, reason) => {
    lines ??= createLineIndex(file.text);
    return { file: file.path, line: lines.positionAt(offset).line + 1, reason };
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
