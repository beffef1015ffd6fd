/**
 * Expressions of absurd length: whoever walks the tree recurses, so the parser keeps chains short and says so.
 */
import { describe, expect, it } from 'vitest';
import { analyzeFiles } from '../harness/analyzeFiles.ts';

const LENGTH = 50_000;
const chains: Record<string, string> = {
  sums: `x = ${'a + '.repeat(LENGTH)}1;`,
  members: `x = ${'a->'.repeat(LENGTH)}b;`,
  commas: `x = 1, ${'a, '.repeat(LENGTH)}b;`,
  assignments: `${'a = '.repeat(LENGTH)}1;`,
  conditionals: `x = ${'a ? b : '.repeat(LENGTH)}c;`,
  calls: `f${'(1)'.repeat(LENGTH)};`,
  indexes: `x = a${'[1]'.repeat(LENGTH)};`,
  negations: `x = ${'!'.repeat(LENGTH)}a;`,
  'else-ifs': `${'if (a) x(); else '.repeat(LENGTH / 10)} y();`,
  loops: `${'while (a) '.repeat(LENGTH)} ;`,
};

describe('chains of absurd length', () => {
  for (const [name, statement] of Object.entries(chains)) {
    it(`${name} are analysed, with the rest of the function`, () => {
      const { program, analysis } = analyzeFiles(
        new Map([['/a.c', `void F(void) { ${statement} KeLowerIrql(0); }`]]),
      );
      const facts = analysis.factsOf(program.functions[0]?.id ?? -1);
      expect(facts.unit.name).toBe('F');
      expect(analysis.summaryOf(facts.unit.id).cases.length).toBeGreaterThan(0);
    });
  }
});
