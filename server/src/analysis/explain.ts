/**
 * Why a statement is at its level: how the function is entered, then the call that set the level on the way.
 * It only arranges what the inference recorded.
 */
import { describeSet, intersect, levelsOf, minOf } from '../protocol/irqlLevels.ts';
import type { NodeId } from '../syntax/ir.ts';
import type { BodyFacts, EntryContext, PathState, ProgramAnalysis, WhyStep } from './facts.ts';
import type { FunctionId, Program } from './program.ts';

/**
 * The steps that lead to the level in front of a statement (or at an exit), entry first. Where paths differ, the first
 * path that set the level stands for all; without one, the chains of all entry levels. Empty where nothing is known.
 */
export function explainAt(
  program: Program,
  analysis: ProgramAnalysis,
  id: FunctionId,
  node: NodeId,
): readonly WhyStep[] {
  const facts = analysis.factsOf(id);
  const entry = analysis.entryOf(id);
  const states = statesAt(facts, node).filter(
    (state) => !entry.isKnown || intersect(state.entry, entry.levels) !== 0,
  );
  const set = states.find((state) => !state.isEntryIrql && state.irqlSetBy >= 0);
  if (set !== undefined)
    return [...entrySteps(entry, [minOf(enteredAt(entry, set))]), setStep(program, facts, set)];
  let levels = 0;
  for (const state of states) levels |= enteredAt(entry, state);
  return entrySteps(entry, levelsOf(levels >>> 0));
}

function statesAt(facts: BodyFacts, node: NodeId): readonly PathState[] {
  return (
    facts.statements.find((statement) => statement.node === node)?.states ??
    facts.exits.find((exit) => exit.node === node)?.states ??
    []
  );
}

function enteredAt(entry: EntryContext, state: PathState): number {
  return entry.isKnown ? intersect(state.entry, entry.levels) : state.entry;
}

/** The chains of the given entry levels, equal steps once. */
function entrySteps(entry: EntryContext, levels: readonly number[]): WhyStep[] {
  const steps: WhyStep[] = [];
  for (const level of levels) {
    for (const step of entry.why.get(level) ?? []) {
      const isKnown = steps.some(
        (other) =>
          other.file === step.file &&
          other.range.start === step.range.start &&
          other.message === step.message,
      );
      if (!isKnown) steps.push(step);
    }
  }
  return steps;
}

function setStep(program: Program, facts: BodyFacts, state: PathState): WhyStep {
  const ir = facts.unit.ir();
  const call = facts.calls.find((candidate) => candidate.node === state.irqlSetBy);
  const start = ir.start[state.irqlSetBy] ?? 0;
  return {
    file: facts.unit.file.path,
    range: { start, end: ir.end[state.irqlSetBy] ?? start },
    message: `${call?.name ?? 'this call'} sets ${describeSet(state.irql, program.settings.arch)}`,
    irql: state.irql,
  };
}
