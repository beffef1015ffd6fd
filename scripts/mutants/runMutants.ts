/**
 * `npm run mutants -- FOLDER [--defects N] [--rewrites N] [--verbose] [--save FILE | --load FILE]`: seeds single defects and harmless rewrites into the real
 * functions of a folder and counts how many defects are found and how many rewrites stay silent, by kind and by rule.
 * Each driver is analysed by itself. What is seeded hangs on what the inference knows of a function: `--save` keeps the
 * chosen mutants in a file and `--load` takes them from there, so that two versions can be compared on the same ones.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { analyzeProgram } from '../../server/src/analysis/analyze.ts';
import type { ProgramAnalysis } from '../../server/src/analysis/facts.ts';
import type { FunctionUnit, Program } from '../../server/src/analysis/program.ts';
import { createWorkspaceHost, type WorkspaceHost } from '../../server/src/analysis/program/workspaceHost.ts';
import { loadFacts } from '../../server/src/ddi/loadFacts.ts';
import { readSources, type SourceFile } from '../../server/src/cli/readSources.ts';
import {
  checkAcrossFunctions,
  checkFile,
  DEFAULT_LIMITS,
  DEFAULT_RULE_SETTINGS,
} from '../../server/src/rules/checkProgram.ts';
import type { Finding, FunctionContext } from '../../server/src/rules/rule.ts';
import { DEFECTS } from './defects.ts';
import { describeMiss } from './describeMiss.ts';
import { applyEdits, keyOf, type Mutant, type Mutator } from './mutant.ts';
import { REWRITES } from './rewrites.ts';

const SETTINGS = { arch: 'x64', defines: {}, ignoreIrqlAnnotations: false } as const;
/** More mutants of one kind than this from one driver say nothing new. */
const MAX_PER_DRIVER = 12;

interface Driver {
  readonly host: WorkspaceHost;
  readonly texts: Map<string, string>;
  program: Program;
  analysis: ProgramAnalysis;
}

interface Candidate {
  readonly driver: string;
  readonly mutant: Mutant;
}

interface Tally {
  made: number;
  good: number;
  readonly misses: string[];
  readonly rules: Map<string, number>;
}

const ddi = loadFacts({ arch: 'x64' });

function openDriver(files: readonly SourceFile[]): Driver {
  const host = createWorkspaceHost({ settings: SETTINGS, ddi });
  const program = host.update(files.map(({ path, text }) => ({ path, text })));
  return {
    host,
    texts: new Map(files.map(({ path, text }) => [path, text])),
    program,
    analysis: analyzeProgram(program),
  };
}

/** Findings that count: what a user would be shown as an error or a warning, and hints of the seed are left out. */
function loudFindings({ program, analysis }: Driver): Finding[] {
  const across = checkAcrossFunctions(program, analysis, DEFAULT_RULE_SETTINGS);
  return [...program.files.values()]
    .flatMap((file) => checkFile(program, analysis, file, DEFAULT_RULE_SETTINGS, across).findings)
    .filter(({ severity }) => severity === 'error' || severity === 'warning');
}

function contextOf({ program, analysis }: Driver, { id }: FunctionUnit): FunctionContext {
  return {
    limits: DEFAULT_LIMITS,
    program,
    analysis,
    facts: analysis.factsOf(id),
    entry: analysis.entryOf(id),
    summary: analysis.summaryOf(id),
  };
}

function collect(name: string, driver: Driver, mutators: readonly Mutator[]): Candidate[] {
  const perKind = new Map<string, number>();
  const found: Candidate[] = [];
  for (const unit of driver.program.functions) {
    const context = contextOf(driver, unit);
    if (!context.facts.calls.some(({ locks, callee }) => locks.length > 0 || callee.kind === 'ddi')) continue;
    for (const mutate of mutators) {
      for (const mutant of mutate(context)) {
        const count = perKind.get(mutant.kind) ?? 0;
        perKind.set(mutant.kind, count + 1);
        if (count < MAX_PER_DRIVER) found.push({ driver: name, mutant });
      }
    }
  }
  return found;
}

/** What a mutant brings: findings that were not there, or more of a kind than before; and why there are none. */
interface Outcome {
  readonly fresh: readonly Finding[];
  readonly why: string;
}

function tryMutant(driver: Driver, mutant: Mutant, before: ReadonlyMap<string, number>): Outcome {
  const original = driver.texts.get(mutant.file) ?? '';
  const edits = mutant.edits.filter((edit) => edit.file === mutant.file);
  const changed = driver.host.update([{ path: mutant.file, text: applyEdits(original, edits) }]);
  const mutated: Driver = { ...driver, program: changed, analysis: analyzeProgram(changed, driver.analysis) };
  const counts = new Map<string, number>();
  const fresh = loudFindings(mutated).filter((finding) => {
    const key = keyOf(finding);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count > (before.get(key) ?? 0);
  });
  const changedUnit = mutated.program.functions.find(
    ({ qualifiedName, file }) => qualifiedName === mutant.function && file.path === mutant.file,
  );
  const why = changedUnit === undefined ? '' : describeMiss(contextOf(mutated, changedUnit));
  driver.program = driver.host.update([{ path: mutant.file, text: original }]);
  driver.analysis = analyzeProgram(driver.program, mutated.analysis);
  return { fresh, why };
}

/** A defect counts as found when a new finding is in the function, or its trace goes through the function's text. */
function isFoundBy(finding: Finding, mutant: Mutant): boolean {
  if (finding.function === mutant.function || finding.function === 'IrqlLensMutant') return true;
  return finding.file === mutant.file || finding.trace.some((step) => step.file === mutant.file);
}

function judge(
  tallies: Map<string, Tally>,
  mutant: Mutant,
  { fresh, why }: Outcome,
  isDefect: boolean,
): void {
  const tally: Tally = tallies.get(mutant.kind) ?? { made: 0, good: 0, misses: [], rules: new Map() };
  tallies.set(mutant.kind, tally);
  tally.made++;
  const hits = isDefect ? fresh.filter((finding) => isFoundBy(finding, mutant)) : fresh;
  for (const rule of new Set(hits.map((finding) => finding.rule)))
    tally.rules.set(rule, (tally.rules.get(rule) ?? 0) + 1);
  const isGood = isDefect ? hits.length > 0 : hits.length === 0;
  if (isGood) tally.good++;
  else tally.misses.push(`${mutant.file}: ${mutant.function}: ${isDefect ? why : (hits[0]?.rule ?? '')}`);
}

function printTable(title: string, tallies: ReadonlyMap<string, Tally>, isVerbose: boolean): void {
  let made = 0;
  let good = 0;
  console.log(`\n${title}`);
  for (const [kind, tally] of [...tallies].sort()) {
    made += tally.made;
    good += tally.good;
    const rules = [...tally.rules].sort((a, b) => b[1] - a[1]).map(([rule, n]) => `${rule} ${String(n)}`);
    console.log(
      `  ${kind.padEnd(28)} ${String(tally.good).padStart(4)} of ${String(tally.made).padStart(4)}   ${rules.join(', ')}`,
    );
    if (isVerbose) for (const miss of tally.misses) console.log(`      ${miss}`);
  }
  console.log(
    `  ${'all'.padEnd(28)} ${String(good).padStart(4)} of ${String(made).padStart(4)} (${((100 * good) / Math.max(made, 1)).toFixed(1)} %)`,
  );
}

/** Groups a folder's files by driver; headers that several drivers share go with each. */
function groupByDriver(files: readonly SourceFile[]): Map<string, SourceFile[]> {
  const program = createWorkspaceHost({ settings: SETTINGS, ddi }).update(
    files.map(({ path, text }) => ({ path, text })),
  );
  const groups = new Map<string, SourceFile[]>();
  for (const file of files) {
    const project = program.files.get(file.path)?.project ?? '';
    const group = groups.get(project) ?? [];
    group.push(file);
    groups.set(project, group);
  }
  return groups;
}

/** Every n-th candidate, so that all drivers and kinds are there. */
function thin<T>(all: readonly T[], wanted: number): T[] {
  if (all.length <= wanted) return [...all];
  return Array.from({ length: wanted }, (_, i) => all[Math.floor((i * all.length) / wanted)] as T);
}

function readOption(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

interface Chosen {
  readonly defects: readonly Candidate[];
  readonly rewrites: readonly Candidate[];
}

/** The mutants to try: of the given file, or made from the drivers. */
function choose(drivers: ReadonlyMap<string, Driver>): Chosen {
  const load = readOption('--load');
  if (load !== undefined) return JSON.parse(readFileSync(load, 'utf8')) as Chosen;
  const all = (mutators: readonly Mutator[]): Candidate[] =>
    [...drivers].flatMap(([name, driver]) => collect(name, driver, mutators));
  const defects = all(DEFECTS);
  const rewrites = all(REWRITES);
  console.log(
    `${String(drivers.size)} drivers offer ${String(defects.length)} defects and ${String(rewrites.length)} rewrites`,
  );
  const chosen = {
    defects: thin(defects, Number(readOption('--defects') ?? 600)),
    rewrites: thin(rewrites, Number(readOption('--rewrites') ?? 250)),
  };
  const save = readOption('--save');
  if (save !== undefined) writeFileSync(save, JSON.stringify(chosen));
  return chosen;
}

function countFindings(driver: Driver): Map<string, number> {
  const counts = new Map<string, number>();
  for (const finding of loudFindings(driver))
    counts.set(keyOf(finding), (counts.get(keyOf(finding)) ?? 0) + 1);
  return counts;
}

function main(): void {
  const [folder] = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
  if (folder === undefined)
    throw new Error(
      'usage: npm run mutants -- FOLDER [--defects N] [--rewrites N] [--verbose] [--save FILE | --load FILE]',
    );
  const drivers = new Map<string, Driver>();
  for (const [name, files] of groupByDriver(readSources([folder], () => false).files)) {
    if (files.some(({ text }) => /SpinLock|SPIN_LOCK|FastMutex|WaitLock|RaiseIrql/.test(text)))
      drivers.set(name, openDriver(files));
  }
  const isVerbose = process.argv.includes('--verbose');
  const { defects, rewrites } = choose(drivers);
  const before = new Map<string, Map<string, number>>();
  for (const [title, candidates, isDefect] of [
    ['defects found', defects, true],
    ['rewrites that stay silent', rewrites, false],
  ] as const) {
    const tallies = new Map<string, Tally>();
    for (const { driver: name, mutant } of candidates) {
      const driver = drivers.get(name);
      if (driver === undefined) continue;
      const known = before.get(name) ?? countFindings(driver);
      before.set(name, known);
      judge(tallies, mutant, tryMutant(driver, mutant, known), isDefect);
    }
    printTable(title, tallies, isVerbose);
  }
}

main();
