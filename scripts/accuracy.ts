/**
 * Hides every IRQL annotation of the given sources, infers, and compares with what the authors wrote; docs/accuracy.md has the
 * reasons and the figures. Role types, PAGED_CODE and lock annotations stay visible. It judges no side: it lists both reasons.
 */
import { analyzeProgram } from '../server/src/analysis/analyze.ts';
import { contractOf, type EntryContract } from '../server/src/analysis/entry/contractOf.ts';
import type { EntryContext, ProgramAnalysis, WhyStep } from '../server/src/analysis/facts.ts';
import type { FunctionUnit, Program } from '../server/src/analysis/program.ts';
import { createProgram } from '../server/src/analysis/program/workspaceHost.ts';
import { readSources } from '../server/src/cli/readSources.ts';
import { loadFacts } from '../server/src/ddi/loadFacts.ts';
import type { IrqlSet } from '../server/src/protocol/irqlLevels.ts';
import {
  describeSet,
  highLevel,
  isSubset,
  levelName,
  levelsOf,
  maxOf,
  without,
} from '../server/src/protocol/irqlLevels.ts';

const ARCH = 'x64';

/** One thing that is compared: how often each outcome came, and why, for those that are to be listed. */
interface Tally {
  readonly name: string;
  /** the outcomes in the order of the table */
  readonly outcomes: readonly string[];
  /** outcomes whose cases are listed */
  readonly listed: readonly string[];
  readonly counts: Map<string, number>;
  readonly cases: Map<string, string[]>;
  readonly causes: Map<string, Map<string, number>>;
}

/** One function with what its authors say (`truth`) and what was inferred without looking at that. */
export interface Compared {
  readonly program: Program;
  readonly analysis: ProgramAnalysis;
  readonly unit: FunctionUnit;
  readonly truth: EntryContract;
}

/** The outcome of one comparison. */
export interface Outcome {
  readonly tally: keyof Tallies;
  readonly outcome: string;
  /** what was annotated and what was inferred, with its witness */
  readonly reason: string;
  /** a short name by which cases are grouped */
  readonly cause: string;
}

type Tallies = ReturnType<typeof createTallies>;

function createTallies() {
  return {
    max: createTally('requires max', ['equal', 'looser', 'stricter'], ['stricter']),
    same: createTally('requires_same', ['proved', 'refuted', 'not known'], ['refuted', 'not known']),
    raises: createTally('raises', ['equal', 'different', 'not known'], ['different']),
    entered: createTally('entered at (evidence)', ['within', 'outside'], ['outside']),
    possible: createTally('may be entered at', ['within', 'outside'], []),
  };
}

function createTally(name: string, outcomes: readonly string[], listed: readonly string[]): Tally {
  return { name, outcomes, listed, counts: new Map(), cases: new Map(), causes: new Map() };
}

function steps(witness: readonly WhyStep[]): string {
  return witness.map(({ message }) => message).join(' > ');
}

function lastCallOf(witness: readonly WhyStep[]): string {
  return /(\w+)\W*$/.exec(witness.at(-1)?.message ?? '')?.[1] ?? 'body';
}

/** Compares one annotated function; several outcomes, one for each thing that its annotations state. */
export function compareFunction(compared: Compared): Outcome[] {
  return [...compareMax(compared), ...compareExit(compared), ...compareEntry(compared)];
}

function compareMax({ analysis, unit, truth }: Compared): Outcome[] {
  if (truth.levels === undefined) return [];
  const { max, witness } = analysis.summaryOf(unit.id).requires;
  const wanted = maxOf(truth.levels);
  return [
    {
      tally: 'max',
      outcome: max === wanted ? 'equal' : max < wanted ? 'stricter' : 'looser',
      reason: `annotated at most ${levelName(wanted, ARCH)}, inferred at most ${levelName(max, ARCH)}: ${steps(witness)}`,
      cause: lastCallOf(witness),
    },
  ];
}

function compareExit(compared: Compared): Outcome[] {
  const { analysis, unit, truth } = compared;
  const summary = analysis.summaryOf(unit.id);
  const isConditional = summary.cases.length > 1;
  const bodies = truth.contract.clauses.filter(({ when }) => when.length === 0).map(({ body }) => body);
  const found: Outcome[] = [];
  if (bodies.some(({ kind }) => kind === 'requiresSame')) {
    const cause = summary.isProved ? `exit ${summary.exit}` : unknownCallee(compared, new Set());
    const outcome = !summary.isProved ? 'not known' : summary.exit === 'same' ? 'proved' : 'refuted';
    found.push({ tally: 'same', outcome, reason: `exit ${summary.exit}; ${cause}`, cause });
  }
  for (const body of bodies) {
    if (body.kind !== 'raises' || body.level.kind !== 'level') continue;
    const { level } = body.level;
    const isEqual = summary.cases.every(({ isEntryIrql, irql }) => !isEntryIrql && irql === 2 ** level);
    const outcome = isEqual ? 'equal' : summary.isProved ? 'different' : 'not known';
    const reason = `annotated to raise to ${levelName(level, ARCH)}, inferred exit ${summary.exit}${isConditional ? ', by path' : ''}`;
    found.push({ tally: 'raises', outcome, reason, cause: `exit ${summary.exit}` });
  }
  return found;
}

/** The call at the bottom on which the proof fails. */
function unknownCallee({ program, analysis, unit }: Omit<Compared, 'truth'>, seen: Set<number>): string {
  seen.add(unit.id);
  const facts = analysis.factsOf(unit.id);
  const assumed = new Set(
    facts.exits.flatMap(({ states }) => states.flatMap(({ assumptions }) => assumptions)),
  );
  for (const { node, callee, name } of facts.calls) {
    if (!assumed.has(node)) continue;
    if (callee.kind !== 'functions') return `calls ${name === '' ? 'a pointer' : name} (${callee.kind})`;
    for (const id of callee.ids) {
      const called = program.functions[id];
      if (called === undefined || seen.has(id) || analysis.summaryOf(id).isProved) continue;
      return unknownCallee({ program, analysis, unit: called }, seen);
    }
  }
  if (facts.isImprecise) return 'imprecise';
  return assumed.size > 0 ? 'recursion or several targets' : 'other';
}

function compareEntry({ program, analysis, unit, truth }: Compared): Outcome[] {
  const entry = analysis.entryOf(unit.id);
  if (truth.levels === undefined || !entry.isKnown || entry.source === 'annotation') return [];
  const roles = program.rolesOf(unit.id);
  if (entry.source === 'role' && !roles.every(({ min, max }) => min === max)) return [];
  const found: Outcome[] = [judgeEntry('possible', entry.levels, truth.levels, entry)];
  if (entry.proven !== 0) found.push(judgeEntry('entered', entry.proven, truth.levels, entry));
  return found;
}

function judgeEntry(
  tally: 'possible' | 'entered',
  levels: IrqlSet,
  allowed: IrqlSet,
  entry: EntryContext,
): Outcome {
  const odd = without(levels, allowed);
  const [level] = levelsOf(odd);
  const chain = level === undefined ? [] : (entry.why.get(level) ?? []);
  return {
    tally,
    outcome: isSubset(levels, allowed) ? 'within' : 'outside',
    reason: `annotated ${describeSet(allowed, ARCH)}, entered at ${describeSet(levels, ARCH)} (${entry.source}): ${steps(chain)}`,
    cause: chain[0]?.message.replace(/^\S+ /, '') ?? entry.source,
  };
}

function placeOf({ file, head, qualifiedName }: FunctionUnit, isShort: (path: string) => string): string {
  const line = file.text.slice(0, head.nameRange.start).split('\n').length;
  return `${isShort(file.path)}:${String(line)} ${qualifiedName}`;
}

function record(tally: Tally, { outcome, reason, cause }: Outcome, place: string): void {
  tally.counts.set(outcome, (tally.counts.get(outcome) ?? 0) + 1);
  if (!tally.listed.includes(outcome)) return;
  tally.cases.set(outcome, [...(tally.cases.get(outcome) ?? []), `${place}: ${reason}`]);
  const causes = tally.causes.get(outcome) ?? new Map<string, number>();
  tally.causes.set(outcome, causes.set(cause, (causes.get(cause) ?? 0) + 1));
}

function percent(part: number, whole: number): string {
  return whole === 0 ? '-' : `${((100 * part) / whole).toFixed(1)} %`;
}

function printTable(tallies: Tallies): void {
  for (const { name, outcomes, counts } of Object.values(tallies)) {
    const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
    const shares = outcomes.map((outcome) => {
      const n = counts.get(outcome) ?? 0;
      return `${outcome} ${String(n)} (${percent(n, total)})`;
    });
    console.log(`${name.padEnd(24)} ${String(total).padStart(6)}   ${shares.join(', ')}`);
  }
}

function printDisagreements(tallies: Tallies, nListed: number): void {
  for (const { name, listed, cases, causes } of Object.values(tallies)) {
    for (const outcome of listed) {
      const list = cases.get(outcome) ?? [];
      if (list.length === 0) continue;
      console.log(`\n${name}: ${outcome}, ${String(list.length)}, by cause:`);
      const sorted = [...(causes.get(outcome) ?? [])].sort((a, b) => b[1] - a[1]).slice(0, nListed);
      for (const [cause, n] of sorted) console.log(`  ${String(n).padStart(5)}  ${cause}`);
      for (const example of list.slice(0, nListed)) console.log(`  - ${example}`);
    }
  }
}

/** Functions of kernel code that get an answer: entry known, a requirement inferred, or the exit proved. */
function printAnswers(program: Program, analysis: ProgramAnalysis): void {
  let nKernel = 0;
  let nEntry = 0;
  let nRequirement = 0;
  let nExit = 0;
  let nAny = 0;
  for (const unit of program.functions) {
    if (unit.file.mode === 'user') continue;
    nKernel++;
    const { requires, isProved } = analysis.summaryOf(unit.id);
    const isEntryKnown = analysis.entryOf(unit.id).isKnown;
    const hasRequirement = requires.max < highLevel(ARCH) || requires.min > 0;
    if (isEntryKnown) nEntry++;
    if (hasRequirement) nRequirement++;
    if (isProved) nExit++;
    if (isEntryKnown || hasRequirement || isProved) nAny++;
  }
  const parts = [
    `entry known ${percent(nEntry, nKernel)}`,
    `requirement inferred ${percent(nRequirement, nKernel)}`,
    `exit proved ${percent(nExit, nKernel)}`,
  ];
  console.log(
    `${'functions with an answer'.padEnd(24)} ${String(nKernel).padStart(6)}   ${String(nAny)} (${percent(nAny, nKernel)}): ${parts.join(', ')}`,
  );
}

/** Compares every annotated kernel function of the files, which are given by path. */
export function compareFiles(texts: ReadonlyMap<string, string>): {
  readonly program: Program;
  readonly analysis: ProgramAnalysis;
  readonly outcomes: readonly { readonly unit: FunctionUnit; readonly outcomes: readonly Outcome[] }[];
} {
  const settings = { arch: ARCH, defines: {}, ignoreIrqlAnnotations: true } as const;
  const program = createProgram(texts, { settings, ddi: loadFacts({ arch: ARCH }) });
  const analysis = analyzeProgram(program);
  // contractOf reads two things of a program: the names of parameters and whether to look at IRQL annotations.
  const visible: Program = Object.create(program, {
    settings: { value: { ...settings, ignoreIrqlAnnotations: false } },
  }) as Program;
  const outcomes = program.functions.flatMap((unit) => {
    const truth = unit.file.mode === 'user' ? undefined : contractOf(visible, unit);
    if (truth?.contract.mentionsIrql !== true) return [];
    return [{ unit, outcomes: compareFunction({ program, analysis, unit, truth }) }];
  });
  return { program, analysis, outcomes };
}

function main(operands: readonly string[], nListed: number): void {
  const { files } = readSources(operands, (display) => /(?:^|\/)tools\/sdv(?:\/|$)/.test(display));
  const displays = new Map(files.map(({ path, display }) => [path, display]));
  const { program, analysis, outcomes } = compareFiles(new Map(files.map(({ path, text }) => [path, text])));
  const tallies = createTallies();
  for (const { unit, outcomes: found } of outcomes) {
    const place = placeOf(unit, (path) => displays.get(path) ?? path);
    for (const outcome of found) record(tallies[outcome.tally], outcome, place);
  }
  console.log(`${String(files.length)} files, ${String(outcomes.length)} functions with IRQL annotations\n`);
  printTable(tallies);
  printAnswers(program, analysis);
  printDisagreements(tallies, nListed);
}

/** `[--list N] FOLDER...`; N is how many disagreements of a kind are printed, all of them where it is left out. */
function runCommand(args: readonly string[]): void {
  const at = args.indexOf('--list');
  const operands = at < 0 ? args : args.filter((_, index) => index !== at && index !== at + 1);
  const nListed = at < 0 ? Number.POSITIVE_INFINITY : Number(args[at + 1]);
  if (operands.length === 0 || Number.isNaN(nListed)) {
    console.error('usage: npm run accuracy -- FOLDER... [--list N]');
    process.exitCode = 2;
    return;
  }
  main(operands, nListed);
}

if (process.env['VITEST'] === undefined) runCommand(process.argv.slice(2));
