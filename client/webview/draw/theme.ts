/**
 * The editor's colours and fonts as the canvas needs them, read from VS Code's CSS variables and read again when they change.
 * It invents no colours: each has a `--vscode-*` variable, with a fallback for the few themes that lack it.
 */

/** An opaque colour, 0..255 each. */
export interface Rgb {
  readonly r: number;
  readonly g: number;
  readonly b: number;
}

export interface Theme {
  readonly isHighContrast: boolean;
  readonly isLight: boolean;
  readonly background: string;
  readonly foreground: string;
  readonly muted: string;
  readonly grid: string;
  readonly border: string;
  readonly focus: string;
  readonly cursor: string;
  readonly thread: string;
  readonly dpc: string;
  readonly isr: string;
  readonly spin: string;
  readonly hold: string;
  readonly deferred: string;
  readonly font: string;
  readonly monoFont: string;
  /** Changes with every theme: keys of caches. */
  readonly id: number;
}

let reads = 0;

/** Reads the theme of the page now. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const get = (names: readonly string[], fallback: string): string => {
    for (const name of names) {
      const value = style.getPropertyValue(`--vscode-${name}`).trim();
      if (value !== '' && value !== 'transparent') return value;
    }
    return fallback;
  };
  const classes = document.body.classList;
  const isHighContrast =
    classes.contains('vscode-high-contrast') || classes.contains('vscode-high-contrast-light');
  const isLight = classes.contains('vscode-light') || classes.contains('vscode-high-contrast-light');
  const foreground = get(['foreground', 'editor-foreground'], isLight ? '#3b3b3b' : '#cccccc');
  return {
    isHighContrast,
    isLight,
    background: get(['editor-background'], isLight ? '#ffffff' : '#1f1f1f'),
    foreground,
    muted: get(['descriptionForeground'], foreground),
    grid: isHighContrast
      ? get(['contrastBorder'], foreground)
      : get(
          ['editorIndentGuide-background1', 'editorIndentGuide-background'],
          isLight ? '#d3d3d3' : '#404040',
        ),
    border: get(['contrastBorder', 'panel-border', 'widget-border'], isLight ? '#d4d4d4' : '#454545'),
    focus: get(['focusBorder'], '#0078d4'),
    cursor: get(['editorCursor-foreground', 'foreground'], foreground),
    thread: get(['charts-blue'], isLight ? '#1a85ff' : '#3794ff'),
    dpc: get(['charts-orange'], '#d18616'),
    isr: get(['charts-purple'], isLight ? '#652d90' : '#b180d7'),
    spin: get(['charts-red', 'editorError-foreground'], isLight ? '#e51400' : '#f14c4c'),
    hold: get(['charts-green'], isLight ? '#388a34' : '#89d185'),
    deferred: get(['charts-yellow', 'editorWarning-foreground'], isLight ? '#bf8803' : '#cca700'),
    font: get(['font-family'], 'sans-serif'),
    monoFont: get(['editor-font-family'], 'monospace'),
    id: ++reads,
  };
}

let probe: CanvasRenderingContext2D | null = null;

/** The components of any CSS colour. */
export function rgbOf(colour: string): Rgb {
  probe ??= Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', {
    willReadFrequently: true,
  });
  if (probe === null) return { r: 128, g: 128, b: 128 };
  probe.clearRect(0, 0, 1, 1);
  probe.fillStyle = colour;
  probe.fillRect(0, 0, 1, 1);
  const [r = 0, g = 0, b = 0] = probe.getImageData(0, 0, 1, 1).data;
  return { r, g, b };
}

/** A colour between two: 0 = `from`, 1 = `to`. */
export function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const between = (x: number, y: number) => Math.round(x + (y - x) * share);
  return { r: between(from.r, to.r), g: between(from.g, to.g), b: between(from.b, to.b) };
}

/** As CSS. */
export function css(colour: Rgb): string {
  return `rgb(${colour.r} ${colour.g} ${colour.b})`;
}

/** Calls back, once a frame at most, when the theme has changed. */
export function watchTheme(changed: () => void): void {
  let isWaiting = false;
  const later = () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => {
      isWaiting = false;
      changed();
    });
  };
  const observer = new MutationObserver(later);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'style'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['class', 'style'] });
  matchMedia('(forced-colors: active)').addEventListener('change', later);
}
