// Makes everything that is derived from the facts: the compact tables, the grammars and the JSON schema of facts files.
// `node scripts/generateFacts.mjs [--check] [--import FOLDER]`; --check writes nothing and fails when a file is stale.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { importRaw } from './facts/importRaw.mjs';
import { importTs } from './runTs.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const sourceFolder = path.join(root, 'server/src/ddi/data/source');
const TABLES = ['routines', 'effects', 'roles', 'registrations'];

/** One row a line, so that a change of a fact is a change of a line. */
function formatTable(rows) {
  return `[\n${rows.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`;
}

function keyOf(row) {
  return (
    row.name ??
    row.type ??
    `${row.entryPoint ?? row.function ?? row.struct} ${row.field ?? row.callbackArg ?? ''}${row.index ?? ''}`
  );
}

function writeSources(folder) {
  mkdirSync(sourceFolder, { recursive: true });
  const tables = importRaw(folder);
  for (const table of TABLES) {
    const rows = [...tables[table]].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0));
    writeFileSync(path.join(sourceFolder, `${table}.json`), formatTable(rows));
    console.log(`facts: ${table}.json has ${rows.length} rows`);
  }
}

/** The derived files, by path from the root. */
export async function generateFacts() {
  const read = (name) => JSON.parse(readFileSync(path.join(sourceFolder, `${name}.json`), 'utf8'));
  const { deriveFiles } = await importTs(path.join(root, 'scripts/facts/deriveFiles.ts'));
  const sources = Object.fromEntries(TABLES.map((table) => [table, read(table)]));
  return deriveFiles(sources, read('corrections'));
}

/** Writes the derived files, or with `isCheck` only compares; returns the names of those that were stale. */
export async function runGenerateFacts({ isCheck }) {
  const stale = [];
  for (const [name, text] of Object.entries(await generateFacts())) {
    const file = path.join(root, name);
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    stale.push(name);
    if (isCheck) continue;
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return stale;
}

if (process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const args = process.argv.slice(2);
  const importAt = args.indexOf('--import');
  if (importAt >= 0) {
    const folder = args[importAt + 1];
    if (folder === undefined || !existsSync(folder)) {
      console.error('generateFacts: --import needs the folder of the raw tables');
      process.exit(2);
    }
    writeSources(folder);
  }
  const isCheck = args.includes('--check');
  const stale = await runGenerateFacts({ isCheck });
  for (const name of stale)
    console.log(`facts: ${isCheck ? 'stale, run npm run generate' : 'written'}: ${name}`);
  process.exit(isCheck && stale.length > 0 ? 1 : 0);
}
