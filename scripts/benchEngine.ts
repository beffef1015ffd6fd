/**
 * `npm run bench -- engine`: events per second of the simulator at 4 and 64 CPUs beside a bare event loop measured in the same
 * run, states per second of the explorer, and a long run in bounded memory. CPU time is what counts, so that other load on the
 * machine disturbs little.
 */
import { notCancelled } from '../server/src/base/cancellation.ts';
import { findScenario, simulate } from '../server/src/engine/engine.ts';
import { Explorer } from '../server/src/engine/exploration/explorer.ts';
import { lensCost } from '../server/src/engine/lensCost.ts';
import { prepareRun } from '../server/src/engine/run.ts';
import { EventTimes } from '../server/src/engine/simulation/eventTimes.ts';
import type { Scenario } from '../server/src/protocol/scenarioFormat.ts';
import { ordered4 } from '../test/engine/ordered4.ts';

/** Seconds of CPU time that `work` takes. */
function secondsOf(work: () => void): number {
  const from = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1e6;
}

/** Nothing but a queue: the next CPU's event is planned again a little later. */
function bareLoop(nCpus: number, nEvents: number): number {
  const queue = new EventTimes(nCpus);
  for (let cpu = 0; cpu < nCpus; cpu += 1) queue.set(cpu, cpu);
  const run = (): void => {
    for (let count = 0; count < nEvents; count += 1) {
      const cpu = queue.first();
      queue.set(cpu, (queue.times[cpu] ?? 0) + 100 + ((count * 7919) & 63));
    }
  };
  run();
  return nEvents / secondsOf(run);
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
    run(20_000);
    let events = 0;
    const seconds = secondsOf(() => {
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
  const seconds = secondsOf(() => ({ states, transitions } = explore()));
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
  for (let hold = 100; hold < 130; hold += 10) lensCost({ ...query, holdCycles: hold });
  const fresh = secondsOf(() => lensCost({ ...query, holdCycles: 777 }));
  const warm = secondsOf(() => {
    for (let count = 0; count < 10_000; count += 1) lensCost({ ...query, holdCycles: 777 });
  });
  console.log(
    `lens: ${(fresh * 1e3).toFixed(2)} ms new, ${((warm / 10_000) * 1e3).toFixed(4)} ms remembered`,
  );
}
