/**
 * "You schedule": the user picks which CPU steps next, takes steps back, and tries to reach the deadlock or to stay clear of it.
 * The engine says which steps there are; this panel only offers them.
 */
import type { RunRequest, ToPage } from 'irql-lens-server/protocol';
import { fill, h, setText } from '../dom.ts';
import type { Host } from '../host.ts';
import { makeRun, setRow, type State, type Store } from '../store.ts';
import { clampView } from '../model/timeScale.ts';
import type { Panel } from './tabs.ts';

function requestWith(state: State, schedule: string | undefined): RunRequest | null {
  if (state.run === null) return null;
  const { schedule: _, ...overrides } = state.run.request.overrides;
  return {
    ...state.run.request,
    mode: 'explore',
    overrides: schedule === undefined ? overrides : { ...overrides, schedule },
  };
}

function ask(store: Store, host: Host, schedule: string | undefined): void {
  const request = requestWith(store.state, schedule);
  if (request !== null) host.send({ type: 'step', request });
}

/** Begins, or begins again: no step has been taken. */
function startSchedule(store: Store, host: Host): void {
  store.state.taken = [];
  ask(store, host, undefined);
}

/** Takes a step of the offered ones. */
function takeStep(store: Store, host: Host, schedule: string): void {
  store.state.taken = [...store.state.taken, schedule];
  ask(store, host, schedule);
}

/** Takes the last step back. */
function undoStep(store: Store, host: Host): void {
  store.state.taken = store.state.taken.slice(0, -1);
  ask(store, host, store.state.taken.at(-1));
}

/** Shows the run as far as the user has brought it, with the cursor at its end. */
export function showStepped(store: Store, message: Extract<ToPage, { type: 'stepped' }>): void {
  const { state } = store;
  if (state.run === null) return;
  const request = requestWith(state, state.taken.at(-1)) ?? state.run.request;
  state.run = makeRun(
    message.trace,
    message.result,
    state.run.scenario,
    request,
    state.run.origin,
    state.run.built,
  );
  state.choices = message.choices;
  state.busy = null;
  state.bookmarks = [];
  const end = Math.max(message.trace.endTime, message.trace.events.time.at(-1) ?? 0, 2000);
  state.view = clampView({ start: -end * 0.015, end: end * 1.25 }, end * 1.25);
  store.changed('run', 'view', 'busy', 'schedule');
  setRow(store, message.trace.events.time.length - 1);
}

function verdict(state: State): string {
  const { run, choices } = state;
  if (run === null || choices === null || choices.length > 0) return '';
  const steps = `${state.taken.length} ${state.taken.length === 1 ? 'step' : 'steps'}`;
  if (run.trace.deadlock !== undefined || run.trace.outcome === 'deadlock')
    return `You reached the deadlock in ${steps}. Undo, and find a schedule that avoids it.`;
  if (run.trace.outcome === 'bugcheck' || run.trace.outcome === 'watchdog')
    return `The machine stopped after ${steps}: ${run.trace.bugCheck ?? run.trace.outcome}.`;
  return `Every context has ended after ${steps}, without a deadlock. Can you reach one?`;
}

function choiceButtons(store: Store, host: Host): readonly HTMLElement[] {
  return (store.state.choices ?? []).map((choice, at) =>
    h(
      'button',
      {
        type: 'button',
        class: 'choice',
        title: at < 9 ? `Key ${at + 1}` : '',
        onclick: () => takeStep(store, host, choice.schedule),
      },
      h('kbd', {}, at < 9 ? String(at + 1) : ''),
      h('strong', {}, `CPU ${choice.cpu}`),
      h('span', {}, choice.label),
    ),
  );
}

function listenToDigits(store: Store, host: Host): void {
  window.addEventListener('keydown', (event) => {
    const { choices, tab } = store.state;
    if (choices === null || tab !== 'schedule' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement) return;
    if (event.key === 'u' && store.state.taken.length > 0) undoStep(store, host);
    const choice = choices[Number(event.key) - 1];
    if (choice !== undefined) takeStep(store, host, choice.schedule);
  });
}

/** Makes the panel. */
export function makeSchedule(store: Store, host: Host): Panel {
  const begin = h(
    'button',
    { type: 'button', class: 'primary', onclick: () => startSchedule(store, host) },
    'Start',
  );
  const undo = h('button', { type: 'button', title: 'Key u', onclick: () => undoStep(store, host) }, 'Undo');
  const told = h('p', { class: 'told', role: 'status' });
  const list = h('div', { class: 'choices', role: 'group', 'aria-label': 'Steps that may come next' });
  const intro =
    'You are the scheduler: pick which CPU takes the next step. Interrupts and DPCs come when you let them. Try to reach the deadlock, then try to avoid it.';
  const element = h(
    'div',
    { class: 'panel' },
    h('p', {}, intro),
    h('div', { class: 'bar flush' }, begin, undo),
    told,
    list,
  );
  listenToDigits(store, host);
  const update: Panel['update'] = (changes) => {
    const { state } = store;
    if (!(changes.has('run') || changes.has('schedule') || changes.has('busy') || changes.has('tab'))) return;
    begin.disabled = state.run?.scenario == null;
    undo.disabled = state.taken.length === 0 || state.choices === null;
    setText(begin, state.choices === null ? 'Start' : 'Start again');
    setText(
      told,
      state.choices === null ? '' : verdict(state) || `Step ${state.taken.length + 1}: who goes next?`,
    );
    fill(list, ...choiceButtons(store, host));
  };
  return { element, update };
}
