/** Struct, union, class and enum bodies, with the names that are declared behind them. */
import type { Atom } from './atoms.ts';
import {
  behindBracket,
  classAt,
  isIdentifier,
  isPlain,
  isRecorded,
  rangeAt,
  type DeclarationContext,
  type DeclarationReader,
} from './declarationReader.ts';
import type { StructField } from './fileStructure.ts';
import type { HeadScan } from './headScan.ts';
import { word } from './vocabulary.ts';
import { addVariables, endOfDeclaration, readDeclarators, type Declarator } from './variables.ts';

/** Reads declarations in [from, to); given by declarations.ts, because aggregates and declarations contain each other. */
export type ReadDeclarations = (
  r: DeclarationReader,
  from: number,
  to: number,
  context: DeclarationContext,
) => void;

/** Deeper nested types are skipped over. */
const deepest = 64;

/** Reads the aggregate whose `{` stands at `scan.end`; returns the position behind its `;`. */
export function readAggregate(
  r: DeclarationReader,
  scan: HeadScan,
  to: number,
  context: DeclarationContext,
  readDeclarations: ReadDeclarations,
): number {
  const open = scan.end;
  const behind = behindBracket(r, open, to);
  const isEnum = r.live.atom[scan.aggregate] === word.enum;
  const tag = isEnum ? 0 : tagOf(r, scan);
  const fields: StructField[] = [];
  if (!isEnum && r.depth < deepest) {
    r.depth++;
    const name = r.atoms.text(tag);
    const scope = name === '' || context.scope === '' ? context.scope + name : `${context.scope}::${name}`;
    readDeclarations(r, open + 1, behind - 1, { scope, fields, tag });
    r.depth--;
  }
  const end = endOfNames(r, behind, to);
  const declarators = readDeclarators(r, behind, end);
  if (!isEnum) addStruct(r, scan, tag, fields, declarators, end);
  if (isEnum && scan.isTypedef) addEnumAliases(r, scan, declarators, end);
  if (!scan.isTypedef) addDeclared(r, scan, tag, fields, declarators, end, context);
  return Math.min(end + 1, to);
}

/** Where the names behind `}` end. A C++ type that lacks its `;` must not swallow the next declaration. */
function endOfNames(r: DeclarationReader, behind: number, to: number): number {
  const end = endOfDeclaration(r, behind, to);
  for (let p = behind; p < end; p++)
    if (r.live.atom[p] === word['{'] && r.live.atom[p - 1] === word[')']) return behind - 1;
  return end;
}

/** The tag: the last plain name before `{` or the `:` of the base list; inside the parentheses for DECLARE_INTERFACE_. */
function tagOf(r: DeclarationReader, scan: HeadScan): Atom {
  const to = scan.colon > scan.aggregate ? scan.colon : scan.end;
  let tag: Atom = 0;
  for (let p = scan.aggregate + 1; p < to;) {
    if (isPlain(r, p) && r.live.atom[p + 1] !== word['(']) tag = r.live.atom[p]!;
    const isGroup = r.live.atom[p] === word['('] || r.live.atom[p] === word['['];
    p =
      isGroup || (isRecorded(classAt(r, p)) && r.live.atom[p + 1] === word['('])
        ? behindBracket(r, isGroup ? p : p + 1, to)
        : p + 1;
  }
  const isMacro = tag === 0 && r.live.atom[scan.aggregate + 1] === word['('];
  return isMacro && isIdentifier(r, scan.aggregate + 2) ? r.live.atom[scan.aggregate + 2]! : tag;
}

function basesOf(r: DeclarationReader, scan: HeadScan): Atom[] {
  if (scan.colon < scan.aggregate) return [];
  const bases: Atom[] = [];
  let depth = 0;
  let last: Atom = 0;
  for (let p = scan.colon + 1; p < scan.end; p++) {
    const atom = r.live.atom[p]!;
    if (atom === word['<']) depth++;
    else if (atom === word['>']) depth--;
    else if (atom === word[','] && depth <= 0) {
      if (last !== 0) bases.push(last);
      last = 0;
    } else if (depth <= 0 && isPlain(r, p)) last = atom;
  }
  if (last !== 0) bases.push(last);
  return bases;
}

function addStruct(
  r: DeclarationReader,
  scan: HeadScan,
  tag: Atom,
  fields: readonly StructField[],
  declarators: readonly Declarator[],
  end: number,
): void {
  const names: Atom[] = [];
  const pointerNames: Atom[] = [];
  if (scan.isTypedef) {
    for (const d of declarators) {
      if (d.name >= 0) (d.pointerDepth > 0 ? pointerNames : names).push(r.live.atom[d.name]!);
    }
  }
  r.lists.structs.push({
    tag,
    names,
    pointerNames,
    bases: basesOf(r, scan),
    fields,
    ...rangeAt(r, scan.start, Math.min(end, r.live.count - 1)),
  });
}

function addEnumAliases(
  r: DeclarationReader,
  scan: HeadScan,
  declarators: readonly Declarator[],
  end: number,
): void {
  for (const d of declarators) {
    if (d.name < 0) continue;
    r.lists.aliases.push({
      name: r.live.atom[d.name]!,
      target: word.int,
      pointerDepth: d.pointerDepth,
      isFunctionType: false,
      isFunctionPointer: false,
      params: [],
      annotations: [],
      ...rangeAt(r, scan.start, end),
    });
  }
}

/** `struct {...} a, b;`: fields of the surrounding aggregate or globals; without names the fields belong to the outer aggregate. */
function addDeclared(
  r: DeclarationReader,
  scan: HeadScan,
  tag: Atom,
  fields: readonly StructField[],
  declarators: readonly Declarator[],
  end: number,
  context: DeclarationContext,
): void {
  if (declarators.length === 0) {
    if (tag === 0 && context.fields !== undefined) context.fields.push(...fields);
    return;
  }
  if (context.fields === undefined) {
    addVariables(r, { ...scan, start: scan.aggregate }, end, context);
    return;
  }
  for (const d of declarators) {
    // A named member of an unnamed type: its fields are reached through it, and analysis knows fields by name alone.
    if (tag === 0) context.fields.push(...fields);
    if (d.name < 0) continue;
    context.fields.push({
      name: r.live.atom[d.name]!,
      typeName: tag,
      pointerDepth: d.pointerDepth,
      isArray: d.isArray,
      isFunctionPointer: false,
      annotations: [],
      range: rangeAt(r, d.from, d.to - 1),
    });
  }
}
