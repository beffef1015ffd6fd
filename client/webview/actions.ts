/**
 * What buttons and keys do, by name: one table, so that every button has its key and every key its button.
 */
import { jumpFrom, type JumpTarget } from './model/jump.ts';
import { panView, wholeView, zoomView } from './model/timeScale.ts';
import type { Playback } from './playback.ts';
import { setCursor, setRow, setView, toggleBookmark, type Store } from './store.ts';

export interface Actions {
  readonly play: () => void;
  readonly step: (direction: 1 | -1) => void;
  readonly jump: (direction: 1 | -1, target: JumpTarget) => void;
  readonly zoom: (factor: number) => void;
  readonly fit: () => void;
  readonly pan: (direction: 1 | -1) => void;
  readonly end: (which: 'first' | 'last') => void;
  readonly bookmark: () => void;
  readonly toBookmark: (direction: 1 | -1) => void;
}

/** Makes the actions over one store. */
export function makeActions(store: Store, playback: Playback): Actions {
  const { state } = store;
  const events = () => state.run?.trace.events;
  const endTime = () => state.run?.spans.endTime ?? 1;
  const zoom = (factor: number) => {
    const isVisible = state.cursor >= state.view.start && state.cursor <= state.view.end;
    const anchor = isVisible ? state.cursor : (state.view.start + state.view.end) / 2;
    setView(store, zoomView(state.view, endTime(), factor, anchor));
  };
  const jump = (direction: 1 | -1, target: JumpTarget) => {
    playback.stop();
    const table = events();
    if (table === undefined) return;
    const row = jumpFrom(table, state.row, direction, target);
    if (row >= 0) setRow(store, row);
  };
  return {
    play: playback.toggle,
    step: (direction) => {
      playback.stop();
      setRow(store, state.row + direction);
    },
    jump,
    zoom,
    pan: (direction) => {
      const ticks = (state.view.end - state.view.start) * 0.6 * direction;
      setView(store, panView(state.view, endTime(), ticks));
    },
    fit: () => setView(store, wholeView(endTime())),
    end: (which) => {
      playback.stop();
      setRow(store, which === 'first' ? -1 : (events()?.time.length ?? 0) - 1);
    },
    bookmark: () => toggleBookmark(store),
    toBookmark: (direction) => {
      const found =
        direction > 0
          ? state.bookmarks.find((tick) => tick > state.cursor)
          : state.bookmarks.findLast((tick) => tick < state.cursor);
      if (found !== undefined) setCursor(store, found);
    },
  };
}

const inputs = new Set(['INPUT', 'SELECT', 'TEXTAREA']);

/** Keys that a focused element needs for itself. */
function isTaken(event: KeyboardEvent): boolean {
  const { target } = event;
  if (!(target instanceof HTMLElement) || event.altKey) return true;
  if (inputs.has(target.tagName)) return true;
  const role = target.getAttribute('role');
  if (role === 'tab' && /^Arrow|Home|End/.test(event.key)) return true;
  if (role === 'listbox' && /^Arrow|Home|End|Page/.test(event.key) && !event.shiftKey) return true;
  return (
    (target.tagName === 'BUTTON' || target.tagName === 'SUMMARY') &&
    (event.key === ' ' || event.key === 'Enter')
  );
}

/** Listens for the keys on the whole page. */
export function listenToKeys(actions: Actions): void {
  window.addEventListener('keydown', (event) => {
    if (isTaken(event) || event.ctrlKey || event.metaKey) return;
    const run = keyAction(actions, event);
    if (run === undefined) return;
    event.preventDefault();
    run();
  });
}

function keyAction(actions: Actions, event: KeyboardEvent): (() => void) | undefined {
  const direction = event.key === 'ArrowLeft' ? -1 : 1;
  switch (event.key) {
    case ' ':
      return actions.play;
    case 'ArrowLeft':
    case 'ArrowRight':
      return event.shiftKey ? () => actions.jump(direction, 'notable') : () => actions.step(direction);
    case 'a':
    case 'A':
      return () => actions.jump(event.shiftKey ? -1 : 1, 'acquire');
    case 'c':
    case 'C':
      return () => actions.jump(event.shiftKey ? -1 : 1, 'contention');
    case 'i':
    case 'I':
      return () => actions.jump(event.shiftKey ? -1 : 1, 'interrupt');
    case '+':
    case '=':
      return () => actions.zoom(0.6);
    case '-':
    case '_':
      return () => actions.zoom(1 / 0.6);
    case 'PageUp':
      return () => actions.pan(-1);
    case 'PageDown':
      return () => actions.pan(1);
    case '0':
      return actions.fit;
    case 'Home':
      return () => actions.end('first');
    case 'End':
      return () => actions.end('last');
    case 'b':
      return actions.bookmark;
    case '[':
      return () => actions.toBookmark(-1);
    case ']':
      return () => actions.toBookmark(1);
    default:
      return undefined;
  }
}
