/**
 * Textbook mistakes as a newcomer writes them: small drivers, each with a correct twin, none of them made for a rule. In a file
 * `//- /folder/name.c` begins a part; the parts of one folder are one program. `// expect: a | b` on a line says that one of
 * these rules (or PREfast codes) speaks of the function around it, at the place itself or through its trace; several such lines
 * of a function are several mistakes. `// FN_: a` says that it should, and does not yet. Whatever else is loud is noise.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../server/src/rules/rule.ts';
import { analyzeFiles, type AnalyzedFiles } from '../harness/analyzeFiles.ts';
import { findingsOf } from '../harness/checkRule.ts';
import { parseFixture } from '../harness/fixture.ts';

const FOLDER = new URL('./textbook/', import.meta.url);

/** What a line of a program asks for. */
interface Mark {
  readonly path: string;
  /** 0-based */
  readonly line: number;
  readonly rules: readonly string[];
  readonly isMissed: boolean;
}

for (const name of readdirSync(FOLDER).filter((entry) => /\.(c|cpp)$/.test(entry))) {
  const { files } = parseFixture(readFileSync(new URL(name, FOLDER), 'utf8'));
  const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));
  describe(name, () => {
    for (const folder of new Set([...files.keys()].map(folderOf)))
      it(folder.slice(1), () => {
        checkProgram(new Map([...files].filter(([path]) => folderOf(path) === folder)));
      });
  });
}

function checkProgram(files: ReadonlyMap<string, string>): void {
  const marks = [...files].flatMap(([path, text]) => marksOf(path, text));
  const analyzed = analyzeFiles(files);
  const isLoud = ({ severity }: Finding): boolean => severity === 'error' || severity === 'warning';
  const wanted = marks.flatMap(({ rules }) => rules);
  const isWanted = (finding: Finding): boolean => wanted.some((rule) => isNamed(finding, [rule]));
  const findings = findingsOf(analyzed).filter((finding) => isLoud(finding) || isWanted(finding));
  const answers = marks.map((mark) => findings.filter((finding) => answersMark(analyzed, mark, finding)));
  const missed = marks.filter((mark, i) => (answers[i]?.length === 0) !== mark.isMissed);
  expect(missed.map((mark) => `${mark.path}:${String(mark.line + 1)}: ${mark.rules.join(' | ')}`)).toEqual(
    [],
  );
  const noise = findings.filter((finding) => isLoud(finding) && !answers.flat().includes(finding));
  expect(noise.map(({ rule, function: name, message }) => `${name}: ${rule}: ${message}`)).toEqual([]);
}

function marksOf(path: string, text: string): Mark[] {
  return text.split('\n').flatMap((content, line) => {
    const match = /\/\/ (expect|FN_): (.*)$/.exec(content);
    if (match === null) return [];
    const rules = (match[2] ?? '').split('|').map((rule) => rule.trim());
    return [{ path, line, rules, isMissed: match[1] === 'FN_' }];
  });
}

function isNamed({ rule, code }: Finding, names: readonly string[]): boolean {
  return names.includes(rule) || (code !== undefined && names.includes(code));
}

/** In the function of the mark, or on its way to another: a helper's mistake is often its caller's. */
function answersMark({ program }: AnalyzedFiles, mark: Mark, finding: Finding): boolean {
  if (!isNamed(finding, mark.rules)) return false;
  const text = program.files.get(mark.path)?.text ?? '';
  const lineStart = text.split('\n').slice(0, mark.line).join('\n').length + 1;
  const lineEnd = text.indexOf('\n', lineStart);
  const around = program.functions.find(
    ({ file, head }) => file.path === mark.path && head.start < lineEnd && lineStart <= head.end,
  );
  if (finding.file === mark.path && finding.function === around?.qualifiedName) return true;
  return finding.trace.some(
    ({ file, range }) => file === mark.path && lineStart <= range.start && range.start < lineEnd,
  );
}
