// `npm run build`: makes every bundle of bundles.mjs with esbuild and prints the sizes. It checks no types.
// `--watch` rebuilds on change; `--quiet` prints problems only; `--allow-missing` skips entries that do not exist yet.
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, context } from 'esbuild';
import { bundles, esbuildOptions } from './bundles.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const flags = new Set(process.argv.slice(2));

/** The bundles are CommonJS although the sources' packages are ESM: a package.json beside them says so to Node. */
function markCommonJs() {
  for (const folder of ['client/dist', 'server/dist']) {
    mkdirSync(path.join(root, folder), { recursive: true });
    writeFileSync(path.join(root, folder, 'package.json'), '{ "type": "commonjs" }\n');
  }
}

function printSizes(built) {
  const kilobytes = (n) => `${(n / 1000).toFixed(0)} kB`.padStart(8);
  for (const bundle of built) {
    const file = path.join(root, bundle.out);
    const size = statSync(file).size;
    console.log(
      `${bundle.out.padEnd(38)}${kilobytes(size)}${kilobytes(gzipSync(readFileSync(file)).length)} gzip`,
    );
  }
}

async function main() {
  const missing = bundles.filter((bundle) => !existsSync(path.join(root, bundle.entry)));
  for (const bundle of missing)
    console.error(`build: ${bundle.entry} does not exist, ${bundle.out} is not built`);
  const built = bundles.filter((bundle) => !missing.includes(bundle));
  markCommonJs();
  const options = built.map((bundle) => ({ absWorkingDir: root, ...esbuildOptions(bundle) }));
  if (flags.has('--watch')) {
    const contexts = await Promise.all(options.map((option) => context(option)));
    await Promise.all(contexts.map((one) => one.watch()));
    console.log('build: watching');
    return;
  }
  // Every failure is printed by esbuild itself; all bundles are tried, so that one run shows all problems.
  const results = await Promise.allSettled(options.map((option) => build(option)));
  const made = built.filter((_, at) => results[at].status === 'fulfilled');
  for (const bundle of made) if (bundle.isExecutable) chmodSync(path.join(root, bundle.out), 0o755);
  if (!flags.has('--quiet')) printSizes(made);
  const isIncomplete = missing.length > 0 && !flags.has('--allow-missing');
  if (made.length < built.length || isIncomplete) process.exitCode = 1;
}

await main();
