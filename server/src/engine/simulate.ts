/** Simulates one run and puts its figures and its trace together. */
import { notCancelled } from '../base/cancellation.ts';
import type { SimulateResult } from '../protocol/simulateResult.ts';
import { ticksPerCycle, type Trace } from '../protocol/traceFormat.ts';
import type { PreparedRun } from './run.ts';
import type { SimulateOptions, SimulateOutcome } from './engine.ts';
import { Recorder } from './simulation/recorder.ts';
import { Simulator } from './simulation/simulator.ts';
import { witnessOf } from './witness.ts';

const defaultTraceEvents = 200_000;

/** Runs what was prepared. */
export function runSimulation(run: PreparedRun, options: SimulateOptions): SimulateOutcome {
  const { program, profile, table, distances, seed, limits } = run;
  const recorder = new Recorder(program, options.maxTraceEvents ?? defaultTraceEvents);
  const sim = new Simulator(program, table, distances, seed, recorder, limits);
  sim.run(options.cancellation ?? notCancelled, options.onProgress);
  const outcome = sim.outcome ?? 'bounded';
  const trace = recorder.finish(program, profile, seed, {
    time: sim.now,
    outcome,
    ...(sim.bugCheck === undefined ? {} : { bugCheck: sim.bugCheck }),
    ...(sim.deadlock === undefined ? {} : { deadlock: sim.deadlock }),
  });
  return { result: resultOf(run, sim, trace), trace };
}

function resultOf(run: PreparedRun, sim: Simulator, trace: Trace): SimulateResult {
  const { program, profile, seed } = run;
  return {
    version: 1,
    scenario: program.scenario.id,
    profile: profile.id,
    clockGHz: profile.clockGHz,
    seed,
    cpus: program.nCpus,
    outcome: trace.outcome,
    ...(sim.bugCheck === undefined ? {} : { bugCheck: sim.bugCheck }),
    verifier: sim.observer.verifier,
    warnings: sim.observer.warnings,
    cycles: sim.now / ticksPerCycle,
    events: sim.nEvents,
    ...(trace.outcome === 'completed' ? {} : { witness: witnessOf(trace) }),
    ...(sim.deadlock === undefined ? {} : { deadlock: sim.deadlock }),
    ...sim.metrics.results(sim.now, sim.coherence.transfers),
    ...(sim.bound === undefined ? {} : { bound: sim.bound }),
    ...(profile.overridden.length === 0 ? {} : { overridden: profile.overridden }),
  };
}
