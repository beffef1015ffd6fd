/**
 * Dense lanes and strips, pixel column by pixel column: each column shows the exact shares of time in it, so that nothing
 * flickers or vanishes at any zoom. One visit per visible interval; used where there are more intervals than room for shapes.
 */
import { Activity, spanAt, type LaneSpans, type LockSpans } from '../model/spans.ts';
import type { Rgb } from './theme.ts';
import { colourIndex } from './paint.ts';
import type { Scene } from './scene.ts';
import type { LaneBox } from '../model/layout.ts';

const nColours = 6;

/** Index = context + 1: the colour of that context when it just runs. */
function colourOfContexts(scene: Scene): Uint8Array {
  const colours = new Uint8Array(scene.trace.contexts.length + 1);
  scene.trace.contexts.forEach((context, at) => (colours[at + 1] = colourIndex(context.kind, Activity.run)));
  return colours;
}

/** Index = IRQL: its row in the lane, counted from the lowest used level. */
function rankOfLevels(scene: Scene): Uint8Array {
  const ranks = new Uint8Array(64);
  for (let irql = 0; irql < ranks.length; irql++)
    ranks[irql] = Math.max(0, scene.layout.levels.filter((level) => level <= irql).length - 1);
  return ranks;
}

/** Pixels of a canvas part; 32 bits each, alpha opaque. */
export interface Raster {
  readonly pixels: Uint32Array;
  readonly width: number;
  readonly height: number;
}

function pack(colour: Rgb): number {
  return ((255 << 24) | (colour.b << 16) | (colour.g << 8) | colour.r) >>> 0;
}

function fillColumn(raster: Raster, column: number, top: number, bottom: number, colour: number): void {
  const { pixels, width, height } = raster;
  const end = Math.min(bottom, height);
  for (let y = Math.max(0, top), at = y * width + column; y < end; y++, at += width) pixels[at] = colour;
}

/** As `fillColumn`, with every third diagonal left in the other colour: hatching for pixels. */
function hatchColumn(
  raster: Raster,
  column: number,
  top: number,
  bottom: number,
  colour: number,
  other: number,
): void {
  const { pixels, width, height } = raster;
  const end = Math.min(bottom, height);
  for (let y = Math.max(0, top), at = y * width + column; y < end; y++, at += width)
    pixels[at] = (column + y) % 6 < 3 ? colour : other;
}

/** Sums the time of every (level, colour) in one column into `sums`. Returns the row to go on from. */
function sumColumn(
  lane: LaneSpans,
  row: number,
  from: number,
  to: number,
  tables: Tables,
  sums: Float64Array,
): number {
  let at = row;
  let left = from;
  while (left < to) {
    const next = at + 1 < lane.length ? lane.start[at + 1]! : Infinity;
    const right = next < to ? next : to;
    if (right > left) {
      const activity = lane.activity[at]!;
      const colour =
        activity === Activity.idle
          ? 0
          : activity === Activity.spin
            ? 4
            : activity === Activity.dead
              ? 5
              : tables.colours[lane.context[at]! + 1]!;
      sums[tables.ranks[lane.irql[at]!]! * nColours + colour]! += right - left;
      left = right;
    }
    if (next > to) break;
    at++;
    if (at >= lane.length) return lane.length - 1;
  }
  return at;
}

interface Tables {
  readonly colours: Uint8Array;
  readonly ranks: Uint8Array;
  readonly paint: readonly Rgb[];
  /** Index = rank, 0 the lowest level: y of its top, from the lane's top, in device pixels. */
  readonly tops: Int32Array;
  /** y of the lane's floor. */
  readonly floor: number;
}

/** Paints one column of a lane from its sums: the band of a level shows the shares of all that is at it or above. */
function paintColumn(
  raster: Raster,
  column: number,
  top: number,
  span: number,
  tables: Tables,
  sums: Float64Array,
): void {
  const { tops, paint, floor } = tables;
  const ranks = tops.length;
  const share = new Float64Array(nColours);
  for (let rank = ranks - 1; rank >= 0; rank--) {
    let r = 0;
    let g = 0;
    let b = 0;
    let covered = 0;
    for (let colour = 1; colour < nColours; colour++) {
      share[colour]! += sums[rank * nColours + colour]! / span;
      const part = share[colour]!;
      covered += part;
      r += part * paint[colour]!.r;
      g += part * paint[colour]!.g;
      b += part * paint[colour]!.b;
    }
    if (covered <= 0) continue;
    // Little time at a level must still be seen: at least a fifth of the colour.
    const weight = covered < 0.2 ? 0.2 / covered : 1;
    const free = Math.max(0, 1 - covered * weight);
    const back = paint[0]!;
    const colour = pack({
      r: r * weight + back.r * free,
      g: g * weight + back.g * free,
      b: b * weight + back.b * free,
    });
    const spin = share[4]! + share[5]!;
    const bandTop = top + tops[rank]!;
    const bandEnd = top + (rank === 0 ? floor : tops[rank - 1]!);
    if (spin > covered / 2) hatchColumn(raster, column, bandTop, bandEnd, colour, pack(back));
    else fillColumn(raster, column, bandTop, bandEnd, colour);
  }
}

function tablesOf(scene: Scene, height: number): Tables {
  const { levels, levelShare } = scene.layout;
  const { ratio } = scene;
  return {
    colours: colourOfContexts(scene),
    ranks: rankOfLevels(scene),
    paint: scene.paint.pixels,
    tops: Int32Array.from(levels, (level) => Math.round(height * (1 - levelShare[level]!) * ratio)),
    floor: Math.round(height * ratio),
  };
}

/** Paints one lane into `raster`, whose left edge is the view's start. `top` in device pixels. */
export function rasterLane(scene: Scene, lane: LaneSpans, box: LaneBox, raster: Raster, top: number): void {
  const tables = tablesOf(scene, box.height);
  const sums = new Float64Array(tables.tops.length * nColours);
  const ticks = (scene.view.end - scene.view.start) / raster.width;
  let row = spanAt(lane.start, lane.length, scene.view.start);
  for (let column = 0; column < raster.width; column++) {
    const from = Math.max(scene.view.start + column * ticks, 0);
    const to = Math.min(scene.view.start + (column + 1) * ticks, scene.spans.endTime);
    if (to <= from) continue;
    sums.fill(0);
    row = sumColumn(lane, row, from, to, tables, sums);
    paintColumn(raster, column, top, ticks, tables, sums);
  }
}

/** Paints one lock's strip: how much of the time it was owned, and below it how much somebody waited. */
export function rasterLock(
  scene: Scene,
  spans: LockSpans,
  raster: Raster,
  top: number,
  height: number,
  own: Rgb,
): void {
  const back = scene.paint.pixels[0]!;
  const spin = scene.paint.pixels[4]!;
  const ticks = (scene.view.end - scene.view.start) / raster.width;
  let row = spanAt(spans.start, spans.length, scene.view.start);
  for (let column = 0; column < raster.width; column++) {
    const from = Math.max(scene.view.start + column * ticks, 0);
    const to = Math.min(scene.view.start + (column + 1) * ticks, scene.spans.endTime);
    let owned = 0;
    let waited = 0;
    let left = from;
    while (left < to) {
      const next = row + 1 < spans.length ? spans.start[row + 1]! : Infinity;
      const right = Math.min(next, to);
      if (spans.owners[row]! > 0) owned += right - left;
      waited += (right - left) * Math.min(spans.waiters[row]!, 4);
      left = Math.max(right, left);
      if (next > to || row + 1 >= spans.length) break;
      row++;
    }
    if (owned > 0) {
      const share = Math.max(0.2, owned / ticks);
      const blend = (a: number, b: number) => a + (b - a) * Math.min(share, 1);
      fillColumn(
        raster,
        column,
        top,
        top + height,
        pack({ r: blend(back.r, own.r), g: blend(back.g, own.g), b: blend(back.b, own.b) }),
      );
    }
    const depth = Math.round((Math.min(waited / ticks / 4, 1) * height) / 2);
    if (depth > 0) hatchColumn(raster, column, top + height - depth, top + height, pack(spin), pack(back));
  }
}
