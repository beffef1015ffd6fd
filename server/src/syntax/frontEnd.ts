/**
 * The front door of the syntax floor: text to structure, body to IR. Thin; the work is in the modules it names.
 * Everything is pure: same text, same defines, same macros, same result.
 */
import type { AtomTable } from './atoms.ts';
import { BodyParser } from './bodyParser.ts';
import { readBodyStream } from './bodyStream.ts';
import { parseInitList } from './argumentLists.ts';
import { parseAssignment } from './expressions.ts';
import type { FileStructure, FunctionDefinition, GlobalVariable, TokenRange } from './fileStructure.ts';
import { NodeKind, type BodyIr } from './ir.ts';
import type { MacroScope } from './macroEnvironment.ts';
import { parseBlock } from './statements.ts';
import { word } from './vocabulary.ts';
import { wordClassesOf } from './wordClasses.ts';

export { createAtomTable } from './atoms.ts';
export { decodeSource, type DecodedSource } from './decodeSource.ts';
export { createIncludeResolver, normalizePath } from './includePaths.ts';
export {
  createMacroEnvironment,
  emptyMacroScope,
  type MacroEnvironment,
  type MacroEnvironmentOptions,
  type MacroScope,
} from './macroEnvironment.ts';
export { readStructure, type Defines } from './structure.ts';
export { tokenize } from './tokenizer.ts';

const parsers = new WeakMap<AtomTable, BodyParser>();

function parserOf(atoms: AtomTable): BodyParser {
  let parser = parsers.get(atoms);
  if (parser === undefined) {
    parser = new BodyParser(atoms, wordClassesOf(atoms));
    parsers.set(atoms, parser);
  }
  return parser;
}

function load(
  text: string,
  structure: FileStructure,
  range: TokenRange,
  scope: MacroScope,
  atoms: AtomTable,
): BodyParser {
  const p = parserOf(atoms);
  const stream = readBodyStream(structure, range.from, range.to, scope, atoms);
  p.load(stream, text);
  if (stream.problem !== '')
    p.recoveries.push({ offset: structure.tokens.start[range.from] ?? 0, reason: stream.problem });
  return p;
}

/** Parses a function's body. Never throws; what could not be read is in `recoveries`. */
export function parseBody(
  text: string,
  structure: FileStructure,
  fn: FunctionDefinition,
  scope: MacroScope,
  atoms: AtomTable,
): BodyIr {
  const p = load(text, structure, fn.bodyTokens, scope, atoms);
  for (const { name } of fn.params) if (name !== 0) p.locals.add(name);
  if (p.current !== word['{'] || p.isAtEnd()) {
    p.recoveries.push({ offset: fn.bodyRange.start, reason: "the body does not begin with '{'" });
    p.node(NodeKind.Block, 0);
    return p.takeIr(false);
  }
  parseBlock(p);
  if (!p.isAtEnd())
    p.recoveries.push({ offset: p.start[p.at]!, reason: `unexpected ${p.describe()} behind the body's end` });
  return p.takeIr(true);
}

/** Parses a global's initialiser as an expression: node 0 is a Block with the one expression as its child. */
export function parseInitializer(
  text: string,
  structure: FileStructure,
  global: GlobalVariable,
  scope: MacroScope,
  atoms: AtomTable,
): BodyIr {
  const p = load(text, structure, global.initializerTokens ?? { from: 0, to: 0 }, scope, atoms);
  const root = p.node(NodeKind.Block, 0);
  if (p.isAtEnd()) return p.takeIr(false);
  p.nodeFirst[root] = p.current === word['{'] ? parseInitList(p) : parseAssignment(p);
  p.close(root);
  if (p.error !== '') p.recoveries.push({ offset: p.errorOffset, reason: p.error });
  return p.takeIr(true);
}

/** An old body's IR moved to where the same tokens stand now; right when `hash` and `layoutHash` of both definitions are equal. */
export function shiftBody(ir: BodyIr, delta: number): BodyIr {
  if (delta === 0) return ir;
  return {
    ...ir,
    start: ir.start.map((offset) => offset + delta),
    end: ir.end.map((offset) => offset + delta),
    recoveries: ir.recoveries.map(({ offset, reason }) => ({ offset: offset + delta, reason })),
  };
}
