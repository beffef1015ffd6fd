/**
 * Transitions of the explorer and of a person who schedules by hand: a CPU goes on by one visible operation, something arrives,
 * the clock switches threads, or left DPCs are drained. Local operations run together with the visible one before them;
 * a spin is "wait until the lock is free"; arrivals are considered only where the CPU would take them at once.
 * Why this loses nothing: docs/engine.md (Exploration).
 */
import { deliver, insertDpc, requestDpcInterrupt, requestInterrupt } from '../machine/interrupts.ts';
import { nextReady, switchThread } from '../machine/contexts.ts';
import { expireTimer } from '../machine/controlSteps.ts';
import { mustWait } from '../machine/memorySteps.ts';
import { type Machine, Step } from '../machine/machine.ts';
import * as op from '../program/opcodes.ts';
import * as layout from '../program/stateLayout.ts';

/** How an attempt to let a CPU go on ended. */
export const Advance = {
  /** It went on by one visible operation. */
  moved: 0,
  /** It must wait; `blockedLock` says for what. */
  blocked: 1,
  /** Nothing to run. */
  idle: 2,
  /** A bug check: `machine.stopText`. */
  stopped: 3,
  /** It runs in circles without a visible operation. */
  spinning: 4,
} as const;

const maxLocalSteps = 10_000;
const DISPATCH_LEVEL = 2;

/** Operations that may concern contexts of other CPUs. */
const reaching = [
  op.opSignal,
  op.opInsertDpc,
  op.opRemoveDpc,
  op.opSetTimer,
  op.opCancelTimer,
  op.opSendIpi,
  op.opInterrupt,
];
const reaches = new Uint8Array(64);
for (const code of reaching) reaches[code] = 1;

const visible = new Uint8Array(64);
for (let code = op.firstMemoryOp; code <= op.opSwapSlot; code += 1) visible[code] = 1;
visible[op.opStoreEarly] = 0;
visible[op.opIncrement] = 0;
for (const code of [op.opBlock, ...reaching]) visible[code] = 1;

/** Local operations before which arrivals matter or which a later arrival must still find undone. */
const rests = new Uint8Array(64);
for (const code of [op.opRaise, op.opReleasing, op.opChoose]) rests[code] = 1;

/** Lets CPUs go on; keeps what the last attempt found out. */
export class Transitions {
  readonly machine: Machine;
  blockedLock = -1;
  /** Branches of the choice met by the last `advance`, 0 where there was none. */
  nBranches = 0;
  /** Visible operations of the last `advance`: 0 or 1. */
  nVisible = 0;
  /** Set where a move changed or read the slots of another CPU; cleared by whoever asks. */
  hasReachedOthers = false;
  private branch = 0;

  constructor(machine: Machine) {
    this.machine = machine;
  }

  /** The branch for `MachineHost.choose`. */
  choose(choice: number): number {
    this.nBranches = this.machine.program.choices[choice]!.targets.length;
    return this.branch;
  }

  /** The lock that the operation at `pc` waits for, else -1. */
  lockAt(pc: number): number {
    return this.machine.program.code.lock[pc]!;
  }

  /** True where the operation at `pc` cannot be executed now. */
  isBlockedAt(pc: number): boolean {
    const { code } = this.machine.program;
    const operation = code.op[pc]!;
    if (operation === op.opTestAndSet) return code.c[pc] === 1 && this.machine.state[code.a[pc]!] !== 0;
    return op.isWait(operation) && mustWait(this.machine, pc);
  }

  /** The CPU goes on by one visible operation and what is local after it; `branch` decides a choice on the way. */
  advance(cpu: number, branch: number): number {
    const m = this.machine;
    const { code, contexts } = m.program;
    this.branch = branch;
    this.nBranches = 0;
    this.nVisible = 0;
    for (let count = 0; count < maxLocalSteps; count += 1) {
      const context = m.top(cpu);
      if (context < 0) return count === 0 ? Advance.idle : Advance.moved;
      const pc = m.state[contexts[context]!.base]!;
      const operation = code.op[pc]!;
      const isVisible = visible[operation] === 1;
      if (this.nVisible > 0 && (isVisible || rests[operation] === 1)) return Advance.moved;
      if (operation === op.opChoose && this.nBranches > 0) return Advance.moved;
      if (this.isBlockedAt(pc)) {
        this.blockedLock = this.lockAt(pc);
        return Advance.blocked;
      }
      if (reaches[operation] === 1 && this.isForOthers(pc, cpu)) this.hasReachedOthers = true;
      if (m.step(cpu) === Step.stop) return Advance.stopped;
      if (isVisible) this.nVisible = 1;
    }
    return Advance.spinning;
  }

  /** Does the operation at `pc` concern contexts of other CPUs? */
  private isForOthers(pc: number, cpu: number): boolean {
    const { code, contexts } = this.machine.program;
    return code.op[pc] === op.opSignal || contexts[code.a[pc]!]!.cpu !== cpu;
  }

  /** Can the context's interrupt or DPC arrive and be taken now? */
  mayArrive(context: number): boolean {
    const m = this.machine;
    const { base, cpu, kind, irql, hasTimer } = m.program.contexts[context]!;
    if (m.state[base + layout.ctxArrivals]! === 0) return false;
    // A timer that comes while its DPC is held off or queued must be seen: it cannot be cancelled, and does not come again.
    if (hasTimer) return true;
    if (m.state[base + layout.ctxPending]! !== 0) return false;
    const level = m.irql(cpu);
    if (kind === 'isr') return level < irql && !this.isOnStack(cpu, context);
    if (kind === 'threadedDpc') return level === 0 && this.isThreadOnTop(cpu);
    return level < DISPATCH_LEVEL && m.state[m.program.cpuBase[cpu]! + layout.cpuDpcActive] === 0;
  }

  private isThreadOnTop(cpu: number): boolean {
    const top = this.machine.top(cpu);
    return top < 0 || this.machine.program.contexts[top]!.kind === 'thread';
  }

  private isOnStack(cpu: number, context: number): boolean {
    const base = this.machine.program.cpuBase[cpu]!;
    const depth = this.machine.state[base + layout.cpuDepth]!;
    for (let level = 0; level < depth; level += 1) {
      if (this.machine.state[base + layout.cpuStack + level] === this.machine.idOf(cpu, context)) return true;
    }
    return false;
  }

  /** The interrupt or DPC arrives. */
  arrive(context: number): void {
    const m = this.machine;
    const { base, kind, arrivals, hasTimer } = m.program.contexts[context]!;
    if (hasTimer) expireTimer(m, context);
    else if (arrivals?.count !== undefined || arrivals?.every === undefined) {
      m.state[base + layout.ctxArrivals] = m.state[base + layout.ctxArrivals]! - 1;
    }
    if (kind === 'isr') requestInterrupt(m, context);
    else insertDpc(m, context, -1);
    deliver(m, m.program.contexts[context]!.cpu);
  }

  /** What arrived goes on at once up to its first visible operation; a timer's DPC may have to wait. */
  goOnAfterArrival(context: number): number {
    const { cpu, hasTimer } = this.machine.program.contexts[context]!;
    if (!hasTimer) return this.advance(cpu, 0);
    this.nBranches = 0;
    this.nVisible = 0;
    return Advance.moved;
  }

  /** May the clock give the CPU to another thread now? */
  maySwitch(cpu: number): boolean {
    const m = this.machine;
    if (m.program.threadsOf[cpu]!.length < 2) return false;
    const base = m.program.cpuBase[cpu]!;
    if (m.state[base + layout.cpuDepth] !== 1 || m.irql(cpu) >= DISPATCH_LEVEL) return false;
    const current = m.contextOf(cpu, m.state[base + layout.cpuStack]!);
    const next = nextReady(m, cpu);
    return next >= 0 && next !== current;
  }

  switchThread(cpu: number): void {
    switchThread(this.machine, cpu);
  }

  /** Are there DPCs that nobody asked to be drained? */
  mayDrain(cpu: number): boolean {
    const m = this.machine;
    const base = m.program.cpuBase[cpu]!;
    return (
      m.state[base + layout.cpuQueueLength]! > 0 &&
      m.state[base + layout.cpuDpcRequested] === 0 &&
      m.state[base + layout.cpuDpcActive] === 0 &&
      m.irql(cpu) < DISPATCH_LEVEL
    );
  }

  drain(cpu: number): void {
    requestDpcInterrupt(this.machine, cpu);
    deliver(this.machine, cpu);
  }
}
