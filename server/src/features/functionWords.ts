/**
 * A function's contract in words: how it is entered, what it needs, what it does to IRQL and locks. Markdown, one paragraph.
 */
import type { FunctionSummary } from '../analysis/facts.ts';
import type { DeclaredFunction, FunctionUnit } from '../analysis/program.ts';
import { describeBound } from '../ddi/words.ts';
import { allLevels, describeSet, range, type Arch } from '../protocol/irqlLevels.ts';
import type { Snapshot } from './snapshot.ts';

const SOURCES = {
  annotation: 'by its annotation',
  role: 'by its role',
  registration: 'by its registration',
  callers: 'by its callers',
  unknown: '',
} as const;

const EXITS: Readonly<Record<FunctionSummary['exit'], string>> = {
  same: 'returns at the IRQL it was entered at',
  raises: 'returns at a raised IRQL',
  lowers: 'returns at a lower IRQL',
  mixed: 'returns at different IRQLs',
  unknown: '',
};

/** `**PulseDpc**  IRQL: entered at DISPATCH_LEVEL by its registration; ...`. */
export function functionWords({ program, analysis }: Snapshot, unit: FunctionUnit): string {
  const { arch } = program.settings;
  const entry = analysis.entryOf(unit.id);
  const summary = analysis.summaryOf(unit.id);
  const role = program.rolesOf(unit.id)[0]?.fact.type;
  const entered = entry.isKnown
    ? `entered at ${describeSet(entry.levels, arch)} ${SOURCES[entry.source]}`
    : 'the entry level is not known';
  const parts = [`${entered}${role === undefined ? '' : ` (${role})`}`, ...summaryWords(summary, arch)];
  return `**${unit.qualifiedName}**\n\nIRQL: ${parts.join('; ')}.`;
}

/** `**Release**  IRQL: needs DISPATCH_LEVEL; releases p->Lock; by the annotations of its declaration.` */
export function declaredWords({ program }: Snapshot, { name, summary }: DeclaredFunction): string {
  const parts = [
    ...summaryWords(summary, program.settings.arch),
    'by the annotations of its declaration, without a body here',
  ];
  return `**${name}**\n\nIRQL: ${parts.join('; ')}.`;
}

function summaryWords(summary: FunctionSummary, arch: Arch): string[] {
  const needed = range(summary.requires.min, summary.requires.max);
  return [
    ...(needed === allLevels(arch) ? [] : [`needs ${describeBound(needed, arch)}`]),
    ...(EXITS[summary.exit] === '' ? [] : [EXITS[summary.exit]]),
    ...lockWords(summary, 'acquired', 'returns holding'),
    ...lockWords(summary, 'released', 'releases'),
    ...(summary.blocks === undefined ? [] : ['may wait']),
  ];
}

function lockWords(summary: FunctionSummary, what: 'acquired' | 'released', verb: string): string[] {
  const names = new Set(summary.cases.flatMap((one) => one[what].map((held) => held.lock.text)));
  return names.size === 0 ? [] : [`${verb} ${[...names].map((name) => `\`${name}\``).join(', ')}`];
}
