/**
 * The deadlock drawn as its cycle: contexts as boxes, locks as rounds, arrows for "waits for" and "owned by"; and the same in words.
 * A context that cannot run because another lies on top of it is joined to it by a third kind of arrow.
 */
import type { PackedTrace } from 'irql-lens-server/protocol';
import { fill, h, svg } from '../dom.ts';
import { contextName, kindWord, lockName } from '../model/words.ts';
import { deadlockCycle, type WaitEdge } from '../model/waitGraph.ts';
import type { Change, Store } from '../store.ts';

interface Station {
  readonly kind: 'context' | 'lock';
  readonly title: string;
  readonly detail: string;
  /** What the arrow to the next station says. */
  readonly then: string;
  readonly paint: string;
}

function contextStation(trace: PackedTrace, context: number, then: string): Station {
  const found = trace.contexts[context];
  const paint =
    found?.kind === 'isr' ? 'isr' : found?.kind === 'dpc' || found?.kind === 'threadedDpc' ? 'dpc' : 'thread';
  return {
    kind: 'context',
    title: found?.name ?? 'nobody',
    detail: `${kindWord(found?.kind ?? 'thread')}, CPU ${found?.cpu ?? '?'}`,
    then,
    paint,
  };
}

/** The stations around the cycle, in order. */
function stationsOf(trace: PackedTrace, edges: readonly WaitEdge[]): readonly Station[] {
  const stations: Station[] = [];
  edges.forEach((edge, at) => {
    stations.push(contextStation(trace, edge.context, 'waits for'));
    stations.push({
      kind: 'lock',
      title: lockName(trace, edge.lock),
      detail: 'lock',
      then: 'owned by',
      paint: 'lock',
    });
    const next = edges[(at + 1) % edges.length]!;
    // The owner is not the one that waits next: it lies interrupted below it and must have the CPU first.
    if (edge.owner !== next.context) stations.push(contextStation(trace, edge.owner, 'cannot run before'));
  });
  return stations;
}

const width = 360;
const boxWidth = 128;
const boxHeight = 40;
/** Letters of the bold font are about so wide; a box grows with its text up to a limit. */
const letterWidth = 7;
const longest = 24;

/** Half of the width of a station's box. */
function halfWidthOf({ kind, title }: Station): number {
  const needed = (Math.min(title.length, longest) * letterWidth) / 2 + 10;
  return Math.min(Math.max(needed, kind === 'lock' ? 46 : boxWidth / 2), 90);
}

/** Stations stand around an ellipse; those at the sides reach to the edge, however wide they are. */
function place(
  station: Station,
  at: number,
  of: number,
  height: number,
): { readonly x: number; readonly y: number } {
  const angle = -Math.PI / 2 + (at / of) * Math.PI * 2;
  const side = Math.cos(angle);
  const half = halfWidthOf(station) + 2;
  return {
    x: Math.abs(side) < 0.2 ? width / 2 : side < 0 ? half : width - half,
    y: height / 2 + Math.sin(angle) * (height / 2 - boxHeight / 2 - 4),
  };
}

/** Where a line from the middle of a box leaves it. */
function edgeOf(
  from: { x: number; y: number },
  to: { x: number; y: number },
  station: Station,
): { x: number; y: number } {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const halfWidth = halfWidthOf(station) + 3;
  const halfHeight = boxHeight / 2 + 3;
  const scale = Math.min(halfWidth / Math.max(Math.abs(dx), 0.01), halfHeight / Math.max(Math.abs(dy), 0.01));
  return { x: from.x + dx * scale, y: from.y + dy * scale };
}

function drawStation(station: Station, at: { x: number; y: number }): SVGElement {
  const isLock = station.kind === 'lock';
  const half = halfWidthOf(station);
  const { title } = station;
  const text = title.length > longest ? `${title.slice(0, longest - 1)}\u2026` : title;
  return svg(
    'g',
    { class: `station ${station.paint}` },
    svg('rect', {
      x: at.x - half,
      y: at.y - boxHeight / 2,
      width: half * 2,
      height: boxHeight,
      rx: isLock ? boxHeight / 2 : 3,
    }),
    svg('text', { x: at.x, y: at.y - 2, class: 'strong' }, text),
    svg('text', { x: at.x, y: at.y + 13 }, station.detail),
  );
}

function drawCycle(trace: PackedTrace, edges: readonly WaitEdge[]): SVGElement {
  const stations = stationsOf(trace, edges);
  const height = Math.max(190, 100 + stations.length * 44);
  const places = stations.map((station, at) => place(station, at, stations.length, height));
  const picture = svg('svg', {
    class: 'cycle',
    viewBox: `0 0 ${width} ${height}`,
    role: 'img',
    'aria-label': 'Who waits for whom; the words are below',
  });
  picture.append(
    svg(
      'defs',
      {},
      svg(
        'marker',
        { id: 'tip', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' },
        svg('path', { d: 'M0 0L8 4L0 8z' }),
      ),
    ),
  );
  stations.forEach((station, at) => {
    const next = (at + 1) % stations.length;
    const from = edgeOf(places[at]!, places[next]!, station);
    const to = edgeOf(places[next]!, places[at]!, stations[next]!);
    picture.append(
      svg('line', {
        x1: from.x,
        y1: from.y,
        x2: to.x,
        y2: to.y,
        class: station.then.replace(/ /g, ''),
        'marker-end': 'url(#tip)',
      }),
      svg('text', { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 - 4, class: 'label' }, station.then),
    );
  });
  stations.forEach((station, at) => picture.append(drawStation(station, places[at]!)));
  return picture;
}

function inWords(trace: PackedTrace, edges: readonly WaitEdge[]): readonly HTMLElement[] {
  return edges.map((edge) => {
    const owner = `${contextName(trace, edge.owner)} on CPU ${trace.contexts[edge.owner]?.cpu ?? '?'}`;
    const isBelow = trace.contexts[edge.owner]?.cpu === edge.cpu && edge.owner !== edge.context;
    const tail = isBelow ? ', which it has interrupted' : edge.owner === edge.context ? ': itself' : '';
    return h(
      'li',
      {},
      `CPU ${edge.cpu}: ${contextName(trace, edge.context)} waits for ${lockName(trace, edge.lock)}, owned by ${owner}${tail}.`,
    );
  });
}

/** Makes the panel; it is hidden while the run has no deadlock. */
export function makeDeadlock(store: Store): {
  element: HTMLElement;
  update: (changes: ReadonlySet<Change>) => void;
} {
  const element = h('section', { class: 'deadlock', 'aria-label': 'Deadlock' });
  const update = (changes: ReadonlySet<Change>) => {
    const { run } = store.state;
    if (!changes.has('run') || run === null) return;
    const { ring, others } = deadlockCycle(run.trace);
    element.hidden = ring.length === 0;
    if (ring.length === 0) return;
    fill(
      element,
      h('h2', {}, 'Who waits for whom'),
      ring.length <= 6 ? drawCycle(run.trace, ring) : null,
      h('ol', { class: 'words' }, ...inWords(run.trace, ring)),
      others.length > 0 ? h('h3', {}, 'Stuck behind it') : null,
      others.length > 0 ? h('ul', { class: 'words' }, ...inWords(run.trace, others)) : null,
    );
  };
  return { element, update };
}
