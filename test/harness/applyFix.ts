/**
 * Applies a fix to a set of files and compares what is found before and after.
 */
import { expect } from 'vitest';
import type { Finding, Fix, TextEdit } from '../../server/src/rules/rule.ts';
import { analyzeFiles } from './analyzeFiles.ts';
import { findingsOf } from './checkRule.ts';

/** The files after the fix. Fails where edits overlap or lie outside of their file. */
export function applyFix(files: ReadonlyMap<string, string>, fix: Fix): Map<string, string> {
  const edited = new Map(files);
  for (const path of new Set(fix.edits.map(({ file }) => file))) {
    const text = files.get(path);
    expect(text, `${fix.title} edits ${path}, which is no file of the program`).toBeDefined();
    edited.set(
      path,
      applyEdits(
        text ?? '',
        fix.edits.filter(({ file }) => file === path),
      ),
    );
  }
  return edited;
}

function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = edits.toSorted((a, b) => a.range.start - b.range.start);
  let result = '';
  let at = 0;
  for (const { range, newText } of sorted) {
    expect(range.start, 'edits do not overlap').toBeGreaterThanOrEqual(at);
    expect(range.end, 'edits lie in the file').toBeLessThanOrEqual(text.length);
    result += text.slice(at, range.start) + newText;
    at = range.end;
  }
  return result + text.slice(at);
}

/** What makes a finding the same one after an edit moved it: rule, function and message. */
function keyOf({ rule, function: name, message }: Finding): string {
  return `${rule} in ${name}: ${message}`;
}

/**
 * Applies the fix of a finding and checks that this finding is gone, that nothing else appears, that no body is read worse than
 * before, and that applying it changes something.
 */
export function checkFix(
  files: ReadonlyMap<string, string>,
  finding: Finding,
  fix: Fix,
  extra: readonly string[],
): void {
  const before = analyzeFiles(files);
  const fixed = applyFix(files, fix);
  expect([...fixed], `${fix.title} changes nothing`).not.toEqual([...files]);
  const after = analyzeFiles(fixed);
  const found = findingsOf(before, extra).map(keyOf);
  const left = findingsOf(after, extra).map(keyOf);
  const text = [...fixed.values()].join('\n');
  expect(count(left, keyOf(finding)), `${fix.title} leaves the finding:\n${text}`).toBeLessThan(
    count(found, keyOf(finding)),
  );
  const appeared = left.filter((key) => count(left, key) > count(found, key));
  expect(appeared, `${fix.title} brings new findings:\n${text}`).toEqual([]);
  expect(recoveries(after), `${fix.title} breaks the text:\n${text}`).toBe(recoveries(before));
}

function count(keys: readonly string[], key: string): number {
  return keys.filter((one) => one === key).length;
}

function recoveries({ program }: ReturnType<typeof analyzeFiles>): number {
  return program.functions.reduce((sum, unit) => sum + unit.ir().recoveries.length, 0);
}
