// The front end against two independent counts, on our own fixtures and the example drivers: keyword tokens, and web-tree-sitter.
// `node scripts/differential.mjs FOLDER` does the same for a folder of real drivers.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  constructs,
  countIr,
  countKeywords,
  countOracle,
  createOracle,
} from '../../scripts/differentialCounts.ts';
import { buildEnvironment, readSources } from '../../scripts/sourceTree.ts';
import { parseBody } from '../../server/src/syntax/frontEnd.ts';
import { NodeFlag } from '../../server/src/syntax/ir.ts';
import { TokenKind } from '../../server/src/syntax/tokenTable.ts';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const files = [
  ...readSources(path.join(root, 'test/fixtures/syntax')),
  ...readSources(path.join(root, 'examples')),
];
const { atoms, structures, environment } = buildEnvironment(files);
const bodies = files.flatMap((file) => {
  const structure = structures.get(file.path)!;
  return structure.functions.map((fn) => {
    const ir = parseBody(file.text, structure, fn, environment.forFile(file.path), atoms);
    const kinds = structure.tokens.kind.subarray(fn.bodyTokens.from, fn.bodyTokens.to);
    const isPlain =
      !kinds.includes(TokenKind.Directive) && !ir.flags.some((flags) => (flags & NodeFlag.FromMacro) !== 0);
    return { file, structure, fn, ir, isPlain, name: `${path.basename(file.path)} ${atoms.text(fn.name)}` };
  });
});

describe('fixtures', () => {
  it('parse without recovery, problem or skipped block', () => {
    expect(bodies.length).toBeGreaterThan(12);
    expect(bodies.flatMap(({ name, ir }) => ir.recoveries.map(({ reason }) => `${name}: ${reason}`))).toEqual(
      [],
    );
    for (const structure of structures.values())
      expect([...structure.skipped, ...structure.problems]).toEqual([]);
  });

  it('agree with their keyword tokens', () => {
    const plain = bodies.filter(({ isPlain }) => isPlain);
    expect(plain.length).toBeGreaterThan(8);
    for (const { structure, fn, ir, name } of plain) {
      const own = countIr(ir);
      expect({ name, ...own }).toEqual({ name, ...countKeywords(structure, fn, atoms), call: own.call });
    }
  });

  it('agree with web-tree-sitter where it reads them without error', async () => {
    const oracle = await createOracle(root);
    let nCompared = 0;
    for (const { file, fn, ir, isPlain, name } of bodies) {
      const theirs = isPlain
        ? countOracle(oracle(file.path), file.text.slice(fn.bodyRange.start, fn.bodyRange.end))
        : undefined;
      if (theirs === undefined) continue;
      nCompared++;
      const own = countIr(ir);
      for (const construct of constructs) {
        // tree-sitter holds casts like static_cast<int>(x) and (TYPE)(x) for calls, so its count may be higher, never lower.
        if (construct === 'call') expect(own.call, name).toBeLessThanOrEqual(theirs.call);
        else expect(own[construct], `${name} ${construct}`).toBe(theirs[construct]);
      }
    }
    expect(nCompared).toBeGreaterThan(6);
  });
});
