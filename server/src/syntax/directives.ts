/**
 * Preprocessor lines as data: macro definitions, includes and pragmas read out of the directive tokens.
 * Conditional lines are grouped in conditionals.ts; nothing is decided here.
 */
import type { Atom, AtomTable } from './atoms.ts';
import type { IncludeDirective, MacroDefinition, PragmaDirective, TokenTable } from './fileStructure.ts';
import { foldText } from './foldText.ts';
import { TokenKind } from './tokenTable.ts';
import { word } from './vocabulary.ts';

/** What a preprocessor line is; `Other` covers #error, #line, #undef-like lines without effect here and unknown ones. */
export const DirectiveKind = {
  Other: 0,
  If: 1,
  Ifdef: 2,
  Ifndef: 3,
  Elif: 4,
  Else: 5,
  Endif: 6,
  Define: 7,
  Undef: 8,
  Include: 9,
  Pragma: 10,
} as const;
export type DirectiveKind = (typeof DirectiveKind)[keyof typeof DirectiveKind];

/** One preprocessor line. */
export interface Directive {
  readonly kind: DirectiveKind;
  /** index of its Directive token in the file's token table */
  readonly token: number;
  /** its tokens after the directive's name, in the directive table */
  readonly from: number;
  readonly to: number;
  /** from `#` to the last token's end */
  readonly start: number;
  readonly end: number;
}

const kinds = new Map<Atom, DirectiveKind>([
  [word.if, DirectiveKind.If],
  [word.ifdef, DirectiveKind.Ifdef],
  [word.ifndef, DirectiveKind.Ifndef],
  [word.elif, DirectiveKind.Elif],
  [word.elifdef, DirectiveKind.Elif],
  [word.elifndef, DirectiveKind.Elif],
  [word.else, DirectiveKind.Else],
  [word.endif, DirectiveKind.Endif],
  [word.define, DirectiveKind.Define],
  [word.undef, DirectiveKind.Undef],
  [word.include, DirectiveKind.Include],
  [word.include_next, DirectiveKind.Include],
  [word.import, DirectiveKind.Include],
  [word.pragma, DirectiveKind.Pragma],
]);

/** The kind of a directive by the atom of its name. */
export function directiveKindOf(name: Atom): DirectiveKind {
  return kinds.get(name) ?? DirectiveKind.Other;
}

/** True for #if, #ifdef and #ifndef. */
export function isGroupStart(kind: DirectiveKind): boolean {
  return kind >= DirectiveKind.If && kind <= DirectiveKind.Ifndef;
}

/** Reads `#define NAME ...`; undefined when there is no name. */
export function readDefine(
  directive: Directive,
  table: TokenTable,
  conditions: readonly string[],
): MacroDefinition | undefined {
  const { from, to, start, end } = directive;
  if (from >= to || table.kind[from] !== TokenKind.Identifier) return undefined;
  const name = table.atom[from]!;
  const isFunctionLike =
    from + 1 < to && table.atom[from + 1] === word['('] && table.start[from + 1] === table.end[from];
  if (!isFunctionLike) return { name, body: { from: from + 1, to }, conditions, start, end };
  const params: Atom[] = [];
  let at = from + 2;
  for (; at < to && table.atom[at] !== word[')']; at++) {
    if (table.atom[at] === word['...']) {
      const isNamed = table.kind[at - 1] === TokenKind.Identifier;
      if (isNamed) params[params.length - 1] = table.atom[at - 1]!;
      else params.push(word.__VA_ARGS__);
    } else if (table.kind[at] === TokenKind.Identifier) params.push(table.atom[at]!);
  }
  const isVariadic = table.atom[at - 1] === word['...'];
  return { name, params, isVariadic, body: { from: Math.min(at + 1, to), to }, conditions, start, end };
}

/** Reads `#include "a\b.h"` or `<a/b.h>`; undefined for a macro as path. */
export function readInclude(
  directive: Directive,
  table: TokenTable,
  text: string,
): IncludeDirective | undefined {
  if (directive.from >= directive.to) return undefined;
  const written = text.slice(table.start[directive.from], table.end[directive.from]).trim();
  const match = /^"([^"]*)"|^<([^>]*)>/.exec(written);
  if (match === null) return undefined;
  const isAngled = match[2] !== undefined;
  return { path: (match[1] ?? match[2] ?? '').trim(), isAngled, start: directive.start, end: directive.end };
}

/** Reads `#pragma name rest`; undefined for an empty one. */
export function readPragma(
  directive: Directive,
  table: TokenTable,
  text: string,
  atoms: AtomTable,
): PragmaDirective | undefined {
  const { from, to, start, end } = directive;
  if (from >= to) return undefined;
  const name = atoms.text(table.atom[from]!).toLowerCase();
  const args = foldText(text.slice(table.end[from], end));
  return { name, args, start, end };
}
