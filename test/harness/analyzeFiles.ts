/**
 * Texts to a program with its inference: the whole pipeline below the rules, as the product runs it.
 */
import { analyzeProgram } from '../../server/src/analysis/analyze.ts';
import type { ProgramAnalysis } from '../../server/src/analysis/facts.ts';
import type { AnalysisSettings, Program } from '../../server/src/analysis/program.ts';
import { createProgram } from '../../server/src/analysis/program/workspaceHost.ts';
import { loadFacts } from '../../server/src/ddi/loadFacts.ts';

/** A program with its inference. */
export interface AnalyzedFiles {
  readonly program: Program;
  readonly analysis: ProgramAnalysis;
}

const ddi = loadFacts({ arch: 'x64' });

/** Analyses the files, by path, for x64 without defines unless the settings say otherwise. */
export function analyzeFiles(
  files: ReadonlyMap<string, string>,
  settings: Partial<AnalysisSettings> = {},
): AnalyzedFiles {
  const program = createProgram(files, {
    settings: { arch: 'x64', defines: {}, ignoreIrqlAnnotations: false, ...settings },
    ddi,
  });
  return { program, analysis: analyzeProgram(program) };
}
