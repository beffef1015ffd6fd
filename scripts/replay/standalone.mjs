// The replay page without VS Code: an HTML page with the built bundle, fake theme variables and a fake host.
// For looking at it, for tests and for the bench; it is no part of the product.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

const shared = {
  'font-family': 'system-ui, "Segoe UI", "DejaVu Sans", sans-serif',
  'font-size': '13px',
  'editor-font-family': 'monospace',
};

/** The variables that the page uses, as VS Code's own themes set them. */
export const themes = {
  dark: {
    ...shared,
    'editor-background': '#1f1f1f',
    foreground: '#cccccc',
    descriptionForeground: '#9d9d9d',
    errorForeground: '#f85149',
    focusBorder: '#0078d4',
    'panel-border': '#2b2b2b',
    'widget-border': '#313131',
    'icon-foreground': '#cccccc',
    'button-background': '#0078d4',
    'button-foreground': '#ffffff',
    'button-hoverBackground': '#026ec1',
    'button-secondaryBackground': '#313131',
    'button-secondaryForeground': '#cccccc',
    'button-secondaryHoverBackground': '#3c3c3c',
    'dropdown-background': '#313131',
    'dropdown-foreground': '#cccccc',
    'dropdown-border': '#3c3c3c',
    'input-background': '#313131',
    'input-foreground': '#cccccc',
    'toolbar-hoverBackground': '#5a5d5e50',
    'list-hoverBackground': '#2a2d2e',
    'list-activeSelectionBackground': '#04395e',
    'list-activeSelectionForeground': '#ffffff',
    'textBlockQuote-background': '#2b2b2b',
    'textBlockQuote-border': '#616161',
    'textLink-foreground': '#4daafc',
    'panelTitle-activeForeground': '#cccccc',
    'panelTitle-inactiveForeground': '#9d9d9d',
    'panelTitle-activeBorder': '#0078d4',
    'editorHoverWidget-background': '#202020',
    'editorHoverWidget-border': '#454545',
    'editorIndentGuide-background1': '#404040',
    'editorCursor-foreground': '#aeafad',
    'charts-blue': '#59a4f9',
    'charts-orange': '#d18616',
    'charts-purple': '#b180d7',
    'charts-red': '#f14c4c',
    'charts-green': '#89d185',
    'charts-yellow': '#cca700',
  },
  light: {
    ...shared,
    'editor-background': '#ffffff',
    foreground: '#3b3b3b',
    descriptionForeground: '#5c5c5c',
    errorForeground: '#c72e0f',
    focusBorder: '#005fb8',
    'panel-border': '#e5e5e5',
    'widget-border': '#e5e5e5',
    'icon-foreground': '#3b3b3b',
    'button-background': '#005fb8',
    'button-foreground': '#ffffff',
    'button-hoverBackground': '#0258a8',
    'button-secondaryBackground': '#e5e5e5',
    'button-secondaryForeground': '#3b3b3b',
    'button-secondaryHoverBackground': '#cccccc',
    'dropdown-background': '#ffffff',
    'dropdown-foreground': '#3b3b3b',
    'dropdown-border': '#cecece',
    'input-background': '#ffffff',
    'toolbar-hoverBackground': '#b8b8b850',
    'list-hoverBackground': '#f2f2f2',
    'list-activeSelectionBackground': '#e8e8e8',
    'list-activeSelectionForeground': '#000000',
    'textBlockQuote-background': '#f8f8f8',
    'textBlockQuote-border': '#e5e5e5',
    'textLink-foreground': '#005fb8',
    'panelTitle-activeForeground': '#3b3b3b',
    'panelTitle-inactiveForeground': '#5c5c5c',
    'panelTitle-activeBorder': '#005fb8',
    'editorHoverWidget-background': '#f8f8f8',
    'editorHoverWidget-border': '#c8c8c8',
    'editorIndentGuide-background1': '#d3d3d3',
    'editorCursor-foreground': '#000000',
    'charts-blue': '#0063d3',
    'charts-orange': '#d18616',
    'charts-purple': '#652d90',
    'charts-red': '#e51400',
    'charts-green': '#388a34',
    'charts-yellow': '#bf8803',
  },
  contrast: {
    ...shared,
    'editor-background': '#000000',
    foreground: '#ffffff',
    descriptionForeground: '#ffffffb3',
    errorForeground: '#f48771',
    focusBorder: '#f38518',
    contrastBorder: '#6fc3df',
    contrastActiveBorder: '#f38518',
    'panel-border': '#6fc3df',
    'icon-foreground': '#ffffff',
    'button-foreground': '#ffffff',
    'button-border': '#6fc3df',
    'dropdown-background': '#000000',
    'dropdown-foreground': '#ffffff',
    'dropdown-border': '#6fc3df',
    'input-background': '#000000',
    'textLink-foreground': '#21a6ff',
    'panelTitle-activeForeground': '#ffffff',
    'panelTitle-inactiveForeground': '#ffffff',
    'panelTitle-activeBorder': '#6fc3df',
    'editorHoverWidget-background': '#0c141f',
    'editorHoverWidget-border': '#6fc3df',
    'editorCursor-foreground': '#ffffff',
    'charts-blue': '#59a4f9',
    'charts-orange': '#d18616',
    'charts-purple': '#b180d7',
    'charts-red': '#f14c4c',
    'charts-green': '#89d185',
    'charts-yellow': '#cca700',
  },
};

const bodyClass = { dark: 'vscode-dark', light: 'vscode-light', contrast: 'vscode-high-contrast' };

/** The page's HTML, under the same policy as in VS Code. `js` is the built script's text; without it the bundle on disk is taken. */
export function standaloneHtml(
  themeName,
  js = readFileSync(path.join(root, 'client/dist/webview/replay.js'), 'utf8'),
) {
  const css = readFileSync(path.join(root, 'client/webview/replay.css'), 'utf8');
  const variables = Object.entries(themes[themeName])
    .map(([name, value]) => `--vscode-${name}: ${value};`)
    .join('');
  const fakeHost = `window.violations = []; window.sent = [];
document.addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective + ' ' + event.sample));
window.kept = JSON.parse(window.name || 'null') ?? undefined;
window.acquireVsCodeApi = () => ({ postMessage: (m) => window.sent.push(m), getState: () => window.kept, setState: (s) => { window.kept = s; window.name = JSON.stringify(s); } });`;
  const policy = `default-src 'none'; script-src 'nonce-test'; style-src 'nonce-test'; form-action 'none'; base-uri 'none'`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}"><title>Replay</title>
<style nonce="test">:root{${variables}}</style><style nonce="test">${css}</style></head>
<body class="${bodyClass[themeName]}"><div id="app"></div><script nonce="test">${fakeHost}</script>
<script nonce="test">${js.replaceAll('</script', '<\\/script')}</script></body></html>`;
}
