/**
 * The row of buttons over the timeline: play, step, jump, speed, zoom, bookmark, and the time at the cursor.
 */
import type { Actions } from '../actions.ts';
import { h, iconButton, setIcon, setText } from '../dom.ts';
import type { JumpTarget } from '../model/jump.ts';
import { cyclesText, timeText } from '../model/numbers.ts';
import { speeds } from '../playback.ts';
import type { Change, Store } from '../store.ts';

const targets: readonly (readonly [JumpTarget, string])[] = [
  ['notable', 'notable event'],
  ['acquire', 'acquisition'],
  ['contention', 'contention'],
  ['interrupt', 'interrupt'],
  ['irql', 'IRQL change'],
];

function speedPicker(store: Store): HTMLSelectElement {
  const picker = h('select', { title: 'Speed', 'aria-label': 'Speed' });
  for (const speed of speeds)
    picker.append(h('option', { value: speed, selected: speed === store.state.speed }, `${speed}\u00d7`));
  picker.addEventListener('change', () => (store.state.speed = Number(picker.value)));
  return picker;
}

function targetPicker(): HTMLSelectElement {
  const picker = h('select', { title: 'What the jump buttons look for', 'aria-label': 'Jump to' });
  for (const [target, words] of targets) picker.append(h('option', { value: target }, words));
  return picker;
}

/** Makes the row. */
export function makeTransport(
  store: Store,
  actions: Actions,
): { element: HTMLElement; update: (changes: ReadonlySet<Change>) => void } {
  const play = iconButton('play', 'Play (Space)', actions.play);
  const target = targetPicker();
  const wanted = () => target.value as JumpTarget;
  const time = h('output', { class: 'time', 'aria-label': 'Time at the cursor' });
  const element = h(
    'div',
    { class: 'transport', role: 'toolbar', 'aria-label': 'Replay' },
    iconButton('first', 'To the beginning (Home)', () => actions.end('first')),
    iconButton('jumpBack', 'Jump back (Shift+Left)', () => actions.jump(-1, wanted())),
    iconButton('stepBack', 'Step back one event (Left)', () => actions.step(-1)),
    play,
    iconButton('stepForward', 'Step one event (Right)', () => actions.step(1)),
    iconButton('jumpForward', 'Jump to the next (Shift+Right)', () => actions.jump(1, wanted())),
    iconButton('last', 'To the end (End)', () => actions.end('last')),
    target,
    speedPicker(store),
    time,
    h('span', { class: 'grow' }),
    iconButton(
      'bookmark',
      'Set or remove a bookmark here (b); [ and ] go to the previous and next',
      actions.bookmark,
    ),
    iconButton('zoomOut', 'Zoom out (-)', () => actions.zoom(1 / 0.6)),
    iconButton('zoomIn', 'Zoom in (+); Ctrl+wheel zooms at the pointer', () => actions.zoom(0.6)),
    iconButton('fit', 'Show the whole run (0)', actions.fit),
  );
  const update = (changes: ReadonlySet<Change>) => {
    const { run, cursor, row, isPlaying } = store.state;
    if (changes.has('playing')) {
      setIcon(play, isPlaying ? 'pause' : 'play');
      play.title = isPlaying ? 'Pause (Space)' : 'Play (Space)';
      play.setAttribute('aria-label', play.title);
    }
    if (run === null || !(changes.has('cursor') || changes.has('run'))) return;
    const { events, profile } = run.trace;
    setText(
      time,
      `${cyclesText(cursor)} cycles \u00b7 ${timeText(cursor, profile.clockGHz)} \u00b7 event ${row + 1} of ${events.time.length}`,
    );
  };
  return { element, update };
}
