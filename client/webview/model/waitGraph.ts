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

/** The waits that close a ring, in its order, and those that only hang on it. */
export interface WaitCycle {
  readonly ring: readonly WaitEdge[];
  readonly others: readonly WaitEdge[];
}

/** Whose turn it would have to be first: the wait of the owner itself, or of what runs on top of the owner on its CPU. */
function waitOfOwner(trace: PackedTrace, edges: readonly WaitEdge[], owner: number): WaitEdge | undefined {
  const cpu = trace.contexts[owner]?.cpu;
  return edges.find((edge) => edge.context === owner) ?? edges.find((edge) => edge.cpu === cpu);
}

/** Follows the waits until one comes again: from there on it is the ring. */
export function findCycle(trace: PackedTrace, edges: readonly WaitEdge[]): WaitCycle {
  const path: WaitEdge[] = [];
  let next = edges[0];
  while (next !== undefined && !path.includes(next)) {
    path.push(next);
    next = waitOfOwner(trace, edges, next.owner);
  }
  const ring = next === undefined ? path : path.slice(path.indexOf(next));
  return { ring, others: edges.filter((edge) => !ring.includes(edge)) };
}

/** The deadlock of the trace; both lists are empty where there is none. */
export function deadlockCycle(trace: PackedTrace): WaitCycle {
  const members = trace.deadlock?.members ?? [];
  return findCycle(
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
