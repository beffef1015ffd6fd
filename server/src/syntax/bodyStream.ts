/**
 * The tokens of one body as the parser reads them: branches chosen, aligned groups turned into choice markers, macros expanded.
 * Flat parallel arrays with an End token behind the last; pooled, so one body at a time.
 */
import type { Atom, AtomTable } from './atoms.ts';
import { BranchMode, decideGroup, type Assumptions } from './branchChoice.ts';
import { conditionOf, GroupShape, spellCondition } from './conditionals.ts';
import { DirectiveKind, isGroupStart } from './directives.ts';
import { expandMacros, isPragma, pragmaEnd } from './expandMacros.ts';
import type { FileStructure } from './fileStructure.ts';
import type { MacroScope } from './macroEnvironment.ts';
import { grownInts, TokenKind } from './tokenTable.ts';
import { word } from './vocabulary.ts';

/** Token kinds that only the body stream has; the atom is a condition text. */
export const MarkerKind = { ChoiceStart: 8, ChoiceBranch: 9, ChoiceEnd: 10 } as const;

/** The parser's input; entries [0, count) are valid, `kind[count]` is End. */
export class BodyStream {
  count = 0;
  kind = new Uint8Array(1 << 12);
  atom = new Int32Array(1 << 12);
  start = new Int32Array(1 << 12);
  end = new Int32Array(1 << 12);
  /** atom of the outermost macro the token came from, or 0 */
  macro = new Int32Array(1 << 12);
  /** positions before which an `#if` group split the text, ascending */
  splits: number[] = [];
  /** why macros were left unexpanded, or '' */
  problem = '';

  push(kind: number, atom: Atom, start: number, end: number, macro: Atom): void {
    const i = this.count;
    if (i + 1 >= this.kind.length) this.#grow();
    this.kind[i] = kind;
    this.atom[i] = atom;
    this.start[i] = start;
    this.end[i] = end;
    this.macro[i] = macro;
    this.count = i + 1;
  }

  /** Empties the stream; the arrays stay. */
  clear(): void {
    this.count = 0;
    this.splits = [];
    this.problem = '';
  }

  /** Puts the End token behind the last one. */
  finish(end: number): void {
    this.push(TokenKind.End, 0, end, end, 0);
    this.count--;
  }

  #grow(): void {
    const size = this.kind.length * 2;
    const kind = new Uint8Array(size);
    kind.set(this.kind);
    this.kind = kind;
    this.atom = grownInts(this.atom, size);
    this.start = grownInts(this.start, size);
    this.end = grownInts(this.end, size);
    this.macro = grownInts(this.macro, size);
  }
}

const chosenStream = new BodyStream();
const expandedStream = new BodyStream();
let keptPool = new Uint8Array(1 << 10);

/** Fills the stream for the tokens [from, to) of a file. The result is valid until the next call. */
export function readBodyStream(
  structure: FileStructure,
  from: number,
  to: number,
  scope: MacroScope,
  atoms: AtomTable,
): BodyStream {
  chosenStream.clear();
  const mayExpand = chooseBranches(structure, from, to, scope, atoms, chosenStream);
  const end = to > from ? structure.tokens.end[to - 1]! : 0;
  chosenStream.finish(end);
  if (!mayExpand) return chosenStream;
  expandedStream.clear();
  expandMacros(chosenStream, expandedStream, scope, atoms);
  expandedStream.finish(end);
  return expandedStream;
}

interface Chooser {
  readonly structure: FileStructure;
  readonly scope: MacroScope;
  readonly atoms: AtomTable;
  readonly out: BodyStream;
  readonly assumptions: Assumptions;
  readonly kept: Uint8Array;
  /** directives before this one belong to groups that began outside the body */
  readonly firstDirective: number;
  /** choice groups that are open, by first directive */
  readonly choices: number[];
}

/** Copies the tokens of chosen branches; true when some identifier may be a macro to expand. */
function chooseBranches(
  structure: FileStructure,
  from: number,
  to: number,
  scope: MacroScope,
  atoms: AtomTable,
  out: BodyStream,
): boolean {
  const { kind, atom, start, end } = structure.tokens;
  if (keptPool.length < structure.directives.length)
    keptPool = new Uint8Array(structure.directives.length * 2);
  let chooser: Chooser | undefined;
  let mayExpand = false;
  for (let i = from; i < to; i++) {
    const k = kind[i]!;
    const a = atom[i]!;
    if (k === TokenKind.Directive) {
      chooser ??= {
        structure,
        scope,
        atoms,
        out,
        assumptions: new Map(),
        kept: keptPool,
        firstDirective: a,
        choices: [],
      };
      i = Math.min(handleDirective(chooser, i, a), to) - 1;
      continue;
    }
    if (isPragma(a) && atom[i + 1] === word['(']) {
      i = pragmaEnd(structure.tokens, i + 1, to);
      continue;
    }
    if (k === TokenKind.Identifier && !mayExpand)
      mayExpand = scope.expansionOf(a, atom[i + 1] === word['(']) !== undefined;
    out.push(k, a, start[i]!, end[i]!, 0);
  }
  if (chooser !== undefined)
    for (const group of chooser.choices) pushMarker(chooser, MarkerKind.ChoiceEnd, group, 0);
  return mayExpand;
}

/** Handles the directive token at `i`; returns the token at which to go on. */
function handleDirective(c: Chooser, i: number, d: number): number {
  const { directives, conditionals } = c.structure;
  const { kind } = directives[d]!;
  if (kind === DirectiveKind.Other || kind > DirectiveKind.Endif || conditionals.group[d]! < 0) return i + 1;
  if (isGroupStart(kind)) startGroup(c, d);
  else if (conditionals.group[d]! < c.firstDirective) return behindGroup(c, d);
  const group = conditionals.group[d]!;
  const isChoice = c.choices.at(-1) === group;
  if (kind === DirectiveKind.Endif) {
    if (isChoice) {
      endChoice(c, group);
      c.choices.pop();
    }
    return i + 1;
  }
  if (c.kept[d] === 1) {
    if (isChoice) pushMarker(c, MarkerKind.ChoiceBranch, d, ownCondition(c, d));
    return i + 1;
  }
  const next = conditionals.next[d]!;
  return next < 0 ? Number.MAX_SAFE_INTEGER : directives[next]!.token;
}

function startGroup(c: Chooser, d: number): void {
  const { structure, out } = c;
  const { conditionals, directives } = structure;
  if ((conditionals.shape[d]! & GroupShape.Balanced) === 0) {
    // The structure pass paired the brackets with its choice; another one would tear the body apart.
    let isTaken = false;
    for (let b = d; b >= 0; b = conditionals.next[b]!) {
      c.kept[b] = structure.keptBranches[b]!;
      if (!isTaken) assume(c, b);
      if (c.kept[b] === 1) isTaken = true;
    }
    out.splits.push(out.count);
    return;
  }
  const source = { conditionals, directives, directiveTokens: structure.directiveTokens };
  const mode = decideGroup(source, d, c.scope, c.assumptions, c.atoms, c.kept);
  if (mode === BranchMode.FirstLive) out.splits.push(out.count);
  if (mode !== BranchMode.Alternatives) return;
  c.choices.push(d);
  const condition = conditionOf(directives[d]!, structure.directiveTokens, c.atoms);
  pushMarker(c, MarkerKind.ChoiceStart, d, c.atoms.intern(spellCondition(condition)));
}

/** What the structure pass took for true or false holds in the whole body. */
function assume(c: Chooser, d: number): void {
  const { directives, directiveTokens } = c.structure;
  const { kind } = directives[d]!;
  if (kind === DirectiveKind.Else || kind === DirectiveKind.Endif) return;
  const condition = conditionOf(directives[d]!, directiveTokens, c.atoms);
  c.assumptions.set(condition.text, (c.kept[d] === 1) !== condition.isNegated);
}

/** A choice whose branches may all be absent gets the empty one that C implies. */
function endChoice(c: Chooser, group: number): void {
  const { conditionals, directives } = c.structure;
  let hasElse = false;
  for (let d = group; d >= 0; d = conditionals.next[d]!)
    if (directives[d]!.kind === DirectiveKind.Else) hasElse = true;
  if (!hasElse) pushMarker(c, MarkerKind.ChoiceBranch, group, 0);
  pushMarker(c, MarkerKind.ChoiceEnd, group, 0);
}

function ownCondition(c: Chooser, d: number): Atom {
  const { directives, directiveTokens } = c.structure;
  if (directives[d]!.kind === DirectiveKind.Else) return 0;
  return c.atoms.intern(spellCondition(conditionOf(directives[d]!, directiveTokens, c.atoms)));
}

function pushMarker(c: Chooser, kind: number, d: number, atom: Atom): void {
  const directive = c.structure.directives[d]!;
  c.out.push(kind, atom, directive.start, directive.end, 0);
}

/** The token behind the #endif of a group that began before the body. */
function behindGroup(c: Chooser, d: number): number {
  const { conditionals, directives } = c.structure;
  let last = d;
  while (conditionals.next[last]! >= 0) last = conditionals.next[last]!;
  return directives[last]!.kind === DirectiveKind.Endif
    ? directives[last]!.token + 1
    : Number.MAX_SAFE_INTEGER;
}
