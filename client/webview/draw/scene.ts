/**
 * What every drawing function gets: the trace with its intervals, the layout, the visible time and the paint.
 * And the few helpers that all of them share. It holds no state.
 */
import type { PackedTrace } from 'irql-lens-server/protocol';
import type { Layout } from '../model/layout.ts';
import { spanAt, type Spans } from '../model/spans.ts';
import { toPixel, type TimeView } from '../model/timeScale.ts';
import type { Paint } from './paint.ts';

export interface Scene {
  readonly trace: PackedTrace;
  readonly spans: Spans;
  readonly layout: Layout;
  readonly view: TimeView;
  /** Width of the plot in CSS pixels, labels excluded. */
  readonly width: number;
  /** Height of the visible part. */
  readonly height: number;
  /** How far the plot is scrolled down. */
  readonly scroll: number;
  readonly ratio: number;
  readonly paint: Paint;
  /** Ticks of remarks that get a mark on the ruler. */
  readonly marks: readonly number[];
}

export type Pen = CanvasRenderingContext2D;

/** Pixel of a tick, kept within a little more than the plot: canvas coordinates far outside lose precision. */
export function x(scene: Scene, tick: number): number {
  const pixel = toPixel(scene.view, scene.width, tick);
  return Math.min(Math.max(pixel, -50), scene.width + 50);
}

/** The rows [first, last] of an interval array that are visible. */
export function visibleRows(scene: Scene, start: Float64Array, length: number): readonly [number, number] {
  return [spanAt(start, length, scene.view.start), spanAt(start, length, scene.view.end)];
}

const widths = new Map<string, number>();

/** Width of a text in the pen's font, remembered: the same few names are drawn again and again. */
export function widthOf(pen: Pen, text: string): number {
  const key = `${fonts.get(pen) ?? pen.font}|${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  if (widths.size > 4000) widths.clear();
  const { width } = pen.measureText(text);
  widths.set(key, width);
  return width;
}

/** Draws a text if it fits into `room` pixels, shortened with an ellipsis; not at all below 3 letters. */
export function fitText(pen: Pen, text: string, left: number, baseline: number, room: number): void {
  if (room < 14) return;
  if (widthOf(pen, text) <= room) {
    pen.fillText(text, left, baseline);
    return;
  }
  let length = Math.floor((text.length * room) / widthOf(pen, text));
  while (length > 2 && widthOf(pen, `${text.slice(0, length)}\u2026`) > room) length--;
  if (length > 2) pen.fillText(`${text.slice(0, length)}\u2026`, left, baseline);
}

/** The first of the texts that fits whole; where none does, the last one shortened, if there is room for a few letters. */
export function fitFirst(
  pen: Pen,
  texts: readonly string[],
  left: number,
  baseline: number,
  room: number,
): void {
  const whole = texts.find((text) => widthOf(pen, text) <= room);
  if (whole !== undefined) pen.fillText(whole, left, baseline);
  else if (room > 34) fitText(pen, texts.at(-1) ?? '', left, baseline, room);
}

/** What each pen was told last: asking a canvas for its font costs as much as measuring a text. */
const fonts = new WeakMap<Pen, string>();

/** Sets the font of labels; `size` in CSS pixels. */
export function setFont(pen: Pen, scene: Scene, size: number, weight = 400): void {
  const font = `${weight} ${size}px ${scene.paint.theme.font}`;
  pen.font = font;
  fonts.set(pen, font);
}
