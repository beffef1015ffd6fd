/**
 * The lock strips (who owns each lock, how many wait) and the arrows by which a lock passes from one CPU to another.
 * Also what is deferred: interrupts and DPCs that wait for the IRQL to drop.
 */
import { levelY, type LockBox } from '../model/layout.ts';
import { type Handoffs, type LockSpans } from '../model/spans.ts';
import { contextName, lockName } from '../model/words.ts';
import { isDense } from './drawLanes.ts';
import { putRaster, rasterLock, takeRaster } from './rasterRows.ts';
import { fitText, setFont, visibleRows, x, type Pen, type Scene } from './scene.ts';
import { rgbOf } from './theme.ts';

function ownerText(scene: Scene, context: number, owners: number): string {
  const found = scene.trace.contexts[context];
  if (owners > 1) return `${owners} share it`;
  return found === undefined ? '' : `CPU ${found.cpu}, ${contextName(scene.trace, context)}`;
}

function drawOwner(
  pen: Pen,
  scene: Scene,
  box: LockBox,
  spans: LockSpans,
  row: number,
  left: number,
  right: number,
): void {
  const waiters = spans.waiters[row]!;
  const band = Math.min(waiters, 3) * 3;
  if (spans.owners[row]! > 0) {
    pen.fillStyle = scene.paint.lockFill;
    pen.fillRect(left, box.top + 3, right - left, box.height - 6);
    pen.fillStyle = scene.paint.lockLine;
    pen.fillRect(left, box.top + 3, Math.min(2, right - left), box.height - 6);
  }
  if (waiters > 0 && scene.paint.spin !== null) {
    pen.fillStyle = scene.paint.spin;
    pen.fillRect(left, box.top + box.height - 3 - band, right - left, band);
    pen.fillStyle = scene.paint.theme.spin;
    pen.fillRect(left, box.top + box.height - 4, right - left, 1);
  }
}

function drawOwnerLabel(
  pen: Pen,
  scene: Scene,
  box: LockBox,
  spans: LockSpans,
  row: number,
  left: number,
  right: number,
): void {
  const waiters = spans.waiters[row]!;
  const wait = waiters === 0 ? '' : ` \u00b7 ${waiters} ${waiters === 1 ? 'waits' : 'wait'}`;
  const text = `${ownerText(scene, spans.owner[row]!, spans.owners[row]!)}${wait}`.replace(/^ \u00b7 /, '');
  if (text === '') return;
  const from = Math.max(left, 0) + 6;
  setFont(pen, scene, 11);
  pen.fillStyle = scene.paint.theme.foreground;
  fitText(pen, text, from, box.top + (box.height > 22 ? 15 : 13), Math.min(right, scene.width) - from - 4);
}

function drawStrip(pen: Pen, scene: Scene, box: LockBox): void {
  const spans = scene.spans.locks[box.lock]!;
  const rows = visibleRows(scene, spans.start, spans.length);
  pen.strokeStyle = scene.paint.theme.grid;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(0, box.top + box.height - 2.5);
  pen.lineTo(scene.width, box.top + box.height - 2.5);
  pen.stroke();
  if (isDense(scene, rows[1] - rows[0])) return drawStripPixels(pen, scene, box, spans);
  const edge = (row: number) => x(scene, row < spans.length ? spans.start[row]! : scene.spans.endTime);
  for (let row = rows[0]; row <= rows[1]; row++)
    drawOwner(pen, scene, box, spans, row, edge(row), Math.max(edge(row + 1), edge(row) + 1));
  pen.textBaseline = 'alphabetic';
  for (let row = rows[0]; row <= rows[1]; row++)
    drawOwnerLabel(pen, scene, box, spans, row, edge(row), edge(row + 1));
}

function drawStripPixels(pen: Pen, scene: Scene, box: LockBox, spans: LockSpans): void {
  const height = Math.max(1, Math.round((box.height - 6) * scene.ratio));
  const raster = takeRaster(Math.max(1, Math.round(scene.width * scene.ratio)), height);
  rasterLock(scene, spans, raster, 0, height, rgbOf(scene.paint.lockLine));
  putRaster(pen, box.top + 3, scene.width, box.height - 6);
}

/** Draws every lock's strip. */
export function drawLocks(pen: Pen, scene: Scene): void {
  for (const box of scene.layout.locks) {
    if (box.top + box.height < scene.scroll || box.top > scene.scroll + scene.height) continue;
    drawStrip(pen, scene, box);
  }
}

/** The names left of the strips. */
export function drawLockLabels(pen: Pen, scene: Scene, gutter: number): void {
  const { theme } = scene.paint;
  for (const box of scene.layout.locks) {
    const lock = scene.trace.locks[box.lock]!;
    pen.textBaseline = 'middle';
    setFont(pen, scene, 12, 600);
    pen.fillStyle = theme.foreground;
    const middle = box.top + box.height / 2;
    const name = lockName(scene.trace, box.lock);
    fitText(pen, name, 10, middle, gutter - 14);
    const used = Math.min(pen.measureText(name).width, gutter - 14);
    if (gutter - used < 50) continue;
    setFont(pen, scene, 10);
    pen.fillStyle = theme.muted;
    fitText(pen, lock.kind, 18 + used, middle, gutter - used - 26);
  }
}

const maxArrows = 36;

function drawArrow(pen: Pen, fromX: number, fromY: number, toX: number, toY: number): void {
  const bend = (toX - fromX) / 2 + 6;
  pen.beginPath();
  pen.moveTo(fromX, fromY);
  pen.bezierCurveTo(fromX + bend, fromY, toX - bend, toY, toX - 1, toY);
  pen.stroke();
  pen.beginPath();
  pen.moveTo(toX, toY);
  pen.lineTo(toX - 6, toY - 3.5);
  pen.lineTo(toX - 6, toY + 3.5);
  pen.closePath();
  pen.fill();
}

function drawHandoffsOf(pen: Pen, scene: Scene, handoffs: Handoffs): void {
  const [first, last] = visibleRows(scene, handoffs.acquiredAt, handoffs.length);
  if (last - first > maxArrows) return;
  for (let row = first; row <= last; row++) {
    const from = scene.layout.lanes[handoffs.fromCpu[row]!];
    const to = scene.layout.lanes[handoffs.toCpu[row]!];
    if (from === undefined || to === undefined || from === to) continue;
    const time = handoffs.acquiredAt[row]!;
    if (time < scene.view.start || handoffs.releasedAt[row]! > scene.view.end) continue;
    const isDown = to.top > from.top;
    const fromY = isDown ? from.top + from.height - 6 : levelY(scene.layout, from, 2) + 6;
    const toY = isDown ? levelY(scene.layout, to, 2) + 6 : to.top + to.height - 8;
    drawArrow(pen, x(scene, handoffs.releasedAt[row]!), fromY, x(scene, time), toY);
  }
}

/** An arrow from each release to the CPU that the lock passes to; left out where they would be a tangle. */
export function drawHandoffs(pen: Pen, scene: Scene): void {
  pen.strokeStyle = scene.paint.theme.foreground;
  pen.fillStyle = scene.paint.theme.foreground;
  pen.lineWidth = 1.25;
  for (const handoffs of scene.spans.handoffs) if (handoffs.length > 0) drawHandoffsOf(pen, scene, handoffs);
}

const maxDeferred = 150;

/** A dashed bracket at the level that a deferred DPC or interrupt wants, from its request until it runs. */
export function drawDeferred(pen: Pen, scene: Scene): void {
  const { deferred } = scene.spans;
  const { start, end } = scene.view;
  let first = spanAtStart(deferred, start);
  // Long waits may begin before the view: a look back over a bounded number of rows.
  first = Math.max(0, first - 200);
  const shown = [];
  for (let at = first; at < deferred.length && deferred[at]!.start <= end; at++) {
    if (deferred[at]!.end >= start) shown.push(deferred[at]!);
    if (shown.length > maxDeferred) return;
  }
  pen.textBaseline = 'alphabetic';
  for (const one of shown) {
    const lane = scene.layout.lanes[one.cpu];
    const context = scene.trace.contexts[one.context];
    if (lane === undefined || context === undefined) continue;
    const y = levelY(scene.layout, lane, context.irql) - 3;
    drawBracket(
      pen,
      scene,
      x(scene, one.start),
      x(scene, one.end),
      y,
      one.hasRun,
      `${contextName(scene.trace, one.context)} deferred`,
    );
  }
}

function spanAtStart(rows: readonly { readonly start: number }[], time: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle]!.start < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

function drawBracket(
  pen: Pen,
  scene: Scene,
  left: number,
  right: number,
  y: number,
  hasRun: boolean,
  text: string,
): void {
  if (right - left < 2) return;
  pen.strokeStyle = scene.paint.theme.deferred;
  pen.lineWidth = 1.5;
  pen.setLineDash([5, 3]);
  pen.beginPath();
  pen.moveTo(left, y);
  pen.lineTo(right, y);
  pen.stroke();
  pen.setLineDash([]);
  pen.beginPath();
  pen.moveTo(left, y - 4);
  pen.lineTo(left, y + 4);
  if (hasRun) {
    pen.moveTo(right, y - 4);
    pen.lineTo(right, y + 4);
  }
  pen.stroke();
  setFont(pen, scene, 10);
  pen.fillStyle = scene.paint.theme.muted;
  fitText(pen, text, Math.max(left, 0) + 5, y - 4, Math.min(right, scene.width) - Math.max(left, 0) - 8);
}

/** The upright line at which the deadlock was complete. */
export function drawDeadline(pen: Pen, scene: Scene): void {
  const { deadlock } = scene.trace;
  if (deadlock === undefined) return;
  const at = Math.round(x(scene, deadlock.time)) + 0.5;
  if (at < 0 || at > scene.width) return;
  pen.strokeStyle = scene.paint.theme.spin;
  pen.lineWidth = 1.5;
  pen.setLineDash([2, 3]);
  pen.beginPath();
  pen.moveTo(at, 0);
  pen.lineTo(at, scene.layout.height);
  pen.stroke();
  pen.setLineDash([]);
}
