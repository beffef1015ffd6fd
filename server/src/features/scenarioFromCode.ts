/**
 * Run Scenario From Here: makes a scenario of the functions that take the lock under the cursor, or the locks of the function
 * under the cursor. Each entry point becomes a thread, a DPC or an ISR by the level it is entered at. The estimate of holds and
 * the choice of one path per function are stated in the lesson; the engine runs it, not this file.
 */
import type { EntryContext, LockUse } from '../analysis/facts.ts';
import type { FileUnit, FunctionId, FunctionUnit } from '../analysis/program.ts';
import { contains, DEVICE_MIN, DISPATCH_LEVEL, maxOf, minOf } from '../protocol/irqlLevels.ts';
import type {
  Scenario,
  ScenarioDpc,
  ScenarioIsr,
  ScenarioThread,
  Statement,
} from '../protocol/scenarioFormat.ts';
import type { Settings } from '../protocol/settings.ts';
import { scenarioBody, type ScenarioLocks } from './scenarioBody.ts';
import { functionAt, nodeRange, type Snapshot } from './snapshot.ts';
import { nameAt } from './tokenAt.ts';

/** A scenario, or the sentence that says why there is none. */
export type BuiltScenario = { readonly scenario: Scenario } | { readonly problem: string };

/** More contexts than this make the exploration long and the picture full. */
const MAX_CONTEXTS = 5;
const SEARCH_DEPTH = 8;

/** Builds the scenario for an offset. */
export function scenarioFromCode(
  snapshot: Snapshot,
  file: FileUnit,
  offset: number,
  settings: Settings,
): BuiltScenario {
  const wanted = wantedLocks(snapshot, file, offset);
  if ('problem' in wanted) return wanted;
  const roots = rootsOf(snapshot, wanted.classes, wanted.unit);
  const locks: ScenarioLocks = { byId: new Map() };
  const contexts: Context[] = [];
  for (const id of roots) {
    const context = makeContext(snapshot, id, locks, wanted.classes);
    if (context !== undefined && contexts.length < MAX_CONTEXTS) contexts.push(context);
  }
  if (contexts.length === 0)
    return {
      problem: `No spin lock that the engine can simulate is taken by ${wanted.title} or its callers.`,
    };
  return { scenario: assemble(wanted.title, contexts, locks, settings) };
}

interface Wanted {
  readonly title: string;
  readonly classes: ReadonlySet<string>;
  readonly unit: FunctionUnit | undefined;
}

/** The lock under the cursor, else the locks that the function takes in any depth. */
function wantedLocks(snapshot: Snapshot, file: FileUnit, offset: number): Wanted | { problem: string } {
  const unit = functionAt(snapshot, file, offset);
  const atCursor = unit === undefined ? undefined : lockClassAt(snapshot, unit, offset);
  if (atCursor !== undefined) return { title: atCursor, classes: new Set([atCursor]), unit };
  if (unit !== undefined) {
    const taken = snapshot.analysis.summaryOf(unit.id).locksTaken.map((use) => nameOfUse(use));
    if (taken.length > 0) return { title: unit.qualifiedName, classes: new Set(taken), unit };
    return {
      problem: `${unit.qualifiedName} takes no lock: put the cursor on a lock, or into a function that takes one.`,
    };
  }
  const name = nameAt(file, snapshot.program.atoms, offset)?.text;
  const byName =
    name === undefined
      ? []
      : [...snapshot.analysis.lockUses().keys()].filter((key) => key === name || key.endsWith(`.${name}`));
  if (byName.length > 0) return { title: byName[0] ?? '', classes: new Set(byName), unit: undefined };
  return {
    problem:
      'There is neither a function nor a lock here: put the cursor on a lock, or into a function that takes one.',
  };
}

function nameOfUse(use: LockUse): string {
  return use.lock.lockClass === '' ? use.lock.text : use.lock.lockClass;
}

function lockClassAt({ analysis }: Snapshot, unit: FunctionUnit, offset: number): string | undefined {
  const ir = unit.ir();
  for (const call of analysis.factsOf(unit.id).calls) {
    const { start, end } = nodeRange(ir, call.node);
    const [event] = call.locks;
    if (event !== undefined && !event.isThroughWrapper && offset >= start && offset <= end)
      return event.lock.lockClass === '' ? event.lock.text : event.lock.lockClass;
  }
  return undefined;
}

/** The entry points from which the locks are reached, the one of the cursor's function first. */
function rootsOf(
  snapshot: Snapshot,
  classes: ReadonlySet<string>,
  unit: FunctionUnit | undefined,
): FunctionId[] {
  const users = new Set<FunctionId>();
  if (unit !== undefined) users.add(unit.id);
  for (const [lockClass, uses] of snapshot.analysis.lockUses()) {
    if (!classes.has(lockClass)) continue;
    for (const use of uses) {
      const user = snapshot.program.functions[use.function];
      if (user !== undefined && (unit === undefined || user.file.project === unit.file.project))
        users.add(use.function);
    }
  }
  const roots = new Set<FunctionId>();
  for (const id of users) climb(snapshot, id, roots, new Set(), SEARCH_DEPTH);
  return [...roots];
}

/** A function with a role, or without callers, is a root; else its callers are asked. */
function climb(
  snapshot: Snapshot,
  id: FunctionId,
  roots: Set<FunctionId>,
  seen: Set<FunctionId>,
  depth: number,
): void {
  if (seen.has(id)) return;
  seen.add(id);
  const callers = snapshot.analysis.callersOf(id);
  const isRoot = snapshot.program.rolesOf(id).length > 0 || callers.length === 0 || depth === 0;
  if (isRoot) roots.add(id);
  else for (const { caller } of callers) climb(snapshot, caller, roots, seen, depth - 1);
}

type Place = 'thread' | 'dpc' | 'isr';

interface Context {
  readonly name: string;
  readonly places: readonly Place[];
  readonly body: readonly Statement[];
  readonly level: string;
}

function makeContext(
  snapshot: Snapshot,
  id: FunctionId,
  locks: ScenarioLocks,
  classes: ReadonlySet<string>,
): Context | undefined {
  const unit = snapshot.program.functions[id];
  if (unit === undefined) return undefined;
  const mine: ScenarioLocks = { byId: new Map() };
  const body = scenarioBody(snapshot, id, mine);
  const isOfInterest = [...mine.byId.keys()].some((lock) =>
    [...classes].some((one) => lock === one || lock.startsWith(`${one} (`)),
  );
  if (!isOfInterest) return undefined;
  for (const [key, lock] of mine.byId) if (!locks.byId.has(key)) locks.byId.set(key, lock);
  const entry = snapshot.analysis.entryOf(id);
  return { name: unit.qualifiedName, places: placesOf(snapshot, id, entry), body, level: entry.source };
}

/** Where a function runs. One that is entered below DISPATCH_LEVEL and at it (a completion routine) runs as both. */
function placesOf(snapshot: Snapshot, id: FunctionId, entry: EntryContext): readonly Place[] {
  if (!entry.isKnown) {
    return snapshot.analysis.summaryOf(id).requires.min >= DISPATCH_LEVEL ? ['dpc'] : ['thread'];
  }
  if (minOf(entry.levels) >= DEVICE_MIN) return ['isr'];
  const isProvenAtDispatch = contains(entry.proven, DISPATCH_LEVEL);
  if (minOf(entry.levels) >= DISPATCH_LEVEL) return ['dpc'];
  return isProvenAtDispatch && maxOf(entry.levels) === DISPATCH_LEVEL ? ['thread', 'dpc'] : ['thread'];
}

/** The lowest device level: which one a device really gets is not in the source. */
const ISR_IRQL = 5;

function assemble(
  title: string,
  contexts: readonly Context[],
  locks: ScenarioLocks,
  settings: Settings,
): Scenario {
  const nThreads = contexts.filter(({ places }) => places.includes('thread')).length;
  const cpus = 2;
  const threads: ScenarioThread[] = [];
  const dpcs: ScenarioDpc[] = [];
  const isrs: ScenarioIsr[] = [];
  const isAlone = nThreads === 1;
  for (const { name, places, body } of contexts) {
    for (const place of places) {
      const label = places.length > 1 ? `${name} (${place})` : name;
      if (place === 'thread')
        threads.push({ name: label, cpu: isAlone ? 'all' : threads.length % cpus, body });
      else if (place === 'dpc')
        dpcs.push({ name: label, cpu: 'all', arrivals: { at: { uniform: [0, 4000] }, count: 1 }, body });
      else
        isrs.push({
          name: label,
          cpu: 0,
          irql: ISR_IRQL,
          arrivals: { at: { uniform: [0, 4000] }, count: 1 },
          body,
        });
    }
  }
  const names = contexts.map(({ name, places }) => `${name} as ${places.join(' and ')}`);
  return {
    version: 1,
    id: `from-code-${title.replace(/[^A-Za-z0-9._-]+/g, '-')}`.slice(0, 79),
    title: `From the code: ${title}`,
    lesson:
      `Built from the source: ${names.join(', ')}. One path per function, the one with the most lock calls; work and holds are ` +
      'estimates. All interleavings are explored, with each DPC and ISR arriving at any moment.',
    cpus,
    profile: settings.profile,
    locks: [...locks.byId.values()],
    threads,
    ...(dpcs.length === 0 ? {} : { dpcs }),
    ...(isrs.length === 0 ? {} : { isrs }),
    controls: ['lock', 'profile'],
  };
}
