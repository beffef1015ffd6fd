/**
 * Events and states in words: the same sentences for the event list, the cursor, the text mode and screen readers.
 * Pure. It names IRQLs by their kernel names and contexts by what they are.
 */
import { TraceEventKind as Kind, type PackedTrace, type TraceContextKind } from 'irql-lens-server/protocol';
import type { Frame } from './fold.ts';

const kindWords: Readonly<Record<TraceContextKind, string>> = {
  thread: 'thread',
  dpc: 'DPC',
  threadedDpc: 'threaded DPC',
  isr: 'ISR',
  idle: 'idle thread',
};

/** `DPC`, `ISR`, ... */
export function kindWord(kind: TraceContextKind): string {
  return kindWords[kind];
}

/** `DPC FlushDpc`. */
export function contextName(trace: PackedTrace, context: number): string {
  const found = trace.contexts[context];
  if (found === undefined) return 'nobody';
  const word = kindWords[found.kind];
  return found.name.toLowerCase().startsWith(word.toLowerCase()) ? found.name : `${word} ${found.name}`;
}

/** The same inside of a sentence: a context that is merely called after what it is, is `the DPC`. */
export function who(trace: PackedTrace, context: number): string {
  const found = trace.contexts[context];
  const isNamed = found === undefined || found.name.toLowerCase() !== kindWords[found.kind].toLowerCase();
  return isNamed ? contextName(trace, context) : `the ${kindWords[found.kind]}`;
}

/** Kernel name of an IRQL. */
export function irqlName(trace: PackedTrace, irql: number): string {
  return trace.irqlNames[irql] ?? `IRQL ${irql}`;
}

/** `DISPATCH` of `DISPATCH_LEVEL`, for narrow places. */
export function shortIrqlName(trace: PackedTrace, irql: number): string {
  return irqlName(trace, irql).replace(/_LEVEL$/, '');
}

const shortNames = new WeakMap<PackedTrace, readonly string[]>();

/** `QueueLock` of `DEVICE_EXTENSION.QueueLock`, where no other lock of the run is called so. */
function shortLockNames(trace: PackedTrace): readonly string[] {
  let names = shortNames.get(trace);
  if (names === undefined) {
    const fields = trace.locks.map(({ name }) => /^\w+\.(\w+(?: \(\d+\))?)$/.exec(name)?.[1] ?? name);
    names = fields.map((field, lock) =>
      fields.indexOf(field) === fields.lastIndexOf(field) ? field : trace.locks[lock]!.name,
    );
    shortNames.set(trace, names);
  }
  return names;
}

/** Name of a lock, as short as it is still clear. */
export function lockName(trace: PackedTrace, lock: number): string {
  return shortLockNames(trace)[lock] ?? '?';
}

function acquiredWords(trace: PackedTrace, row: number, verb: string): string {
  const from = trace.events.b[row]!;
  const cpu = trace.events.cpu[row]!;
  const lock = lockName(trace, trace.events.a[row]!);
  return from < 0 || from === cpu ? `${verb} ${lock}` : `${verb} ${lock}, handed over by CPU ${from}`;
}

function sentence(trace: PackedTrace, row: number): string {
  return trace.strings[trace.events.a[row]!] ?? '';
}

/** The sentence of the deadlock, without the word itself, which stands beside it everywhere. */
export function deadlockWords(trace: PackedTrace): string {
  const members = trace.deadlock?.members ?? [];
  const waits = members.map(({ cpu, context, waitsFor, ownedBy }) => {
    const owner = trace.contexts[ownedBy];
    const where = owner?.cpu === cpu ? 'on the same CPU' : `on CPU ${owner?.cpu ?? '?'}`;
    const by = ownedBy === context ? 'it owns itself' : `${who(trace, ownedBy)} ${where} owns`;
    return `${who(trace, context)} on CPU ${cpu} waits for ${lockName(trace, waitsFor)}, which ${by}`;
  });
  const text = trace.deadlock?.text ?? 'these CPUs can never go on.';
  const words = waits.length === 0 ? text.replace(/^Deadlock:\s*/, '') : `${waits.join('; ')}.`;
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function irqlWords(trace: PackedTrace, to: number, from: number): string {
  const verb = to > from ? 'raises' : 'lowers';
  return `${verb} IRQL ${shortIrqlName(trace, from)} \u2192 ${shortIrqlName(trace, to)}`;
}

/** What happened, without who and when: `waits for A, owned by thread Worker`. */
export function eventWords(trace: PackedTrace, row: number): string {
  const { events } = trace;
  const a = events.a[row]!;
  const b = events.b[row]!;
  switch (events.kind[row]) {
    case Kind.contextStart:
      return b === a
        ? `starts at ${irqlName(trace, a)}`
        : `starts at ${irqlName(trace, a)}, interrupts ${shortIrqlName(trace, b)}`;
    case Kind.contextEnd:
      return `ends; back to ${irqlName(trace, a)}`;
    case Kind.irql:
      return irqlWords(trace, a, b);
    case Kind.acquireBegin:
      return `calls ${trace.operations[b] ?? 'acquire'}(${lockName(trace, a)})`;
    case Kind.waitBegin:
      return b < 0
        ? `finds ${lockName(trace, a)} taken and spins`
        : `finds ${lockName(trace, a)} owned by ${contextName(trace, b)} and spins`;
    case Kind.acquired:
      return acquiredWords(trace, row, 'owns');
    case Kind.acquiredShared:
      return acquiredWords(trace, row, 'shares');
    case Kind.released:
      return `frees ${lockName(trace, a)} (${trace.operations[b] ?? 'release'})`;
    case Kind.tryFailed:
      return `tries ${lockName(trace, a)}: taken, returns FALSE`;
    case Kind.workBegin:
      return ['works', 'works under the lock', 'thinks'][b] ?? 'works';
    case Kind.dpcQueued:
      return `queues ${contextName(trace, a)} on CPU ${b}`;
    case Kind.dpcRefused:
      return `KeInsertQueueDpc returns FALSE: ${contextName(trace, a)} is queued already`;
    case Kind.dpcRemoved:
      return `takes ${contextName(trace, a)} out of the queue`;
    case Kind.interruptRequested:
      return `interrupt for ${contextName(trace, a)} asked for at ${irqlName(trace, b)}`;
    case Kind.ipi:
      return `sends an interrupt to CPU ${a}`;
    case Kind.switchThread:
      return b < 0 || trace.contexts[b]?.kind === 'idle'
        ? `leaves ${contextName(trace, a)}; the CPU idles`
        : `switches from ${contextName(trace, a)} to ${contextName(trace, b)}`;
    case Kind.blockBegin:
      return `blocks on ${lockName(trace, a)}`;
    case Kind.blockEnd:
      return `wakes: ${lockName(trace, a)} is signalled`;
    case Kind.quantumEnd:
      return 'quantum end is noted; the switch waits for IRQL below DISPATCH_LEVEL';
    case Kind.note:
      return sentence(trace, row);
    case Kind.warning:
      return `Warning: ${sentence(trace, row)}`;
    case Kind.verifier:
      return `Driver Verifier: ${sentence(trace, row)}`;
    case Kind.deadlock:
      return `Deadlock: ${deadlockWords(trace)}`;
    case Kind.bugCheck:
      return `Bug check: ${sentence(trace, row)}`;
    case Kind.watchdog:
      return `Watchdog: ${sentence(trace, row)}`;
    case Kind.end:
      return `End: ${sentence(trace, row)}`;
    case Kind.signalled:
      return `signals ${lockName(trace, a)}`;
    case Kind.omitted:
      return `${a} events left out here`;
    default:
      return `event of kind ${events.kind[row]}`;
  }
}

/** `CPU 0, DPC FlushDpc: finds A owned by thread Worker and spins`. */
export function eventSentence(trace: PackedTrace, row: number): string {
  const { events } = trace;
  const context = events.context[row]!;
  const who =
    context < 0 ? `CPU ${events.cpu[row]}` : `CPU ${events.cpu[row]}, ${contextName(trace, context)}`;
  return `${who}: ${eventWords(trace, row)}`;
}

/** What a CPU is doing, in a few words: `DPC FlushDpc spins for A`. */
export function cpuWords(trace: PackedTrace, frame: Frame, cpu: number): string {
  const { stack } = frame.cpus[cpu]!;
  const top = stack.at(-1);
  if (top === undefined) return 'idle';
  const who = frame.contexts[top]!;
  const name = contextName(trace, top);
  if (who.waitsFor >= 0)
    return `${name} ${frame.isDead ? 'spins for ever' : 'spins'} for ${lockName(trace, who.waitsFor)}`;
  if (who.held.length > 0) return `${name} holds ${who.held.map((lock) => lockName(trace, lock)).join(', ')}`;
  return `${name} runs`;
}

/** What a lock is doing: `owned by thread Worker (CPU 0); 1 waits: DPC FlushDpc`. */
export function lockWords(trace: PackedTrace, frame: Frame, lock: number): string {
  const { owners, waiters, isShared } = frame.locks[lock]!;
  const place = (context: number) =>
    `${contextName(trace, context)} (CPU ${trace.contexts[context]?.cpu ?? '?'})`;
  const owned =
    owners.length === 0 ? 'free' : `${isShared ? 'shared by' : 'owned by'} ${owners.map(place).join(', ')}`;
  if (waiters.length === 0) return owned;
  const shown = waiters.slice(0, 4).map(place).join(', ');
  const rest = waiters.length > 4 ? ` and ${waiters.length - 4} more` : '';
  return `${owned}; ${waiters.length} ${waiters.length === 1 ? 'waits' : 'wait'}: ${shown}${rest}`;
}

/** The whole machine in one paragraph, for the live region. */
export function frameWords(trace: PackedTrace, frame: Frame): string {
  const shown = Math.min(trace.cpus, 4);
  const cpus = Array.from(
    { length: shown },
    (_, cpu) => `CPU ${cpu} at ${irqlName(trace, frame.cpus[cpu]!.irql)}, ${cpuWords(trace, frame, cpu)}`,
  );
  const more = trace.cpus > shown ? [`${trace.cpus - shown} more CPUs`] : [];
  return [...cpus, ...more].join('; ');
}
