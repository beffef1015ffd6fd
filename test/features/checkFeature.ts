/**
 * Runs a feature on a fixture: the files, the cursor `$0`, the snapshot. Tests call these helpers alone, so that a change of
 * the features' interface is a change here.
 */
import { codeActions } from '../../server/src/features/codeActions.ts';
import { codeLensPlaces, codeLensText } from '../../server/src/features/codeLens.ts';
import { explain } from '../../server/src/features/explain.ts';
import { hover } from '../../server/src/features/hover.ts';
import { inlayHints } from '../../server/src/features/inlayHints.ts';
import { replayFinding } from '../../server/src/features/replayFinding.ts';
import { ribbon } from '../../server/src/features/ribbon.ts';
import { scenarioFromCode, type BuiltScenario } from '../../server/src/features/scenarioFromCode.ts';
import type { Snapshot } from '../../server/src/features/snapshot.ts';
import { status } from '../../server/src/features/status.ts';
import type { FileUnit } from '../../server/src/analysis/program.ts';
import { createLineIndex } from '../../server/src/base/lineIndex.ts';
import { decodeSettings } from '../../server/src/protocol/settings.ts';
import { checkAcrossFunctions, checkFile } from '../../server/src/rules/checkProgram.ts';
import type { Finding } from '../../server/src/rules/rule.ts';
import { analyzeFiles } from '../harness/analyzeFiles.ts';
import { parseFixture } from '../harness/fixture.ts';

/** A fixture with its snapshot and its cursor. */
export interface Opened {
  readonly snapshot: Snapshot;
  readonly file: FileUnit;
  readonly offset: number;
}

/** Analyses a fixture. The file of the cursor is the one asked about, else the last one. */
export function open(text: string): Opened {
  const fixture = parseFixture(text);
  const snapshot = analyzeFiles(fixture.files);
  const path = fixture.cursor?.path ?? [...fixture.files.keys()].at(-1) ?? '';
  const file = snapshot.program.files.get(path);
  if (file === undefined) throw new Error(`${path} is not in the program`);
  return { snapshot, file, offset: fixture.cursor?.offset ?? 0 };
}

function settingsOf(raw: unknown) {
  return decodeSettings(raw).settings;
}

/** The hover at the cursor as text: paragraphs by lines, steps numbered with their lines. */
export function hoverText(text: string, settings: unknown = {}): string | undefined {
  const { snapshot, file, offset } = open(text);
  const content = hover(snapshot, file, offset, settingsOf(settings));
  return content?.blocks
    .map((block) => {
      if (block.kind === 'text') return block.markdown;
      const steps = block.steps.map((step) => {
        const unit = snapshot.program.files.get(step.file);
        const line = createLineIndex(unit?.text ?? '').positionAt(step.range.start).line + 1;
        return `${step.file}:${line} ${step.message}`;
      });
      return [`${block.title}:`, ...steps].join('\n');
    })
    .join('\n');
}

/** All hints as `line: label`, 1-based. */
export function hintsText(text: string, settings: unknown = {}): string[] {
  const { snapshot, file } = open(text);
  const lines = createLineIndex(file.text);
  const range = { start: 0, end: file.text.length };
  return inlayHints(snapshot, file, range, settingsOf(settings)).map(
    ({ offset, label }) => `${lines.positionAt(offset).line + 1}: ${label}`,
  );
}

/** The ribbon as `from-to class text`, 1-based; `~` marks a range of classes. */
export function ribbonText(text: string): string[] {
  const { snapshot, file } = open(text);
  return ribbon(snapshot, file).map(
    (range) => `${range.startLine + 1}-${range.endLine + 1} ${range.isRange ? '~' : ''}${range.level}`,
  );
}

/** The titles of all lenses as `line: title`. */
export function lensTitles(text: string, settings: unknown = {}): string[] {
  const { snapshot, file } = open(text);
  const lines = createLineIndex(file.text);
  const decoded = settingsOf(settings);
  const findings = findingsOf(snapshot).filter((finding) => finding.file === file.path);
  return codeLensPlaces(snapshot, file, decoded).map(
    (place) =>
      `${lines.positionAt(place.range.start).line + 1}: ${codeLensText(snapshot, place, decoded, findings)?.title ?? '?'}`,
  );
}

/** The text of the status bar at the cursor. */
export function statusText(text: string): string | undefined {
  const { snapshot, file, offset } = open(text);
  return status(snapshot, file, offset)?.text;
}

/** The explanation at the cursor: title, then chains with their messages. */
export function explainText(text: string): string[] {
  const { snapshot, file, offset } = open(text);
  const answer = explain(snapshot, file, offset);
  if (answer === undefined) return [];
  return [
    answer.title,
    ...answer.chains.flatMap(({ title, steps }) => [title, ...steps.map((step) => `  ${step.message}`)]),
  ];
}

/** The scenario built at the cursor. */
export function buildScenario(text: string): BuiltScenario {
  const { snapshot, file, offset } = open(text);
  return scenarioFromCode(snapshot, file, offset, settingsOf({}));
}

function findingsOf(snapshot: Snapshot): readonly Finding[] {
  const rules = { severities: {} };
  const across = checkAcrossFunctions(snapshot.program, snapshot.analysis, rules);
  return [...snapshot.program.files.values()].flatMap(
    (file) => checkFile(snapshot.program, snapshot.analysis, file, rules, across).findings,
  );
}

/** The replay of the first report of a rule in a fixture. */
export function buildReplay(text: string, rule: string): BuiltScenario {
  const { snapshot } = open(text);
  const findings = findingsOf(snapshot);
  const finding = findings.find((one) => one.rule === rule);
  if (finding === undefined) return { problem: `no ${rule}: ${findings.map((one) => one.rule).join(', ')}` };
  return replayFinding(snapshot, finding, settingsOf({}));
}

/** The code actions at the cursor, with the text of the cursor's file after each. */
export function actionsAt(text: string): { readonly title: string; readonly after: string }[] {
  const { snapshot, file, offset } = open(text);
  const rules = { severities: {} };
  const across = checkAcrossFunctions(snapshot.program, snapshot.analysis, rules);
  const { findings } = checkFile(snapshot.program, snapshot.analysis, file, rules, across);
  return codeActions(snapshot, file, { start: offset, end: offset }, findings).map(({ title, edits }) => {
    const mine = edits
      .filter((edit) => edit.file === file.path)
      .toSorted((a, b) => b.range.start - a.range.start);
    let after = file.text;
    for (const { range, newText } of mine)
      after = after.slice(0, range.start) + newText + after.slice(range.end);
    return { title, after };
  });
}

/** The files after the first action at the cursor whose title begins so. */
export function applyAction(text: string, title: string): ReadonlyMap<string, string> {
  const { snapshot, file, offset } = open(text);
  const findings = findingsOf(snapshot).filter((finding) => finding.file === file.path);
  const item = codeActions(snapshot, file, { start: offset, end: offset }, findings).find((one) =>
    one.title.startsWith(title),
  );
  if (item === undefined) throw new Error(`there is no action '${title}'`);
  const after = new Map([...snapshot.program.files].map(([path, unit]) => [path, unit.text]));
  for (const { file: path, range, newText } of item.edits.toSorted((a, b) => b.range.start - a.range.start)) {
    const before = after.get(path) ?? '';
    after.set(path, before.slice(0, range.start) + newText + before.slice(range.end));
  }
  return after;
}

/** The rules that report something in the files, each as often as it does. */
export function reportsOf(files: ReadonlyMap<string, string>): readonly string[] {
  return findingsOf(analyzeFiles(files)).map(({ rule }) => rule);
}
