/**
 * The tokens that the structure pass reads: preprocessor lines and branches not chosen are left out, and every bracket knows
 * its partner. Unbalanced files are repaired by the habit that a brace in column 0 belongs to the file's outermost level.
 */
import type { Atom, AtomTable } from './atoms.ts';
import { decideGroup, type Assumptions, type BranchSource } from './branchChoice.ts';
import type { ConditionLookup } from './condition.ts';
import { DirectiveKind, isGroupStart } from './directives.ts';
import type { StructureProblem, TokenTable } from './fileStructure.ts';
import { TokenKind } from './tokenTable.ts';
import { word } from './vocabulary.ts';

/** Live tokens by position; parallel arrays. */
export interface LiveTokens {
  readonly count: number;
  /** index in the file's token table */
  readonly token: Int32Array;
  readonly atom: Int32Array;
  readonly kind: Uint8Array;
  /** for a bracket the position of its partner, else -1; an unclosed bracket points at the position where it was given up */
  readonly match: Int32Array;
}

/** The live tokens and what deciding the groups left behind. */
export interface LiveResult {
  readonly live: LiveTokens;
  /** by directive: 1 where the branch is read */
  readonly kept: Uint8Array;
  readonly problems: StructureProblem[];
}

/** Chooses branches, collects the live tokens and pairs the brackets. Linear. */
export function readLiveTokens(
  source: BranchSource,
  tokens: TokenTable,
  lookup: ConditionLookup,
  atoms: AtomTable,
  text: string,
): LiveResult {
  const { conditionals, directives } = source;
  const assumptions: Assumptions = new Map();
  const kept = new Uint8Array(directives.length);
  const token = new Int32Array(tokens.count);
  let count = 0;
  for (let i = 0; i < tokens.count; i++) {
    if (tokens.kind[i] !== TokenKind.Directive) {
      token[count++] = i;
      continue;
    }
    const d = tokens.atom[i]!;
    const { kind } = directives[d]!;
    if (kind > DirectiveKind.Endif || conditionals.group[d]! < 0 || kind === DirectiveKind.Endif) continue;
    if (isGroupStart(kind)) decideGroup(source, d, lookup, assumptions, atoms, kept);
    if (kept[d] === 1) continue;
    const next = conditionals.next[d]!;
    i = next < 0 ? tokens.count : directives[next]!.token - 1;
  }
  const problems: StructureProblem[] = [];
  const live = pairBrackets(token.subarray(0, count), tokens, text, problems);
  return { live, kept, problems };
}

function pairBrackets(
  token: Int32Array,
  tokens: TokenTable,
  text: string,
  problems: StructureProblem[],
): LiveTokens {
  const count = token.length;
  const atom = new Int32Array(count);
  const kind = new Uint8Array(count);
  for (let p = 0; p < count; p++) {
    atom[p] = tokens.atom[token[p]!]!;
    kind[p] = tokens.kind[token[p]!]!;
  }
  const live: LiveTokens = { count, token, atom, kind, match: new Int32Array(count).fill(-1) };
  const isBalanced = pairPlainly(live);
  if (!isBalanced) pairByColumns(live, tokens, text, problems);
  return live;
}

const OPEN_BRACE = word['{'];
const CLOSE_BRACE = word['}'];
const OPEN_PAREN = word['('];
const CLOSE_PAREN = word[')'];
const OPEN_INDEX = word['['];
const CLOSE_INDEX = word[']'];

/** Pairs by nesting alone; false when anything does not fit. */
function pairPlainly(live: LiveTokens): boolean {
  const { atom, match, count } = live;
  const stack: number[] = [];
  for (let p = 0; p < count; p++) {
    const a = atom[p]!;
    if (a < OPEN_BRACE || a > CLOSE_INDEX) continue;
    if (a === OPEN_BRACE || a === OPEN_PAREN || a === OPEN_INDEX) {
      stack.push(p);
      continue;
    }
    const open = stack.pop();
    if (open === undefined || atom[open] !== a - 1) return false;
    match[open] = p;
    match[p] = open;
  }
  return stack.length === 0;
}

interface Repair {
  readonly live: LiveTokens;
  readonly tokens: TokenTable;
  readonly text: string;
  readonly problems: StructureProblem[];
  /** open brackets, innermost last */
  readonly stack: number[];
  /** index in the stack of the outermost brace that is no container, or -1 */
  bottom: number;
}

/** A broken file need not be told a thousand times. */
const mostProblems = 200;
/** How far down the stack a `)` looks for its `(`; keeps repair linear. */
const deepestLook = 32;

function report(r: Repair, p: number, reason: string): void {
  if (r.problems.length < mostProblems) r.problems.push({ offset: startOf(r, p), reason });
}

/** Pairs with repair; every place that had to be guessed becomes a problem. */
function pairByColumns(
  live: LiveTokens,
  tokens: TokenTable,
  text: string,
  problems: StructureProblem[],
): void {
  live.match.fill(-1);
  const r: Repair = { live, tokens, text, problems, stack: [], bottom: -1 };
  for (let p = 0; p < live.count; p++) {
    const a = live.atom[p]!;
    if (a < OPEN_BRACE || a > CLOSE_INDEX) continue;
    if (a === OPEN_BRACE) openBrace(r, p);
    else if (a === CLOSE_BRACE) closeBrace(r, p);
    else if (a === OPEN_PAREN || a === OPEN_INDEX) r.stack.push(p);
    else closeParen(r, p);
  }
  unwind(r, 0, live.count - 1);
}

function startOf(r: Repair, p: number): number {
  return r.tokens.start[r.live.token[p]!]!;
}

function isColumnZero(r: Repair, p: number): boolean {
  const start = startOf(r, p);
  return start === 0 || r.text.charCodeAt(start - 1) === 10 || r.text.charCodeAt(start - 1) === 13;
}

/** Marks an opening bracket as closed at `end` although nothing closes it. */
function giveUp(r: Repair, open: number, end: number): void {
  r.live.match[open] = Math.max(end, open);
  const name = r.live.atom[open] === OPEN_BRACE ? "'{'" : r.live.atom[open] === OPEN_PAREN ? "'('" : "'['";
  report(r, open, `${name} is never closed`);
}

/** True for the brace of extern "C" or a namespace. */
function isContainer(r: Repair, p: number): boolean {
  const { kind, atom } = r.live;
  if (kind[p - 1] === TokenKind.String) return true;
  return (
    atom[p - 1] === word.namespace ||
    (p >= 2 && kind[p - 1] === TokenKind.Identifier && atom[p - 2] === word.namespace)
  );
}

/** A brace in column 0 after `)` or a name begins a new function: whatever is open inside the last one ends before it. */
function openBrace(r: Repair, p: number): void {
  const follows = r.live.atom[p - 1] === CLOSE_PAREN || r.live.kind[p - 1] === TokenKind.Identifier;
  if (p > 0 && follows && isColumnZero(r, p) && !isContainer(r, p)) {
    const { bottom } = r;
    if (bottom >= 0 && isColumnZero(r, r.stack[bottom]!)) unwind(r, bottom, headStart(r, p) - 1);
  }
  r.stack.push(p);
  if (r.bottom < 0 && !isContainer(r, p)) r.bottom = r.stack.length - 1;
}

/** The position where the declaration before a brace begins: behind the last `;` or `}`. */
function headStart(r: Repair, p: number): number {
  let q = p - 1;
  while (
    q > 0 &&
    r.live.atom[q] !== word[';'] &&
    r.live.atom[q] !== CLOSE_BRACE &&
    r.live.atom[q] !== OPEN_BRACE
  )
    q--;
  return q + 1;
}

function unwind(r: Repair, bottom: number, end: number): void {
  while (r.stack.length > bottom) giveUp(r, pop(r), end);
}

function pop(r: Repair): number {
  const open = r.stack.pop()!;
  if (r.bottom >= r.stack.length) r.bottom = -1;
  return open;
}

function pair(r: Repair, open: number, close: number): void {
  r.live.match[open] = close;
  r.live.match[close] = open;
}

function closeBrace(r: Repair, p: number): void {
  if (r.bottom >= 0 && isColumnZero(r, p)) unwind(r, r.bottom + 1, p - 1);
  else while (r.stack.length > 0 && r.live.atom[r.stack.at(-1)!] !== OPEN_BRACE) giveUp(r, pop(r), p - 1);
  const open = r.stack.at(-1);
  if (open === undefined || (r.bottom === r.stack.length - 1 && endsTooEarly(r, open, p))) {
    report(r, p, "'}' closes nothing");
    return;
  }
  pair(r, pop(r), p);
}

/** A function whose `{` stands in column 0 ends with a `}` in column 0, unless both are on one line. */
function endsTooEarly(r: Repair, open: number, close: number): boolean {
  if (!isColumnZero(r, open) || isColumnZero(r, close)) return false;
  const lineEnd = r.text.indexOf('\n', startOf(r, open));
  return lineEnd >= 0 && lineEnd < startOf(r, close);
}

function closeParen(r: Repair, p: number): void {
  const wanted: Atom = r.live.atom[p]! - 1;
  let i = r.stack.length - 1;
  const lowest = Math.max(0, i - deepestLook);
  while (i >= lowest && r.live.atom[r.stack[i]!] !== wanted && r.live.atom[r.stack[i]!] !== OPEN_BRACE) i--;
  if (i < lowest || r.live.atom[r.stack[i]!] !== wanted) {
    report(r, p, `'${wanted === OPEN_PAREN ? ')' : ']'}' closes nothing`);
    return;
  }
  unwind(r, i + 1, p - 1);
  pair(r, pop(r), p);
}
