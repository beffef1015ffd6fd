/**
 * The page's state in one place, and the actions that change it. Views read it once a frame; nothing else holds state.
 */
import {
  TraceEventKind,
  type BuiltFrom,
  type Catalogue,
  type PackedTrace,
  type RunRequest,
  type Scenario,
  type SimulateResult,
  type StepChoice,
  type SweepResult,
} from 'irql-lens-server/protocol';
import { createFolder, rowsAt, type Folder, type Frame } from './model/fold.ts';
import { firstView } from './model/layout.ts';
import { buildSpans, type Spans } from './model/spans.ts';
import { clampView, showTick, type TimeView } from './model/timeScale.ts';

/** One run, with all that is computed once for it. */
export interface Run {
  readonly trace: PackedTrace;
  readonly spans: Spans;
  readonly folder: Folder;
  readonly result: SimulateResult | null;
  readonly scenario: Scenario | null;
  readonly request: RunRequest;
  /** URI of the file that the trace was read from, or null. */
  readonly origin: string | null;
  /** What of the source the scenario was built of; undefined where it was not. */
  readonly built: BuiltFrom | undefined;
}

/** The panels below the timeline. */
export const tabs = ['events', 'lesson', 'costs', 'charts', 'compare', 'schedule', 'text'] as const;
export type Tab = (typeof tabs)[number];

export interface State {
  run: Run | null;
  /** The second run of a comparison. */
  other: Run | null;
  /** Ticks. */
  cursor: number;
  /** The last event that has happened at the cursor, -1 before the first. */
  row: number;
  view: TimeView;
  isPlaying: boolean;
  speed: number;
  tab: Tab;
  /** Ticks, ascending. */
  bookmarks: readonly number[];
  catalogue: Catalogue | null;
  busy: { readonly what: string; readonly done: number; readonly of: number } | null;
  /** The source gives another scenario than the one that is shown. */
  isStale: boolean;
  /** What did not work, for the user; empty where nothing. */
  message: string;
  /** Not null while the user schedules: the steps that may come next. */
  choices: readonly StepChoice[] | null;
  /** The schedules before each step that the user took, for undo. */
  taken: readonly string[];
  sweeps: Readonly<Partial<Record<'cpus' | 'hold', SweepResult>>>;
}

/** What changed, so that a view need not look at what did not. */
export type Change =
  | 'run'
  | 'cursor'
  | 'view'
  | 'playing'
  | 'tab'
  | 'bookmarks'
  | 'catalogue'
  | 'busy'
  | 'schedule'
  | 'sweep'
  | 'theme'
  | 'size';

export interface Store {
  readonly state: State;
  /** Calls `listener` once before the next frame, with everything that changed since. */
  readonly subscribe: (listener: (changes: ReadonlySet<Change>) => void) => void;
  readonly changed: (...changes: readonly Change[]) => void;
}

/** The state before anything has arrived. */
export function createStore(): Store {
  const listeners: ((changes: ReadonlySet<Change>) => void)[] = [];
  let pending = new Set<Change>();
  const flush = () => {
    const changes = pending;
    pending = new Set();
    for (const listener of listeners) listener(changes);
  };
  const state: State = {
    run: null,
    other: null,
    cursor: 0,
    row: -1,
    view: { start: 0, end: 1000 },
    isPlaying: false,
    speed: 1,
    tab: 'events',
    bookmarks: [],
    catalogue: null,
    busy: null,
    isStale: false,
    message: '',
    choices: null,
    taken: [],
    sweeps: {},
  };
  return {
    state,
    subscribe: (listener) => listeners.push(listener),
    changed: (...changes) => {
      if (pending.size === 0) requestAnimationFrame(flush);
      for (const change of changes) pending.add(change);
    },
  };
}

/** Prepares a run for showing. Linear in its events. */
export function makeRun(
  trace: PackedTrace,
  result: SimulateResult | null,
  scenario: Scenario | null,
  request: RunRequest,
  origin: string | null = null,
  built?: BuiltFrom,
): Run {
  const spans = buildSpans(trace);
  return { trace, spans, folder: createFolder(trace), result, scenario, request, origin, built };
}

/** The frame at the cursor. */
export function frameAtCursor(state: State): Frame | null {
  return state.run === null ? null : state.run.folder.at(state.row);
}

/** The event at which the machine stopped, or -1. */
function stopRow(trace: PackedTrace): number {
  return trace.events.kind.findLastIndex(
    (kind) => kind === TraceEventKind.bugCheck || kind === TraceEventKind.watchdog,
  );
}

/** Shows a run from where it matters: at the deadlock where there is one, else at its beginning. */
export function showRun(store: Store, run: Run): void {
  const { state } = store;
  const { trace } = run;
  state.run = run;
  state.view = clampView(firstView(trace), run.spans.endTime);
  state.isPlaying = false;
  state.bookmarks = [];
  state.sweeps = {};
  const stop = stopRow(trace);
  setCursor(store, trace.deadlock?.time ?? (stop < 0 ? 0 : trace.events.time[stop]!));
  store.changed('run', 'view', 'bookmarks', 'playing', 'sweep');
}

/** Moves the cursor to a tick. */
export function setCursor(store: Store, tick: number): void {
  const { state } = store;
  if (state.run === null) return;
  const { trace, spans } = state.run;
  state.cursor = Math.min(Math.max(tick, 0), spans.endTime);
  state.row = rowsAt(trace.events.time, state.cursor) - 1;
  store.changed('cursor');
}

/** Moves the cursor to an event and brings it into view. */
export function setRow(store: Store, row: number): void {
  const { state } = store;
  if (state.run === null) return;
  const { events } = state.run.trace;
  const { endTime } = state.run.spans;
  state.row = Math.min(Math.max(row, -1), events.time.length - 1);
  state.cursor = state.row < 0 ? 0 : events.time[state.row]!;
  const view = showTick(state.view, endTime, state.cursor);
  if (view !== state.view) setView(store, view);
  store.changed('cursor');
}

/** Changes what is visible. */
export function setView(store: Store, view: TimeView): void {
  const before = store.state.view;
  if (before.start === view.start && before.end === view.end) return;
  store.state.view = view;
  store.changed('view');
}

/** Sets or removes a bookmark at the cursor. */
export function toggleBookmark(store: Store): void {
  const { state } = store;
  const rest = state.bookmarks.filter((tick) => tick !== state.cursor);
  state.bookmarks =
    rest.length < state.bookmarks.length ? rest : [...rest, state.cursor].sort((a, b) => a - b);
  store.changed('bookmarks');
}
