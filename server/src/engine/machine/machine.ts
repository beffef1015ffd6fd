/**
 * The machine: one step of one CPU, in logic only. The simulator gives steps their cost and order in time, the explorer tries
 * all orders; both run this same code. It knows no time and no chance: a choice is asked of the host.
 */
import type { Code } from '../program/assembler.ts';
import type { Program } from '../program/program.ts';
import * as layout from '../program/stateLayout.ts';
import * as op from '../program/opcodes.ts';
import { stepMemory } from './memorySteps.ts';
import { stepControl } from './controlSteps.ts';

/** `runOf` comes back after so many operations in a row without effect on others. */
const maxOwnSteps = 100_000;

/** What a step asks of time. */
export const Step = {
  /** Costs nothing. */
  free: 0,
  /** Costs figure `m.cost` of `CostKey`. */
  cost: 1,
  /** Works for duration `m.cost`, category `m.detail`. */
  work: 2,
  /** Has accessed cache line `m.line` as `m.access`; the effect is done. */
  memory: 3,
  /** Cannot go on before a write to line `m.line`. Nothing changed. */
  wait: 4,
  /** No context to run. */
  idle: 5,
  /** The machine has stopped: `m.stopText`. */
  stop: 6,
} as const;

/** Kinds of access to a cache line. */
export const Access = {
  load: 0,
  loadEarly: 1,
  store: 2,
  storeEarly: 3,
  locked: 4,
  lockedRelease: 5,
  increment: 6,
  lockedSpin: 7,
} as const;

/** What the machine tells and asks whoever drives it. */
export interface MachineHost {
  /** Something happened that a trace records; see `TraceEventKind` for a and b. */
  readonly emit: (kind: number, cpu: number, context: number, a: number, b: number) => void;
  /** The CPU's next operation costs so much more. */
  readonly charge: (cpu: number, cost: number) => void;
  /** Another CPU has something to do now. */
  readonly wake: (cpu: number) => void;
  /** An inter-processor interrupt asks `cpu` to drain its DPCs. */
  readonly sendIpi: (from: number, cpu: number) => void;
  /** The timer of DPC context is set: due after duration `due`, then every duration `every` unless it is < 0. */
  readonly setTimer: (context: number, due: number, every: number) => void;
  readonly cancelTimer: (context: number) => void;
  /** An inter-processor interrupt for ISR context is on its way. */
  readonly sendInterrupt: (from: number, isr: number) => void;
  /** Are DPCs queued so seldom on the CPU that even a low one is drained at once? */
  readonly isDpcRateLow: (cpu: number) => boolean;
  /** Which branch a `choose` takes. */
  readonly choose: (choice: number) => number;
  /** Driver Verifier or a guideline has something to say. */
  readonly remark: (
    kind: 'verifier' | 'warning' | 'corruption',
    code: string,
    cpu: number,
    context: number,
    lock: number,
  ) => void;
}

/** Mutable: owned by one run or one exploration. */
export class Machine {
  readonly program: Program;
  readonly code: Code;
  readonly state: Int32Array;
  readonly lineOf: Int32Array;
  /** Base of each context's state block. */
  readonly contextBase: Int32Array;
  private readonly cpuBase: Int32Array;
  private readonly firstContext: Int32Array;
  host: MachineHost;
  /** Results of the last step. */
  cost = 0;
  detail = 0;
  line = -1;
  access = 0;
  /** True where the last memory step was a locked try that failed and is followed by a wait. */
  hasFailed = false;
  stopText = '';
  /** Operations that the last `runOf` executed. */
  nSteps = 0;
  /** Set to let a spin pass whose read was served before a later write. */
  isLatched = false;
  /** Order in which locks were nested: held * nLocks + acquired. */
  readonly nested: Uint8Array;

  constructor(program: Program, host: MachineHost) {
    this.program = program;
    this.code = program.code;
    this.lineOf = program.lineOf;
    this.contextBase = program.contextBase;
    this.cpuBase = program.cpuBase;
    this.firstContext = program.firstContext;
    this.host = host;
    this.state = program.initial.slice();
    this.nested = new Uint8Array(program.locks.length * program.locks.length);
  }

  /** The context on top of the CPU's stack, or -1 for idle. */
  top(cpu: number): number {
    const { state } = this;
    const base = this.cpuBase[cpu]!;
    const id = state[base + (layout.cpuStack - 1) + state[base + layout.cpuDepth]!]!;
    return id === 0 ? -1 : id - 1 + this.firstContext[cpu]!;
  }

  /** The context that a stack or queue entry of this CPU names: entries count the CPU's own contexts from 1; 0 is none (-1). */
  contextOf(cpu: number, id: number): number {
    return id === 0 ? -1 : id - 1 + this.firstContext[cpu]!;
  }

  /** The entry that names this context (-1: 0) on its CPU. */
  idOf(cpu: number, context: number): number {
    return context < 0 ? 0 : context + 1 - this.firstContext[cpu]!;
  }

  irql(cpu: number): number {
    return this.state[this.cpuBase[cpu]!]!;
  }

  /** Executes one micro-operation of the CPU's top context. */
  step(cpu: number): number {
    const context = this.top(cpu);
    return context < 0 ? Step.idle : this.stepOf(cpu, context);
  }

  /** As `step`, where it is known which context is on top. */
  stepOf(cpu: number, context: number): number {
    const base = this.contextBase[context]!;
    const pc = this.state[base]!;
    return this.code.op[pc]! >= op.firstMemoryOp
      ? stepMemory(this, base, pc)
      : stepControl(this, cpu, context, base, pc);
  }

  /** Executes the context's operations up to and with the first that concerns more than itself; `nSteps` counts them. */
  runOf(cpu: number, context: number): number {
    const base = this.contextBase[context]!;
    const { state } = this;
    const { op: ops } = this.code;
    for (let count = 1; ; count += 1) {
      const pc = state[base]!;
      const operation = ops[pc]!;
      if (operation >= op.firstMemoryOp) {
        this.nSteps = count;
        return stepMemory(this, base, pc);
      }
      const step = stepControl(this, cpu, context, base, pc);
      if (op.isOwn[operation] === 1 && count < maxOwnSteps) continue;
      this.nSteps = count;
      return step;
    }
  }

  /** Stops the machine with a bug check. */
  stop(text: string): number {
    this.stopText = text;
    return Step.stop;
  }
}
