/**
 * Run Scenario From Here: makes a scenario of the functions that take the lock under the cursor, or the locks of the function
 * under the cursor. Each entry point becomes a thread, a DPC or an ISR by the level it is entered at, with the ISRs that queue
 * its DPCs. What had to be assumed is stated in the lesson; the engine runs it, not this file.
 */
import type { LockUse } from '../analysis/facts.ts';
import type { FileUnit, FunctionId, FunctionUnit } from '../analysis/program.ts';
import type { ScenarioSubject } from '../protocol/requests.ts';
import type { Scenario } from '../protocol/scenarioFormat.ts';
import type { Settings } from '../protocol/settings.ts';
import { assemble } from './scenario/assemble.ts';
import { fitToBudget } from './scenario/budget.ts';
import { entryPointsOf, makeContext, type Context } from './scenario/contexts.ts';
import { linkDriver, type DriverLinks } from './scenario/driverLinks.ts';
import { functionAt, nodeRange, type Snapshot } from './snapshot.ts';
import { nameAt } from './tokenAt.ts';

/** A scenario with what it was built of, or the sentence that says why there is none. */
export type BuiltScenario =
  { readonly scenario: Scenario; readonly subject: ScenarioSubject } | { readonly problem: string };

/** More contexts than this make the exploration long and the picture full. */
const MAX_CONTEXTS = 5;
/** Entry points that are looked at to find those. */
const MAX_CANDIDATES = 40;

/** Builds the scenario for an offset. */
export function scenarioFromCode(
  snapshot: Snapshot,
  file: FileUnit,
  offset: number,
  settings: Settings,
): BuiltScenario {
  return build(snapshot, file, wantedLocks(snapshot, file, offset), settings);
}

/** Builds the scenario of the same function and lock again, wherever they stand now. */
export function scenarioOfSubject(
  snapshot: Snapshot,
  file: FileUnit,
  subject: ScenarioSubject,
  settings: Settings,
): BuiltScenario {
  const unit = functionNamed(snapshot, file, subject.function);
  const { lock } = subject;
  if (lock !== undefined) {
    const names = { classes: new Set([lock]), names: new Set([lock]) };
    return build(snapshot, file, { title: lock, ...names, unit, subject }, settings);
  }
  if (unit === undefined) return { problem: `${subject.function} is not in this file any more.` };
  return build(snapshot, file, locksOf(snapshot, unit), settings);
}

/** A function of the file by its qualified name. */
function functionNamed({ program }: Snapshot, file: FileUnit, name: string): FunctionUnit | undefined {
  const id = file.functionIds.find((one) => program.functions[one]?.qualifiedName === name);
  return id === undefined ? undefined : program.functions[id];
}

function build(
  snapshot: Snapshot,
  file: FileUnit,
  wanted: Wanted | { problem: string },
  settings: Settings,
): BuiltScenario {
  if ('problem' in wanted) return wanted;
  const links = linkDriver(snapshot, file.project);
  const contexts = chooseContexts(snapshot, links, wanted);
  if (contexts.length === 0)
    return { problem: `No lock that the engine can simulate is taken by ${wanted.title} or its callers.` };
  const heading = {
    id: `from-code-${wanted.title}`,
    title: `From the code: ${wanted.title}`,
    lesson: '',
    profile: settings.profile,
    cpus: 2,
  };
  const placed = fitToBudget(contexts).map((context) => ({ context }));
  return { scenario: assemble(heading, placed, links), subject: wanted.subject };
}

interface Wanted {
  readonly title: string;
  readonly classes: ReadonlySet<string>;
  /** the same as a scenario names them */
  readonly names: ReadonlySet<string>;
  readonly unit: FunctionUnit | undefined;
  readonly subject: ScenarioSubject;
}

/** The lock under the cursor, else the locks that the function takes in any depth. */
function wantedLocks(snapshot: Snapshot, file: FileUnit, offset: number): Wanted | { problem: string } {
  const unit = functionAt(snapshot, file, offset);
  const atCursor = unit === undefined ? undefined : lockAt(snapshot, unit, offset);
  if (unit !== undefined && atCursor !== undefined) {
    const lock = atCursor.lockClass;
    const subject = { function: unit.qualifiedName, ...(lock === '' ? {} : { lock: nameOf(atCursor) }) };
    return { title: nameOf(atCursor), ...wantedOf([atCursor]), unit, subject };
  }
  if (unit !== undefined) return locksOf(snapshot, unit);
  const name = nameAt(file, snapshot.program.atoms, offset)?.text;
  const byName =
    name === undefined
      ? []
      : [...snapshot.analysis.lockUses().keys()].filter((key) => key === name || key.endsWith(`.${name}`));
  if (byName.length > 0)
    return {
      title: byName[0] ?? '',
      classes: new Set(byName),
      names: new Set(byName),
      unit: undefined,
      subject: { function: '', lock: byName[0] ?? '' },
    };
  return {
    problem:
      'There is neither a function nor a lock here: put the cursor on a lock, or into a function that takes one.',
  };
}

/** All locks that a function takes in any depth. */
function locksOf(snapshot: Snapshot, unit: FunctionUnit): Wanted | { problem: string } {
  const taken = snapshot.analysis.summaryOf(unit.id).locksTaken.map(({ lock }) => lock);
  const name = unit.qualifiedName;
  if (taken.length > 0) return { title: name, ...wantedOf(taken), unit, subject: { function: name } };
  return { problem: `${name} takes no lock: put the cursor on a lock, or into a function that takes one.` };
}

type NamedLock = LockUse['lock'];

function wantedOf(locks: readonly NamedLock[]): Pick<Wanted, 'classes' | 'names'> {
  return { classes: new Set(locks.map(({ lockClass }) => lockClass)), names: new Set(locks.map(nameOf)) };
}

/** As the scenario's locks are named. */
function nameOf({ lockClass, text }: NamedLock): string {
  return lockClass === '' || lockClass.startsWith('h:') ? text : lockClass;
}

function lockAt({ analysis }: Snapshot, unit: FunctionUnit, offset: number): NamedLock | undefined {
  const ir = unit.ir();
  for (const call of analysis.factsOf(unit.id).calls) {
    const { start, end } = nodeRange(ir, call.node);
    const [event] = call.locks;
    if (event !== undefined && !event.isThroughWrapper && offset >= start && offset <= end) return event.lock;
  }
  return undefined;
}

/** The entry points that say most about the locks: the one of the cursor first, then nested locks, then other kinds of context. */
function chooseContexts(snapshot: Snapshot, links: DriverLinks, wanted: Wanted): Context[] {
  const own = new Set<FunctionId>();
  if (wanted.unit !== undefined) entryPointsOf(snapshot, wanted.unit.id, own);
  const candidates = [...new Set([...own, ...entryPointsOfUsers(snapshot, wanted)])]
    .slice(0, MAX_CANDIDATES)
    .map((id) => makeContext(snapshot, links, id))
    .filter(({ locks }) => [...locks.keys()].some((lock) => isWanted(lock, wanted)));
  const [first, ...others] = candidates;
  if (first === undefined) return [];
  const chosen = [first];
  const rank = (context: Context): number =>
    (own.has(context.id) ? 1 : 0) +
    (context.locks.size > 1 ? 2 : 0) +
    (context.places.some((place) => chosen.every(({ places }) => !places.includes(place))) ? 4 : 0);
  while (chosen.length < MAX_CONTEXTS && others.length > 0) {
    const best = others.reduce((a, b) => (rank(b) > rank(a) ? b : a));
    others.splice(others.indexOf(best), 1);
    chosen.push(best);
  }
  return withCauses(snapshot, links, chosen);
}

function isWanted(lock: string, { names }: Wanted): boolean {
  return [...names].some((name) => lock === name || lock.startsWith(`${name} (`));
}

function entryPointsOfUsers(snapshot: Snapshot, { classes, unit }: Wanted): ReadonlySet<FunctionId> {
  const found = new Set<FunctionId>();
  for (const lockClass of classes) {
    for (const use of snapshot.analysis.lockUses().get(lockClass) ?? []) {
      const user = snapshot.program.functions[use.function];
      if (user !== undefined && (unit === undefined || user.file.project === unit.file.project))
        entryPointsOf(snapshot, use.function, found);
    }
  }
  return found;
}

/** Adds who queues the DPCs, the ISRs of interrupt locks, and who signals what is waited for with a lock held, as far as there is room. */
function withCauses(snapshot: Snapshot, links: DriverLinks, chosen: readonly Context[]): Context[] {
  const causes = new Set<FunctionId>();
  for (const { id, places, objects, locks } of chosen) {
    if (places.includes('dpc')) for (const isr of links.isrsQueueing(id)) causes.add(isr);
    for (const lock of [...locks.values()].filter(({ kind }) => kind === 'interrupt'))
      for (const isr of links.isrsOf(lock.id)) causes.add(isr);
    for (const { object } of objects.filter(({ isWait, isUnderLock }) => isWait && isUnderLock))
      for (const signaller of links.signallersOf(object)) entryPointsOf(snapshot, signaller, causes);
  }
  const more = [...causes].filter((id) => chosen.every((context) => context.id !== id));
  const room = Math.max(0, MAX_CONTEXTS - chosen.length);
  return [...chosen, ...more.slice(0, room).map((id) => makeContext(snapshot, links, id))];
}
