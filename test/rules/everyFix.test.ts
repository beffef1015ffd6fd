/**
 * Applies every fix of every incorrect example of the rule pages and checks again: the finding is gone, nothing new appears, and
 * the text outside of the edits is the same, with both kinds of line ends.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ALL_RULES } from '../../server/src/rules/allRules.generated.ts';
import { checkFix } from '../harness/applyFix.ts';
import { findAll } from '../harness/checkRule.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Rules that offer a fix for at least one of their examples; a rule that loses its fix fails here. */
const WITH_FIX: readonly string[] = [
  'annotation-allows-too-high',
  'annotation-invalid',
  'annotation-missing',
  'atdpc-below-dispatch',
  'cancel-irql-not-restored',
  'completion-assumes-dispatch',
  'direct-field-write',
  'double-irql-read',
  'event-wait-in-paged-code',
  'for-dpc-outside-dpc',
  'interlocked-field-plain-access',
  'irql-lowered-under-lock',
  'lock-in-pageable-memory',
  'lock-not-released',
  'object-released-under-lock',
  'paged-code-twice',
  'paged-code-unmarked',
  'pending-without-status',
  'redundant-irql-raise',
  'release-variant-mismatch',
  'request-under-spin-lock',
  'role-type-missing',
  'unused-suppression',
];

function incorrectExamples(id: string): string[] {
  const page = readFileSync(`${root}docs/rules/${id}.md`, 'utf8').replace(/\r\n/g, '\n');
  const section = page.split(/^## /m).find((part) => part.startsWith('Incorrect\n')) ?? '';
  return [...section.matchAll(/^```c\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '');
}

/** Applies each fix of the rule's findings in the text; the number of fixes. */
function checkFixes(id: string, text: string): number {
  const files = new Map([['/driver.c', text]]);
  let fixes = 0;
  for (const finding of findAll(files, [id])) {
    if (finding.rule !== id) continue;
    for (const fix of finding.fixes) {
      checkFix(files, finding, fix, [id]);
      fixes += 1;
    }
  }
  return fixes;
}

describe('every fix', () => {
  for (const { meta } of ALL_RULES) {
    it(`of ${meta.id} removes its finding and brings no other`, () => {
      const fixes = incorrectExamples(meta.id).map((example) => {
        const count = checkFixes(meta.id, example);
        expect(checkFixes(meta.id, example.replaceAll('\n', '\r\n'))).toBe(count);
        return count;
      });
      expect(fixes.some((count) => count > 0)).toBe(WITH_FIX.includes(meta.id));
    });
  }
});
