/**
 * Offsets to lines and back for one text. Lines end with CRLF, LF or a lone CR, as editors count them.
 */

/** A 0-based line and a 0-based column in UTF-16 units. */
export interface LineColumn {
  readonly line: number;
  readonly column: number;
}

/** Where the lines of a text begin. */
export interface LineIndex {
  /** number of lines, at least 1 */
  readonly lineCount: number;
  /** Line and column of an offset; offsets outside the text are clamped to it. */
  positionAt(offset: number): LineColumn;
  /** Offset of a position; a column beyond the line's end is clamped to the text's end. */
  offsetAt(position: LineColumn): number;
  /** Offset of the first character of a line (clamped to the last line). */
  lineStart(line: number): number;
}

const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;

/** Indexes a text; linear in its length. */
export function createLineIndex(text: string): LineIndex {
  const starts = findLineStarts(text);
  const last = starts.length - 1;
  const lineStart = (line: number): number => starts[Math.min(Math.max(line, 0), last)] ?? 0;
  return {
    lineCount: starts.length,
    lineStart,
    positionAt(offset) {
      const at = Math.min(Math.max(offset, 0), text.length);
      const line = findLine(starts, at);
      return { line, column: at - (starts[line] ?? 0) };
    },
    offsetAt: ({ line, column }) => Math.min(lineStart(line) + Math.max(column, 0), text.length),
  };
}

function findLineStarts(text: string): number[] {
  return hasLoneReturn(text) ? findAllStarts(text) : findFeedStarts(text);
}

function hasLoneReturn(text: string): boolean {
  let at = text.indexOf('\r');
  while (at >= 0 && text.charCodeAt(at + 1) === LINE_FEED) at = text.indexOf('\r', at + 1);
  return at >= 0;
}

/** Nearly all texts: searching for one character is what engines do fastest. */
function findFeedStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function findAllStarts(text: string): number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === CARRIAGE_RETURN && text.charCodeAt(i + 1) === LINE_FEED) continue;
    if (code === LINE_FEED || code === CARRIAGE_RETURN) starts.push(i + 1);
  }
  return starts;
}

function findLine(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
