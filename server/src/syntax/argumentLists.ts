/**
 * Argument lists and initialiser lists. Macros take types, operators, blocks and nothing at all as arguments; those become Opaque
 * or Empty nodes, unless that would hide a statement or a call.
 */
import type { BodyParser } from './bodyParser.ts';
import { deepestNesting } from './bodyParser.ts';
import { MarkerKind } from './bodyStream.ts';
import { isIn, sizeofWords, stopWords, typeWords } from './expressionWords.ts';
import { parseAssignment } from './expressions.ts';
import { NodeKind, type NodeId } from './ir.ts';
import { TokenKind } from './tokenTable.ts';
import { word } from './vocabulary.ts';

const OPEN_PAREN = word['('];
const CLOSE_PAREN = word[')'];
const COMMA = word[','];

/** Reads `( argument, ... )` at the current token and appends the arguments to `parent` behind `last`. */
export function parseArguments(p: BodyParser, parent: NodeId, last: NodeId): void {
  const isBrace = p.current === word['{'];
  const close = isBrace ? word['}'] : CLOSE_PAREN;
  p.at++;
  let tail = last;
  while (!p.isAtEnd() && p.current !== close) {
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
  if (a === word['.'] && p.kind[p.at + 1] === TokenKind.Identifier) return parseElement(p);
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
export function isBraceConstruct(p: BodyParser): boolean {
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

export function parseBraceConstruct(p: BodyParser, name: NodeId): NodeId {
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
  while (!p.isAtEnd() && p.current !== word['}']) {
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
  while (!p.isAtEnd()) {
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
