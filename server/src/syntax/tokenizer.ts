/**
 * Text to tokens, in one pass over the code units. Comments, white space and line continuations vanish;
 * each preprocessor line becomes one Directive token, and its own tokens go to a second table.
 * Nothing here throws: an unterminated literal ends with its line, an unknown character is a punctuation token.
 */
import type { AtomTable } from './atoms.ts';
import { CharClass, classOf, isWordPart } from './characters.ts';
import { directiveKindOf, type Directive } from './directives.ts';
import type { SuppressionComment, TokenTable } from './fileStructure.ts';
import { scanPunctuation } from './punctuation.ts';
import { TokenBuffer, TokenKind } from './tokenTable.ts';
import { word } from './vocabulary.ts';

/** What one pass over the text gives. */
export interface TokenizedText {
  readonly tokens: TokenTable;
  /** the tokens of all preprocessor lines, without `#` and the directive's name */
  readonly directiveTokens: TokenTable;
  readonly directives: readonly Directive[];
  readonly suppressions: readonly SuppressionComment[];
}

/** The word that a suppressing comment holds. */
const suppressionMarker = 'irql-lens-ignore';
/** Longer literals are not interned by spelling: nobody reads them, and a resource table in a header would fill the atoms. */
const longestInternedLiteral = 512;

const NEW_LINE = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;
const HASH = 35;
const APOSTROPHE = 39;
const STAR = 42;
const SLASH = 47;
const BACKSLASH = 92;

/** One scan's state; `codes` ends with two zeros so that looking ahead needs no bounds check. */
interface Scanner {
  codes: Uint16Array;
  at: number;
  length: number;
  atoms: AtomTable;
  /** true while no token stands before `at` on its line */
  isLineStart: boolean;
  /** a new line ends the scan: we are inside a preprocessor line */
  isDirective: boolean;
  comments: { start: number; end: number }[] | undefined;
}

const codeBuffer = new TokenBuffer();
const directiveBuffer = new TokenBuffer();
let sharedCodes = new Uint16Array(1 << 18);

function codesOf(text: string): Uint16Array {
  const length = text.length;
  if (sharedCodes.length < length + 2)
    sharedCodes = new Uint16Array(Math.max(length + 2, sharedCodes.length * 2));
  const codes = sharedCodes;
  for (let i = 0; i < length; i++) codes[i] = text.charCodeAt(i);
  codes[length] = 0;
  codes[length + 1] = 0;
  return codes;
}

/** Splits `text` into tokens; never fails. Linear in the text's length. */
export function tokenize(text: string, atoms: AtomTable): TokenizedText {
  const hasMarker = text.includes(suppressionMarker);
  const scanner: Scanner = {
    codes: codesOf(text),
    at: 0,
    length: text.length,
    atoms,
    isLineStart: true,
    isDirective: false,
    comments: hasMarker ? [] : undefined,
  };
  codeBuffer.count = 0;
  directiveBuffer.count = 0;
  const directives: Directive[] = [];
  while (skipSpace(scanner)) {
    const { codes, at } = scanner;
    if (codes[at] === HASH && scanner.isLineStart) scanDirective(scanner, directives);
    else scanToken(scanner, codeBuffer);
  }
  if (sharedCodes.length > 1 << 22) sharedCodes = new Uint16Array(1 << 18);
  return {
    tokens: codeBuffer.finish(),
    directiveTokens: directiveBuffer.finish(),
    directives,
    suppressions: suppressionsOf(text, scanner.comments ?? []),
  };
}

/** Moves to the next token; false at the end (of the line, inside a directive). */
function skipSpace(s: Scanner): boolean {
  const { codes, length } = s;
  let at = s.at;
  for (; at < length;) {
    const code = codes[at]!;
    if (code === SLASH && (codes[at + 1] === SLASH || codes[at + 1] === STAR)) {
      const end = codes[at + 1] === STAR ? blockCommentEnd(s, at) : lineCommentEnd(s, at);
      s.comments?.push({ start: at, end });
      at = end;
      continue;
    }
    if (code === BACKSLASH) {
      const next = continuationEnd(codes, at);
      if (next === at) break;
      at = next;
      continue;
    }
    const bits = classOf(code);
    if ((bits & (CharClass.Space | CharClass.NewLine)) === 0) break;
    if (bits === CharClass.NewLine) {
      if (s.isDirective) break;
      s.isLineStart = true;
    }
    at++;
  }
  s.at = at;
  return at < length && !(s.isDirective && isNewLine(codes[at]!));
}

function isNewLine(code: number): boolean {
  return code === NEW_LINE || code === CARRIAGE_RETURN;
}

/** The offset after a backslash and the line end behind it (blanks between are forgiven), or `at` when it is none. */
function continuationEnd(codes: Uint16Array, at: number): number {
  let next = at + 1;
  while (codes[next] === 32 || codes[next] === 9) next++;
  if (codes[next] === CARRIAGE_RETURN) return codes[next + 1] === NEW_LINE ? next + 2 : next + 1;
  return codes[next] === NEW_LINE ? next + 1 : at;
}

function blockCommentEnd(s: Scanner, start: number): number {
  const { codes, length } = s;
  for (let at = start + 2; at < length; at++)
    if (codes[at] === STAR && codes[at + 1] === SLASH) return at + 2;
  return length;
}

function lineCommentEnd(s: Scanner, start: number): number {
  const { codes, length } = s;
  let at = start + 2;
  while (at < length && !isNewLine(codes[at]!)) {
    const next = codes[at] === BACKSLASH ? continuationEnd(codes, at) : at;
    at = next > at ? next : at + 1;
  }
  return at;
}

/** Reads one token at `s.at`, which is no white space, and moves behind it. */
function scanToken(s: Scanner, out: TokenBuffer): void {
  s.isLineStart = false;
  const { codes, at } = s;
  const code = codes[at]!;
  const bits = classOf(code);
  if (bits === CharClass.Letter) scanWord(s, out);
  else if (bits === CharClass.Digit || (code === 46 && isDigit(codes[at + 1]!))) scanNumber(s, out);
  else if (code === QUOTE) scanLiteral(s, out, at, at, TokenKind.String);
  else if (code === APOSTROPHE) scanLiteral(s, out, at, at, TokenKind.Char);
  else {
    const atom = scanPunctuation(codes, at);
    const end = at + (atom === 0 ? 1 : s.atoms.text(atom).length);
    const known = atom === 0 ? s.atoms.intern(String.fromCharCode(code)) : atom;
    out.push(TokenKind.Punctuation, at, end, known);
    s.at = end;
  }
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function scanWord(s: Scanner, out: TokenBuffer): void {
  const { codes, at: start } = s;
  let hash = 0;
  let at = start;
  for (let code = codes[at]!; isWordPart(code); code = codes[++at]!) hash = (Math.imul(hash, 31) + code) | 0;
  const code = codes[at];
  if ((code === QUOTE || code === APOSTROPHE) && at - start <= 3 && isLiteralPrefix(codes, start, at)) {
    if (code === QUOTE && codes[at - 1] === 82) scanRawString(s, out, start, at);
    else scanLiteral(s, out, start, at, code === QUOTE ? TokenKind.String : TokenKind.Char);
    return;
  }
  out.push(TokenKind.Identifier, start, at, s.atoms.internCodes(codes, start, at, hash));
  s.at = at;
}

/** L, u, U, u8, R and their combinations. */
function isLiteralPrefix(codes: Uint16Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const code = codes[i];
    const isPrefix = code === 76 || code === 117 || code === 85 || code === 82 || (code === 56 && i > start);
    if (!isPrefix) return false;
  }
  return true;
}

function scanNumber(s: Scanner, out: TokenBuffer): void {
  const { codes, at: start } = s;
  let at = start + 1;
  for (;;) {
    const code = codes[at]!;
    const isSign = (code === 43 || code === 45) && isExponent(codes, start, at - 1);
    const isSeparator = code === APOSTROPHE && isWordPart(codes[at + 1]!);
    if (!isWordPart(code) && code !== 46 && !isSign && !isSeparator) break;
    at++;
  }
  out.push(TokenKind.Number, start, at, internRange(s, start, at));
  s.at = at;
}

/** A sign belongs to the number after e/E (decimal) or p/P (hexadecimal floats). */
function isExponent(codes: Uint16Array, start: number, at: number): boolean {
  const letter = codes[at]! | 32;
  const isHex = codes[start] === 48 && (codes[start + 1]! | 32) === 120;
  return isHex ? letter === 112 : letter === 101;
}

function internRange(s: Scanner, start: number, end: number): number {
  let hash = 0;
  for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + s.codes[i]!) | 0;
  return s.atoms.internCodes(s.codes, start, end, hash);
}

/** A string or character from `start` (its prefix) with the opening quote at `quote`; ends with its line when unterminated. */
function scanLiteral(s: Scanner, out: TokenBuffer, start: number, quote: number, kind: number): void {
  const { codes, length } = s;
  const closing = codes[quote];
  let at = quote + 1;
  while (at < length) {
    const code = codes[at]!;
    if (code === closing) {
      at++;
      break;
    }
    if (isNewLine(code)) break;
    if (code === BACKSLASH) {
      const next = continuationEnd(codes, at);
      at = next > at ? next : isNewLine(codes[at + 1]!) ? at + 1 : at + 2;
    } else at++;
  }
  at = Math.min(at, length);
  out.push(kind, start, at, at - start <= longestInternedLiteral ? internRange(s, start, at) : 0);
  s.at = at;
}

/** `R"tag( ... )tag"`; falls back to an ordinary string when it is not well formed. */
function scanRawString(s: Scanner, out: TokenBuffer, start: number, quote: number): void {
  const { codes, length } = s;
  let open = quote + 1;
  while (
    open < length &&
    open - quote <= 17 &&
    codes[open] !== 40 &&
    codes[open] !== QUOTE &&
    !isNewLine(codes[open]!)
  )
    open++;
  if (codes[open] !== 40) {
    scanLiteral(s, out, start, quote, TokenKind.String);
    return;
  }
  const tagLength = open - quote - 1;
  let at = open + 1;
  for (; at < length; at++) {
    if (codes[at] !== 41 || codes[at + 1 + tagLength] !== QUOTE) continue;
    let i = 0;
    while (i < tagLength && codes[at + 1 + i] === codes[quote + 1 + i]) i++;
    if (i === tagLength) break;
  }
  const end = Math.min(at + tagLength + 2, length);
  out.push(TokenKind.String, start, end, 0);
  s.at = end;
}

/** Reads a whole preprocessor line (with continuations) into the directive table. */
function scanDirective(s: Scanner, directives: Directive[]): void {
  const start = s.at;
  s.at++;
  s.isDirective = true;
  const from = directiveBuffer.count;
  while (skipSpace(s)) {
    const nameToken = directiveBuffer.count - 1;
    if (nameToken === from && isFreeText(directiveBuffer, from)) {
      const lineStart = s.at;
      s.at = lineEnd(s);
      directiveBuffer.push(TokenKind.String, lineStart, s.at, 0);
    } else scanToken(s, directiveBuffer);
  }
  s.isDirective = false;
  const hasName = directiveBuffer.count > from;
  const end = hasName ? directiveBuffer.end[directiveBuffer.count - 1]! : start + 1;
  const name = hasName ? directiveBuffer.atom[from]! : 0;
  codeBuffer.push(TokenKind.Directive, start, end, directives.length);
  directives.push({
    kind: directiveKindOf(name),
    token: codeBuffer.count - 1,
    from: hasName ? from + 1 : from,
    to: directiveBuffer.count,
    start,
    end,
  });
}

/** `#include <a/b.h>` and `#error it's text` are not made of tokens. */
function isFreeText(buffer: TokenBuffer, nameToken: number): boolean {
  const name = buffer.atom[nameToken]!;
  return (
    name === word.include ||
    name === word.include_next ||
    name === word.import ||
    name === word.error ||
    name === word.warning
  );
}

/** The end of a line of free text, without the comment that may follow it. */
function lineEnd(s: Scanner): number {
  const { codes, length } = s;
  let at = s.at;
  while (at < length && !isNewLine(codes[at]!)) {
    if (codes[at] === SLASH && (codes[at + 1] === SLASH || codes[at + 1] === STAR)) break;
    const next = codes[at] === BACKSLASH ? continuationEnd(codes, at) : at;
    at = next > at ? next : at + 1;
  }
  return at;
}

function suppressionsOf(
  text: string,
  comments: readonly { start: number; end: number }[],
): SuppressionComment[] {
  const suppressions: SuppressionComment[] = [];
  for (const { start, end } of comments) {
    const comment = text.slice(start, end);
    const marker = comment.indexOf(suppressionMarker);
    if (marker < 0) continue;
    const rest = comment.slice(marker + suppressionMarker.length).replace(/\*\/$/, '');
    suppressions.push({ start, end, text: rest.trim() });
  }
  return suppressions;
}
