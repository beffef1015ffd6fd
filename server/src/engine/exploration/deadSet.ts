/**
 * The greatest set of CPUs that can never go on: each waits for a lock that a context of a CPU of the set owns (itself below
 * on its own stack included). Found at once, also where other CPUs still run.
 */
import { nextReady } from '../machine/contexts.ts';
import type { Machine } from '../machine/machine.ts';
import type { TraceDeadlockMember } from '../../protocol/traceFormat.ts';
import type { Program } from '../program/program.ts';
import * as op from '../program/opcodes.ts';
import * as layout from '../program/stateLayout.ts';

const DISPATCH_LEVEL = 2;

/** `waitsFor[cpu]` is the lock that the CPU's top context must wait for, or -1. Returns the members, none where all can go on. */
export function findDeadSet(m: Machine, waitsFor: Int32Array): readonly TraceDeadlockMember[] {
  const isIn = Uint8Array.from(waitsFor, (lock, cpu) => (lock >= 0 && !mayGiveWayOf(m, cpu) ? 1 : 0));
  for (let isStable = false; !isStable;) {
    isStable = true;
    for (let cpu = 0; cpu < isIn.length; cpu += 1) {
      if (isIn[cpu] === 0 || blocker(m, waitsFor, isIn, cpu) >= 0) continue;
      isIn[cpu] = 0;
      isStable = false;
    }
  }
  const members: TraceDeadlockMember[] = [];
  for (let cpu = 0; cpu < isIn.length; cpu += 1) {
    if (isIn[cpu] === 0) continue;
    const context = m.top(cpu);
    const pc = m.state[m.program.contexts[context]!.base]!;
    const ownedBy = blocker(m, waitsFor, isIn, cpu);
    members.push({ cpu, context, waitsFor: waitsFor[cpu]!, ownedBy, location: m.program.code.location[pc]! });
  }
  return members;
}

/** The fewest members that wait for each other in a ring; the rest of the set only stands behind them. */
export function shortestCycle(
  members: readonly TraceDeadlockMember[],
  program: Program,
): readonly TraceDeadlockMember[] {
  let best = members;
  for (const start of members) {
    const path: TraceDeadlockMember[] = [];
    for (let at: TraceDeadlockMember | undefined = start; at !== undefined;) {
      const seen = path.indexOf(at);
      if (seen >= 0) {
        if (path.length - seen < best.length) best = path.slice(seen);
        break;
      }
      path.push(at);
      const cpu: number | undefined = program.contexts[at.ownedBy]?.cpu;
      at = members.find((member) => member.cpu === cpu);
    }
  }
  return best;
}

/** Another thread of the CPU could still be given the CPU. */
export function mayGiveWayOf(m: Machine, cpu: number): boolean {
  if (m.program.threadsOf[cpu]!.length < 2 || m.irql(cpu) >= DISPATCH_LEVEL) return false;
  const base = m.program.cpuBase[cpu]!;
  if (m.state[base + layout.cpuDepth] !== 1) return false;
  const next = nextReady(m, cpu);
  return next >= 0 && next !== m.top(cpu);
}

/** A context of the set that keeps the CPU from its lock, or -1. */
function blocker(m: Machine, waitsFor: Int32Array, isIn: Uint8Array, cpu: number): number {
  const lock = waitsFor[cpu]!;
  const { contexts, locks, heldSlot } = m.program;
  const base = lock * contexts.length;
  for (let context = 0; context < contexts.length; context += 1) {
    const slot = heldSlot[base + context]!;
    if (slot >= 0 && m.state[slot]! > 0 && isIn[contexts[context]!.cpu] === 1) return context;
  }
  if (locks[lock]!.kind.sharesOwnership !== true || !isSharedWaitOf(m, m.top(cpu))) return -1;
  // A waiting writer holds off new readers; it waits in turn for an owner, or it is not in the set.
  for (let other = 0; other < isIn.length; other += 1) {
    if (other === cpu || isIn[other] !== 1 || waitsFor[other] !== lock) continue;
    if (!isSharedWaitOf(m, m.top(other))) return m.top(other);
  }
  return -1;
}

/** Is the acquisition that the context is in a shared one? Its own mark, further on in the code, says so. */
export function isSharedWaitOf(m: Machine, context: number): boolean {
  const { code, contexts } = m.program;
  const { base, end } = contexts[context]!;
  for (let pc = m.state[base]!; pc < end; pc += 1) if (code.op[pc] === op.opAcquired) return code.c[pc] === 1;
  return false;
}
