/**
 * Three-valued evaluation of preprocessor conditions and of integer macros: a number, or undefined for "not known".
 * A name that nobody knows is unknown, not 0: a driver folder without its WDK defines little of what its build defines.
 */
import type { Atom, AtomTable } from './atoms.ts';
import type { TokenTable } from './fileStructure.ts';
import { characterValue, integerValue } from './numbers.ts';
import { TokenKind } from './tokenTable.ts';
import { word } from './vocabulary.ts';

/** What a condition may ask of its surroundings. */
export interface ConditionLookup {
  /** The integer value of an object-like macro, if it is known. */
  valueOf(name: Atom): number | undefined;
  /** Whether the macro is defined, if that is known. */
  isDefined(name: Atom): boolean | undefined;
}

interface Evaluation {
  readonly table: TokenTable;
  readonly to: number;
  readonly lookup: ConditionLookup;
  readonly atoms: AtomTable;
  at: number;
  depth: number;
}

/** Deeper conditions count as unknown. */
const deepest = 64;

const levels: readonly (readonly Atom[])[] = [
  [word['||'], word.or],
  [word['&&'], word.and],
  [word['|']],
  [word['^']],
  [word['&']],
  [word['=='], word['!=']],
  [word['<'], word['>'], word['<='], word['>=']],
  [word['<<'], word['>>']],
  [word['+'], word['-']],
  [word['*'], word['/'], word['%']],
];
const levelOf = new Int8Array(word['>>'] + 1).fill(-1);
levels.forEach((operators, level) => operators.forEach((operator) => (levelOf[operator] = level)));

/** The value of the expression in `table[from..to)`; undefined when it is unknown or no expression. Linear. */
export function evaluateCondition(
  table: TokenTable,
  from: number,
  to: number,
  lookup: ConditionLookup,
  atoms: AtomTable,
): number | undefined {
  if (from >= to) return undefined;
  const evaluation: Evaluation = { table, to, lookup, atoms, at: from, depth: 0 };
  const value = conditional(evaluation);
  return evaluation.at === to ? value : undefined;
}

function peek(e: Evaluation): Atom {
  return e.at < e.to ? e.table.atom[e.at]! : 0;
}

function conditional(e: Evaluation): number | undefined {
  if (++e.depth > deepest) e.at = e.to + 1;
  const condition = binary(e, 0);
  let value = condition;
  if (peek(e) === word['?']) {
    e.at++;
    const yes = conditional(e);
    if (peek(e) === word[':']) e.at++;
    const no = conditional(e);
    value = condition === undefined ? undefined : condition !== 0 ? yes : no;
  }
  e.depth--;
  return value;
}

function binary(e: Evaluation, lowest: number): number | undefined {
  let left = unary(e);
  for (;;) {
    const operator = peek(e);
    const level = operator < levelOf.length ? levelOf[operator]! : -1;
    if (level < lowest) return left;
    e.at++;
    left = combine(operator, left, binary(e, level + 1));
  }
}

function combine(operator: Atom, a: number | undefined, b: number | undefined): number | undefined {
  if (operator === word['&&'] || operator === word.and) {
    if (a === 0 || b === 0) return 0;
    return a === undefined || b === undefined ? undefined : 1;
  }
  if (operator === word['||'] || operator === word.or) {
    if ((a !== undefined && a !== 0) || (b !== undefined && b !== 0)) return 1;
    return a === undefined || b === undefined ? undefined : 0;
  }
  return a === undefined || b === undefined ? undefined : calculate(operator, a, b);
}

function calculate(operator: Atom, a: number, b: number): number | undefined {
  switch (operator) {
    case word['|']:
      return a | b;
    case word['^']:
      return a ^ b;
    case word['&']:
      return a & b;
    case word['==']:
      return Number(a === b);
    case word['!=']:
      return Number(a !== b);
    case word['<']:
      return Number(a < b);
    case word['>']:
      return Number(a > b);
    case word['<=']:
      return Number(a <= b);
    case word['>=']:
      return Number(a >= b);
    case word['<<']:
      return a * 2 ** b;
    case word['>>']:
      return Math.floor(a / 2 ** b);
    case word['+']:
      return a + b;
    case word['-']:
      return a - b;
    case word['*']:
      return a * b;
    case word['/']:
      return b === 0 ? undefined : Math.trunc(a / b);
    case word['%']:
      return b === 0 ? undefined : a % b;
    default:
      return undefined;
  }
}

function unary(e: Evaluation): number | undefined {
  const signs: Atom[] = [];
  for (let atom = peek(e); isSign(atom); atom = peek(e)) {
    signs.push(atom);
    e.at++;
  }
  let value = primary(e);
  for (const sign of signs.toReversed()) value = value === undefined ? undefined : applySign(sign, value);
  return value;
}

function isSign(atom: Atom): boolean {
  return (
    atom === word['!'] || atom === word.not || atom === word['-'] || atom === word['+'] || atom === word['~']
  );
}

function applySign(sign: Atom, value: number): number {
  if (sign === word['-']) return -value;
  if (sign === word['~']) return ~value;
  return sign === word['+'] ? value : Number(value === 0);
}

function primary(e: Evaluation): number | undefined {
  if (e.at >= e.to) {
    e.at = e.to + 1;
    return undefined;
  }
  const at = e.at++;
  const atom = e.table.atom[at]!;
  switch (e.table.kind[at]) {
    case TokenKind.Number:
      return integerValue(e.atoms.text(atom));
    case TokenKind.Char:
      return characterValue(e.atoms.text(atom));
    case TokenKind.Identifier:
      return atom === word.defined ? definedness(e) : nameValue(e, atom);
    default:
      return atom === word['('] ? parenthesized(e) : undefined;
  }
}

/** `(value)`, or a cast `(KIRQL)value`: a parenthesised name directly before a value is dropped. */
function parenthesized(e: Evaluation): number | undefined {
  const value = conditional(e);
  if (peek(e) !== word[')']) return undefined;
  e.at++;
  const kind = e.at < e.to ? e.table.kind[e.at] : TokenKind.End;
  const isCast =
    value === undefined &&
    (kind === TokenKind.Number || kind === TokenKind.Identifier || peek(e) === word['(']);
  return isCast ? unary(e) : value;
}

/** `defined X` or `defined(X)`. */
function definedness(e: Evaluation): number | undefined {
  const hasParens = peek(e) === word['('];
  if (hasParens) e.at++;
  const name = peek(e);
  e.at++;
  if (hasParens && peek(e) === word[')']) e.at++;
  const isDefined = e.lookup.isDefined(name);
  return isDefined === undefined ? undefined : Number(isDefined);
}

/** A name; a function-like use `VER(6,2)` is skipped and unknown. */
function nameValue(e: Evaluation, name: Atom): number | undefined {
  if (name === word.true) return 1;
  if (name === word.false) return 0;
  if (peek(e) !== word['(']) return e.lookup.valueOf(name);
  let depth = 0;
  do {
    const atom = peek(e);
    if (atom === word['(']) depth++;
    else if (atom === word[')']) depth--;
    e.at++;
  } while (depth > 0 && e.at < e.to);
  return undefined;
}

/** A condition in one spelling: `#ifdef X` and `#if defined X` are both "defined(X)"; a leading ! is split off. */
export interface ConditionText {
  /** without the leading negation */
  readonly text: string;
  readonly isNegated: boolean;
}

/** The normalised text of the tokens `table[from..to)`; `isNegated` when a leading `!` governs the whole. */
export function conditionText(table: TokenTable, from: number, to: number, atoms: AtomTable): ConditionText {
  let first = from;
  let last = to;
  let isNegated = false;
  while (first < last) {
    if (table.atom[first] === word['!'] && isPrimary(table, first + 1, last)) {
      isNegated = !isNegated;
      first++;
    } else if (table.atom[first] === word['('] && closesAt(table, first, last) === last - 1) {
      first++;
      last--;
    } else break;
  }
  return { text: spell(table, first, last, atoms), isNegated };
}

function closesAt(table: TokenTable, open: number, to: number): number {
  let depth = 0;
  for (let i = open; i < to; i++) {
    if (table.atom[i] === word['(']) depth++;
    else if (table.atom[i] === word[')'] && --depth === 0) return i;
  }
  return -1;
}

/** True when `table[from..to)` is one name, `defined X`, `defined(X)`, `F(...)`, `(...)` or another negation of such. */
function isPrimary(table: TokenTable, from: number, to: number): boolean {
  if (from >= to) return false;
  const atom = table.atom[from]!;
  if (to - from === 1) return true;
  if (atom === word['(']) return closesAt(table, from, to) === to - 1;
  if (table.kind[from] !== TokenKind.Identifier) return atom === word['!'] && isPrimary(table, from + 1, to);
  if (atom === word.defined && to - from === 2) return true;
  return table.atom[from + 1] === word['('] && closesAt(table, from + 1, to) === to - 1;
}

function spell(table: TokenTable, from: number, to: number, atoms: AtomTable): string {
  let text = '';
  for (let i = from; i < to; i++) {
    const atom = table.atom[i]!;
    if (atom === word.defined && table.kind[i + 1] === TokenKind.Identifier && i + 1 < to) {
      text += `${text === '' || text.endsWith('(') || text.endsWith('!') ? '' : ' '}defined(${atoms.text(table.atom[++i]!)})`;
      continue;
    }
    const isTight =
      text === '' ||
      text.endsWith('(') ||
      text.endsWith('!') ||
      atom === word[')'] ||
      (atom === word['('] && table.kind[i - 1] === TokenKind.Identifier);
    text += (isTight ? '' : ' ') + atoms.text(atom);
  }
  return text;
}
