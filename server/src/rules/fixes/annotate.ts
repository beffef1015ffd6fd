/**
 * Writes what the inference proves about a function onto its definition and onto its declarations, each in the style of its file.
 * A declaration that names its parameters differently gets no lock annotation: the expression would mean nothing there.
 */
import type { ProgramAnalysis } from '../../analysis/facts.ts';
import type { FileUnit, FunctionId, FunctionUnit, Program } from '../../analysis/program.ts';
import { provedAnnotation } from '../../analysis/summary/suggestAnnotation.ts';
import type { FunctionHead } from '../../syntax/fileStructure.ts';
import type { TextEdit } from '../rule.ts';

/** The edits, and the annotation in one line. */
export interface Annotating {
  readonly text: string;
  readonly edits: readonly TextEdit[];
}

/** Undefined where nothing is proved, or the head does not begin its line. */
export function annotate(
  program: Program,
  analysis: ProgramAnalysis,
  id: FunctionId,
): Annotating | undefined {
  const unit = program.functions[id];
  const proved = provedAnnotation(program, analysis, id);
  if (unit === undefined || proved === undefined) return undefined;
  const words = [...proved.onFunction, ...proved.onParameters.values()];
  if (words.length === 0) return undefined;
  const onDefinition = headEdits(unit.file, unit.head, proved.onFunction, proved.onParameters);
  if (onDefinition === undefined) return undefined;
  const edits = [...onDefinition];
  for (const { file, head } of declarationsOf(program, unit)) {
    const there = provedAnnotation(program, analysis, id, file);
    if (there === undefined) continue;
    const lines = there.onFunction.filter((line) => !/_lock_/.test(line) || hasSameNames(unit.head, head));
    edits.push(...(headEdits(file, head, lines, there.onParameters) ?? []));
  }
  return { text: words.join(' '), edits };
}

/** Prototypes of the function in the files of its project. */
function declarationsOf(
  program: Program,
  { file: own, head: definition }: FunctionUnit,
): readonly { readonly file: FileUnit; readonly head: FunctionHead }[] {
  const inProject = new Set(program.project?.(own.project)?.files ?? []);
  return [...program.files.values()]
    .filter((file) => file === own || file.project === own.project || inProject.has(file.path))
    .flatMap((file) =>
      file.structure.prototypes
        .filter(({ name, scope }) => name === definition.name && scope === definition.scope)
        .filter(({ isStatic }) => !(isStatic || definition.isStatic) || file === own)
        .map((head) => ({ file, head })),
    );
}

function hasSameNames(a: FunctionHead, b: FunctionHead): boolean {
  return a.params.length === b.params.length && a.params.every(({ name }, i) => name === b.params[i]?.name);
}

/** The lines in front of the head in its indentation, and the words in front of parameters. */
function headEdits(
  file: FileUnit,
  head: FunctionHead,
  lines: readonly string[],
  onParameters: ReadonlyMap<number, string>,
): readonly TextEdit[] | undefined {
  const lineStart = file.text.lastIndexOf('\n', head.start - 1) + 1;
  const indent = file.text.slice(lineStart, head.start);
  if (indent.trim() !== '') return undefined;
  const newline = file.text.includes('\r\n') ? '\r\n' : '\n';
  const newText = lines.map((line) => `${line}${newline}${indent}`).join('');
  const insert = (at: number, text: string): TextEdit => ({
    file: file.path,
    range: { start: at, end: at },
    newText: text,
  });
  const words = [...onParameters].flatMap(([index, word]) => {
    const at = head.params[index]?.start;
    return at === undefined ? [] : [insert(at, `${word} `)];
  });
  return [...(newText === '' ? [] : [insert(head.start, newText)]), ...words];
}
