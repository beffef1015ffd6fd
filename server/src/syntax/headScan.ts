/**
 * Looks over one declaration from its first token to the `;`, `{`, `=` or `}` that ends its head, and says where the declarator is.
 * Decides nothing about meaning; never looks into bodies.
 */
import {
  behindAngle,
  behindBracket,
  classAt,
  isIdentifier,
  isPlain,
  type DeclarationReader,
} from './declarationReader.ts';
import { TokenKind } from './tokenTable.ts';
import { word, wordSet } from './vocabulary.ts';
import { isShouted, WordClass } from './wordClasses.ts';

/** What the head of a declaration looks like; positions of live tokens, -1 for none. */
export interface HeadScan {
  readonly start: number;
  /** position of the token that ends the head */
  end: number;
  /** the function's name (for operators the word `operator`), `(` and `)` of its parameters */
  name: number;
  open: number;
  close: number;
  /** `TYPE (*name)(...)`: the name inside the first parentheses, or -1 with `isFunctionPointer` */
  pointerName: number;
  isFunctionPointer: boolean;
  /** parameters of the function pointer */
  pointerOpen: number;
  /** position of struct, union, class, enum */
  aggregate: number;
  isTypedef: boolean;
  isStatic: boolean;
  isInline: boolean;
  isExtern: boolean;
  hasInitializerList: boolean;
  /** a `:` stood in the head */
  colon: number;
}

const aggregateWords = wordSet('struct', 'union', 'class', 'enum', '__interface');
const inlineWords = wordSet(
  'inline',
  '__inline',
  '__forceinline',
  '_inline',
  '__inline__',
  'FORCEINLINE',
  'INLINE',
  'CFORCEINLINE',
  'NTINLINE',
);
const declaratorMacros = wordSet('STDMETHOD', 'STDMETHOD_', 'IFACEMETHOD', 'IFACEMETHOD_');
const aggregateMacro = /^(?:MIDL_INTERFACE|DECLARE_INTERFACE_?|DECLARE_INTERFACE_IID_?)$/;

/** Scans the head that begins at `p`; `to` is where the surroundings end. */
export function scanHead(r: DeclarationReader, p: number, to: number): HeadScan {
  const scan: HeadScan = {
    start: p,
    end: to,
    name: -1,
    open: -1,
    close: -1,
    pointerName: -1,
    isFunctionPointer: false,
    pointerOpen: -1,
    aggregate: -1,
    isTypedef: false,
    isStatic: false,
    isInline: false,
    isExtern: false,
    hasInitializerList: false,
    colon: -1,
  };
  let q = p;
  while (q < to) {
    const next = isIdentifier(r, q) ? scanWord(r, scan, q, to) : scanMark(r, scan, q, to);
    if (next === q) break;
    q = next;
  }
  scan.end = Math.min(q, to);
  return scan;
}

/** Handles a punctuation or literal token; returns `q` itself when the head ends here. */
function scanMark(r: DeclarationReader, scan: HeadScan, q: number, to: number): number {
  switch (r.live.atom[q]) {
    case word[';']:
    case word['}']:
      return q;
    case word['=']:
      return q;
    case word['{']:
      return scan.hasInitializerList && isPlain(r, q - 1) ? behindBracket(r, q, to) : q;
    case word['(']:
      return scanParen(r, scan, q, to);
    case word['[']:
      return behindBracket(r, q, to);
    case word['<']:
      return isIdentifier(r, q - 1) && q > scan.start ? scanAngle(r, scan, q, to) : q + 1;
    case word[':']:
      scan.colon = q;
      if (scan.name >= 0) scan.hasInitializerList = true;
      return q + 1;
    default:
      return q + 1;
  }
}

/** Template arguments; `Convert<A, B>(` is the head of a specialised function. */
function scanAngle(r: DeclarationReader, scan: HeadScan, q: number, to: number): number {
  const next = behindAngle(r, q, to);
  const isFunction =
    next > q && next < to && r.live.atom[next] === word['('] && isPlain(r, q - 1) && !scan.hasInitializerList;
  if (!isFunction || isFunctionPointerGroup(r, next, to)) return Math.max(q + 1, next);
  setFunction(r, scan, q - 1, next, to);
  return behindBracket(r, next, to);
}

function scanWord(r: DeclarationReader, scan: HeadScan, q: number, to: number): number {
  const atom = r.live.atom[q]!;
  const hasParen = q + 1 < to && r.live.atom[q + 1] === word['('];
  const wordClass = r.classes.of(atom);
  switch (wordClass) {
    case WordClass.Annotation:
    case WordClass.RecordedSpecifier:
      return hasParen ? behindBracket(r, q + 1, to) : q + 1;
    case WordClass.Specifier:
      return scanSpecifier(r, scan, q, to, hasParen);
    case WordClass.Keyword:
      return scanKeyword(r, scan, q, to, hasParen);
    case WordClass.TypeKeyword:
      return q + 1;
    default:
      if (hasParen) return scanCandidate(r, scan, q, to);
      return q + 1;
  }
}

function scanSpecifier(
  r: DeclarationReader,
  scan: HeadScan,
  q: number,
  to: number,
  hasParen: boolean,
): number {
  const atom = r.live.atom[q]!;
  if (atom === word.static || atom === word.STATIC) scan.isStatic = true;
  else if (atom === word.extern) {
    scan.isExtern = true;
    if (r.live.kind[q + 1] === TokenKind.String) return q + 2;
  } else if (atom < inlineWords.length && inlineWords[atom] === 1) scan.isInline = true;
  const isPointerGroup = hasParen && isFunctionPointerGroup(r, q + 1, to);
  return hasParen && !isPointerGroup ? behindBracket(r, q + 1, to) : q + 1;
}

function scanKeyword(r: DeclarationReader, scan: HeadScan, q: number, to: number, hasParen: boolean): number {
  const atom = r.live.atom[q]!;
  if (atom === word.typedef) scan.isTypedef = true;
  else if (atom < aggregateWords.length && aggregateWords[atom] === 1) {
    if (scan.aggregate < 0) scan.aggregate = q;
  } else if (atom === word.operator) return scanOperator(r, scan, q, to);
  else if (hasParen) return behindBracket(r, q + 1, to);
  return q + 1;
}

/** `operator==(`, `operator()(`, `operator new[](`, `operator BOOL(`. */
function scanOperator(r: DeclarationReader, scan: HeadScan, q: number, to: number): number {
  let open = q + 1;
  if (r.live.atom[open] === word['('] && r.live.atom[open + 1] === word[')']) open += 2;
  while (
    open < to &&
    r.live.atom[open] !== word['('] &&
    r.live.atom[open] !== word[';'] &&
    r.live.atom[open] !== word['{']
  )
    open++;
  if (open >= to || r.live.atom[open] !== word['(']) return open > q ? open : q + 1;
  setFunction(r, scan, q, open, to);
  return behindBracket(r, open, to);
}

function setFunction(r: DeclarationReader, scan: HeadScan, name: number, open: number, to: number): void {
  scan.name = name;
  scan.open = open;
  scan.close = behindBracket(r, open, to) - 1;
}

/** `NAME (` where NAME is no known word: a function's name, or a macro with arguments. */
function scanCandidate(r: DeclarationReader, scan: HeadScan, q: number, to: number): number {
  const open = q + 1;
  const next = behindBracket(r, open, to);
  const atom = r.live.atom[q]!;
  if (aggregateMacro.test(r.atoms.text(atom))) {
    scan.aggregate = q;
    return next;
  }
  if (isFunctionPointerGroup(r, open, to)) return q + 1;
  if (scan.hasInitializerList) return next;
  const isMacroDeclarator = atom < declaratorMacros.length && declaratorMacros[atom] === 1;
  if (next < to && r.live.atom[next] === word['('] && (isMacroDeclarator || isShouted(r.atoms.text(atom)))) {
    let name = next - 2;
    while (name > open && !isIdentifier(r, name)) name--;
    if (name > open) {
      setFunction(r, scan, name, next, to);
      return behindBracket(r, next, to);
    }
  }
  if (scan.name < 0 || isBetterName(r, scan, q)) setFunction(r, scan, q, open, to);
  return next;
}

/** Of two candidates the later one is the function, unless it looks like a macro behind the parameter list. */
function isBetterName(r: DeclarationReader, scan: HeadScan, q: number): boolean {
  if (!isShouted(r.atoms.text(r.live.atom[q]!))) return true;
  if (!isShouted(r.atoms.text(r.live.atom[scan.name]!))) return false;
  const hasTypeBefore = scan.name > scan.start && isIdentifier(r, scan.name - 1);
  return !(scan.close + 1 === q && hasTypeBefore);
}

/** True when `(` at `open` begins `(*name)`, `(NTAPI *name)`, `(Class::*name)`: the declarator of a function pointer. */
function isFunctionPointerGroup(r: DeclarationReader, open: number, to: number): boolean {
  const close = behindBracket(r, open, to) - 1;
  let p = open + 1;
  while (p < close && (classAt(r, p) === WordClass.Specifier || isRecordedAt(r, p))) {
    p = r.live.atom[p + 1] === word['('] ? behindBracket(r, p + 1, close) : p + 1;
  }
  if (isIdentifier(r, p) && r.live.atom[p + 1] === word['::']) p += 2;
  const mark = r.live.atom[p];
  return p < close && (mark === word['*'] || mark === word['^']) && r.live.atom[close + 1] === word['('];
}

function isRecordedAt(r: DeclarationReader, p: number): boolean {
  const wordClass = classAt(r, p);
  return wordClass === WordClass.Annotation || wordClass === WordClass.RecordedSpecifier;
}

/** A parenthesis that follows no candidate: a function pointer's declarator, `(Name)(params)`, or something unknown. */
function scanParen(r: DeclarationReader, scan: HeadScan, q: number, to: number): number {
  const next = behindBracket(r, q, to);
  if (isFunctionPointerGroup(r, q, to)) return scanFunctionPointer(r, scan, q, next, to);
  const isNamed = next - q === 3 && isPlain(r, q + 1) && r.live.atom[next] === word['('];
  if (isNamed && scan.name < 0) {
    setFunction(r, scan, q + 1, next, to);
    return behindBracket(r, next, to);
  }
  return next;
}

function scanFunctionPointer(
  r: DeclarationReader,
  scan: HeadScan,
  open: number,
  next: number,
  to: number,
): number {
  let inner = -1;
  for (let p = open + 1; p < next - 1; p++) {
    if (!isPlain(r, p)) continue;
    if (r.live.atom[p + 1] === word['(']) {
      // `VOID (*Choose(int a))(int)`: a function that returns a function pointer.
      if (scan.name < 0) setFunction(r, scan, p, p + 1, next - 1);
      return behindBracket(r, next, to);
    }
    inner = p;
  }
  if (!scan.isFunctionPointer) {
    scan.isFunctionPointer = true;
    scan.pointerName = inner;
    scan.pointerOpen = next;
  }
  return behindBracket(r, next, to);
}
