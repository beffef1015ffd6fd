/** Explores a scenario and puts verdict, witness and trace together. */
import { notCancelled } from '../base/cancellation.ts';
import type { SimulateResult } from '../protocol/simulateResult.ts';
import {
  ticksPerCycle,
  type Trace,
  type TraceDeadlock,
  TraceEventKind as Event,
  type TraceOutcome,
} from '../protocol/traceFormat.ts';
import { Explorer, type Exploration, type Finding } from './exploration/explorer.ts';
import { Replay } from './exploration/replay.ts';
import { moveToken } from './exploration/schedule.ts';
import type { ExploreOptions, SimulateOutcome } from './engine.ts';
import { clockLevel } from './irqlNames.ts';
import { deadlockText } from './remarks.ts';
import type { PreparedRun } from './run.ts';
import { runSimulation } from './simulate.ts';
import { Recorder } from './simulation/recorder.ts';
import { witnessOf } from './witness.ts';

const defaultStates = 2_000_000;
const defaultTraceEvents = 200_000;

/** Explores what was prepared. */
export function runExploration(run: PreparedRun, options: ExploreOptions): SimulateOutcome {
  const limits = {
    maxStates: options.maxStates ?? run.program.scenario.limits?.states ?? defaultStates,
    preemptionBound: options.preemptionBound,
  };
  const found = new Explorer(run.program, limits).run(
    options.cancellation ?? notCancelled,
    options.onProgress,
  );
  const { finding } = found;
  if (finding !== undefined) return witnessOutcome(run, options, found, finding);
  const outcome: TraceOutcome = found.bound === undefined ? 'completed' : 'bounded';
  // Nothing goes wrong: one run in simulated time is shown, its own end is not the verdict.
  const shown = runSimulation(run, {
    ...options,
    maxTraceEvents: options.maxTraceEvents ?? defaultTraceEvents,
  });
  const {
    bugCheck: _bugCheck,
    witness: _witness,
    deadlock: _deadlock,
    bound: _bound,
    ...result
  } = shown.result;
  return {
    result: {
      ...result,
      outcome,
      ...countsOf(found),
      verifier: found.verifier,
      ...(outcome === 'bounded' ? { witness: [] } : {}),
    },
    trace: { ...shown.trace, outcome },
  };
}

function countsOf(
  found: Exploration,
): Pick<SimulateResult, 'states' | 'transitions' | 'deadStates' | 'bound'> {
  return {
    states: found.states,
    transitions: found.transitions,
    deadStates: found.deadStates,
    ...(found.bound === undefined ? {} : { bound: found.bound }),
  };
}

/** What the deadlock becomes on a free build once the watchdog has waited long enough. */
function watchdogOf(run: PreparedRun, finding: Finding, replay: Replay): string {
  const { program } = run;
  const isRoutine = finding.members.some(({ context }) => program.contexts[context]?.kind !== 'thread');
  const isDeaf = finding.members.some(({ cpu }) => replay.machine.irql(cpu) >= clockLevel(program.arch));
  if (isDeaf) return '0x101 CLOCK_WATCHDOG_TIMEOUT';
  return `0x133 DPC_WATCHDOG_VIOLATION (P1 = ${isRoutine ? 0 : 1})`;
}

function witnessOutcome(
  run: PreparedRun,
  options: ExploreOptions,
  found: Exploration,
  finding: Finding,
): SimulateOutcome {
  const { program, profile, seed } = run;
  const recorder = new Recorder(program, options.maxTraceEvents ?? defaultTraceEvents);
  const replay = new Replay(run, recorder);
  for (const move of finding.moves) replay.play(move);
  // Threads that are blocked have waited already; CPUs that spin try once more.
  if (finding.kind !== 'stuck') for (const member of finding.members) replay.attempt(member);
  const outcome: TraceOutcome = finding.kind === 'stuck' ? 'deadlock' : finding.kind;
  const text = finding.members.length > 0 ? deadlockText(program, finding.members) : finding.text;
  const deadlock: TraceDeadlock | undefined =
    outcome === 'deadlock' ? { time: replay.now, members: finding.members, text } : undefined;
  const cpu = finding.members[0]?.cpu ?? 0;
  const kind = outcome === 'deadlock' ? Event.deadlock : outcome === 'bugcheck' ? Event.bugCheck : Event.end;
  recorder.record(
    replay.now,
    cpu,
    kind,
    replay.machine.top(cpu),
    recorder.text(text),
    0,
    finding.members[0]?.location ?? -1,
  );
  const bugCheck =
    outcome === 'bugcheck' ? text : outcome === 'deadlock' ? watchdogOf(run, finding, replay) : undefined;
  const schedule = finding.moves.map(moveToken).join(' ');
  const trace: Trace = recorder.finish(program, profile, seed, {
    time: replay.now,
    outcome,
    schedule,
    ...(bugCheck === undefined ? {} : { bugCheck }),
    ...(deadlock === undefined ? {} : { deadlock }),
  });
  const result: SimulateResult = {
    version: 1,
    scenario: program.scenario.id,
    profile: profile.id,
    clockGHz: profile.clockGHz,
    seed,
    cpus: program.nCpus,
    outcome,
    ...(bugCheck === undefined ? {} : { bugCheck }),
    verifier: found.verifier,
    warnings: [],
    cycles: replay.now / ticksPerCycle,
    events: replay.nEvents,
    witness: witnessOf(trace),
    witnessLength: replay.nVisible + finding.members.length,
    ...(deadlock === undefined ? {} : { deadlock }),
    ...replay.metrics.results(replay.now, new Float64Array(5)),
    ...countsOf(found),
    schedule,
  };
  return { result, trace };
}
