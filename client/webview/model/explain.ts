/**
 * The run's outcome for someone who sees it for the first time: what happened, why, what to do. Pure.
 * It reads the deadlock's shape from the trace and knows nothing of single scenarios.
 */
import {
  TraceEventKind as Kind,
  type PackedTrace,
  type SimulateResult,
  type TraceDeadlockMember,
} from 'irql-lens-server/protocol';
import { grouped, shortNumber } from './numbers.ts';
import { deadlockCycle } from './waitGraph.ts';
import { deadlockWords, irqlName, lockName, who } from './words.ts';

/** What the header says. */
export interface Explanation {
  /** One or two words: `Deadlock`. */
  readonly verdict: string;
  readonly tone: 'good' | 'bad' | 'neutral';
  /** One sentence: who and where. */
  readonly what: string;
  /** The mechanism; empty where nothing went wrong. */
  readonly why: string;
  /** The remedy; empty where none is needed or known. */
  readonly remedy: string;
  /** What it becomes on a real machine, as `0x133 DPC_WATCHDOG_VIOLATION (P1 = 0)`. */
  readonly bugCheck: string;
}

type Shape = 'recursive' | 'dpcBelowDispatch' | 'isrBelowDirql' | 'order' | 'other';

function shapeOf(trace: PackedTrace, members: readonly TraceDeadlockMember[]): Shape {
  const self = members.find((member) => trace.contexts[member.ownedBy]?.cpu === member.cpu);
  if (self === undefined) return members.length > 1 ? 'order' : 'other';
  if (self.ownedBy === self.context) return 'recursive';
  const waiter = trace.contexts[self.context]?.kind;
  if (waiter === 'isr') return 'isrBelowDirql';
  return waiter === 'dpc' ? 'dpcBelowDispatch' : 'other';
}

/** The IRQL at which the owner got the lock: the CPU's level at its last `acquired`. -1 where it is not in the trace. */
export function irqlOfOwner(trace: PackedTrace, context: number, lock: number): number {
  const { events } = trace;
  const cpu = trace.contexts[context]?.cpu ?? -1;
  let irql = 0;
  let found = -1;
  for (let row = 0; row < events.time.length; row++) {
    const kind = events.kind[row];
    if (
      events.cpu[row] === cpu &&
      (kind === Kind.irql || kind === Kind.contextStart || kind === Kind.contextEnd)
    )
      irql = events.a[row]!;
    if (kind === Kind.acquired && events.a[row] === lock && events.context[row] === context) found = irql;
  }
  return found;
}

function selfWords(
  trace: PackedTrace,
  member: TraceDeadlockMember,
  shape: Shape,
): Pick<Explanation, 'why' | 'remedy'> {
  const owner = who(trace, member.ownedBy);
  const waiter = who(trace, member.context);
  const lock = lockName(trace, member.waitsFor);
  const level = irqlOfOwner(trace, member.ownedBy, member.waitsFor);
  const at = level < 0 ? '' : ` at ${irqlName(trace, level)}`;
  switch (shape) {
    case 'recursive':
      return {
        why: `${owner} owns ${lock} already and asks for it again. Spin locks are not recursive: it waits for itself.`,
        remedy: `Do not acquire ${lock} in a routine that is called with ${lock} held: split off a helper that expects the lock to be held.`,
      };
    case 'dpcBelowDispatch':
      return {
        why: `${owner} held ${lock}${at}, so a DPC could interrupt it on its own CPU. ${upperFirst(waiter)} spins for ${lock}, but ${owner}, which must give it back, is interrupted and cannot run until the DPC ends.`,
        remedy: `Raise to DISPATCH_LEVEL before taking ${lock}: use KeAcquireSpinLock in ${owner}. The DPC then waits in the queue until the lock is free. AtDpcLevel is for code that is certain to run at DISPATCH_LEVEL.`,
      };
    case 'isrBelowDirql':
      return {
        why: `${owner} held ${lock}${at}, below the interrupt's IRQL, so the interrupt was taken on its own CPU. ${upperFirst(waiter)} spins for ${lock}, but ${owner}, which must give it back, is interrupted and cannot run until the ISR ends.`,
        remedy: `Data shared with an ISR needs the interrupt spin lock: KeAcquireInterruptSpinLock (or KeSynchronizeExecution) raises to DIRQL and holds the interrupt off.`,
      };
    default:
      return {
        why: `${waiter} waits for ${lock}, and its owner ${owner} cannot run on the same CPU until that wait is over.`,
        remedy: `Hold ${lock} at an IRQL at which ${waiter} cannot interrupt the owner.`,
      };
  }
}

function orderWords(
  trace: PackedTrace,
  all: readonly TraceDeadlockMember[],
): Pick<Explanation, 'why' | 'remedy'> {
  const ring = new Set(deadlockCycle(trace).ring.map((edge) => edge.context));
  const members = all.filter((member) => ring.has(member.context));
  const names = [...new Set(members.map((member) => lockName(trace, member.waitsFor)))].sort();
  return {
    why: `Each owns what the next one needs, and gives it back only when it has both: nobody can go first. The locks are taken in different orders.`,
    remedy: `Take ${names.join(' before ')} everywhere, or never hold one while asking for another.`,
  };
}

const verdicts: Readonly<Record<PackedTrace['outcome'], readonly [word: string, tone: Explanation['tone']]>> =
  {
    completed: ['Completed', 'good'],
    deadlock: ['Deadlock', 'bad'],
    livelock: ['Livelock', 'bad'],
    bugcheck: ['Bug check', 'bad'],
    watchdog: ['Watchdog', 'bad'],
    bounded: ['Stopped at the limit', 'neutral'],
  };

/** The last event row of one of these kinds, or -1. */
function lastRow(trace: PackedTrace, kinds: readonly number[]): number {
  for (let row = trace.events.kind.length - 1; row >= 0; row--)
    if (kinds.includes(trace.events.kind[row]!)) return row;
  return -1;
}

/** What an exploration that found nothing says; empty for a single run. */
function exploredWhat(trace: PackedTrace, states: number): string {
  const among = `${grouped(states)} states`;
  if (trace.outcome === 'completed')
    return `Every order was explored (${among}): none ends in a deadlock. One of them is shown.`;
  return `No deadlock among ${among}; there are more than could be explored. One order is shown.`;
}

function plainWhat(trace: PackedTrace, result: SimulateResult | null): string {
  const states = result?.states ?? 0;
  if (states > 0 && (trace.outcome === 'completed' || trace.outcome === 'bounded'))
    return exploredWhat(trace, states);
  const row = lastRow(trace, [Kind.bugCheck, Kind.watchdog, Kind.end]);
  const told = row < 0 ? '' : (trace.strings[trace.events.a[row]!] ?? '');
  if (told === '') return trace.outcome === 'completed' ? 'Every context ran to its end.' : '';
  return upperFirst(/[.!?]$/.test(told) ? told : `${told}.`);
}

/** Driver Verifier's and the warnings' sentences, each once, in order. */
export function remarks(trace: PackedTrace): readonly string[] {
  const found = new Set<string>();
  for (let row = 0; row < trace.events.kind.length && found.size < 12; row++) {
    const kind = trace.events.kind[row];
    if (kind === Kind.verifier) found.add(`Driver Verifier: ${trace.strings[trace.events.a[row]!] ?? ''}`);
    if (kind === Kind.warning) found.add(trace.strings[trace.events.a[row]!] ?? '');
  }
  return [...found];
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What a run without a fault has to show: the busiest lock's figures in one sentence; empty where no lock was taken. */
export function figureWords(result: SimulateResult | null): string {
  const isAlone = result?.cpus === 1;
  const busiest = [...(result?.locks ?? [])].sort((a, b) => b.acquisitions - a.acquisitions)[0];
  if (busiest === undefined || busiest.acquisitions < 2) return '';
  const wait =
    busiest.meanWaitCycles < 1
      ? 'hardly a wait'
      : `a wait of ${shortNumber(busiest.meanWaitCycles)} cycles on average, p99 ${shortNumber(busiest.p99WaitCycles)}`;
  const fairness =
    busiest.jainFairness > 0.995 ? 'all CPUs alike' : `fairness ${busiest.jainFairness.toFixed(2)} of 1`;
  return `${grouped(busiest.acquisitions)} acquisitions of ${busiest.id}: ${wait}${isAlone ? '' : `; ${fairness}`}.`;
}

/** Explains the outcome. A watchdog or bug check that a deadlock led to is told by the deadlock. */
export function explain(trace: PackedTrace, result: SimulateResult | null = null): Explanation {
  const [verdict, tone] = verdicts[trace.outcome];
  const bugCheck = trace.bugCheck ?? '';
  const { deadlock } = trace;
  if (deadlock === undefined || deadlock.members.length === 0) {
    const noticed = remarks(trace).filter((text) => text.startsWith('Driver Verifier'));
    if (trace.outcome === 'completed' && noticed[0] !== undefined)
      return {
        verdict: 'Completed, with a fault',
        tone: 'bad',
        what: noticed[0],
        why: '',
        remedy: '',
        bugCheck,
      };
    return { verdict, tone, what: plainWhat(trace, result), why: '', remedy: '', bugCheck };
  }
  const shape = shapeOf(trace, deadlock.members);
  const self = deadlock.members.find((member) => trace.contexts[member.ownedBy]?.cpu === member.cpu);
  const words = self === undefined ? orderWords(trace, deadlock.members) : selfWords(trace, self, shape);
  return {
    verdict,
    tone,
    what: deadlockWords(trace),
    why: upperFirst(words.why),
    remedy: words.remedy,
    bugCheck,
  };
}
