/** Tells `(TYPE)operand` from `(value)` by shape, spelling and spacing; there is no symbol table of types. */
import type { BodyParser } from './bodyParser.ts';
import { templateEnd } from './templates.ts';
import { TokenKind } from './tokenTable.ts';
import { word, wordSet } from './vocabulary.ts';
import { WordClass } from './wordClasses.ts';

const tagWords = wordSet('struct', 'union', 'enum', 'class', 'typename', 'interface');
/** Longest type that is looked through. */
const longestType = 64;

/** The position of the `)` that ends the type beginning at `i`, or -1 when the tokens do not have the shape of a type. */
export function typeEnd(p: BodyParser, i: number): number {
  const limit = Math.min(p.count, i + longestType);
  for (let j = i; j < limit;) {
    const a = p.atom[j]!;
    if (a === word[')']) return j > i ? j : -1;
    if (p.kind[j] === TokenKind.Identifier) {
      const wordClass = p.classes.of(a);
      if (wordClass === WordClass.Keyword && !(a < tagWords.length && tagWords[a] === 1)) return -1;
      j++;
      if (p.atom[j] === word['<'] && j < limit) j = Math.max(j, templateEnd(p, j));
      continue;
    }
    if (a === word['('] && j > i) {
      j = functionPointerEnd(p, j);
      if (j < 0) return -1;
    } else if (a === word['*'] || a === word['&'] || a === word['&&'] || a === word['^']) {
      j++;
      if (p.kind[j] === TokenKind.Identifier && !isQualifier(p, j)) return -1;
    } else if (a === word['::']) j++;
    else if (a === word['['] && p.atom[j + 1] === word[']']) j += 2;
    else return -1;
  }
  return -1;
}

function isQualifier(p: BodyParser, i: number): boolean {
  const wordClass = p.classes.of(p.atom[i]!);
  return (
    wordClass === WordClass.Specifier ||
    wordClass === WordClass.Annotation ||
    wordClass === WordClass.RecordedSpecifier
  );
}

/** Behind `(*)(params)` or `(NTAPI *)(params)`; -1 when it is something else. */
function functionPointerEnd(p: BodyParser, open: number): number {
  let j = open + 1;
  while (p.kind[j] === TokenKind.Identifier && isQualifier(p, j)) j++;
  if (p.atom[j] !== word['*'] && p.atom[j] !== word['^']) return -1;
  while (p.atom[j] === word['*'] || (p.kind[j] === TokenKind.Identifier && isQualifier(p, j))) j++;
  if (p.atom[j] !== word[')'] || p.atom[j + 1] !== word['(']) return -1;
  return p.behindBracket(j + 1);
}

/** True when the `(` at the current token begins a cast. */
export function isCast(p: BodyParser): boolean {
  const first = p.at + 1;
  if (p.kind[first] !== TokenKind.Identifier && p.atom[first] !== word['::']) return false;
  const close = typeEnd(p, first);
  if (close < 0) return false;
  const next = p.atom[close + 1]!;
  const nextKind = p.kind[close + 1]!;
  if (close + 1 >= p.count) return false;
  const isOperand =
    nextKind === TokenKind.Identifier ||
    nextKind === TokenKind.Number ||
    nextKind === TokenKind.String ||
    nextKind === TokenKind.Char;
  const isPrefix =
    next === word['*'] ||
    next === word['&'] ||
    next === word['-'] ||
    next === word['+'] ||
    next === word['++'] ||
    next === word['--'];
  const opens = next === word['('] || next === word['{'];
  const isCertainPrefix = next === word['~'] || next === word['!'] || next === word['::'];
  if (!isOperand && !isPrefix && !opens && !isCertainPrefix && next !== word['[']) return false;
  if (isCertainType(p, first, close)) return next !== word['['] || p.atom[close - 1] === word['*'];
  if (next === word['[']) return false;
  if (nextKind === TokenKind.Identifier && (next === word.and || next === word.or)) return false;
  if (isOperand)
    return (
      nextKind !== TokenKind.Identifier || p.classes.of(next) !== WordClass.Keyword || isOperandWord(next)
    );
  if (isCertainPrefix) return true;
  const name = p.atom[close - 1]!;
  if (p.locals.has(name)) return false;
  if (opens) return p.classes.isTypeLike(name) || isCertainCast(p, close + 1);
  return isTightPrefix(p, close + 1) && p.classes.isTypeLike(name);
}

const operandWords = wordSet(
  'sizeof',
  'this',
  'true',
  'false',
  'nullptr',
  'new',
  'delete',
  'static_cast',
  'reinterpret_cast',
  'const_cast',
  'dynamic_cast',
  'alignof',
  '__alignof',
  '_Alignof',
  '__uuidof',
  'typeid',
  '__builtin_offsetof',
  '__builtin_va_arg',
  'gcnew',
  'co_await',
);

function isOperandWord(atom: number): boolean {
  return atom < operandWords.length && operandWords[atom] === 1;
}

/** `(T *)x` behind `(Name)`: two casts in a row, since nobody passes a type to a function. */
function isCertainCast(p: BodyParser, open: number): boolean {
  const end = typeEnd(p, open + 1);
  const kind = end < 0 ? TokenKind.End : p.kind[end + 1];
  const isOperand = kind === TokenKind.Identifier || kind === TokenKind.Number;
  return end >= 0 && isOperand && isCertainType(p, open + 1, end);
}

/** A keyword, a `*` or two names: nothing but a type is written so. */
function isCertainType(p: BodyParser, first: number, close: number): boolean {
  let nNames = 0;
  for (let j = first; j < close; j++) {
    const a = p.atom[j]!;
    if (p.kind[j] !== TokenKind.Identifier) {
      if (a === word['*'] || a === word['&'] || a === word['^'] || a === word['[']) return true;
      if (a === word['::']) nNames--;
      continue;
    }
    const wordClass = p.classes.of(a);
    if (
      wordClass === WordClass.TypeKeyword ||
      wordClass === WordClass.Keyword ||
      wordClass === WordClass.Specifier
    )
      return true;
    nNames++;
  }
  return nNames > 1;
}

/** `(T)-1` and `(T)&x` are written tight, `(a) - b` is not. */
function isTightPrefix(p: BodyParser, i: number): boolean {
  return p.end[i - 1] === p.start[i] && p.end[i] === p.start[i + 1];
}
