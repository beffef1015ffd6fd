/**
 * What a mutant is: one change of a real function, either a defect that must be found or a rewrite that must stay silent.
 */
import type { Finding, FunctionContext, TextEdit } from '../../server/src/rules/rule.ts';

/** One changed function. */
export interface Mutant {
  /** kebab-case kind, e.g. "release-dropped" */
  readonly kind: string;
  readonly file: string;
  readonly function: string;
  readonly edits: readonly TextEdit[];
}

/** Makes all mutants of one kind that a function offers. */
export type Mutator = (context: FunctionContext) => readonly Mutant[];

/** A mutant of the context's function. */
export function mutantOf(context: FunctionContext, kind: string, edits: readonly TextEdit[]): Mutant {
  const { unit } = context.facts;
  return { kind, file: unit.file.path, function: unit.qualifiedName, edits };
}

/** The text with all edits of one file applied. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = text;
  for (const edit of edits.toSorted((a, b) => b.range.start - a.range.start)) {
    result = result.slice(0, edit.range.start) + edit.newText + result.slice(edit.range.end);
  }
  return result;
}

/** What tells one finding from another when texts have moved. */
export function keyOf(finding: Finding): string {
  return `${finding.file}\n${finding.function}\n${finding.rule}`;
}
