/**
 * Inlay hints: the level at which a function is entered, and the level behind each call that changes it; or the level in
 * front of every statement. Calm: nothing where nothing is known.
 */
import type { BodyFacts, CallFact, EntryContext } from '../analysis/facts.ts';
import type { FileUnit } from '../analysis/program.ts';
import { describeSet, maxOf, minOf, type IrqlSet } from '../protocol/irqlLevels.ts';
import type { Settings } from '../protocol/settings.ts';
import { isFeasible, levelsOfStates } from '../rules/reporting/evidence.ts';
import type { TextRange } from '../syntax/fileStructure.ts';
import { NodeKind, type NodeId } from '../syntax/ir.ts';
import { wordsOf } from './levelWords.ts';
import { heldAt, isUnknownState, linesOf, nodeRange, pointOf, type Snapshot } from './snapshot.ts';

/** A hint at an offset. `side` says on which side of the code it stands: `after` wants a blank before it. */
export interface Hint {
  readonly offset: number;
  readonly label: string;
  readonly tooltip: string;
  readonly side: 'before' | 'after';
}

/** The hints of the part of a file that is visible, in order. */
export function inlayHints(snapshot: Snapshot, file: FileUnit, range: TextRange, settings: Settings): Hint[] {
  if (settings.inlayHints === 'off') return [];
  const hints: Hint[] = [];
  for (const id of file.functionIds) {
    const unit = snapshot.program.functions[id];
    if (unit === undefined || unit.head.end < range.start || unit.head.start > range.end) continue;
    const facts = snapshot.analysis.factsOf(id);
    const entry = snapshot.analysis.entryOf(id);
    if (settings.inlayHints === 'everyStatement') hints.push(...statementHints(snapshot, facts, entry));
    else hints.push(...entryHint(snapshot, facts, entry), ...changeHints(snapshot, facts, entry));
  }
  return hints
    .filter(({ offset }) => offset >= range.start && offset <= range.end)
    .sort((a, b) => a.offset - b.offset);
}

/** Behind the opening brace: how the function is entered, where something says so. */
function entryHint({ program }: Snapshot, { unit }: BodyFacts, entry: EntryContext): Hint[] {
  if (!entry.isKnown) return [];
  const { arch } = program.settings;
  const chain = entry.why.get(maxOf(entry.levels)) ?? [];
  const reason = chain.map((step) => step.message).join('\n');
  const label = describeSet(entry.levels, arch);
  return [
    {
      offset: unit.head.bodyRange.start + 1,
      label,
      tooltip: reason === '' ? `entered at ${label}` : reason,
      side: 'after',
    },
  ];
}

interface Change {
  readonly before: IrqlSet;
  readonly after: IrqlSet;
}

/** The levels around a call where they differ and both are known. */
function changeAt(call: CallFact, entry: EntryContext): Change | undefined {
  const before = call.before.filter((state) => isFeasible(state, entry));
  const after = call.after.filter((state) => isFeasible(state, entry));
  if (before.length === 0 || after.length === 0) return undefined;
  const change = { before: levelsOfStates(before, entry), after: levelsOfStates(after, entry) };
  const isBack = after.every((state) => state.isEntryIrql) && !before.every((state) => state.isEntryIrql);
  if (after.some((state) => isUnknownState(state, entry)))
    return isBack ? { ...change, after: 0 } : undefined;
  return change.before === change.after && !isSetFromUnknown(before, entry) ? undefined : change;
}

function isSetFromUnknown(before: CallFact['before'], entry: EntryContext): boolean {
  return before.some((state) => isUnknownState(state, entry));
}

function changeHints(snapshot: Snapshot, facts: BodyFacts, entry: EntryContext): Hint[] {
  const { arch } = snapshot.program.settings;
  const lines = linesOf(facts.unit.file);
  const byLine = new Map<number, Hint>();
  for (const call of facts.calls) {
    const change = changeAt(call, entry);
    if (change === undefined) continue;
    const offset = endOfStatement(facts, call.node);
    const label =
      change.after === 0 ? '↓ level at entry' : `${arrow(change)} ${describeSet(change.after, arch)}`;
    const tooltip = describeChange(call, label);
    // A line of several calls shows the last level only: that is the one the next line runs at.
    byLine.set(lines.positionAt(offset).line, { offset, label, tooltip, side: 'after' });
  }
  return [...byLine.values()];
}

function arrow({ before, after }: Change): string {
  if (maxOf(after) > maxOf(before) || minOf(after) > minOf(before)) return '↑';
  return '↓';
}

function describeChange(call: CallFact, label: string): string {
  const locks = call.locks.map(({ op, lock }) => `${op === 'release' ? 'releases' : 'takes'} ${lock.text}`);
  return [`${call.name}: ${label}`, ...locks].join('\n');
}

/** The end of the statement that holds the call, or of the call itself inside of a condition. */
function endOfStatement(facts: BodyFacts, call: NodeId): number {
  const ir = facts.unit.ir();
  const at = nodeRange(ir, call);
  let end = at.end;
  let size = Infinity;
  for (const { node } of facts.statements) {
    const kind = ir.kind[node];
    if (kind !== NodeKind.ExprStmt && kind !== NodeKind.Decl && kind !== NodeKind.Return) continue;
    const range = nodeRange(ir, node);
    if (range.start > at.start || range.end < at.end || range.end - range.start >= size) continue;
    size = range.end - range.start;
    end = range.end;
  }
  return end;
}

function statementHints(snapshot: Snapshot, facts: BodyFacts, entry: EntryContext): Hint[] {
  const ir = facts.unit.ir();
  const lines = linesOf(facts.unit.file);
  const { arch } = snapshot.program.settings;
  const byLine = new Map<number, Hint>();
  for (const statement of facts.statements) {
    const kind = ir.kind[statement.node];
    if (kind === NodeKind.Block || kind === NodeKind.Empty || kind === NodeKind.LocalDeclaration) continue;
    const point = pointOf(facts, entry, statement);
    if (!point.isReachable || point.isUnknown) continue;
    const line = lines.positionAt(point.range.start).line;
    if (byLine.has(line)) continue;
    const held = heldAt(point).map(({ lock }) => lock.lock.text);
    const label = [wordsOf(point, arch), ...held].join(', ');
    byLine.set(line, {
      offset: point.range.start,
      label,
      tooltip: `in front of this statement: ${label}`,
      side: 'before',
    });
  }
  return [...byLine.values()];
}
