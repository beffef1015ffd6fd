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
import { heldBy, ownerOf } from '../machine/checks.ts';
import * as op from '../program/opcodes.ts';
import { CostKey } from '../program/opcodes.ts';
import type { Program } from '../program/program.ts';
import { describeRemark, warningText } from '../remarks.ts';
import { clockTick, type ClockState, newClockState } from './clock.ts';
import { Coherence, type SpinnerHost, type WaitCondition } from './coherence.ts';
import type { CostTable } from './costTable.ts';
import { findStuckCycle } from './stuckCycle.ts';
import { EventTimes } from './eventTimes.ts';
import { Activity, Metrics } from './metrics.ts';
import type { Recorder } from './recorder.ts';
import { drawBranch, durationTicks, Sources } from './sources.ts';

/** Where a run ends at the latest. */
export interface RunLimits {
  readonly ticks: number;
  readonly events: number;
  readonly acquisitions: number;
}

/** Steps without cost in a row after which a CPU is said to run in circles. */
const maxFreeSteps = 100_000;
const progressEvery = 1 << 16;

/** Mutable; one per run. */
export class Simulator {
  readonly machine: Machine;
  readonly program: Program;
  readonly table: CostTable;
  readonly coherence: Coherence;
  readonly metrics: Metrics;
  readonly recorder: Recorder;
  readonly sources = new Sources();
  readonly queue: EventTimes;
  readonly clock: ClockState;
  private readonly rng: Rng;
  private readonly isRecording: boolean;
  private readonly condition: WaitCondition = { code: 0, word: 0, operand: 0 };
  private readonly limits: RunLimits;
  now = 0;
  nEvents = 0;
  /** The CPU whose step is being executed, -1 between steps. */
  private running = -1;
  private readonly debt: Float64Array;
  private readonly isWorking: Uint8Array;
  private readonly mustDeliver: Uint8Array;
  /** Work left of each context that was interrupted, and its category. */
  private readonly rest: Float64Array;
  private readonly restKind: Uint8Array;
  private readonly workContext: Int32Array;
  private readonly sleptAt: Float64Array;
  /** Of each context: when it found its lock taken (-1: it did not), when its run began. */
  private readonly waitedFrom: Float64Array;
  private readonly startedAt: Float64Array;
  /** Of each lock: owner, CPU that released it last; hold begin per lock and context. */
  private readonly owner: Int32Array;
  private readonly lastReleaser: Int32Array;
  private readonly heldFrom: Float64Array;
  private readonly isRefused: Uint8Array;
  /** 1 where the CPU's last step was a locked try that failed: the wait after it begins with what the try saw. */
  private readonly hasFailedTry: Uint8Array;
  outcome: TraceOutcome | undefined;
  bugCheck: string | undefined;
  deadlock: TraceDeadlock | undefined;
  bound: string | undefined;
  readonly verifier: string[] = [];
  readonly warnings: string[] = [];

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
    const nLocks = program.locks.length;
    this.program = program;
    this.table = table;
    this.rng = new Rng(seed);
    this.limits = limits;
    this.recorder = recorder;
    this.metrics = new Metrics(program);
    this.queue = new EventTimes(nCpus);
    this.clock = newClockState(nCpus);
    this.machine = new Machine(program, this.makeHost());
    const spinners: SpinnerHost = {
      waitOf: (cpu) => this.waitOf(cpu),
      schedule: (cpu, time) => {
        this.queue.set(cpu, time);
      },
    };
    const { state } = this.machine;
    this.coherence = new Coherence(
      program.nLines,
      nCpus,
      state,
      table,
      distances,
      new Rng(seed ^ 0x5bd1e995),
      spinners,
    );
    this.isRecording = recorder.maxEvents > 0;
    this.debt = new Float64Array(nCpus);
    this.isWorking = new Uint8Array(nCpus);
    this.mustDeliver = new Uint8Array(nCpus);
    this.workContext = new Int32Array(nCpus);
    this.sleptAt = new Float64Array(nCpus).fill(-1);
    this.isRefused = new Uint8Array(nCpus);
    this.hasFailedTry = new Uint8Array(nCpus);
    this.rest = new Float64Array(nContexts);
    this.restKind = new Uint8Array(nContexts);
    this.waitedFrom = new Float64Array(nContexts).fill(-1);
    this.startedAt = new Float64Array(nContexts);
    this.owner = new Int32Array(nLocks).fill(-1);
    this.lastReleaser = new Int32Array(nLocks).fill(-1);
    this.heldFrom = new Float64Array(nLocks * nContexts);
  }

  private makeHost(): MachineHost {
    return {
      emit: (kind, cpu, context, a, b) => {
        this.emit(kind, cpu, context, a, b);
      },
      charge: (cpu, cost) => {
        this.debt[cpu]! += this.table.costs[cost]!;
      },
      wake: (cpu) => {
        this.wake(cpu);
      },
      sendIpi: (from, cpu) => {
        this.debt[from]! += this.table.costs[CostKey.ipiSend]!;
        this.emit(Event.ipi, from, this.machine.top(from), cpu, 0);
        this.sources.plan(this.now + this.table.ipiLatency, 'ipi', cpu, 0);
      },
      choose: (choice) => drawBranch(this.program.choices[choice]!.weights, this.rng),
      remark: (kind, code, cpu, context, lock) => {
        const text = describeRemark(this.machine, kind, code, cpu, context, lock);
        this.remark(kind === 'warning' ? this.warnings : this.verifier, text, cpu, context);
      },
    };
  }

  private remark(list: string[], text: string, cpu: number, context: number): void {
    if (list.includes(text)) return;
    list.push(text);
    const kind = list === this.warnings ? Event.warning : Event.verifier;
    this.emit(kind, cpu, context, this.recorder.text(text), 0);
  }

  private waitOf(cpu: number): WaitCondition {
    const { code, contexts } = this.program;
    const { state } = this.machine;
    const pc = state[contexts[this.machine.top(cpu)]!.base]!;
    const operation = code.op[pc]!;
    const operand = operation === op.opWaitWhileIndexed ? code.d[pc]! : code.b[pc]!;
    this.condition.code = operation;
    this.condition.word = waitedWord(this.machine, pc);
    this.condition.operand = operation === op.opWaitWhileNotSlot ? state[code.b[pc]!]! : operand;
    return this.condition;
  }

  /** Location of the statement that the context executes. */
  locationOf(context: number): number {
    if (context < 0) return -1;
    const { base, entry } = this.program.contexts[context]!;
    return this.program.code.location[Math.max(entry, this.machine.state[base]! - 1)]!;
  }

  private emit(kind: number, cpu: number, context: number, a: number, b: number): void {
    const index = a * this.program.contexts.length + context;
    let second = b;
    switch (kind) {
      case Event.acquired:
      case Event.acquiredShared:
        second = this.countAcquired(cpu, context, a);
        this.heldFrom[index] = this.now;
        break;
      case Event.released:
        this.metrics.released(a, this.now - this.heldFrom[index]!);
        this.lastReleaser[a] = cpu;
        this.owner[a] = this.program.locks[a]!.kind.sharesOwnership === true ? ownerOf(this.machine, a) : -1;
        break;
      case Event.contextStart:
        this.startedAt[context] = this.now;
        this.countContext(cpu, context);
        break;
      case Event.contextEnd:
        this.checkGuideline(cpu, context);
        break;
      default:
    }
    if (!this.isRecording) return;
    this.recorder.record(
      this.now,
      cpu,
      kind,
      context,
      a,
      second,
      kind >= Event.verifier ? -1 : this.locationOf(context),
    );
  }

  private countContext(cpu: number, context: number): void {
    const { kind } = this.program.contexts[context]!;
    if (kind === 'isr') this.metrics.interrupts[cpu]! += 1;
    if (kind === 'dpc' || kind === 'threadedDpc') this.metrics.dpcs[cpu]! += 1;
    this.clock.instance[cpu]! += 1;
  }

  private countAcquired(cpu: number, context: number, lock: number): number {
    const from = this.waitedFrom[context]!;
    const releaser = from >= 0 ? this.lastReleaser[lock]! : -1;
    this.waitedFrom[context] = -1;
    this.owner[lock] = context;
    this.metrics.acquired(
      lock,
      cpu,
      from < 0 ? 0 : this.now - from,
      releaser < 0 ? -1 : this.coherence.distance(cpu, releaser),
    );
    return releaser;
  }

  private checkGuideline(cpu: number, context: number): void {
    const { kind, name } = this.program.contexts[context]!;
    if (kind !== 'dpc' && kind !== 'isr') return;
    const took = this.now - this.startedAt[context]!;
    if (took <= (kind === 'dpc' ? this.table.dpcGuideline : this.table.isrGuideline)) return;
    this.remark(this.warnings, warningText(kind, name, took / (10e3 * this.table.clockGHz)), cpu, context);
  }

  /** Something asks for the CPU's attention at this moment. */
  wake(cpu: number): void {
    if (cpu === this.running) {
      this.mustDeliver[cpu] = 1;
      return;
    }
    const before = this.machine.top(cpu);
    if (this.isWorking[cpu] === 1) {
      if (deliver(this.machine, cpu)) this.interruptWork(cpu);
      else this.refuse(cpu);
    } else if (this.coherence.sleepsOn[cpu]! >= 0) {
      if (!deliver(this.machine, cpu)) return this.refuse(cpu);
      this.stopSpin(cpu);
      this.coherence.unsleep(cpu);
      this.queue.set(cpu, this.now);
    } else if (this.queue.times[cpu] === Infinity) {
      if (deliver(this.machine, cpu) || before >= 0) this.queue.set(cpu, this.now);
    } else this.mustDeliver[cpu] = 1;
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
    this.rest[context] = left;
    this.metrics.spend(cpu, this.restKind[context]!, this.program.contexts[context]!.irql, -left);
    this.isWorking[cpu] = 0;
    this.queue.set(cpu, this.now);
  }

  private stopSpin(cpu: number): void {
    const took = this.now - this.sleptAt[cpu]!;
    this.sleptAt[cpu] = -1;
    const context = this.machine.top(cpu);
    this.metrics.spend(cpu, Activity.spin, this.machine.irql(cpu), took);
    const lock =
      context < 0 ? -1 : this.program.code.lock[this.machine.state[this.program.contexts[context]!.base]!]!;
    if (lock >= 0) this.metrics.spins[lock]! += took / (this.table.loadL1 + this.table.pause + 1);
  }

  /** Executes what the CPU does at this moment and plans its next event. */
  private runCpu(cpu: number): void {
    if (this.sleptAt[cpu]! >= 0) {
      this.stopSpin(cpu);
      this.coherence.arrive(cpu);
    }
    this.isWorking[cpu] = 0;
    this.running = cpu;
    for (let free = 0; free < maxFreeSteps; free += 1) {
      if (this.mustDeliver[cpu] === 1) {
        this.mustDeliver[cpu] = 0;
        if (deliver(this.machine, cpu)) {
          this.coherence.isLatched[cpu] = 0;
          this.hasFailedTry[cpu] = 0;
        }
      }
      if (this.runStep(cpu)) {
        this.running = -1;
        return;
      }
    }
    this.running = -1;
    this.finish('livelock', `CPU ${cpu} runs in a loop that takes no time`);
  }

  /** One step; true where time passes or nothing more happens now. */
  private runStep(cpu: number): boolean {
    const { machine, table } = this;
    const context = machine.top(cpu);
    if (context >= 0 && this.rest[context]! > 0) return this.resumeWork(cpu, context);
    if (this.hasFailedTry[cpu] === 1) return this.startSpinAfterTry(cpu, context);
    const isLatched = this.coherence.isLatched[cpu] === 1;
    machine.isLatched = isLatched;
    const step = machine.step(cpu);
    switch (step) {
      case Step.free:
        return false;
      case Step.cost:
        if (machine.cost === CostKey.readIrql) this.metrics.irqlReads[cpu]! += 1;
        if (machine.cost === CostKey.raise || machine.cost === CostKey.lower)
          this.metrics.irqlWrites[cpu]! += 1;
        if (machine.cost === CostKey.lower) this.isRefused[cpu] = 0;
        return this.pass(cpu, table.costs[machine.cost]!, Activity.overhead);
      case Step.work:
        return this.startWork(cpu, context);
      case Step.memory: {
        if (machine.hasFailed) this.hasFailedTry[cpu] = 1;
        if (!isLatched)
          return this.pass(
            cpu,
            this.coherence.access(cpu, machine.line, machine.access, this.now),
            Activity.thread,
          );
        this.coherence.isLatched[cpu] = 0;
        if (machine.access === Access.lockedSpin) this.coherence.takeLine(cpu, machine.line);
        return false;
      }
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
    this.metrics.spend(cpu, activity, this.machine.irql(cpu), all);
    this.queue.set(cpu, this.now + all);
    return true;
  }

  private startWork(cpu: number, context: number): boolean {
    const { machine, program, table } = this;
    const ticks = durationTicks(program.durations[machine.cost]!, table.clockGHz, this.rng);
    const { kind } = program.contexts[context]!;
    if (this.isRecording) {
      this.recorder.record(
        this.now,
        cpu,
        Event.workBegin,
        context,
        ticks,
        machine.detail,
        this.locationOf(context),
      );
    }
    const own =
      kind === 'thread' || kind === 'threadedDpc'
        ? Activity.thread
        : kind === 'dpc'
          ? Activity.dpc
          : Activity.isr;
    this.restKind[context] = machine.detail === 1 ? Activity.hold : own;
    this.workContext[cpu] = context;
    const isTimed = this.pass(cpu, ticks, this.restKind[context]);
    if (isTimed) this.isWorking[cpu] = 1;
    return isTimed;
  }

  private resumeWork(cpu: number, context: number): boolean {
    const left = this.rest[context]!;
    this.rest[context] = 0;
    this.workContext[cpu] = context;
    this.pass(cpu, left, this.restKind[context]!);
    this.isWorking[cpu] = 1;
    return true;
  }

  private startSpin(cpu: number, context: number): boolean {
    const { machine } = this;
    const isLocked = machine.access === Access.lockedSpin;
    this.coherence.isLatched[cpu] = 0;
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
    const { machine, program } = this;
    this.hasFailedTry[cpu] = 0;
    const pc = machine.state[program.contexts[context]!.base]!;
    this.noteSpin(cpu, context);
    this.coherence.sleepAfterTry(cpu, program.lineOf[program.code.a[pc]!]!, this.now);
    if (this.deadlock === undefined) this.watchForDeadlock(cpu);
    return true;
  }

  private noteSpin(cpu: number, context: number): void {
    const { machine, program } = this;
    this.sleptAt[cpu] = this.now;
    const lock = program.code.lock[machine.state[program.contexts[context]!.base]!]!;
    if (lock >= 0 && this.waitedFrom[context]! < 0) {
      this.waitedFrom[context] = this.now;
      this.recorder.record(
        this.now,
        cpu,
        Event.waitBegin,
        context,
        lock,
        this.owner[lock]!,
        this.locationOf(context),
      );
    }
  }

  /** The lock that the CPU's top context spins for with no release on its way, or -1. */
  stuckOn(cpu: number): number {
    if (!this.coherence.isStuck(cpu)) return -1;
    const context = this.machine.top(cpu);
    return context < 0
      ? -1
      : this.program.code.lock[this.machine.state[this.program.contexts[context]!.base]!]!;
  }

  /** Owner of the lock that matters to this waiter: itself where it owns a share. */
  ownerFor(lock: number, context: number): number {
    return heldBy(this.machine, lock, context) > 0 ? context : this.owner[lock]!;
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
  }

  private runSource(): void {
    const row = this.sources.take();
    if (row.kind === 'ipi') return requestDpcInterrupt(this.machine, row.target);
    if (row.kind === 'tick') return clockTick(this);
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
      this.stopSpin(cpu);
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
    this.metrics.spend(cpu, Activity.isr, 13, ticks);
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
        if (this.nEvents >= limits.events) this.finish('bounded', `stopped after ${limits.events} events`);
      }
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
