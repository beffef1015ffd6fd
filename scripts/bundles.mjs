// The bundles of the product as one data table: what is built from which entry, for which host.
// build.mjs makes them, package.mjs ships them, the bench prints their sizes. It builds nothing itself.

/**
 * @typedef {object} Bundle
 * @property {string} entry   source file, from the repository root
 * @property {string} out     file that is written, from the repository root
 * @property {'node' | 'worker' | 'webExtension' | 'page'} host   where it runs
 * @property {boolean} [isExecutable]   gets a shebang and the executable bit
 * @property {boolean} [isShipped]   false for what the .vsix does not need
 */

/** @type {readonly Bundle[]} */
export const bundles = [
  { entry: 'client/src/extension.node.ts', out: 'client/dist/extension.js', host: 'node' },
  { entry: 'client/src/extension.browser.ts', out: 'client/dist/extension.web.js', host: 'webExtension' },
  { entry: 'client/webview/main.ts', out: 'client/dist/webview/replay.js', host: 'page' },
  { entry: 'client/webview/replay.css', out: 'client/dist/webview/replay.css', host: 'page' },
  { entry: 'server/src/main.node.ts', out: 'server/dist/main.js', host: 'node' },
  { entry: 'server/src/main.browser.ts', out: 'server/dist/main.browser.js', host: 'worker' },
  { entry: 'server/src/engineWorker.node.ts', out: 'server/dist/engineWorker.js', host: 'node' },
  { entry: 'server/src/engineWorker.browser.ts', out: 'server/dist/engineWorker.browser.js', host: 'worker' },
  { entry: 'server/src/indexWorker.node.ts', out: 'server/dist/indexWorker.js', host: 'node' },
  {
    entry: 'server/src/cli/main.ts',
    out: 'server/dist/cli.js',
    host: 'node',
    isExecutable: true,
    isShipped: false,
  },
];

/** zod carries its messages in fifty languages (260 kB in every bundle): English is the one that is shown. */
const zodInEnglish = {
  name: 'zod-in-english',
  setup(plugin) {
    plugin.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

const common = {
  bundle: true,
  minify: true,
  sourcemap: 'linked',
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [zodInEnglish],
  loader: { '.md': 'text', '.c': 'text', '.h': 'text' },
};

/** The esbuild options of one bundle; paths are resolved by esbuild's `absWorkingDir`. */
export function esbuildOptions(bundle) {
  const files = { entryPoints: [bundle.entry], outfile: bundle.out };
  switch (bundle.host) {
    case 'node':
      return {
        ...common,
        ...files,
        platform: 'node',
        format: 'cjs',
        target: 'node20',
        external: ['vscode'],
        // CommonJS has no import.meta; sources may use it to find a neighbouring bundle.
        define: { 'import.meta.url': 'importMetaUrl' },
        banner: {
          js: `${bundle.isExecutable ? '#!/usr/bin/env node\n' : ''}const importMetaUrl=require('node:url').pathToFileURL(__filename).href;`,
        },
      };
    case 'webExtension':
      return {
        ...common,
        ...files,
        platform: 'browser',
        format: 'cjs',
        target: 'es2022',
        external: ['vscode'],
        define: { global: 'globalThis' },
      };
    case 'worker':
      return {
        ...common,
        ...files,
        platform: 'browser',
        format: 'iife',
        target: 'es2022',
        define: { global: 'globalThis', 'import.meta.url': 'self.location.href' },
      };
    case 'page':
      return { ...common, ...files, platform: 'browser', format: 'iife', target: 'es2022' };
    default:
      throw new Error(`bundles.mjs: unknown host ${bundle.host}`);
  }
}
