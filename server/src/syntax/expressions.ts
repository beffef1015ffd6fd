/**
 * Expressions of C and C++, by precedence climbing. Types are not known, so casts and template arguments are told by shape.
 * Never throws; an operand that is missing becomes an Opaque node and an error of the statement.
 */
import type { Atom } from './atoms.ts';
import type { BodyParser } from './bodyParser.ts';
import { deepestNesting } from './bodyParser.ts';
import { isBraceConstruct, parseArguments, parseBraceConstruct, parseInitList } from './argumentLists.ts';
import { assignment, isIn } from './expressionWords.ts';
import { parsePrimary } from './primaryExpressions.ts';
import { isCast, typeEnd } from './casts.ts';
import { NodeFlag, NodeKind, type NodeId } from './ir.ts';
import { typeAtomOf } from './operators.ts';
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

const prefix = wordSet('!', '-', '+', '~', '*', '&', '++', '--', 'not', '&&', '^');

const OPEN_PAREN = word['('];
const CLOSE_PAREN = word[')'];
const COMMA = word[','];

/** Parses an expression with commas. */
export function parseExpression(p: BodyParser): NodeId {
  let left = parseAssignment(p);
  for (let links = 1; p.atom[p.at] === COMMA && !p.isAtEnd(); links++) {
    if (links % longestChain === 0) forgetChain(p, left);
    const first = p.at;
    p.at++;
    left = pair(p, NodeKind.Comma, 0, left, parseAssignment(p), first);
  }
  return left;
}

/** Links of one chain (`a + b + ...`, `a.b.c...`) that are kept: whoever walks the tree recurses once per link. */
const longestChain = 1000;

/** Keeps the value of the chain so far, but not how it came about. */
function forgetChain(p: BodyParser, left: NodeId): void {
  p.fail('a chain of operators is too long');
  p.nodeKind[left] = NodeKind.Opaque;
  p.nodeFirst[left] = -1;
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
  if (isIn(assignment, operator) && !p.isAtEnd()) {
    const token = p.at++;
    const right = p.current === word['{'] ? parseInitList(p) : parseAssignment(p);
    left = pair(p, NodeKind.Assign, operator, left, right, token);
  }
  p.depth--;
  return left;
}

/** Skips what is nested too deeply: one bracket group, or one token. */
export function tooDeep(p: BodyParser): NodeId {
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
    p.isAtEnd() ||
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
  if (p.current !== word['?'] || p.isAtEnd()) return condition;
  const root = beginConditional(p, condition);
  let open = root;
  for (let links = 1; ; links++) {
    const then = p.nodeNext[p.nodeFirst[open]!]!;
    const value = parseBinary(p, 1);
    if (links === longestChain) skipConditionals(p, value);
    if (p.current === word['?'] && !p.isAtEnd()) {
      const inner = beginConditional(p, value);
      p.nodeNext[then] = inner;
      open = inner;
      continue;
    }
    p.nodeNext[then] = isIn(assignment, p.current) && !p.isAtEnd() ? finishAssignment(p, value) : value;
    break;
  }
  for (let id = root; id >= 0 && p.nodeKind[id] === NodeKind.Conditional; id = thirdChild(p, id)) {
    p.close(id);
    if (id === open) break;
  }
  return root;
}

/** Reads the rest of a chain that is too long without keeping it; `value` stands for all of it. */
function skipConditionals(p: BodyParser, value: NodeId): void {
  if (p.current !== word['?'] || p.isAtEnd()) return;
  forgetChain(p, value);
  while (p.current === word['?'] && !p.isAtEnd()) {
    beginConditional(p, value);
    parseBinary(p, 1);
  }
  p.nodeFirst[value] = -1;
  p.nodeNext[value] = -1;
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
  for (let links = 1; ; links++) {
    if (links % longestChain === 0) forgetChain(p, left);
    const operator = p.current;
    const level = operator < precedence.length ? precedence[operator]! : 0;
    if (level < lowest || level === 0 || p.isAtEnd()) return left;
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

export function parseUnary(p: BodyParser): NodeId {
  const a = p.current;
  if (isIn(prefix, a) && !p.isAtEnd()) {
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
  for (let links = 1; !p.isAtEnd(); links++) {
    if (links % longestChain === 0) forgetChain(p, left);
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

export function skipOperatorName(p: BodyParser): void {
  while (!p.isAtEnd() && p.atom[p.at + 1] !== OPEN_PAREN && p.atom[p.at + 1] !== word[';']) p.at++;
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
