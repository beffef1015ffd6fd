/**
 * Code actions: the fixes of the findings in a range, "fix all of this rule in the file", suppression by comment, and the
 * annotation that the inference proves. Plain edits with offsets.
 */
import type { FileUnit } from '../analysis/program.ts';
import { annotate } from '../rules/fixes/annotate.ts';
import type { Finding, Fix, TextEdit } from '../rules/rule.ts';
import type { TextRange } from '../syntax/fileStructure.ts';
import { functionAt, linesOf, type Snapshot } from './snapshot.ts';

/** One entry of the light bulb's menu. */
export interface CodeActionItem {
  readonly title: string;
  readonly kind: 'quickfix' | 'fixAll' | 'sourceFixAll' | 'refactor';
  readonly edits: readonly TextEdit[];
  readonly isPreferred: boolean;
  /** the findings that it mends */
  readonly findings: readonly Finding[];
  /** places the cursor there and replays instead of editing, for findings with a replay */
  readonly replay?: Finding;
}

/** Everything that can be done in a range. `findings` are all of the file. */
export function codeActions(
  snapshot: Snapshot,
  file: FileUnit,
  range: TextRange,
  findings: readonly Finding[],
): CodeActionItem[] {
  const here = findings.filter(
    (finding) => finding.range.start <= range.end && finding.range.end >= range.start,
  );
  const actions: CodeActionItem[] = [];
  for (const finding of here) {
    for (const fix of finding.fixes)
      actions.push({
        title: fix.title,
        kind: 'quickfix',
        edits: fix.edits,
        isPreferred: fix.isPreferred,
        findings: [finding],
      });
  }
  for (const rule of new Set(here.map((finding) => finding.rule))) actions.push(...fixAll(rule, findings));
  for (const finding of here) {
    if (finding.replay !== undefined)
      actions.push({
        title: isDeadlock(finding) ? 'Replay this deadlock' : 'Replay this on the simulator',
        kind: 'quickfix',
        edits: [],
        isPreferred: false,
        findings: [finding],
        replay: finding,
      });
    actions.push(...suppress(file, finding));
  }
  const annotation = writeAnnotation(snapshot, file, range.start);
  return annotation === undefined ? actions : [...actions, annotation];
}

/** Every finding of the file whose right repair is one edit, mended at once: for "fix all" on saving. */
export function fixEverything(findings: readonly Finding[]): CodeActionItem[] {
  const [edits, mended] = collectFixes(findings);
  if (mended.length === 0) return [];
  const title = `Fix what IRQL Lens can fix in this file (${String(mended.length)})`;
  return [{ title, kind: 'sourceFixAll', edits, isPreferred: false, findings: mended }];
}

/** Whether the finding's replay ends in a deadlock. */
export function isDeadlock({ replay }: Finding): boolean {
  return replay !== undefined && replay.scenario !== 'fromdpc-after-acquire';
}

/** One action for all findings of a rule whose right repair is one edit, where there are at least two. */
function fixAll(rule: string, findings: readonly Finding[]): CodeActionItem[] {
  const [edits, mended] = collectFixes(findings.filter((finding) => finding.rule === rule));
  if (mended.length < 2) return [];
  return [
    {
      title: `Fix all '${rule}' in this file (${String(mended.length)})`,
      kind: 'fixAll',
      edits,
      isPreferred: false,
      findings: mended,
    },
  ];
}

/** The edits of all preferred fixes that do not touch each other, and the findings that they mend. */
function collectFixes(findings: readonly Finding[]): [TextEdit[], Finding[]] {
  const edits: TextEdit[] = [];
  const mended: Finding[] = [];
  for (const finding of findings) {
    const fix = preferredFix(finding);
    if (fix === undefined || fix.edits.some((edit) => edits.some((other) => overlap(edit, other)))) continue;
    edits.push(...fix.edits);
    mended.push(finding);
  }
  return [edits, mended];
}

function preferredFix({ fixes }: Finding): Fix | undefined {
  return fixes.find((fix) => fix.isPreferred);
}

function overlap(a: TextEdit, b: TextEdit): boolean {
  return a.file === b.file && a.range.start <= b.range.end && b.range.start <= a.range.end;
}

/** A comment on the line above. Not inside a macro definition, where a line comment would swallow the rest. */
function suppress(file: FileUnit, finding: Finding): CodeActionItem[] {
  if (finding.rule === 'unused-suppression') return [];
  const lines = linesOf(file);
  const { line } = lines.positionAt(finding.range.start);
  const start = lines.lineStart(line);
  const before = line === 0 ? '' : file.text.slice(lines.lineStart(line - 1), start).trimEnd();
  if (before.endsWith('\\')) return [];
  const indent = /^[ \t]*/.exec(file.text.slice(start, finding.range.start))?.[0] ?? '';
  const newText = `${indent}// irql-lens-ignore ${finding.rule}: say why${newlineOf(file)}`;
  const edit = { file: file.path, range: { start, end: start }, newText };
  return [
    {
      title: `Suppress '${finding.rule}' here with a comment`,
      kind: 'quickfix',
      edits: [edit],
      isPreferred: false,
      findings: [finding],
    },
  ];
}

function newlineOf(file: FileUnit): string {
  return file.text.includes('\r\n') ? '\r\n' : '\n';
}

/** On a function's head: insert what the inference proves, on the definition and on its declarations. */
function writeAnnotation(snapshot: Snapshot, file: FileUnit, offset: number): CodeActionItem | undefined {
  const unit = functionAt(snapshot, file, offset);
  if (unit === undefined || offset > unit.head.bodyRange.start) return undefined;
  const writing = annotate(snapshot.program, snapshot.analysis, unit.id);
  if (writing === undefined) return undefined;
  return {
    title: `Write the inferred annotation: ${writing.text}`,
    kind: 'refactor',
    edits: writing.edits,
    isPreferred: false,
    findings: [],
  };
}
