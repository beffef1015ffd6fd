/**
 * The functions of a scenario as contexts: where each runs (thread, DPC, ISR), and the path that it takes. It also finds the
 * entry points from which a function is reached.
 */
import type { EntryContext } from '../../analysis/facts.ts';
import type { FunctionId } from '../../analysis/program.ts';
import { contains, DEVICE_MIN, DISPATCH_LEVEL, maxOf, minOf } from '../../protocol/irqlLevels.ts';
import type { ScenarioLock, Statement } from '../../protocol/scenarioFormat.ts';
import type { NodeId } from '../../syntax/ir.ts';
import type { Snapshot } from '../snapshot.ts';
import type { DriverLinks } from './driverLinks.ts';
import { walkEntry } from './walkPath.ts';
import { createWriter, noTargets, type ObjectUse, type Targets } from './writer.ts';

const SEARCH_DEPTH = 8;

/** Where code runs. */
export type Place = 'thread' | 'dpc' | 'isr';

/** One function of the driver as a scenario runs it. */
export interface Context {
  readonly id: FunctionId;
  readonly name: string;
  readonly places: readonly Place[];
  readonly body: readonly Statement[];
  readonly locks: ReadonlyMap<string, ScenarioLock>;
  readonly objects: readonly ObjectUse[];
  readonly queued: ReadonlySet<FunctionId>;
  readonly assumed: ReadonlySet<string>;
}

/** Writes the path of one function. */
export function makeContext(
  snapshot: Snapshot,
  links: DriverLinks,
  id: FunctionId,
  targets: Targets = noTargets,
): Context {
  const writer = createWriter(snapshot, links, targets);
  const body = writer.out;
  walkEntry(writer, id);
  const { locks, objects, queued, assumed } = writer;
  return {
    id,
    name: snapshot.program.functions[id]?.qualifiedName ?? String(id),
    places: placesOf(snapshot, id),
    body,
    locks,
    objects,
    queued,
    assumed,
  };
}

/** Where a function runs. One that is entered below DISPATCH_LEVEL and at it (a completion routine) runs as both. */
export function placesOf({ analysis }: Snapshot, id: FunctionId): readonly Place[] {
  const entry: EntryContext = analysis.entryOf(id);
  if (!entry.isKnown) return analysis.summaryOf(id).requires.min >= DISPATCH_LEVEL ? ['dpc'] : ['thread'];
  if (minOf(entry.levels) >= DEVICE_MIN) return ['isr'];
  if (minOf(entry.levels) >= DISPATCH_LEVEL) return ['dpc'];
  const isProvenAtDispatch = contains(entry.proven, DISPATCH_LEVEL);
  return isProvenAtDispatch && maxOf(entry.levels) === DISPATCH_LEVEL ? ['thread', 'dpc'] : ['thread'];
}

/** The entry points from which a function is reached: a function with a role, or without callers; else its callers are asked. */
export function entryPointsOf(
  snapshot: Snapshot,
  id: FunctionId,
  found: Set<FunctionId>,
  seen: Set<FunctionId> = new Set(),
  depth = SEARCH_DEPTH,
): void {
  if (seen.has(id)) return;
  seen.add(id);
  const callers = snapshot.analysis.callersOf(id);
  if (snapshot.program.rolesOf(id).length > 0 || callers.length === 0 || depth === 0) found.add(id);
  else for (const { caller } of callers) entryPointsOf(snapshot, caller, found, seen, depth - 1);
}

/** A function and the calls through which it comes to a node: of its own, or of what it calls. */
export interface WayTo {
  readonly id: FunctionId;
  readonly targets: Targets;
}

/** The ways to a node: the function that holds it first, then its callers, then theirs. */
export function waysTo(snapshot: Snapshot, id: FunctionId, node: NodeId, most: number): readonly WayTo[] {
  const ways: WayTo[] = [
    { id, targets: { nodes: new Map([[id, new Set([node])]]), through: new Set([id]) } },
  ];
  for (let i = 0; i < ways.length && ways.length < most; i++) {
    const way = ways[i];
    if (way === undefined) break;
    for (const { caller, node: call } of snapshot.analysis.callersOf(way.id)) {
      if (way.targets.through.has(caller) || ways.length >= most) continue;
      ways.push({
        id: caller,
        targets: {
          nodes: new Map([...way.targets.nodes, [caller, new Set([call])]]),
          through: new Set([...way.targets.through, caller]),
        },
      });
    }
  }
  return ways;
}
