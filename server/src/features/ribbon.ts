/**
 * The IRQL ribbon: for every line of a file that runs, the class of the highest IRQL it can run at.
 * It knows no colours.
 */
import type { FileUnit } from '../analysis/program.ts';
import type { RibbonRange } from '../protocol/requests.ts';
import { NodeKind } from '../syntax/ir.ts';
import { classOf, wordsOf } from './levelWords.ts';
import { linesOf, pointOf, type Snapshot } from './snapshot.ts';

interface LineClass {
  readonly level: RibbonRange['level'];
  readonly isRange: boolean;
  readonly text: string;
}

/** Line ranges in order; lines outside of functions and unreachable ones are left out. */
export function ribbon(snapshot: Snapshot, file: FileUnit): RibbonRange[] {
  const lines = linesOf(file);
  const byLine = new Map<number, LineClass>();
  const { arch } = snapshot.program.settings;
  for (const id of file.functionIds) {
    const facts = snapshot.analysis.factsOf(id);
    const entry = snapshot.analysis.entryOf(id);
    const ir = facts.unit.ir();
    const { bodyRange } = facts.unit.head;
    const firstLine = lines.positionAt(bodyRange.start).line;
    // Outer statements come first, so that the inner ones paint over them.
    for (const statement of facts.statements) {
      if (ir.kind[statement.node] === NodeKind.Block) continue;
      const point = pointOf(facts, entry, statement);
      if (!point.isReachable) continue;
      const paint = point.isUnknown
        ? { level: 'unknown' as const, isRange: false, text: 'not known' }
        : { ...classOf(point.levels), text: wordsOf(point, arch) };
      const first = lines.positionAt(point.range.start).line;
      const last = lines.positionAt(Math.max(point.range.start, point.range.end - 1)).line;
      for (let line = first; line <= last; line++) byLine.set(line, paint);
    }
    fillGaps(byLine, firstLine, lines.positionAt(bodyRange.end).line);
  }
  return joinLines(byLine);
}

/** Blank lines, comments and braces between two lines of the same level belong to them: a whole bar is calmer. */
function fillGaps(byLine: Map<number, LineClass>, firstLine: number, lastLine: number): void {
  let last: { readonly line: number; readonly paint: LineClass } | undefined;
  for (let line = firstLine; line <= lastLine; line++) {
    const paint = byLine.get(line);
    if (paint === undefined) continue;
    if (last?.paint.text === paint.text)
      for (let gap = last.line + 1; gap < line; gap++) byLine.set(gap, paint);
    last = { line, paint };
  }
}

function joinLines(byLine: ReadonlyMap<number, LineClass>): RibbonRange[] {
  const ranges: { -readonly [K in keyof RibbonRange]: RibbonRange[K] }[] = [];
  for (const [line, paint] of [...byLine].sort((a, b) => a[0] - b[0])) {
    const last = ranges.at(-1);
    if (last?.endLine === line - 1 && last.text === paint.text) last.endLine = line;
    else ranges.push({ startLine: line, endLine: line, ...paint });
  }
  return ranges;
}
