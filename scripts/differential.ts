// Compares the front end with two independent counts on a folder of real drivers: the keyword tokens of each body, and web-tree-sitter
// on the bodies it can read. Prints the sums and every disagreement with the class of its reason.
import path from 'node:path';
import { parseBody } from '../server/src/syntax/frontEnd.ts';
import type { FileStructure, FunctionDefinition } from '../server/src/syntax/fileStructure.ts';
import { NodeFlag, NodeKind, type BodyIr } from '../server/src/syntax/ir.ts';
import {
  constructs,
  countIr,
  countKeywords,
  countOracle,
  createOracle,
  differences,
  type Construct,
  type Counts,
} from './differentialCounts.ts';
import { buildEnvironment, readSources } from './sourceTree.ts';

const [folder, ...options] = process.argv.slice(2);
if (folder === undefined) {
  console.error('usage: node scripts/differential.mjs FOLDER [--keywords-only]');
  process.exit(2);
}
const isKeywordsOnly = options.includes('--keywords-only');
const files = readSources(folder);
const { atoms, structures, environment } = buildEnvironment(files);
const oracle = isKeywordsOnly ? undefined : await createOracle(process.cwd());

const reasons = new Map<string, number>();
let nBodies = 0;
let nWithRecovery = 0;
let nCompared = 0;
let nSkipped = 0;
const sums: Record<Construct, [own: number, oracle: number, bodies: number]> = Object.fromEntries(
  constructs.map((name) => [name, [0, 0, 0]]),
) as unknown as Record<Construct, [number, number, number]>;

function note(kind: string, where: string, what: string): void {
  reasons.set(kind, (reasons.get(kind) ?? 0) + 1);
  console.log(`${kind}: ${where} ${what}`);
}

function spell(names: readonly Construct[], a: Counts, b: Counts): string {
  return names.map((name) => `${name} ${a[name]}/${b[name]}`).join(', ');
}

function hasUsedMacro(ir: BodyIr): boolean {
  return ir.flags.some((flags) => (flags & NodeFlag.FromMacro) !== 0);
}

function hasDirective(structure: FileStructure, fn: FunctionDefinition): boolean {
  return structure.tokens.kind.subarray(fn.bodyTokens.from, fn.bodyTokens.to).includes(6);
}

/** Why keyword tokens and IR may rightly differ; undefined when nothing explains it. */
function keywordReason(structure: FileStructure, fn: FunctionDefinition, ir: BodyIr): string {
  if (ir.recoveries.length > 0) return 'recovery';
  if (hasDirective(structure, fn)) return 'branch of #if not compiled or not read';
  if (hasUsedMacro(ir)) return 'keyword in a macro argument or macro for a keyword';
  if (ir.kind.includes(NodeKind.LocalDeclaration)) return 'local type';
  if (ir.kind.includes(NodeKind.Asm)) return 'assembler';
  return 'unexplained';
}

for (const { path: file, text } of files) {
  const structure = structures.get(file);
  if (structure === undefined) continue;
  nSkipped += structure.skipped.length;
  const scope = environment.forFile(file);
  for (const fn of structure.functions) {
    const ir = parseBody(text, structure, fn, scope, atoms);
    nBodies++;
    const line = text.slice(0, fn.nameRange.start).split('\n').length;
    const where = `${path.relative(folder, file)}:${line} ${atoms.text(fn.name)}`;
    if (ir.recoveries.length > 0) {
      nWithRecovery++;
      note('recovery', where, ir.recoveries[0]?.reason ?? '');
    }
    const own = countIr(ir);
    const tokens = { ...countKeywords(structure, fn, atoms), call: own.call };
    const wrong = differences(own, tokens);
    if (wrong.length > 0)
      note(`keywords, ${keywordReason(structure, fn, ir)}`, where, spell(wrong, own, tokens));
    if (oracle === undefined || ir.recoveries.length > 0 || hasUsedMacro(ir) || hasDirective(structure, fn))
      continue;
    const theirs = countOracle(oracle(file), text.slice(fn.bodyRange.start, fn.bodyRange.end));
    if (theirs === undefined) continue;
    nCompared++;
    for (const name of constructs) {
      sums[name][0] += own[name];
      sums[name][1] += theirs[name];
      if (own[name] !== theirs[name]) sums[name][2]++;
    }
    const disagreeing = differences(own, theirs);
    if (disagreeing.length > 0) {
      const isCallOnly = disagreeing.length === 1 && disagreeing[0] === 'call';
      note(
        isCallOnly
          ? own.call < theirs.call
            ? 'oracle, calls that we hold for casts or constructions'
            : 'oracle, calls it misses'
          : 'oracle, statements',
        where,
        spell(disagreeing, own, theirs),
      );
    }
  }
}

console.log(
  `\n${files.length} files, ${nBodies} bodies, ${nSkipped} brace blocks skipped, ${nWithRecovery} bodies with a recovery (${((100 * nWithRecovery) / nBodies).toFixed(3)} %)`,
);
for (const [reason, n] of [...reasons].toSorted((a, b) => b[1] - a[1]))
  console.log(`${String(n).padStart(6)}  ${reason}`);
if (oracle !== undefined) {
  console.log(
    `\nagainst web-tree-sitter, ${nCompared} bodies that it reads without error and that use no expanded macro and no #if:`,
  );
  for (const name of constructs)
    console.log(
      `${name.padEnd(9)} own ${sums[name][0]}  oracle ${sums[name][1]}  bodies that differ ${sums[name][2]}`,
    );
}
