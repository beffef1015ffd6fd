/**
 * `npm run bench -- edit FOLDER`: keystrokes in the folder's largest source with its own driver, with half and with the whole of
 * the folder loaded into one program: wall time to diagnostics, then a hover. Edits of a macro and of a header are measured apart.
 */
import { analyzeProgram } from '../server/src/analysis/analyze.ts';
import type { ProgramAnalysis } from '../server/src/analysis/facts.ts';
import { createWorkspaceHost, type WorkspaceHost } from '../server/src/analysis/program/workspaceHost.ts';
import { readSources, type SourceFile } from '../server/src/cli/readSources.ts';
import { loadFacts } from '../server/src/ddi/loadFacts.ts';
import { hover } from '../server/src/features/hover.ts';
import { defaultSettings } from '../server/src/protocol/settings.ts';
import { checkFile, DEFAULT_RULE_SETTINGS } from '../server/src/rules/checkProgram.ts';
import { createQuietFunctions } from '../server/src/rules/quietFunctions.ts';

const KEYSTROKES = 60;
const WARM_UP = 10;
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: npm run bench -- edit FOLDER');

function percentile(values: readonly number[], share: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1);
}

const spread = (values: readonly number[]): string =>
  `p50 ${percentile(values, 0.5)} ms, p95 ${percentile(values, 0.95)} ms`;

/** Milliseconds by the clock, and of processor time of this process: the latter is what other load on the machine changes least. */
interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

function cpuMilliseconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const costs = (all: readonly Cost[]): string =>
  `${spread(all.map(({ wall }) => wall))} (CPU ${spread(all.map(({ cpu }) => cpu))})`;

/** A world in which the edits of one file are measured. */
class Bench {
  readonly #host: WorkspaceHost;
  readonly #file: SourceFile;
  readonly #quiet = createQuietFunctions();
  #analysis: ProgramAnalysis;

  constructor(files: readonly SourceFile[], file: SourceFile) {
    this.#file = file;
    this.#host = createWorkspaceHost({
      settings: { arch: 'x64', defines: {}, ignoreIrqlAnnotations: false },
      ddi: loadFacts({ arch: 'x64' }),
    });
    this.#host.update(files.map(({ path, text }) => ({ path, text })));
    this.#analysis = analyzeProgram(this.#host.program);
    this.#check();
  }

  get functions(): number {
    return this.#host.program.functions.length;
  }

  #check(): void {
    const { program } = this.#host;
    const unit = program.files.get(this.#file.path);
    if (unit !== undefined) checkFile(program, this.#analysis, unit, DEFAULT_RULE_SETTINGS, [], this.#quiet);
  }

  /** Milliseconds from a text to the diagnostics of the measured file. */
  edit(path: string, text: string): Cost {
    const from = performance.now();
    const before = cpuMilliseconds();
    this.#host.update([{ path, text }]);
    this.#analysis = analyzeProgram(this.#host.program, this.#analysis);
    this.#check();
    return { wall: performance.now() - from, cpu: cpuMilliseconds() - before };
  }

  hover(offset: number): number {
    const { program } = this.#host;
    const unit = program.files.get(this.#file.path);
    const from = performance.now();
    if (unit !== undefined) hover({ program, analysis: this.#analysis }, unit, offset, defaultSettings);
    return performance.now() - from;
  }

  /** A statement is typed into each function in turn, and taken away again. */
  typeInBodies(): { readonly edits: Cost[]; readonly hovers: number[] } {
    const edits: Cost[] = [];
    const hovers: number[] = [];
    const { path, text } = this.#file;
    const ids = this.#host.program.files.get(path)?.functionIds ?? [];
    for (let i = -WARM_UP; i < KEYSTROKES; i++) {
      const unit = this.#host.program.functions[ids[(Math.abs(i) * 7) % ids.length] ?? 0];
      const at = (unit?.head.bodyRange.start ?? 0) + 1;
      const typed = this.edit(path, `${text.slice(0, at)} ; ${text.slice(at)}`);
      const asked = this.hover(at + 40);
      const removed = this.edit(path, text);
      if (i < 0) continue;
      edits.push(typed, removed);
      hovers.push(asked);
    }
    return { edits, hovers };
  }

  /** An edit that makes another text of the file, and back, a few times. */
  editOutside(path: string, text: string, changed: string): Cost[] {
    return Array.from({ length: 6 }, () => [this.edit(path, changed), this.edit(path, text)]).flat();
  }
}

/** The header beside the source that most text includes by name. */
function headerOf(files: readonly SourceFile[], source: SourceFile): SourceFile | undefined {
  const names = [...source.text.matchAll(/^[ \t]*#[ \t]*include[ \t]*"([^"\r\n]+)"/gm)].map(
    ([, name = '']) => name,
  );
  const own = source.path.split('/').slice(0, -2).join('/');
  return files.find(({ path }) => path.startsWith(own) && names.some((name) => path.endsWith(`/${name}`)));
}

const { files } = readSources([folder], (name) => /(^|\/)tools\/sdv$/.test(name));
const sources = files.filter(({ path }) => /\.(?:c|cpp)$/i.test(path));
const largest = sources
  .toSorted((a, b) => b.text.length - a.text.length)
  .find(({ text }) => text.split('\n').length < 40_000);
if (largest === undefined) throw new Error('the folder has no source');
const driver = largest.path.split('/').slice(0, -2).join('/');
const near = files.filter(({ path }) => path.startsWith(`${driver}/`));
const others = files.filter(({ path }) => !path.startsWith(`${driver}/`));
const half = [...near, ...others.filter((_, i) => i < others.length / 2)];
console.log(`keystrokes in a file of ${String(largest.text.split('\n').length)} lines`);
for (const [what, loaded] of [
  ['its driver', near],
  ['half of all', half],
  ['all', files],
] as const) {
  const bench = new Bench(loaded, largest);
  const { edits, hovers } = bench.typeInBodies();
  console.log(
    `  with ${what} loaded (${String(bench.functions)} functions): to diagnostics ${costs(edits)}; hover after it ${spread(hovers)}`,
  );
  const macro = `${largest.text}\n#define BENCH_MACRO(x) (x)\n`;
  console.log(`    a macro comes and goes: ${costs(bench.editOutside(largest.path, largest.text, macro))}`);
  const header = headerOf(loaded, largest);
  if (header === undefined) continue;
  const declared = `${header.text}\nVOID BenchDeclared(VOID);\n`;
  console.log(
    `    a declaration in a header comes and goes: ${costs(bench.editOutside(header.path, header.text, declared))}`,
  );
}
