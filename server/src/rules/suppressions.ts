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
  const { suppressions } = file.structure;
  const operators = operatorPragmas(file.text);
  const pragmas = [...file.structure.pragmas, ...operators].sort((a, b) => a.start - b.start);
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
  const target = isAlone ? nextCodeLine(text, lines, lines.positionAt(comment.end).line + 1) : line;
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

/** The line itself, or the next one that is no comment of its own and no directive: several suppressions may stand above a line. */
function nextCodeLine(text: string, lines: LineIndex, from: number): number {
  let line = from;
  const content = (): string => text.slice(lines.lineStart(line), lines.lineStart(line + 1)).trim();
  while (line + 1 < lines.lineCount && /^(\/\/|#|\/\*.*\*\/$|$)/.test(content())) line += 1;
  return line;
}

/** A macro's definition suppresses nothing where it stands. */
function isInDirective(text: string, offset: number): boolean {
  let start = text.lastIndexOf('\n', offset - 1) + 1;
  while (start > 0 && /\\\r?\n$/.test(text.slice(Math.max(0, start - 3), start)))
    start = text.lastIndexOf('\n', start - 2) + 1;
  return /^\s*#/.test(text.slice(start, offset));
}

/** A stretch that is open: from a `disable` until it is undone. */
interface Open {
  readonly names: readonly string[];
  readonly reason: string;
  readonly fromLine: number;
  readonly range: TextRange;
  /** pushes that were open when it began; a pop undoes only what came behind its push */
  readonly depth: number;
}

/** Reads `suppress` (next line), and `disable` until `default`, `enable` or the `pop` of a push before it, in source order. */
function readPragmas(lines: LineIndex, pragmas: readonly PragmaDirective[]): Suppression[] {
  const found: Suppression[] = [];
  let open: Open[] = [];
  let depth = 0;
  const close = (toLine: number, isClosed: (entry: Open) => boolean): void => {
    for (const entry of open.filter(isClosed)) {
      const { names, reason, fromLine, range } = entry;
      found.push({ kind: 'pragma', names, reason, fromLine, toLine, range });
    }
    open = open.filter((entry) => !isClosed(entry));
  };
  for (const pragma of pragmas) {
    if (pragma.name !== 'warning' && pragma.name !== 'prefast') continue;
    const line = lines.positionAt(pragma.start).line;
    const range = { start: pragma.start, end: pragma.end };
    const reason = /"([^"]*)"/.exec(pragma.args)?.[1] ?? '';
    // One pragma may do several things: `warning(push; disable: 28121)`, `warning(disable: 28121; suppress: 28167)`.
    for (const part of pragma.args.replace(/"[^"]*"/g, '').split(';')) {
      const verb = /\b(suppress|disable|default|enable|push|pop)\b/.exec(part)?.[1];
      const names: readonly string[] = part.match(/\b\d{4,5}\b/g) ?? [];
      if (verb === 'suppress')
        found.push({ kind: 'pragma', names, reason, fromLine: line, toLine: line + 1, range });
      else if (verb === 'disable') open.push({ names, reason, fromLine: line, range, depth });
      else if (verb === 'push') depth += 1;
      else if (verb === 'pop') {
        close(line, (entry) => entry.depth >= Math.max(1, depth));
        depth = Math.max(0, depth - 1);
      } else if (verb !== undefined) close(line, (entry) => entry.names.some((name) => names.includes(name)));
    }
  }
  close(lines.lineCount, () => true);
  return found;
}

const OPERATOR = /\b(?:__pragma\s*\(\s*|_Pragma\s*\(\s*")(warning|prefast)\s*\(([^()]*)\)/g;

/** `__pragma(warning(suppress: 28121))` and `_Pragma("...")`: pragmas inside of a line. */
function operatorPragmas(text: string): PragmaDirective[] {
  if (!/__pragma|_Pragma/.test(text)) return [];
  return [...text.matchAll(OPERATOR)]
    .filter(({ index }) => !isInDirective(text, index))
    .map(({ index, 0: all, 1: name = '', 2: args = '' }) => ({
      name,
      args: `(${args})`,
      start: index,
      end: index + all.length,
    }));
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
