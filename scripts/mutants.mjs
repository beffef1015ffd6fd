/**
 * `npm run mutants -- FOLDER`: see scripts/mutants/runMutants.ts.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const runTs = fileURLToPath(new URL('runTs.mjs', import.meta.url));
const entry = fileURLToPath(new URL('mutants/runMutants.ts', import.meta.url));
const { status } = spawnSync(process.execPath, [runTs, entry, ...process.argv.slice(2)], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
