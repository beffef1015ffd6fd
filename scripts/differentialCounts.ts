// Counts what a body holds, three ways: by its keyword tokens, by the IR, and by web-tree-sitter. Used by the differential
// script and by its test; it prints nothing.
import { createRequire } from 'node:module';
import path from 'node:path';
import { Language, Parser, type Node } from 'web-tree-sitter';
import type { AtomTable } from '../server/src/syntax/atoms.ts';
import type { FileStructure, FunctionDefinition } from '../server/src/syntax/fileStructure.ts';
import { NodeFlag, NodeKind, type BodyIr } from '../server/src/syntax/ir.ts';
import { TokenKind } from '../server/src/syntax/tokenTable.ts';

/** The constructs that are counted. */
export const constructs = [
  'if',
  'while',
  'do',
  'for',
  'switch',
  'case',
  'goto',
  'return',
  'break',
  'continue',
  'call',
] as const;
export type Construct = (typeof constructs)[number];
export type Counts = Record<Construct, number>;

function noCounts(): Counts {
  return Object.fromEntries(constructs.map((name) => [name, 0])) as Counts;
}

const kindOf = new Map<number, Construct>([
  [NodeKind.If, 'if'],
  [NodeKind.While, 'while'],
  [NodeKind.DoWhile, 'do'],
  [NodeKind.For, 'for'],
  [NodeKind.Switch, 'switch'],
  [NodeKind.Case, 'case'],
  [NodeKind.Default, 'case'],
  [NodeKind.Goto, 'goto'],
  [NodeKind.Return, 'return'],
  [NodeKind.Break, 'break'],
  [NodeKind.Continue, 'continue'],
  [NodeKind.Call, 'call'],
]);

/** Counts the reachable IR nodes that did not come out of a macro. */
export function countIr(ir: BodyIr): Counts {
  const counts = noCounts();
  const stack = [0];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    const construct = kindOf.get(ir.kind[id]!);
    if (construct !== undefined && (ir.flags[id]! & NodeFlag.FromMacro) === 0) counts[construct]++;
    for (let child = ir.first[id]!; child >= 0; child = ir.next[child]!) stack.push(child);
  }
  return counts;
}

const keywords: Readonly<Record<string, Construct>> = {
  if: 'if',
  while: 'while',
  do: 'do',
  for: 'for',
  switch: 'switch',
  case: 'case',
  default: 'case',
  goto: 'goto',
  return: 'return',
  break: 'break',
  continue: 'continue',
};

/** Counts keyword tokens of the body as the file has them; `while` of do-while is taken off. */
export function countKeywords(structure: FileStructure, fn: FunctionDefinition, atoms: AtomTable): Counts {
  const counts = noCounts();
  for (let i = fn.bodyTokens.from; i < fn.bodyTokens.to; i++) {
    if (structure.tokens.kind[i] !== TokenKind.Identifier) continue;
    const construct = keywords[atoms.text(structure.tokens.atom[i]!)];
    if (construct !== undefined) counts[construct]++;
  }
  counts.while -= counts.do;
  return counts;
}

const sitterKinds: Readonly<Record<string, Construct>> = {
  if_statement: 'if',
  while_statement: 'while',
  do_statement: 'do',
  for_statement: 'for',
  for_range_loop: 'for',
  switch_statement: 'switch',
  case_statement: 'case',
  goto_statement: 'goto',
  return_statement: 'return',
  break_statement: 'break',
  continue_statement: 'continue',
  call_expression: 'call',
};

/** A tree-sitter parser for C or C++ by file name. */
export async function createOracle(root: string): Promise<(fileName: string) => Parser> {
  await Parser.init();
  const require = createRequire(path.join(root, 'package.json'));
  const load = async (name: string): Promise<Parser> => {
    const parser = new Parser();
    parser.setLanguage(
      await Language.load(path.join(path.dirname(require.resolve(`${name}/package.json`)), `${name}.wasm`)),
    );
    return parser;
  };
  const c = await load('tree-sitter-c');
  const cpp = await load('tree-sitter-cpp');
  return (fileName) => (/\.c$/i.test(fileName) ? c : cpp);
}

/** Counts in the body's text alone; undefined when tree-sitter itself reports an error in it. */
export function countOracle(parser: Parser, body: string): Counts | undefined {
  const tree = parser.parse(`void f(void) ${body}`);
  if (tree === null) return undefined;
  const hasError = tree.rootNode.hasError;
  const counts = noCounts();
  if (!hasError) countNode(tree.rootNode, counts);
  tree.delete();
  return hasError ? undefined : counts;
}

function countNode(root: Node, counts: Counts): void {
  const cursor = root.walk();
  for (;;) {
    const construct = sitterKinds[cursor.nodeType];
    if (construct !== undefined) counts[construct]++;
    if (cursor.gotoFirstChild()) continue;
    while (!cursor.gotoNextSibling()) if (!cursor.gotoParent()) return;
  }
}

/** The constructs whose counts differ. */
export function differences(a: Counts, b: Counts): Construct[] {
  return constructs.filter((name) => a[name] !== b[name]);
}
