/**
 * Macro expansion at token level: object-like and function-like macros, # and ##, variadics, no macro inside its own expansion.
 * Tokens of a replacement stand at the use site; tokens of arguments keep their own places.
 */
import type { Atom, AtomTable } from './atoms.ts';
import type { BodyStream } from './bodyStream.ts';
import type { MacroScope, ResolvedMacro } from './macroEnvironment.ts';
import { TokenKind } from './tokenTable.ts';
import { word } from './vocabulary.ts';

const PRAGMA = word.__pragma;
const PRAGMA_OPERATOR = word._Pragma;

/** One token on its way through expansion. */
interface Item {
  readonly kind: number;
  readonly atom: Atom;
  readonly start: number;
  readonly end: number;
  readonly macro: Atom;
}

/** One shape for all items: spreading objects here cost a third of the whole parse. */
function itemOf(kind: number, atom: Atom, start: number, end: number, macro: Atom): Item {
  return { kind, atom, start, end, macro };
}

interface Expander {
  readonly scope: MacroScope;
  readonly atoms: AtomTable;
  /** macros being expanded: they stay names inside */
  readonly active: Set<Atom>;
  /** tokens that may still be produced */
  budget: number;
  problem: string;
}

/** Tokens that all expansions in one body may produce together. */
const largestExpansion = 100_000;
const deepestExpansion = 64;
/** Tokens between the parentheses of one macro use; more is taken for an unclosed parenthesis. */
const longestCall = 20_000;

/** Copies `input` to `output` with macros expanded. */
export function expandMacros(
  input: BodyStream,
  output: BodyStream,
  scope: MacroScope,
  atoms: AtomTable,
): void {
  const e: Expander = { scope, atoms, active: new Set(), budget: largestExpansion, problem: '' };
  const { kind, atom, start, end } = input;
  let split = 0;
  for (let i = 0; i < input.count; i++) {
    while (split < input.splits.length && input.splits[split]! <= i) {
      output.splits.push(output.count);
      split++;
    }
    const macro =
      kind[i] === TokenKind.Identifier && e.budget > 0
        ? scope.expansionOf(atom[i]!, atom[i + 1] === word['('])
        : undefined;
    const last = macro === undefined ? -1 : useEnd(input, i, macro);
    if (macro === undefined || last < 0) {
      output.push(kind[i]!, atom[i]!, start[i]!, end[i]!, 0);
      continue;
    }
    expandUse(e, input, i, last, output);
    i = last;
  }
  output.problem = e.problem;
}

/** The last token of the use of `macro` that begins at `i`: the name itself or the `)`; -1 when it is no use. */
function useEnd(input: BodyStream, i: number, macro: ResolvedMacro): number {
  const isFollowed = input.atom[i + 1] === word['('];
  if (macro.definition.params === undefined) return isFollowed ? closingParen(input, i + 1, i) : i;
  return isFollowed ? closingParen(input, i + 1, -1) : -1;
}

function closingParen(input: BodyStream, open: number, otherwise: number): number {
  const limit = Math.min(input.count, open + longestCall);
  let depth = 0;
  for (let i = open; i < limit; i++) {
    const a = input.atom[i]!;
    if (a === word['(']) depth++;
    else if (a === word[')'] && --depth === 0) return i;
  }
  return otherwise;
}

/** Expands the use [first, last] of the input. An object-like macro takes a following `(...)` with it, for it may name a function-like one. */
function expandUse(e: Expander, input: BodyStream, first: number, last: number, output: BodyStream): void {
  const outer = input.atom[first]!;
  const items: Item[] = [];
  for (let i = first; i <= last; i++) {
    items.push(itemOf(input.kind[i]!, input.atom[i]!, input.start[i]!, input.end[i]!, outer));
  }
  const produced = expandItems(e, items, 0);
  const isExpanded = produced !== items;
  for (const { kind, atom, start, end, macro } of produced)
    output.push(kind, atom, start, Math.max(start, end), isExpanded ? macro : 0);
}

function expandItems(e: Expander, items: readonly Item[], depth: number): readonly Item[] {
  if (depth > deepestExpansion) {
    e.problem = 'macros nest too deeply';
    return items;
  }
  let result: Item[] | undefined;
  for (let i = 0; i < items.length; i++) {
    const item = items[i]!;
    const next = items[i + 1];
    const macro =
      item.kind === TokenKind.Identifier && !e.active.has(item.atom)
        ? e.scope.expansionOf(item.atom, next?.atom === word['('])
        : undefined;
    const isUse = macro !== undefined && (macro.definition.params === undefined || next?.atom === word['(']);
    const use = isUse ? expandOne(e, items, i, macro, depth) : undefined;
    if (use === undefined) {
      result?.push(item);
      continue;
    }
    result ??= items.slice(0, i);
    for (const produced of use.items) result.push(produced);
    i = use.last;
  }
  return result ?? items;
}

/** Expands the macro at items[i]; undefined when the budget is spent or its parentheses do not close. */
function expandOne(
  e: Expander,
  items: readonly Item[],
  i: number,
  macro: ResolvedMacro,
  depth: number,
): { items: readonly Item[]; last: number } | undefined {
  const { definition } = macro;
  let last = i;
  let args: (readonly Item[])[] = [];
  if (definition.params !== undefined) {
    const call = readArguments(items, i + 1, definition.params.length, definition.isVariadic === true);
    if (
      call === undefined ||
      !fits(call.args.length, definition.params.length, definition.isVariadic === true)
    )
      return undefined;
    ({ last, args } = call);
  }
  const site = { start: items[i]!.start, end: items[last]!.end, macro: items[i]!.macro };
  const expandedArgs = args.map((arg) => expandItems(e, arg, depth + 1));
  const substituted = substitute(e, macro, args, expandedArgs, site);
  e.budget -= substituted.length + 1;
  if (e.budget < 0) {
    e.problem = 'macro expansion grows too large';
    return undefined;
  }
  e.active.add(definition.name);
  let produced = expandItems(e, substituted, depth + 1);
  e.active.delete(definition.name);
  const tail = produced.at(-1);
  if (
    definition.params === undefined &&
    tail !== undefined &&
    items[i + 1]?.atom === word['('] &&
    tail.kind === TokenKind.Identifier
  ) {
    // `#define LOCK AcquireMacro` used as `LOCK(x)`: the name that came out takes the parentheses.
    const inner =
      e.active.has(tail.atom) || tail.atom === definition.name
        ? undefined
        : e.scope.expansionOf(tail.atom, true);
    const use =
      inner?.definition.params === undefined
        ? undefined
        : expandOne(e, [tail, ...items.slice(i + 1)], 0, inner, depth + 1);
    if (use !== undefined) {
      produced = [...produced.slice(0, -1), ...use.items];
      last = i + use.last;
    }
  }
  return { items: produced, last };
}

/** Splits the parentheses at items[open] into arguments; the last parameter of a variadic macro takes the rest. */
function readArguments(
  items: readonly Item[],
  open: number,
  nParams: number,
  isVariadic: boolean,
): { args: Item[][]; last: number } | undefined {
  const args: Item[][] = [];
  let current: Item[] = [];
  let depth = 0;
  for (let i = open; i < items.length; i++) {
    const item = items[i]!;
    const { atom } = item;
    if (atom === word['('] && depth++ === 0) continue;
    if (atom === word[')'] && --depth === 0) {
      if (nParams > 0 || current.length > 0) args.push(current);
      return { args, last: i };
    }
    const isComma = atom === word[','] && depth === 1 && !(isVariadic && args.length >= nParams - 1);
    if (isComma) {
      args.push(current);
      current = [];
    } else current.push(item);
  }
  return undefined;
}

/** Whether a use has the arguments that the definition wants; if not, it is some other macro of that name. */
function fits(nArgs: number, nParams: number, isVariadic: boolean): boolean {
  if (isVariadic) return nArgs >= nParams - 1;
  return nArgs === nParams || (nParams === 0 && nArgs === 1);
}

type Site = Pick<Item, 'start' | 'end' | 'macro'>;

function substitute(
  e: Expander,
  macro: ResolvedMacro,
  raw: readonly (readonly Item[])[],
  expanded: readonly (readonly Item[])[],
  site: Site,
): Item[] {
  const { table, definition } = macro;
  const { from, to } = definition.body;
  const params = definition.params ?? [];
  const result: Item[] = [];
  for (let i = from; i < to; i++) {
    const atom = table.atom[i]!;
    const kind = table.kind[i]!;
    if (isPragma(atom) && table.atom[i + 1] === word['('] && i + 1 < to) {
      i = pragmaEnd(table, i + 1, to);
      continue;
    }
    if (atom === word['##'] && i > from && i + 1 < to) {
      const index = params.indexOf(table.atom[i + 1]!);
      const right =
        index >= 0
          ? (raw[index] ?? [])
          : [itemOf(table.kind[i + 1]!, table.atom[i + 1]!, site.start, site.end, site.macro)];
      paste(e, result, right, site);
      i++;
      continue;
    }
    if (
      (atom === word['#'] || atom === word['#@']) &&
      params.length > 0 &&
      params.includes(table.atom[i + 1] ?? -1)
    ) {
      result.push(itemOf(TokenKind.String, e.atoms.intern('""'), site.start, site.end, site.macro));
      i++;
      continue;
    }
    const index = kind === TokenKind.Identifier ? params.indexOf(atom) : -1;
    if (index < 0) result.push(itemOf(kind, atom, site.start, site.end, site.macro));
    else {
      const isNothing =
        definition.isVariadic === true && index === params.length - 1 && (raw[index]?.length ?? 0) === 0;
      // MSVC drops the comma before an empty `__VA_ARGS__`.
      if (isNothing && result.at(-1)?.atom === word[',']) result.pop();
      const isPasted = table.atom[i + 1] === word['##'] && i + 1 < to;
      for (const item of (isPasted ? raw : expanded)[index] ?? [])
        result.push(itemOf(item.kind, item.atom, item.start, item.end, site.macro));
    }
  }
  return result;
}

/** `__pragma(...)` and `_Pragma(...)` say nothing to the parser. */
export function isPragma(atom: Atom): boolean {
  return atom === PRAGMA || atom === PRAGMA_OPERATOR;
}

/** The `)` that closes the `(` at `open`, or the last token before `to`. */
export function pragmaEnd(table: { readonly atom: Int32Array }, open: number, to: number): number {
  let depth = 0;
  for (let i = open; i < to; i++) {
    if (table.atom[i] === word['(']) depth++;
    else if (table.atom[i] === word[')'] && --depth === 0) return i;
  }
  return to - 1;
}

/** Glues the last token so far to the first of `right`; a comma before an empty argument vanishes. */
function paste(e: Expander, result: Item[], right: readonly Item[], site: Site): void {
  const left = result.at(-1);
  const first = right[0];
  if (left?.atom === word[',']) {
    if (first === undefined) result.pop();
    else result.push(...right);
    return;
  }
  if (left === undefined || first === undefined) {
    result.push(...right);
    return;
  }
  const text = e.atoms.text(left.atom) + e.atoms.text(first.atom);
  const isLiteral = first.kind === TokenKind.String || first.kind === TokenKind.Char;
  const isWordLike =
    (isWord(left) && isWord(first)) || (isLiteral && /^(?:L|u8|u|U)$/.test(e.atoms.text(left.atom)));
  const isOperator =
    left.kind === TokenKind.Punctuation && first.kind === TokenKind.Punctuation && e.atoms.find(text) >= 0;
  if (!isWordLike && !isOperator) {
    // `(##x` and `->##x`: MSVC lets both stand side by side.
    result.push(...right);
    return;
  }
  result[result.length - 1] = itemOf(
    kindOfPasted(left, text),
    e.atoms.intern(text),
    site.start,
    site.end,
    site.macro,
  );
  for (let i = 1; i < right.length; i++) result.push(right[i]!);
}

function isWord({ kind }: Item): boolean {
  return kind === TokenKind.Identifier || kind === TokenKind.Number;
}

function kindOfPasted(left: Item, text: string): number {
  if (/["']$/.test(text)) return text.endsWith('"') ? TokenKind.String : TokenKind.Char;
  if (/^[0-9]/.test(text)) return TokenKind.Number;
  return /^[A-Za-z_$]/.test(text) ? TokenKind.Identifier : left.kind;
}
