/** Parameter lists of functions and function types: names, types as written, annotations. */
import type { Annotation, ParameterDecl } from './fileStructure.ts';
import {
  behindAngle,
  behindBracket,
  isIdentifier,
  isRecorded,
  rangeAt,
  readAnnotation,
  classAt,
  type DeclarationReader,
} from './declarationReader.ts';
import { word } from './vocabulary.ts';
import { WordClass } from './wordClasses.ts';

/** Reads the parameters between `(` at `open` and `)` at `close`; `(void)` and `()` have none. */
export function readParameters(r: DeclarationReader, open: number, close: number): ParameterDecl[] {
  const params: ParameterDecl[] = [];
  let from = open + 1;
  for (let p = from; p <= close; p++) {
    const atom = r.live.atom[p];
    if (p < close && (atom === word['('] || atom === word['['] || atom === word['{']))
      p = behindBracket(r, p, close) - 1;
    else if (p < close && atom === word['<'] && isIdentifier(r, p - 1))
      p = Math.max(p, behindAngle(r, p, close) - 1);
    else if (p === close || atom === word[',']) {
      if (p > from) params.push(readParameter(r, from, p));
      from = p + 1;
    }
  }
  const only = params[0];
  const isVoid = params.length === 1 && only?.name === 0 && /^(void|VOID)$/.test(only.type);
  return isVoid ? [] : params;
}

/** What a walk over one parameter collects. */
interface Walk {
  type: string[];
  name: number;
  annotations: Annotation[];
}

function readParameter(r: DeclarationReader, from: number, to: number): ParameterDecl {
  const walk: Walk = { type: [], name: -1, annotations: [] };
  for (let p = from; p < to;) p = readPart(r, p, to, walk);
  const name = dropName(r, walk);
  return { name, type: joinType(walk.type), annotations: walk.annotations, ...rangeAt(r, from, to - 1) };
}

function readPart(r: DeclarationReader, p: number, to: number, walk: Walk): number {
  const atom = r.live.atom[p]!;
  if (isIdentifier(r, p)) {
    const wordClass = classAt(r, p);
    if (isRecorded(wordClass)) {
      const { annotation, next } = readAnnotation(r, p, to);
      walk.annotations.push(annotation);
      return next;
    }
    if (wordClass === WordClass.Specifier) return p + 1;
    if (wordClass === WordClass.Plain) walk.name = walk.type.length;
    if (atom !== word.struct && atom !== word.union && atom !== word.class && atom !== word.enum)
      walk.type.push(r.atoms.text(atom));
    return p + 1;
  }
  if (atom === word['(']) return readParenthesized(r, p, to, walk);
  if (atom === word['[']) {
    walk.type.push('[]');
    return behindBracket(r, p, to);
  }
  if (atom === word['=']) return to;
  if (atom === word['<']) {
    const next = behindAngle(r, p, to);
    if (next > p) {
      walk.type.push(r.text.slice(rangeAt(r, p, next - 1).start, rangeAt(r, p, next - 1).end));
      return next;
    }
  }
  walk.type.push(r.atoms.text(atom));
  return p + 1;
}

/** `(*Name)(params)`: the name stands in the first parentheses; the others are the function's parameters. */
function readParenthesized(r: DeclarationReader, p: number, to: number, walk: Walk): number {
  const next = behindBracket(r, p, to);
  const isFirst = !walk.type.includes('(*)');
  const hasStar = r.live.atom.subarray(p + 1, Math.min(next, p + 6)).includes(word['*']);
  if (!isFirst || !hasStar) {
    walk.type.push('()');
    return next;
  }
  let name = -1;
  for (let q = p + 1; q < next - 1; q++) if (classAt(r, q) === WordClass.Plain) name = q;
  walk.type.push('(*)');
  if (name >= 0) {
    walk.name = walk.type.length;
    walk.type.push(r.atoms.text(r.live.atom[name]!));
  }
  return next;
}

/** Takes the parameter's name out of the type; a single name is the type of an unnamed parameter. */
function dropName(r: DeclarationReader, walk: Walk): number {
  const words = walk.type.filter((part) => /^[\w$]/.test(part)).length;
  if (walk.name < 0 || (words < 2 && !walk.type.includes('(*)'))) return 0;
  const before = walk.type[walk.name - 1];
  const after = walk.type[walk.name + 1];
  if (before === '::' || after === '::' || after === '*' || after === '&' || after?.startsWith('<') === true)
    return 0;
  const [name] = walk.type.splice(walk.name, 1);
  return r.atoms.intern(name ?? '');
}

/** Joins type parts: "A::B", "A<B>", "KIRQL *", "char []". */
export function joinType(parts: readonly string[]): string {
  let text = '';
  for (const part of parts) {
    const isTight =
      text === '' ||
      part === '::' ||
      text.endsWith('::') ||
      part.startsWith('<') ||
      part === ',' ||
      (part === '*' && text.endsWith('*'));
    text += (isTight ? '' : ' ') + part;
  }
  return text;
}
