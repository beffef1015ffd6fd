// `npm test`: installs what is needed, then checks and tests everything, the real VS Code included.
// The last line is `N passed, N failed`, alone; every step besides the tests counts as one item, so that it never lies.
// `--quick` leaves the journeys out; output, logs and screenshots lie in test-output/.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { installPackages, installVscodeServer, requireNode } from './lib/install.mjs';
import { root, runCaptured } from './lib/run.mjs';

requireNode();
const isQuick = process.argv.includes('--quick');
const output = path.join(root, 'test-output');
const sums = { passed: 0, failed: 0, failures: [] };
const begin = performance.now();

function add({ passed, failed, failures }) {
  sums.passed += passed;
  sums.failed += failed;
  sums.failures.push(...failures);
}

function report(name, isGood, seconds, text) {
  console.log(`${isGood ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)`);
  if (!isGood) console.log(`${text.trimEnd().split('\n').slice(-120).join('\n')}\n`);
}

/** Runs one step to its end, keeps its output, counts it as one item, and returns whether it was good. */
async function step(name, command, args, env = {}) {
  const done = await runCaptured(command, args, { env: { ...process.env, FORCE_COLOR: '0', ...env } });
  writeFileSync(path.join(output, `${name.replaceAll(/\W+/g, '-')}.log`), done.output);
  const isGood = done.code === 0;
  add(isGood ? { passed: 1, failed: 0, failures: [] } : { passed: 0, failed: 1, failures: [name] });
  report(name, isGood, done.seconds, done.output);
  return isGood;
}

/** Runs a step that leaves sums of its own; where it leaves none, it counts as one failure. */
async function tests(name, args) {
  const sumsFile = path.join(output, `${name}-sums.json`);
  const env = { ...process.env, FORCE_COLOR: '0', IRQL_LENS_TEST_SUMS: sumsFile };
  const done = await runCaptured(process.execPath, args, { env });
  writeFileSync(path.join(output, `${name}.log`), done.output);
  const own = existsSync(sumsFile)
    ? JSON.parse(readFileSync(sumsFile, 'utf8'))
    : { passed: 0, failed: 1, failures: [`${name}: ended with exit code ${done.code} before its sums`] };
  if (done.code !== 0 && own.failed === 0)
    Object.assign(own, { failed: 1, failures: [`${name}: exit code ${done.code}`] });
  add(own);
  report(`${name}: ${own.passed} passed, ${own.failed} failed`, own.failed === 0, done.seconds, done.output);
}

const tool = (file) => path.join(root, 'node_modules', file);
const node = (name, ...args) => step(name, process.execPath, args);

/** Formatting, types and lint: they need the generated files only, so they run beside the tests. */
async function staticChecks() {
  await node('prettier', tool('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '.');
  await node('types', tool('typescript/bin/tsc'), '-b');
  const cache = path.join(root, 'out/eslint/');
  await node('lint', tool('eslint/bin/eslint.js'), '.', '--cache', '--cache-location', cache);
}

/** Whatever the window needs; where it cannot be had, the rest of the tests has been run all the same. */
async function prepareWindow() {
  try {
    installVscodeServer();
    const { ensureChromium } = await import('./lib/chromium.mjs');
    console.log(`browser for the journeys: ${ensureChromium()}`);
    return true;
  } catch (error) {
    add({ passed: 0, failed: 1, failures: [`journeys: ${error.message}`] });
    return false;
  }
}

async function journeys() {
  if (isQuick || !(await prepareWindow())) return;
  if (await node('package', 'scripts/package.mjs')) {
    await tests('journeys', ['scripts/runTs.mjs', 'test/runTest.ts']);
    await node('start', 'scripts/start.mjs', '--server', '--once');
    return;
  }
  add({ passed: 0, failed: 1, failures: ['journeys: there is no package to test'] });
}

async function main() {
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  installPackages();
  await node('generated files', 'scripts/generate.mjs', '--check');
  await node('build', 'scripts/build.mjs');
  await Promise.all([staticChecks(), tests('vitest', [tool('vitest/vitest.mjs'), 'run'])]);
  // Last and alone: a window wants the machine for itself.
  await journeys();
}

try {
  await main();
} catch (error) {
  console.error(error);
  add({ passed: 0, failed: 1, failures: [String(error)] });
}
if (sums.failures.length > 0) console.log(`\nfailed:\n  ${sums.failures.join('\n  ')}`);
console.log(`\n${((performance.now() - begin) / 1000).toFixed(0)} s; logs and screenshots: test-output/`);
console.log(`${sums.passed} passed, ${sums.failed} failed`);
process.exitCode = sums.failed === 0 && sums.passed > 0 ? 0 : 1;
