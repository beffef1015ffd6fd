/**
 * What every feature is given: one immutable program with its inference, and the look-ups from an offset to a function and
 * a statement. It renders nothing.
 */
import type {
  BodyFacts,
  EntryContext,
  HeldLock,
  PathState,
  ProgramAnalysis,
  StatementFact,
} from '../analysis/facts.ts';
import type { FileUnit, FunctionUnit, Program } from '../analysis/program.ts';
import type { IrqlSet } from '../protocol/irqlLevels.ts';
import { isFeasible, levelsOfStates } from '../rules/reporting/evidence.ts';
import type { TextRange } from '../syntax/fileStructure.ts';
import { NodeKind, type BodyIr, type NodeId } from '../syntax/ir.ts';

export { linesOf } from '../analysis/program/linesOf.ts';

/** One state of the world. */
export interface Snapshot {
  readonly program: Program;
  readonly analysis: ProgramAnalysis;
}

/** The function whose whole definition (head and body) covers the offset. */
export function functionAt({ program }: Snapshot, file: FileUnit, offset: number): FunctionUnit | undefined {
  let found: FunctionUnit | undefined;
  for (const id of file.functionIds) {
    const unit = program.functions[id];
    if (unit === undefined || offset < unit.head.start || offset > unit.head.end) continue;
    // Of two that cover it (a lambda's class inside a function) the later one is the inner one.
    if (found === undefined || unit.head.start >= found.head.start) found = unit;
  }
  return found;
}

/** The text range of a node. */
export function nodeRange(ir: BodyIr, node: NodeId): TextRange {
  const start = ir.start[node] ?? 0;
  return { start, end: ir.end[node] ?? start };
}

/** Everything that is shown about one point of a body. */
export interface PointFacts {
  readonly unit: FunctionUnit;
  readonly facts: BodyFacts;
  readonly entry: EntryContext;
  readonly node: NodeId;
  readonly range: TextRange;
  /** the states that are possible in the function's context */
  readonly states: readonly PathState[];
  readonly levels: IrqlSet;
  /** nothing bounds the level: neither annotation, role, registration nor callers say anything */
  readonly isUnknown: boolean;
  readonly isReachable: boolean;
}

/** The facts in front of a statement. */
export function pointOf(facts: BodyFacts, entry: EntryContext, statement: StatementFact): PointFacts {
  const states = statement.states.filter((state) => isFeasible(state, entry));
  return {
    unit: facts.unit,
    facts,
    entry,
    node: statement.node,
    range: nodeRange(facts.unit.ir(), statement.node),
    states,
    levels: levelsOfStates(states, entry),
    isUnknown: states.some((state) => isUnknownState(state, entry)),
    isReachable: states.length > 0,
  };
}

/** Whether the level of this path is a mere bound or the entry level of a function nobody knows the callers of. */
export function isUnknownState(state: PathState, entry: EntryContext): boolean {
  return state.isIrqlUnknown === true || (!entry.isKnown && state.isEntryIrql);
}

/** Locks held on every path first, each once; `isAlways` is false for locks held on some paths only. */
export function heldAt(point: PointFacts): { readonly lock: HeldLock; readonly isAlways: boolean }[] {
  const seen = new Map<string, { lock: HeldLock; paths: number }>();
  for (const state of point.states) {
    for (const path of new Set(state.held.map((held) => held.lock.path))) {
      const lock = state.held.find((held) => held.lock.path === path);
      const known = seen.get(path);
      if (known !== undefined) known.paths++;
      else if (lock !== undefined) seen.set(path, { lock, paths: 1 });
    }
  }
  return [...seen.values()]
    .map(({ lock, paths }) => ({ lock, isAlways: paths === point.states.length }))
    .sort((a, b) => Number(b.isAlways) - Number(a.isAlways));
}

/** The innermost statement at an offset; between statements the next one of the same body. */
function statementAt(facts: BodyFacts, offset: number): StatementFact | undefined {
  const ir = facts.unit.ir();
  let inner: StatementFact | undefined;
  let next: StatementFact | undefined;
  for (const statement of facts.statements) {
    if (ir.kind[statement.node] === NodeKind.Block) continue;
    const { start, end } = nodeRange(ir, statement.node);
    if (offset >= start && offset < end) {
      const size = end - start;
      const best = inner === undefined ? undefined : nodeRange(ir, inner.node);
      if (best === undefined || size <= best.end - best.start) inner = statement;
    } else if (start >= offset && (next === undefined || start < (ir.start[next.node] ?? 0)))
      next = statement;
  }
  if (inner === undefined) return next;
  // In the white space of a compound statement's block the next statement inside it is meant.
  const isCompound = ir.kind[inner.node] !== NodeKind.ExprStmt && next !== undefined;
  const innerEnd = ir.end[inner.node] ?? 0;
  if (
    isCompound &&
    next !== undefined &&
    (ir.start[next.node] ?? 0) < innerEnd &&
    isInBlockGap(ir, inner.node, offset)
  )
    return next;
  return inner;
}

/** Whether the offset lies in a block below `node`, outside of that block's statements. */
function isInBlockGap(ir: BodyIr, node: NodeId, offset: number): boolean {
  for (let child = ir.first[node] ?? -1; child >= 0; child = ir.next[child] ?? -1) {
    const { start, end } = nodeRange(ir, child);
    if (ir.kind[child] === NodeKind.Block && offset >= start && offset < end) return true;
  }
  return false;
}

/** The point at an offset, if it lies in a function's body. Behind the last statement it is the function's exit. */
export function pointAt(snapshot: Snapshot, file: FileUnit, offset: number): PointFacts | undefined {
  const unit = functionAt(snapshot, file, offset);
  if (unit === undefined || offset < unit.head.bodyRange.start) return undefined;
  const facts = snapshot.analysis.factsOf(unit.id);
  const entry = snapshot.analysis.entryOf(unit.id);
  const statement = statementAt(facts, offset);
  if (statement !== undefined) return pointOf(facts, entry, statement);
  const exit = facts.exits.find(({ node }) => node === 0);
  if (exit === undefined) return undefined;
  const { end } = unit.head.bodyRange;
  return { ...pointOf(facts, entry, exit), range: { start: end - 1, end } };
}
