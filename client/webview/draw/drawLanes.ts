/**
 * The lanes: for each CPU its IRQL as height over time, the running context on top of what it interrupted, spins hatched.
 * Shapes where there is room for shapes, pixel columns where there is not. It draws; what to draw stands in `Spans`.
 */
import { levelY, type LaneBox } from '../model/layout.ts';
import { Activity, type LaneSpans } from '../model/spans.ts';
import { contextName, irqlName, lockName, shortIrqlName } from '../model/words.ts';
import { paintKind } from './paint.ts';
import { putRaster, rasterLane, takeRaster } from './rasterRows.ts';
import { fitFirst, setFont, visibleRows, widthOf, x, type Pen, type Scene } from './scene.ts';

/** A lane with more visible intervals than this is drawn by pixel columns. */
export function isDense(scene: Scene, visible: number): boolean {
  return visible > Math.max(80, Math.min(scene.width / 4, 2400 / scene.layout.lanes.length));
}

function drawGrid(pen: Pen, scene: Scene, box: LaneBox): void {
  pen.strokeStyle = scene.paint.theme.grid;
  pen.lineWidth = 1;
  pen.globalAlpha = scene.paint.theme.isHighContrast ? 0.5 : 0.8;
  pen.beginPath();
  for (const level of scene.layout.levels) {
    const y = Math.round(levelY(scene.layout, box, level)) + 0.5;
    pen.moveTo(0, y);
    pen.lineTo(scene.width, y);
  }
  pen.stroke();
  pen.globalAlpha = 1;
  pen.beginPath();
  pen.moveTo(0, box.top + box.height - 0.5);
  pen.lineTo(scene.width, box.top + box.height - 0.5);
  pen.stroke();
}

/** The bottom strip of a block: this context owns a lock. */
function drawHold(pen: Pen, scene: Scene, left: number, right: number, floor: number): void {
  pen.fillStyle = scene.paint.lockLine;
  pen.fillRect(left, floor - 4, right - left, 4);
}

function drawBelow(
  pen: Pen,
  scene: Scene,
  box: LaneBox,
  lane: LaneSpans,
  row: number,
  left: number,
  right: number,
): number {
  let floor = box.top + box.height;
  for (const layer of scene.spans.stacks[lane.below[row]!] ?? []) {
    const top = levelY(scene.layout, box, layer.irql);
    const kind = scene.paint.kinds[paintKind(scene.trace.contexts[layer.context]?.kind)];
    pen.fillStyle = kind.faint;
    pen.fillRect(left, top, right - left, floor - top);
    if (layer.held.length > 0) drawHold(pen, scene, left, right, floor);
    pen.strokeStyle = kind.line;
    pen.globalAlpha = 0.7;
    pen.setLineDash([3, 3]);
    pen.lineWidth = 1;
    pen.beginPath();
    pen.moveTo(left, top + 0.5);
    pen.lineTo(right, top + 0.5);
    pen.stroke();
    pen.setLineDash([]);
    pen.globalAlpha = 1;
    floor = top;
  }
  return floor;
}

function wordsOf(scene: Scene, lane: LaneSpans, row: number): readonly string[] {
  const name = contextName(scene.trace, lane.context[row]!);
  const lock = lane.lock[row]! < 0 ? '' : lockName(scene.trace, lane.lock[row]!);
  switch (lane.activity[row]) {
    case Activity.spin:
      return [name, `spins for ${lock}`];
    case Activity.dead:
      return [name, `waits for ever for ${lock}`];
    case Activity.hold:
      return [name, `holds ${lock}`];
    default:
      return [name];
  }
}

function drawBlock(
  pen: Pen,
  scene: Scene,
  box: LaneBox,
  lane: LaneSpans,
  row: number,
  left: number,
  right: number,
): void {
  const { paint, trace } = scene;
  const width = right - left;
  const top = levelY(scene.layout, box, lane.irql[row]!);
  const below = drawBelow(pen, scene, box, lane, row, left, right);
  // A context that runs at the IRQL of what it interrupted still needs a body to be seen.
  const floor = Math.max(below, top + 6);
  const kind = paint.kinds[paintKind(trace.contexts[lane.context[row]!]?.kind)];
  pen.fillStyle = kind.fill;
  pen.fillRect(left, top, width, floor - top);
  const activity = lane.activity[row]!;
  const pattern =
    activity === Activity.dead ? paint.dead : activity === Activity.spin ? paint.spin : kind.pattern;
  if (pattern !== null && width > 2) {
    pen.fillStyle = pattern;
    pen.globalAlpha = activity === Activity.dead ? 0.55 : activity === Activity.spin ? 0.6 : 0.5;
    pen.fillRect(left, top, width, floor - top);
    pen.globalAlpha = 1;
  }
  if (activity === Activity.hold) drawHold(pen, scene, left, right, floor);
  pen.fillStyle = activity >= Activity.spin ? paint.theme.spin : kind.line;
  pen.fillRect(left, top - 1, width, 2);
}

/** Labels go over all blocks; a block that began before the view keeps its label at the left edge. */
function drawLabel(
  pen: Pen,
  scene: Scene,
  box: LaneBox,
  lane: LaneSpans,
  row: number,
  left: number,
  right: number,
): void {
  const from = Math.max(left, 0) + 5;
  const room = Math.min(right, scene.width) - from - 4;
  if (room < (lane.activity[row]! >= Activity.spin ? 40 : 16)) return;
  const top = levelY(scene.layout, box, lane.irql[row]!);
  const layers = scene.spans.stacks[lane.below[row]!] ?? [];
  const under = layers.at(-1);
  const floor =
    under === undefined ? box.top + box.height : Math.max(levelY(scene.layout, box, under.irql), top + 6);
  const words = wordsOf(scene, lane, row);
  const lines = Math.min(words.length, Math.floor((floor - top - 3) / 13));
  // Hatching must not run through letters: a plate of the background's colour lies under them.
  words.slice(0, Math.max(lines, floor - top >= 12 ? 1 : 0)).forEach((word, line) => {
    setFont(pen, scene, 11, line === 0 ? 600 : 400);
    const baseline = top + 12 + line * 13;
    if (lane.activity[row]! >= Activity.spin) plate(pen, scene, word, from, baseline, room);
    pen.fillStyle = scene.paint.theme.foreground;
    const short = scene.trace.contexts[lane.context[row]!]?.name ?? '';
    fitFirst(pen, line === 0 ? [word, short] : [word], from, baseline, room);
  });
  if (under !== undefined && box.top + box.height - floor >= 13) {
    setFont(pen, scene, 11);
    pen.fillStyle = scene.paint.theme.muted;
    const held = under.held.map((lock) => lockName(scene.trace, lock)).join(', ');
    const name = contextName(scene.trace, under.context);
    const holds = held === '' ? '' : `, holds ${held}`;
    fitFirst(pen, [`${name}, interrupted${holds}`, `${name}${holds}`, name], from, floor + 13, room);
  }
}

function plate(pen: Pen, scene: Scene, word: string, left: number, baseline: number, room: number): void {
  const width = Math.min(widthOf(pen, word), room);
  pen.fillStyle = scene.paint.theme.background;
  pen.globalAlpha = 0.82;
  pen.fillRect(left - 3, baseline - 10, width + 6, 13);
  pen.globalAlpha = 1;
}

function drawShapes(
  pen: Pen,
  scene: Scene,
  box: LaneBox,
  lane: LaneSpans,
  rows: readonly [number, number],
): void {
  const [first, last] = rows;
  const edge = (row: number) => x(scene, row < lane.length ? lane.start[row]! : scene.spans.endTime);
  for (let row = first; row <= last; row++) {
    if (lane.activity[row] === Activity.idle) continue;
    const left = edge(row);
    drawBlock(pen, scene, box, lane, row, left, Math.max(edge(row + 1), left + 1));
  }
  pen.textBaseline = 'alphabetic';
  for (let row = first; row <= last; row++)
    if (lane.activity[row] !== Activity.idle) drawLabel(pen, scene, box, lane, row, edge(row), edge(row + 1));
}

/** Every lane that is scrolled into sight, with its visible rows. */
function lanesInSight(
  scene: Scene,
): readonly { box: LaneBox; lane: LaneSpans; rows: readonly [number, number] }[] {
  return scene.layout.lanes
    .filter((box) => box.top + box.height >= scene.scroll && box.top <= scene.scroll + scene.height)
    .map((box) => {
      const lane = scene.spans.lanes[box.cpu]!;
      return { box, lane, rows: visibleRows(scene, lane.start, lane.length) };
    });
}

/** Draws the lanes: those with room as shapes, the dense ones all together as pixels. The pen's origin is the plot's top left corner. */
export function drawLanes(pen: Pen, scene: Scene): void {
  const lanes = lanesInSight(scene);
  const dense = lanes.filter(({ rows }) => isDense(scene, rows[1] - rows[0]));
  for (const { box } of lanes) drawGrid(pen, scene, box);
  if (dense.length > 0) {
    const raster = takeRaster(Math.round(scene.width * scene.ratio), Math.round(scene.height * scene.ratio));
    for (const { box, lane } of dense)
      rasterLane(scene, lane, box, raster, Math.round((box.top - scene.scroll) * scene.ratio));
    putRaster(pen, scene.scroll, scene.width, scene.height);
  }
  for (const one of lanes) if (!dense.includes(one)) drawShapes(pen, scene, one.box, one.lane, one.rows);
}

/** The labels left of the lanes: CPU number and the names of the levels. */
export function drawLaneLabels(pen: Pen, scene: Scene, gutter: number): void {
  const { theme } = scene.paint;
  for (const box of scene.layout.lanes) {
    pen.textBaseline = 'middle';
    pen.textAlign = 'left';
    pen.fillStyle = theme.foreground;
    setFont(pen, scene, 12, 600);
    pen.fillText(`CPU ${box.cpu}`, 10, box.top + box.height / 2);
    pen.textAlign = 'right';
    setFont(pen, scene, 10);
    pen.fillStyle = theme.muted;
    let before = Infinity;
    for (const level of scene.layout.levels) {
      const y = levelY(scene.layout, box, level);
      if (before - y < 11 || (box.height < 24 && level !== 0)) continue;
      before = y;
      const name = level > 2 ? irqlName(scene.trace, level) : shortIrqlName(scene.trace, level);
      pen.fillText(name.replace(/_LEVEL/, ''), gutter - 8, y);
    }
  }
  pen.textAlign = 'left';
}
