/**
 * Expressions of C and C++, by precedence climbing. Types are not known, so casts and template arguments are told by shape.
 * Never throws; an operand that is missing becomes an Opaque node and an error of the statement.
 */
import type { Atom } from './atoms.ts';
import type { BodyParser } from './bodyParser.ts';
import { deepestNesting } from './bodyParser.ts';
import { MarkerKind } from './bodyStream.ts';
import { isCast, typeEnd } from './casts.ts';
import { NodeFlag, NodeKind, type NodeId } from './ir.ts';
import { parseLambda } from './lambdas.ts';
import { characterValue, integerValue } from './numbers.ts';
import { parseCastWord, parseNew, parseSizeof, typeAtomOf } from './operators.ts';
import { templateEnd } from './templates.ts';
import { TokenKind } from './tokenTable.ts';
import { seededWords, word, wordSet } from './vocabulary.ts';

const precedence = new Uint8Array(seededWords.length);
[
  ['||', 'or'],
  ['&&', 'and'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '>', '<=', '>=', '<=>'],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
  ['.*', '->*'],
].forEach((operators, level) =>
  operators.forEach((text) => (precedence[word[text as keyof typeof word]] = level + 1)),
);

const assignment = wordSet('=', '+=', '-=', '*=', '/=', '%=', '<<=', '>>=', '&=', '^=', '|=');
const prefix = wordSet('!', '-', '+', '~', '*', '&', '++', '--', 'not', '&&', '^');
const sizeofWords = wordSet(
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
const castWords = wordSet('static_cast', 'reinterpret_cast', 'const_cast', 'dynamic_cast', 'safe_cast');
const typeWords = wordSet(
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
const stopWords = wordSet(
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

const OPEN_PAREN = word['('];
const CLOSE_PAREN = word[')'];
const COMMA = word[','];

/** True when `atom` is in a table made by `wordSet`. */
export function isIn(set: Uint8Array, atom: Atom): boolean {
  return atom < set.length && set[atom] === 1;
}

/** Parses an expression with commas. */
export function parseExpression(p: BodyParser): NodeId {
  let left = parseAssignment(p);
  while (p.atom[p.at] === COMMA && !p.isAtEnd) {
    const first = p.at;
    p.at++;
    left = pair(p, NodeKind.Comma, 0, left, parseAssignment(p), first);
  }
  return left;
}

/** Makes a node with two children that begins where `left` begins. */
function pair(
  p: BodyParser,
  kind: NodeKind,
  operator: Atom,
  left: NodeId,
  right: NodeId,
  token: number,
): NodeId {
  const id = p.node(kind, token);
  p.nodeStart[id] = p.nodeStart[left]!;
  p.nodeAtom[id] = operator;
  p.nodeFirst[id] = left;
  p.nodeNext[left] = right;
  return p.close(id);
}

/** Parses an expression without commas. */
export function parseAssignment(p: BodyParser): NodeId {
  if (p.depth > deepestNesting) return tooDeep(p);
  p.depth++;
  let left = parseConditional(p);
  const operator = p.current;
  if (isIn(assignment, operator) && !p.isAtEnd) {
    const token = p.at++;
    const right = p.current === word['{'] ? parseInitList(p) : parseAssignment(p);
    left = pair(p, NodeKind.Assign, operator, left, right, token);
  }
  p.depth--;
  return left;
}

/** Skips what is nested too deeply: one bracket group, or one token. */
function tooDeep(p: BodyParser): NodeId {
  p.fail('nested too deeply');
  const id = p.node(NodeKind.Opaque, p.at);
  const a = p.current;
  if (a === OPEN_PAREN || a === word['['] || a === word['{']) p.at = p.behindBracket(p.at);
  else if (!endsExpression(p)) p.at++;
  return p.close(id);
}

function endsExpression(p: BodyParser): boolean {
  const a = p.current;
  return (
    p.isAtEnd ||
    a === CLOSE_PAREN ||
    a === word[']'] ||
    a === word['}'] ||
    a === word[';'] ||
    p.kind[p.at]! > TokenKind.Directive
  );
}

/** Parses `a ? b : c` and everything that binds tighter; the chain `a ? b : c ? d : e` is read in a loop. */
export function parseConditional(p: BodyParser): NodeId {
  const condition = parseBinary(p, 1);
  if (p.current !== word['?'] || p.isAtEnd) return condition;
  const root = beginConditional(p, condition);
  let open = root;
  for (;;) {
    const then = p.nodeNext[p.nodeFirst[open]!]!;
    const value = parseBinary(p, 1);
    if (p.current === word['?'] && !p.isAtEnd) {
      const inner = beginConditional(p, value);
      p.nodeNext[then] = inner;
      open = inner;
      continue;
    }
    p.nodeNext[then] = isIn(assignment, p.current) && !p.isAtEnd ? finishAssignment(p, value) : value;
    break;
  }
  for (let id = root; id >= 0 && p.nodeKind[id] === NodeKind.Conditional; id = thirdChild(p, id)) {
    p.close(id);
    if (id === open) break;
  }
  return root;
}

function thirdChild(p: BodyParser, id: NodeId): NodeId {
  return p.nodeNext[p.nodeNext[p.nodeFirst[id]!]!]!;
}

function finishAssignment(p: BodyParser, left: NodeId): NodeId {
  const operator = p.current;
  const token = p.at++;
  return pair(p, NodeKind.Assign, operator, left, parseAssignment(p), token);
}

/** Reads `? then :` behind a condition. */
function beginConditional(p: BodyParser, condition: NodeId): NodeId {
  const id = p.node(NodeKind.Conditional, p.at);
  p.nodeStart[id] = p.nodeStart[condition]!;
  p.at++;
  p.nodeFirst[id] = condition;
  const then = p.current === word[':'] ? p.empty(NodeKind.Empty) : parseExpression(p);
  p.nodeNext[condition] = then;
  p.expect(word[':']);
  return id;
}

function parseBinary(p: BodyParser, lowest: number): NodeId {
  let left = parseUnary(p);
  for (;;) {
    const operator = p.current;
    const level = operator < precedence.length ? precedence[operator]! : 0;
    if (level < lowest || level === 0 || p.isAtEnd) return left;
    const token = p.at++;
    if (endsOperand(p)) {
      // `TYPE *` as a macro's argument: there is no right side, and the whole is a type.
      p.nodeKind[left] = NodeKind.Opaque;
      p.nodeFirst[left] = -1;
      return p.close(left);
    }
    left = pair(p, NodeKind.Binary, operator, left, parseBinary(p, level + 1), token);
  }
}

function endsOperand(p: BodyParser): boolean {
  const a = p.current;
  const operator = p.atom[p.at - 1];
  const isPointer =
    operator === word['*'] || operator === word['&'] || operator === word['&&'] || operator === word['^'];
  return (
    isPointer && (a === CLOSE_PAREN || a === COMMA || (a === word['*'] && p.atom[p.at + 1] === CLOSE_PAREN))
  );
}

function parseUnary(p: BodyParser): NodeId {
  const a = p.current;
  if (isIn(prefix, a) && !p.isAtEnd) {
    if (p.depth > deepestNesting) return tooDeep(p);
    const id = p.node(NodeKind.Unary, p.at);
    p.nodeAtom[id] = a;
    p.at++;
    p.depth++;
    p.nodeFirst[id] = parseUnary(p);
    p.depth--;
    return p.close(id);
  }
  if (a === OPEN_PAREN && isCast(p)) {
    if (p.depth > deepestNesting) return tooDeep(p);
    return parseCast(p);
  }
  return parsePostfix(p, parsePrimary(p));
}

/** `(TYPE)operand`, or the compound literal `(TYPE){...}`. */
function parseCast(p: BodyParser): NodeId {
  const id = p.node(NodeKind.Cast, p.at);
  const close = typeEnd(p, p.at + 1);
  const type = typeAtomOf(p, p.at + 1, close);
  p.nodeAtom[id] = type.atom;
  p.nodeAux[id] = type.pointerDepth;
  p.at = close + 1;
  p.depth++;
  if (p.current === word['{']) p.nodeFirst[id] = parsePostfix(p, parseInitList(p));
  else p.nodeFirst[id] = parseUnary(p);
  p.depth--;
  return p.close(id);
}

function parsePostfix(p: BodyParser, primary: NodeId): NodeId {
  let left = primary;
  while (!p.isAtEnd) {
    const a = p.current;
    if (a === OPEN_PAREN) left = parseCall(p, left);
    else if (a === word['.'] || a === word['->']) left = parseMember(p, left);
    else if (a === word['[']) left = parseIndex(p, left);
    else if (a === word['++'] || a === word['--']) left = parsePostfixStep(p, left);
    else if (a === word['{'] && p.nodeKind[left] === NodeKind.Name && isBraceConstruct(p))
      left = parseBraceConstruct(p, left);
    else if (p.kind[p.at] === TokenKind.String && isTextual(p, left)) p.at++;
    else break;
  }
  return left;
}

/** `MACRO "text"`: neighbouring literals are one string. */
function isTextual(p: BodyParser, left: NodeId): boolean {
  const kind = p.nodeKind[left];
  return kind === NodeKind.Name || kind === NodeKind.Call || kind === NodeKind.String;
}

function from(p: BodyParser, kind: NodeKind, left: NodeId): NodeId {
  const id = p.node(kind, p.at);
  p.nodeStart[id] = p.nodeStart[left]!;
  p.nodeFirst[id] = left;
  // A node out of a macro may wrap a name that is not, and the reverse: the wrapper belongs where its first token does.
  p.nodeFlags[id] = p.nodeFlags[left]! & NodeFlag.FromMacro;
  p.nodeMacro[id] = p.nodeMacro[left]!;
  return id;
}

function parsePostfixStep(p: BodyParser, left: NodeId): NodeId {
  const id = from(p, NodeKind.Postfix, left);
  p.nodeAtom[id] = p.current;
  p.at++;
  return p.close(id);
}

function parseMember(p: BodyParser, left: NodeId): NodeId {
  const id = from(p, NodeKind.Member, left);
  if (p.current === word['->']) p.nodeFlags[id]! |= NodeFlag.Arrow;
  p.at++;
  if (p.current === word.template) p.at++;
  if (p.current === word['~']) p.at++;
  if (p.current === word.operator) skipOperatorName(p);
  while (p.kind[p.at] === TokenKind.Identifier && p.atom[p.at + 1] === word['::']) p.at += 2;
  if (p.kind[p.at] !== TokenKind.Identifier) {
    if (p.current !== OPEN_PAREN) p.fail(`expected a member's name before ${p.describe()}`);
    return p.close(id);
  }
  p.nodeAtom[id] = p.current;
  p.at++;
  if (p.current === word['<']) {
    const next = templateEnd(p, p.at);
    if (next > p.at && p.atom[next] === OPEN_PAREN) p.at = next;
  }
  return p.close(id);
}

function skipOperatorName(p: BodyParser): void {
  while (!p.isAtEnd && p.atom[p.at + 1] !== OPEN_PAREN && p.atom[p.at + 1] !== word[';']) p.at++;
}

function parseIndex(p: BodyParser, left: NodeId): NodeId {
  const id = from(p, NodeKind.Index, left);
  p.at++;
  p.nodeNext[left] = p.current === word[']'] ? p.empty(NodeKind.Empty) : parseExpression(p);
  p.expect(word[']']);
  return p.close(id);
}

function parseCall(p: BodyParser, callee: NodeId): NodeId {
  const id = from(p, NodeKind.Call, callee);
  parseArguments(p, id, callee);
  return p.close(id);
}

/** Reads `( argument, ... )` at the current token and appends the arguments to `parent` behind `last`. */
export function parseArguments(p: BodyParser, parent: NodeId, last: NodeId): void {
  const isBrace = p.current === word['{'];
  const close = isBrace ? word['}'] : CLOSE_PAREN;
  p.at++;
  let tail = last;
  while (!p.isAtEnd && p.current !== close) {
    tail = p.append(parent, tail, parseArgument(p));
    if (p.current === COMMA) {
      p.at++;
      if (p.current === close) tail = p.append(parent, tail, p.empty(NodeKind.Empty));
    } else if (p.current !== close) break;
  }
  p.expect(close);
}

/** One argument; macros also take types, operators, blocks and nothing at all. */
function parseArgument(p: BodyParser): NodeId {
  const a = p.current;
  if (a === COMMA) return p.empty(NodeKind.Empty);
  if (a === word['{']) return parseInitList(p);
  const first = p.at;
  const isType = isIn(typeWords, a) && p.atom[p.at + 1] !== OPEN_PAREN && p.atom[p.at + 1] !== word['{'];
  const hadError = p.error !== '';
  const nodes = p.nodeCount;
  let id = -1;
  if (!isType) {
    id = parseAssignment(p);
    const isDone = p.current === COMMA || p.current === CLOSE_PAREN || p.current === word['}'];
    if (isDone && (hadError || p.error === '')) return id;
    if (p.current === word['...'] && p.atom[p.at + 1] === CLOSE_PAREN) {
      p.at++;
      return id;
    }
    if (p.error === 'nested too deeply') return id;
  }
  return opaqueArgument(p, first, hadError, nodes);
}

/** An argument that is no expression: a type, an operator, a declaration. Skipped to its comma; statements in it are an error. */
function opaqueArgument(p: BodyParser, first: number, hadError: boolean, nodes: number): NodeId {
  let end = first;
  while (end < p.count) {
    const a = p.atom[end]!;
    if (
      a === COMMA ||
      a === CLOSE_PAREN ||
      a === word['}'] ||
      a === word[';'] ||
      p.kind[end]! > TokenKind.Directive
    )
      break;
    end = a === OPEN_PAREN || a === word['['] || a === word['{'] ? p.behindBracket(end) : end + 1;
  }
  const isClosed = end < p.count && (p.atom[end] === COMMA || p.atom[end] === CLOSE_PAREN);
  if (isClosed && !hadError && !hidesCode(p, first, end)) {
    p.error = '';
    p.nodeCount = nodes;
  } else p.fail(`unexpected ${p.describe()} in an argument`);
  const id = p.node(NodeKind.Opaque, first);
  p.at = end;
  return p.close(id);
}

/** True when skipping [from, to) would lose a statement or a call. */
function hidesCode(p: BodyParser, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const a = p.atom[i]!;
    if (isIn(stopWords, a) || a === word[';']) return true;
    const isCall =
      p.kind[i] === TokenKind.Identifier &&
      p.atom[i + 1] === OPEN_PAREN &&
      i + 1 < to &&
      p.atom[i + 2] !== word['*'];
    if (isCall && !isIn(sizeofWords, a) && p.classes.of(a) === 1 && !p.classes.isTypeLike(a)) return true;
  }
  return false;
}

/** `T{...}` in an expression; a `{` on its own line, or after something that cannot be a type, begins a block. */
function isBraceConstruct(p: BodyParser): boolean {
  if (p.isLineStart(p.at)) return false;
  const before = p.atom[p.at - 1]!;
  if (p.locals.has(before)) return false;
  const next = p.behindBracket(p.at);
  for (let i = p.at + 1; i < next && i < p.at + 64; i++)
    if (p.atom[i] === word[';'] || isIn(stopWords, p.atom[i]!)) return false;
  const after = p.atom[next];
  return (
    after === word[';'] ||
    after === CLOSE_PAREN ||
    after === COMMA ||
    after === word['.'] ||
    after === word['}']
  );
}

function parseBraceConstruct(p: BodyParser, name: NodeId): NodeId {
  p.nodeKind[name] = NodeKind.Construct;
  p.nodeAux[name] = 0;
  parseArguments(p, name, -1);
  return p.close(name);
}

/** `{ element, .field = value, [i] = value }`. */
export function parseInitList(p: BodyParser): NodeId {
  const id = p.node(NodeKind.InitList, p.at);
  p.at++;
  if (p.depth > deepestNesting) {
    p.fail('nested too deeply');
    p.at = p.behindBracket(p.at - 1);
    return p.close(id);
  }
  p.depth++;
  let tail = -1;
  while (!p.isAtEnd && p.current !== word['}']) {
    if (p.kind[p.at]! > TokenKind.Directive) {
      skipMarker(p);
      continue;
    }
    if (p.accept(COMMA)) continue;
    const before = p.at;
    tail = p.append(id, tail, parseElement(p));
    if (
      p.at === before ||
      (p.current !== COMMA && p.current !== word['}'] && p.kind[p.at]! <= TokenKind.Directive)
    ) {
      // `{ MACRO(a) MACRO(b) }`: table macros bring their own commas.
      if (p.at > before && p.kind[p.at] === TokenKind.Identifier) continue;
      break;
    }
  }
  p.depth--;
  p.expect(word['}']);
  return p.close(id);
}

/** In an initialiser the first branch of a choice is read. */
function skipMarker(p: BodyParser): void {
  const kind = p.kind[p.at];
  p.at++;
  if (kind === MarkerKind.ChoiceStart && p.kind[p.at] === MarkerKind.ChoiceBranch) p.at++;
  if (kind !== MarkerKind.ChoiceBranch) return;
  let depth = 0;
  while (!p.isAtEnd) {
    if (p.kind[p.at] === MarkerKind.ChoiceStart) depth++;
    if (p.kind[p.at] === MarkerKind.ChoiceEnd && depth-- === 0) break;
    p.at++;
  }
}

function parseElement(p: BodyParser): NodeId {
  const a = p.current;
  const isField = a === word['.'] && p.kind[p.at + 1] === TokenKind.Identifier;
  if (!isField && !(a === word['['] && !isLambda(p)))
    return a === word['{'] ? parseInitList(p) : parseAssignment(p);
  const id = p.node(NodeKind.Designated, p.at);
  p.at++;
  let tail = -1;
  if (isField) p.nodeAtom[id] = p.current;
  if (isField) p.at++;
  else {
    tail = p.append(id, tail, parseAssignment(p));
    p.expect(word[']']);
  }
  while (p.current === word['.'] || p.current === word['[']) {
    // `.a.b = x`, `.a[1] = x`: the last name counts.
    if (p.current === word['[']) p.at = p.behindBracket(p.at);
    else {
      if (isField) p.nodeAtom[id] = p.atom[p.at + 1]!;
      p.at += 2;
    }
  }
  p.accept(word['=']);
  p.append(id, tail, p.current === word['{'] ? parseInitList(p) : parseAssignment(p));
  return p.close(id);
}

/** `[...] (` or `[...] {`: a lambda, not a designator. */
function isLambda(p: BodyParser): boolean {
  const next = p.atom[p.behindBracket(p.at)];
  return next === OPEN_PAREN || next === word['{'];
}

function parsePrimary(p: BodyParser): NodeId {
  switch (p.kind[p.at]) {
    case TokenKind.Identifier:
      return parseWord(p);
    case TokenKind.Number:
      return parseNumber(p);
    case TokenKind.String:
      return parseString(p);
    case TokenKind.Char: {
      const id = p.node(NodeKind.Char, p.at);
      p.nodeAtom[id] = p.current;
      p.nodeAux[id] = characterValue(p.atoms.text(p.current));
      p.at++;
      return id;
    }
    default:
      return parseMark(p);
  }
}

function parseNumber(p: BodyParser): NodeId {
  const id = p.node(NodeKind.Number, p.at);
  const atom = p.current;
  p.nodeAtom[id] = atom;
  const value = integerValue(p.atoms.text(atom));
  if (value !== undefined && value === (value | 0)) p.nodeAux[id] = value;
  else p.nodeFlags[id]! |= NodeFlag.NoValue;
  p.at++;
  return id;
}

/** One or more literals in a row, with names of string macros between them. */
function parseString(p: BodyParser): NodeId {
  const id = p.node(NodeKind.String, p.at);
  p.nodeAtom[id] = p.current;
  p.at++;
  for (;;) {
    const kind = p.kind[p.at];
    const isName =
      kind === TokenKind.Identifier &&
      !isIn(stopWords, p.current) &&
      p.current !== word.and &&
      p.current !== word.or;
    if (isName && p.isLineStart(p.at) && p.atom[p.at + 1] === word[':']) break;
    if (kind !== TokenKind.String && !isName) break;
    p.at++;
    if (isName && p.current === OPEN_PAREN) p.at = p.behindBracket(p.at);
  }
  return p.close(id);
}

function parseMark(p: BodyParser): NodeId {
  const a = p.current;
  if (a === OPEN_PAREN && !p.isAtEnd) return parseParenthesized(p);
  if (a === word['['] && !p.isAtEnd) return parseLambda(p);
  if (a === word['::'] && p.kind[p.at + 1] === TokenKind.Identifier) {
    p.at++;
    return parseWord(p);
  }
  if (a === word['{'] && !p.isAtEnd) return parseInitList(p);
  p.fail(`expected an expression before ${p.describe()}`);
  return p.empty(NodeKind.Opaque);
}

/** `( expression )`, or the GNU statement expression `({ ... })`. The node of the inside stands for the whole. */
function parseParenthesized(p: BodyParser): NodeId {
  const open = p.at;
  p.at++;
  if (p.current === CLOSE_PAREN) {
    p.at++;
    const id = p.node(NodeKind.Opaque, open);
    return p.close(id);
  }
  const inner = parseExpression(p);
  if (p.current === word['...'] && p.atom[p.at + 1] === CLOSE_PAREN) p.at++;
  p.expect(CLOSE_PAREN);
  p.nodeStart[inner] = p.start[open]!;
  if (p.macro[open] === 0) {
    // Keep the flag of the parentheses' place: `(MACRO)` is not from the macro as a whole, but its only node is.
    return p.close(inner);
  }
  return p.close(inner);
}

function parseWord(p: BodyParser): NodeId {
  const a = p.current;
  if (a >= seededWords.length) return parseName(p);
  if (sizeofWords[a] === 1) return parseSizeof(p);
  if (castWords[a] === 1 && p.atom[p.at + 1] === word['<']) return parseCastWord(p);
  if (stopWords[a] === 1) {
    p.fail(`expected an expression before '${p.atoms.text(a)}'`);
    return p.empty(NodeKind.Opaque);
  }
  switch (a) {
    case word.this: {
      const id = p.node(NodeKind.This, p.at);
      p.at++;
      return id;
    }
    case word.true:
    case word.false:
    case word.nullptr:
      return parseLiteralWord(p, a);
    case word.operator:
      return parseOperatorName(p);
    case word.new:
    case word.gcnew:
      return isNamedLikeKeyword(p) ? parseName(p) : parseNew(p);
    case word.delete:
      return isNamedLikeKeyword(p) ? parseName(p) : parseUnaryWord(p, NodeKind.Delete);
    case word.throw:
      return parseUnaryWord(p, NodeKind.Throw);
    case word.co_await:
    case word.co_yield:
      return parseUnaryWord(p, NodeKind.Opaque);
    case word._Generic: {
      const id = p.node(NodeKind.Opaque, p.at);
      p.at = p.behindBracket(p.at + 1);
      return p.close(id);
    }
    default:
      return typeWords[a] === 1 && a !== word.size_t ? parseTypeWord(p) : parseName(p);
  }
}

/** `delete = TRUE`: C drivers use the words of C++ as names. */
function isNamedLikeKeyword(p: BodyParser): boolean {
  const next = p.atom[p.at + 1]!;
  const isEnd =
    next === word[';'] || next === CLOSE_PAREN || next === COMMA || next === word['.'] || next === word['->'];
  return (
    isEnd ||
    isIn(assignment, next) ||
    next === word['=='] ||
    next === word['!='] ||
    next === word['&&'] ||
    next === word['||']
  );
}

/** `operator new(s)`, `operator delete[](p)` called by name. */
function parseOperatorName(p: BodyParser): NodeId {
  const id = p.node(NodeKind.Name, p.at);
  p.nodeAtom[id] = word.operator;
  skipOperatorName(p);
  if (!p.isAtEnd) p.at++;
  return p.close(id);
}

function parseLiteralWord(p: BodyParser, a: Atom): NodeId {
  const id = p.node(NodeKind.Number, p.at);
  p.nodeAtom[id] = a;
  p.nodeAux[id] = a === word.true ? 1 : 0;
  p.at++;
  return id;
}

/** `delete[] x`, `throw x`, `co_await x`. */
function parseUnaryWord(p: BodyParser, kind: NodeKind): NodeId {
  const id = p.node(kind, p.at);
  p.at++;
  if (kind === NodeKind.Delete && p.current === word['[']) p.at = p.behindBracket(p.at);
  if (p.current === word[';'] || p.current === CLOSE_PAREN) return id;
  p.depth++;
  p.nodeFirst[id] =
    p.depth > deepestNesting ? tooDeep(p) : kind === NodeKind.Throw ? parseAssignment(p) : parseUnary(p);
  p.depth--;
  return p.close(id);
}

/** A type keyword in an expression: `int(x)`, `unsigned char{3}`; without arguments a type given to a macro. */
function parseTypeWord(p: BodyParser): NodeId {
  const first = p.at;
  const id = p.node(NodeKind.Cast, first);
  while (p.kind[p.at] === TokenKind.Identifier || p.current === word['*']) p.at++;
  p.nodeAtom[id] = typeAtomOf(p, first, p.at).atom;
  if (p.current === OPEN_PAREN || p.current === word['{']) parseArguments(p, id, -1);
  else p.nodeKind[id] = NodeKind.Opaque;
  return p.close(id);
}

/** A name, perhaps qualified, perhaps with template arguments. */
function parseName(p: BodyParser): NodeId {
  const first = p.at;
  const id = p.node(NodeKind.Name, first);
  p.at++;
  if (p.current !== word['::'] && p.current !== word['<']) {
    p.nodeAtom[id] = p.atom[first]!;
    if (p.atom[first - 1] === word['::'] && first > 0) p.nodeStart[id] = p.start[first - 1]!;
    return id;
  }
  let last = first;
  for (;;) {
    const next = p.current === word['<'] ? templateEnd(p, p.at) : p.at;
    if (next > p.at) {
      const follows = p.atom[next]!;
      if (follows === OPEN_PAREN || follows === word['::'] || follows === word['{']) p.at = next;
      else break;
    }
    const hasMore =
      p.current === word['::'] &&
      (p.kind[p.at + 1] === TokenKind.Identifier || p.atom[p.at + 1] === word['~']);
    if (!hasMore) break;
    p.at += p.atom[p.at + 1] === word['~'] ? 2 : 1;
    if (p.current === word.operator) skipOperatorName(p);
    last = p.at;
    p.at++;
  }
  p.nodeAtom[id] = p.atom[last]!;
  p.close(id);
  if (last > first)
    p.nodeAux[id] = p.atoms.intern(p.text.slice(p.nodeStart[id], p.nodeEnd[id]).replace(/\s+/g, ''));
  return id;
}
