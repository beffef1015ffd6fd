/**
 * Where the cycles went: one bar per CPU, the figures of each lock, and what keeping the IRQL cost, as ranges.
 */
import type { LockResult, SimulateResult } from 'irql-lens-server/protocol';
import { fill, h } from '../dom.ts';
import { irqlCosts } from '../model/irqlCost.ts';
import { grouped, percentText, rangeText, shortNumber } from '../model/numbers.ts';
import {
  shareNames,
  sharesOfResult,
  sharesOfSpans,
  totalShares,
  type ShareName,
  type Shares,
} from '../model/shares.ts';
import type { Run, Store } from '../store.ts';
import type { Panel } from './tabs.ts';

const words: Readonly<Record<ShareName, string>> = {
  thread: 'thread',
  dpc: 'DPC',
  isr: 'ISR',
  hold: 'holding a lock',
  spin: 'spinning',
  overhead: 'IRQL and dispatch',
  idle: 'idle',
};

const maxBars = 16;

/** A table with a caption; the first column is the row's heading. */
export function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): HTMLElement {
  return h(
    'table',
    {},
    h('caption', {}, caption),
    h('thead', {}, h('tr', {}, ...head.map((text) => h('th', { scope: 'col' }, text)))),
    h(
      'tbody',
      {},
      ...rows.map(([first = '', ...rest]) =>
        h('tr', {}, h('th', { scope: 'row' }, first), ...rest.map((text) => h('td', {}, text))),
      ),
    ),
  );
}

function bar(name: string, shares: Shares): HTMLElement {
  const whole = Math.max(1, totalOf(shares));
  const parts = shareNames.filter((each) => shares[each] > 0);
  const said = parts.map((each) => `${words[each]} ${percentText(shares[each] / whole)}`).join(', ');
  const strip = h('div', { class: 'strip', role: 'img', 'aria-label': said, title: said });
  for (const each of parts) {
    const part = h(
      'span',
      { class: `part ${each}` },
      shares[each] / whole > 0.09 ? percentText(shares[each] / whole) : '',
    );
    part.style.setProperty('flex-grow', String(shares[each] / whole));
    strip.append(part);
  }
  return h('div', { class: 'shareRow' }, h('span', { class: 'name' }, name), strip);
}

function totalOf(shares: Shares): number {
  return shareNames.reduce((sum, each) => sum + shares[each], 0);
}

function bars(run: Run): HTMLElement {
  const all = run.result === null ? sharesOfSpans(run.trace, run.spans) : sharesOfResult(run.result);
  const total = totalShares(all);
  const rows = all.slice(0, maxBars).map((shares, cpu) => bar(`CPU ${cpu}`, shares));
  const used = shareNames.filter((each) => total[each] > 0);
  return h(
    'div',
    { class: 'shares' },
    h('h2', {}, 'Where the cycles went'),
    all.length > 1 ? bar('All CPUs', total) : null,
    ...rows,
    all.length > maxBars ? h('p', { class: 'quiet' }, `and ${all.length - maxBars} more CPUs`) : null,
    h(
      'ul',
      { class: 'legend inline' },
      ...used.map((each) =>
        h('li', {}, h('span', { class: `swatch part ${each}`, 'aria-hidden': 'true' }), words[each]),
      ),
    ),
  );
}

function lockRow(lock: LockResult): readonly string[] {
  return [
    lock.id,
    lock.kind,
    grouped(lock.acquisitions),
    shortNumber(lock.meanWaitCycles),
    `${shortNumber(lock.p50WaitCycles)} / ${shortNumber(lock.p99WaitCycles)} / ${shortNumber(lock.maxWaitCycles)}`,
    shortNumber(lock.meanHoldCycles),
    grouped(lock.handoffs),
    lock.jainFairness.toFixed(2),
  ];
}

function lockTable(result: SimulateResult): HTMLElement {
  const head = [
    'Lock',
    'Kind',
    'Acquired',
    'Mean wait',
    'Wait p50 / p99 / max',
    'Mean hold',
    'Hand-offs',
    'Fairness',
  ];
  return table('Locks, in cycles (fairness 1 = all CPUs got it alike)', head, result.locks.map(lockRow));
}

function irqlTable(store: Store, run: Run, result: SimulateResult): HTMLElement | null {
  const profile = store.state.catalogue?.profiles.find((each) => each.id === result.profile);
  if (profile === undefined) return null;
  const lines = irqlCosts(profile, result.perAcquire);
  if (lines.length === 0) return null;
  const rows = lines.map((line) => [
    line.name,
    line.count.toFixed(2),
    `${grouped(line.each.mid)} (${rangeText(line.each.low, line.each.high)})`,
    `${grouped(line.total.mid)} (${rangeText(line.total.low, line.total.high)})`,
    line.source,
  ]);
  const overridden = run.trace.profile.overridden;
  const note = overridden.length === 0 ? '' : ` Set by you: ${overridden.join(', ')}.`;
  return h(
    'div',
    {},
    table(
      `Keeping the IRQL, per acquisition (${profile.name}): middle estimate and range`,
      ['What', 'Times', 'Cycles each', 'Cycles', 'Source'],
      rows,
    ),
    h('p', { class: 'quiet' }, `The range is honest: no published figure settles it.${note}`),
  );
}

/** Makes the panel. */
export function makeCosts(store: Store): Panel {
  const element = h('div', { class: 'panel costs' });
  const update: Panel['update'] = (changes) => {
    const { run } = store.state;
    if (run === null || !(changes.has('run') || changes.has('catalogue') || changes.has('tab'))) return;
    const { result } = run;
    fill(
      element,
      bars(run),
      result === null
        ? h(
            'p',
            { class: 'quiet' },
            'A saved trace carries no figures of its locks: run the scenario to get them.',
          )
        : lockTable(result),
      result === null ? null : irqlTable(store, run, result),
    );
  };
  return { element, update };
}
