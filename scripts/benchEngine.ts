/**
 * `npm run bench -- engine`: events per second of the simulator at 4 and 64 CPUs beside a bare event loop measured in the same
 * run, states per second of the explorer, and a long run in bounded memory. CPU time is what counts, so that other load on the
 * machine disturbs little.
 */
import { notCancelled } from '../server/src/base/cancellation.ts';
import { Rng } from '../server/src/base/rng.ts';
import { findScenario, simulate } from '../server/src/engine/engine.ts';
import { Explorer } from '../server/src/engine/exploration/explorer.ts';
import { lensCost } from '../server/src/engine/lensCost.ts';
import { prepareRun } from '../server/src/engine/run.ts';
import { EventTimes } from '../server/src/engine/simulation/eventTimes.ts';
import type { Scenario } from '../server/src/protocol/scenarioFormat.ts';
import { ordered4 } from '../test/engine/ordered4.ts';

/** The best of three: other load on the machine only ever slows a run. */
function bestSecondsOf(work: () => void): number {
  return Math.min(secondsOf(work), secondsOf(work), secondsOf(work));
}

/** Seconds of CPU time that `work` takes. */
function secondsOf(work: () => void): number {
  const from = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1e6;
}

/**
 * A bare event loop: takes the earliest pending event off the engine's own queue, moves the clock to it, dispatches on its kind to
 * one of four handlers, and the handler plans the CPU's next event at a distance from a table of random ones. It keeps a count per
 * kind and the clock, which are returned, so that nothing can be left out. No machine, no memory, no figures, no record.
 */
function bareLoop(nCpus: number, nEvents: number): number {
  const rng = new Rng(1);
  const distances = Float64Array.from({ length: 4096 }, () => 200 + rng.below(2000));
  const run = (): number => {
    const queue = new EventTimes(nCpus);
    const kinds = new Uint8Array(nCpus);
    const counts = new Float64Array(4);
    let now = 0;
    let drawn = 0;
    const plan = (cpu: number, kind: number): void => {
      kinds[cpu] = kind;
      drawn = (drawn + 1) & 4095;
      queue.set(cpu, now + (distances[drawn] ?? 0));
    };
    const handlers = [1, 2, 3, 0].map((next, kind) => (cpu: number): void => {
      counts[kind] = (counts[kind] ?? 0) + 1;
      plan(cpu, next);
    });
    for (let cpu = 0; cpu < nCpus; cpu += 1) plan(cpu, cpu & 3);
    for (let count = 0; count < nEvents; count += 1) {
      const cpu = queue.first();
      now = queue.times[cpu] ?? 0;
      handlers[kinds[cpu] ?? 0]?.(cpu);
    }
    return now + counts.reduce((sum, value) => sum + value, 0);
  };
  const expected = run();
  let ended = 0;
  const seconds = bestSecondsOf(() => {
    ended = run();
  });
  if (ended !== expected) throw new Error('the bare loop is not deterministic');
  return nEvents / seconds;
}

function scenario(id: string, acquisitions: number): Scenario {
  const found = findScenario(id);
  if (found === undefined) throw new Error(id);
  return { ...found, limits: { acquisitions } };
}

function millions(value: number): string {
  return `${(value / 1e6).toFixed(2)} M`;
}

for (const [cpus, goal] of [
  [4, 8e6],
  [64, 3e6],
] as const) {
  const bare = bareLoop(cpus, 3_000_000);
  for (const lock of ['ttas', 'queued', 'ticket']) {
    const run = (acquisitions: number): number =>
      simulate(scenario('ttas-vs-queued', acquisitions), { overrides: { cpus, lock }, maxTraceEvents: 0 })
        .result.events;
    run(200_000);
    let events = 0;
    const seconds = bestSecondsOf(() => {
      events = run(200_000);
    });
    const speed = events / seconds;
    console.log(
      `${String(cpus).padStart(2)} CPUs ${lock.padEnd(7)} ${millions(speed)} events/s (goal ${millions(goal)}), bare loop ${millions(bare)}/s, ratio ${(bare / speed).toFixed(1)}`,
    );
  }
}

for (const [name, one] of [
  ['4 CPUs ordered, DPC each', ordered4(false)],
  ['4 CPUs ordered, DPC + ISR each', ordered4(false, true)],
  ['4 CPUs, one turned round (no symmetry)', ordered4(true, true)],
] as const) {
  const { program } = prepareRun(one, {});
  const explore = () =>
    new Explorer(program, { maxStates: 500_000, preemptionBound: undefined }).run(notCancelled);
  explore();
  let states = 0;
  let transitions = 0;
  const seconds = bestSecondsOf(() => ({ states, transitions } = explore()));
  console.log(
    `explorer, ${name}: ${states} states, ${transitions} transitions, ${millions(states / seconds)} states/s`,
  );
}

{
  const before = process.memoryUsage().rss;
  const events = 10_000_000;
  const long = { ...scenario('ttas-vs-queued', 1e12), limits: { events } };
  const { result, trace } = simulate(long, { overrides: { cpus: 64, lock: 'queued' } });
  const grown = (process.memoryUsage().rss - before) / 2 ** 20;
  console.log(
    `64 CPUs, ${millions(result.events)} events: ${result.outcome}, trace of ${trace.events.kind.length} events (${trace.truncated ? 'truncated' : 'whole'}), memory +${grown.toFixed(0)} MiB`,
  );
}

{
  const query = {
    profile: 'skylake-sp',
    lockKind: 'ttas',
    form: 'raising',
    isAtDispatch: true,
    cpus: 4,
  } as const;
  // Hold times of 100 to 990 are told apart in steps of 10: none of these is remembered from another.
  const lenses = (form: 'raising' | 'atDpcLevel', from: number, count: number): void => {
    for (let at = 0; at < count; at += 1) lensCost({ ...query, form, holdCycles: from + 10 * at });
  };
  const cold = secondsOf(() => {
    lenses('raising', 100, 1);
  });
  lenses('raising', 200, 60);
  const fresh = secondsOf(() => {
    lenses('atDpcLevel', 200, 40);
  });
  const warm = secondsOf(() => {
    for (let count = 0; count < 10_000; count += 1) lensCost({ ...query, holdCycles: 777 });
  });
  console.log(
    `lens (4 CPUs, goal 2 ms when warm): ${(cold * 1e3).toFixed(2)} ms the first, ${((fresh / 40) * 1e3).toFixed(2)} ms a new one when warm, ${((warm / 10_000) * 1e3).toFixed(4)} ms remembered`,
  );
}
