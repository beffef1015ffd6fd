/**
 * What holds for every rule: test and page of the same name, headings in order, and examples that do what they say.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ALL_RULES } from '../../server/src/rules/allRules.generated.ts';
import { findAll } from '../harness/checkRule.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const HEADINGS = ['What', 'Why', 'Incorrect', 'Correct', 'Remedy', 'When to suppress', 'Source'];

function pageOf(id: string): string {
  return readFileSync(`${root}docs/rules/${id}.md`, 'utf8').replace(/\r\n/g, '\n');
}

/** The C examples below a heading. */
function examples(page: string, heading: string): string[] {
  const section = page.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  return [...section.matchAll(/^```c\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '');
}

describe('every rule', () => {
  it('has a page and a test, and no page or test is left over', () => {
    const ids = ALL_RULES.map((rule) => rule.meta.id).sort();
    const pages = readdirSync(`${root}docs/rules`).map((name) => name.replace(/\.md$/, ''));
    const tests = readdirSync(`${root}test/rules`)
      .filter((name) => /^[a-z0-9]+(-[a-z0-9]+)+\.test\.ts$/.test(name))
      .map((name) => name.replace(/\.test\.ts$/, ''));
    expect(pages.sort()).toEqual(ids);
    expect(tests.sort()).toEqual(ids);
  });

  it('has an id that is the name of its file', () => {
    for (const rule of ALL_RULES) expect(existsSync(`${root}server/src/rules/${rule.meta.id}.ts`)).toBe(true);
  });

  for (const { meta } of ALL_RULES) {
    describe(meta.id, () => {
      const page = pageOf(meta.id);

      it('has the headings of a rule page in order', () => {
        expect([...page.matchAll(/^## (.*)$/gm)].map((match) => match[1])).toEqual(HEADINGS);
      });

      it('reports each incorrect example', () => {
        const incorrect = examples(page, 'Incorrect');
        expect(incorrect.length).toBeGreaterThan(0);
        for (const example of incorrect) {
          const rules = findAll(new Map([['/driver.c', example]]), [meta.id]).map((finding) => finding.rule);
          expect(rules, example).toContain(meta.id);
        }
      });

      it('is silent on each correct example, as are all others', () => {
        const correct = examples(page, 'Correct');
        expect(correct.length).toBeGreaterThan(0);
        for (const example of correct) {
          const findings = findAll(new Map([['/driver.c', example]]), [meta.id]);
          const loud = findings.filter(({ rule, severity }) => rule === meta.id || severity === 'error');
          expect(
            loud.map(({ rule, message }) => `${rule}: ${message}`),
            example,
          ).toEqual([]);
        }
      });
    });
  }
});
