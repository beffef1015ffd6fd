/**
 * Declarations at file level, in namespaces, extern "C" blocks and classes: finds each declaration's head and sends it to the reader
 * for its sort. A brace block that fits nothing is listed as skipped, so that no body is lost silently.
 */
import { readAggregate } from './aggregates.ts';
import {
  behindAngle,
  behindBracket,
  classAt,
  isIdentifier,
  isPlain,
  rangeAt,
  startAt,
  type DeclarationContext,
  type DeclarationReader,
} from './declarationReader.ts';
import { readFunctionHead } from './functionHeads.ts';
import { scanHead, type HeadScan } from './headScan.ts';
import { TokenKind } from './tokenTable.ts';
import { addAliases, addUsing } from './typedefs.ts';
import type { ParameterDecl } from './fileStructure.ts';
import { addVariables, endOfDeclaration, readDeclarators, typeNameBefore } from './variables.ts';
import { word } from './vocabulary.ts';
import { isShouted, WordClass } from './wordClasses.ts';

/** Containers nest no deeper than this. */
const deepest = 64;

/** Reads all declarations whose live tokens stand in [from, to). */
export function readDeclarations(
  r: DeclarationReader,
  from: number,
  to: number,
  context: DeclarationContext,
): void {
  let p = from;
  while (p < to) {
    const next = readSpecial(r, p, to, context);
    p = next > p ? next : Math.max(p + 1, readDeclaration(r, p, to, context));
  }
}

/** Handles what is no declaration of a name; returns `p` when it is one. */
function readSpecial(r: DeclarationReader, p: number, to: number, context: DeclarationContext): number {
  const atom = r.live.atom[p]!;
  switch (atom) {
    case word[';']:
    case word['}']:
    case word[')']:
    case word.EXTERN_C_START:
    case word.EXTERN_C_END:
      return p + 1;
    case word.extern:
      return r.live.kind[p + 1] === TokenKind.String && r.live.atom[p + 2] === word['{']
        ? readContainer(r, p + 2, to, context)
        : p;
    case word.inline:
      return r.live.atom[p + 1] === word.namespace ? readNamespace(r, p + 1, to, context) : p;
    case word.namespace:
      return readNamespace(r, p, to, context);
    case word.template:
      return r.live.atom[p + 1] === word['<'] ? Math.max(p + 1, behindTemplate(r, p + 1, to)) : p + 1;
    case word.using: {
      const end = endOfDeclaration(r, p, to);
      addUsing(r, p, end);
      return end + 1;
    }
    case word.public:
    case word.private:
    case word.protected:
      return r.live.atom[p + 1] === word[':'] ? p + 2 : p + 1;
    case word.static_assert:
    case word._Static_assert:
    case word.C_ASSERT:
      return endOfDeclaration(r, p, to) + 1;
    case word['[']:
      return behindBracket(r, p, to);
    default:
      return p;
  }
}

function behindTemplate(r: DeclarationReader, p: number, to: number): number {
  const next = behindAngle(r, p, to);
  if (next === p) return p + 1;
  return r.live.atom[next] === word.requires && r.live.atom[next + 1] === word['(']
    ? behindBracket(r, next + 1, to)
    : next;
}

function readContainer(r: DeclarationReader, open: number, to: number, context: DeclarationContext): number {
  const behind = behindBracket(r, open, to);
  if (r.depth >= deepest) {
    skip(r, open, 'namespaces nest too deeply');
    return behind;
  }
  r.depth++;
  readDeclarations(r, open + 1, r.live.atom[behind - 1] === word['}'] ? behind - 1 : behind, context);
  r.depth--;
  return behind;
}

function readNamespace(r: DeclarationReader, p: number, to: number, context: DeclarationContext): number {
  const parts = context.scope === '' ? [] : [context.scope];
  let q = p + 1;
  while (
    q < to &&
    r.live.atom[q] !== word['{'] &&
    r.live.atom[q] !== word[';'] &&
    r.live.atom[q] !== word['=']
  ) {
    if (isPlain(r, q)) parts.push(r.atoms.text(r.live.atom[q]!));
    q++;
  }
  if (r.live.atom[q] !== word['{']) return endOfDeclaration(r, q, to) + 1;
  return readContainer(r, q, to, { ...context, scope: parts.join('::') });
}

function skip(r: DeclarationReader, p: number, reason: string): void {
  r.lists.skipped.push({ offset: startAt(r, p), reason });
}

/** Reads one declaration; returns the position behind it. */
function readDeclaration(r: DeclarationReader, p: number, to: number, context: DeclarationContext): number {
  const scan = scanHead(r, p, to);
  const { end } = scan;
  switch (r.live.atom[end]) {
    case word['{']:
      if (end < to) return readBraced(r, scan, to, context);
      break;
    case word['=']:
      if (end < to) return readAssigned(r, scan, to, context);
      break;
    default:
  }
  readPlain(r, scan, to, context);
  const kAndR = end < to ? oldStyleBody(r, scan, to) : -1;
  if (kAndR >= 0)
    return addFunction(r, { ...scan, end: kAndR }, to, context, oldStyleTypes(r, scan.close + 1, kAndR));
  return end + 1;
}

/** True when the `{` opens the body of the aggregate named in the head, not of a function that merely mentions one. */
function opensAggregate(scan: HeadScan): boolean {
  return scan.aggregate >= 0 && (scan.name < 0 || scan.name < scan.aggregate);
}

function readBraced(r: DeclarationReader, scan: HeadScan, to: number, context: DeclarationContext): number {
  if (opensAggregate(scan)) return readAggregate(r, scan, to, context, readDeclarations);
  const behind = behindBracket(r, scan.end, to);
  if (scan.name >= 0 && !scan.isTypedef && !isMacroTable(r, scan, behind))
    return addFunction(r, scan, to, context);
  if (r.live.atom[behind] === word[';'] && isPlain(r, scan.end - 1)) {
    addVariables(r, scan, scan.end, context);
    return behind + 1;
  }
  if (holdsStatements(r, scan.end, behind)) skip(r, scan.end, 'a brace block without a function head');
  return behind;
}

/** `DEFINE_TABLE(Name) { &a, &b };`: a macro that ends in `=`, not a function. */
function isMacroTable(r: DeclarationReader, scan: HeadScan, behind: number): boolean {
  const isMacro = isShouted(r.atoms.text(r.live.atom[scan.name]!)) && r.live.atom[behind] === word[';'];
  return isMacro && behind - scan.end > 2 && !holdsStatements(r, scan.end, behind);
}

/** A block that holds a `;` may be a body; one without is some table or list. */
function holdsStatements(r: DeclarationReader, from: number, to: number): boolean {
  return r.live.atom.subarray(from, to).includes(word[';']);
}

function addFunction(
  r: DeclarationReader,
  scan: HeadScan,
  to: number,
  context: DeclarationContext,
  oldStyle?: ReadonlyMap<string, string>,
): number {
  const behind = behindBracket(r, scan.end, to);
  const close = behind - 1;
  const read = readFunctionHead(r, scan, context, close);
  const params =
    oldStyle === undefined ? read.params : read.params.map((param) => namedOldStyle(r, param, oldStyle));
  const head = { ...read, params };
  const from = r.live.token[scan.end]!;
  const last = r.live.token[close]!;
  r.lists.functions.push({
    ...head,
    bodyTokens: { from, to: last + 1 },
    bodyRange: rangeAt(r, scan.end, close),
    ...r.hashTokens(r.live.token[scan.start]!, last + 1),
  });
  return behind;
}

/** `TYPE name = value;`, `virtual f() = 0;`, `f() = default;`. */
function readAssigned(r: DeclarationReader, scan: HeadScan, to: number, context: DeclarationContext): number {
  const end = endOfDeclaration(r, scan.end, to);
  if (scan.name >= 0 && !scan.isFunctionPointer) addPrototype(r, scan, end, context);
  else if (!scan.isTypedef) addVariables(r, scan, end, context);
  return end + 1;
}

/** A declaration that ends with `;`. */
function readPlain(r: DeclarationReader, scan: HeadScan, to: number, context: DeclarationContext): void {
  const end = Math.min(scan.end, to);
  if (end <= scan.start) return;
  if (scan.isTypedef) addAliases(r, scan, end);
  else if (scan.name >= 0 && !scan.isFunctionPointer) {
    if (!addLeadingMacroType(r, scan, end, context)) addPrototype(r, scan, end, context);
  } else if (!isForwardDeclaration(r, scan, end)) addVariables(r, scan, end, context);
}

/** `MACRO(args) TYPE Name;`: the candidate was a macro, the declaration stands behind it. */
function addLeadingMacroType(
  r: DeclarationReader,
  scan: HeadScan,
  end: number,
  context: DeclarationContext,
): boolean {
  if (scan.name !== scan.start || scan.close + 2 >= end || !isIdentifier(r, scan.close + 1)) return false;
  const rest = scanHead(r, scan.close + 1, end);
  if (rest.name >= 0 || !isPlain(r, scan.close + 1)) return false;
  addVariables(r, rest, end, context);
  return true;
}

function isForwardDeclaration(r: DeclarationReader, scan: HeadScan, end: number): boolean {
  if (scan.aggregate < 0) return false;
  let nNames = 0;
  for (let p = scan.aggregate + 1; p < end; p++) if (isPlain(r, p)) nNames++;
  return nNames <= 1;
}

/** Adds a prototype, unless it is a macro call like `WDF_DECLARE_CONTEXT_TYPE(X);`, which has no type before the name. */
function addPrototype(r: DeclarationReader, scan: HeadScan, end: number, context: DeclarationContext): void {
  const isConstructor =
    context.fields !== undefined &&
    (r.live.atom[scan.name] === context.tag || r.live.atom[scan.name - 1] === word['~']);
  let hasType = false;
  for (let p = scan.start; p < scan.name && !hasType; p++) {
    const wordClass = classAt(r, p);
    hasType = wordClass === WordClass.Plain || wordClass === WordClass.TypeKeyword;
  }
  const isOperator = r.live.atom[scan.name] === word.operator;
  if (hasType || isConstructor || isOperator || scan.open > scan.name + 1) {
    r.lists.prototypes.push(readFunctionHead(r, scan, context, Math.min(end, r.live.count - 1)));
  }
}

/** In `f(a, b) int a;` the list holds names only; their types stand behind it. */
function namedOldStyle(
  r: DeclarationReader,
  param: ParameterDecl,
  types: ReadonlyMap<string, string>,
): ParameterDecl {
  return { ...param, name: r.atoms.intern(param.type), type: types.get(param.type) ?? 'int' };
}

/** Names and type names of the parameter declarations in [from, to). */
function oldStyleTypes(r: DeclarationReader, from: number, to: number): Map<string, string> {
  const types = new Map<string, string>();
  for (let p = from; p < to;) {
    const end = endOfDeclaration(r, p, to);
    for (const { name, pointerDepth } of readDeclarators(r, p, end)) {
      if (name < 0) continue;
      const type = r.atoms.text(typeNameBefore(r, p, name));
      types.set(
        r.atoms.text(r.live.atom[name]!),
        pointerDepth > 0 ? `${type} ${'*'.repeat(pointerDepth)}` : type,
      );
    }
    p = end + 1;
  }
  return types;
}

/** Tokens of parameter declarations that K&R look-ahead reads. */
const longestOldStyle = 200;

/** For `f(a, b) int a; char *b; {` the position of `{`; -1 when it is no such head. `scan` ended at the first `;`. */
function oldStyleBody(r: DeclarationReader, scan: HeadScan, to: number): number {
  if (scan.name < 0 || scan.isTypedef || scan.close < 0 || scan.end - scan.close < 3) return -1;
  for (let p = scan.open + 1; p < scan.close; p++) {
    const isName = (p - scan.open) % 2 === 1;
    if (isName ? !isPlain(r, p) : r.live.atom[p] !== word[',']) return -1;
  }
  const limit = Math.min(to, scan.end + longestOldStyle);
  for (let p = scan.end; p < limit;) {
    if (r.live.atom[p + 1] === word['{']) return p + 1;
    const next = endOfDeclaration(r, p + 1, limit);
    if (next >= limit || r.live.atom[next] !== word[';']) return -1;
    for (let q = p + 1; q < next; q++)
      if (r.live.atom[q] === word['('] || r.live.atom[q] === word['{'] || r.live.atom[q] === word['='])
        return -1;
    p = next;
  }
  return -1;
}
