/** Template argument lists, told from comparisons by shape: only what can stand in a type, closed soon. */
import type { BodyParser } from './bodyParser.ts';
import { TokenKind } from './tokenTable.ts';
import { word } from './vocabulary.ts';

const longestList = 48;

/** The position behind `<...>` that opens at `i`, or `i` when it looks like a comparison. */
export function templateEnd(p: BodyParser, i: number): number {
  const limit = Math.min(p.count, i + longestList);
  let depth = 0;
  for (let j = i; j < limit; j++) {
    const a = p.atom[j]!;
    if (a === word['<']) depth++;
    else if (a === word['>']) depth--;
    else if (a === word['>>']) depth -= 2;
    else if (a === word['('] || a === word['[']) j = p.behindBracket(j) - 1;
    else if (!isTypePart(p, j, a)) return i;
    if (depth <= 0) return depth === 0 ? j + 1 : i;
  }
  return i;
}

function isTypePart(p: BodyParser, j: number, a: number): boolean {
  const kind = p.kind[j];
  if (kind === TokenKind.Identifier || kind === TokenKind.Number || kind === TokenKind.Char) return true;
  return (
    a === word[','] ||
    a === word['*'] ||
    a === word['&'] ||
    a === word['&&'] ||
    a === word['::'] ||
    a === word['...'] ||
    a === word['^']
  );
}
