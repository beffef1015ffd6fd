/**
 * Cost per acquisition against CPUs and against hold time, several lock kinds at once. Lines differ by colour, dash and mark,
 * and carry their names; the numbers stand in a table below. Nothing is measured until it is asked for.
 */
import type { SweepAxes } from 'irql-lens-server/protocol';
import { fill, h, svg } from '../dom.ts';
import type { Host } from '../host.ts';
import { shortNumber } from '../model/numbers.ts';
import { axisStep, chartWords, seriesOf, type Axis, type Series } from '../model/series.ts';
import type { Store } from '../store.ts';
import { table } from './costs.ts';
import type { Panel } from './tabs.ts';

const width = 460;
const height = 270;
const box = { left: 56, top: 14, right: 84, bottom: 38 };
const defaultKinds = ['ttas', 'ticket', 'queued', 'tas'];

function scaleOf(
  axis: Axis,
  series: readonly Series[],
): {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly top: number;
  readonly xs: readonly number[];
} {
  const xs = [...new Set(series.flatMap((each) => each.points.map((point) => point.x)))].sort(
    (a, b) => a - b,
  );
  const highest = Math.max(1, ...series.flatMap((each) => each.points.map((point) => point.y)));
  const step = axisStep(highest, 5);
  const top = Math.ceil(highest / step) * step;
  // Both axes double from value to value: even distances show them best.
  const log = (value: number) => Math.log2(value + (axis === 'hold' ? 25 : 0));
  const low = log(xs[0] ?? 1);
  const high = Math.max(log(xs.at(-1) ?? 2), low + 0.001);
  return {
    x: (value) => box.left + ((log(value) - low) / (high - low)) * (width - box.left - box.right),
    y: (value) => height - box.bottom - (value / top) * (height - box.top - box.bottom),
    top,
    xs,
  };
}

function mark(index: number, x: number, y: number): SVGElement {
  const shapes = [
    `M${x - 3.5} ${y - 3.5}h7v7h-7z`,
    `M${x} ${y - 4.5}l4.5 8h-9z`,
    `M${x - 4} ${y}a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z`,
    `M${x} ${y - 5}l5 5l-5 5l-5 -5z`,
  ];
  return svg('path', { d: shapes[index % shapes.length] ?? '', class: 'mark' });
}

/** Names at the lines' ends, moved apart where they would lie on each other. */
function labelHeights(series: readonly Series[], y: (value: number) => number): readonly number[] {
  const wanted = series
    .map((each, at) => ({ at, y: y(each.points.at(-1)?.y ?? 0) }))
    .sort((a, b) => a.y - b.y);
  const placed: number[] = [];
  let before = -Infinity;
  for (const one of wanted) {
    before = Math.max(one.y, before + 13);
    placed[one.at] = before;
  }
  return placed;
}

/** Draws one chart. */
function drawChart(axis: Axis, all: readonly Series[], title: string): SVGElement {
  const series = all.filter((each) => each.points.length > 0);
  const scale = scaleOf(axis, series);
  const picture = svg('svg', {
    class: 'chart',
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
    'aria-label': `${title}. ${chartWords(series, axis)}`,
  });
  const step = axisStep(scale.top, 5);
  for (let value = 0; value <= scale.top + step / 2; value += step) {
    const y = scale.y(value);
    picture.append(
      svg('line', { x1: box.left, x2: width - box.right, y1: y, y2: y, class: 'grid' }),
      svg('text', { x: box.left - 6, y: y + 4, class: 'end' }, shortNumber(value)),
    );
  }
  for (const x of scale.xs)
    picture.append(
      svg('text', { x: scale.x(x), y: height - box.bottom + 16, class: 'middle' }, shortNumber(x)),
    );
  picture.append(
    svg(
      'text',
      { x: (box.left + width - box.right) / 2, y: height - 5, class: 'middle quiet' },
      axis === 'cpus' ? 'CPUs' : 'hold, cycles',
    ),
  );
  const heights = labelHeights(series, scale.y);
  series.forEach((each, index) => {
    const line = each.points
      .map((point, at) => `${at === 0 ? 'M' : 'L'}${scale.x(point.x)} ${scale.y(point.y)}`)
      .join('');
    const group = svg('g', { class: `series s${index % 6}` }, svg('path', { d: line, class: 'line' }));
    for (const point of each.points) group.append(mark(index, scale.x(point.x), scale.y(point.y)));
    group.append(svg('text', { x: width - box.right + 8, y: heights[index]! + 4 }, each.name));
    picture.append(group);
  });
  return picture;
}

function numbers(axis: Axis, series: readonly Series[]): HTMLElement {
  const xs = [...new Set(series.flatMap((each) => each.points.map((point) => point.x)))].sort(
    (a, b) => a - b,
  );
  const rows = series.map((each) => [
    each.name,
    ...xs.map((x) => shortNumber(each.points.find((point) => point.x === x)?.y ?? Number.NaN)),
  ]);
  const caption = `Cycles per acquisition by ${axis === 'cpus' ? 'CPUs' : 'hold time in cycles'}`;
  return h(
    'details',
    {},
    h('summary', {}, 'Numbers'),
    table(caption, ['Lock', ...xs.map(shortNumber)], rows),
  );
}

interface Parts {
  readonly store: Store;
  readonly host: Host;
  readonly kinds: HTMLElement;
  readonly chosen: Set<string>;
}

function axesOf(parts: Parts, axis: Axis): SweepAxes {
  const { trace } = parts.store.state.run!;
  const locks = [...parts.chosen];
  if (axis === 'hold') return { locks, holdCycles: [0, 50, 100, 200, 400, 800, 1600, 3200] };
  const cpus = [1, 2, 3, 4, 6, 8, 12, 16].filter((each) => each <= Math.max(16, trace.cpus));
  return { locks, cpus };
}

function fillKinds(parts: Parts): void {
  const kinds = parts.store.state.catalogue?.lockKinds.filter((kind) => kind.replaceable) ?? [];
  for (const kind of defaultKinds) if (kinds.some((each) => each.id === kind)) parts.chosen.add(kind);
  fill(
    parts.kinds,
    ...kinds.map((kind) => {
      const input = h('input', { type: 'checkbox', checked: parts.chosen.has(kind.id) });
      input.addEventListener('change', () =>
        input.checked ? parts.chosen.add(kind.id) : parts.chosen.delete(kind.id),
      );
      return h('label', { class: 'check', title: kind.displayName }, input, kind.id);
    }),
  );
}

function section(parts: Parts, axis: Axis): HTMLElement {
  const { state } = parts.store;
  const title =
    axis === 'cpus' ? 'Cost per acquisition against CPUs' : 'Cost per acquisition against hold time';
  const result = state.sweeps[axis];
  const measure = () => {
    const { run } = state;
    if (run === null || run.scenario === null) return;
    parts.host.send({
      type: 'sweep',
      chart: axis,
      request: { ...run.request, mode: 'simulate' },
      axes: axesOf(parts, axis),
    });
  };
  const button = h(
    'button',
    { type: 'button', disabled: state.run?.scenario == null, onclick: measure },
    result === undefined ? 'Measure' : 'Measure again',
  );
  const head = h('div', { class: 'chartHead' }, h('h2', {}, title), button);
  if (result === undefined) return h('section', { class: 'chartBox' }, head);
  const series = seriesOf(result, axis);
  return h(
    'section',
    { class: 'chartBox' },
    head,
    drawChart(axis, series, title),
    h('p', {}, chartWords(series, axis)),
    numbers(axis, series),
  );
}

/** Makes the panel. */
export function makeCharts(store: Store, host: Host): Panel {
  const kinds = h('div', { class: 'bar', role: 'group', 'aria-label': 'Lock kinds' });
  const parts: Parts = { store, host, kinds, chosen: new Set() };
  const place = h('div', { class: 'charts' });
  const element = h('div', { class: 'panel' }, kinds, place);
  const update: Panel['update'] = (changes) => {
    if (changes.has('catalogue') || (changes.has('run') && kinds.childElementCount === 0)) fillKinds(parts);
    if (!(changes.has('run') || changes.has('sweep') || changes.has('tab') || changes.has('catalogue')))
      return;
    fill(place, section(parts, 'cpus'), section(parts, 'hold'));
  };
  return { element, update };
}
