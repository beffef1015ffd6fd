/**
 * Threads that wait by the dispatcher for each other's locks (mutexes, resources, push locks): the ring among the blocked
 * contexts where nothing goes on any more. CPUs that spin are `deadSet.ts`' affair.
 */
import type { TraceDeadlockMember } from '../../protocol/traceFormat.ts';
import type { Machine } from '../machine/machine.ts';
import * as op from '../program/opcodes.ts';
import * as layout from '../program/stateLayout.ts';

const BLOCKED = 2;

/** The blocked contexts that wait for each other in a ring; none where a wait is for something that nobody owns. */
export function findBlockedRing(m: Machine): readonly TraceDeadlockMember[] {
  const { contexts } = m.program;
  for (let start = 0; start < contexts.length; start += 1) {
    const path: TraceDeadlockMember[] = [];
    for (let at = start; ;) {
      const seen = path.findIndex(({ context }) => context === at);
      if (seen >= 0) return path.slice(seen);
      const member = waitOf(m, at);
      if (member === undefined) break;
      path.push(member);
      at = member.ownedBy;
    }
  }
  return [];
}

function waitOf(m: Machine, context: number): TraceDeadlockMember | undefined {
  const { code, contexts } = m.program;
  const row = contexts[context];
  if (row === undefined || row.kind !== 'thread' || m.state[row.base + layout.ctxPending] !== BLOCKED)
    return undefined;
  const pc = m.state[row.base] ?? -1;
  if (code.op[pc] !== op.opBlock) return undefined;
  const lock = code.b[pc] ?? -1;
  const ownedBy = ownerOf(m, lock);
  return ownedBy < 0
    ? undefined
    : { cpu: row.cpu, context, waitsFor: lock, ownedBy, location: code.location[pc] ?? -1 };
}

function ownerOf(m: Machine, lock: number): number {
  const { contexts, heldSlot } = m.program;
  for (let context = 0; context < contexts.length; context += 1) {
    const slot = heldSlot[lock * contexts.length + context] ?? -1;
    if (slot >= 0 && (m.state[slot] ?? 0) > 0) return context;
  }
  return -1;
}
