/**
 * Runs one rule on a fixture and compares all its findings with all carets: what is reported must be marked, and what is
 * marked must be reported. Functions whose name ends in Ok must be silent for every rule.
 */
import { expect } from 'vitest';
import type { Finding } from '../../server/src/rules/rule.ts';
import { checkAcrossFunctions, checkFile, type RuleSettings } from '../../server/src/rules/checkProgram.ts';
import { ALL_RULES } from '../../server/src/rules/allRules.generated.ts';
import { analyzeFiles, type AnalyzedFiles } from './analyzeFiles.ts';
import { parseFixture } from './fixture.ts';

/** All findings of a set of files; `extra` rules run although they are off by default. */
export function findAll(files: ReadonlyMap<string, string>, extra: readonly string[] = []): Finding[] {
  return findingsOf(analyzeFiles(files), extra);
}

/** All findings of analysed files. */
export function findingsOf({ program, analysis }: AnalyzedFiles, extra: readonly string[] = []): Finding[] {
  const severities: RuleSettings['severities'] = Object.fromEntries(
    ALL_RULES.filter((rule) => extra.includes(rule.meta.id)).map((rule) => [
      rule.meta.id,
      rule.meta.severity,
    ]),
  );
  const settings = { severities };
  const problems: string[] = [];
  const across = checkAcrossFunctions(program, analysis, settings, problems);
  const findings = [...program.files.values()].flatMap((file) => {
    const result = checkFile(program, analysis, file, settings, across);
    problems.push(...result.problems);
    return result.findings;
  });
  expect(problems).toEqual([]);
  return findings;
}

/** Checks one rule on a fixture with carets; a caret's words must be part of the message (case does not matter). */
export function checkRule(id: string, text: string): void {
  const fixture = parseFixture(text);
  const findings = findAll(fixture.files, [id]);
  const reported = findings.filter((finding) => finding.rule === id);
  const marked = fixture.carets.map(({ path, start, end }) => mark(fixture.files, path, start, end));
  expect(
    reported
      .map((finding) => mark(fixture.files, finding.file, finding.range.start, finding.range.end))
      .sort(),
  ).toEqual(marked.sort());
  for (const caret of fixture.carets) {
    const at = reported.filter(({ file, range }) => file === caret.path && range.start === caret.start);
    expect(at.map(({ message }) => message.toLowerCase()).join('\n')).toContain(caret.message.toLowerCase());
  }
  const noise = findings.filter((finding) => finding.function.endsWith('Ok') && isLoud(finding));
  expect(noise.map(({ rule, function: name, message }) => `${name}: ${rule}: ${message}`)).toEqual([]);
}

function isLoud(finding: Finding): boolean {
  return finding.severity === 'error' || finding.severity === 'warning';
}

/** A place that can be read in a failed comparison: path, line and the text itself. */
function mark(files: ReadonlyMap<string, string>, path: string, start: number, end: number): string {
  const text = files.get(path) ?? '';
  const line = text.slice(0, start).split('\n').length;
  return `${path}:${String(line)}: ${text.slice(start, end)}`;
}
