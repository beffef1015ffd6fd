/**
 * The reasons for the level of a point as steps in order: how the function is entered, then what changed the level on the
 * way. It only collects what the inference recorded.
 */
import { explainAt } from '../analysis/explain.ts';
import type { WhyStep } from '../analysis/facts.ts';
import { describeSet, levelsOf, type IrqlSet } from '../protocol/irqlLevels.ts';
import { levelsIn } from '../rules/reporting/evidence.ts';
import type { PointFacts, Snapshot } from './snapshot.ts';

/** A chain with the levels it explains. */
export interface WhyChain {
  readonly levels: IrqlSet;
  readonly title: string;
  readonly steps: readonly WhyStep[];
}

/** The short chain of a point. */
export function whyShort(snapshot: Snapshot, point: PointFacts): readonly WhyStep[] {
  return explainAt(snapshot.program, snapshot.analysis, point.unit.id, point.node);
}

/** All chains of a point: one per level at which the function can be entered, or one where the level was set inside. */
export function whyChains(snapshot: Snapshot, point: PointFacts): WhyChain[] {
  const { arch } = snapshot.program.settings;
  const chains: WhyChain[] = [];
  const setInside = point.states.filter((state) => !state.isEntryIrql);
  let insideLevels = 0;
  for (const state of setInside) insideLevels |= levelsIn(state, point.entry);
  if (setInside.length > 0) {
    const levels = insideLevels >>> 0;
    chains.push({
      levels,
      title: `${describeSet(levels, arch)}, set in ${point.unit.qualifiedName}`,
      steps: whyShort(snapshot, point),
    });
  }
  let fromEntry = 0;
  for (const state of point.states) if (state.isEntryIrql) fromEntry |= levelsIn(state, point.entry);
  if (fromEntry === 0) return chains;
  for (const level of levelsOf(fromEntry >>> 0)) {
    const steps = point.entry.why.get(level);
    if (steps === undefined) continue;
    const known = chains.find((chain) => chain.steps === steps || sameSteps(chain.steps, steps));
    if (known !== undefined) {
      const levels = (known.levels | (1 << level)) >>> 0;
      chains[chains.indexOf(known)] = { ...known, levels, title: `${describeSet(levels, arch)} at entry` };
    } else chains.push({ levels: 1 << level, title: `${describeSet(1 << level, arch)} at entry`, steps });
  }
  return chains;
}

function sameSteps(a: readonly WhyStep[], b: readonly WhyStep[]): boolean {
  return (
    a.length === b.length &&
    a.every(
      (step, i) =>
        step.file === b[i]?.file && step.range.start === b[i].range.start && step.message === b[i].message,
    )
  );
}
