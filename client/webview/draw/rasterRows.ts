/**
 * Dense lanes and strips, pixel column by pixel column: each column shows the exact shares of time in it, so that nothing
 * flickers or vanishes at any zoom. One visit per visible interval; used where there are more intervals than room for shapes.
 */
import type { LaneBox } from '../model/layout.ts';
import { spanAt, type LaneSpans, type LockSpans } from '../model/spans.ts';
import { colourIndex } from './paint.ts';
import type { Scene } from './scene.ts';
import type { Rgb } from './theme.ts';

const nColours = 6;

/** Pixels of a canvas part; 32 bits each, alpha opaque where painted. */
export interface Raster {
  readonly pixels: Uint32Array;
  readonly width: number;
  readonly height: number;
}

function pack(r: number, g: number, b: number): number {
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

function packRgb({ r, g, b }: Rgb): number {
  return pack(r, g, b);
}

function fillColumn(raster: Raster, column: number, top: number, bottom: number, colour: number): void {
  const { pixels, width, height } = raster;
  const end = Math.min(bottom, height);
  for (let y = Math.max(0, top), at = y * width + column; y < end; y++, at += width) pixels[at] = colour;
}

/** As `fillColumn`, with every second diagonal stripe in the other colour: hatching for pixels. */
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

const slotsOfLanes = new WeakMap<LaneSpans, Uint8Array>();

/** For each interval of a lane the sum that its time belongs to: rank of its level times colour. Made once per lane. */
function slotsOf(scene: Scene, lane: LaneSpans): Uint8Array {
  const known = slotsOfLanes.get(lane);
  if (known !== undefined) return known;
  const ranks = new Uint8Array(64);
  for (let irql = 0; irql < ranks.length; irql++)
    ranks[irql] = Math.max(0, scene.layout.levels.filter((level) => level <= irql).length - 1);
  const slots = new Uint8Array(lane.length);
  for (let row = 0; row < lane.length; row++) {
    const kind = scene.trace.contexts[lane.context[row]!]?.kind;
    slots[row] = ranks[lane.irql[row]!]! * nColours + colourIndex(kind, lane.activity[row]!);
  }
  slotsOfLanes.set(lane, slots);
  return slots;
}

/** What painting the columns of one lane needs, worked out once per drawing. */
interface Tables {
  /** Red, green, blue of each colour. */
  readonly paint: Float64Array;
  readonly back: number;
  /** Index = rank, 0 the lowest level: y of its top, from the raster's top, in device pixels. */
  readonly tops: Int32Array;
  /** y of the lane's floor. */
  readonly floor: number;
  readonly share: Float64Array;
}

function tablesOf(scene: Scene, height: number, top: number): Tables {
  const { levels, levelShare } = scene.layout;
  const { ratio, paint } = scene;
  return {
    paint: Float64Array.from(paint.pixels.flatMap(({ r, g, b }) => [r, g, b])),
    back: packRgb(paint.pixels[0]!),
    tops: Int32Array.from(levels, (level) => top + Math.round(height * (1 - levelShare[level]!) * ratio)),
    floor: top + Math.round(height * ratio),
    share: new Float64Array(nColours),
  };
}

/** Paints one column of a lane from its sums: the band of a level shows the shares of all that is at it or above. */
function paintColumn(raster: Raster, column: number, span: number, tables: Tables, sums: Float64Array): void {
  const { tops, paint, floor, share, back } = tables;
  share.fill(0);
  for (let rank = tops.length - 1; rank >= 0; rank--) {
    let r = 0;
    let g = 0;
    let b = 0;
    let covered = 0;
    for (let colour = 1; colour < nColours; colour++) {
      const part = share[colour]! + sums[rank * nColours + colour]! / span;
      if (part === 0) continue;
      share[colour] = part;
      covered += part;
      r += part * paint[colour * 3]!;
      g += part * paint[colour * 3 + 1]!;
      b += part * paint[colour * 3 + 2]!;
    }
    if (covered <= 0) continue;
    // Little time at a level must still be seen: at least a fifth of the colour.
    const weight = covered < 0.2 ? 0.2 / covered : 1;
    const free = Math.max(0, 1 - covered * weight);
    const colour = pack(
      r * weight + paint[0]! * free,
      g * weight + paint[1]! * free,
      b * weight + paint[2]! * free,
    );
    const end = rank === 0 ? floor : tops[rank - 1]!;
    if (share[4]! + share[5]! > covered / 2) hatchColumn(raster, column, tops[rank]!, end, colour, back);
    else fillColumn(raster, column, tops[rank]!, end, colour);
  }
}

/** Paints one lane into `raster`, whose left edge is the view's start. `top` in device pixels. */
export function rasterLane(scene: Scene, lane: LaneSpans, box: LaneBox, raster: Raster, top: number): void {
  const slots = slotsOf(scene, lane);
  const tables = tablesOf(scene, box.height, top);
  const sums = new Float64Array(tables.tops.length * nColours);
  const { start, end } = scene.view;
  const { endTime } = scene.spans;
  const { start: starts, length } = lane;
  const ticks = (end - start) / raster.width;
  let row = spanAt(starts, length, start);
  let next = row + 1 < length ? starts[row + 1]! : Infinity;
  for (let column = 0; column < raster.width; column++) {
    let left = Math.max(start + column * ticks, 0);
    const to = Math.min(start + (column + 1) * ticks, endTime);
    if (to <= left) continue;
    sums.fill(0);
    while (next <= to) {
      sums[slots[row]!]! += next - left;
      left = next;
      row++;
      next = row + 1 < length ? starts[row + 1]! : Infinity;
    }
    sums[slots[row]!]! += to - left;
    paintColumn(raster, column, ticks, tables, sums);
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
  const plain = packRgb(back);
  const spin = packRgb(scene.paint.pixels[4]!);
  const { start, end } = scene.view;
  const { start: starts, owners, waiters, length } = spans;
  const ticks = (end - start) / raster.width;
  let row = spanAt(starts, length, start);
  let next = row + 1 < length ? starts[row + 1]! : Infinity;
  for (let column = 0; column < raster.width; column++) {
    let left = Math.max(start + column * ticks, 0);
    const to = Math.min(start + (column + 1) * ticks, scene.spans.endTime);
    if (to <= left) continue;
    let owned = 0;
    let waited = 0;
    for (;;) {
      const right = next < to ? next : to;
      if (owners[row]! > 0) owned += right - left;
      waited += (right - left) * Math.min(waiters[row]!, 4);
      left = right;
      if (next > to) break;
      row++;
      next = row + 1 < length ? starts[row + 1]! : Infinity;
    }
    if (owned > 0) {
      const share = Math.min(1, Math.max(0.2, owned / ticks));
      const blend = (from: number, into: number) => from + (into - from) * share;
      fillColumn(
        raster,
        column,
        top,
        top + height,
        pack(blend(back.r, own.r), blend(back.g, own.g), blend(back.b, own.b)),
      );
    }
    const depth = Math.round((Math.min(waited / ticks / 4, 1) * height) / 2);
    if (depth > 0) hatchColumn(raster, column, top + height - depth, top + height, spin, plain);
  }
}

let sheet: { readonly canvas: OffscreenCanvas; readonly image: ImageData; readonly raster: Raster } | null =
  null;

/** An empty raster of the given size. There is one, used again and again: draw it with `putRaster` before the next. */
export function takeRaster(width: number, height: number): Raster {
  if (sheet?.raster.width === width && sheet.raster.height === height) {
    sheet.raster.pixels.fill(0);
    return sheet.raster;
  }
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  sheet = { canvas: new OffscreenCanvas(width, height), image, raster: { pixels, width, height } };
  return sheet.raster;
}

/** Draws the raster that was taken last at (0, top), in CSS pixels of the pen. */
export function putRaster(pen: CanvasRenderingContext2D, top: number, width: number, height: number): void {
  if (sheet === null) return;
  sheet.canvas.getContext('2d')?.putImageData(sheet.image, 0, 0);
  pen.drawImage(sheet.canvas, 0, top, width, height);
}
