// Prints what reading a folder costs, pass by pass, in CPU seconds of the main thread; the best of three rounds.
import { createAtomTable, parseBody, readStructure, tokenize } from '../server/src/syntax/frontEnd.ts';
import { buildEnvironment, readSources } from './sourceTree.ts';

const folder = process.argv[2];
if (folder === undefined) {
  console.error('usage: node scripts/benchParse.mjs FOLDER');
  process.exit(2);
}
const files = readSources(folder);
const size = files.reduce((sum, file) => sum + file.text.length, 0);
const lines = files.reduce((sum, file) => sum + file.text.split('\n').length, 0);

/** CPU seconds of `work`, the least of three. */
function measure(work: () => void): number {
  let best = Infinity;
  for (let round = 0; round < 3; round++) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    best = Math.min(best, (user + system) / 1e6);
  }
  return best;
}

const counts = { bodies: 0, nodes: 0, recoveries: 0, bodiesWithRecovery: 0, skipped: 0 };
function readAll(): void {
  const { atoms, structures, environment } = buildEnvironment(files);
  Object.assign(counts, { bodies: 0, nodes: 0, recoveries: 0, bodiesWithRecovery: 0, skipped: 0 });
  for (const { path, text } of files) {
    const structure = structures.get(path);
    if (structure === undefined) continue;
    const scope = environment.forFile(path);
    counts.skipped += structure.skipped.length;
    for (const fn of structure.functions) {
      const ir = parseBody(text, structure, fn, scope, atoms);
      counts.bodies++;
      counts.nodes += ir.nodeCount;
      counts.recoveries += ir.recoveries.length;
      if (ir.recoveries.length > 0) counts.bodiesWithRecovery++;
    }
  }
}

const tokens = measure(() => {
  const atoms = createAtomTable();
  for (const { text } of files) tokenize(text, atoms);
});
const structure = measure(() => {
  const atoms = createAtomTable();
  for (const { text } of files) readStructure(text, atoms);
});
const whole = measure(readAll);
const rate = (seconds: number): string =>
  `${(size / 1e6 / seconds).toFixed(0)} MB/s, ${(lines / 1000 / seconds).toFixed(0)} klines/s`;
console.log(`${files.length} files, ${lines} lines, ${(size / 1e6).toFixed(1)} M characters`);
console.log(`tokenize                 ${tokens.toFixed(2)} s CPU   ${rate(tokens)}`);
console.log(`tokenize + structure     ${structure.toFixed(2)} s CPU   ${rate(structure)}`);
console.log(`whole, all bodies to IR  ${whole.toFixed(2)} s CPU   ${rate(whole)}`);
console.log(JSON.stringify(counts));

const largest = files.toSorted((a, b) => b.text.length - a.text.length).slice(0, 20);
const atoms = createAtomTable();
const times: number[] = [];
for (const { text } of largest) {
  for (let i = 0; i < 10; i++) {
    const before = performance.now();
    readStructure(text, atoms);
    times.push(performance.now() - before);
  }
}
times.sort((a, b) => a - b);
const at = (share: number): string => (times[Math.floor(times.length * share)] ?? 0).toFixed(1);
console.log(`re-reading one of the 20 largest files: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`);
