// Installs what a folder's lock file names, when it is not there yet. Uses Node and npm alone.
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { root, runSync } from './run.mjs';

/** The folder of the VS Code server package, which has a lock file of its own: it is large and most people need it never. */
export const e2eHost = path.join(root, 'test/e2e-host');

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Whether node_modules of `folder` holds what its lock file asks for (optional and foreign-platform packages aside). */
export function isInstalled(folder) {
  const wanted = readJson(path.join(folder, 'package-lock.json'))?.packages;
  const present = readJson(path.join(folder, 'node_modules/.package-lock.json'))?.packages;
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(([where, entry]) => {
    if (!where.startsWith('node_modules/') || entry.link || entry.optional || entry.devOptional) return true;
    return present[where]?.version === entry.version;
  });
}

function npmCi(folder, args) {
  console.log(`installing the packages of ${path.relative(root, folder) || 'the repository'} ...`);
  const code = runSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...args], {
    cwd: folder,
  });
  if (code !== 0) throw new Error(`npm ci failed in ${folder} (exit code ${code}): see above`);
}

/** Installs the repository's packages where they are missing or older than the lock file. */
export function installPackages() {
  if (!isInstalled(root)) npmCi(root, []);
}

/** Installs the VS Code server where it is missing. No install script runs and nothing is compiled. */
export function installVscodeServer() {
  if (!isInstalled(e2eHost)) npmCi(e2eHost, ['--ignore-scripts']);
  // The server finds its modules by walking up, but serves the browser's from a folder beside itself.
  const link = path.join(e2eHost, 'node_modules/code-server/lib/vscode/node_modules');
  if (!existsSync(link)) symlinkSync(path.join(e2eHost, 'node_modules'), link, 'junction');
}

/** Refuses a Node that is too old, in words, before anything else fails in a stranger way. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`IRQL Lens needs Node 20.19 or newer to build; this is Node ${process.versions.node}.`);
  process.exit(2);
}
