/**
 * Puts contexts together as a scenario: CPUs, interrupt levels, arrivals, dispatcher objects, and the lesson that says what was
 * assumed. It looks at no source.
 */
import type { FunctionId } from '../../analysis/program.ts';
import type {
  Arrivals,
  Scenario,
  ScenarioDpc,
  ScenarioIsr,
  ScenarioLock,
  ScenarioThread,
  Statement,
} from '../../protocol/scenarioFormat.ts';
import type { Context, Place } from './contexts.ts';
import type { DriverLinks } from './driverLinks.ts';
import { collectObjects } from './dispatcherObjects.ts';

/** The lowest of the levels that interrupts get here, one each: which one a device really gets is not in the source. */
const FIRST_DEVICE_IRQL = 5;
const LAST_DEVICE_IRQL = 11;
/** A DPC or interrupt that nobody in the scenario causes comes once; the explorer lets it come at any moment. */
const ONCE: Arrivals = { at: { uniform: [0, 4000] }, count: 1 };

/** A context with its CPU; without one they are spread over two. */
export interface Placed {
  readonly context: Context;
  readonly cpu?: number;
  /** only this of its places */
  readonly place?: Place;
}

/** What the scenario is called and what it is about. */
export interface Heading {
  readonly id: string;
  readonly title: string;
  /** sentences in front of what was assumed */
  readonly lesson: string;
  readonly profile: string;
  readonly cpus: number;
}

/** One context at one place. */
interface Part {
  readonly context: Context;
  readonly place: Place;
  readonly label: string;
  readonly cpu: number | undefined;
}

/** Makes the scenario. */
export function assemble(heading: Heading, placed: readonly Placed[], links: DriverLinks): Scenario {
  const parts = placed.flatMap(partsOf);
  const levels = levelsOf(parts);
  const contexts = placed.map(({ context }) => context);
  const assumed = new Set(contexts.flatMap((context) => [...context.assumed]));
  const interrupts = locksOfInterrupts(contexts, levels, links);
  const locks = collectLocks(contexts, interrupts, levels);
  const objects = collectObjects(contexts, links, assumed);
  for (const { label, context } of parts.filter(({ place }) => place === 'isr'))
    assumed.add(
      `the interrupt of ${label} is at IRQL ${String(levels.get(context.id))} (the system assigns it)`,
    );
  const { threads, dpcs, isrs } = makeContexts(parts, levels, interrupts);
  return {
    version: 1,
    id: heading.id.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 79),
    title: heading.title,
    lesson: lessonOf(heading, parts, assumed),
    cpus: heading.cpus,
    profile: heading.profile,
    locks: [...locks, ...objects].slice(0, 64),
    threads,
    ...(dpcs.length === 0 ? {} : { dpcs }),
    ...(isrs.length === 0 ? {} : { isrs }),
    controls: ['lock', 'profile'],
  };
}

function partsOf({ context, cpu, place }: Placed): Part[] {
  const places = place === undefined ? context.places : [place];
  return places.map((one) => ({
    context,
    place: one,
    cpu,
    label: places.length > 1 ? `${context.name} (${one})` : context.name,
  }));
}

function levelsOf(parts: readonly Part[]): ReadonlyMap<FunctionId, number> {
  const levels = new Map<FunctionId, number>();
  for (const { context, place } of parts) {
    if (place !== 'isr' || levels.has(context.id)) continue;
    levels.set(context.id, Math.min(LAST_DEVICE_IRQL, FIRST_DEVICE_IRQL + levels.size));
  }
  return levels;
}

/** The interrupt lock that each ISR runs under, where other code of the scenario takes it. */
function locksOfInterrupts(
  contexts: readonly Context[],
  levels: ReadonlyMap<FunctionId, number>,
  links: DriverLinks,
): ReadonlyMap<FunctionId, string> {
  const taken = new Set(
    contexts
      .flatMap(({ locks }) => [...locks.values()].filter(({ kind }) => kind === 'interrupt'))
      .map(({ id }) => id),
  );
  const found = new Map<FunctionId, string>();
  for (const isr of levels.keys()) {
    const own = links.interruptsOf(isr).find((name) => taken.has(name));
    const only = levels.size === 1 && taken.size === 1 ? [...taken][0] : undefined;
    const lock = own ?? only;
    if (lock !== undefined) found.set(isr, lock);
  }
  return found;
}

function collectLocks(
  contexts: readonly Context[],
  interrupts: ReadonlyMap<FunctionId, string>,
  levels: ReadonlyMap<FunctionId, number>,
): ScenarioLock[] {
  const locks = new Map<string, ScenarioLock>();
  for (const context of contexts)
    for (const [id, lock] of context.locks) if (!locks.has(id)) locks.set(id, lock);
  return [...locks.values()].map((lock) => {
    if (lock.kind !== 'interrupt') return lock;
    const own = [...interrupts].filter(([, id]) => id === lock.id).map(([isr]) => levels.get(isr) ?? 0);
    const all = own.length > 0 ? own : [...levels.values()];
    return { ...lock, irql: Math.max(FIRST_DEVICE_IRQL, ...all) };
  });
}

function makeContexts(
  parts: readonly Part[],
  levels: ReadonlyMap<FunctionId, number>,
  interrupts: ReadonlyMap<FunctionId, string>,
): { threads: ScenarioThread[]; dpcs: ScenarioDpc[]; isrs: ScenarioIsr[] } {
  const threads: ScenarioThread[] = [];
  const dpcs: ScenarioDpc[] = [];
  const isrs: ScenarioIsr[] = [];
  const inThreads = parts.filter(({ place }) => place === 'thread');
  // One thread alone contends with itself; one that waits would wait for the other's signal.
  const isAlone = inThreads.length === 1 && inThreads.every(({ context }) => context.objects.length === 0);
  const names = new Map(
    parts.filter(({ place }) => place === 'dpc').map(({ context, label }) => [context.name, label]),
  );
  const causes = new Set(parts.flatMap(({ context }) => [...context.queued]));
  for (const part of parts) {
    const { context, place, label, cpu } = part;
    const body = resolveDpcs(context.body, names);
    if (place === 'thread')
      threads.push({ name: label, cpu: cpu ?? (isAlone ? 'all' : threads.length % 2), body });
    else if (place === 'dpc')
      dpcs.push({
        name: label,
        cpu: cpu ?? 'all',
        ...(causes.has(context.id) ? {} : { arrivals: ONCE }),
        body,
      });
    else {
      const lock = interrupts.get(context.id);
      isrs.push({
        name: label,
        cpu: cpu ?? cpuOfPartner(part, parts),
        irql: levels.get(context.id) ?? FIRST_DEVICE_IRQL,
        ...(lock === undefined ? {} : { lock }),
        arrivals: ONCE,
        body,
      });
    }
  }
  return { threads, dpcs, isrs };
}

/** An interrupt comes to the CPU of the first thread that shares a lock with its routine, where one does. */
function cpuOfPartner({ context }: Part, parts: readonly Part[]): number {
  const threads = parts.filter(({ place }) => place === 'thread');
  const index = threads.findIndex((other) =>
    [...context.locks.keys()].some((id) => other.context.locks.has(id)),
  );
  return Math.max(0, index) % 2;
}

/** Names the DPC of the scenario that a routine queues; one that is not in it is left out. */
function resolveDpcs(body: readonly Statement[], names: ReadonlyMap<string, string>): readonly Statement[] {
  return body.flatMap((one): readonly Statement[] => {
    switch (one.do) {
      case 'insertDpc': {
        const dpc = names.get(one.dpc);
        return dpc === undefined ? [] : [{ ...one, dpc }];
      }
      case 'repeat': {
        const inner = resolveDpcs(one.body, names);
        return inner.length === 0 ? [] : [{ ...one, body: inner }];
      }
      case 'try':
        return [
          { ...one, then: resolveDpcs(one.then ?? [], names), else: resolveDpcs(one.else ?? [], names) },
        ];
      default:
        return [one];
    }
  });
}

const PLACE_WORDS: Readonly<Record<Place, string>> = { thread: 'a thread', dpc: 'a DPC', isr: 'an ISR' };

function lessonOf({ lesson }: Heading, parts: readonly Part[], assumed: ReadonlySet<string>): string {
  const names = parts.map(({ context, place }) => `${context.name} as ${PLACE_WORDS[place]}`);
  const sentences = [
    lesson,
    `Built from the source: ${names.join(', ')}.`,
    'Each function takes one path, the one with the most lock calls; work and holds are estimates.',
    assumed.size === 0 ? '' : `Assumed: ${[...assumed].join('; ')}.`,
  ];
  return sentences.filter((sentence) => sentence !== '').join(' ');
}
