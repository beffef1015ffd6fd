/**
 * Hover: the levels a statement can run at, the locks held, why, what the routine under the cursor demands, and what a lock
 * call costs. Plain blocks; how they become markdown and links is the lsp floor's business.
 */
import type { CallFact, WhyStep } from '../analysis/facts.ts';
import type { FileUnit, FunctionUnit } from '../analysis/program.ts';
import type { DdiFact, RoleFact } from '../ddi/ddiFacts.ts';
import { describeBound, describeEffect, describeLockKind, describeRole, factMarkdown } from '../ddi/words.ts';
import { describeSet, range } from '../protocol/irqlLevels.ts';
import type { Settings } from '../protocol/settings.ts';
import type { TextRange } from '../syntax/fileStructure.ts';
import { costDetails } from './codeLens.ts';
import { declaredWords, functionWords } from './functionWords.ts';
import { wordsOf } from './levelWords.ts';
import { lockCost } from './lockCost.ts';
import { longRunWords } from './longRun.ts';
import { functionAt, heldAt, nodeRange, pointAt, type PointFacts, type Snapshot } from './snapshot.ts';
import { nameAt, type NameAt } from './tokenAt.ts';
import { entryChains, whyChains } from './whyChain.ts';

/** One paragraph of a hover. */
export type HoverBlock =
  /** markdown */
  | { readonly kind: 'text'; readonly markdown: string }
  /** a numbered path of places */
  | { readonly kind: 'steps'; readonly title: string; readonly steps: readonly WhyStep[] };

export interface HoverContent {
  readonly range: TextRange;
  readonly blocks: readonly HoverBlock[];
}

/** The longest path that a hover shows; the whole one stands in Explain IRQL Here. */
const MAX_STEPS = 5;
const MAX_CHAINS = 3;

/** The hover at an offset, or undefined where there is nothing to say. */
export function hover(
  snapshot: Snapshot,
  file: FileUnit,
  offset: number,
  settings: Settings,
): HoverContent | undefined {
  const name = nameAt(file, snapshot.program.atoms, offset);
  const unit = functionAt(snapshot, file, offset);
  if (unit !== undefined && offset >= unit.head.bodyRange.start) {
    const point = pointAt(snapshot, file, offset);
    return point === undefined ? undefined : hoverInBody(snapshot, point, offset, name, settings);
  }
  if (unit !== undefined && isOnName(unit, offset)) {
    return { range: unit.head.nameRange, blocks: functionBlocks(snapshot, unit, settings) };
  }
  return name === undefined ? undefined : hoverOnName(snapshot, file, name, settings);
}

function isOnName({ head }: FunctionUnit, offset: number): boolean {
  return offset >= head.nameRange.start && offset <= head.nameRange.end;
}

function text(markdown: string): HoverBlock {
  return { kind: 'text', markdown };
}

function hoverInBody(
  snapshot: Snapshot,
  point: PointFacts,
  offset: number,
  name: NameAt | undefined,
  settings: Settings,
): HoverContent {
  const blocks = [text(irqlLine(snapshot, point)), ...whyBlock(snapshot, point)];
  const call = callUnder(point, offset, name);
  if (call !== undefined) blocks.push(...callBlocks(snapshot, point, call, settings));
  const role = call === undefined && name !== undefined ? snapshot.program.ddi.role(name.text) : undefined;
  if (role !== undefined) blocks.push(text(describeRole(role, snapshot.program.settings.arch)));
  return { range: name?.range ?? point.range, blocks };
}

/** `**IRQL:** DISPATCH_LEVEL · holds `Lock` (spin lock)`. */
function irqlLine(snapshot: Snapshot, point: PointFacts): string {
  const { arch } = snapshot.program.settings;
  const level = point.isUnknown ? unknownWords(snapshot, point) : wordsOf(point, arch);
  const held = heldAt(point).map(({ lock, isAlways }) => {
    const sometimes = isAlways ? '' : ', on some paths';
    return `\`${lock.lock.text}\` (${describeLockKind(lock.kind)}${lock.mode === 'shared' ? ', shared' : ''}${sometimes})`;
  });
  return `**IRQL:** ${level}${held.length === 0 ? '' : `\n\n**Held:** ${held.join(', ')}`}`;
}

function unknownWords(snapshot: Snapshot, point: PointFacts): string {
  const { arch } = snapshot.program.settings;
  const { requires } = snapshot.analysis.summaryOf(point.unit.id);
  const needs = describeBound(range(requires.min, requires.max), arch);
  const entry = point.entry.isKnown
    ? 'it is set from a value that is not known'
    : 'no role, annotation or caller bounds it';
  const remain = `possible are ${describeSet(point.levels, arch)}`;
  return needs === 'any IRQL'
    ? `not known: ${entry} (${remain})`
    : `not known: ${entry}; what it calls needs ${needs} (${remain})`;
}

function whyBlock(snapshot: Snapshot, point: PointFacts): HoverBlock[] {
  const chains = whyChains(snapshot, point).filter(({ steps }) => steps.length > 0);
  return chains.slice(0, MAX_CHAINS).map(({ title, steps }) => ({
    kind: 'steps',
    title: chains.length === 1 ? 'Why' : title,
    steps: steps.slice(0, MAX_STEPS),
  }));
}

/** The call whose callee's name is under the cursor, else the smallest call around it. */
function callUnder(point: PointFacts, offset: number, name: NameAt | undefined): CallFact | undefined {
  const ir = point.unit.ir();
  let best: CallFact | undefined;
  let size = Infinity;
  for (const call of point.facts.calls) {
    const at = nodeRange(ir, call.node);
    if (offset < at.start || offset > at.end) continue;
    const isNamed = name?.text === call.name || name?.text === snapshotName(call);
    const length = isNamed ? -1 : at.end - at.start;
    if (length < size) {
      size = length;
      best = call;
    }
  }
  return best;
}

function snapshotName(call: CallFact): string {
  return call.callee.kind === 'ddi' ? call.callee.name : call.name;
}

function callBlocks(snapshot: Snapshot, point: PointFacts, call: CallFact, settings: Settings): HoverBlock[] {
  const { arch } = snapshot.program.settings;
  const { callee } = call;
  const blocks: HoverBlock[] = [];
  if (callee.kind === 'ddi') {
    if (callee.fact !== undefined) blocks.push(text(factMarkdown(callee.fact, arch)));
    if (callee.effect !== undefined)
      blocks.push(
        text(
          `${callee.fact === undefined ? `**${callee.name}** ` : 'It '}${describeEffect(callee.effect, arch)}.`,
        ),
      );
  } else if (callee.kind === 'functions') {
    const [id] = callee.ids;
    const unit = id === undefined ? undefined : snapshot.program.functions[id];
    if (unit !== undefined) blocks.push(text(functionWords(snapshot, unit)));
    if (callee.ids.length > 1) blocks.push(text(`${String(callee.ids.length)} functions can be meant here.`));
  } else if (callee.kind === 'role') blocks.push(text(describeRole(callee.role, arch)));
  else if (callee.kind === 'declared') blocks.push(text(declaredWords(snapshot, callee.declared)));
  else if (callee.kind === 'unknown')
    blocks.push(text(`\`${call.name}\` is not known: it is assumed to keep the IRQL and the locks.`));
  const cost = lockCost(snapshot, point.facts, point.entry, call, settings);
  if (cost !== undefined)
    blocks.push(
      text(
        `**Cost**\n${costDetails(cost)
          .map((line) => `\n- ${line}`)
          .join('')}`,
      ),
    );
  return blocks;
}

function functionBlocks(snapshot: Snapshot, unit: FunctionUnit, settings: Settings): HoverBlock[] {
  const entry = snapshot.analysis.entryOf(unit.id);
  const blocks: HoverBlock[] = [text(functionWords(snapshot, unit))];
  const long = longRunWords(snapshot, unit, settings);
  if (long !== undefined) blocks.push(text(long));
  for (const { title, steps } of entryChains(snapshot, entry).slice(0, MAX_CHAINS))
    blocks.push({ kind: 'steps', title, steps: steps.slice(0, MAX_STEPS) });
  return blocks;
}

/** Outside of bodies: a function's name in a declaration, a role type, a routine. */
function hoverOnName(
  snapshot: Snapshot,
  file: FileUnit,
  name: NameAt,
  settings: Settings,
): HoverContent | undefined {
  const { program } = snapshot;
  const { arch } = program.settings;
  const role: RoleFact | undefined = program.ddi.role(name.text);
  if (role !== undefined) return { range: name.range, blocks: [text(describeRole(role, arch))] };
  const unit = program.functions.find(
    (one) => one.name === name.text && (one.file === file || one.file.project === file.project),
  );
  if (unit !== undefined) return { range: name.range, blocks: functionBlocks(snapshot, unit, settings) };
  const fact: DdiFact | undefined = program.ddi.lookup(name.text);
  return fact === undefined ? undefined : { range: name.range, blocks: [text(factMarkdown(fact, arch))] };
}
