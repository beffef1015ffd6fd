/**
 * Who waits for whom at one instant, or in the deadlock: contexts and locks as the nodes of a cycle, in its order. Pure.
 */
import type { PackedTrace } from 'irql-lens-server/protocol';
import type { Frame } from './fold.ts';

/** `context` waits for `lock`, which `owner` owns. */
export interface WaitEdge {
  readonly cpu: number;
  readonly context: number;
  readonly lock: number;
  readonly owner: number;
}

/** The waits in the order of the cycle: each one's owner is the next one's context, or lies below it on the same CPU. */
export function orderCycle(trace: PackedTrace, edges: readonly WaitEdge[]): readonly WaitEdge[] {
  const rest = [...edges];
  const ordered: WaitEdge[] = [];
  let next = rest.shift();
  while (next !== undefined) {
    ordered.push(next);
    const { owner } = next;
    const cpu = trace.contexts[owner]?.cpu;
    const at = rest.findIndex((edge) => edge.context === owner);
    const byCpu = at >= 0 ? at : rest.findIndex((edge) => edge.cpu === cpu);
    next = byCpu >= 0 ? rest.splice(byCpu, 1)[0] : rest.shift();
  }
  return ordered;
}

/** The deadlock of the trace as ordered edges; empty where there is none. */
export function deadlockEdges(trace: PackedTrace): readonly WaitEdge[] {
  const members = trace.deadlock?.members ?? [];
  return orderCycle(
    trace,
    members.map(({ cpu, context, waitsFor, ownedBy }) => ({ cpu, context, lock: waitsFor, owner: ownedBy })),
  );
}

/** All waits at an instant. */
export function waitsAt(trace: PackedTrace, frame: Frame): readonly WaitEdge[] {
  return frame.locks.flatMap(({ owners, waiters }, lock) =>
    waiters.map((context) => ({
      cpu: trace.contexts[context]?.cpu ?? 0,
      context,
      lock,
      owner: owners[0] ?? -1,
    })),
  );
}
