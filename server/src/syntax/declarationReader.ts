/**
 * The state that the declaration readers share: the live tokens of one file, what was found so far, and small questions about
 * tokens. Positions (`p`, `q`) are indexes of live tokens.
 */
import type { Atom, AtomTable } from './atoms.ts';
import type {
  Annotation,
  FunctionDefinition,
  FunctionPrototype,
  GlobalVariable,
  StructField,
  StructType,
  StructureProblem,
  TextRange,
  TokenTable,
  TypeAlias,
  TypedDeclaration,
} from './fileStructure.ts';
import { foldText } from './foldText.ts';
import type { LiveTokens } from './liveTokens.ts';
import type { Segments } from './segments.ts';
import { TokenKind } from './tokenTable.ts';
import { word } from './vocabulary.ts';
import { WordClass, type WordClasses } from './wordClasses.ts';

/** What the declaration readers add to. */
export interface DeclarationLists {
  readonly functions: FunctionDefinition[];
  readonly prototypes: FunctionPrototype[];
  readonly typedDeclarations: TypedDeclaration[];
  readonly globals: GlobalVariable[];
  readonly structs: StructType[];
  readonly aliases: TypeAlias[];
  readonly problems: StructureProblem[];
  readonly skipped: StructureProblem[];
}

/** One file being read. */
export interface DeclarationReader {
  readonly text: string;
  readonly atoms: AtomTable;
  readonly tokens: TokenTable;
  readonly live: LiveTokens;
  readonly classes: WordClasses;
  readonly segments: Segments;
  readonly lists: DeclarationLists;
  /** the conditions in force at a token of the file */
  conditionsAt(token: number): readonly string[];
  /** Hash of the tokens [from, to) of the file. */
  hashTokens(from: number, to: number): { readonly hash: number; readonly layoutHash: number };
  /** nesting of containers and aggregates, capped */
  depth: number;
}

/** Where declarations stand: at file level, in a namespace, or inside a struct or class. */
export interface DeclarationContext {
  /** "A::B" or '' */
  readonly scope: string;
  /** fields go here when inside an aggregate */
  readonly fields?: StructField[];
  /** the aggregate's tag: its constructors have no return type */
  readonly tag?: Atom;
}

/** Text offset where the token at position `p` begins. */
export function startAt(r: DeclarationReader, p: number): number {
  return r.tokens.start[r.live.token[p] ?? -1] ?? r.text.length;
}

/** Text offset where the token at position `p` ends. */
function endAt(r: DeclarationReader, p: number): number {
  return r.tokens.end[r.live.token[p] ?? -1] ?? r.text.length;
}

/** The text range of positions [first, last], both included. */
export function rangeAt(r: DeclarationReader, first: number, last: number): TextRange {
  return { start: startAt(r, first), end: Math.max(endAt(r, Math.max(first, last)), startAt(r, first)) };
}

/** True when the token at `p` is an identifier (keywords included). */
export function isIdentifier(r: DeclarationReader, p: number): boolean {
  return r.live.kind[p] === TokenKind.Identifier;
}

/** The class of the word at `p`; Unknown for other tokens. */
export function classAt(r: DeclarationReader, p: number): WordClass {
  return isIdentifier(r, p) ? r.classes.of(r.live.atom[p]!) : WordClass.Unknown;
}

/** True for a name that is neither keyword, annotation nor specifier. */
export function isPlain(r: DeclarationReader, p: number): boolean {
  return classAt(r, p) === WordClass.Plain;
}

/** The position behind the bracket that opens at `p`, at most `to`. */
export function behindBracket(r: DeclarationReader, p: number, to: number): number {
  const close = r.live.match[p]!;
  return close < p ? p + 1 : Math.min(close + 1, to);
}

/** Longest template argument list that is looked through. */
const longestAngle = 256;

/** The position behind `<...>` that opens at `p`, or `p` when it does not look like template arguments. */
export function behindAngle(r: DeclarationReader, p: number, to: number): number {
  const { atom, match } = r.live;
  const limit = Math.min(to, p + longestAngle);
  let depth = 0;
  for (let q = p; q < limit; q++) {
    const a = atom[q]!;
    if (a === word['<']) depth++;
    else if (a === word['>']) depth--;
    else if (a === word['>>']) depth -= 2;
    else if (a === word['('] || a === word['['] || a === word['{']) q = Math.max(q, match[q]!);
    else if (a === word[';'] || a === word['}'] || a === word[')'] || a === word['&&'] || a === word['||'])
      return p;
    if (depth <= 0) return q + 1;
  }
  return p;
}

/** The annotation that begins at `p`, and the position behind it. */
export function readAnnotation(
  r: DeclarationReader,
  p: number,
  to: number,
): { annotation: Annotation; next: number } {
  const name = r.atoms.text(r.live.atom[p]!);
  if (p + 1 >= to || r.live.atom[p + 1] !== word['(']) {
    return { annotation: { name, start: startAt(r, p), end: endAt(r, p) }, next: p + 1 };
  }
  const next = behindBracket(r, p + 1, to);
  const isClosed = r.live.atom[next - 1] === word[')'];
  const args = foldText(r.text.slice(endAt(r, p + 1), isClosed ? startAt(r, next - 1) : endAt(r, next - 1)));
  return { annotation: { name, args, start: startAt(r, p), end: endAt(r, next - 1) }, next };
}

/** True for words that `readAnnotation` records. */
export function isRecorded(wordClass: WordClass): boolean {
  return wordClass === WordClass.Annotation || wordClass === WordClass.RecordedSpecifier;
}
