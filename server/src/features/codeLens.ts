/**
 * A code lens above each acquisition of a spin lock: its cost in cycles alone and contended, what the AtDpcLevel form would
 * save, and `run`, which replays the lock, or the deadlock that is reported there. A range is a range: the profile's figures are not known better.
 */
import type { FileUnit } from '../analysis/program.ts';
import { lensWords } from '../engine/lensCost.ts';
import type { Settings } from '../protocol/settings.ts';
import type { Finding } from '../rules/rule.ts';
import type { TextRange } from '../syntax/fileStructure.ts';
import { isDeadlock } from './codeActions.ts';
import { rangeWords } from './cycleWords.ts';
import { lockCost, spinAcquireOf, type LockCost } from './lockCost.ts';
import { nodeRange, type Snapshot } from './snapshot.ts';

/** Where a lens stands; its words are made when it is seen. */
export interface LensPlace {
  readonly range: TextRange;
  readonly function: number;
  readonly node: number;
}

/** What a lens says. */
export interface LensText {
  /** contains `cycles` */
  readonly title: string;
  readonly tooltip: string;
}

/** The places of all lenses of a file, in order. Cheap: no cost is computed. */
export function codeLensPlaces(snapshot: Snapshot, file: FileUnit, settings: Settings): LensPlace[] {
  if (!settings.codeLens) return [];
  const places: LensPlace[] = [];
  for (const id of file.functionIds) {
    const facts = snapshot.analysis.factsOf(id);
    const seen = new Set<number>();
    for (const call of facts.calls) {
      if (spinAcquireOf(call) === undefined) continue;
      const range = nodeRange(facts.unit.ir(), call.node);
      if (seen.has(range.start)) continue;
      seen.add(range.start);
      places.push({ range, function: id, node: call.node });
    }
  }
  return places.sort((a, b) => a.range.start - b.range.start);
}

/** The report of a deadlock at the place of a lens, whose replay the lens runs instead of the lock's. */
export function deadlockAt(place: LensPlace, findings: readonly Finding[]): Finding | undefined {
  const { start, end } = place.range;
  return findings.find(
    (finding) => isDeadlock(finding) && finding.range.start < end && finding.range.end > start,
  );
}

/** The words of one lens; undefined where the place is none any more. */
export function codeLensText(
  snapshot: Snapshot,
  place: LensPlace,
  settings: Settings,
  findings: readonly Finding[] = [],
): LensText | undefined {
  if (snapshot.program.functions[place.function] === undefined) return undefined;
  const facts = snapshot.analysis.factsOf(place.function);
  const call = facts.calls.find(({ node }) => node === place.node);
  if (call === undefined) return undefined;
  const known = lockCost(snapshot, facts, snapshot.analysis.entryOf(place.function), call, settings);
  if (known === undefined) return undefined;
  const saves = known.cost.atDpcLevelSaves;
  const parts = [
    lensWords(known.cost),
    ...(saves === null ? [] : [`AtDpcLevel saves ${rangeWords(saves)}`]),
    deadlockAt(place, findings) === undefined ? 'run' : 'run the deadlock',
  ];
  return { title: parts.join(' | '), tooltip: costDetails(known).join('\n') };
}

/** The parts of a cost, one line each, plain. */
export function costDetails({ cost, holdCycles, event, isAtDispatch }: LockCost): string[] {
  const parts = cost.parts.map((part) => `${part.name}: ${rangeWords(part.cycles)} cycles`);
  const saves = cost.atDpcLevelSaves;
  return [
    `${event.routine} with its release, ${cost.profile}: ${rangeWords(cost.alone)} cycles alone`,
    ...parts,
    ...(cost.among === null
      ? []
      : [
          `among ${String(cost.cpus)} CPUs: ${rangeWords(cost.among)} cycles, held for about ${String(holdCycles)} cycles (estimated)`,
        ]),
    ...(saves === null || !isAtDispatch
      ? []
      : [
          `the IRQL is DISPATCH_LEVEL here already: the AtDpcLevel form would save ${rangeWords(saves)} cycles`,
        ]),
  ];
}
