/** Operators that take types: sizeof and kin, C++ casts, new. */
import type { Atom } from './atoms.ts';
import type { BodyParser } from './bodyParser.ts';
import { parseArguments } from './argumentLists.ts';
import { parseExpression } from './expressions.ts';
import { NodeKind, type NodeId } from './ir.ts';
import { templateEnd } from './templates.ts';
import { TokenKind } from './tokenTable.ts';
import { word } from './vocabulary.ts';
import { WordClass } from './wordClasses.ts';

/** The last type identifier in tokens [from, to) and how many `*` follow; calling conventions and qualifiers do not count. */
export function typeAtomOf(p: BodyParser, from: number, to: number): { atom: Atom; pointerDepth: number } {
  let atom: Atom = 0;
  let pointerDepth = 0;
  for (let i = from; i < to; i++) {
    const a = p.atom[i]!;
    if (p.kind[i] === TokenKind.Identifier) {
      const wordClass = p.classes.of(a);
      if (pointerDepth === 0 && (wordClass === WordClass.Plain || wordClass === WordClass.TypeKeyword))
        atom = a;
    } else if (a === word['*'] || a === word['^']) pointerDepth++;
    else if (a === word['<']) i = Math.max(i, templateEnd(p, i) - 1);
    else if (a === word['('] && i > from) break;
  }
  return { atom, pointerDepth };
}

/** `sizeof(T)`, `sizeof x`, `FIELD_OFFSET(T, f)`: the operand is not evaluated and not kept. */
export function parseSizeof(p: BodyParser): NodeId {
  const id = p.node(NodeKind.Sizeof, p.at);
  p.nodeAtom[id] = p.current;
  p.at++;
  if (p.current === word['...']) p.at++;
  if (p.current === word['(']) {
    p.at = p.behindBracket(p.at);
    return p.close(id);
  }
  while (
    p.current === word['*'] ||
    p.current === word['&'] ||
    p.current === word['!'] ||
    p.current === word['-']
  )
    p.at++;
  if (p.kind[p.at] === TokenKind.String) {
    while (p.kind[p.at] === TokenKind.String || p.kind[p.at] === TokenKind.Identifier) p.at++;
  } else if (p.kind[p.at] === TokenKind.Identifier || p.kind[p.at] === TokenKind.Number) p.at++;
  for (;;) {
    if (p.current === word['['] || p.current === word['(']) p.at = p.behindBracket(p.at);
    else if (
      (p.current === word['.'] || p.current === word['->'] || p.current === word['::']) &&
      p.at + 1 < p.count
    )
      p.at += 2;
    else break;
  }
  return p.close(id);
}

/** `static_cast<T *>(x)`. */
export function parseCastWord(p: BodyParser): NodeId {
  const id = p.node(NodeKind.Cast, p.at);
  const open = p.at + 1;
  const next = templateEnd(p, open);
  if (next === open) {
    p.fail(`expected a type before ${p.describe()}`);
    p.at++;
    return p.close(id);
  }
  const type = typeAtomOf(p, open + 1, next - 1);
  p.nodeAtom[id] = type.atom;
  p.nodeAux[id] = type.pointerDepth;
  p.at = next;
  if (p.expect(word['('])) {
    p.nodeFirst[id] = parseExpression(p);
    p.expect(word[')']);
  }
  return p.close(id);
}

function lastChild(p: BodyParser, id: NodeId): NodeId {
  let last = p.nodeFirst[id]!;
  while (last >= 0 && p.nodeNext[last]! >= 0) last = p.nodeNext[last]!;
  return last;
}

/** `new (place) T[n](args)`, `new T{...}`, `new (std::nothrow) T`. */
export function parseNew(p: BodyParser): NodeId {
  const id = p.node(NodeKind.New, p.at);
  p.at++;
  let last: NodeId = -1;
  if (p.current === word['(']) {
    const close = p.behindBracket(p.at);
    const isPlacement = p.kind[close] === TokenKind.Identifier || p.atom[close] === word['('];
    if (isPlacement) {
      // Placement arguments are evaluated too, and often hold the allocating call.
      parseArguments(p, id, -1);
      last = lastChild(p, id);
    }
  }
  const first = p.at;
  if (p.current === word['(']) p.at = p.behindBracket(p.at);
  while (!p.isAtEnd()) {
    const a = p.current;
    if (p.kind[p.at] === TokenKind.Identifier || a === word['*'] || a === word['::'] || a === word['^'])
      p.at++;
    else if (a === word['<'] && templateEnd(p, p.at) > p.at) p.at = templateEnd(p, p.at);
    else break;
  }
  p.nodeAtom[id] = typeAtomOf(p, first, p.at).atom;
  while (p.current === word['[']) {
    p.at++;
    if (p.current !== word[']']) last = p.append(id, last, parseExpression(p));
    p.expect(word[']']);
  }
  const opensBrace = p.current === word['{'] && !p.isLineStart(p.at);
  if (p.current === word['('] || opensBrace) parseArguments(p, id, last);
  return p.close(id);
}
