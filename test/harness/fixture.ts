/**
 * The fixture language: several files in one string. `//- /driver.c` begins a file; `$0` is the cursor (removed from the
 * text); a comment of carets below a line, `// ^^^ message`, marks a range of that line and stays in the text.
 * Text before the first `//-` belongs to `/driver.c`.
 */

/** A place in a fixture: UTF-16 offset into the file's text. */
export interface FixtureCursor {
  readonly path: string;
  readonly offset: number;
}

/** A range marked by carets, with the words behind them. */
export interface FixtureCaret {
  readonly path: string;
  /** offsets of the marked range, end exclusive */
  readonly start: number;
  readonly end: number;
  /** 0-based line of the marked code */
  readonly line: number;
  readonly message: string;
}

/** A fixture taken apart. */
export interface Fixture {
  readonly files: ReadonlyMap<string, string>;
  readonly cursor?: FixtureCursor;
  readonly carets: readonly FixtureCaret[];
}

/** Takes a fixture apart. Throws for two cursors or a file given twice: that is a mistake in the test. */
export function parseFixture(text: string): Fixture {
  const files = new Map<string, string>();
  const carets: FixtureCaret[] = [];
  let cursor: FixtureCursor | undefined;
  for (const [path, marked] of splitFiles(text)) {
    if (files.has(path)) throw new Error(`fixture names ${path} twice`);
    const offset = marked.indexOf('$0');
    const clean = offset < 0 ? marked : marked.slice(0, offset) + marked.slice(offset + 2);
    if (offset >= 0) {
      if (cursor !== undefined || clean.includes('$0')) throw new Error('fixture has two cursors');
      cursor = { path, offset };
    }
    files.set(path, clean);
    carets.push(...readCarets(path, clean));
  }
  return cursor === undefined ? { files, carets } : { files, cursor, carets };
}

/** The only file of a fixture that has one. */
export function onlyFile(fixture: Fixture): { path: string; text: string } {
  const [first, ...others] = [...fixture.files];
  if (first === undefined || others.length > 0) throw new Error('fixture should have exactly one file');
  return { path: first[0], text: first[1] };
}

function splitFiles(text: string): [path: string, text: string][] {
  const header = /^\/\/- (\S+)[ \t]*\r?\n/gm;
  const headers = [...text.matchAll(header)];
  const files: [string, string][] = [];
  const before = text.slice(0, headers[0]?.index ?? text.length);
  if (headers.length === 0 || before.trim() !== '') files.push(['/driver.c', before]);
  headers.forEach((match, i) => {
    const end = headers[i + 1]?.index ?? text.length;
    files.push([match[1] ?? '', text.slice(match.index + match[0].length, end)]);
  });
  return files;
}

/** Caret comments refer to the nearest line above that is no caret comment itself. */
function readCarets(path: string, text: string): FixtureCaret[] {
  const carets: FixtureCaret[] = [];
  let lineStart = 0;
  let line = -1;
  let code = { start: 0, line: 0 };
  for (const content of text.split('\n')) {
    line++;
    const match = /^(\s*\/\/\s*)(\^+)[ \t]*(.*?)\r?$/.exec(content);
    if (match === null) code = { start: lineStart, line };
    else {
      const column = (match[1] ?? '').length;
      const start = code.start + column;
      const message = match[3] ?? '';
      carets.push({ path, start, end: start + (match[2] ?? '').length, line: code.line, message });
    }
    lineStart += content.length + 1;
  }
  return carets;
}
