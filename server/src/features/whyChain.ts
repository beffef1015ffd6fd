/**
 * The reasons for the level of a point as steps in order: how the function is entered, then what changed the level on the
 * way. It only collects what the inference recorded.
 */
import { explainAt } from '../analysis/explain.ts';
import type { EntryContext, WhyStep } from '../analysis/facts.ts';
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

/** All chains of a point: one per way in which the function can be entered, and one where the level was set inside. */
export function whyChains(snapshot: Snapshot, point: PointFacts): WhyChain[] {
  const { arch } = snapshot.program.settings;
  let inside = 0;
  let atEntry = 0;
  for (const state of point.states) {
    if (state.isEntryIrql) atEntry |= levelsIn(state, point.entry);
    else inside |= levelsIn(state, point.entry);
  }
  const chains: WhyChain[] = [];
  if (inside !== 0) {
    const levels = inside >>> 0;
    const title = `${describeSet(levels, arch)}, set in ${point.unit.qualifiedName}`;
    chains.push({ levels, title, steps: whyShort(snapshot, point) });
  }
  return [...chains, ...entryChains(snapshot, point.entry, atEntry >>> 0)];
}

/** How a function is entered: levels that come by the same places are one chain, told at the highest of them. */
export function entryChains(
  { program }: Snapshot,
  entry: EntryContext,
  levels: IrqlSet = entry.levels,
): WhyChain[] {
  const byPlaces = new Map<string, { levels: IrqlSet; steps: readonly WhyStep[] }>();
  for (const level of levelsOf(levels)) {
    const steps = entry.why.get(level);
    if (steps === undefined || steps.length === 0) continue;
    const key = steps.map((step) => `${step.file}:${String(step.range.start)}`).join(' ');
    const known = byPlaces.get(key)?.levels ?? 0;
    byPlaces.set(key, { levels: (known | (1 << level)) >>> 0, steps });
  }
  return [...byPlaces.values()].map(({ levels: mine, steps }) => ({
    levels: mine,
    title: `Entered at ${describeSet(mine, program.settings.arch)}`,
    steps,
  }));
}
