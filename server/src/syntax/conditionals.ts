/**
 * `#if` groups of a file: who belongs to whom, and what shape each group has (does it keep brackets balanced, does it
 * stand between whole statements). One linear pass each; no condition is evaluated here.
 */
import type { Atom, AtomTable } from './atoms.ts';
import { conditionText, type ConditionText } from './condition.ts';
import { DirectiveKind, isGroupStart, type Directive } from './directives.ts';
import type { TokenTable } from './fileStructure.ts';
import { TokenKind } from './tokenTable.ts';
import { word, wordSet } from './vocabulary.ts';

/** Bits of a group's shape. */
export const GroupShape = {
  /** every branch opens and closes the same brackets */
  Balanced: 1,
  /** balanced, and the group and each branch begin and end between statements or declarations */
  Aligned: 2,
  /** `#ifndef X` + `#define X`: an include guard or a default definition, not a real condition */
  Guard: 4,
} as const;

/** The groups of a file, by index of directive; -1 stands for "none". */
export interface Conditionals {
  /** the next #elif, #else or #endif of the same group */
  readonly next: Int32Array;
  /** the #if, #elif or #else in whose branch the directive stands; an #elif, #else or #endif stands outside its own group */
  readonly parent: Int32Array;
  /** the group's first directive, for #if ... #endif */
  readonly group: Int32Array;
  /** GroupShape bits, at the group's first directive */
  readonly shape: Uint8Array;
}

/** Groups the conditional directives and finds their shapes. */
export function readConditionals(
  tokens: TokenTable,
  directives: readonly Directive[],
  directiveTokens: TokenTable,
): Conditionals {
  const conditionals = groupDirectives(directives);
  findShapes(conditionals, tokens, directives);
  findGuards(conditionals, directives, directiveTokens);
  return conditionals;
}

function groupDirectives(directives: readonly Directive[]): Conditionals {
  const n = directives.length;
  const next = new Int32Array(n).fill(-1);
  const parent = new Int32Array(n).fill(-1);
  const group = new Int32Array(n).fill(-1);
  const open: number[] = [];
  for (let d = 0; d < n; d++) {
    const { kind } = directives[d]!;
    if (isGroupStart(kind)) {
      parent[d] = open.at(-1) ?? -1;
      group[d] = d;
      open.push(d);
    } else if (kind >= DirectiveKind.Elif && kind <= DirectiveKind.Endif) {
      const previous = open.pop();
      if (previous === undefined) continue;
      next[previous] = d;
      group[d] = group[previous]!;
      parent[d] = parent[previous]!;
      if (kind !== DirectiveKind.Endif) open.push(d);
    } else parent[d] = open.at(-1) ?? -1;
  }
  return { next, parent, group, shape: new Uint8Array(n) };
}

/** What stands open at a depth. */
const Bracket = { Brace: 0, InitBrace: 1, Paren: 2, CallParen: 3 } as const;

/** The state of the shape pass: a bracket stack whose height is `depth`, and whether a statement may begin here. */
interface Shaper {
  depth: number;
  lowest: number;
  brackets: number[];
  isBoundary: boolean;
  previous: Atom;
  /** a plain identifier stood at a statement's start just before: `NAME (` may be a whole statement */
  isAfterFirstName: boolean;
}

interface OpenGroup {
  readonly start: number;
  readonly depth: number;
  readonly outerLowest: number;
  readonly wasBoundary: boolean;
  readonly previous: Atom;
  isBalanced: boolean;
  isAligned: boolean;
  isBranchEmpty: boolean;
  after: { depth: number; isBoundary: boolean; previous: Atom } | undefined;
}

const neverFirst = wordSet('else', 'catch', '__except', '__finally', 'except', 'finally');
const beforeInitBrace = wordSet('=', ',', '(', 'return', '[');
const standalone = wordSet('EXTERN_C_START', 'EXTERN_C_END');

function findShapes(conditionals: Conditionals, tokens: TokenTable, directives: readonly Directive[]): void {
  const s: Shaper = {
    depth: 0,
    lowest: 0,
    brackets: [],
    isBoundary: true,
    previous: 0,
    isAfterFirstName: false,
  };
  const open: OpenGroup[] = [];
  let justClosed: number[] = [];
  for (let i = 0; i < tokens.count; i++) {
    const atom = tokens.atom[i]!;
    if (tokens.kind[i] !== TokenKind.Directive) {
      const isContinuation = atom < neverFirst.length && neverFirst[atom] === 1;
      if (isContinuation) for (const start of justClosed) conditionals.shape[start]! &= ~GroupShape.Aligned;
      if (justClosed.length > 0) justClosed = [];
      const inner = open.at(-1);
      if (inner?.isBranchEmpty === true) {
        inner.isBranchEmpty = false;
        if (isContinuation) inner.isAligned = false;
      }
      if (atom < hasRole.length && hasRole[atom] === 1)
        step(s, atom, tokens.kind[i] === TokenKind.Identifier);
      else {
        s.isAfterFirstName = s.isBoundary && tokens.kind[i] === TokenKind.Identifier;
        s.isBoundary = false;
        s.previous = atom;
      }
      continue;
    }
    const directive = directives[atom]!;
    if (isGroupStart(directive.kind)) {
      const inner = open.at(-1);
      if (inner !== undefined) inner.isBranchEmpty = false;
      open.push(openGroup(s, atom));
    } else if (conditionals.group[atom]! >= 0)
      closeBranch(s, open, directive.kind, conditionals, atom, justClosed);
  }
}

function openGroup(s: Shaper, start: number): OpenGroup {
  const bracket = s.depth > 0 ? s.brackets[s.depth - 1] : Bracket.Brace;
  const wasBoundary = s.isBoundary && bracket === Bracket.Brace;
  const outerLowest = s.lowest;
  s.lowest = s.depth;
  return {
    start,
    depth: s.depth,
    outerLowest,
    wasBoundary,
    previous: s.previous,
    isBalanced: true,
    isAligned: wasBoundary,
    isBranchEmpty: true,
    after: undefined,
  };
}

function closeBranch(
  s: Shaper,
  open: OpenGroup[],
  kind: DirectiveKind,
  conditionals: Conditionals,
  directive: number,
  justClosed: number[],
): void {
  const group = open.at(-1);
  if (group === undefined) return;
  if (s.depth !== group.depth || s.lowest < group.depth) group.isBalanced = false;
  if (!group.isBranchEmpty) {
    if (!s.isBoundary) group.isAligned = false;
    group.after ??= { depth: s.depth, isBoundary: s.isBoundary, previous: s.previous };
  }
  const lowest = Math.min(group.outerLowest, s.lowest);
  if (kind !== DirectiveKind.Endif) {
    restore(s, group.depth, group.wasBoundary, group.previous);
    group.isBranchEmpty = true;
    s.lowest = Math.min(s.lowest, s.depth);
    return;
  }
  open.pop();
  if (group.after !== undefined) restore(s, group.after.depth, group.after.isBoundary, group.after.previous);
  s.lowest = lowest;
  const isAligned = group.isBalanced && group.isAligned;
  const start = conditionals.group[directive]!;
  conditionals.shape[start] =
    (group.isBalanced ? GroupShape.Balanced : 0) | (isAligned ? GroupShape.Aligned : 0);
  justClosed.push(start);
}

function restore(s: Shaper, depth: number, isBoundary: boolean, previous: Atom): void {
  s.depth = depth;
  s.isBoundary = isBoundary;
  s.previous = previous;
  s.isAfterFirstName = false;
}

function step(s: Shaper, atom: Atom, isIdentifier: boolean): void {
  const wasBoundary = s.isBoundary;
  const wasAfterFirstName = s.isAfterFirstName;
  s.isAfterFirstName = false;
  s.isBoundary = false;
  switch (atom) {
    case word['(']:
    case word['[']:
      push(s, wasAfterFirstName ? Bracket.CallParen : Bracket.Paren);
      break;
    case word['{']:
      push(s, isInitBrace(s) ? Bracket.InitBrace : Bracket.Brace);
      s.isBoundary = true;
      break;
    case word[')']:
    case word[']']:
      s.isBoundary = pop(s) === Bracket.CallParen;
      break;
    case word['}']:
      pop(s);
      s.isBoundary = true;
      break;
    case word[';']:
    case word[':']:
      s.isBoundary = true;
      break;
    default:
      if (!isIdentifier) break;
      s.isAfterFirstName = wasBoundary && (atom >= headWords.length || headWords[atom] === 0);
      if (atom < standalone.length && standalone[atom] === 1) s.isBoundary = true;
  }
  s.previous = atom;
}

/** Tokens that `step` tells apart; all others only end a boundary. */
const hasRole = wordSet(
  '(',
  '[',
  '{',
  ')',
  ']',
  '}',
  ';',
  ':',
  'if',
  'while',
  'for',
  'switch',
  'catch',
  '__except',
  'except',
  'return',
  'sizeof',
  'EXTERN_C_START',
  'EXTERN_C_END',
);

/** Words after which `(` belongs to a statement head, not to a macro standing alone. */
const headWords = wordSet('if', 'while', 'for', 'switch', 'catch', '__except', 'except', 'return', 'sizeof');

function isInitBrace(s: Shaper): boolean {
  if (s.depth > 0 && s.brackets[s.depth - 1] === Bracket.InitBrace) return true;
  return s.previous < beforeInitBrace.length && s.previous > 0 && beforeInitBrace[s.previous] === 1;
}

function push(s: Shaper, bracket: number): void {
  s.brackets[s.depth++] = bracket;
}

function pop(s: Shaper): number | undefined {
  if (s.depth === 0) return undefined;
  s.depth--;
  if (s.depth < s.lowest) s.lowest = s.depth;
  return s.brackets[s.depth];
}

function findGuards(conditionals: Conditionals, directives: readonly Directive[], table: TokenTable): void {
  for (let d = 0; d + 1 < directives.length; d++) {
    const start = directives[d]!;
    const define = directives[d + 1]!;
    if (define.kind !== DirectiveKind.Define || define.token !== start.token + 1) continue;
    const name = guardedName(start, table);
    if (name !== undefined && table.atom[define.from] === name) conditionals.shape[d]! |= GroupShape.Guard;
  }
}

/** X of `#ifndef X`, `#if !defined(X)` and `#if !defined X`. */
function guardedName(directive: Directive, table: TokenTable): Atom | undefined {
  const { kind, from, to } = directive;
  if (from >= to) return undefined;
  if (kind === DirectiveKind.Ifndef) return table.atom[from];
  if (kind !== DirectiveKind.If || table.atom[from] !== word['!'] || table.atom[from + 1] !== word.defined)
    return undefined;
  if (to - from === 3) return table.atom[from + 2];
  return to - from === 5 && table.atom[from + 2] === word['('] ? table.atom[from + 3] : undefined;
}

/** The condition of an #if, #ifdef, #ifndef or #elif, normalised; '' for #else. */
export function conditionOf(directive: Directive, table: TokenTable, atoms: AtomTable): ConditionText {
  const { kind, from, to } = directive;
  if (kind === DirectiveKind.Else) return { text: '', isNegated: false };
  if (kind === DirectiveKind.Ifdef || kind === DirectiveKind.Ifndef) {
    const name = from < to ? atoms.text(table.atom[from]!) : '';
    return { text: `defined(${name})`, isNegated: kind === DirectiveKind.Ifndef };
  }
  return conditionText(table, from, to, atoms);
}

/** A condition as one string, the negation written out. */
export function spellCondition(condition: ConditionText): string {
  if (!condition.isNegated) return condition.text;
  return /^[\w$]+(\([\w$]*\))?$/.test(condition.text) ? `!${condition.text}` : `!(${condition.text})`;
}

/** The conditions under which the branch opened by `branch` is compiled, outermost first; guards are left out. */
export function enclosingConditions(
  branch: number,
  conditionals: Conditionals,
  directives: readonly Directive[],
  table: TokenTable,
  atoms: AtomTable,
): string[] {
  const texts: string[] = [];
  for (let d = branch; d >= 0; d = conditionals.parent[d]!) {
    const start = conditionals.group[d]!;
    if ((conditionals.shape[start]! & GroupShape.Guard) !== 0) continue;
    const condition = conditionOf(directives[d]!, table, atoms);
    if (directives[d]!.kind !== DirectiveKind.Else) {
      texts.unshift(spellCondition(condition));
      continue;
    }
    const first = conditionOf(directives[start]!, table, atoms);
    texts.unshift(spellCondition({ text: first.text, isNegated: !first.isNegated }));
  }
  return texts;
}
