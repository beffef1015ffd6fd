/** Declarators of variables, fields and typedefs: `TYPE a, *b, c[4], (*f)(int);` split into names with their shape. */
import type { Atom } from './atoms.ts';
import {
  behindAngle,
  behindBracket,
  classAt,
  isIdentifier,
  isPlain,
  isRecorded,
  rangeAt,
  type DeclarationContext,
  type DeclarationReader,
} from './declarationReader.ts';
import type { TokenRange } from './fileStructure.ts';
import { annotationsBetween } from './functionHeads.ts';
import type { HeadScan } from './headScan.ts';
import { word, wordSet } from './vocabulary.ts';
import { WordClass } from './wordClasses.ts';

/** One declared name. */
export interface Declarator {
  /** position of the name, or -1 */
  readonly name: number;
  readonly pointerDepth: number;
  readonly isArray: boolean;
  readonly isFunctionPointer: boolean;
  /** `(` of the parameters of a function pointer or function type, or -1 */
  readonly open: number;
  readonly from: number;
  /** behind the declarator's last token */
  readonly to: number;
  readonly initializer?: TokenRange;
}

/** The end (`;`, or where it must be) of the declaration whose head is `scan`. Brackets are jumped over. */
export function endOfDeclaration(r: DeclarationReader, from: number, to: number): number {
  let p = from;
  while (p < to) {
    const atom = r.live.atom[p];
    if (atom === word[';'] || atom === word['}']) break;
    p = atom === word['('] || atom === word['{'] || atom === word['['] ? behindBracket(r, p, to) : p + 1;
  }
  return p;
}

/** Splits [from, end) at commas outside brackets; the first part begins with the type. */
export function readDeclarators(r: DeclarationReader, from: number, end: number): Declarator[] {
  const declarators: Declarator[] = [];
  let start = from;
  for (let p = from; p <= end;) {
    const atom = p < end ? r.live.atom[p] : word[','];
    if (atom === word[',']) {
      if (p > start) declarators.push(readDeclarator(r, start, p));
      start = ++p;
    } else if (atom === word['('] || atom === word['{'] || atom === word['[']) p = behindBracket(r, p, end);
    else if (atom === word['<'] && isIdentifier(r, p - 1) && p > from)
      p = Math.max(p + 1, behindAngle(r, p, end));
    else p++;
  }
  return declarators;
}

function readDeclarator(r: DeclarationReader, from: number, to: number): Declarator {
  let name = -1;
  let pointerDepth = 0;
  let isArray = false;
  let isFunctionPointer = false;
  let open = -1;
  let initializer: TokenRange | undefined;
  for (let p = from; p < to;) {
    const atom = r.live.atom[p]!;
    if (atom === word['=']) {
      initializer = { from: r.live.token[p + 1] ?? 0, to: (r.live.token[to - 1] ?? 0) + 1 };
      break;
    }
    if (atom === word[':']) break;
    if (atom === word['*'] || atom === word['^']) pointerDepth++;
    if (atom === word['['] && name >= 0) isArray = true;
    if (atom === word['('] && !isFunctionPointer && open < 0) {
      const inner = pointerGroupName(r, p, to);
      if (inner >= 0) {
        isFunctionPointer = true;
        name = inner;
        open = behindBracket(r, p, to);
      } else if (isPlain(r, p - 1)) open = p;
    }
    if (isPlain(r, p) && !isFunctionPointer && open < 0) name = p;
    const isAnnotated = isRecorded(classAt(r, p)) && r.live.atom[p + 1] === word['('];
    if (isAnnotated) p = behindBracket(r, p + 1, to);
    else if (atom === word['('] || atom === word['['] || atom === word['{']) p = behindBracket(r, p, to);
    else if (atom === word['<'] && p > from && isIdentifier(r, p - 1))
      p = Math.max(p + 1, behindAngle(r, p, to));
    else p++;
  }
  const shape = { name, pointerDepth, isArray, isFunctionPointer, open, from, to };
  return initializer === undefined ? shape : { ...shape, initializer };
}

/** For `(` of `(*name)(`, the position of the name; -1 otherwise, or when it has none. */
function pointerGroupName(r: DeclarationReader, open: number, to: number): number {
  const next = behindBracket(r, open, to);
  const isStar = r.live.atom.subarray(open + 1, Math.min(next, open + 8)).includes(word['*']);
  if (!isStar || r.live.atom[next] !== word['(']) return -1;
  for (let p = next - 2; p > open; p--) if (isPlain(r, p)) return p;
  return -1;
}

const aggregateKeywords = wordSet('struct', 'union', 'class', 'enum', 'typedef');

/** The last type identifier in [from, name): what the declared thing is made of. */
export function typeNameBefore(r: DeclarationReader, from: number, name: number): Atom {
  let type: Atom = 0;
  for (let p = from; p < name;) {
    const atom = r.live.atom[p]!;
    const wordClass = classAt(r, p);
    if (wordClass === WordClass.Plain || wordClass === WordClass.TypeKeyword) type = atom;
    const hasArgs = r.live.atom[p + 1] === word['('] && p + 1 < name;
    if (isRecorded(wordClass) && hasArgs) p = behindBracket(r, p + 1, name);
    else if (atom === word['('] || atom === word['{'] || atom === word['[']) p = behindBracket(r, p, name);
    else if (atom === word['<']) p = Math.max(p + 1, behindAngle(r, p, name));
    else p++;
  }
  return type;
}

/** Leading `MACRO(args)` groups that carry no `;` are no part of the declaration behind them. */
function behindLeadingMacros(r: DeclarationReader, from: number, to: number): number {
  let p = from;
  while (p + 1 < to && isPlain(r, p) && r.live.atom[p + 1] === word['(']) {
    const next = behindBracket(r, p + 1, to);
    if (next >= to || !isIdentifier(r, next)) return p;
    p = next;
  }
  return p;
}

/** Adds the variables (or fields) that the declaration [scan.start, end) declares. */
export function addVariables(
  r: DeclarationReader,
  scan: HeadScan,
  end: number,
  context: DeclarationContext,
): void {
  const from = behindLeadingMacros(r, scan.start, end);
  const declarators = readDeclarators(r, from, end);
  const first = declarators[0];
  if (first === undefined || first.name < 0) return;
  const typeName = typeNameBefore(r, from, first.name);
  if (context.fields !== undefined) addFields(r, declarators, typeName, scan, end, context);
  else if (typeName === 0) return;
  else if (isBareTyped(r, from, declarators)) addTyped(r, declarators, typeName, scan, end);
  else addGlobals(r, declarators, typeName, scan, end);
}

/** `TYPE Name, Name2` with nothing else: no pointer, no array, no initialiser, no keyword type. */
function isBareTyped(r: DeclarationReader, from: number, declarators: readonly Declarator[]): boolean {
  for (let p = from; p < declarators[0]!.name; p++) {
    const atom = r.live.atom[p]!;
    if (
      classAt(r, p) === WordClass.TypeKeyword ||
      (atom < aggregateKeywords.length && aggregateKeywords[atom] === 1)
    )
      return false;
  }
  return declarators.every(
    (d) =>
      d.name >= 0 &&
      d.pointerDepth === 0 &&
      !d.isArray &&
      !d.isFunctionPointer &&
      d.initializer === undefined &&
      d.open < 0,
  );
}

function addTyped(
  r: DeclarationReader,
  declarators: readonly Declarator[],
  typeName: Atom,
  scan: HeadScan,
  end: number,
): void {
  const annotations = annotationsBetween(r, scan.start, end);
  for (const { name } of declarators) {
    r.lists.typedDeclarations.push({
      name: r.live.atom[name]!,
      nameRange: rangeAt(r, name, name),
      typeName,
      annotations,
      isStatic: scan.isStatic,
      ...rangeAt(r, scan.start, end),
    });
  }
}

function addGlobals(
  r: DeclarationReader,
  declarators: readonly Declarator[],
  typeName: Atom,
  scan: HeadScan,
  end: number,
): void {
  const annotations = annotationsBetween(r, scan.start, Math.min(end, scan.end));
  const dataSegment = allocatedIn(annotations) ?? r.segments.dataAt(r.live.token[scan.start]!);
  for (const d of declarators) {
    if (d.name < 0) continue;
    r.lists.globals.push({
      name: r.live.atom[d.name]!,
      nameRange: rangeAt(r, d.name, d.name),
      typeName,
      isPointer: d.pointerDepth > 0 || d.isFunctionPointer,
      isArray: d.isArray,
      isStatic: scan.isStatic,
      annotations,
      dataSegment,
      ...rangeAt(r, scan.start, end),
      ...(d.initializer === undefined ? {} : { initializerTokens: d.initializer }),
    });
  }
}

function allocatedIn(annotations: readonly { readonly args?: string }[]): string | undefined {
  for (const { args } of annotations) {
    const segment = /allocate\s*\(\s*"([^"]*)"/.exec(args ?? '')?.[1];
    if (segment !== undefined) return segment;
  }
  return undefined;
}

function addFields(
  r: DeclarationReader,
  declarators: readonly Declarator[],
  typeName: Atom,
  scan: HeadScan,
  end: number,
  context: DeclarationContext,
): void {
  const annotations = annotationsBetween(r, scan.start, end);
  for (const d of declarators) {
    if (d.name < 0) continue;
    context.fields?.push({
      name: r.live.atom[d.name]!,
      typeName: d.isFunctionPointer ? 0 : typeName,
      pointerDepth: d.isFunctionPointer ? 0 : d.pointerDepth,
      isArray: d.isArray,
      isFunctionPointer: d.isFunctionPointer,
      annotations,
      range: rangeAt(r, d.from, d.to - 1),
    });
  }
}
