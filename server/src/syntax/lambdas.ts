/** C++ lambdas; captures and parameters are skipped, the body is a Block of its own. */
import type { BodyParser } from './bodyParser.ts';
import { NodeKind, type NodeId } from './ir.ts';
import { parseBlock } from './statements.ts';
import { word } from './vocabulary.ts';

/** Tokens between the captures and the body that are looked through: parameters, mutable, noexcept, -> type. */
const longestHead = 64;

/** Parses `[captures](params) specifiers { body }` at the current `[`. */
export function parseLambda(p: BodyParser): NodeId {
  const id = p.node(NodeKind.Lambda, p.at);
  const behind = p.behindBracket(p.at);
  let i = behind;
  for (; i < p.count && i < behind + longestHead;) {
    const a = p.atom[i]!;
    if (a === word['{'] || a === word[';'] || a === word[')'] || a === word['}']) break;
    i = a === word['('] || a === word['['] ? p.behindBracket(i) : i + 1;
  }
  if (p.atom[i] !== word['{']) {
    p.fail(`expected an expression before ${p.describe()}`);
    p.nodeKind[id] = NodeKind.Opaque;
    p.at = behind;
    return p.close(id);
  }
  p.at = i;
  const { error, errorOffset } = p;
  p.error = '';
  p.nodeFirst[id] = parseBlock(p);
  if (error !== '') {
    p.error = error;
    p.errorOffset = errorOffset;
  }
  return p.close(id);
}
