/** What a rule is asked about: one function with all that is known of it. */
import type { ProgramAnalysis } from '../analysis/facts.ts';
import type { FunctionId, Program } from '../analysis/program.ts';
import type { FunctionContext, RunLimits } from './rule.ts';

/** The context of function `id`; `limits` are the settings' bounds for what runs long. */
export function functionContext(
  program: Program,
  analysis: ProgramAnalysis,
  id: FunctionId,
  limits: RunLimits,
): FunctionContext {
  return {
    limits,
    program,
    analysis,
    facts: analysis.factsOf(id),
    entry: analysis.entryOf(id),
    summary: analysis.summaryOf(id),
  };
}
