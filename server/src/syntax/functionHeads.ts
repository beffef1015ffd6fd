/** From a scanned head to a function definition or prototype: name, scope, return type, parameters, annotations, segment. */
import {
  behindBracket,
  classAt,
  isIdentifier,
  isRecorded,
  rangeAt,
  readAnnotation,
  type DeclarationContext,
  type DeclarationReader,
} from './declarationReader.ts';
import type { Annotation, FunctionHead } from './fileStructure.ts';
import type { HeadScan } from './headScan.ts';
import { joinType, readParameters } from './parameters.ts';
import { TokenKind } from './tokenTable.ts';
import { word } from './vocabulary.ts';
import { isShouted, WordClass } from './wordClasses.ts';

/** Builds the head of the function that `scan` found; `last` is the position of the declaration's last token. */
export function readFunctionHead(
  r: DeclarationReader,
  scan: HeadScan,
  context: DeclarationContext,
  last: number,
): FunctionHead {
  const nameStart = qualifiedStart(r, scan);
  const { name, nameEnd } = spellName(r, scan);
  const front = readFront(r, scan.start, nameStart);
  const annotations = [...front.annotations, ...annotationsBetween(r, scan.close + 1, scan.end)];
  const token = r.live.token[scan.start]!;
  return {
    name: r.atoms.intern(name),
    scope: scopeOf(r, nameStart, scan.name, context.scope),
    nameRange: rangeAt(r, isTilde(r, scan.name - 1) ? scan.name - 1 : scan.name, nameEnd),
    returnType: front.type,
    params: readParameters(r, scan.open, scan.close),
    annotations,
    isStatic: scan.isStatic,
    isInline: scan.isInline,
    codeSegment: segmentOf(annotations) ?? r.segments.codeAt(token),
    conditions: r.conditionsAt(token),
    ...rangeAt(r, scan.start, last),
  };
}

function isTilde(r: DeclarationReader, p: number): boolean {
  return r.live.atom[p] === word['~'];
}

/** The position where `A::B::~name` begins. */
function qualifiedStart(r: DeclarationReader, scan: HeadScan): number {
  let p = scan.name;
  if (isTilde(r, p - 1)) p--;
  while (p - 1 > scan.start && r.live.atom[p - 1] === word['::']) {
    p -= 2;
    if (r.live.atom[p] === word['>']) while (p > scan.start && r.live.atom[p] !== word['<']) p--;
    if (r.live.atom[p] === word['<']) p--;
    if (!isIdentifier(r, p)) return p + 1;
  }
  return Math.max(p, scan.start);
}

function scopeOf(r: DeclarationReader, from: number, name: number, outer: string): string {
  const parts = outer === '' ? [] : [outer];
  for (let p = from; p < name - 1; p++) {
    if (isIdentifier(r, p) && r.live.atom[p + 1] === word['::']) parts.push(r.atoms.text(r.live.atom[p]!));
    else if (isIdentifier(r, p) && r.live.atom[p + 1] === word['<']) {
      parts.push(r.atoms.text(r.live.atom[p]!));
      while (p < name && r.live.atom[p] !== word['::']) p++;
    }
  }
  return parts.join('::');
}

function spellName(r: DeclarationReader, scan: HeadScan): { name: string; nameEnd: number } {
  if (r.live.atom[scan.name] === word.operator) {
    const parts: string[] = [];
    for (let p = scan.name + 1; p < scan.open; p++) parts.push(r.atoms.text(r.live.atom[p]!));
    const symbol = parts.join(' ');
    return {
      name: /^\w/.test(symbol) ? `operator ${symbol}` : `operator${parts.join('')}`,
      nameEnd: scan.open - 1,
    };
  }
  const plain = r.atoms.text(r.live.atom[scan.name]!);
  return { name: isTilde(r, scan.name - 1) ? `~${plain}` : plain, nameEnd: scan.name };
}

/** The words before the name: type words, annotations; leading macro calls without a type are dropped. */
function readFront(
  r: DeclarationReader,
  from: number,
  to: number,
): { type: string; annotations: Annotation[] } {
  const annotations: Annotation[] = [];
  const parts: string[] = [];
  for (let p = from; p < to;) {
    const wordClass = classAt(r, p);
    if (isRecorded(wordClass)) {
      const { annotation, next } = readAnnotation(r, p, to);
      annotations.push(annotation);
      p = next;
      continue;
    }
    if (r.live.atom[p] === word['('] || r.live.atom[p] === word['[']) {
      const next = behindBracket(r, p, to);
      const isMacro = isIdentifier(r, p - 1) && p > from && r.live.match[p]! < to;
      const { start, end } = rangeAt(r, p, next - 1);
      if (isMacro && parts.length === 1 && next < to) parts.pop();
      else if (isMacro && parts.length > 0) parts.push(`${parts.pop() ?? ''}${r.text.slice(start, end)}`);
      p = next;
      continue;
    }
    addTypePart(r, p, wordClass, parts, annotations);
    p++;
  }
  return { type: joinType(parts), annotations };
}

function addTypePart(
  r: DeclarationReader,
  p: number,
  wordClass: WordClass,
  parts: string[],
  annotations: Annotation[],
): void {
  const atom = r.live.atom[p]!;
  const isKept =
    wordClass === WordClass.Plain ||
    wordClass === WordClass.TypeKeyword ||
    r.live.kind[p] === TokenKind.Punctuation;
  if (!isKept || atom === word[':'] || atom === word[']']) return;
  const text = r.atoms.text(atom);
  if (/SEG|PAGE/.test(text) && isShouted(text) && isIdentifier(r, p + 1))
    annotations.push({ name: text, ...rangeAt(r, p, p) });
  else parts.push(text);
}

/** Annotations in [from, to), wherever they stand. */
export function annotationsBetween(r: DeclarationReader, from: number, to: number): Annotation[] {
  const annotations: Annotation[] = [];
  for (let p = from; p < to;) {
    if (isRecorded(classAt(r, p))) {
      const { annotation, next } = readAnnotation(r, p, to);
      annotations.push(annotation);
      p = next;
    } else p = r.live.atom[p] === word['('] ? behindBracket(r, p, to) : p + 1;
  }
  return annotations;
}

/** The section that a head names itself, or undefined. */
function segmentOf(annotations: readonly Annotation[]): string | undefined {
  for (const { name, args } of annotations) {
    const named = /"([^"]*)"/.exec(args ?? '')?.[1];
    if (named !== undefined && (/CODE_SEG/i.test(name) || /code_seg/.test(args ?? ''))) return named;
    if (/^(?:__)?(?:DECLSPEC_)?PAGED?_?(?:CODE|SEG|CODE_SEG|SEGMENT)?$|^PAGED_CODE_SEG$/.test(name))
      return 'PAGE';
    if (/^NONPAGED/.test(name)) return '';
    if (/^INIT_?(?:CODE|CODE_SEG|SEG)$/.test(name)) return 'INIT';
  }
  return undefined;
}
