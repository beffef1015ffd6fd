/**
 * Declarations inside bodies: told from expressions by shape, split into one Decl per name. Types, prototypes and the like become
 * LocalDeclaration; the member functions of a local class hang on it as Lambda nodes.
 */
import type { Atom } from './atoms.ts';
import type { BodyParser } from './bodyParser.ts';
import { parseArguments, parseInitList } from './argumentLists.ts';
import { parseAssignment } from './expressions.ts';
import { isIn } from './expressionWords.ts';
import { NodeFlag, NodeKind, type NodeId } from './ir.ts';
import { parseBlock } from './statements.ts';
import { templateEnd } from './templates.ts';
import { TokenKind } from './tokenTable.ts';
import { word, wordSet } from './vocabulary.ts';
import { WordClass } from './wordClasses.ts';

const aggregateWords = wordSet('struct', 'union', 'enum', 'class', '__interface');
/** Words that can begin nothing but a declaration. */
const declarationWords = wordSet(
  'struct',
  'union',
  'enum',
  'class',
  '__interface',
  'static',
  'extern',
  'register',
  'const',
  'volatile',
  'CONST',
  'constexpr',
  'thread_local',
  'typename',
  'inline',
  '__inline',
  '__declspec',
  'UNALIGNED',
  '__unaligned',
  'alignas',
  '_Alignas',
  'mutable',
  'constinit',
  'STATIC',
  'FORCEINLINE',
  '__forceinline',
  'decltype',
  'typeof',
  '__typeof__',
);
const skippedWords = wordSet(
  'typedef',
  'using',
  'static_assert',
  '_Static_assert',
  'namespace',
  'template',
  'friend',
);

function isPlain(p: BodyParser, i: number): boolean {
  return p.kind[i] === TokenKind.Identifier && p.classes.of(p.atom[i]!) === WordClass.Plain;
}

/** True when the statement at the current token declares something; `isCondition`: inside `if (...)`, where it must have an initialiser. */
export function isDeclaration(p: BodyParser, isCondition = false): boolean {
  if (p.kind[p.at] !== TokenKind.Identifier)
    return (
      p.current === word['::'] &&
      isPlain(p, p.at + 1) &&
      p.kind[p.at + 1] === TokenKind.Identifier &&
      declares(p, p.at + 1, isCondition)
    );
  const a = p.current;
  const next = p.atom[p.at + 1]!;
  if (isIn(declarationWords, a)) return true;
  switch (p.classes.of(a)) {
    case WordClass.TypeKeyword:
      return next !== word['('] && next !== word['{']
        ? true
        : next === word['('] && isPointerGroup(p, p.at + 1);
    case WordClass.RecordedSpecifier:
    case WordClass.Annotation: {
      const behind = next === word['('] ? p.behindBracket(p.at + 1) : p.at + 1;
      return (
        p.kind[behind] === TokenKind.Identifier &&
        !p.isLineStart(behind) &&
        p.classes.of(p.atom[behind]!) !== WordClass.Keyword
      );
    }
    case WordClass.Specifier:
      return p.kind[p.at + 1] === TokenKind.Identifier && next !== word['('];
    case WordClass.Plain:
      return declares(p, p.at, isCondition);
    default:
      return false;
  }
}

/** `(*name)(`, `(NTAPI *name)(` at `open`. */
function isPointerGroup(p: BodyParser, open: number): boolean {
  let i = open + 1;
  while (p.kind[i] === TokenKind.Identifier && p.classes.of(p.atom[i]!) !== WordClass.Plain) i++;
  if (p.atom[i] !== word['*']) return false;
  return p.kind[i + 1] === TokenKind.Identifier && p.atom[p.behindBracket(open)] === word['('];
}

/** Looks at `TYPE name ...` where TYPE begins with a plain name at `i`. */
function declares(p: BodyParser, i: number, isCondition: boolean): boolean {
  const isLocal = p.locals.has(p.atom[i]!);
  let j = behindTypeName(p, i);
  if (j < 0 || isLocal) return false;
  if (p.atom[j] === word['('])
    return (
      !isCondition && ((isPointerGroup(p, j) && p.classes.isTypeLike(p.atom[j - 1]!)) || isMacroType(p, j))
    );
  let isPointer = false;
  for (;;) {
    const a = p.atom[j]!;
    if (a === word['*'] || a === word['&'] || a === word['&&'] || a === word['^']) isPointer = true;
    else if (p.kind[j] !== TokenKind.Identifier || !isQualifier(p, j)) break;
    else if (p.atom[j + 1] === word['(']) j = p.behindBracket(j + 1) - 1;
    j++;
  }
  if (p.kind[j] !== TokenKind.Identifier) return isPointer && p.atom[j] === word['('] && isPointerGroup(p, j);
  if (isCondition) return p.atom[j + 1] === word['='] || (p.atom[j + 1] === word['{'] && !isPointer);
  if (isCppWord(p.atom[j]!)) return isDeclaratorEnd(p, i, j, isPointer);
  if (p.classes.of(p.atom[j]!) !== WordClass.Plain)
    return p.classes.of(p.atom[j]!) === WordClass.TypeKeyword && !isPointer;
  return isDeclaratorEnd(p, i, j, isPointer);
}

function isQualifier(p: BodyParser, i: number): boolean {
  const wordClass = p.classes.of(p.atom[i]!);
  return (
    wordClass === WordClass.Specifier ||
    wordClass === WordClass.Annotation ||
    wordClass === WordClass.RecordedSpecifier
  );
}

/** Words of C++ that C drivers use as names of variables. */
function isCppWord(a: Atom): boolean {
  return a === word.delete || a === word.new;
}

/** `TYPE_MACRO(args) name;` or `= value;`: `open` is the macro's parenthesis. */
function isMacroType(p: BodyParser, open: number): boolean {
  const name = p.behindBracket(open);
  const next = p.atom[name + 1];
  return (
    isPlain(p, name) &&
    !p.isLineStart(name) &&
    (next === word[';'] || next === word['=']) &&
    p.classes.isTypeLike(p.atom[open - 1]!)
  );
}

/** Behind `A::B<C>` that begins at `i`; -1 when a `<` is a comparison. */
function behindTypeName(p: BodyParser, i: number): number {
  let j = i + 1;
  for (;;) {
    if (p.atom[j] === word['<']) {
      const next = templateEnd(p, j);
      if (next === j) return -1;
      j = next;
    } else if (p.atom[j] === word['::'] && p.kind[j + 1] === TokenKind.Identifier) j += 2;
    else return j;
  }
}

/** Whether what follows the name at `j` fits a declarator; `i` is where the type began. */
function isDeclaratorEnd(p: BodyParser, i: number, j: number, isPointer: boolean): boolean {
  const next = p.atom[j + 1]!;
  if (next === word[';'] || next === word['='] || next === word[','] || next === word['[']) return true;
  if (next === word[':'] || next === word[')'] || next === word.in) return !isPointer || next !== word[')'];
  // `MACRO` alone on its line, then a call: not a variable that is constructed.
  if (next === word['(']) return isPointer || !p.isLineStart(j);
  if (next === word['{']) return !p.isLineStart(j) && !p.isLineStart(j + 1);
  // `TYPE ALIGNED_16 name`
  if (isQualifier(p, j)) return true;
  if (isPointer) return false;
  const isNamePair = p.kind[j + 1] === TokenKind.Identifier || next === word['*'] || next === word['&'];
  if (!isNamePair || p.isLineStart(j)) return false;
  return (
    i < j &&
    (next === word['*'] || next === word['&']
      ? p.kind[j + 2] === TokenKind.Identifier
      : isPlain(p, j + 1) || isQualifier(p, j + 1))
  );
}

/** What the specifiers of a declaration said. */
interface Specifiers {
  type: Atom;
  isStatic: boolean;
  isExtern: boolean;
}

/**
 * Parses a declaration at the current token into Decl siblings. `isHead` is set inside the parentheses of for, if, while and catch,
 * where no `;` belongs to it and one declarator or several may stand.
 */
export function parseDeclaration(p: BodyParser, isHead = false): NodeId {
  const first = p.at;
  const specifiers: Specifiers = { type: 0, isStatic: false, isExtern: false };
  const local = parseSpecifiers(p, specifiers);
  if (local >= 0 && p.current === word[';']) {
    p.at++;
    return p.close(local);
  }
  const root = parseDeclarator(p, specifiers, first, isHead);
  let last = root;
  while (p.current === word[','] && !p.isAtEnd()) {
    p.at++;
    const next = parseDeclarator(p, specifiers, p.at, isHead);
    p.nodeNext[last] = next;
    last = next;
  }
  if (!isHead && !p.accept(word[';'])) {
    const mayLack = p.at > 0 && p.macro[p.at - 1] !== 0;
    if (!mayLack) p.fail(`expected ';' before ${p.describe()}`);
  }
  if (!isHead) p.close(last);
  if (local >= 0) {
    p.nodeNext[local] = root;
    return local;
  }
  return root;
}

/** Reads up to the first declarator; a type with a body gives its LocalDeclaration node, else -1. */
function parseSpecifiers(p: BodyParser, s: Specifiers): NodeId {
  let local: NodeId = -1;
  while (!p.isAtEnd()) {
    if (p.current === word['::']) {
      p.at++;
      continue;
    }
    if (p.kind[p.at] !== TokenKind.Identifier) break;
    const a = p.current;
    const next = p.atom[p.at + 1]!;
    const wordClass = p.classes.of(a);
    if (s.type !== 0 && isCppWord(a)) break;
    if (wordClass === WordClass.Plain) {
      if (s.type !== 0 && !goesOn(p)) break;
      const behind = behindTypeName(p, p.at);
      s.type = lastName(p, p.at, behind);
      p.at = Math.max(behind, p.at + 1);
      if (p.current === word['('] && isMacroType(p, p.at)) p.at = p.behindBracket(p.at);
    } else if (wordClass === WordClass.TypeKeyword) {
      s.type = a;
      p.at++;
    } else if (isIn(aggregateWords, a)) local = parseLocalType(p, s);
    else if (
      wordClass === WordClass.Annotation ||
      wordClass === WordClass.RecordedSpecifier ||
      isTypeOperator(a)
    ) {
      if (isTypeOperator(a)) s.type = word.auto;
      p.at = next === word['('] ? p.behindBracket(p.at + 1) : p.at + 1;
    } else {
      if (a === word.static || a === word.STATIC) s.isStatic = true;
      if (a === word.extern) s.isExtern = true;
      p.at = next === word['('] && a !== word.const && s.type === 0 ? p.behindBracket(p.at + 1) : p.at + 1;
    }
  }
  return local;
}

function isTypeOperator(a: Atom): boolean {
  return a === word.decltype || a === word.typeof || a === word.__typeof__;
}

/** After a type a plain name is the declarator, unless another name or a `*` with a name follows it. */
function goesOn(p: BodyParser): boolean {
  const i = p.at + 1;
  const a = p.atom[i]!;
  if (a === word['::'] || a === word['<']) return behindTypeName(p, p.at) > i;
  if (isPlain(p, i)) return true;
  return (a === word['*'] || a === word['&']) && isPlain(p, i + 1);
}

function lastName(p: BodyParser, from: number, to: number): Atom {
  let name = p.atom[from]!;
  for (let i = from; i < to; i++) {
    if (p.kind[i] === TokenKind.Identifier) name = p.atom[i]!;
    else if (p.atom[i] === word['<']) i = Math.max(i, templateEnd(p, i) - 1);
  }
  return name;
}

/** `struct Tag`, `struct Tag { ... }`, `enum : int { ... }`. */
function parseLocalType(p: BodyParser, s: Specifiers): NodeId {
  const first = p.at;
  const isEnum = p.current === word.enum;
  p.at++;
  while (p.kind[p.at] === TokenKind.Identifier && !isPlain(p, p.at))
    p.at = p.atom[p.at + 1] === word['('] ? p.behindBracket(p.at + 1) : p.at + 1;
  if (isPlain(p, p.at)) {
    s.type = p.current;
    p.at = Math.max(p.at + 1, behindTypeName(p, p.at));
  } else if (s.type === 0) s.type = word.struct;
  let open = p.at;
  if (p.current === word[':'])
    while (open < p.count && p.atom[open] !== word['{'] && p.atom[open] !== word[';']) open++;
  if (p.atom[open] !== word['{']) return -1;
  p.at = open;
  const id = p.node(NodeKind.LocalDeclaration, first);
  p.nodeAtom[id] = s.type;
  const end = p.behindBracket(open);
  if (!isEnum) parseMemberBodies(p, id, open + 1, end - 1);
  p.at = end;
  return p.close(id);
}

/** Parses the bodies of member functions in [from, to): a `{` behind `)` and perhaps const, noexcept, override. */
function parseMemberBodies(p: BodyParser, parent: NodeId, from: number, to: number): void {
  let last: NodeId = -1;
  for (let i = from; i < to;) {
    const a = p.atom[i]!;
    if (a !== word['{']) {
      i = a === word['('] || a === word['['] ? p.behindBracket(i) : i + 1;
      continue;
    }
    let before = i - 1;
    while (p.kind[before] === TokenKind.Identifier) before--;
    if (p.atom[before] !== word[')']) {
      i++;
      continue;
    }
    const id = p.node(NodeKind.Lambda, i);
    p.at = i;
    p.depth++;
    p.nodeFirst[id] = parseBlock(p);
    p.depth--;
    last = p.append(parent, last, p.close(id));
    i = Math.max(p.at, i + 1);
  }
}

/** One declarator with its initialiser. */
function parseDeclarator(p: BodyParser, s: Specifiers, first: number, isHead: boolean): NodeId {
  const id = p.node(NodeKind.Decl, first);
  p.nodeAux[id] = s.type;
  if (s.isStatic) p.nodeFlags[id]! |= NodeFlag.Static;
  parseDeclaratorName(p, id);
  if (p.nodeAtom[id] !== 0) p.locals.add(p.nodeAtom[id]!);
  while (p.current === word['[']) {
    p.nodeFlags[id]! |= NodeFlag.Array;
    p.at = p.behindBracket(p.at);
  }
  skipQualifiers(p);
  const a = p.current;
  if (a === word['='] && !p.isAtEnd()) {
    p.at++;
    p.nodeFirst[id] = p.current === word['{'] ? parseInitList(p) : parseAssignment(p);
  } else if (a === word['{'] && !p.isAtEnd()) p.nodeFirst[id] = parseInitList(p);
  else if (a === word['('] && !p.isAtEnd()) parseConstruction(p, id, s);
  else if (a === word[':'] && !isHead) {
    p.at++;
    parseAssignment(p);
  }
  return p.close(id);
}

function skipQualifiers(p: BodyParser): void {
  while (p.kind[p.at] === TokenKind.Identifier && isQualifier(p, p.at) && !p.isAtEnd()) {
    p.at = p.atom[p.at + 1] === word['('] ? p.behindBracket(p.at + 1) : p.at + 1;
  }
}

function parseDeclaratorName(p: BodyParser, id: NodeId): void {
  for (;;) {
    const a = p.current;
    if (a === word['*'] || a === word['&'] || a === word['&&'] || a === word['^'])
      p.nodeFlags[id]! |= NodeFlag.Pointer;
    else if (p.kind[p.at] !== TokenKind.Identifier || !isQualifier(p, p.at)) break;
    p.at++;
  }
  if (p.current === word['('] && isPointerGroup(p, p.at)) {
    const behind = p.behindBracket(p.at);
    for (let i = p.at; i < behind; i++) if (isPlain(p, i)) p.nodeAtom[id] = p.atom[i]!;
    p.nodeFlags[id]! |= NodeFlag.Pointer;
    p.at = p.behindBracket(behind);
    return;
  }
  if (p.current === word['['] && p.nodeAux[id] === word.auto) {
    // Structured binding: the first name stands for all.
    p.nodeAtom[id] = p.atom[p.at + 1]!;
    p.at = p.behindBracket(p.at);
    return;
  }
  if (p.kind[p.at] !== TokenKind.Identifier) {
    if (p.current !== word[':'] && p.current !== word[')']) p.fail(`expected a name before ${p.describe()}`);
    return;
  }
  p.nodeAtom[id] = p.current;
  p.at++;
}

/** `T x(args)` constructs; `T f(int a)` and `T f(void)` declare a function and have no effect. */
function parseConstruction(p: BodyParser, id: NodeId, s: Specifiers): void {
  const close = p.behindBracket(p.at) - 1;
  if (isFunctionOnly(p, id, s) || isParameterList(p, p.at, close)) {
    p.nodeKind[id] = NodeKind.LocalDeclaration;
    p.nodeAux[id] = 0;
    p.at = close + 1;
    skipQualifiers(p);
    return;
  }
  const construct = p.node(NodeKind.Construct, p.at);
  p.nodeAtom[construct] = s.type;
  parseArguments(p, construct, -1);
  p.nodeFirst[id] = p.close(construct);
}

/** Nothing is constructed by an `extern` declaration, and nothing can be of type void. */
function isFunctionOnly(p: BodyParser, id: NodeId, s: Specifiers): boolean {
  const isPointer = (p.nodeFlags[id]! & NodeFlag.Pointer) !== 0;
  return s.isExtern || (!isPointer && /^void$/i.test(p.atoms.text(s.type)));
}

function isParameterList(p: BodyParser, open: number, close: number): boolean {
  const i = open + 1;
  if (i === close) return true;
  if (p.kind[i] !== TokenKind.Identifier) return false;
  const wordClass = p.classes.of(p.atom[i]!);
  if (wordClass === WordClass.TypeKeyword) return p.atom[i + 1] !== word['('];
  if (
    wordClass === WordClass.Annotation ||
    wordClass === WordClass.Specifier ||
    isIn(aggregateWords, p.atom[i]!)
  )
    return true;
  if (wordClass !== WordClass.Plain || p.locals.has(p.atom[i]!)) return false;
  const isVoid = i + 1 === close && p.atoms.text(p.atom[i]!) === 'VOID';
  let j = behindTypeName(p, i);
  if (j < 0) return false;
  while (p.atom[j] === word['*'] || p.atom[j] === word['&']) j++;
  const isNamed = isPlain(p, j) && (p.atom[j + 1] === word[','] || j + 1 === close);
  return isVoid || isNamed || (j > i + 1 && (j === close || p.atom[j] === word[',']));
}

/** typedef, using, static_assert and the like: no effect, skipped to the `;`. */
export function parseLocalSkip(p: BodyParser): NodeId {
  const id = p.node(NodeKind.LocalDeclaration, p.at);
  if (!isIn(skippedWords, p.current)) p.fail(`unexpected ${p.describe()}`);
  while (!p.isAtEnd() && p.current !== word[';'] && p.current !== word['}']) {
    const a = p.current;
    p.at = a === word['('] || a === word['{'] || a === word['['] ? p.behindBracket(p.at) : p.at + 1;
  }
  p.expect(word[';']);
  return p.close(id);
}
