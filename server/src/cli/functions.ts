/**
 * `irql-lens functions`: one summary per function: how it is entered, what it needs, what it leaves behind.
 */
import type { EntryContext, FunctionSummary } from '../analysis/facts.ts';
import type { FunctionUnit } from '../analysis/program.ts';
import { suggestAnnotation } from '../analysis/summary/suggestAnnotation.ts';
import { levelName, levelNames } from '../protocol/irqlLevels.ts';
import { levelsIn } from '../rules/reporting/evidence.ts';
import { rowsOfParts } from './eachPart.ts';
import type { OpenedPart } from './partTasks.ts';
import { createPlacer } from './output/positions.ts';
import type { Workspace } from './workspace.ts';

/** One row of the JSON. */
export interface FunctionRow {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly role?: string;
  readonly entry: readonly string[];
  readonly entrySource: EntryContext['source'];
  readonly requires: { readonly min: string; readonly max: string; readonly source: string };
  readonly exit: FunctionSummary['exit'];
  readonly exitLevels: readonly string[];
  readonly acquires: readonly string[];
  readonly releases: readonly string[];
  /** suggested SAL text, or null where nothing is proved or it is annotated already */
  readonly annotation: string | null;
}

/** One row per function of the files that were asked for, in source order. */
export function listFunctions(workspace: Workspace): Promise<FunctionRow[]> {
  return rowsOfParts(workspace, (opened) => {
    const { program } = opened;
    const place = createPlacer((path) => program.files.get(path)?.text ?? '');
    return (file) =>
      file.functionIds.flatMap((id) => {
        const unit = program.functions[id];
        if (unit === undefined) return [];
        const { line } = place(file.path, unit.head.nameRange);
        return [describe(opened, workspace.displayPath(file.path), unit, line)];
      });
  });
}

function describe(opened: OpenedPart, file: string, unit: FunctionUnit, line: number): FunctionRow {
  const { program, analysis } = opened;
  const { arch } = program.settings;
  const entry = analysis.entryOf(unit.id);
  const summary = analysis.summaryOf(unit.id);
  const role = program.rolesOf(unit.id)[0]?.fact.type;
  return {
    name: unit.qualifiedName,
    file,
    line,
    ...(role === undefined ? {} : { role }),
    entry: entry.isKnown ? levelNames(entry.levels, arch) : [],
    entrySource: entry.source,
    requires: {
      min: levelName(summary.requires.min, arch),
      max: levelName(summary.requires.max, arch),
      source: summary.requires.source,
    },
    exit: summary.exit,
    exitLevels: levelNames(exitLevels(opened, unit, entry), arch),
    acquires: lockNames(summary, 'acquired'),
    releases: lockNames(summary, 'released'),
    annotation: suggestAnnotation(program, analysis, unit.id) ?? null,
  };
}

function exitLevels(opened: OpenedPart, unit: FunctionUnit, entry: EntryContext): number {
  let levels = 0;
  for (const exit of opened.analysis.factsOf(unit.id).exits) {
    for (const state of exit.states) levels |= levelsIn(state, entry);
  }
  return levels >>> 0;
}

function lockNames(summary: FunctionSummary, what: 'acquired' | 'released'): string[] {
  return [
    ...new Set(summary.cases.flatMap((exitCase) => exitCase[what].map((held) => held.lock.text))),
  ].sort();
}

/** `file(line): name: entered at ..., returns at ...`, one line per function. */
export function functionsToText(rows: readonly FunctionRow[]): string {
  return rows
    .map((row) => {
      const entry =
        row.entry.length === 0 ? 'entry unknown' : `entered at ${row.entry.join(', ')} (${row.entrySource})`;
      const needs = `needs ${row.requires.min}..${row.requires.max}`;
      const locks = [
        ...(row.acquires.length === 0 ? [] : [`acquires ${row.acquires.join(', ')}`]),
        ...(row.releases.length === 0 ? [] : [`releases ${row.releases.join(', ')}`]),
      ];
      const exit = row.exit === 'same' ? 'keeps the IRQL' : `exit: ${row.exit}`;
      return `${row.file}(${String(row.line)}): ${row.name}: ${[entry, needs, exit, ...locks].join('; ')}\n`;
    })
    .join('');
}
