/**
 * Where the cursor may jump to: the next or previous event of a kind that people look for. Pure.
 */
import { TraceEventKind as Kind, type PackedEvents } from 'irql-lens-server/protocol';

/** What to look for. `notable`: acquisition, contention or interrupt, and whatever ends the run. */
export type JumpTarget = 'any' | 'acquire' | 'contention' | 'interrupt' | 'irql' | 'notable';

const { acquired, acquiredShared, waitBegin, blockBegin, tryFailed, interruptRequested, contextStart } = Kind;
const endings = [Kind.deadlock, Kind.bugCheck, Kind.watchdog, Kind.verifier, Kind.warning];

const kinds: Readonly<Record<JumpTarget, ReadonlySet<number> | null>> = {
  any: null,
  acquire: new Set([acquired, acquiredShared]),
  contention: new Set([waitBegin, blockBegin, tryFailed]),
  interrupt: new Set([interruptRequested, contextStart]),
  irql: new Set([Kind.irql]),
  notable: new Set([
    acquired,
    acquiredShared,
    waitBegin,
    blockBegin,
    tryFailed,
    interruptRequested,
    contextStart,
    ...endings,
  ]),
};

/** Whether an event kind is one that `target` looks for. */
export function isTarget(target: JumpTarget, kind: number): boolean {
  return kinds[target]?.has(kind) ?? true;
}

/** The next (`direction` 1) or previous (-1) row after `row` of the wanted kind; -1 where there is none. */
export function jumpFrom(events: PackedEvents, row: number, direction: 1 | -1, target: JumpTarget): number {
  for (let at = row + direction; at >= 0 && at < events.kind.length; at += direction)
    if (isTarget(target, events.kind[at]!)) return at;
  return -1;
}
