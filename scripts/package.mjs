// `npm run package`: builds the bundles and packs them into irql-lens.vsix at the root.
// What goes in stands in .vscodeignore; this refuses a package that lacks a bundle or carries sources.
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { bundles } from './bundles.mjs';
import { root, runSync } from './lib/run.mjs';

const isQuiet = process.argv.includes('--quiet');
const vsix = path.join(root, 'irql-lens.vsix');

function stopWith(message) {
  console.error(`package: ${message}`);
  process.exit(1);
}

/** What the manifest names must be there: vsce only warns, and the user would see a hole. */
function checkManifest() {
  const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const named = [manifest.main, manifest.browser, manifest.icon, 'README.md', 'LICENSE', 'CHANGELOG.md'];
  for (const file of named) {
    if (file !== undefined && !existsSync(path.join(root, file))) stopWith(`${file} is not there`);
  }
}

/** Every shipped bundle is inside, and nothing that users have no use for. */
function checkContents(files) {
  const slashed = files.map((file) => file.split(path.sep).join('/'));
  for (const { out, isShipped = true } of bundles) {
    if (isShipped !== slashed.includes(out))
      stopWith(`${out} is ${isShipped ? 'missing' : 'inside'}: see .vscodeignore`);
  }
  const stray = slashed.filter((file) =>
    /\.(map|ts|mts|mjs|c|h|test\.js)$|^(test|scripts|examples|node_modules)\//.test(file),
  );
  if (stray.length > 0) stopWith(`${stray.join(', ')}: see .vscodeignore`);
}

const build = runSync(process.execPath, [
  path.join(root, 'scripts/build.mjs'),
  ...(isQuiet ? ['--quiet'] : []),
]);
if (build !== 0) process.exit(build);
checkManifest();
// Imported late: `npm start` comes here before anything is installed.
const { listFiles, PackageManager } = await import('@vscode/vsce');
checkContents(await listFiles({ cwd: root, packageManager: PackageManager.None }));
const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
const args = [vsce, 'package', '--no-dependencies', '-o', vsix];
const code = runSync(process.execPath, args, isQuiet ? { stdio: ['ignore', 'ignore', 'inherit'] } : {});
if (code === 0) console.log(`irql-lens.vsix: ${(statSync(vsix).size / 1000).toFixed(0)} kB`);
process.exit(code);
