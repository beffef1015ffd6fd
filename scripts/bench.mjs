// `npm run bench -- [what] [FOLDER]`: prints ratios and counts. What: parse, check, edit, server (these need a folder), engine, replay, start;
// without it everything that the arguments allow.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const run = (script, ...args) => ({ script, args });
const typescript = (entry, ...args) => run('runTs.mjs', path.join(here, entry), ...args);

/** Each bench with the command that runs it; `needsFolder` ones are left out where none is given. */
const benches = {
  parse: { needsFolder: true, command: (folder) => run('benchParse.mjs', folder) },
  check: { needsFolder: true, command: (folder) => typescript('benchCold.ts', folder) },
  edit: { needsFolder: true, command: (folder) => typescript('benchEdit.ts', folder) },
  server: { needsFolder: true, command: (folder) => run('benchServer.mjs', folder) },
  engine: { needsFolder: false, command: () => run('benchEngine.mjs') },
  replay: { needsFolder: false, command: () => run('benchReplay.mjs') },
  start: { needsFolder: false, command: () => run('benchStart.mjs') },
};

const args = process.argv.slice(2);
const named = args.filter((arg) => arg in benches);
const [folder] = args.filter((arg) => !(arg in benches));
for (const name of named.length > 0 ? named : Object.keys(benches)) {
  const { needsFolder, command } = benches[name];
  if (needsFolder && folder === undefined) {
    console.log(`${name}: needs a folder of drivers, as in npm run bench -- ${name} FOLDER`);
    continue;
  }
  console.log(`\n== ${name}`);
  const { script, args: scriptArgs } = command(folder);
  const { status } = spawnSync(process.execPath, [path.join(here, script), ...scriptArgs], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
