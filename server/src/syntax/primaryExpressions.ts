/** Primary expressions: names, literals, parentheses, and the words that begin an expression of their own. */
import { parseArguments, parseInitList } from './argumentLists.ts';
import type { Atom } from './atoms.ts';
import type { BodyParser } from './bodyParser.ts';
import { deepestNesting } from './bodyParser.ts';
import { assignment, castWords, isIn, sizeofWords, stopWords, typeWords } from './expressionWords.ts';
import { parseAssignment, parseExpression, parseUnary, skipOperatorName, tooDeep } from './expressions.ts';
import { NodeFlag, NodeKind, type NodeId } from './ir.ts';
import { parseLambda } from './lambdas.ts';
import { characterValue, integerValue } from './numbers.ts';
import { parseCastWord, parseNew, parseSizeof, typeAtomOf } from './operators.ts';
import { parseBlock } from './statements.ts';
import { templateEnd } from './templates.ts';
import { TokenKind } from './tokenTable.ts';
import { seededWords, word } from './vocabulary.ts';

const OPEN_PAREN = word['('];
const CLOSE_PAREN = word[')'];
const COMMA = word[','];

/** Parses one primary expression. */
export function parsePrimary(p: BodyParser): NodeId {
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
  if (a === OPEN_PAREN && !p.isAtEnd()) return parseParenthesized(p);
  if (a === word['['] && !p.isAtEnd()) return parseLambda(p);
  if (a === word['::'] && p.kind[p.at + 1] === TokenKind.Identifier) {
    p.at++;
    return parseWord(p);
  }
  if (a === word['{'] && !p.isAtEnd()) return parseInitList(p);
  p.fail(`expected an expression before ${p.describe()}`);
  return p.empty(NodeKind.Opaque);
}

/** `( expression )`, or the GNU statement expression `({ ... })`. The node of the inside stands for the whole. */
function parseParenthesized(p: BodyParser): NodeId {
  const open = p.at;
  p.at++;
  if (p.current === CLOSE_PAREN) {
    p.at++;
    return p.close(p.node(NodeKind.Opaque, open));
  }
  const inner = p.current === word['{'] ? parseStatementExpression(p, open) : parseExpression(p);
  if (p.current === word['...'] && p.atom[p.at + 1] === CLOSE_PAREN) p.at++;
  p.expect(CLOSE_PAREN);
  p.nodeStart[inner] = p.start[open]!;
  return p.close(inner);
}

/** GNU `({ ... })`: kept like a lambda, so that its statements are there but do not flow; MSVC has no such thing. */
function parseStatementExpression(p: BodyParser, open: number): NodeId {
  const id = p.node(NodeKind.Lambda, open);
  const { error, errorOffset } = p;
  p.nodeFirst[id] = parseBlock(p);
  p.error = error;
  p.errorOffset = errorOffset;
  return p.close(id);
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
  if (!p.isAtEnd()) p.at++;
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

/** Behind a comparison's `>` stands an operand; where none can stand, the `<...>` were template arguments. */
function isOperandEnd(atom: Atom): boolean {
  return (
    atom === CLOSE_PAREN || atom === word[';'] || atom === COMMA || atom === word['}'] || atom === word[']']
  );
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
      if (follows === OPEN_PAREN || follows === word['::'] || follows === word['{'] || isOperandEnd(follows))
        p.at = next;
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
