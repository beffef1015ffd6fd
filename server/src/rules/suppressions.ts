/**
 * What silences a finding: `// irql-lens-ignore <id>: reason`, and the pragmas that drivers already have
 * (`#pragma warning(suppress|disable: 28121)`, `#pragma prefast(suppress: 28121, "...")`).
 * It only reads; who was used is answered per finding.
 */
import { linesOf } from '../analysis/program/linesOf.ts';
import type { LineIndex } from '../base/lineIndex.ts';
import type { FileUnit } from '../analysis/program.ts';
import type { PragmaDirective, SuppressionComment, TextRange } from '../syntax/fileStructure.ts';
import type { Finding } from './rule.ts';

/** One suppression in one file; lines are 0-based, inclusive. */
export interface Suppression {
  readonly kind: 'comment' | 'pragma';
  /** rule ids, or PREfast numbers without the letter */
  readonly names: readonly string[];
  readonly reason: string;
  readonly fromLine: number;
  readonly toLine: number;
  readonly range: TextRange;
}

/** All suppressions of a file, in source order. */
export function readSuppressions(file: FileUnit): Suppression[] {
  const { suppressions, pragmas } = file.structure;
  if (suppressions.length === 0 && pragmas.length === 0) return [];
  const lines = linesOf(file);
  return [
    ...suppressions.flatMap((comment) => readComment(file.text, lines, comment)),
    ...readPragmas(lines, pragmas),
  ];
}

function readComment(text: string, lines: LineIndex, comment: SuppressionComment): Suppression[] {
  const [names = '', ...rest] = comment.text.split(':');
  const line = lines.positionAt(comment.start).line;
  const before = text.slice(lines.lineStart(line), comment.start);
  const isAlone = before.trim() === '';
  const target = isAlone ? lines.positionAt(comment.end).line + 1 : line;
  return [
    {
      kind: 'comment',
      names: names.split(/[\s,]+/).filter((name) => name !== ''),
      reason: rest.join(':').trim(),
      fromLine: target,
      toLine: target,
      range: { start: comment.start, end: comment.end },
    },
  ];
}

/** Reads `suppress` (next line) and `disable` ... `default|enable|pop` (a stretch) in source order. */
function readPragmas(lines: LineIndex, pragmas: readonly PragmaDirective[]): Suppression[] {
  const found: Suppression[] = [];
  let open: { names: readonly string[]; fromLine: number; range: TextRange }[] = [];
  const close = (toLine: number, isClosed: (names: readonly string[]) => boolean): void => {
    const closing = open.filter((entry) => isClosed(entry.names));
    open = open.filter((entry) => !isClosed(entry.names));
    for (const entry of closing) found.push({ kind: 'pragma', reason: '', toLine, ...entry });
  };
  for (const pragma of pragmas) {
    if (pragma.name !== 'warning' && pragma.name !== 'prefast') continue;
    const line = lines.positionAt(pragma.start).line;
    const verb = /\b(suppress|disable|default|enable|pop)\b/.exec(pragma.args)?.[1];
    const names: readonly string[] = pragma.args.match(/\b\d{4,5}\b/g) ?? [];
    const range = { start: pragma.start, end: pragma.end };
    if (verb === 'suppress') {
      found.push({ kind: 'pragma', names, reason: '', fromLine: line, toLine: line + 1, range });
    } else if (verb === 'disable') open.push({ names, fromLine: line, range });
    else if (verb === 'pop') close(line, () => true);
    else if (verb !== undefined) close(line, (those) => those.some((name) => names.includes(name)));
  }
  close(lines.lineCount, () => true);
  return found;
}

/** The suppression that covers a finding, if any. `line` is the 0-based line of its start. */
export function findSuppression(
  suppressions: readonly Suppression[],
  finding: Finding,
  line: number,
): Suppression | undefined {
  const number = finding.code?.slice(1);
  return suppressions.find(
    ({ fromLine, toLine, names }) =>
      line >= fromLine &&
      line <= toLine &&
      names.some((name) => name === finding.rule || name === number || name === finding.code),
  );
}
