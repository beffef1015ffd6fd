/**
 * Walks all states that a scenario can reach, breadth first by visible operations, so that the first dead state found at the
 * least count is the shortest witness. With a preemption bound the count is of preemptions and the walk stops at the bound.
 * It ignores time: what costs nothing here is tried in every order.
 */
import { type Cancellation, throwIfCancelled } from '../../base/cancellation.ts';
import type { TraceDeadlockMember } from '../../protocol/traceFormat.ts';
import { Machine, type MachineHost } from '../machine/machine.ts';
import type { Program } from '../program/program.ts';
import * as op from '../program/opcodes.ts';
import * as layout from '../program/stateLayout.ts';
import { describeRemark } from '../remarks.ts';
import { findBlockedRing } from './blockedRing.ts';
import { findDeadSet, isDead, shortestCycle } from './deadSet.ts';
import { Lookahead } from './lookahead.ts';
import { decodeMove, encodeMove, type Move } from './schedule.ts';
import { StateStore } from './stateStore.ts';
import { hasSymmetricCpus } from './symmetry.ts';
import { Advance, Transitions } from './transitions.ts';

export interface ExploreLimits {
  readonly maxStates: number;
  /** Undefined: all schedules. */
  readonly preemptionBound: number | undefined;
}

/** How one bad end comes about. */
export interface Finding {
  readonly kind: 'deadlock' | 'stuck' | 'bugcheck' | 'livelock';
  /** Visible operations up to it, attempts that never succeed included. */
  readonly length: number;
  readonly moves: readonly Move[];
  readonly members: readonly TraceDeadlockMember[];
  readonly text: string;
}

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  readonly deadStates: number;
  readonly finalStates: number;
  /** The shortest, if any. */
  readonly finding: Finding | undefined;
  readonly verifier: readonly string[];
  /** Why the walk is not of everything; undefined where it is. */
  readonly bound: string | undefined;
}

const pollEvery = 4096;
const touchesOthers = new Set([op.opInsertDpc, op.opRemoveDpc, op.opInterrupt, op.opSignal]);

/** A growing column of numbers. */
class Column {
  private values = new Int32Array(1 << 14);

  get(index: number): number {
    return this.values[index]!;
  }

  set(index: number, value: number): void {
    if (index >= this.values.length) {
      const bigger = new Int32Array(this.values.length * 2);
      bigger.set(this.values);
      this.values = bigger;
    }
    this.values[index] = value;
  }
}

/** With a preemption bound the CPU that went last is part of the state. */
function withLastCpu(program: Program): Program {
  return {
    ...program,
    bits: [...program.bits, layout.bitsFor(program.nCpus)],
    initial: Int32Array.from([...program.initial, program.nCpus]),
  };
}

/** Mutable; one per exploration. */
export class Explorer {
  private readonly program: Program;
  private readonly machine: Machine;
  private readonly transitions: Transitions;
  private readonly store: StateStore;
  private readonly limits: ExploreLimits;
  /** No operation changes the slots of another CPU. */
  private readonly isLocal: boolean;
  private readonly isIn: Uint8Array;
  private readonly parent = new Column();
  private readonly moveTo = new Column();
  private readonly distance = new Column();
  private readonly isDone = new Column();
  private readonly from: Int32Array;
  private readonly waitsFor: Int32Array;
  private level: number[] = [];
  private nextLevel: number[] = [];
  private nKept = 0;
  private readonly lookahead: Lookahead;
  private readonly wasTried: Uint8Array;
  private readonly arriving: readonly number[];
  private current = 0;
  private at = 0;
  private nEnds = 0;
  private nTransitions = 0;
  private nDead = 0;
  private nFinal = 0;
  private best:
    | {
        readonly kind: Finding['kind'];
        readonly text: string;
        readonly length: number;
        readonly number: number;
        readonly move: Move | undefined;
      }
    | undefined;
  private violation = '';
  private readonly verifier = new Set<string>();

  constructor(program: Program, limits: ExploreLimits) {
    this.program = limits.preemptionBound === undefined ? program : withLastCpu(program);
    this.limits = limits;
    this.machine = new Machine(this.program, this.makeHost());
    this.transitions = new Transitions(this.machine);
    const hasBound = limits.preemptionBound !== undefined;
    this.store = new StateStore(this.program, !hasBound && hasSymmetricCpus(program));
    this.isLocal = !program.code.op.some((operation) => touchesOthers.has(operation));
    this.from = this.program.initial.slice();
    this.isIn = new Uint8Array(program.nCpus);
    this.lookahead = new Lookahead(program.code);
    this.wasTried = new Uint8Array(program.code.op.length);
    this.waitsFor = new Int32Array(program.nCpus);
    this.arriving = program.contexts.flatMap((row, index) => (row.arrivals === undefined ? [] : [index]));
  }

  private makeHost(): MachineHost {
    const nothing = (): void => undefined;
    return {
      emit: nothing,
      charge: nothing,
      wake: nothing,
      sendIpi: (_from, cpu) => {
        this.transitions.drain(cpu);
      },
      choose: (choice) => this.transitions.choose(choice),
      remark: (kind, code, cpu, context, lock) => {
        const text = describeRemark(this.machine, kind, code, cpu, context, lock);
        if (kind === 'corruption') this.violation = text;
        this.verifier.add(text);
      },
    };
  }

  /** Walks until everything is seen or a limit is met. Throws `CancelledError`. */
  run(cancellation: Cancellation, onProgress?: (done: number, of: number) => void): Exploration {
    this.insert(this.machine.state, -1, -1, 0, 0);
    let bound: string | undefined;
    let nPolled = 0;
    while (this.level.length > 0 && bound === undefined) {
      for (let index = 0; index < this.level.length; index += 1) {
        const number = this.level[index]!;
        if (this.isDone.get(number) === 1) continue;
        this.isDone.set(number, 1);
        this.expand(number);
        nPolled += 1;
        if (nPolled % pollEvery === 0) {
          throwIfCancelled(cancellation);
          onProgress?.(this.store.size, this.limits.maxStates);
        }
        if (this.store.size > this.limits.maxStates) {
          bound = `stopped after ${this.limits.maxStates} states: what lies beyond was not looked at`;
          break;
        }
      }
      this.level = this.nextLevel;
      this.nextLevel = [];
      this.at += 1;
      if (
        this.limits.preemptionBound !== undefined &&
        this.at > this.limits.preemptionBound &&
        this.level.length > 0
      ) {
        bound = `only schedules with at most ${this.limits.preemptionBound} preemptions were looked at`;
      }
    }
    const finding = this.finding();
    return {
      states: this.store.size,
      transitions: this.nTransitions,
      deadStates: this.nDead,
      finalStates: this.nFinal,
      finding,
      verifier: [...this.verifier],
      bound,
    };
  }

  private insert(state: Int32Array, cpu: number, parent: number, move: number, weight: number): void {
    const found = this.store.insert(state, this.isLocal ? cpu : -1, parent);
    const number = found < 0 ? -1 - found : found;
    const distance = this.at + weight;
    if (found < 0 && distance >= this.distance.get(number)) return;
    if (found < 0 && this.isDone.get(number) === 1) return;
    this.parent.set(number, parent);
    this.moveTo.set(number, move);
    this.distance.set(number, distance);
    if (found >= 0) this.isDone.set(number, 0);
    (weight === 0 ? this.level : this.nextLevel).push(number);
  }

  private keep(move: Move, cpu: number, weight: number): void {
    this.nKept += 1;
    this.insert(this.machine.state, cpu, this.current, encodeMove(move), weight);
  }

  private expand(number: number): void {
    const { machine, from, store } = this;
    this.current = number;
    store.load(number, from);
    machine.state.set(from);
    this.nKept = 0;
    this.nEnds = 0;
    this.findWaits();
    if (isDead(machine, this.waitsFor, this.isIn)) {
      this.nDead += 1;
      const cycle = shortestCycle(findDeadSet(machine, this.waitsFor), this.program);
      this.found('deadlock', '', cycle.length);
      return;
    }
    for (let cpu = 0; cpu < this.program.nCpus; cpu += 1) if (this.waitsFor[cpu]! < 0) this.tryCpu(cpu);
    for (const context of this.arriving) this.tryArrival(context);
    for (let cpu = 0; cpu < this.program.nCpus; cpu += 1) this.tryDispatcher(cpu);
    if (this.nKept === 0 && this.nEnds === 0) this.endState();
    this.nTransitions += this.nKept;
  }

  /** Fills `waitsFor`. What lies ahead of a CPU is read off its code; only the first time it is tried, for what Verifier says. */
  private findWaits(): void {
    const { machine, transitions, program } = this;
    for (let cpu = 0; cpu < program.nCpus; cpu += 1) {
      this.waitsFor[cpu] = -1;
      const context = machine.top(cpu);
      if (context < 0) continue;
      const pc = machine.state[program.contexts[context]!.base]!;
      const ahead = this.lookahead.next(pc);
      if (ahead >= 0) {
        if (!transitions.isBlockedAt(ahead)) continue;
        this.waitsFor[cpu] = transitions.lockAt(ahead);
        if (this.wasTried[pc] === 1) continue;
        this.wasTried[pc] = 1;
      }
      const how = transitions.advance(cpu, 0);
      if (how === Advance.blocked) this.waitsFor[cpu] = transitions.blockedLock;
      this.restore(cpu);
    }
  }

  /** Takes back what the CPU's last attempt changed. */
  private restore(cpu: number): void {
    if (this.isLocal) this.store.copyGroup(this.from, this.machine.state, cpu);
    else this.machine.state.set(this.from);
  }

  /** Cost of letting this CPU go on: visible operations, or preemptions where those are bounded. */
  private weightOf(cpu: number): number {
    if (this.limits.preemptionBound === undefined) return this.transitions.nVisible;
    const slot = this.from.length - 1;
    const last = this.from[slot]!;
    this.machine.state[slot] = cpu;
    return last === cpu ||
      last === this.program.nCpus ||
      this.waitsFor[last]! >= 0 ||
      this.isFinishedCpu(last)
      ? 0
      : 1;
  }

  private isFinishedCpu(cpu: number): boolean {
    return this.from[this.program.cpuBase[cpu]! + layout.cpuStack] === 0;
  }

  private tryCpu(cpu: number): void {
    const { machine, transitions } = this;
    for (let branch = 0, nBranches = 1; branch < nBranches; branch += 1) {
      this.violation = '';
      const how = transitions.advance(cpu, branch);
      nBranches = Math.max(1, transitions.nBranches);
      const move: Move = { kind: 'advance', cpu, branch };
      if (this.violation !== '') this.found('bugcheck', this.violation, transitions.nVisible, move);
      if (how === Advance.moved) this.keep(move, cpu, this.weightOf(cpu));
      else if (how === Advance.stopped) this.found('bugcheck', machine.stopText, transitions.nVisible, move);
      else if (how === Advance.spinning) this.found('livelock', `CPU ${cpu} runs in circles`, 0, move);
      this.restore(cpu);
    }
  }

  private tryArrival(context: number): void {
    const { machine, transitions } = this;
    if (!transitions.mayArrive(context)) return;
    const { cpu } = this.program.contexts[context]!;
    transitions.arrive(context);
    const move: Move = { kind: 'arrive', context };
    const how = transitions.advance(cpu, 0);
    if (how === Advance.stopped) this.found('bugcheck', machine.stopText, transitions.nVisible, move);
    else {
      if (transitions.nBranches > 1) {
        this.restore(cpu);
        transitions.arrive(context);
        transitions.nVisible = 0;
      }
      this.keep(move, cpu, this.limits.preemptionBound === undefined ? transitions.nVisible : 0);
    }
    this.restore(cpu);
  }

  private tryDispatcher(cpu: number): void {
    const { transitions } = this;
    if (transitions.maySwitch(cpu)) {
      transitions.switchThread(cpu);
      this.keep({ kind: 'switch', cpu }, cpu, 0);
      this.restore(cpu);
    }
    if (!transitions.mayDrain(cpu)) return;
    transitions.drain(cpu);
    this.keep({ kind: 'drain', cpu }, cpu, 0);
    this.restore(cpu);
  }

  /** No transition leads on: all threads have ended, or somebody waits for what never comes. */
  private endState(): void {
    const { from, program } = this;
    const left = program.contexts.find(
      (row) => row.kind === 'thread' && from[row.base + layout.ctxPending] !== 1,
    );
    if (left === undefined && !this.waitsFor.some((lock) => lock >= 0)) {
      this.nFinal += 1;
      return;
    }
    this.nDead += 1;
    const cpu = this.waitsFor.findIndex((lock) => lock >= 0);
    const lock = cpu < 0 ? undefined : program.locks[this.waitsFor[cpu]!];
    const text =
      lock === undefined
        ? `'${left?.name ?? '?'}' waits for something that never comes`
        : `CPU ${cpu} waits for '${lock.id}', which nobody owns: a wake-up was lost`;
    this.found('stuck', text, 0);
  }

  private found(kind: Finding['kind'], text: string, extra: number, move?: Move): void {
    this.nEnds += 1;
    const length = this.distance.get(this.current) + extra;
    if (this.best !== undefined && this.best.length <= length) return;
    this.best = { kind, text, length, number: this.current, move };
  }

  /** The moves to the best finding with the real CPUs, and who is stuck there. */
  private finding(): Finding | undefined {
    const { best, machine } = this;
    if (best === undefined) return undefined;
    const stored = this.path(best.number);
    if (best.move !== undefined) stored.push(best.move);
    const moves: Move[] = [];
    machine.state.set(this.program.initial);
    for (const move of stored) {
      const real = this.realMove(move, this.store.order(machine.state));
      moves.push(real);
      this.apply(real);
    }
    this.from.set(machine.state);
    if (best.kind === 'deadlock') this.findWaits();
    const members =
      best.kind === 'deadlock'
        ? shortestCycle(findDeadSet(machine, this.waitsFor), this.program)
        : best.kind === 'stuck'
          ? findBlockedRing(machine)
          : [];
    return { kind: best.kind, text: best.text, length: best.length, moves, members };
  }

  /** Where CPUs that are alike were sorted, a stored move names places of the sorted state. */
  private realMove(move: Move, order: readonly number[]): Move {
    if (move.kind !== 'arrive') return { ...move, cpu: order[move.cpu]! };
    const { contexts, firstContext } = this.program;
    const { cpu } = contexts[move.context]!;
    return { kind: 'arrive', context: move.context - firstContext[cpu]! + firstContext[order[cpu]!]! };
  }

  private apply(move: Move): void {
    const { transitions } = this;
    if (move.kind === 'advance') transitions.advance(move.cpu, move.branch);
    else if (move.kind === 'switch') transitions.switchThread(move.cpu);
    else if (move.kind === 'drain') transitions.drain(move.cpu);
    else {
      const { cpu } = this.program.contexts[move.context]!;
      const before = this.machine.state.slice();
      transitions.arrive(move.context);
      transitions.advance(cpu, 0);
      if (transitions.nBranches <= 1) return;
      this.machine.state.set(before);
      transitions.arrive(move.context);
    }
  }

  private path(number: number): Move[] {
    const moves: Move[] = [];
    for (let at = number; this.parent.get(at) >= 0; at = this.parent.get(at))
      moves.push(decodeMove(this.moveTo.get(at)));
    return moves.reverse();
  }
}
