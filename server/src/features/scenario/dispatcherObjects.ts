/**
 * Events and semaphores that the contexts of a scenario wait for and signal. An object that nobody in the scenario signals often
 * enough is taken to be signalled by others: a wait must not look like a deadlock only because its other half is not shown.
 */
import type { ScenarioLock } from '../../protocol/scenarioFormat.ts';
import type { Context } from './contexts.ts';
import type { DriverLinks } from './driverLinks.ts';

/** The objects as locks of the scenario; what had to be assumed is added to `assumed`. */
export function collectObjects(
  contexts: readonly Context[],
  links: DriverLinks,
  assumed: Set<string>,
): ScenarioLock[] {
  const uses = contexts.flatMap(({ objects }) => objects);
  return [...new Set(uses.map(({ object }) => object))].map((id) => {
    const mine = uses.filter(({ object }) => object === id);
    const count = (isWait: boolean): number =>
      mine.filter((use) => use.isWait === isWait).reduce((sum, { times }) => sum + times, 0);
    const waits = count(true);
    const signals = count(false);
    const start = links.startOf(id) ?? { kind: 'event', count: 0 };
    const isEnough =
      start.kind === 'notification-event' ? signals + start.count > 0 : signals + start.count >= waits;
    if (!isEnough) {
      assumed.add(`${id} is signalled by others`);
      return { id, kind: 'notification-event', count: 1 };
    }
    // Rounds of a loop are bounded here: signals that an event would merge must each let one round go on.
    const isInLoop = mine.some(({ times }) => times > 1);
    return isInLoop && start.kind === 'event'
      ? semaphore(id, start.count, waits + signals)
      : {
          id,
          kind: start.kind,
          ...(start.kind === 'semaphore'
            ? semaphore(id, start.count, waits + signals)
            : { count: start.count }),
        };
  });
}

function semaphore(id: string, count: number, limit: number): ScenarioLock {
  return { id, kind: 'semaphore', count, limit: Math.max(1, limit) };
}
