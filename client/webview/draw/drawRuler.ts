/**
 * The ruler above the lanes: cycles, with marks for remarks, bookmarks and the end; and the minimap below them.
 * Drawn on canvases of their own, which do not scroll with the lanes.
 */
import { TraceEventKind as Kind, ticksPerCycle } from 'irql-lens-server/protocol';
import { shortNumber } from '../model/numbers.ts';
import { gridStep, wholeView } from '../model/timeScale.ts';
import { putRaster, rasterLane, takeRaster } from './rasterRows.ts';
import { setFont, x, type Pen, type Scene } from './scene.ts';

export const rulerHeight = 36;
export const minimapHeight = 38;

/** Ticks with their cycles, and fine upright lines through the plot below when `plotHeight` is given. */
export function drawRuler(pen: Pen, scene: Scene, bookmarks: readonly number[]): void {
  const { theme } = scene.paint;
  const step = gridStep(scene.view, scene.width, 90);
  setFont(pen, scene, 11);
  pen.textBaseline = 'alphabetic';
  pen.fillStyle = theme.muted;
  pen.strokeStyle = theme.grid;
  pen.lineWidth = 1;
  pen.beginPath();
  for (
    let tick = Math.max(0, Math.ceil(scene.view.start / step) * step);
    tick <= scene.view.end;
    tick += step
  ) {
    const at = Math.round(x(scene, tick)) + 0.5;
    pen.moveTo(at, rulerHeight - 6);
    pen.lineTo(at, rulerHeight);
    pen.fillText(tick === 0 ? '0 cycles' : shortNumber(tick / ticksPerCycle), at + 3, rulerHeight - 8);
  }
  pen.stroke();
  drawMarks(pen, scene, bookmarks);
}

function drawMarks(pen: Pen, scene: Scene, bookmarks: readonly number[]): void {
  const { theme } = scene.paint;
  const { deadlock } = scene.trace;
  if (deadlock !== undefined) {
    const at = x(scene, deadlock.time);
    setFont(pen, scene, 11, 600);
    const width = pen.measureText('deadlock').width + 10;
    const left = Math.min(at, scene.width - width);
    pen.fillStyle = theme.background;
    pen.fillRect(left - 2, 0, width + 4, 15);
    pen.fillStyle = theme.spin;
    pen.fillText('deadlock', left + 5, 12);
    pen.beginPath();
    pen.moveTo(at - 4, rulerHeight - 7);
    pen.lineTo(at + 4, rulerHeight - 7);
    pen.lineTo(at, rulerHeight);
    pen.fill();
  }
  pen.fillStyle = theme.deferred;
  for (const tick of scene.marks) flag(pen, x(scene, tick));
  pen.fillStyle = theme.focus;
  for (const tick of bookmarks) diamond(pen, x(scene, tick));
}

function flag(pen: Pen, at: number): void {
  pen.beginPath();
  pen.moveTo(at, rulerHeight);
  pen.lineTo(at - 4, rulerHeight - 7);
  pen.lineTo(at + 4, rulerHeight - 7);
  pen.fill();
}

function diamond(pen: Pen, at: number): void {
  pen.beginPath();
  pen.moveTo(at, 2);
  pen.lineTo(at + 5, 7);
  pen.lineTo(at, 12);
  pen.lineTo(at - 5, 7);
  pen.fill();
}

/** Ticks of the remarks worth a mark: Driver Verifier's and warnings, the first few hundred. */
export function markTicks(scene: Pick<Scene, 'trace'>): readonly number[] {
  const { kind, time } = scene.trace.events;
  const ticks: number[] = [];
  for (let row = 0; row < kind.length && ticks.length < 300; row++)
    if (kind[row] === Kind.verifier || kind[row] === Kind.warning) ticks.push(time[row]!);
  return ticks;
}

/** The whole run in small, one thin row per CPU. Costs a visit of every interval: draw it once per size and theme. */
export function drawMinimap(pen: Pen, scene: Scene): void {
  const height = Math.round(minimapHeight * scene.ratio);
  const raster = takeRaster(Math.max(1, Math.round(scene.width * scene.ratio)), height);
  const whole = { ...scene, view: wholeView(scene.spans.endTime) };
  const cpus = scene.spans.lanes.length;
  const each = (minimapHeight - 4) / cpus;
  scene.spans.lanes.forEach((lane, cpu) => {
    const gap = each > 6 ? 2 : 0;
    const box = { cpu, top: 0, height: Math.max(1, each - gap) };
    rasterLane(whole, lane, box, raster, Math.round((2 + cpu * each) * scene.ratio));
  });
  putRaster(pen, 0, scene.width, minimapHeight);
}
