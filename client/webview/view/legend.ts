/**
 * The key to the drawing: one line under the timeline, each sign that occurs in the run with its word.
 */
import { fill, h } from '../dom.ts';
import { paintKind } from '../draw/paint.ts';
import { Activity } from '../model/spans.ts';
import type { Change, Run, Store } from '../store.ts';

const signs: readonly (readonly [sign: string, word: string])[] = [
  ['thread', 'thread'],
  ['dpc', 'DPC'],
  ['isr', 'ISR'],
  ['interrupted', 'interrupted'],
  ['spin', 'spins'],
  ['dead', 'spins for ever'],
  ['hold', 'holds a lock'],
  ['deferred', 'deferred until the IRQL drops'],
];

function occurring(run: Run): ReadonlySet<string> {
  const { spans, trace } = run;
  const found = new Set<string>();
  for (const lane of spans.lanes)
    for (const context of new Set(lane.context)) {
      const kind = trace.contexts[context]?.kind;
      if (kind !== undefined && kind !== 'idle') found.add(paintKind(kind));
    }
  if (spans.stacks.length > 1) found.add('interrupted');
  if (spans.deferred.length > 0) found.add('deferred');
  const words = new Map<number, string>([
    [Activity.spin, 'spin'],
    [Activity.dead, 'dead'],
    [Activity.hold, 'hold'],
  ]);
  for (const lane of spans.lanes)
    for (const [activity, word] of words) if (lane.activity.includes(activity)) found.add(word);
  return found;
}

/** Makes the line. */
export function makeLegend(store: Store): {
  element: HTMLElement;
  update: (changes: ReadonlySet<Change>) => void;
} {
  const element = h('ul', { class: 'legend', 'aria-label': 'Key' });
  const update = (changes: ReadonlySet<Change>) => {
    const { run } = store.state;
    if (!changes.has('run') || run === null) return;
    const found = occurring(run);
    const items = signs
      .filter(([sign]) => found.has(sign))
      .map(([sign, word]) =>
        h('li', {}, h('span', { class: `swatch ${sign}`, 'aria-hidden': 'true' }), word),
      );
    fill(element, h('li', {}, 'Height = IRQL'), ...items);
  };
  return { element, update };
}
