/**
 * Places of lock uses, for rules that look across functions.
 */
import type { LockUse, WhyStep } from '../../analysis/facts.ts';
import type { ProgramContext } from '../rule.ts';

/** The place of a use as a step with the given words. */
export function placeOf(context: ProgramContext, use: LockUse, message: string): WhyStep {
  const unit = context.program.functions[use.function];
  const ir = unit?.ir();
  const start = ir?.start[use.node] ?? 0;
  return { file: unit?.file.path ?? '', range: { start, end: ir?.end[use.node] ?? start }, message };
}
