// The floors of the house as one data table: which folder may import which, and what each must do without.
// eslint.config.mjs makes the lint rules from it (lint/floorRule.mjs resolves the imports); it decides nothing else.

/**
 * @typedef {object} Floor
 * @property {string} name   as it is called in ARCHITECTURE.md
 * @property {string} path   the folder, or a file pattern with one `*`, from the repository root
 * @property {number} height   a floor may import itself and whatever lies strictly lower
 * @property {'pure' | 'host' | 'node' | 'browser' | 'vscode' | 'page'} world   what exists around it at run time: nothing, timers, ...
 * @property {readonly string[]} [only]   where given, the only floors it may import
 * @property {readonly string[]} packages   the packages it may import; `node:*` stands for all Node modules
 */

/** @type {readonly Floor[]} */
export const floors = [
  { name: 'base', path: 'server/src/base', height: 0, world: 'pure', packages: [] },
  { name: 'protocol', path: 'server/src/protocol', height: 1, world: 'pure', packages: ['zod'] },
  { name: 'syntax', path: 'server/src/syntax', height: 2, world: 'pure', packages: [] },
  { name: 'ddi', path: 'server/src/ddi', height: 2, world: 'pure', packages: ['zod'] },
  { name: 'engine', path: 'server/src/engine', height: 2, world: 'pure', packages: ['zod'] },
  { name: 'cfg', path: 'server/src/cfg', height: 3, world: 'pure', packages: [] },
  { name: 'analysis', path: 'server/src/analysis', height: 4, world: 'pure', packages: [] },
  { name: 'rules', path: 'server/src/rules', height: 5, world: 'pure', packages: [] },
  { name: 'features', path: 'server/src/features', height: 6, world: 'pure', packages: [] },
  {
    name: 'lsp',
    path: 'server/src/lsp',
    height: 7,
    world: 'host',
    packages: ['vscode-languageserver', 'vscode-languageserver-textdocument', 'zod'],
  },
  { name: 'node', path: 'server/src/node', height: 8, world: 'node', packages: ['node:*', 'zod'] },
  { name: 'browser', path: 'server/src/browser', height: 8, world: 'browser', packages: [] },
  { name: 'cli', path: 'server/src/cli', height: 9, world: 'node', packages: ['node:*', 'zod'] },
  {
    name: 'main.node',
    path: 'server/src/*.node.ts',
    height: 9,
    world: 'node',
    packages: ['node:*', 'vscode-languageserver'],
  },
  {
    name: 'main.browser',
    path: 'server/src/*.browser.ts',
    height: 9,
    world: 'browser',
    packages: ['vscode-languageserver'],
  },
  {
    name: 'client',
    path: 'client/src',
    height: 10,
    world: 'vscode',
    only: ['protocol'],
    packages: ['vscode', 'vscode-languageclient', 'irql-lens-server', 'node:*'],
  },
  {
    name: 'webview',
    path: 'client/webview',
    height: 10,
    world: 'page',
    only: ['protocol'],
    packages: ['irql-lens-server'],
  },
];

/** Names that would make a pure floor depend on its surroundings, each with what to use instead. */
export const impureGlobals = [
  ['Date', 'the core has no clock: take the time as an argument'],
  ['performance', 'the core has no clock: take the time as an argument'],
  ['console', 'the core does not print: return problems as values'],
  ['process', 'the core knows no process: take what you need as an argument'],
  ['Buffer', 'the core knows no Node types: use Uint8Array'],
  ['require', 'the core loads nothing: take what you need as an argument'],
  ['fetch', 'the core does no I/O'],
  ['setTimeout', 'the core has no timers: the scheduler of the lsp floor decides when'],
  ['setInterval', 'the core has no timers: the scheduler of the lsp floor decides when'],
  ['setImmediate', 'the core has no timers: the scheduler of the lsp floor decides when'],
  ['queueMicrotask', 'the core has no timers: the scheduler of the lsp floor decides when'],
  ['window', 'the core knows no page'],
  ['document', 'the core knows no page'],
  ['globalThis', 'the core has no global state'],
];

/** The floor a file belongs to, or undefined. `file` is relative to the repository root, with forward slashes. */
export function floorOf(file) {
  return floors.find(({ path }) => {
    const star = path.indexOf('*');
    if (star < 0) return file.startsWith(`${path}/`);
    const middle = file.slice(star, file.length - (path.length - star - 1));
    return (
      file.startsWith(path.slice(0, star)) && file.endsWith(path.slice(star + 1)) && !middle.includes('/')
    );
  });
}

/** Whether a file of floor `from` may import one of floor `to`. */
export function mayImport(from, to) {
  if (from.name === to.name) return true;
  return from.only === undefined ? to.height < from.height : from.only.includes(to.name);
}

/** Whether a file of floor `from` may import the package named in `specifier` ('zod', 'node:fs', 'vscode-languageserver/node'). */
export function mayImportPackage(from, specifier) {
  return from.packages.some((allowed) =>
    allowed === 'node:*'
      ? specifier.startsWith('node:')
      : specifier === allowed || specifier.startsWith(`${allowed}/`),
  );
}
