// `npm run package`: builds the bundles and packs them into irql-lens.vsix at the root.
// What goes in stands in .vscodeignore; bundles without source maps, no sources, no tests.
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { root, runSync } from './lib/run.mjs';

const isQuiet = process.argv.includes('--quiet');
const vsix = path.join(root, 'irql-lens.vsix');
const build = runSync(process.execPath, [
  path.join(root, 'scripts/build.mjs'),
  ...(isQuiet ? ['--quiet'] : []),
]);
if (build !== 0) process.exit(build);

// vsce refuses a file named in `files`/`main` that is not there, but only warns of an icon or README: be strict here.
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
for (const file of [manifest.main, manifest.browser, manifest.icon, 'README.md', 'LICENSE', 'CHANGELOG.md']) {
  if (file === undefined) continue;
  try {
    statSync(path.join(root, file));
  } catch {
    console.error(`package: ${file} is named in the manifest but is not there`);
    process.exit(1);
  }
}

const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
const args = [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '-o', vsix];
const code = runSync(process.execPath, args, isQuiet ? { stdio: ['ignore', 'ignore', 'inherit'] } : {});
if (code === 0 && !isQuiet) console.log(`irql-lens.vsix ${(statSync(vsix).size / 1000).toFixed(0)} kB`);
process.exit(code);
