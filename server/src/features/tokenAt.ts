/**
 * The identifier at an offset of a file. It knows no meaning of names.
 */
import type { FileUnit } from '../analysis/program.ts';
import type { AtomTable } from '../syntax/atoms.ts';
import type { TextRange } from '../syntax/fileStructure.ts';

/** An identifier with its place. */
export interface NameAt {
  readonly text: string;
  readonly range: TextRange;
}

/** The identifier that covers or ends at the offset. Comments and strings have none. */
export function nameAt(file: FileUnit, _atoms: AtomTable, offset: number): NameAt | undefined {
  const { tokens } = file.structure;
  let low = 0;
  let high = tokens.count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((tokens.start[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  for (const index of [low, low - 1]) {
    const start = tokens.start[index] ?? -1;
    const end = tokens.end[index] ?? -1;
    if (start < 0 || offset < start || offset > end) continue;
    const text = file.text.slice(start, end);
    if (/^[A-Za-z_$][\w$]*$/.test(text)) return { text, range: { start, end } };
  }
  return undefined;
}
