/**
 * Finds the place of a JSON pointer in the text it was read from, so that a problem in a settings, facts or scenario file
 * can be shown where it is. It validates nothing: on broken text it gives the last place that it understood.
 */

/** A range of UTF-16 offsets, end exclusive. */
export interface JsonRange {
  readonly start: number;
  readonly end: number;
}

interface Reader {
  readonly text: string;
  at: number;
}

function skipBlank(reader: Reader): void {
  while (/[\s\uFEFF]/.test(reader.text.charAt(reader.at))) reader.at++;
}

function skipString(reader: Reader): string {
  const start = reader.at++;
  while (reader.at < reader.text.length && reader.text[reader.at] !== '"')
    reader.at += reader.text[reader.at] === '\\' ? 2 : 1;
  reader.at = Math.min(reader.at + 1, reader.text.length);
  return reader.text.slice(start, reader.at);
}

/** Skips one value, nested ones without recursion. */
function skipValue(reader: Reader): void {
  let depth = 0;
  do {
    skipBlank(reader);
    const char = reader.text[reader.at];
    if (char === undefined) return;
    if (char === '"') skipString(reader);
    else if (char === '{' || char === '[') {
      depth++;
      reader.at++;
    } else if (char === '}' || char === ']') {
      if (depth === 0) return;
      depth--;
      reader.at++;
    } else if (char === ',' || char === ':') {
      if (depth === 0) return;
      reader.at++;
    } else while (/[^\s,:[\]{}"]/.test(reader.text.charAt(reader.at))) reader.at++;
  } while (depth > 0);
}

function keyOf(quoted: string): string | undefined {
  try {
    return JSON.parse(quoted) as string;
  } catch {
    return undefined;
  }
}

/** Moves to the value of `part` inside the object or array at the reader; false when there is none. */
function enter(reader: Reader, part: string): boolean {
  skipBlank(reader);
  const open = reader.text[reader.at];
  if (open !== '{' && open !== '[') return false;
  reader.at++;
  for (let index = 0; ; index++) {
    skipBlank(reader);
    const char = reader.text[reader.at];
    if (char === undefined || char === '}' || char === ']') return false;
    if (open === '{') {
      if (char !== '"') return false;
      const key = keyOf(skipString(reader));
      skipBlank(reader);
      if (reader.text[reader.at] !== ':') return false;
      reader.at++;
      if (key === part) return true;
    } else if (index === Number(part)) return true;
    const before = reader.at;
    skipValue(reader);
    skipBlank(reader);
    if (reader.text[reader.at] === ',') reader.at++;
    else if (reader.at === before) return false;
  }
}

/**
 * The range of the value that a JSON pointer (`/effects/0/lockArg`, without escapes) names. Where the pointer leads
 * further than the text does, the range of the innermost value that is there; the empty pointer is the whole value.
 */
export function locateJson(text: string, pointer: string): JsonRange {
  const reader: Reader = { text, at: 0 };
  let start = 0;
  for (const part of pointer.split('/').slice(1)) {
    start = reader.at;
    if (!enter(reader, part)) {
      reader.at = start;
      break;
    }
  }
  skipBlank(reader);
  start = reader.at;
  skipValue(reader);
  return { start, end: Math.max(reader.at, Math.min(start + 1, text.length)) };
}

/** The offset that `JSON.parse` names in its message, or undefined; for problems without a pointer. */
export function offsetOfSyntaxError(message: string): number | undefined {
  const found = /at position (\d+)/.exec(message)?.[1];
  return found === undefined ? undefined : Number(found);
}
