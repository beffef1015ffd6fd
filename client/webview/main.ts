/**
 * The replay page: puts the views together, takes messages from the host and keeps what must survive hiding and reload.
 */
import './strictPolicy.ts';
import type { ToPage } from 'irql-lens-server/protocol';
import { listenToKeys, makeActions } from './actions.ts';
import { fill, h, setText } from './dom.ts';
import { watchTheme } from './draw/theme.ts';
import { connect, type Host } from './host.ts';
import { keepState, restoreState } from './keep.ts';
import { grouped } from './model/numbers.ts';
import { makePlayback } from './playback.ts';
import { locationAtCursor, rowOfLine } from './model/locations.ts';
import { createStore, makeRun, setRow, showRun, type Store } from './store.ts';
import { makeCharts } from './view/charts.ts';
import { makeCompare } from './view/compare.ts';
import { makeControls } from './view/controls.ts';
import { makeCosts } from './view/costs.ts';
import { makeCursorPanel } from './view/cursorPanel.ts';
import { makeDeadlock } from './view/deadlock.ts';
import { makeEventList } from './view/eventList.ts';
import { makeHeader } from './view/header.ts';
import { makeLegend } from './view/legend.ts';
import { makeLesson } from './view/lesson.ts';
import { makeSchedule, showStepped } from './view/schedule.ts';
import { makeTabs } from './view/tabs.ts';
import { makeTextMode } from './view/textMode.ts';
import { makeTimeline } from './view/timeline.ts';
import { makeTransport } from './view/transport.ts';

/** What tests and tools read: how the run ended, which it is, and where the cursor stands, in cycles. */
function markRoot(store: Store): void {
  const { run, cursor } = store.state;
  if (run === null) return;
  const { dataset } = document.documentElement;
  dataset['outcome'] = run.trace.outcome;
  dataset['scenario'] = run.trace.scenario.id;
  dataset['time'] = String(Math.round(cursor / 10));
}

function showProblem(root: HTMLElement, problem: string): void {
  document.documentElement.dataset['outcome'] = 'error';
  fill(
    root,
    h(
      'div',
      { class: 'problem', role: 'alert' },
      h('h1', {}, 'This run cannot be shown'),
      h('p', {}, problem),
      h('p', {}, 'Nothing was changed. Run the scenario again, or open another trace.'),
    ),
  );
}

/** Before the first run is there: what the engine is at, and a way out. */
function showWaiting(root: HTMLElement, host: Host, message: Extract<ToPage, { type: 'progress' }>): void {
  const { what, done, of } = message;
  const share = of > 0 ? `, ${Math.round((done / of) * 100)} %` : done > 0 ? `, ${grouped(done)} so far` : '';
  let status = root.querySelector('.waiting p');
  if (status === null) {
    const cancel = h('button', { type: 'button', onclick: () => host.send({ type: 'cancel' }) }, 'Cancel');
    status = h('p', { role: 'status' });
    fill(root, h('div', { class: 'waiting' }, status, cancel));
  }
  setText(status, `${what}${share}\u2026`);
}

function receive(store: Store, message: ToPage, host: Host): void {
  const { state } = store;
  switch (message.type) {
    case 'show': {
      const { trace, result, scenario, request, origin, built } = message;
      const run = makeRun(trace, result, scenario, request, origin, built);
      state.busy = null;
      state.message = '';
      store.changed('busy');
      if (message.slot === 'b') {
        state.other = run;
        return store.changed('run');
      }
      state.choices = null;
      state.other = null;
      state.isStale = false;
      showRun(store, run);
      restoreState(store, host);
      return;
    }
    case 'catalogue':
      state.catalogue = message.catalogue;
      return store.changed('catalogue');
    case 'progress':
      state.busy = { what: message.what, done: message.done, of: message.of };
      return store.changed('busy');
    case 'failed':
      state.busy = null;
      state.message = message.message;
      return store.changed('busy');
    case 'cancelled':
      state.busy = null;
      return store.changed('busy');
    case 'stale':
      state.isStale = message.isStale;
      return store.changed('busy');
    case 'swept':
      state.busy = null;
      state.sweeps = { ...state.sweeps, [message.chart]: message.result };
      return store.changed('busy', 'sweep');
    case 'stepped':
      return showStepped(store, message);
    case 'revealLine': {
      const row = state.run === null ? -1 : rowOfLine(state.run.trace, message.file, message.line, state.row);
      if (row >= 0) setRow(store, row);
      return;
    }
  }
}

function start(): void {
  const root = document.getElementById('app');
  if (root === null) throw new Error('The page has no #app.');
  const store = createStore();
  const playback = makePlayback(store);
  const actions = makeActions(store, playback);
  let isBuilt = false;
  const host = connect(
    (message) => {
      if (!isBuilt && message.type === 'failed') return showProblem(root, message.message);
      if (!isBuilt && message.type === 'progress') return showWaiting(root, host, message);
      if (!isBuilt && message.type === 'cancelled') return showProblem(root, 'The run was cancelled.');
      if (message.type === 'show' && !isBuilt) {
        isBuilt = true;
        build(root, store, host, actions);
      }
      receive(store, message, host);
    },
    (problem) => {
      if (!isBuilt) return showProblem(root, problem);
      store.state.busy = null;
      store.state.message = problem;
      store.changed('busy');
    },
  );
  listenToKeys(actions);
  watchTheme(() => store.changed('theme'));
  host.send({ type: 'ready' });
}

let told = '';

/** Tells the host which source line the cursor is at, when that has changed. */
function tellCursor(store: Store, host: Host): void {
  const { run, row } = store.state;
  if (run === null) return;
  const location = locationAtCursor(run.trace, row);
  const cpu = row < 0 ? 0 : run.trace.events.cpu[row]!;
  const irql = Math.min(31, run.folder.at(row).cpus[cpu]?.irql ?? 0);
  const now = location === null ? '' : `${location.file}:${location.line}:${irql}`;
  if (now === told) return;
  told = now;
  host.send({ type: 'cursorAt', file: location?.file ?? null, line: location?.line ?? 0, irql });
}

function build(root: HTMLElement, store: Store, host: Host, actions: ReturnType<typeof makeActions>): void {
  const header = makeHeader(store);
  const controls = makeControls(store, host);
  const transport = makeTransport(store, actions);
  const timeline = makeTimeline(store);
  const legend = makeLegend(store);
  const cursorPanel = makeCursorPanel(store);
  const deadlock = makeDeadlock(store);
  const details = makeTabs(store, [
    { id: 'events', title: 'Events', panel: makeEventList(store, host) },
    { id: 'lesson', title: 'Lesson', panel: makeLesson(store) },
    { id: 'costs', title: 'Costs', panel: makeCosts(store) },
    { id: 'charts', title: 'Charts', panel: makeCharts(store, host) },
    { id: 'compare', title: 'Compare', panel: makeCompare(store, host) },
    { id: 'schedule', title: 'You schedule', panel: makeSchedule(store, host) },
    { id: 'text', title: 'Text', panel: makeTextMode(store) },
  ]);
  fill(
    root,
    header.element,
    controls.element,
    h(
      'main',
      {},
      h('div', { class: 'stage' }, transport.element, timeline.element, legend.element),
      h('aside', {}, cursorPanel.element, deadlock.element),
      details.element,
    ),
  );
  const views = [header, controls, transport, timeline, legend, cursorPanel, deadlock, details];
  store.subscribe((changes) => {
    for (const view of views) view.update(changes);
    markRoot(store);
    if (changes.has('cursor') || changes.has('run')) tellCursor(store, host);
    keepState(store, host);
  });
}

start();
