/**
 * What survives hiding the page and reloading the window: the place in the run, not the run itself (the host makes that again).
 */
import { clampView } from './model/timeScale.ts';
import type { Host } from './host.ts';
import { setCursor, setView, tabs, type Store, type Tab } from './store.ts';

interface Kept {
  readonly scenario: string;
  readonly endTime: number;
  readonly cursor: number;
  readonly start: number;
  readonly end: number;
  readonly tab: Tab;
  readonly speed: number;
  readonly bookmarks: readonly number[];
  /** What the host needs to make the run again; passed on untouched. */
  readonly source?: unknown;
}

let isWaiting = false;

/** Keeps the place, half a second after the last change at most. */
export function keepState(store: Store, host: Host): void {
  if (isWaiting) return;
  isWaiting = true;
  setTimeout(() => {
    isWaiting = false;
    const { run, cursor, view, tab, speed, bookmarks } = store.state;
    if (run === null) return;
    const kept: Kept = {
      scenario: run.trace.scenario.id,
      endTime: run.trace.endTime,
      cursor,
      start: view.start,
      end: view.end,
      tab,
      speed,
      bookmarks,
      source: {
        scenario: run.scenario,
        request: run.request,
        id: run.trace.scenario.id,
        ...(run.origin === null ? {} : { origin: run.origin }),
        ...(run.built === undefined ? {} : { built: run.built }),
      },
    };
    host.keep(kept);
  }, 500);
}

function isKept(value: unknown): value is Kept {
  if (typeof value !== 'object' || value === null) return false;
  const kept = value as Partial<Record<keyof Kept, unknown>>;
  const numbers = [kept.endTime, kept.cursor, kept.start, kept.end, kept.speed];
  return (
    numbers.every((each) => typeof each === 'number' && Number.isFinite(each)) &&
    typeof kept.scenario === 'string' &&
    tabs.some((tab) => tab === kept.tab) &&
    Array.isArray(kept.bookmarks)
  );
}

let isRestored = false;

/** Goes back to the kept place, once, if the run is the same as then. */
export function restoreState(store: Store, host: Host): void {
  if (isRestored) return;
  isRestored = true;
  const kept = host.kept();
  const { run } = store.state;
  if (run === null || !isKept(kept)) return;
  if (kept.scenario !== run.trace.scenario.id || kept.endTime !== run.trace.endTime) return;
  store.state.tab = kept.tab;
  store.state.speed = kept.speed;
  store.state.bookmarks = kept.bookmarks.filter((tick) => typeof tick === 'number');
  setView(store, clampView({ start: kept.start, end: kept.end }, run.spans.endTime));
  setCursor(store, kept.cursor);
  store.changed('tab', 'bookmarks');
}
