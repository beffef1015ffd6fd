// Runs a TypeScript file of scripts/, server/ or test/ on plain Node 20: bundles it with esbuild into out/ts and starts it.
// `node scripts/runTs.mjs scripts/foo.ts [arguments]`, or `import { importTs } from './runTs.mjs'` from another script.
// It checks no types (that is `npm run typecheck`), and packages of node_modules stay outside the bundle.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

// Written in two parts, because the plugin below reads this file too.
const metaUrl = ['import.meta', 'url'].join('.');

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Keeps a module's own URL pointing at the source, so that a script finds its neighbours although it runs from out/. */
const sourceUrls = {
  name: 'source-urls',
  setup(plugin) {
    plugin.onLoad({ filter: /\.m?[jt]s$/ }, ({ path: file }) => {
      const text = readFileSync(file, 'utf8');
      if (!text.includes(metaUrl)) return undefined;
      const url = JSON.stringify(pathToFileURL(file).href);
      return { contents: text.replaceAll(metaUrl, url), loader: file.endsWith('js') ? 'js' : 'ts' };
    });
  },
};

/**
 * Bundles one TypeScript entry and returns the path of the module that Node can run. The name carries the process id,
 * because several scripts may be started at the same time; the file goes when the process ends.
 */
export async function bundleTs(entry, extra = {}) {
  const file = path.resolve(entry);
  const name = path.relative(root, file).replace(/[^A-Za-z0-9]+/g, '-');
  const outdir = path.join(root, 'out', 'ts');
  mkdirSync(outdir, { recursive: true });
  const outfile = path.join(outdir, `${name}-${process.pid}.mjs`);
  await build({
    entryPoints: [file],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    alias: { 'irql-lens-server/protocol': path.join(root, 'server/src/protocol/index.ts') },
    loader: { '.md': 'text', '.c': 'text', '.h': 'text' },
    plugins: [sourceUrls],
    sourcemap: 'inline',
    logLevel: 'warning',
    ...extra,
  });
  process.once('exit', () => rmSync(outfile, { force: true }));
  return outfile;
}

/** Bundles and imports a TypeScript module into this process. */
export async function importTs(entry) {
  return import(pathToFileURL(await bundleTs(entry)).href);
}

/** Bundles a TypeScript program, runs it in its own process with inherited output, and returns its exit code. */
export async function runTs(entry, args = [], nodeArgs = []) {
  const bundle = await bundleTs(entry);
  const child = spawnSync(process.execPath, ['--enable-source-maps', ...nodeArgs, bundle, ...args], {
    stdio: 'inherit',
  });
  return child.status ?? 1;
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const rest = process.argv.slice(2);
  const nodeArgs = [];
  while (rest[0]?.startsWith('--')) nodeArgs.push(rest.shift());
  const entry = rest.shift();
  if (entry === undefined) {
    console.error('usage: node scripts/runTs.mjs [--node-option]... FILE.ts [argument]...');
    process.exit(2);
  }
  process.exit(await runTs(entry, rest, nodeArgs));
}
