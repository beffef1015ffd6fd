/**
 * A rough estimate of the cycles that a piece of a body takes, from its IR: for holds of locks in lenses and scenarios.
 * Every operation costs a little, a call more, a loop counts eight times, branches count half each. It is an estimate and is
 * said to be one: caches and the paths really taken are not known.
 */
import type { BodyFacts, CallFact, ProgramAnalysis } from './facts.ts';
import type { FunctionId } from './program.ts';
import { childrenOf, NodeKind, type BodyIr, type NodeId } from '../syntax/ir.ts';

/** Cycles of a simple operation, of a memory access, of a call into code that nobody can see, of a loop's repetitions. */
const OPERATION = 1;
const ACCESS = 4;
const UNKNOWN_CALL = 60;
const CALL_OVERHEAD = 5;
/** Rounds that a loop counts for. */
export const REPETITIONS = 8;
const MAX_DEPTH = 4;
const MAX_CYCLES = 1e8;

/** Whether a statement counts. */
export type IsCounted = (node: NodeId) => boolean;

interface Walk {
  readonly analysis: ProgramAnalysis;
  readonly ir: BodyIr;
  readonly calls: ReadonlyMap<NodeId, CallFact>;
  readonly statements: ReadonlySet<NodeId>;
  readonly isCounted: IsCounted;
  readonly depth: number;
  readonly visiting: ReadonlySet<FunctionId>;
}

/** Cycles of the counted statements of a body, 1 at least. */
export function estimateCycles(analysis: ProgramAnalysis, facts: BodyFacts, isCounted: IsCounted): number {
  return walkBody(analysis, facts, isCounted, 0, new Set([facts.unit.id]));
}

function walkBody(
  analysis: ProgramAnalysis,
  facts: BodyFacts,
  isCounted: IsCounted,
  depth: number,
  visiting: ReadonlySet<FunctionId>,
): number {
  const walk: Walk = {
    analysis,
    ir: facts.unit.ir(),
    calls: new Map(facts.calls.map((call) => [call.node, call])),
    statements: new Set(facts.statements.map((statement) => statement.node)),
    isCounted,
    depth,
    visiting,
  };
  return Math.min(MAX_CYCLES, Math.max(1, Math.round(cost(walk, 0, isCounted(0)))));
}

/** `isCounted` is that of the innermost statement around: its operations count, those of statements inside have their own say. */
function cost(walk: Walk, node: NodeId, isCounted: boolean): number {
  const { ir } = walk;
  const kind = ir.kind[node] as NodeKind;
  const children = childrenOf(ir, node);
  const isMine = walk.statements.has(node) ? walk.isCounted(node) : isCounted;
  const own = isMine ? ownCost(walk, node, kind) : 0;
  const costs = children.map((child) => cost(walk, child, isMine));
  const all = costs.reduce((sum, one) => sum + one, 0);
  switch (kind) {
    case NodeKind.If:
    case NodeKind.Conditional:
      return own + (costs[0] ?? 0) + ((costs[1] ?? 0) + (costs[2] ?? 0)) / (children.length > 2 ? 2 : 1.5);
    case NodeKind.Choice:
    case NodeKind.Switch:
      return own + all / Math.max(1, kind === NodeKind.Switch ? 2 : children.length);
    case NodeKind.While:
    case NodeKind.DoWhile:
    case NodeKind.For:
      return own + all * REPETITIONS;
    default:
      return own + all;
  }
}

function ownCost(walk: Walk, node: NodeId, kind: NodeKind): number {
  switch (kind) {
    case NodeKind.Member:
    case NodeKind.Index:
      return isOuterAccess(walk, node) ? ACCESS : OPERATION;
    case NodeKind.Unary:
    case NodeKind.Postfix:
    case NodeKind.Binary:
    case NodeKind.Assign:
      return OPERATION;
    case NodeKind.Call:
    case NodeKind.Construct:
      return callCost(walk, node);
    default:
      return 0;
  }
}

/** In `a->b.c` only the outermost access is one of memory that was not just read. */
function isOuterAccess({ ir }: Walk, node: NodeId): boolean {
  const base = ir.first[node] ?? -1;
  return base < 0 || ir.kind[base] !== NodeKind.Member;
}

function callCost(walk: Walk, node: NodeId): number {
  const call = walk.calls.get(node);
  if (call === undefined) return CALL_OVERHEAD;
  switch (call.callee.kind) {
    case 'neutral':
      return CALL_OVERHEAD * 2;
    case 'functions': {
      const [id] = call.callee.ids;
      if (id === undefined || walk.depth >= MAX_DEPTH || walk.visiting.has(id)) return UNKNOWN_CALL;
      const facts = walk.analysis.factsOf(id);
      return (
        CALL_OVERHEAD +
        walkBody(walk.analysis, facts, () => true, walk.depth + 1, new Set([...walk.visiting, id]))
      );
    }
    case 'ddi':
      // The cost of a lock call itself is the engine's business.
      return call.locks.length > 0 ? 0 : UNKNOWN_CALL;
    case 'role':
    case 'declared':
    case 'unknown':
      return UNKNOWN_CALL;
  }
}

/** Cycles during which the lock that `acquire` took is held, as an estimate. Two digits: more would pretend. */
export function estimateHold(analysis: ProgramAnalysis, facts: BodyFacts, acquire: NodeId): number {
  const held = new Set(
    facts.statements
      .filter(({ states }) => states.some((state) => state.held.some((lock) => lock.node === acquire)))
      .map((statement) => statement.node),
  );
  return roundToTwoDigits(estimateCycles(analysis, facts, (node) => held.has(node)));
}

/** 1234 -> 1200. */
export function roundToTwoDigits(cycles: number): number {
  if (cycles < 100) return Math.max(1, Math.round(cycles));
  const unit = 10 ** (Math.floor(Math.log10(cycles)) - 1);
  return Math.round(cycles / unit) * unit;
}
