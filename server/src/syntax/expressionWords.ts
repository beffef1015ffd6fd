/** Sets of words that the expression parsers share. */
import type { Atom } from './atoms.ts';
import { wordSet } from './vocabulary.ts';

/** True when `atom` is in a table made by `wordSet`. */
export function isIn(set: Uint8Array, atom: Atom): boolean {
  return atom < set.length && set[atom] === 1;
}

/** Assignment operators. */
export const assignment = wordSet('=', '+=', '-=', '*=', '/=', '%=', '<<=', '>>=', '&=', '^=', '|=');

/** Operators and macros whose operand is not evaluated. */
export const sizeofWords = wordSet(
  'sizeof',
  'alignof',
  '_Alignof',
  '__alignof',
  'TYPE_ALIGNMENT',
  'offsetof',
  'FIELD_OFFSET',
  'UFIELD_OFFSET',
  '__builtin_offsetof',
  '__uuidof',
  'typeid',
  'decltype',
  'typeof',
  '__typeof__',
);

/** C++ casts. */
export const castWords = wordSet(
  'static_cast',
  'reinterpret_cast',
  'const_cast',
  'dynamic_cast',
  'safe_cast',
);

/** Keywords of types. */
export const typeWords = wordSet(
  'void',
  'bool',
  'char',
  'short',
  'int',
  'long',
  'float',
  'double',
  'signed',
  'unsigned',
  '_Bool',
  'wchar_t',
  '__int8',
  '__int16',
  '__int32',
  '__int64',
  '__int128',
  'char8_t',
  'char16_t',
  'char32_t',
  '__wchar_t',
  'size_t',
  'const',
  'volatile',
  'struct',
  'union',
  'enum',
  'class',
  'typename',
  'auto',
  '__m128',
  '__m128i',
);

/** Keywords that never begin or continue an expression. */
export const stopWords = wordSet(
  'if',
  'else',
  'while',
  'do',
  'for',
  'switch',
  'case',
  'default',
  'goto',
  'break',
  'continue',
  'return',
  '__try',
  '__except',
  '__finally',
  '__leave',
  'catch',
);
