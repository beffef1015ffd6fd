/**
 * One simulated run: gives the machine's steps their cost and order in time. CPUs go on at their next event; arrivals,
 * inter-processor interrupts and the clock come in between. The order is (time, CPU), then the order of planning.
 */
import { throwIfCancelled, type Cancellation, notCancelled } from '../../base/cancellation.ts';
import { Rng } from '../../base/rng.ts';
import {
  type TraceDeadlock,
  TraceEventKind as Event,
  type TraceOutcome,
} from '../../protocol/traceFormat.ts';
import { type MachineHost, Machine, Step, Access } from '../machine/machine.ts';
import { deliver, insertDpc, requestDpcInterrupt, requestInterrupt } from '../machine/interrupts.ts';
import { waitedWord } from '../machine/memorySteps.ts';
import { expireTimer } from '../machine/controlSteps.ts';
import { heldBy } from '../machine/checks.ts';
import * as op from '../program/opcodes.ts';
import { CostKey } from '../program/opcodes.ts';
import type { Program } from '../program/program.ts';
import { clockLevel } from '../irqlNames.ts';
import { describeRemark } from '../remarks.ts';
import { clockTick, type ClockState, newClockState } from './clock.ts';
import { Coherence, latchedBit, type SpinnerHost, type WaitCondition } from './coherence.ts';
import type { CostTable } from './costTable.ts';
import { findStuckCycle } from './stuckCycle.ts';
import { EventTimes } from './eventTimes.ts';
import { Activity, Metrics } from './metrics.ts';
import { Observer } from './observer.ts';
import type { Recorder } from './recorder.ts';
import { drawBranch, Durations, durationTicks, Sources } from './sources.ts';

/** Where a run ends at the latest. */
export interface RunLimits {
  readonly ticks: number;
  readonly events: number;
  readonly acquisitions: number;
}

/** Steps without cost in a row after which a CPU is said to run in circles. */
const maxFreeSteps = 100_000;
const progressEvery = 1 << 16;
/** Bits of `attention`, beside `latchedBit`: something may be delivered; work was interrupted; a locked try has failed, so that the wait after it begins with what the try saw. */
const deliverBit = 1;
const restBit = 2;
const failedTryBit = 4;

/** Mutable; one per run. */
export class Simulator implements MachineHost, SpinnerHost {
  readonly machine: Machine;
  readonly program: Program;
  readonly table: CostTable;
  readonly coherence: Coherence;
  readonly metrics: Metrics;
  readonly recorder: Recorder;
  readonly observer: Observer;
  readonly sources = new Sources();
  readonly queue: EventTimes;
  readonly clock: ClockState;
  private readonly rng: Rng;
  private readonly condition: WaitCondition = { code: 0, word: 0, operand: 0 };
  private readonly limits: RunLimits;
  now = 0;
  nEvents = 0;
  /** The CPU whose step is being executed, -1 between steps. */
  private running = -1;
  private readonly debt: Float64Array;
  private readonly isWorking: Uint8Array;
  /** Of each CPU: bits for what its next step must look at before anything else. */
  private readonly attention: Uint8Array;
  /** Work left of each context that was interrupted, and its category. */
  private readonly rest: Float64Array;
  /** Of each CPU: contexts with work left. */
  private readonly nInterrupted: Int32Array;
  private readonly restKind: Uint8Array;
  private readonly workContext: Int32Array;
  /** Activity of each context's own work. */
  private readonly ownActivity: Uint8Array;
  private readonly durations: Durations;
  /** What each CPU's last step was charged to. */
  private readonly lastActivity: Uint8Array;
  private readonly lastIrql: Uint8Array;
  /** Lock that the operation at each code position belongs to. */
  private readonly lockOf: Int16Array;
  private readonly sleptAt: Float64Array;
  private readonly isRefused: Uint8Array;
  outcome: TraceOutcome | undefined;
  bugCheck: string | undefined;
  deadlock: TraceDeadlock | undefined;
  bound: string | undefined;

  constructor(
    program: Program,
    table: CostTable,
    distances: Uint8Array,
    seed: number,
    recorder: Recorder,
    limits: RunLimits,
  ) {
    const { nCpus } = program;
    const nContexts = program.contexts.length;
    this.program = program;
    this.table = table;
    this.rng = new Rng(seed);
    this.limits = limits;
    this.recorder = recorder;
    this.metrics = new Metrics(program);
    this.queue = new EventTimes(nCpus);
    this.clock = newClockState(nCpus);
    this.machine = new Machine(program, this);
    const { state } = this.machine;
    this.coherence = new Coherence(
      program.nLines,
      nCpus,
      state,
      table,
      distances,
      new Rng(seed ^ 0x5bd1e995),
      this,
    );
    this.observer = new Observer(this.machine, table, distances, this.metrics, recorder);
    this.debt = new Float64Array(nCpus);
    this.isWorking = new Uint8Array(nCpus);
    this.attention = this.coherence.attention;
    this.nInterrupted = new Int32Array(nCpus);
    this.workContext = new Int32Array(nCpus);
    this.lastActivity = new Uint8Array(nCpus);
    this.lastIrql = new Uint8Array(nCpus);
    this.sleptAt = new Float64Array(nCpus).fill(-1);
    this.isRefused = new Uint8Array(nCpus);
    this.ownActivity = Uint8Array.from(program.contexts, ({ kind }) =>
      kind === 'dpc' ? Activity.dpc : kind === 'isr' ? Activity.isr : Activity.thread,
    );
    this.durations = new Durations(program.durations, table.clockGHz);
    this.lockOf = program.code.lock;
    this.rest = new Float64Array(nContexts);
    this.restKind = new Uint8Array(nContexts);
  }

  // What the machine and the lines tell and ask. Methods, not closures: the engine of JavaScript can inline them in every run.

  charge(cpu: number, cost: number): void {
    this.debt[cpu]! += this.table.costs[cost]!;
  }

  sendIpi(from: number, cpu: number): void {
    this.debt[from]! += this.table.costs[CostKey.ipiSend]!;
    this.emit(Event.ipi, from, this.machine.top(from), cpu, 0);
    this.sources.plan(this.now + this.table.ipiLatency, 'ipi', cpu, 0);
  }

  setTimer(context: number, due: number, every: number): void {
    this.sources.cancelTimer(context);
    const time = this.now + this.durations.ticks(due, this.rng);
    // The clock interrupt is what looks at timers.
    const { tick } = this.table;
    const seen = this.program.scenario.clock === false ? time : Math.ceil(time / tick) * tick;
    this.sources.plan(seen, 'timer', context, every);
  }

  cancelTimer(context: number): void {
    this.sources.cancelTimer(context);
  }

  sendInterrupt(from: number, isr: number): void {
    this.debt[from]! += this.table.costs[CostKey.ipiSend]!;
    this.emit(Event.ipi, from, this.machine.top(from), this.program.contexts[isr]!.cpu, 0);
    this.sources.plan(this.now + this.table.ipiLatency, 'timer', isr, -1);
  }

  isDpcRateLow(cpu: number): boolean {
    return this.clock.dpcRate[cpu]! < this.table.minDpcRate;
  }

  choose(choice: number): number {
    return drawBranch(this.program.choices[choice]!.weights, this.rng);
  }

  remark(
    kind: 'verifier' | 'warning' | 'corruption',
    code: string,
    cpu: number,
    context: number,
    lock: number,
  ): void {
    const text = describeRemark(this.machine, kind, code, cpu, context, lock);
    const { warnings, verifier } = this.observer;
    this.observer.say(kind === 'warning' ? warnings : verifier, this.now, text, cpu, context);
  }

  schedule(cpu: number, time: number): void {
    this.queue.set(cpu, time);
  }

  waitOf(cpu: number): WaitCondition {
    const { code, state } = this.machine;
    const pc = this.pcOf(this.machine.top(cpu));
    const operation = code.op[pc]!;
    const operand = operation === op.opWaitWhileIndexed ? code.d[pc]! : code.b[pc]!;
    this.condition.code = operation;
    this.condition.word = waitedWord(this.machine, pc);
    this.condition.operand = operation === op.opWaitWhileNotSlot ? state[code.b[pc]!]! : operand;
    return this.condition;
  }

  private pcOf(context: number): number {
    return this.machine.state[this.machine.contextBase[context]!]!;
  }

  /** The lock that the context's next operation belongs to, or -1. */
  private lockAhead(context: number): number {
    return this.lockOf[this.pcOf(context)]!;
  }

  emit(kind: number, cpu: number, context: number, a: number, b: number): void {
    this.observer.note(this.now, kind, cpu, context, a, b);
  }

  /** Something asks for the CPU's attention at this moment. */
  wake(cpu: number): void {
    if (cpu === this.running) {
      this.attention[cpu]! |= deliverBit;
      return;
    }
    const before = this.machine.top(cpu);
    if (this.isWorking[cpu] === 1) {
      if (deliver(this.machine, cpu)) this.interruptWork(cpu);
      else this.refuse(cpu);
    } else if (this.coherence.sleepsOn[cpu]! >= 0) {
      const irql = this.machine.irql(cpu);
      if (!deliver(this.machine, cpu)) return this.refuse(cpu);
      this.stopSpin(cpu, before, irql);
      this.coherence.unsleep(cpu);
      this.queue.set(cpu, this.now);
    } else if (this.queue.times[cpu] === Infinity) {
      if (deliver(this.machine, cpu) || before >= 0) this.queue.set(cpu, this.now);
    } else this.attention[cpu]! |= deliverBit;
  }

  /** Lazy IRQL: an interrupt below the IRQL came all the same, was refused and will be asked for again. */
  private refuse(cpu: number): void {
    if (this.table.refusedInterrupt === 0 && this.table.lowerHardware === 0) return;
    if (this.isRefused[cpu] === 1) return;
    this.isRefused[cpu] = 1;
    this.debt[cpu]! += this.table.refusedInterrupt + this.table.lowerHardware;
  }

  private interruptWork(cpu: number): void {
    const context = this.workContext[cpu]!;
    const left = this.queue.times[cpu]! - this.now;
    if (left > 0) {
      this.rest[context] = left;
      this.nInterrupted[cpu]! += 1;
      this.attention[cpu]! |= restBit;
    }
    this.metrics.spend(cpu, this.lastActivity[cpu]!, this.lastIrql[cpu]!, -left);
    this.isWorking[cpu] = 0;
    this.queue.set(cpu, this.now);
  }

  /** The spin of this context at this IRQL is over, or interrupted. */
  private stopSpin(cpu: number, context: number, irql: number): void {
    const took = this.now - this.sleptAt[cpu]!;
    this.sleptAt[cpu] = -1;
    this.metrics.spend(cpu, Activity.spin, irql, took);
    const lock = context < 0 ? -1 : this.lockAhead(context);
    if (lock >= 0) this.metrics.spins[lock]! += took / (this.table.loadL1 + this.table.pause + 1);
  }

  private stopOwnSpin(cpu: number): void {
    this.stopSpin(cpu, this.machine.top(cpu), this.machine.irql(cpu));
  }

  /** Executes what the CPU does at this moment and plans its next event. */
  private runCpu(cpu: number): void {
    const { machine, attention } = this;
    if (this.sleptAt[cpu]! >= 0) {
      this.stopOwnSpin(cpu);
      this.coherence.arrive(cpu);
    }
    this.isWorking[cpu] = 0;
    this.running = cpu;
    for (let free = 0; free < maxFreeSteps; free += machine.nSteps) {
      const isOver = attention[cpu] === 0 ? this.runStep(cpu) : this.attend(cpu);
      if (!isOver) continue;
      this.running = -1;
      return;
    }
    this.running = -1;
    this.finish('livelock', `CPU ${cpu} runs in a loop that takes no time`);
  }

  /** As `runStep`, where something is to be looked at first. */
  private attend(cpu: number): boolean {
    const { machine, attention } = this;
    machine.nSteps = 1;
    if ((attention[cpu]! & deliverBit) !== 0) {
      attention[cpu]! &= ~deliverBit;
      if (deliver(machine, cpu)) attention[cpu]! &= ~(latchedBit | failedTryBit);
    }
    const context = machine.top(cpu);
    if (context >= 0 && this.rest[context]! > 0) return this.resumeWork(cpu, context);
    if ((attention[cpu]! & failedTryBit) !== 0) return this.startSpinAfterTry(cpu, context);
    if ((attention[cpu]! & latchedBit) === 0) return this.runStep(cpu);
    machine.isLatched = true;
    const step = context < 0 ? Step.idle : machine.stepOf(cpu, context);
    machine.isLatched = false;
    if (step !== Step.memory) return this.takeTime(cpu, context, step);
    attention[cpu]! &= ~latchedBit;
    if (machine.access === Access.lockedSpin) this.coherence.takeLine(cpu, machine.line);
    return false;
  }

  /** The context's next operations up to one that may take time; true where time passes or nothing more happens now. */
  private runStep(cpu: number): boolean {
    const { machine } = this;
    const context = machine.top(cpu);
    const step = context < 0 ? Step.idle : machine.runOf(cpu, context);
    if (step !== Step.memory) return this.takeTime(cpu, context, step);
    if (machine.hasFailed) this.attention[cpu]! |= failedTryBit;
    const ticks = this.coherence.access(cpu, machine.line, machine.access, this.now);
    return this.pass(cpu, ticks, Activity.thread);
  }

  /** What a step other than an access to memory means in time. */
  private takeTime(cpu: number, context: number, step: number): boolean {
    const { machine, metrics } = this;
    switch (step) {
      case Step.free:
        return false;
      case Step.cost: {
        const { cost } = machine;
        if (cost === CostKey.readIrql) metrics.irqlReads[cpu]! += 1;
        else if (cost === CostKey.raise) metrics.irqlWrites[cpu]! += 1;
        else if (cost === CostKey.lower) {
          metrics.irqlWrites[cpu]! += 1;
          this.isRefused[cpu] = 0;
        }
        return this.pass(cpu, this.table.costs[cost]!, Activity.overhead);
      }
      case Step.work:
        return this.startWork(cpu, context);
      case Step.wait:
        return this.startSpin(cpu, context);
      case Step.idle:
        this.queue.set(cpu, Infinity);
        return true;
      default:
        this.stopWith('bugcheck', machine.stopText);
        return true;
    }
  }

  private pass(cpu: number, ticks: number, activity: number): boolean {
    const all = ticks + this.debt[cpu]!;
    this.debt[cpu] = 0;
    if (all <= 0) return false;
    const irql = this.machine.irql(cpu);
    this.lastActivity[cpu] = activity;
    this.lastIrql[cpu] = irql;
    this.metrics.spend(cpu, activity, irql, all);
    this.queue.set(cpu, this.now + all);
    return true;
  }

  private startWork(cpu: number, context: number): boolean {
    const { machine } = this;
    const ticks = this.durations.ticks(machine.cost, this.rng);
    this.observer.noteWork(this.now, cpu, context, ticks, machine.detail);
    this.restKind[context] = machine.detail === 1 ? Activity.hold : this.ownActivity[context]!;
    this.workContext[cpu] = context;
    const isTimed = this.pass(cpu, ticks, this.restKind[context]);
    if (isTimed) this.isWorking[cpu] = 1;
    return isTimed;
  }

  private resumeWork(cpu: number, context: number): boolean {
    const left = this.rest[context]!;
    this.rest[context] = 0;
    this.nInterrupted[cpu]! -= 1;
    if (this.nInterrupted[cpu] === 0) this.attention[cpu]! &= ~restBit;
    this.workContext[cpu] = context;
    this.pass(cpu, left, this.restKind[context]!);
    this.isWorking[cpu] = 1;
    return true;
  }

  private startSpin(cpu: number, context: number): boolean {
    const { machine } = this;
    const isLocked = machine.access === Access.lockedSpin;
    this.attention[cpu]! &= ~latchedBit;
    const look =
      this.coherence.access(cpu, machine.line, isLocked ? Access.locked : Access.load, this.now) +
      this.debt[cpu]!;
    this.debt[cpu] = 0;
    this.noteSpin(cpu, context);
    this.coherence.sleep(cpu, machine.line, isLocked, this.now, look);
    if (this.deadlock === undefined) this.watchForDeadlock(cpu);
    return true;
  }

  /** The locked try has failed: the wait that follows it looks at the copy that the try has brought. */
  private startSpinAfterTry(cpu: number, context: number): boolean {
    const { program } = this;
    this.attention[cpu]! &= ~failedTryBit;
    const pc = this.pcOf(context);
    this.noteSpin(cpu, context);
    this.coherence.sleepAfterTry(cpu, program.lineOf[program.code.a[pc]!]!, this.now);
    if (this.deadlock === undefined) this.watchForDeadlock(cpu);
    return true;
  }

  private noteSpin(cpu: number, context: number): void {
    this.sleptAt[cpu] = this.now;
    this.observer.noteWait(this.now, cpu, context, this.lockAhead(context));
  }

  /** The lock that the CPU's top context spins for with no release on its way, or -1. */
  stuckOn(cpu: number): number {
    if (!this.coherence.isStuck(cpu)) return -1;
    const context = this.machine.top(cpu);
    return context < 0 ? -1 : this.lockAhead(context);
  }

  /** Owner of the lock that matters to this waiter: itself where it owns a share. */
  ownerFor(lock: number, context: number): number {
    return heldBy(this.machine, lock, context) > 0 ? context : this.observer.owner[lock]!;
  }

  private watchForDeadlock(cpu: number): void {
    const found = findStuckCycle(this, cpu);
    if (found === undefined) return;
    this.deadlock = found;
    this.emit(Event.deadlock, cpu, this.machine.top(cpu), this.recorder.text(found.text), 0);
  }

  /** Ends the run by a bug check or the watchdog. */
  stopWith(outcome: 'bugcheck' | 'watchdog', text: string): void {
    this.bugCheck = text;
    const cpu = Math.max(0, this.running);
    this.emit(
      outcome === 'bugcheck' ? Event.bugCheck : Event.watchdog,
      cpu,
      this.machine.top(cpu),
      this.recorder.text(text),
      0,
    );
    this.finish(outcome, text);
  }

  finish(outcome: TraceOutcome, reason: string): void {
    if (this.outcome !== undefined) return;
    this.outcome = outcome;
    if (outcome === 'bounded' || outcome === 'livelock') this.bound = reason;
    this.recorder.record(this.now, 0, Event.end, this.machine.top(0), this.recorder.text(reason), 0, -1);
    this.settle();
  }

  /** The run is over: counts the spins under way, and takes back what was charged beyond the end. */
  private settle(): void {
    for (let cpu = 0; cpu < this.program.nCpus; cpu += 1) {
      const ahead = this.queue.times[cpu]! - this.now;
      if (this.sleptAt[cpu]! >= 0) this.stopOwnSpin(cpu);
      else if (ahead > 0 && ahead < Infinity)
        this.metrics.spend(cpu, this.lastActivity[cpu]!, this.lastIrql[cpu]!, -ahead);
    }
  }

  private runSource(): void {
    const row = this.sources.take();
    if (row.kind === 'ipi') return requestDpcInterrupt(this.machine, row.target);
    if (row.kind === 'tick') return clockTick(this);
    if (row.kind === 'timer') {
      expireTimer(this.machine, row.target);
      if (row.left >= 0) this.setTimer(row.target, row.left, row.left);
    }
    const context = this.program.contexts[row.target]!;
    if (context.kind === 'isr') requestInterrupt(this.machine, row.target);
    else insertDpc(this.machine, row.target, -1);
    const every = context.arrivals?.every;
    if (row.left <= 0 || every === undefined) return;
    const distance = Math.max(1, durationTicks(every, this.table.clockGHz, this.rng));
    this.sources.plan(this.now + distance, 'arrival', row.target, row.left - 1);
  }

  /** Interrupts what the CPU is doing so that its next step is taken now (thread switch by the clock). */
  preempt(cpu: number): void {
    if (this.isWorking[cpu] === 1) this.interruptWork(cpu);
    else if (this.coherence.sleepsOn[cpu]! >= 0) {
      this.stopOwnSpin(cpu);
      this.coherence.unsleep(cpu);
      this.queue.set(cpu, this.now);
    }
  }

  /** True while the CPU's present operation can be interrupted in the middle. */
  isInterruptible(cpu: number): boolean {
    return this.isWorking[cpu] === 1 || this.coherence.sleepsOn[cpu]! >= 0;
  }

  /** The clock's own work delays what the CPU does. */
  delay(cpu: number, ticks: number): void {
    const time = this.queue.times[cpu]!;
    this.metrics.spend(cpu, Activity.isr, clockLevel(this.program.arch), ticks);
    if (this.sleptAt[cpu]! >= 0) this.metrics.spend(cpu, Activity.spin, this.machine.irql(cpu), -ticks);
    if (time !== Infinity && this.coherence.sleepsOn[cpu]! < 0) this.queue.set(cpu, time + ticks);
  }

  /** Runs to the end. Throws `CancelledError`. */
  run(cancellation: Cancellation = notCancelled, onProgress?: (done: number, of: number) => void): void {
    const { queue, sources, limits } = this;
    this.start();
    while (this.outcome === undefined) {
      const cpu = queue.first();
      const time = queue.times[cpu]!;
      if (time === Infinity && !sources.hasArrivals() && this.endIfQuiet()) return;
      const planned = sources.next;
      const next = planned <= time ? planned : time;
      if (next > limits.ticks) return this.endAt(limits.ticks, next);
      this.now = next;
      this.nEvents += 1;
      if (planned <= time) this.runSource();
      else this.runCpu(cpu);
      if ((this.nEvents & (progressEvery - 1)) === 0) {
        throwIfCancelled(cancellation);
        onProgress?.(this.nEvents, 0);
      }
      if (this.nEvents >= limits.events) this.finish('bounded', `stopped after ${limits.events} events`);
      if (this.metrics.acquisitions >= limits.acquisitions)
        this.finish('completed', 'the acquisitions asked for are done');
    }
  }

  private start(): void {
    this.sources.planArrivals(this.program, this.table.clockGHz, this.rng);
    if (this.program.scenario.clock !== false) this.sources.plan(this.table.tick, 'tick', 0, Infinity);
    for (let cpu = 0; cpu < this.program.nCpus; cpu += 1) {
      const context = this.machine.top(cpu);
      this.queue.set(cpu, context < 0 ? Infinity : 0);
      if (context >= 0) this.emit(Event.contextStart, cpu, context, 0, 0);
    }
  }

  private endAt(limit: number, next: number): void {
    if (next === Infinity) return this.endQuiet();
    this.now = limit;
    this.finish(this.deadlock === undefined ? 'bounded' : 'deadlock', 'the time limit was reached');
  }

  /** Nothing is under way but the clock: over where no CPU spins, for then no watchdog can come. */
  private endIfQuiet(): boolean {
    for (let cpu = 0; cpu < this.program.nCpus; cpu += 1) {
      if (this.queue.times[cpu] !== Infinity || this.coherence.sleepsOn[cpu]! >= 0) return false;
      if (this.program.scenario.clock !== false && this.machine.state[this.program.cpuBase[cpu]! + 6]! > 0) {
        if (this.machine.irql(cpu) < 2) return false;
      }
    }
    this.endQuiet();
    return true;
  }

  private endQuiet(): void {
    const stuck = this.program.contexts.find(
      (row) => row.kind === 'thread' && this.machine.state[row.base + 2] !== 1,
    );
    if (stuck !== undefined) this.finish('deadlock', `'${stuck.name}' waits for something that never comes`);
    else if (this.deadlock !== undefined) this.finish('deadlock', this.deadlock.text);
    else this.finish('completed', 'every thread has ended');
  }
}
