/**
 * The two spaces of the timeline: time space (ticks of the trace) and pixel space (CSS pixels from the plot's left edge).
 * Only this file converts. Zoom and pan are pure functions from one view to the next.
 */
import { ticksPerCycle } from 'irql-lens-server/protocol';

/** The stretch of time that is visible. Ticks; `end` > `start`. */
export interface TimeView {
  readonly start: number;
  readonly end: number;
}

/** The closest zoom: so many ticks across the plot. Closer, one pixel would be less than a tick. */
export const minSpan = 20 * ticksPerCycle;

/** Pixel of a tick. */
export function toPixel(view: TimeView, width: number, tick: number): number {
  return ((tick - view.start) / (view.end - view.start)) * width;
}

/** Tick of a pixel. */
export function toTick(view: TimeView, width: number, pixel: number): number {
  return view.start + (pixel / width) * (view.end - view.start);
}

/** Keeps a view inside the run: not shorter than `minSpan`, not past either end by more than 2 % of it. */
export function clampView(view: TimeView, endTime: number): TimeView {
  const whole = Math.max(endTime, minSpan) * 1.02;
  const span = Math.min(Math.max(view.end - view.start, minSpan), whole * 1.02);
  const lowest = -span * 0.02;
  const highest = Math.max(lowest, whole - span);
  const start = Math.min(Math.max(view.start, lowest), highest);
  return { start, end: start + span };
}

/** Zooms by `factor` (below 1: closer) so that the tick under `anchor` stays where it is. */
export function zoomView(view: TimeView, endTime: number, factor: number, anchor: number): TimeView {
  const whole = Math.max(endTime, minSpan) * 1.04;
  const span = view.end - view.start;
  const next = Math.min(Math.max(span * factor, minSpan), whole);
  const share = (anchor - view.start) / span;
  return clampView({ start: anchor - share * next, end: anchor - share * next + next }, endTime);
}

/** Moves the view by ticks. */
export function panView(view: TimeView, endTime: number, ticks: number): TimeView {
  return clampView({ start: view.start + ticks, end: view.end + ticks }, endTime);
}

/** Moves the view as little as needed for `tick` to be inside, with a tenth of the width to spare. */
export function showTick(view: TimeView, endTime: number, tick: number): TimeView {
  const span = view.end - view.start;
  const margin = span * 0.1;
  if (tick < view.start + margin * 0.2)
    return clampView({ start: tick - margin, end: tick - margin + span }, endTime);
  if (tick > view.end - margin * 0.2)
    return clampView({ start: tick + margin - span, end: tick + margin }, endTime);
  return view;
}

/** The whole run. */
export function wholeView(endTime: number): TimeView {
  return clampView({ start: -endTime * 0.01, end: Math.max(endTime, minSpan) * 1.02 }, endTime);
}

/** Distance of grid lines in ticks: 1, 2 or 5 times a power of ten cycles, at least `minPixels` apart. */
export function gridStep(view: TimeView, width: number, minPixels: number): number {
  const least = ((view.end - view.start) / Math.max(width, 1)) * minPixels;
  const leastCycles = Math.max(least / ticksPerCycle, 1);
  const power = 10 ** Math.floor(Math.log10(leastCycles));
  const factor = [1, 2, 5, 10].find((each) => each * power >= leastCycles) ?? 10;
  return factor * power * ticksPerCycle;
}
