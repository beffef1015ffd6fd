/**
 * Conditions that guard both a taking and a giving back: `if (Ext->UseLock) Acquire(..); ..; if (Ext->UseLock) Release(..);`.
 * Their author relies on their staying the same in between, whatever unknown code is called: the analysis does so too,
 * until something in the condition is assigned. It finds them by shape; what they say is the state's business.
 */
import { NodeKind } from '../../syntax/ir.ts';
import type { BodyIr, NodeId } from '../../syntax/ir.ts';
import type { FunctionSummary } from '../facts.ts';
import type { Callee, FunctionId } from '../program.ts';
import { conditionHash } from './tracking.ts';

/** What a call does to the level or a lock that outlives it. */
export type LockSide = 'take' | 'give' | 'none';

const TAKING: ReadonlySet<string> = new Set(['acquire', 'tryAcquire', 'raise', 'enter']);
const GIVING: ReadonlySet<string> = new Set(['release', 'lower', 'leave']);

/** Tells taking calls from giving ones, by the facts of a routine or the summary of a function. */
export function sideOf(callee: Callee, summaryOf: (id: FunctionId) => FunctionSummary | undefined): LockSide {
  if (callee.kind === 'ddi') {
    const op = callee.effect?.op ?? '';
    return TAKING.has(op) ? 'take' : GIVING.has(op) ? 'give' : 'none';
  }
  if (callee.kind !== 'functions') return 'none';
  const cases = callee.ids.flatMap((id) => summaryOf(id)?.cases ?? []);
  if (cases.some(({ released }) => released.length > 0)) return 'give';
  return cases.some(({ acquired }) => acquired.length > 0) ? 'take' : 'none';
}

/** Hashes of the conditions, whole and in parts, that guard a taking call and a giving one. */
export function pairedConditions(
  ir: BodyIr,
  parents: Int32Array,
  textOf: (atom: number) => string,
  sideOfCall: (call: NodeId) => LockSide,
): ReadonlySet<number> {
  const taking = new Set<number>();
  const giving = new Set<number>();
  for (let node = 0; node < ir.nodeCount; node++) {
    if (ir.kind[node] !== NodeKind.Call) continue;
    const side = sideOfCall(node);
    if (side !== 'none') addGuards(ir, parents, node, textOf, side === 'take' ? taking : giving);
  }
  for (const hash of taking) if (!giving.has(hash)) taking.delete(hash);
  return taking;
}

function addGuards(
  ir: BodyIr,
  parents: Int32Array,
  call: NodeId,
  textOf: (atom: number) => string,
  hashes: Set<number>,
): void {
  const add = (condition: NodeId): void => {
    hashes.add(conditionHash(ir, condition, textOf));
    const operator = textOf(ir.atom[condition] ?? 0);
    const isJoined = ir.kind[condition] === NodeKind.Binary && (operator === '&&' || operator === '||');
    if (!isJoined && ir.kind[condition] !== NodeKind.Unary) return;
    for (let child = ir.first[condition] ?? -1; child >= 0; child = ir.next[child] ?? -1) add(child);
  };
  let from = call;
  for (let at = parents[call] ?? -1; at >= 0; at = parents[at] ?? -1) {
    const condition = ir.first[at] ?? -1;
    if (ir.kind[at] === NodeKind.If && condition !== from) add(condition);
    from = at;
  }
}
