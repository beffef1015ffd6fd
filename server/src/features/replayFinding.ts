/**
 * Replay this deadlock: makes the smallest scenario of the code that a finding speaks of, and makes sure that it shows the
 * deadlock: the ways that lead to the reported calls are tried, callers last, until the explorer finds it.
 */
import type { FunctionId } from '../analysis/program.ts';
import { explore, ScenarioError } from '../engine/engine.ts';
import type { Scenario, Statement } from '../protocol/scenarioFormat.ts';
import type { Settings } from '../protocol/settings.ts';
import type { Finding } from '../rules/rule.ts';
import type { TextRange } from '../syntax/fileStructure.ts';
import type { NodeId } from '../syntax/ir.ts';
import { assemble, type Placed } from './scenario/assemble.ts';
import { makeContext, placesOf, waysTo, type Context, type Place } from './scenario/contexts.ts';
import { linkDriver, type DriverLinks } from './scenario/driverLinks.ts';
import { scenarioFromCode, type BuiltScenario } from './scenarioFromCode.ts';
import { functionAt, nodeRange, type Snapshot } from './snapshot.ts';

/** States that one try may cost: a deadlock of two or three contexts is found in far fewer. */
const MAX_STATES = 40_000;
const MAX_WAYS = 6;
const MAX_TRIES = 24;

/** Builds the scenario of a finding; the general one of its place where the deadlock cannot be shown. */
export function replayFinding(snapshot: Snapshot, finding: Finding, settings: Settings): BuiltScenario {
  const file = snapshot.program.files.get(finding.file);
  if (file === undefined) return { problem: `${finding.file} is not analysed any more.` };
  const links = linkDriver(snapshot, file.project);
  let tries = 0;
  for (const cast of castsOf(snapshot, links, finding)) {
    if (tries++ >= MAX_TRIES) break;
    const heading = {
      id: `replay-${finding.rule}-${finding.function}`,
      title: cast.title,
      lesson: cast.lesson,
      profile: settings.profile,
      cpus: cast.cpus,
    };
    const scenario = { ...assemble(heading, cast.placed, links), runs: 'explore' as const };
    if (isDeadlock(scenario))
      return { scenario, subject: { function: finding.function, rule: finding.rule } };
  }
  const general = scenarioFromCode(snapshot, file, finding.range.start, settings);
  if ('problem' in general) return general;
  const lesson =
    'The deadlock of this report did not come up on the paths that could be built; this is the lock with all of its users. ' +
    (general.scenario.lesson ?? '');
  return { ...general, scenario: { ...general.scenario, lesson } };
}

function isDeadlock(scenario: Scenario): boolean {
  try {
    const { result } = explore(scenario, { maxStates: MAX_STATES, maxTraceEvents: 0 });
    return result.outcome === 'deadlock';
  } catch (error) {
    if (error instanceof ScenarioError) return false;
    throw error;
  }
}

/** Who plays: contexts with their CPUs, and what is said of them. */
interface Cast {
  readonly title: string;
  readonly lesson: string;
  readonly cpus: number;
  readonly placed: readonly Placed[];
}

/** The call that a step of a finding points to. */
interface Site {
  readonly id: FunctionId;
  readonly node: NodeId;
}

function* castsOf(snapshot: Snapshot, links: DriverLinks, finding: Finding): Generator<Cast> {
  switch (finding.replay?.scenario) {
    case 'abba':
      yield* castsOfOrder(snapshot, links, finding);
      return;
    case 'isr-takes-kspinlock':
      yield* castsOfIsr(snapshot, links, finding);
      return;
    case 'recursive':
      yield* castsOfTwice(snapshot, links, finding);
      return;
    case 'atdpc-at-passive':
    case 'cancel-and-completion':
      yield* castsBelowDispatch(snapshot, links, finding);
      return;
    default:
  }
}

function siteAt(snapshot: Snapshot, path: string, range: TextRange): Site | undefined {
  const file = snapshot.program.files.get(path);
  const unit = file === undefined ? undefined : functionAt(snapshot, file, range.start);
  if (unit === undefined) return undefined;
  const ir = unit.ir();
  const calls = snapshot.analysis.factsOf(unit.id).calls.filter((call) => {
    const { start, end } = nodeRange(ir, call.node);
    return start <= range.start && end >= range.end;
  });
  const node = calls.at(-1)?.node;
  return node === undefined ? undefined : { id: unit.id, node };
}

/** The contexts in which a call is come to: its own function first, then the callers. */
function contextsOf(snapshot: Snapshot, links: DriverLinks, site: Site | undefined): readonly Context[] {
  if (site === undefined) return [];
  return waysTo(snapshot, site.id, site.node, MAX_WAYS).map(({ id, targets }) =>
    makeContext(snapshot, links, id, targets),
  );
}

/** The first two steps of the trace are the two orders, in two functions. */
function* castsOfOrder(snapshot: Snapshot, links: DriverLinks, finding: Finding): Generator<Cast> {
  const [one, other] = finding.trace.map((step) =>
    contextsOf(snapshot, links, siteAt(snapshot, step.file, step.range)),
  );
  for (const a of one ?? []) {
    for (const b of other ?? []) {
      const shared = [...a.locks.keys()].filter((id) => b.locks.has(id));
      if (shared.length < 2) continue;
      yield {
        title: `Two orders: ${a.name} and ${b.name}`,
        lesson:
          `${a.name} and ${b.name} take ${shared.join(' and ')} in opposite orders. Where each gets its first lock before the ` +
          'other asks for it, both CPUs spin for ever. One order for all code mends it.',
        cpus: 2,
        placed: [
          { context: a, cpu: 0, place: firstPlace(a) },
          { context: b, cpu: 1, place: firstPlace(b) },
        ],
      };
    }
  }
}

function firstPlace({ places }: Context): Place {
  return places[0] ?? 'thread';
}

/** The trace is: who holds the lock at DISPATCH_LEVEL, then the ISR that takes it. */
function* castsOfIsr(snapshot: Snapshot, links: DriverLinks, finding: Finding): Generator<Cast> {
  const [low, high] = finding.trace.map((step) =>
    contextsOf(snapshot, links, siteAt(snapshot, step.file, step.range)),
  );
  for (const isr of (high ?? []).filter(({ places }) => places.includes('isr'))) {
    for (const holder of low ?? []) {
      if (holder.places.includes('isr')) continue;
      const lock = finding.replay?.lockClass ?? 'the lock';
      yield {
        title: `${isr.name} takes ${lock} at DIRQL`,
        lesson:
          `${holder.name} owns ${lock} at DISPATCH_LEVEL, which does not hold off interrupts. ${isr.name} interrupts it on the ` +
          'same CPU, wants the same lock and spins for ever on top of the owner.',
        cpus: 1,
        placed: [
          { context: holder, cpu: 0, place: firstPlace(holder) },
          { context: isr, cpu: 0, place: 'isr' },
        ],
      };
    }
  }
}

function* castsOfTwice(snapshot: Snapshot, links: DriverLinks, finding: Finding): Generator<Cast> {
  for (const context of contextsOf(snapshot, links, siteAt(snapshot, finding.file, finding.range))) {
    const lock = finding.replay?.lockClass ?? '';
    yield {
      title: `${context.name} takes ${lock === '' ? 'its lock' : lock} twice`,
      lesson:
        `${context.name} takes ${lock === '' ? 'a lock' : lock} that it owns already. The second acquisition waits for the ` +
        'first, which waits for it: nothing else is needed for the deadlock.',
      cpus: 1,
      placed: [{ context, cpu: 0, place: firstPlace(context) }],
    };
  }
}

/** The function as a thread, and on its CPU whoever takes the same lock in a DPC; where the code has none, a DPC is assumed. */
function* castsBelowDispatch(snapshot: Snapshot, links: DriverLinks, finding: Finding): Generator<Cast> {
  const lock = finding.replay?.lockClass ?? '';
  for (const holder of contextsOf(snapshot, links, siteAt(snapshot, finding.file, finding.range))) {
    if (!holder.places.includes('thread')) continue;
    for (const dpc of [...dpcsThatTake(snapshot, links, lock, holder), assumedDpc(holder, lock)]) {
      yield {
        title: `${holder.name} takes ${lock === '' ? 'a lock' : lock} below DISPATCH_LEVEL`,
        lesson:
          `${holder.name} takes the lock without raising the IRQL. ${dpc.name} interrupts it on the same CPU, wants the same ` +
          'lock and spins for ever: the owner below it can never run. With the form that raises the IRQL the DPC is held off ' +
          'until the release.',
        cpus: 1,
        placed: [
          { context: holder, cpu: 0, place: 'thread' },
          { context: dpc, cpu: 0, place: 'dpc' },
        ],
      };
    }
  }
}

/** Contexts of the same driver that take the lock and can run at DISPATCH_LEVEL from the start: callbacks first, the holder itself last. */
function dpcsThatTake(
  snapshot: Snapshot,
  links: DriverLinks,
  lockClass: string,
  holder: Context,
): readonly Context[] {
  const project = snapshot.program.functions[holder.id]?.file.project;
  const found: Context[] = [];
  for (const use of snapshot.analysis.lockUses().get(lockClass) ?? []) {
    if (snapshot.program.functions[use.function]?.file.project !== project || found.length >= MAX_WAYS)
      continue;
    for (const { id, targets } of waysTo(snapshot, use.function, use.node, MAX_WAYS)) {
      if (!isDpc(snapshot, id) || found.some((one) => one.id === id)) continue;
      found.push(makeContext(snapshot, links, id, targets));
    }
  }
  const rank = ({ id }: Context): number =>
    (id === holder.id ? 2 : 0) + (snapshot.program.rolesOf(id).length > 0 ? 0 : 1);
  // Files are known in any order: the source decides, so that the same code gives the same replay.
  const place = ({ id }: Context): string => {
    const unit = snapshot.program.functions[id];
    return `${unit?.file.path ?? ''}:${String(unit?.head.start ?? 0).padStart(9, '0')}`;
  };
  return found.toSorted((a, b) => rank(a) - rank(b) || (place(a) < place(b) ? -1 : 1));
}

function isDpc(snapshot: Snapshot, id: FunctionId): boolean {
  return snapshot.analysis.entryOf(id).isKnown && placesOf(snapshot, id).includes('dpc');
}

/** No code here takes the lock in a DPC: one that does is put in its place, and named as what it is. */
function assumedDpc(holder: Context, lockClass: string): Context {
  const id = holder.locks.has(lockClass) ? lockClass : ([...holder.locks.keys()][0] ?? lockClass);
  const lock = holder.locks.get(id) ?? { id, kind: 'ttas' };
  const body: readonly Statement[] = [
    { do: 'acquire', lock: id },
    { do: 'hold', cycles: 100 },
    { do: 'release', lock: id },
  ];
  return {
    id: -1,
    name: 'some DPC',
    places: ['dpc'],
    body,
    locks: new Map([[id, lock]]),
    objects: [],
    queued: new Set(),
    assumed: new Set(['some DPC takes the same lock: none was found in this code']),
  };
}
