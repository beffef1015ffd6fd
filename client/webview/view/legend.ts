/**
 * The key to the drawing: one line under the timeline, each sign with its word.
 */
import { h } from '../dom.ts';

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

/** Makes the line. */
export function makeLegend(): HTMLElement {
  const items = signs.map(([sign, word]) =>
    h('li', {}, h('span', { class: `swatch ${sign}`, 'aria-hidden': 'true' }), word),
  );
  return h(
    'ul',
    { class: 'legend', 'aria-label': 'Key: height is the IRQL' },
    h('li', {}, 'Height = IRQL'),
    ...items,
  );
}
