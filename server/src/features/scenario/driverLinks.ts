/**
 * Which routine of the driver runs when: the DPC routine behind a DPC object, who queues a DPC, the interrupt object behind an
 * ISR, how an event was initialised. Read from the driver's own registrations and calls; files are looked at only where their
 * text names such a call.
 */
import type { BodyFacts, CallFact } from '../../analysis/facts.ts';
import type { FunctionId, FunctionUnit, RoleAssignment } from '../../analysis/program.ts';
import { DEVICE_MIN, minOf } from '../../protocol/irqlLevels.ts';
import { nodeRange, type Snapshot } from '../snapshot.ts';
import { objectOfCall } from './kernelObjects.ts';

/** Routines that queue a DPC, with the argument that says which; -1: the one of the device or of the interrupt. */
const QUEUEING: ReadonlyMap<string, number> = new Map([
  ['KeInsertQueueDpc', 0],
  ['WdfDpcEnqueue', 0],
  ['IoRequestDpc', -1],
  ['WdfInterruptQueueDpcForIsr', -1],
]);

/** Creators that name the object behind a configuration: name, object argument. */
const CREATORS: ReadonlyMap<string, number> = new Map([
  ['WdfDpcCreate', 2],
  ['WdfInterruptCreate', 3],
]);

/** An event or semaphore as the driver initialises it. */
export interface ObjectStart {
  readonly kind: 'event' | 'notification-event' | 'semaphore';
  readonly count: number;
}

/** Questions about one driver. */
export interface DriverLinks {
  /** The DPC routine that a call queues; undefined where the call queues none, or nobody can tell which. */
  readonly routineQueuedBy: (unit: FunctionUnit, call: CallFact) => FunctionId | undefined;
  /** ISRs that queue this DPC routine. */
  readonly isrsQueueing: (dpc: FunctionId) => readonly FunctionId[];
  /** The interrupt objects that an ISR was connected to, by name. */
  readonly interruptsOf: (isr: FunctionId) => readonly string[];
  /** The ISRs that were connected to an interrupt object. */
  readonly isrsOf: (interrupt: string) => readonly FunctionId[];
  /** How the object was initialised. */
  readonly startOf: (object: string) => ObjectStart | undefined;
  /** Functions that signal the object. */
  readonly signallersOf: (object: string) => readonly FunctionId[];
}

/** Links inside one project. Everything is looked up on first use. */
export function linkDriver(snapshot: Snapshot, project: string): DriverLinks {
  const ofProject = (): FunctionUnit[] =>
    snapshot.program.functions.filter((unit) => unit.file.project === project);
  const dpcs = lazy(() => ofProject().filter(({ id }) => hasRole(snapshot, id, /DEFERRED|DPC/)));
  const named = lazy(() => objectsOfRoutines(snapshot, dpcs()));
  const routineQueuedBy = (unit: FunctionUnit, call: CallFact): FunctionId | undefined => {
    const index = QUEUEING.get(call.name);
    if (index === undefined) return undefined;
    const object = index < 0 ? '' : objectOfCall(snapshot, unit, call, index);
    if (object !== '') return named().get(object);
    return index < 0 ? dpcOfSameSite(snapshot, unit.id, dpcs(), call.name) : undefined;
  };
  const callsOf = (words: RegExp): (readonly [BodyFacts, CallFact])[] =>
    ofProject()
      .filter((unit) => words.test(unit.file.text.slice(unit.head.start, unit.head.end)))
      .flatMap((unit) => {
        const facts = snapshot.analysis.factsOf(unit.id);
        return facts.calls.map((call) => [facts, call] as const);
      });
  const queueing = lazy(() =>
    callsOf(/\b(?:KeInsertQueueDpc|WdfDpcEnqueue|IoRequestDpc|WdfInterruptQueueDpcForIsr)\b/),
  );
  const starts = lazy(() => startsOf(snapshot, callsOf(/\bKeInitialize(?:Event|Semaphore)\b/)));
  const signals = lazy(() => callsOf(/\bKe(?:SetEvent|PulseEvent|ReleaseSemaphore)\b/));
  return {
    routineQueuedBy,
    isrsQueueing: (dpc) =>
      unique(
        queueing()
          .filter(([facts, call]) => routineQueuedBy(facts.unit, call) === dpc)
          .map(([facts]) => facts.unit.id)
          .filter((id) => isIsr(snapshot, id)),
      ),
    interruptsOf: (isr) => interruptsOf(snapshot, isr),
    isrsOf: (interrupt) =>
      ofProject()
        .map(({ id }) => id)
        .filter((id) => isIsr(snapshot, id) && interruptsOf(snapshot, id).includes(interrupt)),
    startOf: (object) => starts().get(object),
    signallersOf: (object) =>
      unique(
        signals()
          .filter(
            ([facts, call]) =>
              call.callee.kind === 'ddi' &&
              call.callee.effect?.op === 'signal' &&
              objectOfCall(snapshot, facts.unit, call, call.callee.effect.lockArg ?? 0) === object,
          )
          .map(([facts]) => facts.unit.id),
      ),
  };
}

/** Whether the function is entered at device levels only. */
function isIsr({ analysis }: Snapshot, id: FunctionId): boolean {
  const entry = analysis.entryOf(id);
  return entry.isKnown && minOf(entry.levels) >= DEVICE_MIN;
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

function hasRole({ program }: Snapshot, id: FunctionId, type: RegExp): boolean {
  return program.rolesOf(id).some(({ fact }) => type.test(fact.type));
}

/** The call at which a role was registered, with the facts around it. */
function siteOf(
  snapshot: Snapshot,
  role: RoleAssignment,
): readonly [BodyFacts, CallFact | undefined] | undefined {
  for (const id of role.file.functionIds) {
    const unit = snapshot.program.functions[id];
    const { start } = role.range;
    if (unit === undefined || start < unit.head.bodyRange.start || start >= unit.head.bodyRange.end) continue;
    const facts = snapshot.analysis.factsOf(id);
    const ir = unit.ir();
    const calls = facts.calls.filter((one) => {
      const range = nodeRange(ir, one.node);
      return range.start <= start && start < range.end;
    });
    return [facts, calls.at(-1)];
  }
  return undefined;
}

/** The object that a registration belongs to: an argument of the call itself, or of the creator behind a configuration. */
function objectOfRole(snapshot: Snapshot, role: RoleAssignment): string {
  const site = siteOf(snapshot, role);
  if (site === undefined) return '';
  const [facts, call] = site;
  if (call !== undefined && /^(?:KeInitialize(?:Threaded)?Dpc|IoConnectInterrupt)$/.test(call.name))
    return objectOfCall(snapshot, facts.unit, call, 0);
  const creator = facts.calls.find(
    (one) => CREATORS.has(one.name) && (facts.unit.ir().start[one.node] ?? 0) > role.range.start,
  );
  return creator === undefined
    ? ''
    : objectOfCall(snapshot, facts.unit, creator, CREATORS.get(creator.name) ?? 0);
}

function objectsOfRoutines(snapshot: Snapshot, dpcs: readonly FunctionUnit[]): Map<string, FunctionId> {
  const named = new Map<string, FunctionId>();
  for (const { id } of dpcs) {
    for (const role of snapshot.program.rolesOf(id)) {
      const object = objectOfRole(snapshot, role);
      if (object !== '') named.set(object, id);
    }
  }
  return named;
}

/** `IoRequestDpc` and `WdfInterruptQueueDpcForIsr` name no DPC: the one registered together with the ISR, or the only one. */
function dpcOfSameSite(
  { program }: Snapshot,
  isr: FunctionId,
  dpcs: readonly FunctionUnit[],
  routine: string,
): FunctionId | undefined {
  const kind = routine === 'IoRequestDpc' ? /^IO_DPC_ROUTINE$/ : /INTERRUPT_DPC/;
  const fitting = dpcs.filter(({ id }) => program.rolesOf(id).some(({ fact }) => kind.test(fact.type)));
  const sites = program.rolesOf(isr);
  const same = fitting.filter(({ id }) =>
    program
      .rolesOf(id)
      .some((role) =>
        sites.some((site) => site.file === role.file && Math.abs(site.range.start - role.range.start) < 400),
      ),
  );
  if (same.length > 0) return same[0]?.id;
  return fitting.length === 1 ? fitting[0]?.id : undefined;
}

function interruptsOf(snapshot: Snapshot, isr: FunctionId): readonly string[] {
  return unique(
    snapshot.program
      .rolesOf(isr)
      .map((role) => objectOfRole(snapshot, role))
      .filter((object) => object !== ''),
  );
}

function startsOf(
  snapshot: Snapshot,
  calls: readonly (readonly [BodyFacts, CallFact])[],
): Map<string, ObjectStart> {
  const starts = new Map<string, ObjectStart>();
  for (const [facts, call] of calls) {
    const object = objectOfCall(snapshot, facts.unit, call, 0);
    if (object === '') continue;
    if (call.name === 'KeInitializeEvent') {
      const kind = call.args[1]?.text === 'NotificationEvent' ? 'notification-event' : 'event';
      starts.set(object, { kind, count: call.args[2]?.text === 'TRUE' ? 1 : 0 });
    } else if (call.name === 'KeInitializeSemaphore')
      starts.set(object, { kind: 'semaphore', count: call.args[1]?.constant ?? 0 });
  }
  return starts;
}
