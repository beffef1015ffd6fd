/**
 * Statements of C and C++ with SEH. A statement that cannot be read becomes Unparsed up to its `;` or `}` and is counted;
 * the statements after it are read as usual.
 */
import { deepestNesting, type BodyParser } from './bodyParser.ts';
import { MarkerKind } from './bodyStream.ts';
import { parseConditional, parseExpression } from './expressions.ts';
import { isIn } from './expressionWords.ts';
import { NodeFlag, NodeKind, type NodeId } from './ir.ts';
import { isDeclaration, parseDeclaration, parseLocalSkip } from './localDeclarations.ts';
import { TokenKind } from './tokenTable.ts';
import { seededWords, word, wordSet } from './vocabulary.ts';

const OPEN_BRACE = word['{'];
const CLOSE_BRACE = word['}'];
const SEMICOLON = word[';'];

/** Parses `{ ... }` at the current `{`. */
export function parseBlock(p: BodyParser): NodeId {
  const id = p.node(NodeKind.Block, p.at);
  if (!p.accept(OPEN_BRACE)) {
    p.fail(`expected '{' before ${p.describe()}`);
    return p.empty(NodeKind.Empty);
  }
  parseSequence(p, id);
  if (!p.accept(CLOSE_BRACE)) recordHere(p, "expected '}' before the end");
  return p.close(id);
}

function recordHere(p: BodyParser, reason: string): void {
  p.recoveries.push({ offset: p.start[Math.min(p.at, p.count)]!, reason });
}

/** Appends statements to `parent` until `}`, a choice marker that is not ours, or the end. */
function parseSequence(p: BodyParser, parent: NodeId): void {
  let last: NodeId = -1;
  while (!p.isAtEnd() && p.current !== CLOSE_BRACE) {
    const kind = p.kind[p.at];
    if (kind === MarkerKind.ChoiceBranch || kind === MarkerKind.ChoiceEnd) break;
    const before = p.at;
    const statement = parseStatement(p);
    p.append(parent, last, statement);
    last = p.lastSibling;
    if (p.at === before) p.at++;
  }
}

/** Parses one statement; `p.lastSibling` is the last node made for it. */
function parseStatement(p: BodyParser): NodeId {
  const first = p.at;
  if (p.depth > deepestNesting) return skipDeep(p);
  p.depth++;
  p.error = '';
  const id = dispatch(p);
  p.depth--;
  p.lastSibling = lastOf(p, id);
  if (p.error !== '') return recover(p, id, first);
  if (p.splits.length > 0) markSplit(p, id, first);
  return id;
}

function lastOf(p: BodyParser, id: NodeId): NodeId {
  let last = id;
  while (p.nodeNext[last]! >= 0) last = p.nodeNext[last]!;
  return last;
}

function markSplit(p: BodyParser, id: NodeId, first: number): void {
  if (p.nodeKind[id] === NodeKind.Block || p.nodeKind[id] === NodeKind.Choice) return;
  let low = 0;
  let high = p.splits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (p.splits[middle]! <= first) low = middle + 1;
    else high = middle;
  }
  if (low < p.splits.length && p.splits[low]! < p.at) p.nodeFlags[id]! |= NodeFlag.SplitByIf;
}

function skipDeep(p: BodyParser): NodeId {
  const id = p.node(NodeKind.Unparsed, p.at);
  recordHere(p, 'nested too deeply');
  p.at = p.current === OPEN_BRACE ? p.behindBracket(p.at) : p.at;
  skipToEnd(p);
  p.lastSibling = id;
  return p.close(id);
}

/** Moves behind the `;` that ends the broken statement, or before the `{`, `}` or marker that stops it. */
function skipToEnd(p: BodyParser): void {
  while (!p.isAtEnd()) {
    const a = p.current;
    if (a === SEMICOLON) {
      p.at++;
      return;
    }
    if (a === CLOSE_BRACE || a === OPEN_BRACE || p.kind[p.at]! > TokenKind.Directive) return;
    if (isIn(statementWords, a) && p.isLineStart(p.at)) return;
    p.at++;
  }
}

/** Replaces a broken statement by Unparsed; what was read of it stays as its child, so that no call vanishes. */
function recover(p: BodyParser, broken: NodeId, first: number): NodeId {
  p.recoveries.push({ offset: p.errorOffset, reason: p.error });
  p.error = '';
  const isEnded = p.at > first && p.atom[p.at - 1] === SEMICOLON;
  if (!isEnded) skipToEnd(p);
  const id = p.node(NodeKind.Unparsed, first);
  p.nodeFirst[id] = broken;
  p.lastSibling = id;
  return p.close(id);
}

/** Kinds of statement by first word; 0 = an expression or declaration. */
const statementWords = wordSet(
  'if',
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
  '__leave',
  '__asm',
  '_asm',
  'asm',
  '__asm__',
  'else',
  'co_return',
  'typedef',
  'using',
  'static_assert',
  '_Static_assert',
  'namespace',
  'template',
  'friend',
  '__except',
  '__finally',
  'catch',
  'throw',
);

function dispatch(p: BodyParser): NodeId {
  const a = p.current;
  const kind = p.kind[p.at];
  if (kind === MarkerKind.ChoiceStart) return parseChoice(p);
  if (a < seededWords.length && kind === TokenKind.Identifier) {
    const id = statementWords[a] === 1 ? parseKeyword(p) : parseSoftKeyword(p);
    if (id >= 0) return id;
  }
  if (a === OPEN_BRACE) return parseBlock(p);
  if (a === SEMICOLON) {
    const id = p.node(NodeKind.Empty, p.at);
    p.at++;
    return id;
  }
  if (kind === TokenKind.Identifier && p.atom[p.at + 1] === word[':'] && p.atom[p.at + 2] !== word[':'])
    return parseLabel(p);
  while (p.current === word['['] && p.atom[p.at + 1] === word['[']) p.at = p.behindBracket(p.at);
  if (isDeclaration(p)) return parseDeclaration(p);
  return parseExpressionStatement(p);
}

function parseKeyword(p: BodyParser): NodeId {
  switch (p.current) {
    case word.if:
      return parseIf(p);
    case word.while:
      return parseWhile(p);
    case word.do:
      return parseDo(p);
    case word.for:
      return parseFor(p);
    case word.switch:
      return parseSwitch(p);
    case word.case:
    case word.default:
      return parseCase(p);
    case word.return:
    case word.co_return:
      return parseReturn(p, NodeKind.Return);
    case word.throw:
      return parseReturn(p, NodeKind.Throw);
    case word.goto:
      return parseGoto(p);
    case word.break:
      return parseSimple(p, NodeKind.Break);
    case word.continue:
      return parseSimple(p, NodeKind.Continue);
    case word.__leave:
      return parseSimple(p, NodeKind.SehLeave);
    case word.__try:
      return parseTry(p);
    case word.asm:
    case word.__asm:
    case word._asm:
    case word.__asm__:
      return parseAsm(p);
    case word.else:
    case word.catch:
    case word.__except:
    case word.__finally:
      p.fail(`unexpected '${p.atoms.text(p.current)}'`);
      p.at++;
      return p.empty(NodeKind.Empty);
    default:
      return parseLocalSkip(p);
  }
}

/** `try`, `leave` and kin are names unless they stand where the keyword would; -1 when they are. */
function parseSoftKeyword(p: BodyParser): NodeId {
  const a = p.current;
  if (a === word.try && p.atom[p.at + 1] === OPEN_BRACE) return parseTry(p);
  if (a === word.leave && p.atom[p.at + 1] === SEMICOLON) return parseSimple(p, NodeKind.SehLeave);
  return -1;
}

/** `(condition)`, also with a declaration in it; a macro that brings its own parentheses is taken too. */
function parseCondition(p: BodyParser): NodeId {
  if (p.current !== word['(']) {
    if (p.kind[p.at] === TokenKind.Identifier && !isIn(statementWords, p.current)) return parseConditional(p);
    p.expect(word['(']);
    return p.empty(NodeKind.Opaque);
  }
  const open = p.at;
  p.at++;
  let id =
    p.current === word[')']
      ? p.empty(NodeKind.Empty)
      : isDeclaration(p, true)
        ? parseDeclaration(p, true)
        : parseExpression(p);
  if (p.current === SEMICOLON) {
    // `if (init; condition)`: both in order, as a comma would do it.
    p.at++;
    const right = parseExpression(p);
    const comma = p.node(NodeKind.Comma, open);
    p.nodeFirst[comma] = id;
    p.nodeNext[id] = right;
    id = p.close(comma);
  }
  p.expect(word[')']);
  return id;
}

/** The statement that a head governs; a label or case before it makes a block of both. */
function parseBody(p: BodyParser): NodeId {
  const outer = p.error;
  const offset = p.errorOffset;
  if (
    p.isAtEnd() ||
    p.current === CLOSE_BRACE ||
    p.kind[p.at] === MarkerKind.ChoiceBranch ||
    p.kind[p.at] === MarkerKind.ChoiceEnd
  ) {
    p.fail(`expected a statement before ${p.describe()}`);
    return p.empty(NodeKind.Empty);
  }
  const first = p.at;
  let id = parseStatement(p);
  const kind = p.nodeKind[id];
  const isMarker = kind === NodeKind.Label || kind === NodeKind.Case || kind === NodeKind.Default;
  if (isMarker || p.nodeNext[id]! >= 0) {
    const block = p.node(NodeKind.Block, first);
    p.nodeFirst[block] = id;
    let last = lastOf(p, id);
    while (
      isMarkerNode(p, last) &&
      !p.isAtEnd() &&
      p.current !== CLOSE_BRACE &&
      p.kind[p.at]! <= TokenKind.Directive
    ) {
      p.nodeNext[last] = parseStatement(p);
      last = p.lastSibling;
    }
    id = p.close(block);
  }
  p.error = outer;
  p.errorOffset = offset;
  return id;
}

function isMarkerNode(p: BodyParser, id: NodeId): boolean {
  const kind = p.nodeKind[id];
  return kind === NodeKind.Label || kind === NodeKind.Case || kind === NodeKind.Default;
}

/** An `else if` chain is read in a loop, so that a thousand arms do not nest. */
function parseIf(p: BodyParser): NodeId {
  const root = p.node(NodeKind.If, p.at);
  let current = root;
  const chain: NodeId[] = [root];
  for (;;) {
    p.at++;
    if (p.current === word.constexpr) p.at++;
    const condition = parseCondition(p);
    p.nodeFirst[current] = condition;
    const then = parseBody(p);
    p.nodeNext[condition] = then;
    // `MACRO(); else`: the macro brought its own `;` or braces.
    if (
      p.current === SEMICOLON &&
      p.atom[p.at + 1] === word.else &&
      (p.macro[p.at - 1] !== 0 || p.macro[p.at] !== 0)
    )
      p.at++;
    if (p.current !== word.else || p.isAtEnd()) break;
    p.at++;
    if (p.current !== word.if || p.isAtEnd()) {
      p.nodeNext[then] = parseBody(p);
      break;
    }
    const inner = p.node(NodeKind.If, p.at);
    p.nodeNext[then] = inner;
    current = inner;
    chain.push(inner);
  }
  for (const id of chain) p.close(id);
  return root;
}

function parseWhile(p: BodyParser): NodeId {
  const id = p.node(NodeKind.While, p.at);
  p.at++;
  const condition = parseCondition(p);
  p.nodeFirst[id] = condition;
  p.nodeNext[condition] = parseBody(p);
  return p.close(id);
}

function parseDo(p: BodyParser): NodeId {
  const id = p.node(NodeKind.DoWhile, p.at);
  p.at++;
  const body = parseBody(p);
  p.nodeFirst[id] = body;
  if (p.accept(word.while)) {
    p.nodeNext[body] = parseCondition(p);
    endStatement(p, true);
  } else if (p.kind[p.at] === TokenKind.Identifier) {
    // `} WHILE(FALSE);` by a macro that is not there
    p.nodeNext[body] = parseExpression(p);
    endStatement(p, true);
  } else {
    p.fail(`expected 'while' before ${p.describe()}`);
    p.nodeNext[body] = p.empty(NodeKind.Opaque);
  }
  return p.close(id);
}

function parseFor(p: BodyParser): NodeId {
  const id = p.node(NodeKind.For, p.at);
  p.at++;
  if (p.kind[p.at] === TokenKind.Identifier && p.current === word.each) p.at++;
  if (!p.expect(word['('])) return id;
  let last: NodeId = -1;
  const init =
    p.current === SEMICOLON
      ? p.empty(NodeKind.Empty)
      : isDeclaration(p)
        ? parseForInit(p)
        : parseExpression(p);
  last = p.append(id, last, init);
  if (p.current === word[':'] || p.current === word.in) {
    p.at++;
    p.nodeFlags[id]! |= NodeFlag.RangeFor;
    last = p.append(id, last, parseExpression(p));
    last = p.append(id, last, p.empty(NodeKind.Empty));
  } else {
    p.expect(SEMICOLON);
    last = p.append(id, last, p.current === SEMICOLON ? p.empty(NodeKind.Empty) : parseExpression(p));
    p.expect(SEMICOLON);
    last = p.append(id, last, p.current === word[')'] ? p.empty(NodeKind.Empty) : parseExpression(p));
  }
  p.expect(word[')']);
  p.append(id, last, parseBody(p));
  return p.close(id);
}

function parseForInit(p: BodyParser): NodeId {
  const first = p.at;
  const declaration = parseDeclaration(p, true);
  if (p.nodeNext[declaration]! < 0) return declaration;
  const block = p.node(NodeKind.Block, first);
  p.nodeFirst[block] = declaration;
  return p.close(block);
}

function parseSwitch(p: BodyParser): NodeId {
  const id = p.node(NodeKind.Switch, p.at);
  p.at++;
  const value = parseCondition(p);
  p.nodeFirst[id] = value;
  p.nodeNext[value] = parseBody(p);
  return p.close(id);
}

function parseCase(p: BodyParser): NodeId {
  const isDefault = p.current === word.default;
  const id = p.node(isDefault ? NodeKind.Default : NodeKind.Case, p.at);
  p.at++;
  if (!isDefault) {
    const value = parseConditional(p);
    p.nodeFirst[id] = value;
    if (p.accept(word['...'])) p.nodeNext[value] = parseConditional(p);
  }
  p.expect(word[':']);
  return p.close(id);
}

function parseLabel(p: BodyParser): NodeId {
  const id = p.node(NodeKind.Label, p.at);
  p.nodeAtom[id] = p.current;
  p.at += 2;
  return p.close(id);
}

function parseReturn(p: BodyParser, kind: NodeKind): NodeId {
  const id = p.node(kind, p.at);
  p.at++;
  if (p.current !== SEMICOLON && p.current !== CLOSE_BRACE && !p.isAtEnd())
    p.nodeFirst[id] = parseExpression(p);
  endStatement(p, false);
  return p.close(id);
}

function parseGoto(p: BodyParser): NodeId {
  const id = p.node(NodeKind.Goto, p.at);
  p.at++;
  if (p.current === word['*']) {
    p.at++;
    p.nodeFirst[id] = parseExpression(p);
  } else if (p.kind[p.at] === TokenKind.Identifier) {
    p.nodeAtom[id] = p.current;
    p.at++;
  } else p.fail(`expected a label before ${p.describe()}`);
  endStatement(p, false);
  return p.close(id);
}

function parseSimple(p: BodyParser, kind: NodeKind): NodeId {
  const id = p.node(kind, p.at);
  p.at++;
  endStatement(p, false);
  return p.close(id);
}

/**
 * Consumes the `;`. Without one: fine after a macro's text, before `}` out of a macro, and where `mayLack` says so and the next
 * token stands on a new line.
 */
function endStatement(p: BodyParser, mayLack: boolean): void {
  if (p.accept(SEMICOLON)) return;
  if (p.at > 0 && p.macro[p.at - 1] !== 0) return;
  const isStop = p.isAtEnd() || p.current === CLOSE_BRACE || p.kind[p.at]! > TokenKind.Directive;
  if (mayLack && (isStop || p.isLineStart(p.at) || p.current === OPEN_BRACE)) return;
  p.fail(`expected ';' before ${p.describe()}`);
}

function parseExpressionStatement(p: BodyParser): NodeId {
  const id = p.node(NodeKind.ExprStmt, p.at);
  const expression = parseExpression(p);
  p.nodeFirst[id] = expression;
  const kind = p.nodeKind[expression];
  // A macro that brings its own `;`: `MACRO` or `MACRO(x)` alone on its line.
  endStatement(p, kind === NodeKind.Name || kind === NodeKind.Call);
  return p.close(id);
}

/** `__try`, `try` with `except`/`finally`, C++ `try` with `catch`. */
function parseTry(p: BodyParser): NodeId {
  const id = p.node(NodeKind.SehTry, p.at);
  p.at++;
  const body = parseBody(p);
  p.nodeFirst[id] = body;
  const a = p.current;
  if (a === word.catch && !p.isAtEnd()) {
    p.nodeKind[id] = NodeKind.CppTry;
    let last: NodeId = body;
    while (p.current === word.catch && !p.isAtEnd()) last = p.append(id, last, parseCatch(p));
    if (p.current === word.finally && p.atom[p.at + 1] === OPEN_BRACE) p.append(id, last, parseFinally(p));
  } else if ((a === word.__except || a === word.except) && !p.isAtEnd()) {
    const handler = p.node(NodeKind.SehExcept, p.at);
    p.at++;
    const filter = parseCondition(p);
    p.nodeFirst[handler] = filter;
    p.nodeNext[filter] = parseBody(p);
    p.nodeNext[body] = p.close(handler);
  } else if ((a === word.__finally || a === word.finally) && !p.isAtEnd()) p.nodeNext[body] = parseFinally(p);
  else if (p.kind[p.at] === TokenKind.Identifier && p.atom[p.at + 1] === word['('])
    p.nodeNext[body] = parseMacroHandler(p, id);
  else p.fail(`expected a handler of 'try' before ${p.describe()}`);
  return p.close(id);
}

/** `CATCH_RETURN();`: a handler by a macro that is not there. */
function parseMacroHandler(p: BodyParser, id: NodeId): NodeId {
  p.nodeKind[id] = NodeKind.CppTry;
  const handler = p.node(NodeKind.Catch, p.at);
  const declaration = p.empty(NodeKind.Empty);
  p.nodeFirst[handler] = declaration;
  p.nodeNext[declaration] = parseBody(p);
  return p.close(handler);
}

function parseFinally(p: BodyParser): NodeId {
  const handler = p.node(NodeKind.SehFinally, p.at);
  p.at++;
  p.nodeFirst[handler] = parseBody(p);
  return p.close(handler);
}

function parseCatch(p: BodyParser): NodeId {
  const id = p.node(NodeKind.Catch, p.at);
  p.at++;
  let declaration = p.empty(NodeKind.Empty);
  if (p.accept(word['('])) {
    if (p.current !== word['...']) declaration = isDeclaration(p) ? parseDeclaration(p, true) : declaration;
    let depth = 0;
    while (!p.isAtEnd() && !(p.current === word[')'] && depth === 0)) {
      if (p.current === word['(']) depth++;
      else if (p.current === word[')']) depth--;
      p.at++;
    }
    p.expect(word[')']);
  }
  p.nodeFirst[id] = declaration;
  p.nodeNext[declaration] = parseBody(p);
  return p.close(id);
}

/** `__asm { ... }`, `__asm op args` to the end of the line, `asm volatile ("..." : ...)`. */
function parseAsm(p: BodyParser): NodeId {
  const id = p.node(NodeKind.Asm, p.at);
  p.at++;
  while (p.current === word.volatile || p.current === word.inline || p.current === word.goto) p.at++;
  if (p.current === OPEN_BRACE || p.current === word['(']) {
    const isParen = p.current === word['('];
    p.at = p.behindBracket(p.at);
    if (isParen || p.current === SEMICOLON) p.accept(SEMICOLON);
    return p.close(id);
  }
  while (!p.isAtEnd() && !p.isLineStart(p.at) && p.current !== CLOSE_BRACE && p.current !== SEMICOLON) p.at++;
  p.accept(SEMICOLON);
  return p.close(id);
}

/** An aligned `#if` group: one Block for each branch that may be compiled. */
function parseChoice(p: BodyParser): NodeId {
  const id = p.node(NodeKind.Choice, p.at);
  p.nodeAtom[id] = p.current;
  p.at++;
  let last: NodeId = -1;
  while (!p.isAtEnd() && p.kind[p.at] === MarkerKind.ChoiceBranch) {
    const branch = p.node(NodeKind.Block, p.at);
    p.nodeAtom[branch] = p.current;
    p.at++;
    parseSequence(p, branch);
    while (
      p.current === CLOSE_BRACE &&
      !p.isAtEnd() &&
      p.kind[p.at]! <= TokenKind.Directive &&
      staysInChoice(p)
    ) {
      recordHere(p, "unexpected '}' in an #if branch");
      p.at++;
      parseRest(p, branch);
    }
    p.close(branch);
    last = p.append(id, last, branch);
  }
  if (p.kind[p.at] === MarkerKind.ChoiceEnd) p.at++;
  p.error = '';
  return p.close(id);
}

function staysInChoice(p: BodyParser): boolean {
  return p.kind[p.at + 1]! > TokenKind.Directive;
}

function parseRest(p: BodyParser, branch: NodeId): void {
  if (p.nodeFirst[branch]! < 0) parseSequence(p, branch);
}
