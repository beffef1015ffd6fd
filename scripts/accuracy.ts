// Hides every IRQL annotation of the given sources, infers, and compares with what the authors wrote. Role types, PAGED_CODE
// and lock annotations stay. Prints the shares that docs/accuracy.md speaks of, and the disagreements with both reasons.
import { analyzeProgram } from '../server/src/analysis/analyze.ts';
import { contractOf, type EntryContract } from '../server/src/analysis/entry/contractOf.ts';
import type { EntryContext, FunctionSummary, WhyStep } from '../server/src/analysis/facts.ts';
import type { FunctionUnit, Program } from '../server/src/analysis/program.ts';
import { createProgram } from '../server/src/analysis/program/workspaceHost.ts';
import { readSources } from '../server/src/cli/readSources.ts';
import { loadFacts } from '../server/src/ddi/loadFacts.ts';
import { describeSet, highLevel, isSubset, maxOf, type IrqlSet } from '../server/src/protocol/irqlLevels.ts';

const arch = 'x64';

interface Tally {
  readonly name: string;
  readonly counts: Map<string, number>;
  readonly examples: Map<string, string[]>;
}

function createTally(name: string): Tally {
  return { name, counts: new Map(), examples: new Map() };
}

function count(tally: Tally, outcome: string, example: () => string): void {
  tally.counts.set(outcome, (tally.counts.get(outcome) ?? 0) + 1);
  const list = tally.examples.get(outcome) ?? [];
  tally.examples.set(outcome, list);
  list.push(example());
}

function place(unit: FunctionUnit): string {
  const line = unit.file.text.slice(0, unit.head.nameRange.start).split('\n').length;
  return `${unit.file.path}:${String(line)} ${unit.qualifiedName}`;
}

function steps(witness: readonly WhyStep[]): string {
  return witness.map(({ message }) => message).join(' > ');
}

const tallies = {
  max: createTally('requires max'),
  same: createTally('requires_same'),
  raises: createTally('raises'),
  entry: createTally('entry levels that may occur'),
  evidence: createTally('entry levels with evidence'),
  answers: createTally('answers'),
};

function compareMax(unit: FunctionUnit, truth: EntryContract, summary: FunctionSummary): void {
  if (truth.levels === undefined) return;
  const wanted = maxOf(truth.levels);
  const found = summary.requires.max;
  const outcome = found === wanted ? 'equal' : found < wanted ? 'stricter' : 'looser';
  count(
    tallies.max,
    outcome,
    () =>
      `${place(unit)}: annotated max ${String(wanted)}, inferred ${String(found)}: ${steps(summary.requires.witness)}`,
  );
}

function compareExit(unit: FunctionUnit, truth: EntryContract, summary: FunctionSummary): void {
  for (const { body, when } of truth.contract.clauses) {
    if (when.length > 0) continue;
    if (body.kind === 'requiresSame') {
      const outcome = !summary.isProved ? 'not known' : summary.exit === 'same' ? 'proved' : 'refuted';
      count(tallies.same, outcome, () => `${place(unit)}: exit ${summary.exit}`);
    } else if (body.kind === 'raises' && body.level.kind === 'level') {
      const { level } = body.level;
      const isRight = summary.cases.every(({ isEntryIrql, irql }) => !isEntryIrql && irql === 2 ** level);
      count(tallies.raises, isRight ? 'equal' : 'different', () => `${place(unit)}: exit ${summary.exit}`);
    }
  }
}

function compareEntry(unit: FunctionUnit, truth: EntryContract, entry: EntryContext, program: Program): void {
  if (truth.levels === undefined || !entry.isKnown || entry.source === 'annotation') return;
  const roles = program.rolesOf(unit.id);
  const isSure =
    entry.source === 'callers' ||
    roles.every(({ min, max }) => min === max) ||
    entry.source === 'registration';
  if (!isSure) return;
  compareLevels(tallies.entry, unit, truth, entry, entry.levels);
  if (entry.proven !== 0) compareLevels(tallies.evidence, unit, truth, entry, entry.proven);
}

function compareLevels(
  tally: Tally,
  unit: FunctionUnit,
  truth: EntryContract,
  entry: EntryContext,
  levels: IrqlSet,
): void {
  const allowed = truth.levels ?? 0;
  const outcome = isSubset(levels, allowed) ? 'within' : 'outside';
  count(tally, `${outcome} (${entry.source})`, () => {
    const odd = levels & ~allowed;
    const why = [...entry.why]
      .filter(([level]) => ((odd >>> level) & 1) === 1)
      .map(([, chain]) => steps(chain));
    return `${place(unit)}: annotated ${describeSet(allowed, arch)}, entered at ${describeSet(levels, arch)}: ${why.join(' | ')}`;
  });
}

function compareAnswers(summary: FunctionSummary, entry: EntryContext): void {
  const hasRequirement = summary.requires.max < highLevel(arch) || summary.requires.min > 0;
  count(
    tallies.answers,
    entry.isKnown ? 'entry known' : hasRequirement ? 'requirement only' : 'none',
    () => '',
  );
}

function main(operands: readonly string[], nListed: number): void {
  const { files } = readSources(operands, (display) => /(?:^|\/)tools\/sdv(?:\/|$)/.test(display));
  const settings = { arch, defines: {}, ignoreIrqlAnnotations: true } as const;
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const program = createProgram(texts, { settings, ddi: loadFacts({ arch }) });
  const analysis = analyzeProgram(program);
  const truthView = {
    atoms: program.atoms,
    settings: { ...settings, ignoreIrqlAnnotations: false },
  } as Program;
  let nAnnotated = 0;
  for (const unit of program.functions) {
    if (unit.file.mode === 'user') continue;
    const summary = analysis.summaryOf(unit.id);
    const entry = analysis.entryOf(unit.id);
    compareAnswers(summary, entry);
    const truth = contractOf(truthView, unit);
    if (truth?.contract.mentionsIrql !== true) continue;
    nAnnotated++;
    compareMax(unit, truth, summary);
    compareExit(unit, truth, summary);
    compareEntry(unit, truth, entry, program);
  }
  console.log(`${String(program.functions.length)} functions, ${String(nAnnotated)} with IRQL annotations`);
  for (const tally of Object.values(tallies)) printTally(tally, nListed);
}

function printTally({ name, counts, examples }: Tally, nListed: number): void {
  const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
  const shares = [...counts]
    .sort()
    .map(([outcome, n]) => `${outcome} ${String(n)} (${((100 * n) / total).toFixed(1)} %)`);
  console.log(`\n${name}: ${String(total)}: ${shares.join(', ')}`);
  for (const [outcome, list] of examples) {
    if (/equal|within|proved|entry known|requirement only|none|looser/.test(outcome)) continue;
    for (const example of list.slice(0, nListed)) console.log(`  ${outcome}: ${example}`);
  }
}

const args = process.argv.slice(2);
const at = args.indexOf('--list');
const nListed = at < 0 ? 40 : Number(args[at + 1] ?? '40');
const operands = args.filter((_, i) => at < 0 || (i !== at && i !== at + 1));
if (operands.length === 0) {
  console.error('usage: npm run accuracy -- FOLDER... [--list N]');
  process.exit(2);
}
main(operands, nListed);
