/**
 * Finds, when a CPU begins to spin, whether it closes a cycle of CPUs of which each spins for a lock that another (or a lower
 * context of the same CPU) owns. Such a set can never go on, whatever the others do.
 */
import type { TraceDeadlock, TraceDeadlockMember } from '../../protocol/traceFormat.ts';
import { deadlockText } from '../remarks.ts';
import type { Simulator } from './simulator.ts';

/** Does following owners from `cpu` never end? Quick: asked at every spin. */
function isInCycle(sim: Simulator, cpu: number): boolean {
  let at = cpu;
  for (let count = 0; count <= sim.program.nCpus; count += 1) {
    const lock = sim.stuckOn(at);
    if (lock < 0) return false;
    const owner = sim.ownerFor(lock, sim.machine.top(at));
    if (owner < 0) return false;
    at = sim.program.contexts[owner]!.cpu;
  }
  return true;
}

/** The cycle through which `cpu` waits, or undefined. */
export function findStuckCycle(sim: Simulator, cpu: number): TraceDeadlock | undefined {
  if (!isInCycle(sim, cpu)) return undefined;
  const path: TraceDeadlockMember[] = [];
  for (let at = cpu; ;) {
    const start = path.findIndex((member) => member.cpu === at);
    if (start >= 0) return describe(sim, path.slice(start));
    const lock = sim.stuckOn(at);
    if (lock < 0) return undefined;
    const context = sim.machine.top(at);
    const owner = sim.ownerFor(lock, context);
    if (owner < 0) return undefined;
    path.push({
      cpu: at,
      context,
      waitsFor: lock,
      ownedBy: owner,
      location: sim.observer.locationOf(context),
    });
    at = sim.program.contexts[owner]!.cpu;
  }
}

function describe(sim: Simulator, members: readonly TraceDeadlockMember[]): TraceDeadlock {
  return { time: sim.now, members, text: deadlockText(sim.program, members) };
}
