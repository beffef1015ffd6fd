/**
 * "You schedule": plays a schedule string and says how the run stands there and which steps may come next.
 * Also replays a complete schedule for `simulate`. The steps are those of the explorer.
 */
import type { StepChoice } from '../protocol/engineMessages.ts';
import type { SimulateResult } from '../protocol/simulateResult.ts';
import {
  ticksPerCycle,
  TraceEventKind as Event,
  type TraceDeadlock,
  type TraceOutcome,
} from '../protocol/traceFormat.ts';
import { findDeadSet } from './exploration/deadSet.ts';
import { Replay } from './exploration/replay.ts';
import { type Move, moveToken, parseSchedule } from './exploration/schedule.ts';
import { Advance, Transitions } from './exploration/transitions.ts';
import type { SimulateOutcome } from './engine.ts';
import { deliver } from './machine/interrupts.ts';
import { Machine, type MachineHost } from './machine/machine.ts';
import type { Program } from './program/program.ts';
import * as layout from './program/stateLayout.ts';
import { deadlockText } from './remarks.ts';
import type { PreparedRun } from './run.ts';
import { ScenarioError } from './scenarioError.ts';
import { Recorder } from './simulation/recorder.ts';
import { witnessOf } from './witness.ts';

/** A run up to the end of its schedule. */
export interface SteppedRun extends SimulateOutcome {
  /** None where the run is over or dead. */
  readonly choices: readonly StepChoice[];
}

const defaultTraceEvents = 200_000;

/** Plays the schedule. Throws `ScenarioError` where it does not fit the scenario. */
export function runSchedule(
  run: PreparedRun,
  schedule: string,
  maxTraceEvents = defaultTraceEvents,
): SteppedRun {
  const moves = parseSchedule(schedule);
  if (moves === undefined) throw new ScenarioError(`'${schedule}' is no schedule.`);
  const recorder = new Recorder(run.program, maxTraceEvents);
  const replay = new Replay(run, recorder);
  moves.forEach((move, index) => {
    if (!replay.play(move))
      throw new ScenarioError(
        `Step ${index + 1} of the schedule ('${moveToken(move)}') is not possible there.`,
      );
  });
  const look = lookAhead(run.program, replay.machine.state);
  return finish(run, replay, recorder, schedule, look);
}

interface LookAhead {
  readonly waitsFor: Int32Array;
  readonly moves: readonly { readonly move: Move; readonly cpu: number; readonly label: string }[];
}

const verbs: ReadonlyMap<number, string> = new Map<number, string>([
  [Event.acquired, 'takes'],
  [Event.acquiredShared, 'takes a share of'],
  [Event.released, 'releases'],
  [Event.tryFailed, 'tries in vain'],
  [Event.blockBegin, 'waits for'],
  [Event.signalled, 'signals'],
]);

/** Tries every transition on a copy of the machine. */
function lookAhead(program: Program, state: Int32Array): LookAhead {
  let words = '';
  const nothing = (): void => undefined;
  const host: MachineHost = {
    emit: (kind, _cpu, _context, a) => {
      const verb = verbs.get(kind);
      if (verb !== undefined && words === '') words = `${verb} '${program.locks[a]?.id ?? '?'}'`;
      if (kind === Event.dpcQueued && words === '') words = `queues '${program.contexts[a]?.name ?? '?'}'`;
    },
    charge: nothing,
    wake: (cpu) => {
      deliver(machine, cpu);
    },
    sendIpi: (_from, cpu) => {
      transitions.drain(cpu);
    },
    setTimer: nothing,
    cancelTimer: nothing,
    sendInterrupt: nothing,
    // The other way is a move of its own: draining what was left.
    isDpcRateLow: () => false,
    choose: (choice) => transitions.choose(choice),
    remark: nothing,
  };
  const machine = new Machine(program, host);
  const transitions = new Transitions(machine);
  const found: { move: Move; cpu: number; label: string }[] = [];
  const waitsFor = new Int32Array(program.nCpus).fill(-1);
  const reset = (): void => {
    machine.state.set(state);
    words = '';
  };
  const nameOn = (cpu: number): string => program.contexts[machine.top(cpu)]?.name ?? 'idle';
  for (let cpu = 0; cpu < program.nCpus; cpu += 1) {
    for (let branch = 0, nBranches = 1; branch < nBranches; branch += 1) {
      reset();
      const name = nameOn(cpu);
      const how = transitions.advance(cpu, branch);
      nBranches = Math.max(1, transitions.nBranches);
      if (how === Advance.blocked) waitsFor[cpu] = transitions.blockedLock;
      if (how !== Advance.moved && how !== Advance.stopped) continue;
      const suffix = nBranches > 1 ? ` (branch ${branch + 1})` : '';
      found.push({
        move: { kind: 'advance', cpu, branch },
        cpu,
        label: `${name}: ${words === '' ? 'goes on' : words}${suffix}`,
      });
    }
    reset();
    if (transitions.maySwitch(cpu))
      found.push({ move: { kind: 'switch', cpu }, cpu, label: `the clock switches from ${nameOn(cpu)}` });
    if (transitions.mayDrain(cpu))
      found.push({ move: { kind: 'drain', cpu }, cpu, label: 'drains its DPC queue' });
  }
  program.contexts.forEach((row, context) => {
    reset();
    if ((row.arrivals === undefined && !row.hasTimer) || !transitions.mayArrive(context)) return;
    found.push({
      move: { kind: 'arrive', context },
      cpu: row.cpu,
      label: `${row.kind === 'isr' ? 'interrupt' : 'DPC'} ${row.name} arrives`,
    });
  });
  return { waitsFor, moves: found };
}

function finish(
  run: PreparedRun,
  replay: Replay,
  recorder: Recorder,
  schedule: string,
  look: LookAhead,
): SteppedRun {
  const { program, profile, seed } = run;
  const members = findDeadSet(replay.machine, look.waitsFor);
  for (const member of members) replay.attempt(member);
  const isOver = replay.stopText !== '' || look.moves.length === 0 || members.length > 0;
  const isDone = program.contexts.every(
    (row) => row.kind !== 'thread' || replay.machine.state[row.base + layout.ctxPending] === 1,
  );
  const outcome: TraceOutcome =
    replay.stopText !== ''
      ? 'bugcheck'
      : members.length > 0
        ? 'deadlock'
        : isDone
          ? 'completed'
          : isOver
            ? 'deadlock'
            : 'bounded';
  const text =
    members.length > 0 ? deadlockText(program, members) : 'a thread waits for something that never comes';
  const deadlock: TraceDeadlock | undefined =
    outcome === 'deadlock' ? { time: replay.now, members, text } : undefined;
  if (deadlock !== undefined) {
    const cpu = members[0]?.cpu ?? 0;
    recorder.record(
      replay.now,
      cpu,
      Event.deadlock,
      replay.machine.top(cpu),
      recorder.text(text),
      0,
      members[0]?.location ?? -1,
    );
  }
  const trace = recorder.finish(program, profile, seed, {
    time: replay.now,
    outcome,
    schedule,
    ...(replay.stopText === '' ? {} : { bugCheck: replay.stopText }),
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
    ...(replay.stopText === '' ? {} : { bugCheck: replay.stopText }),
    verifier: replay.verifier,
    warnings: [],
    cycles: replay.now / ticksPerCycle,
    events: replay.nEvents,
    ...(outcome === 'completed' ? {} : { witness: witnessOf(trace) }),
    ...(outcome === 'bounded' ? { bound: 'the schedule ends here' } : {}),
    ...(deadlock === undefined ? {} : { deadlock }),
    ...replay.metrics.results(replay.now, new Float64Array(5)),
    schedule,
  };
  const choices = members.length > 0 || replay.stopText !== '' ? [] : look.moves;
  return {
    result,
    trace,
    choices: choices.map(({ move, cpu, label }) => ({
      cpu,
      label,
      schedule: `${schedule} ${moveToken(move)}`.trim(),
    })),
  };
}
