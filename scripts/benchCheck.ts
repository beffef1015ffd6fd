/**
 * `npm run bench -- check FOLDER`: the whole folder checked from cold, and a keystroke in its largest file with the whole
 * folder loaded. CPU time for the whole, wall time for keystrokes (each is one task of one thread).
 */
import { analyzeProgram } from '../server/src/analysis/analyze.ts';
import { createWorkspaceHost } from '../server/src/analysis/program/workspaceHost.ts';
import { readSources } from '../server/src/cli/readSources.ts';
import { loadFacts } from '../server/src/ddi/loadFacts.ts';
import { hover } from '../server/src/features/hover.ts';
import { defaultSettings } from '../server/src/protocol/settings.ts';
import { checkAcrossFunctions, checkFile, DEFAULT_RULE_SETTINGS } from '../server/src/rules/checkProgram.ts';

const KEYSTROKES = 60;
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: npm run bench -- check FOLDER');

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function percentile(values: readonly number[], share: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1);
}

const begin = { cpu: cpuSeconds(), wall: performance.now() };
const { files } = readSources([folder], (name) => /(^|\/)tools\/sdv$/.test(name));
const lines = files.reduce((sum, { text }) => sum + text.split('\n').length, 0);
const read = cpuSeconds();
const host = createWorkspaceHost({
  settings: { arch: 'x64', defines: {}, ignoreIrqlAnnotations: false },
  ddi: loadFacts({ arch: 'x64' }),
});
let program = host.update(files.map(({ path, text }) => ({ path, text })));
const modelled = cpuSeconds();
let analysis = analyzeProgram(program);
const inferred = cpuSeconds();
const across = checkAcrossFunctions(program, analysis, DEFAULT_RULE_SETTINGS);
let findings = 0;
for (const file of program.files.values()) {
  findings += checkFile(program, analysis, file, DEFAULT_RULE_SETTINGS, across).findings.length;
}
const end = { cpu: cpuSeconds(), wall: performance.now() };
const cpu = end.cpu - begin.cpu;
console.log(
  `check ${String(files.length)} files, ${String(lines)} lines, ${String(program.functions.length)} functions, ${String(findings)} findings`,
);
console.log(
  `  cold: ${((end.wall - begin.wall) / 1000).toFixed(1)} s wall, ${cpu.toFixed(1)} s CPU, ${(lines / cpu / 1000).toFixed(0)} k lines/s of CPU ` +
    `(read ${(read - begin.cpu).toFixed(1)}, model ${(modelled - read).toFixed(1)}, inference ${(inferred - modelled).toFixed(1)}, rules ${(end.cpu - inferred).toFixed(1)})`,
);
console.log(
  `  memory: ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB resident, ${(process.memoryUsage().heapUsed / 1e6).toFixed(0)} MB heap`,
);

/** The largest C file that has functions; a statement is typed into its functions in turn. */
const largest = files
  .filter(({ path }) => (program.files.get(path)?.functionIds.length ?? 0) > 20)
  .toSorted((a, b) => b.text.length - a.text.length)[0];
if (largest !== undefined) {
  const edits: number[] = [];
  const hovers: number[] = [];
  const ids = program.files.get(largest.path)?.functionIds ?? [];
  for (let i = 0; i < KEYSTROKES; i++) {
    const unit = program.functions[ids[(i * 7) % ids.length] ?? 0];
    const at = (unit?.head.bodyRange.start ?? 0) + 1;
    const text = `${largest.text.slice(0, at)} ; ${largest.text.slice(at)}`;
    const from = performance.now();
    program = host.update([{ path: largest.path, text }]);
    analysis = analyzeProgram(program, analysis);
    const file = program.files.get(largest.path);
    if (file !== undefined) checkFile(program, analysis, file, DEFAULT_RULE_SETTINGS);
    edits.push(performance.now() - from);
    const asked = performance.now();
    if (file !== undefined) hover({ program, analysis }, file, at + 40, defaultSettings);
    hovers.push(performance.now() - asked);
    program = host.update([{ path: largest.path, text: largest.text }]);
    analysis = analyzeProgram(program, analysis);
  }
  console.log(
    `keystroke in a file of ${String(largest.text.split('\n').length)} lines, all loaded: p50 ${percentile(edits, 0.5)} ms, p95 ${percentile(edits, 0.95)} ms to diagnostics`,
  );
  console.log(`  hover: p50 ${percentile(hovers, 0.5)} ms, p95 ${percentile(hovers, 0.95)} ms`);
}
