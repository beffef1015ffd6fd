/**
 * Plays a schedule and records it as an ordinary trace: one transition after the other, each operation at its cost on an
 * otherwise quiet machine. Used for witnesses, for schedule strings, and by the stepper.
 */
import { Rng } from '../../base/rng.ts';
import { TraceEventKind as Event, type TraceDeadlockMember } from '../../protocol/traceFormat.ts';
import { deliver } from '../machine/interrupts.ts';
import { Access, Machine, type MachineHost, Step } from '../machine/machine.ts';
import { CostKey, isWait } from '../program/opcodes.ts';
import { describeRemark } from '../remarks.ts';
import type { PreparedRun } from '../run.ts';
import { Metrics, Activity } from '../simulation/metrics.ts';
import type { Recorder } from '../simulation/recorder.ts';
import { durationTicks } from '../simulation/sources.ts';
import type { Move } from './schedule.ts';
import { Advance, Transitions } from './transitions.ts';

/** Mutable; one per replayed schedule. */
export class Replay {
  readonly machine: Machine;
  readonly transitions: Transitions;
  readonly metrics: Metrics;
  now = 0;
  nEvents = 0;
  /** Visible operations played. */
  nVisible = 0;
  stopText = '';
  readonly verifier: string[] = [];
  private readonly run: PreparedRun;
  private readonly recorder: Recorder;
  private readonly rng: Rng;
  private readonly lastUser: Int32Array;
  private readonly waitedFrom: Float64Array;
  private readonly heldFrom: Float64Array;
  private readonly lastReleaser: Int32Array;
  private readonly started: Uint8Array;

  constructor(run: PreparedRun, recorder: Recorder) {
    this.run = run;
    this.recorder = recorder;
    this.rng = new Rng(run.seed);
    const { program } = run;
    this.machine = new Machine(program, this.makeHost());
    this.transitions = new Transitions(this.machine);
    this.metrics = new Metrics(program);
    this.lastUser = new Int32Array(program.nLines).fill(-1);
    this.waitedFrom = new Float64Array(program.contexts.length).fill(-1);
    this.heldFrom = new Float64Array(program.contexts.length * program.locks.length);
    this.lastReleaser = new Int32Array(program.locks.length).fill(-1);
    this.started = new Uint8Array(program.nCpus);
    this.timeSteps();
  }

  private makeHost(): MachineHost {
    return {
      emit: (kind, cpu, context, a, b) => {
        this.emit(kind, cpu, context, a, b);
      },
      charge: (_cpu, cost) => {
        this.now += this.run.table.costs[cost]!;
      },
      wake: (cpu) => {
        deliver(this.machine, cpu);
      },
      sendIpi: (from, cpu) => {
        this.emit(Event.ipi, from, this.machine.top(from), cpu, 0);
        this.transitions.drain(cpu);
      },
      setTimer: () => undefined,
      cancelTimer: () => undefined,
      sendInterrupt: (from, isr) => {
        this.emit(Event.ipi, from, this.machine.top(from), this.run.program.contexts[isr]!.cpu, 0);
      },
      // The other way is a move of its own: draining what was left.
      isDpcRateLow: () => false,
      choose: (choice) => this.transitions.choose(choice),
      remark: (kind, code, cpu, context, lock) => {
        const text = describeRemark(this.machine, kind, code, cpu, context, lock);
        if (this.verifier.includes(text)) return;
        this.verifier.push(text);
        this.emit(Event.verifier, cpu, context, this.recorder.text(text), 0);
      },
    };
  }

  /** Every step of the machine advances the clock by its cost. */
  private timeSteps(): void {
    const step = this.machine.step.bind(this.machine);
    this.machine.step = (cpu) => {
      if (this.started[cpu] === 0) this.start(cpu);
      const context = this.machine.top(cpu);
      const how = step(cpu);
      this.nEvents += 1;
      this.now += this.costOf(how, cpu, context);
      return how;
    };
  }

  private start(cpu: number): void {
    this.started[cpu] = 1;
    const base = this.run.program.cpuBase[cpu]! + 7;
    const thread = this.machine.contextOf(cpu, this.machine.state[base]!);
    if (thread >= 0) this.emit(Event.contextStart, cpu, thread, 0, 0);
  }

  private costOf(how: number, cpu: number, context: number): number {
    const { table, program } = this.run;
    const { machine } = this;
    if (how === Step.cost) {
      if (machine.cost === CostKey.readIrql) this.metrics.irqlReads[cpu]! += 1;
      if (machine.cost === CostKey.raise || machine.cost === CostKey.lower)
        this.metrics.irqlWrites[cpu]! += 1;
      return table.costs[machine.cost]!;
    }
    if (how === Step.work) {
      const ticks = durationTicks(program.durations[machine.cost]!, table.clockGHz, this.rng);
      this.recorder.record(
        this.now,
        cpu,
        Event.workBegin,
        context,
        ticks,
        machine.detail,
        this.locationOf(context),
      );
      this.metrics.spend(cpu, Activity.thread, machine.irql(cpu), ticks);
      return ticks;
    }
    if (how !== Step.memory) return 0;
    const from = this.lastUser[machine.line]!;
    this.lastUser[machine.line] = cpu;
    if (machine.access === Access.storeEarly || machine.access === Access.loadEarly) return 0;
    if (from < 0 || from === cpu) return machine.access >= Access.locked ? table.lockedL1 : table.loadL1;
    return table.transfer[this.run.distances[from * program.nCpus + cpu]!]!;
  }

  private locationOf(context: number): number {
    if (context < 0) return -1;
    const { base, entry } = this.run.program.contexts[context]!;
    return this.run.program.code.location[Math.max(entry, this.machine.state[base]! - 1)]!;
  }

  private emit(kind: number, cpu: number, context: number, a: number, b: number): void {
    let second = b;
    const index = a * this.run.program.contexts.length + context;
    if (kind === Event.acquired || kind === Event.acquiredShared) {
      const from = this.waitedFrom[context]!;
      second = from >= 0 ? this.lastReleaser[a]! : -1;
      this.waitedFrom[context] = -1;
      this.heldFrom[index] = this.now;
      const distance = second < 0 ? -1 : this.run.distances[second * this.run.program.nCpus + cpu]!;
      this.metrics.acquired(a, cpu, from < 0 ? 0 : this.now - from, distance);
    } else if (kind === Event.released) {
      this.metrics.released(a, this.now - this.heldFrom[index]!);
      this.lastReleaser[a] = cpu;
    }
    this.recorder.record(this.now, cpu, kind, context, a, second, this.locationOf(context));
  }

  /** Plays one move; false where it is not possible in this state. */
  play(move: Move): boolean {
    const { transitions } = this;
    if (move.kind === 'advance') {
      if (move.cpu >= this.run.program.nCpus) return false;
      const isPossible = this.settle(transitions.advance(move.cpu, move.branch));
      this.nVisible += transitions.nVisible;
      return isPossible;
    }
    if (move.kind === 'arrive') {
      const context = this.run.program.contexts[move.context];
      if (context === undefined || !transitions.mayArrive(move.context)) return false;
      if (this.started[context.cpu] === 0) this.start(context.cpu);
      transitions.arrive(move.context);
      const how = transitions.goOnAfterArrival(move.context);
      this.settle(how);
      this.nVisible += transitions.nVisible;
      return true;
    }
    if (move.cpu >= this.run.program.nCpus) return false;
    if (move.kind === 'switch') {
      if (!transitions.maySwitch(move.cpu)) return false;
      transitions.switchThread(move.cpu);
      return true;
    }
    if (!transitions.mayDrain(move.cpu)) return false;
    transitions.drain(move.cpu);
    return true;
  }

  private settle(how: number): boolean {
    if (how === Advance.stopped) this.stopText = this.machine.stopText;
    return how === Advance.moved || how === Advance.stopped;
  }

  /** The attempt that never succeeds: runs the member up to its spin. */
  attempt(member: TraceDeadlockMember): void {
    const { machine, run } = this;
    for (let count = 0; count < 1000; count += 1) {
      const context = machine.top(member.cpu);
      const pc = machine.state[run.program.contexts[context]!.base]!;
      if (isWait(run.program.code.op[pc]!) && this.transitions.isBlockedAt(pc)) break;
      machine.step(member.cpu);
    }
    const context = machine.top(member.cpu);
    this.waitedFrom[context] = this.now;
    this.recorder.record(
      this.now,
      member.cpu,
      Event.waitBegin,
      context,
      member.waitsFor,
      member.ownedBy,
      this.locationOf(context),
    );
  }
}
