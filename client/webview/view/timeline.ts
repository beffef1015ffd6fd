/**
 * The timeline: ruler, lanes and minimap on canvases, the pointer's gestures, and what is under the pointer in words.
 * The canvases are redrawn only when what they show has changed; the cursor has one of its own, so that playing costs little.
 */
import { h, setText } from '../dom.ts';
import { drawLaneLabels, drawLanes } from '../draw/drawLanes.ts';
import { drawDeadline, drawDeferred, drawHandoffs, drawLockLabels, drawLocks } from '../draw/drawLocks.ts';
import { drawMinimap, drawRuler, markTicks, minimapHeight, rulerHeight } from '../draw/drawRuler.ts';
import { makePaint, type Paint } from '../draw/paint.ts';
import type { Scene } from '../draw/scene.ts';
import { readTheme } from '../draw/theme.ts';
import { rowsAt } from '../model/fold.ts';
import { hitTest, layOut, type Layout } from '../model/layout.ts';
import { cyclesText, timeText } from '../model/numbers.ts';
import { panView, toPixel, toTick, wholeView, zoomView } from '../model/timeScale.ts';
import { cpuWords, frameWords, irqlName, lockName, lockWords } from '../model/words.ts';
import { frameAtCursor, setCursor, setView, type Change, type Run, type Store } from '../store.ts';

const gutter = 118;

interface Sheet {
  readonly canvas: HTMLCanvasElement;
  readonly pen: CanvasRenderingContext2D;
}

function makeSheet(name: string): Sheet {
  const canvas = h('canvas', { class: name, 'aria-hidden': 'true' });
  const pen = canvas.getContext('2d');
  if (pen === null) throw new Error('This browser has no canvas.');
  return { canvas, pen };
}

function sizeSheet(sheet: Sheet, width: number, height: number, ratio: number): void {
  const pixelWidth = Math.max(1, Math.round(width * ratio));
  const pixelHeight = Math.max(1, Math.round(height * ratio));
  if (sheet.canvas.width !== pixelWidth) sheet.canvas.width = pixelWidth;
  if (sheet.canvas.height !== pixelHeight) sheet.canvas.height = pixelHeight;
  sheet.canvas.style.setProperty('width', `${width}px`);
  sheet.canvas.style.setProperty('height', `${height}px`);
}

/** Clears a sheet and moves its origin; drawing then happens in CSS pixels. */
function begin(sheet: Sheet, ratio: number, left: number, top: number): CanvasRenderingContext2D {
  const { pen, canvas } = sheet;
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.setTransform(ratio, 0, 0, ratio, left * ratio, top * ratio);
  return pen;
}

export interface Timeline {
  readonly element: HTMLElement;
  readonly update: (changes: ReadonlySet<Change>) => void;
}

/** Everything that the parts of this view share. */
interface Parts {
  readonly store: Store;
  readonly element: HTMLElement;
  readonly scroller: HTMLElement;
  readonly space: HTMLElement;
  readonly tip: HTMLElement;
  readonly ruler: Sheet;
  readonly plot: Sheet;
  /** Upright lines over the lanes: elements, so that moving one repaints nothing. */
  readonly cursor: HTMLElement;
  readonly pointer: HTMLElement;
  readonly map: Sheet;
  readonly mapBox: HTMLElement;
  readonly mapWindow: HTMLElement;
  readonly mapCursor: HTMLElement;
  paint: Paint;
  layout: Layout;
  marks: readonly number[];
  laidOut: Run | null;
  width: number;
  height: number;
  /** How far the lanes are scrolled: asked once per scroll, because asking makes the page lay itself out. */
  scroll: number;
  hover: number | null;
}

function sceneOf(parts: Parts): Scene | null {
  const { run, view } = parts.store.state;
  if (run === null || parts.width < 20) return null;
  return {
    trace: run.trace,
    spans: run.spans,
    layout: parts.layout,
    view,
    width: parts.width - gutter,
    height: parts.height,
    scroll: parts.scroll,
    ratio: devicePixelRatio,
    paint: parts.paint,
    marks: parts.marks,
  };
}

function measure(parts: Parts): void {
  const { run } = parts.store.state;
  if (run === null) return;
  parts.width = Math.floor(parts.scroller.clientWidth);
  const share = run.trace.cpus > 8 ? 0.58 : 0.42;
  const room = Math.min(Math.max(160, innerHeight * share), 760);
  parts.layout = layOut(run.trace, run.spans, room);
  if (parts.laidOut !== run) parts.marks = markTicks(run);
  parts.laidOut = run;
  // Few lanes need no scroll bar and leave their room to the panels below.
  parts.height = Math.round(Math.min(room, parts.layout.height + 2));
  parts.scroller.style.setProperty('height', `${parts.height}px`);
  for (const line of [parts.cursor, parts.pointer]) line.style.setProperty('height', `${parts.height}px`);
  parts.space.style.setProperty('height', `${Math.max(parts.layout.height, 1)}px`);
  const ratio = devicePixelRatio;
  sizeSheet(parts.ruler, parts.width, rulerHeight, ratio);
  sizeSheet(parts.plot, parts.width, parts.height, ratio);
  sizeSheet(parts.map, parts.width - gutter, minimapHeight, ratio);
  parts.scroll = parts.scroller.scrollTop;
}

function drawPlot(parts: Parts, scene: Scene): void {
  const pen = begin(parts.plot, scene.ratio, gutter, -scene.scroll);
  pen.save();
  pen.beginPath();
  pen.rect(0, scene.scroll, scene.width, scene.height);
  pen.clip();
  drawLanes(pen, scene);
  drawLocks(pen, scene);
  drawDeferred(pen, scene);
  drawHandoffs(pen, scene);
  drawDeadline(pen, scene);
  pen.restore();
  pen.translate(-gutter, 0);
  drawLaneLabels(pen, scene, gutter);
  drawLockLabels(pen, scene, gutter);
}

/** Moves an upright line to a tick, or hides it where the tick is out of sight. */
function placeLine(line: HTMLElement, scene: Scene, tick: number | null, left: number): void {
  const at = tick === null ? -1 : toPixel(scene.view, scene.width, tick);
  const isShown = at >= 0 && at <= scene.width;
  line.hidden = !isShown;
  if (isShown) line.style.setProperty('transform', `translateX(${Math.round(left + at)}px)`);
}

function placeLines(parts: Parts, scene: Scene): void {
  placeLine(parts.cursor, scene, parts.store.state.cursor, gutter - 1);
  placeLine(parts.pointer, scene, parts.hover, gutter);
  const whole = { ...scene, view: wholeView(scene.spans.endTime) };
  placeLine(parts.mapCursor, whole, parts.store.state.cursor, 0);
  const left = Math.max(0, toPixel(whole.view, scene.width, scene.view.start));
  const right = Math.min(scene.width, toPixel(whole.view, scene.width, scene.view.end));
  parts.mapWindow.style.setProperty('transform', `translateX(${left}px)`);
  parts.mapWindow.style.setProperty('width', `${Math.max(right - left, 3)}px`);
}

function drawTop(parts: Parts, scene: Scene): void {
  drawRuler(begin(parts.ruler, scene.ratio, gutter, 0), scene, parts.store.state.bookmarks);
}

function describe(parts: Parts): void {
  const { state } = parts.store;
  const frame = frameAtCursor(state);
  if (state.run === null || frame === null) return;
  const { scroller } = parts;
  scroller.setAttribute('aria-valuemax', String(Math.round(state.run.spans.endTime / 10)));
  scroller.setAttribute('aria-valuenow', String(Math.round(state.cursor / 10)));
  if (state.isPlaying) return;
  const words = `${cyclesText(state.cursor)} cycles: ${frameWords(state.run.trace, frame)}`;
  scroller.setAttribute('aria-valuetext', words);
}

/** What is under the pointer, in words. */
function tipWords(parts: Parts, tick: number, y: number): readonly string[] {
  const { run } = parts.store.state;
  const hit = hitTest(parts.layout, y);
  if (run === null || hit === null || tick < 0 || tick > run.spans.endTime) return [];
  const { trace } = run;
  const frame = run.folder.at(rowsAt(trace.events.time, tick) - 1);
  const when = `${cyclesText(tick)} cycles (${timeText(tick, trace.profile.clockGHz)})`;
  if ('lock' in hit)
    return [
      `${lockName(trace, hit.lock)} \u00b7 ${trace.locks[hit.lock]!.displayName}`,
      lockWords(trace, frame, hit.lock),
      when,
    ];
  const cpu = frame.cpus[hit.cpu]!;
  const lines = [`CPU ${hit.cpu} at ${irqlName(trace, cpu.irql)}`, cpuWords(trace, frame, hit.cpu)];
  if (cpu.dpcQueue.length > 0)
    lines.push(`DPC queue: ${cpu.dpcQueue.map((dpc) => trace.contexts[dpc]?.name).join(', ')}`);
  if (cpu.pending.length > 0)
    lines.push(`pending: ${cpu.pending.map((isr) => trace.contexts[isr]?.name).join(', ')}`);
  return [...lines, when];
}

function showTip(parts: Parts, event: PointerEvent): void {
  const box = parts.scroller.getBoundingClientRect();
  const left = event.clientX - box.left;
  const { tip, store } = parts;
  parts.hover = left < gutter ? null : toTick(store.state.view, parts.width - gutter, left - gutter);
  const words =
    parts.hover === null
      ? []
      : tipWords(parts, parts.hover, event.clientY - box.top + parts.scroller.scrollTop);
  tip.hidden = words.length === 0;
  while (tip.children.length < words.length) tip.append(h('div'));
  [...tip.children].forEach((line, at) => setText(line, words[at] ?? ''));
  const own = parts.element.getBoundingClientRect();
  const isRight = left > parts.width - 280;
  tip.style.setProperty('left', `${event.clientX - own.left + (isRight ? -12 : 14)}px`);
  tip.style.setProperty('top', `${event.clientY - own.top + 16}px`);
  tip.classList.toggle('leftward', isRight);
}

function tickUnder(parts: Parts, event: MouseEvent): number {
  const box = parts.scroller.getBoundingClientRect();
  return toTick(parts.store.state.view, parts.width - gutter, event.clientX - box.left - gutter);
}

/** Drag pans, a click moves the cursor. */
function listenToPlot(parts: Parts): void {
  const { scroller, store } = parts;
  let from: { readonly x: number; readonly start: number; hasMoved: boolean } | null = null;
  scroller.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    from = { x: event.clientX, start: store.state.view.start, hasMoved: false };
    scroller.setPointerCapture(event.pointerId);
  });
  scroller.addEventListener('pointermove', (event) => {
    const { run, view } = store.state;
    if (run === null) return;
    if (from !== null && Math.abs(event.clientX - from.x) > 3) from.hasMoved = true;
    if (from?.hasMoved === true) {
      const span = view.end - view.start;
      const moved = ((event.clientX - from.x) / (parts.width - gutter)) * span;
      setView(store, panView({ start: from.start, end: from.start + span }, run.spans.endTime, -moved));
      return;
    }
    showTip(parts, event);
    store.changed('cursor');
  });
  scroller.addEventListener('pointerup', (event) => {
    if (from !== null && !from.hasMoved) setCursor(store, tickUnder(parts, event));
    from = null;
  });
  scroller.addEventListener('pointerleave', () => {
    parts.hover = null;
    parts.tip.hidden = true;
    store.changed('cursor');
  });
}

/** Ctrl+wheel and pinch zoom at the pointer; sideways scrolling pans; upright scrolling is the lanes' own. */
function listenToWheel(parts: Parts): void {
  const { store } = parts;
  parts.element.addEventListener(
    'wheel',
    (event) => {
      const { run, view } = store.state;
      if (run === null) return;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        setView(
          store,
          zoomView(view, run.spans.endTime, Math.exp(event.deltaY * 0.0025), tickUnder(parts, event)),
        );
        return;
      }
      const sideways = event.shiftKey ? event.deltaY + event.deltaX : event.deltaX;
      if (sideways === 0) return;
      event.preventDefault();
      const ticks = (sideways / (parts.width - gutter)) * (view.end - view.start);
      setView(store, panView(view, run.spans.endTime, ticks));
    },
    { passive: false },
  );
}

/** Dragging on the ruler scrubs, dragging on the minimap moves the window. */
function listenToStrip(parts: Parts, strip: HTMLElement, move: (event: PointerEvent) => void): void {
  let isDown = false;
  strip.addEventListener('pointerdown', (event) => {
    isDown = true;
    strip.setPointerCapture(event.pointerId);
    move(event);
    event.preventDefault();
    parts.scroller.focus();
  });
  strip.addEventListener('pointermove', (event) => {
    if (isDown) move(event);
  });
  strip.addEventListener('pointerup', () => (isDown = false));
}

function moveWindow(parts: Parts, event: PointerEvent): void {
  const { run, view } = parts.store.state;
  if (run === null) return;
  const box = parts.map.canvas.getBoundingClientRect();
  const tick = toTick(wholeView(run.spans.endTime), box.width, event.clientX - box.left);
  setView(parts.store, panView(view, run.spans.endTime, tick - (view.start + view.end) / 2));
}

function makeParts(store: Store): Parts {
  const plot = makeSheet('plot');
  const ruler = makeSheet('ruler');
  const map = makeSheet('map');
  const space = h('div', { class: 'space' });
  const scroller = h('div', {
    class: 'lanes',
    tabindex: 0,
    role: 'slider',
    'aria-label':
      'Time cursor. Arrow keys step, Shift+arrows jump to the next acquisition, contention or interrupt.',
    'aria-valuemin': 0,
  });
  const cursor = h('div', { class: 'upright cursor' });
  const pointer = h('div', { class: 'upright pointer', hidden: true });
  scroller.append(h('div', { class: 'sheets' }, plot.canvas, pointer, cursor), space);
  const mapCursor = h('div', { class: 'upright cursor' });
  const mapWindow = h('div', { class: 'window' });
  const tip = h('div', { class: 'tip', hidden: true, 'aria-hidden': 'true' });
  const mapBox = h(
    'div',
    { class: 'minimap', title: 'The whole run: drag to move the window' },
    map.canvas,
    mapWindow,
    mapCursor,
  );
  const element = h(
    'section',
    { class: 'timeline', 'aria-label': 'Timeline' },
    ruler.canvas,
    scroller,
    mapBox,
    tip,
  );
  const theme = readTheme();
  const layout: Layout = { lanes: [], locks: [], levels: [], levelShare: new Float64Array(64), height: 0 };
  const paint = makePaint(theme, plot.pen, devicePixelRatio);
  return {
    store,
    element,
    scroller,
    space,
    tip,
    ruler,
    plot,
    cursor,
    pointer,
    map,
    mapBox,
    mapWindow,
    mapCursor,
    paint,
    layout,
    marks: [],
    laidOut: null,
    width: 0,
    height: 0,
    scroll: 0,
    hover: null,
  };
}

/** Makes the timeline. */
export function makeTimeline(store: Store): Timeline {
  const parts = makeParts(store);
  listenToPlot(parts);
  listenToWheel(parts);
  listenToStrip(parts, parts.ruler.canvas, (event) => setCursor(store, tickUnder(parts, event)));
  listenToStrip(parts, parts.mapBox, (event) => moveWindow(parts, event));
  parts.scroller.addEventListener('scroll', () => {
    parts.scroll = parts.scroller.scrollTop;
    store.changed('view');
  });
  new ResizeObserver(() => store.changed('size')).observe(parts.scroller);
  window.addEventListener('resize', () => store.changed('size'));
  const update = (changes: ReadonlySet<Change>): void => {
    const isNew = changes.has('run') || changes.has('size') || changes.has('theme');
    if (changes.has('theme')) parts.paint = makePaint(readTheme(), parts.plot.pen, devicePixelRatio);
    if (isNew) measure(parts);
    const scene = sceneOf(parts);
    if (scene === null) return;
    if (isNew) drawMinimap(begin(parts.map, scene.ratio, 0, 0), scene);
    if (isNew || changes.has('view')) drawPlot(parts, scene);
    if (isNew || changes.has('view') || changes.has('bookmarks')) drawTop(parts, scene);
    if (isNew || changes.has('view') || changes.has('cursor')) placeLines(parts, scene);
    if (isNew || changes.has('cursor')) describe(parts);
  };
  return { element: parts.element, update };
}
