/**
 * Two runs side by side: the one on the page and a second one with something changed, drawn to the same scale, figures in one table.
 */
import type { RunOverrides, RunRequest, SimulateResult } from 'irql-lens-server/protocol';
import { fill, h } from '../dom.ts';
import { drawLanes } from '../draw/drawLanes.ts';
import { drawHandoffs, drawLocks } from '../draw/drawLocks.ts';
import { makePaint } from '../draw/paint.ts';
import { fitText, setFont, type Pen, type Scene } from '../draw/scene.ts';
import { readTheme } from '../draw/theme.ts';
import type { Host } from '../host.ts';
import { layOut } from '../model/layout.ts';
import { cyclesText, shortNumber } from '../model/numbers.ts';
import type { TimeView } from '../model/timeScale.ts';
import { lockName } from '../model/words.ts';
import type { Run, Store } from '../store.ts';
import { table } from './costs.ts';
import type { Panel } from './tabs.ts';

interface Fields {
  readonly cpus: HTMLInputElement;
  readonly lock: HTMLSelectElement;
  readonly profile: HTMLSelectElement;
}

function requestOf(store: Store, fields: Fields): RunRequest | null {
  const { run } = store.state;
  if (run === null) return null;
  const { overrides } = run.request;
  const cpus = fields.cpus.value === '' ? undefined : Math.round(Number(fields.cpus.value));
  const changed: RunOverrides = {
    ...overrides,
    ...(cpus === undefined ? {} : { cpus }),
    ...(fields.lock.value === '' ? {} : { lock: fields.lock.value }),
    ...(fields.profile.value === '' ? {} : { profile: fields.profile.value }),
  };
  return { ...run.request, overrides: changed };
}

/** What a run is, in a few words. */
function nameOf(run: Run): string {
  const { trace } = run;
  const kinds = [...new Set(trace.locks.map((lock) => lock.kind))].join(', ');
  return `${trace.cpus} ${trace.cpus === 1 ? 'CPU' : 'CPUs'}, ${kinds}, ${trace.profile.id}`;
}

const small = { width: 560, gutter: 70, room: 150 };

/** A run drawn small, over the same stretch of time as the other one. */
function drawSmall(run: Run, view: TimeView): HTMLCanvasElement {
  const canvas = h('canvas', {
    role: 'img',
    'aria-label': `The run of ${nameOf(run)}: ${run.trace.outcome}`,
  });
  const pen = canvas.getContext('2d');
  if (pen === null) return canvas;
  const layout = layOut(run.trace, run.spans, small.room);
  const ratio = devicePixelRatio;
  const height = Math.ceil(layout.height);
  canvas.width = Math.round(small.width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.setProperty('width', `${small.width}px`);
  const scene: Scene = {
    trace: run.trace,
    spans: run.spans,
    layout,
    view,
    width: small.width - small.gutter,
    height,
    scroll: 0,
    ratio,
    paint: makePaint(readTheme(), pen, ratio),
    marks: [],
  };
  pen.scale(ratio, ratio);
  drawNames(pen, scene);
  pen.translate(small.gutter, 0);
  pen.beginPath();
  pen.rect(0, 0, scene.width, height);
  pen.clip();
  drawLanes(pen, scene);
  drawLocks(pen, scene);
  drawHandoffs(pen, scene);
  return canvas;
}

function drawNames(pen: Pen, scene: Scene): void {
  setFont(pen, scene, 11, 600);
  pen.fillStyle = scene.paint.theme.foreground;
  pen.textBaseline = 'middle';
  for (const box of scene.layout.lanes) pen.fillText(`CPU ${box.cpu}`, 0, box.top + box.height / 2);
  for (const box of scene.layout.locks)
    fitText(pen, lockName(scene.trace, box.lock), 0, box.top + box.height / 2, small.gutter - 8);
}

type Figure = readonly [name: string, get: (result: SimulateResult) => number];

function ofLocks(result: SimulateResult, get: (lock: SimulateResult['locks'][number]) => number): number {
  const sum = result.locks.reduce((all, lock) => all + lock.acquisitions, 0);
  return sum === 0 ? 0 : result.locks.reduce((all, lock) => all + get(lock) * lock.acquisitions, 0) / sum;
}

const figures: readonly Figure[] = [
  ['Cycles', (result) => result.cycles],
  ['Acquisitions', (result) => result.locks.reduce((sum, lock) => sum + lock.acquisitions, 0)],
  ['Cycles per acquisition', (result) => result.perAcquire.meanCycles],
  ['Mean wait', (result) => ofLocks(result, (lock) => lock.meanWaitCycles)],
  ['p99 wait', (result) => Math.max(0, ...result.locks.map((lock) => lock.p99WaitCycles))],
  ['Mean hold', (result) => ofLocks(result, (lock) => lock.meanHoldCycles)],
  ['Fairness (1 = alike)', (result) => Math.min(1, ...result.locks.map((lock) => lock.jainFairness))],
  ['IRQL reads per acquisition', (result) => result.perAcquire.irqlReads],
  ['IRQL writes per acquisition', (result) => result.perAcquire.irqlWrites],
];

function change(before: number, after: number): string {
  if (before === after) return '=';
  if (before === 0) return '';
  const share = after / before;
  return share >= 2 || share <= 0.5
    ? `\u00d7 ${share.toFixed(share < 0.1 ? 3 : 2)}`
    : `${share > 1 ? '+' : '\u2212'}${Math.round(Math.abs(share - 1) * 100)} %`;
}

function figureTable(a: Run, b: Run): HTMLElement {
  const rows: string[][] = [
    ['Outcome', a.trace.outcome, b.trace.outcome, a.trace.outcome === b.trace.outcome ? '=' : 'differs'],
  ];
  if (a.result !== null && b.result !== null) {
    for (const [name, get] of figures) {
      const [before, after] = [get(a.result), get(b.result)];
      const show = (value: number) =>
        Math.abs(value) < 100 ? value.toFixed(2).replace(/\.00$/, '') : shortNumber(value);
      rows.push([name, show(before), show(after), change(before, after)]);
    }
  }
  return table('Two runs', ['', 'A', 'B', 'B against A'], rows);
}

function pictures(a: Run, b: Run, view: TimeView): HTMLElement {
  const one = (letter: string, run: Run) =>
    h(
      'figure',
      {},
      h(
        'figcaption',
        {},
        `${letter}: ${nameOf(run)}, ${run.trace.outcome} after ${cyclesText(run.trace.endTime)} cycles`,
      ),
      drawSmall(run, view),
    );
  const from = cyclesText(Math.max(0, view.start));
  const scale = `Both over the stretch that the timeline shows: ${from} to ${cyclesText(view.end)} cycles.`;
  return h('div', { class: 'pair' }, one('A', a), one('B', b), h('p', { class: 'quiet' }, scale));
}

/** Makes the panel. */
export function makeCompare(store: Store, host: Host): Panel {
  const fields: Fields = {
    cpus: h('input', {
      type: 'number',
      min: 1,
      max: 256,
      placeholder: 'same',
      'aria-label': 'CPUs of the second run',
    }),
    lock: h('select', { 'aria-label': 'Lock kind of the second run' }),
    profile: h('select', { 'aria-label': 'Profile of the second run' }),
  };
  const run = () => {
    const request = requestOf(store, fields);
    if (request !== null) host.send({ type: 'run', slot: 'b', request });
  };
  const button = h('button', { type: 'button', class: 'primary', onclick: run }, 'Run B');
  const place = h('div', { class: 'comparison' });
  const label = (text: string, field: HTMLElement) => h('label', {}, h('span', {}, text), field);
  const bar = h(
    'div',
    { class: 'controls' },
    h('span', {}, 'A is the run above. B differs by'),
    label('CPUs', fields.cpus),
    label('Lock', fields.lock),
    label('Profile', fields.profile),
    button,
  );
  const element = h('div', { class: 'panel' }, bar, place);
  const update: Panel['update'] = (changes) => {
    const { state } = store;
    if (changes.has('catalogue') || changes.has('run')) {
      const kinds = state.catalogue?.lockKinds.filter((kind) => kind.replaceable) ?? [];
      const [lock, profile] = [fields.lock.value, fields.profile.value];
      fill(
        fields.lock,
        h('option', { value: '' }, 'same'),
        ...kinds.map((kind) => h('option', { value: kind.id }, kind.id)),
      );
      fill(
        fields.profile,
        h('option', { value: '' }, 'same'),
        ...(state.catalogue?.profiles ?? []).map((each) => h('option', { value: each.id }, each.id)),
      );
      fields.lock.value = lock;
      fields.profile.value = profile;
      button.disabled = state.run?.scenario == null;
    }
    if (!(changes.has('run') || changes.has('theme') || changes.has('view') || changes.has('tab'))) return;
    const { run: a, other: b } = state;
    if (a === null || b === null)
      return fill(place, h('p', { class: 'quiet' }, 'Choose what is different and run B.'));
    fill(place, pictures(a, b, state.view), figureTable(a, b));
  };
  return { element, update };
}
