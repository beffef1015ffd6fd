/**
 * Explain IRQL Here: every chain of reasons for the level of a statement, to be walked click by click, and which callers
 * bring which level.
 */
import type { WhyStep } from '../analysis/facts.ts';
import type { FileUnit } from '../analysis/program.ts';
import { describeSet, levelsOf } from '../protocol/irqlLevels.ts';
import type { TextRange } from '../syntax/fileStructure.ts';
import { wordsOf } from './levelWords.ts';
import { nodeRange, pointAt, type PointFacts, type Snapshot } from './snapshot.ts';
import { whyChains } from './whyChain.ts';

/** The answer in offsets. */
export interface Explanation {
  readonly title: string;
  readonly range: TextRange;
  readonly chains: readonly { readonly title: string; readonly steps: readonly WhyStep[] }[];
}

/** The explanation at an offset; undefined outside of functions. */
export function explain(snapshot: Snapshot, file: FileUnit, offset: number): Explanation | undefined {
  const point = pointAt(snapshot, file, offset);
  if (point === undefined) return undefined;
  const { arch } = snapshot.program.settings;
  const chains = whyChains(snapshot, point).map(({ title, steps }) => ({ title, steps }));
  const callers = callerSteps(snapshot, point);
  return {
    title: `${wordsOf(point, arch)} in ${point.unit.qualifiedName}`,
    range: point.range,
    chains: [...chains, ...(callers.length === 0 ? [] : [{ title: 'Callers', steps: callers }])],
  };
}

/** One step per call site, with the levels that it brings. */
function callerSteps({ program, analysis }: Snapshot, point: PointFacts): WhyStep[] {
  return analysis.callersOf(point.unit.id).flatMap(({ caller, node }) => {
    const unit = program.functions[caller];
    if (unit === undefined) return [];
    const facts = analysis.factsOf(caller);
    const entry = analysis.entryOf(caller);
    const call = facts.calls.find((one) => one.node === node);
    let levels = 0;
    for (const state of call?.before ?? [])
      levels |= state.isEntryIrql ? (entry.isKnown ? state.entry & entry.levels : 0) : state.irql;
    const words =
      levelsOf(levels >>> 0).length === 0
        ? 'at a level that is not known'
        : `at ${describeSet(levels >>> 0, program.settings.arch)}`;
    return [
      {
        file: unit.file.path,
        range: nodeRange(unit.ir(), node),
        message: `called from ${unit.qualifiedName} ${words}`,
        irql: levels >>> 0,
      },
    ];
  });
}
