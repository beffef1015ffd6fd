/**
 * `irql-lens irql`: the IRQL and the held locks in front of every statement.
 */
import type { BodyFacts, EntryContext, PathState, StatementFact, WhyStep } from '../analysis/facts.ts';
import { explainAt } from '../analysis/explain.ts';
import { levelNames } from '../protocol/irqlLevels.ts';
import { isFeasible, levelsOfStates } from '../rules/reporting/evidence.ts';
import { rowsOfParts } from './eachPart.ts';
import type { OpenedPart } from './partTasks.ts';
import { createPlacer, type Placer } from './output/positions.ts';
import type { Workspace } from './workspace.ts';

/** One row of the JSON. */
export interface StatementRow {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly function: string;
  /** kernel names, lowest first */
  readonly irql: readonly string[];
  /** true where nothing bounds the level */
  readonly unknown: boolean;
  readonly locks: readonly string[];
  readonly reachable: boolean;
  readonly why: readonly { readonly file: string; readonly line: number; readonly message: string }[];
}

/** One row per statement of the files that were asked for, in source order. */
export function listStatements(workspace: Workspace): Promise<StatementRow[]> {
  return rowsOfParts(workspace, ({ program, analysis }) => {
    const place = createPlacer((path) => program.files.get(path)?.text ?? '');
    const printer: Printer = { program, analysis, place, displayPath: workspace.displayPath };
    return ({ functionIds }) =>
      functionIds.flatMap((id) => {
        const facts = analysis.factsOf(id);
        const entry = analysis.entryOf(id);
        return facts.statements.map((statement) => describe(printer, facts, entry, statement));
      });
  });
}

interface Printer extends OpenedPart {
  readonly place: Placer;
  readonly displayPath: Workspace['displayPath'];
}

function describe(
  printer: Printer,
  facts: BodyFacts,
  entry: EntryContext,
  statement: StatementFact,
): StatementRow {
  const { program, analysis, place, displayPath } = printer;
  const { unit } = facts;
  const ir = unit.ir();
  const range = { start: ir.start[statement.node] ?? 0, end: ir.end[statement.node] ?? 0 };
  const { line, column, endLine } = place(unit.file.path, range);
  const feasible = statement.states.filter((state) => isFeasible(state, entry));
  const levels = levelsOfStates(feasible, entry);
  const isUnknown = !entry.isKnown && feasible.some((state) => state.isEntryIrql);
  return {
    file: displayPath(unit.file.path),
    line,
    column,
    endLine,
    function: unit.qualifiedName,
    irql: levelNames(levels, program.settings.arch),
    unknown: isUnknown,
    locks: heldNames(feasible),
    reachable: feasible.length > 0,
    why: explainAt(program, analysis, unit.id, statement.node).map((step) => stepRow(printer, step)),
  };
}

function stepRow({ place, displayPath }: Printer, step: WhyStep) {
  return {
    file: displayPath(step.file),
    line: place(step.file, step.range).line,
    message: step.message,
  };
}

/** Locks held on some path, each once. */
function heldNames(states: readonly PathState[]): string[] {
  return [...new Set(states.flatMap((state) => state.held.map((held) => held.lock.text)))].sort();
}

/** `file(line): LEVELS [locks]`, one line per statement. */
export function statementsToText(rows: readonly StatementRow[]): string {
  return rows
    .map((row) => {
      const level = row.unknown ? 'unknown' : row.reachable ? row.irql.join(', ') : 'unreachable';
      const locks = row.locks.length === 0 ? '' : ` holding ${row.locks.join(', ')}`;
      return `${row.file}(${String(row.line)}): ${level}${locks}\n`;
    })
    .join('');
}
