/**
 * Random scenarios under the explorer's invariants: mutual exclusion, no lost wake-up, IRQL stack discipline. With one lock
 * order for all contexts nothing may go wrong; with any order only deadlocks may.
 */
import { describe, expect, it } from 'vitest';
import { explore, simulate } from '../../server/src/engine/engine.ts';
import { Explorer } from '../../server/src/engine/exploration/explorer.ts';
import { notCancelled } from '../../server/src/base/cancellation.ts';
import { prepareRun } from '../../server/src/engine/run.ts';
import { TraceEventKind as Event, type Trace } from '../../server/src/protocol/traceFormat.ts';
import { randomScenario } from './randomScenario.ts';

const maxStates = 30_000;

/** Contexts nest by IRQL; every CPU ends where it began; locks have one owner. */
function problemOf(trace: Trace): string | undefined {
  const owner = new Map<number, number>();
  const stacks = Array.from({ length: trace.cpus }, (): number[] => []);
  const { events } = trace;
  for (let row = 0; row < events.kind.length; row += 1) {
    const [cpu, context, a] = [events.cpu[row] ?? 0, events.context[row] ?? -1, events.a[row] ?? 0];
    const stack = stacks[cpu] ?? [];
    if (events.kind[row] === Event.contextStart) {
      const below = trace.contexts[stack[stack.length - 1] ?? -1]?.irql ?? -1;
      if ((trace.contexts[context]?.irql ?? 0) <= below)
        return `row ${row}: a context interrupts one of its own IRQL`;
      stack.push(context);
    }
    if (events.kind[row] === Event.contextEnd && stack.pop() !== context)
      return `row ${row}: a context ends below another`;
    if (events.kind[row] === Event.acquired) {
      if (owner.has(a)) return `row ${row}: two owners`;
      owner.set(a, context);
    }
    if (events.kind[row] === Event.released) owner.delete(a);
    if (row > 0 && (events.time[row] ?? 0) < (events.time[row - 1] ?? 0)) return `row ${row}: time goes back`;
  }
  return undefined;
}

describe('random scenarios', () => {
  it('ordered locks: no dead state, no violation, simulation completes', () => {
    for (let seed = 2; seed <= 700; seed += 2) {
      const scenario = randomScenario(seed, true);
      const { program } = prepareRun(scenario, {});
      const found = new Explorer(program, { maxStates, preemptionBound: undefined }).run(notCancelled);
      if (found.finding !== undefined)
        expect.fail(`seed ${seed}: ${found.finding.kind} ${found.finding.text}`);
      const { result, trace } = simulate(scenario);
      if (result.outcome !== 'completed') expect.fail(`seed ${seed}: ${result.outcome}`);
      const problem = problemOf(trace);
      if (problem !== undefined) expect.fail(`seed ${seed}: ${problem}`);
    }
  }, 60_000);

  it('any order: nothing but deadlocks, and a run that hangs is found by the explorer', () => {
    let nHangs = 0;
    for (let seed = 1; seed <= 700; seed += 2) {
      const scenario = randomScenario(seed, false);
      const found = explore(scenario, { maxStates, maxTraceEvents: 2000 });
      const { outcome } = found.result;
      if (!['completed', 'deadlock', 'bounded'].includes(outcome)) expect.fail(`seed ${seed}: ${outcome}`);
      const run = simulate(scenario);
      if (run.result.deadlock === undefined) {
        if (run.result.outcome !== 'completed') expect.fail(`seed ${seed}: ${run.result.outcome}`);
        continue;
      }
      nHangs += 1;
      if (outcome === 'completed')
        expect.fail(`seed ${seed}: the simulation hangs, the explorer says it cannot`);
    }
    expect(nHangs).toBeGreaterThan(0);
  }, 60_000);

  it('a lock whose release comes before its critical section ends is caught', () => {
    const scenario = randomScenario(4, true);
    const broken = {
      ...scenario,
      cpus: 2,
      locks: [{ id: 'A', kind: 'ttas' }],
      dpcs: [],
      isrs: [],
      threads: [0, 1].map((cpu) => ({
        name: `t${cpu}`,
        cpu,
        // The second release frees a lock that somebody else may own.
        body: [
          { do: 'acquire' as const, lock: 'A' },
          { do: 'release' as const, lock: 'A' },
          { do: 'release' as const, lock: 'A' },
          { do: 'acquire' as const, lock: 'A' },
          { do: 'release' as const, lock: 'A' },
        ],
      })),
    };
    const { result } = explore(broken);
    expect(result.outcome).toBe('bugcheck');
    expect(result.bugCheck).toContain('mutual exclusion');
  });
});
