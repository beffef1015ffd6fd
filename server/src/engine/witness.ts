/** Turns the end of a trace into steps for people: who did what, in order, one sentence each. */
import { type Trace, TraceEventKind as Event } from '../protocol/traceFormat.ts';

/** At most so many steps are told; earlier ones are left out and counted. */
const maxSteps = 60;

/** One sentence per event that matters; up to the deadlock where there is one, else up to the end. */
export function witnessOf(trace: Trace): readonly string[] {
  const { events } = trace;
  const steps: string[] = [];
  for (let row = 0; row < events.kind.length; row += 1) {
    const text = stepText(trace, row);
    if (text !== undefined) steps.push(text);
    if (events.kind[row] === Event.deadlock) break;
  }
  if (steps.length <= maxSteps) return steps;
  return [`(${steps.length - maxSteps} earlier steps)`, ...steps.slice(-maxSteps)];
}

function stepText(trace: Trace, row: number): string | undefined {
  const { events, locks, contexts, strings } = trace;
  const a = events.a[row] ?? 0;
  const b = events.b[row] ?? 0;
  const name = contexts[events.context[row] ?? -1]?.name ?? 'idle';
  const who = `CPU ${events.cpu[row] ?? 0}: '${name}'`;
  const lock = locks[a]?.name ?? '?';
  switch (events.kind[row]) {
    case Event.contextStart:
      return b === 0 && contexts[events.context[row] ?? -1]?.kind === 'thread'
        ? undefined
        : `${who} interrupts at ${trace.irqlNames[a] ?? a}`;
    case Event.acquired:
    case Event.acquiredShared:
      return `${who} acquires '${lock}'`;
    case Event.waitBegin:
      return `${who} finds '${lock}' taken${b >= 0 ? ` by '${contexts[b]?.name ?? '?'}'` : ''} and spins`;
    case Event.released:
      return `${who} releases '${lock}'`;
    case Event.tryFailed:
      return `${who} tries '${lock}' in vain`;
    case Event.dpcQueued:
      return (events.context[row] ?? -1) < 0
        ? `DPC '${contexts[a]?.name ?? '?'}' arrives on CPU ${b}`
        : `${who} queues '${contexts[a]?.name ?? '?'}' on CPU ${b}`;
    case Event.blockBegin:
      return `${who} waits for '${lock}'`;
    case Event.signalled:
      return `${who} signals '${lock}'`;
    case Event.verifier:
    case Event.deadlock:
    case Event.bugCheck:
    case Event.watchdog:
      return strings[a];
    default:
      return undefined;
  }
}
