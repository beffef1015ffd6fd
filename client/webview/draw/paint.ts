/**
 * The theme turned into what a canvas fills with: tints of the context colours and the patterns that tell states apart without colour.
 * Thread: plain. DPC: dots. ISR: upright lines. Spin: hatched. For ever: crossed. Deferred: dashes.
 */
import { Activity } from '../model/spans.ts';
import type { TraceContextKind } from 'irql-lens-server/protocol';
import { css, mix, rgbOf, type Rgb, type Theme } from './theme.ts';

/** How one kind of context is drawn. */
export interface KindPaint {
  readonly fill: string;
  /** The same, interrupted: what lies below a running context. */
  readonly faint: string;
  readonly line: string;
  readonly pattern: CanvasPattern | null;
}

export interface Paint {
  readonly theme: Theme;
  readonly kinds: Readonly<Record<'thread' | 'dpc' | 'isr', KindPaint>>;
  readonly spin: CanvasPattern | null;
  readonly dead: CanvasPattern | null;
  readonly hold: CanvasPattern | null;
  readonly lockFill: string;
  readonly lockLine: string;
  /** Colours for single pixels, in the order of `colourIndex`. */
  readonly pixels: readonly Rgb[];
}

/** Which of the drawn kinds a context is. */
export function paintKind(kind: TraceContextKind | undefined): 'thread' | 'dpc' | 'isr' {
  return kind === 'isr' ? 'isr' : kind === 'dpc' || kind === 'threadedDpc' ? 'dpc' : 'thread';
}

/** Index into `Paint.pixels`: 0 idle, 1 thread, 2 DPC, 3 ISR, 4 spin, 5 for ever. */
export function colourIndex(kind: TraceContextKind | undefined, activity: number): number {
  if (activity === Activity.idle) return 0;
  if (activity === Activity.spin) return 4;
  if (activity === Activity.dead) return 5;
  return kind === 'isr' ? 3 : kind === 'dpc' || kind === 'threadedDpc' ? 2 : 1;
}

type Tile = (tile: CanvasRenderingContext2D, size: number) => void;

/** A pattern of `size` CSS pixels, drawn at the screen's own resolution. */
function patternOf(
  target: CanvasRenderingContext2D,
  ratio: number,
  size: number,
  draw: Tile,
): CanvasPattern | null {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = Math.round(size * ratio);
  const tile = canvas.getContext('2d');
  if (tile === null) return null;
  tile.scale(canvas.width / size, canvas.height / size);
  draw(tile, size);
  const pattern = target.createPattern(canvas, 'repeat');
  pattern?.setTransform(new DOMMatrix().scale(size / canvas.width, size / canvas.height));
  return pattern;
}

function hatch(colour: string, width: number, isCrossed: boolean): Tile {
  return (tile, size) => {
    tile.strokeStyle = colour;
    tile.lineWidth = width;
    tile.beginPath();
    for (const shift of [-size, 0, size]) {
      tile.moveTo(shift - 1, size + 1);
      tile.lineTo(shift + size + 1, -1);
      if (!isCrossed) continue;
      tile.moveTo(shift - 1, -1);
      tile.lineTo(shift + size + 1, size + 1);
    }
    tile.stroke();
  };
}

function dots(colour: string): Tile {
  return (tile, size) => {
    tile.fillStyle = colour;
    tile.fillRect(size / 4 - 0.6, size / 4 - 0.6, 1.3, 1.3);
    tile.fillRect((size * 3) / 4 - 0.6, (size * 3) / 4 - 0.6, 1.3, 1.3);
  };
}

function uprights(colour: string): Tile {
  return (tile, size) => {
    tile.fillStyle = colour;
    tile.fillRect(0, 0, 1, size);
  };
}

/** Makes the paint for one canvas. `ratio` is device pixels per CSS pixel. */
export function makePaint(theme: Theme, target: CanvasRenderingContext2D, ratio: number): Paint {
  const back = rgbOf(theme.background);
  const strong = theme.isHighContrast ? 0.34 : theme.isLight ? 0.3 : 0.42;
  const kind = (colour: string, pattern: Tile | null, size: number): KindPaint => ({
    fill: css(mix(back, rgbOf(colour), strong)),
    faint: css(mix(back, rgbOf(colour), strong * 0.45)),
    line: colour,
    pattern: pattern === null ? null : patternOf(target, ratio, size, pattern),
  });
  const tone = (colour: string) => css(mix(back, rgbOf(colour), theme.isHighContrast ? 1 : 0.75));
  return {
    theme,
    kinds: {
      thread: kind(theme.thread, null, 1),
      dpc: kind(theme.dpc, dots(tone(theme.dpc)), 8),
      isr: kind(theme.isr, uprights(tone(theme.isr)), 5),
    },
    spin: patternOf(target, ratio, 7, hatch(theme.spin, 1.6, false)),
    dead: patternOf(target, ratio, 9, hatch(theme.spin, 1.8, true)),
    hold: patternOf(target, ratio, 4, uprights(css(mix(back, rgbOf(theme.hold), 0.6)))),
    lockFill: css(mix(back, rgbOf(theme.hold), theme.isLight ? 0.35 : 0.45)),
    lockLine: theme.hold,
    pixels: [
      back,
      mix(back, rgbOf(theme.thread), 0.62),
      mix(back, rgbOf(theme.dpc), 0.7),
      mix(back, rgbOf(theme.isr), 0.75),
      mix(back, rgbOf(theme.spin), 0.7),
      mix(back, rgbOf(theme.spin), 0.95),
    ],
  };
}
