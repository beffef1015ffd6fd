/**
 * Playing: the cursor crosses the visible stretch in eight seconds at speed 1, and the view follows it.
 * With reduced motion it goes from event to event instead, twice a second.
 */
import { clampView, showTick } from './model/timeScale.ts';
import { setCursor, setRow, setView, type Store } from './store.ts';

const secondsPerView = 8;
const reducedStepsPerSecond = 2;

export const speeds = [0.1, 0.25, 0.5, 1, 2, 4, 10] as const;

/** Whether the user asked for less motion, by the system or by VS Code. */
function isMotionReduced(): boolean {
  return (
    matchMedia('(prefers-reduced-motion: reduce)').matches ||
    document.body.classList.contains('vscode-reduce-motion')
  );
}

export interface Playback {
  readonly toggle: () => void;
  readonly stop: () => void;
}

/** Moves the cursor by the time that has passed. Returns false at the end. */
function advance(store: Store, milliseconds: number): boolean {
  const { state } = store;
  if (state.run === null) return false;
  const { endTime } = state.run.spans;
  const span = state.view.end - state.view.start;
  const next = state.cursor + (span / secondsPerView) * state.speed * (milliseconds / 1000);
  setCursor(store, next);
  // Turning the page is calmer than a picture that runs, and costs one drawing instead of sixty a second.
  const { start, end } = state.view;
  if (state.cursor > end - span * 0.04 && end < endTime) {
    const from = state.cursor - span * 0.1;
    setView(store, clampView({ start: from, end: from + span }, endTime));
  } else if (state.cursor < start) setView(store, showTick(state.view, endTime, state.cursor));
  return next < endTime;
}

/** Makes the player. */
export function makePlayback(store: Store): Playback {
  let before = 0;
  let frame = 0;
  const { state } = store;
  const stop = () => {
    cancelAnimationFrame(frame);
    state.isPlaying = false;
    store.changed('playing', 'cursor');
  };
  const tick = (now: number) => {
    if (!state.isPlaying) return;
    const isReduced = isMotionReduced();
    const wait = 1000 / reducedStepsPerSecond / state.speed;
    if (!isReduced || now - before >= wait) {
      const events = state.run?.trace.events.time.length ?? 0;
      if (isReduced) setRow(store, state.row + 1);
      const goesOn = isReduced ? state.row < events - 1 : advance(store, Math.min(now - before, 100));
      before = now;
      if (!goesOn) return stop();
    }
    frame = requestAnimationFrame(tick);
  };
  const start = () => {
    if (state.run === null) return;
    const { trace } = state.run;
    if (state.row >= trace.events.time.length - 1) setCursor(store, 0);
    const view = showTick(state.view, state.run.spans.endTime, state.cursor);
    if (view !== state.view) setView(store, view);
    state.isPlaying = true;
    before = performance.now();
    store.changed('playing');
    frame = requestAnimationFrame(tick);
  };
  return { toggle: () => (state.isPlaying ? stop() : start()), stop };
}
