/**
 * Walks all states that a scenario can reach, breadth first by visible operations, so that the first dead state found at the
 * least count is the shortest witness. With a preemption bound the count is of preemptions and the walk stops at the bound.
 * It ignores time: what costs nothing here is tried in every order.
 */
import { type Cancellation, throwIfCancelled } from '../../base/cancellation.ts';
import type { TraceDeadlockMember } from '../../protocol/traceFormat.ts';
import type { Program } from '../program/program.ts';
import * as layout from '../program/stateLayout.ts';
import { findBlockedRing } from './blockedRing.ts';
import { findDeadSet, shortestCycle } from './deadSet.ts';
import { Expander } from './expander.ts';
import * as rows from './moveTable.ts';
import { decodeMove, type Move } from './schedule.ts';
import { StateStore } from './stateStore.ts';
import { hasSymmetricCpus } from './symmetry.ts';

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
const NONE = -1;

/** A bad end, as met. */
interface BadEnd {
  readonly kind: Finding['kind'];
  readonly text: string;
  readonly length: number;
  readonly number: number;
  /** Code of the move that leads to it from state `number`, or -1 where that state is it. */
  readonly move: number;
}

/** Mutable; one per exploration. */
export class Explorer {
  private readonly program: Program;
  private readonly expander: Expander;
  private readonly store: StateStore;
  private readonly limits: ExploreLimits;
  private readonly nCpus: number;
  private readonly hasBound: boolean;
  /** Parts of the state that is looked at, and of one that it leads to. With a preemption bound the CPU that went last is one. */
  private readonly parts: Int32Array;
  private readonly next: Int32Array;
  private level: number[] = [];
  private nextLevel: number[] = [];
  private current = 0;
  private at = 0;
  private nKept = 0;
  private nEnds = 0;
  private nTransitions = 0;
  private nDead = 0;
  private nFinal = 0;
  private best: BadEnd | undefined;

  constructor(program: Program, limits: ExploreLimits) {
    this.program = program;
    this.limits = limits;
    this.nCpus = program.nCpus;
    this.hasBound = limits.preemptionBound !== undefined;
    const isSymmetric = !this.hasBound && hasSymmetricCpus(program);
    const nParts = program.nCpus + (this.hasBound ? 2 : 1);
    this.expander = new Expander(program, isSymmetric, nParts);
    this.store = new StateStore(this.expander.components, program.nCpus, nParts, isSymmetric);
    this.parts = new Int32Array(nParts);
    this.next = new Int32Array(nParts);
  }

  /** Walks until everything is seen or a limit is met. Throws `CancelledError`. */
  run(cancellation: Cancellation, onProgress?: (done: number, of: number) => void): Exploration {
    this.expander.internAll(this.next);
    if (this.hasBound) this.next[this.nCpus + 1] = this.nCpus;
    this.insert(NONE, NONE, 0);
    let bound: string | undefined;
    let nPolled = 0;
    while (this.level.length > 0 && bound === undefined) {
      for (let index = 0; index < this.level.length; index += 1) {
        const number = this.level[index]!;
        if (this.store.isDone(number)) continue;
        this.store.setDone(number);
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
      [this.level, this.nextLevel] = [this.nextLevel, []];
      this.at += 1;
      bound ??= this.preemptionBound();
    }
    return {
      states: this.store.size,
      transitions: this.nTransitions,
      deadStates: this.nDead,
      finalStates: this.nFinal,
      finding: this.finding(),
      verifier: [...this.expander.verifier],
      bound,
    };
  }

  private preemptionBound(): string | undefined {
    const { preemptionBound } = this.limits;
    if (preemptionBound === undefined || this.at <= preemptionBound || this.level.length === 0)
      return undefined;
    return `only schedules with at most ${preemptionBound} preemptions were looked at`;
  }

  /** Notes that the state in `next` is reached. */
  private insert(parent: number, move: number, weight: number): void {
    const { store } = this;
    const found = store.insert(this.next);
    const distance = this.at + weight;
    const number = found < 0 ? -1 - found : found;
    if (found < 0 && (distance >= store.distance(number) || store.isDone(number))) return;
    store.setOrigin(number, parent, move, distance);
    (weight === 0 ? this.level : this.nextLevel).push(number);
  }

  private expand(number: number): void {
    const { expander, parts } = this;
    this.current = number;
    this.store.load(number, parts);
    this.nKept = 0;
    this.nEnds = 0;
    expander.lookAtWaits(parts);
    if (expander.isDead(parts)) {
      this.nDead += 1;
      expander.load(parts);
      const dead = findDeadSet(expander.machine, expander.waitsFor);
      this.found('deadlock', '', shortestCycle(dead, this.program).length, NONE);
      return;
    }
    expander.findMoves(parts);
    for (let phase = 0; phase < rows.nPhases; phase += 1)
      for (let cpu = 0; cpu < this.nCpus; cpu += 1) this.goOn(cpu, phase);
    if (this.nKept === 0 && this.nEnds === 0) this.endState();
    this.nTransitions += this.nKept;
  }

  /** Follows the moves of one CPU. */
  private goOn(cpu: number, phase: number): void {
    const { expander, parts, next, nCpus } = this;
    const table = expander.tableOf[cpu]!;
    const entry = expander.entryOf[cpu]!;
    const past = table.past(entry, phase);
    const { moves } = table;
    for (let at = table.first(entry, phase); at < past; at += rows.moveWidth) {
      const code = moves[at + rows.moveCode]!;
      const end = moves[at + rows.moveEnd]!;
      if (end >= 0) {
        const { kind, text, extra } = table.ends[end]!;
        this.found(kind, text, extra, code);
      }
      if (moves[at + rows.moveIsKept] === 0) continue;
      const vector = moves[at + rows.moveVector]!;
      if (vector >= 0)
        for (let part = 0; part <= nCpus; part += 1) next[part] = table.vectors[vector + part]!;
      else {
        for (let part = 0; part < nCpus; part += 1) next[part] = parts[part]!;
        next[cpu] = moves[at + rows.moveOwn]!;
        next[nCpus] = moves[at + rows.moveShared]!;
      }
      this.nKept += 1;
      const weight = this.hasBound ? this.preemptionsOf(cpu, phase) : moves[at + rows.moveWeight]!;
      this.insert(this.current, code, weight);
    }
  }

  /** Letting this CPU go on is a preemption where the one that went last could have gone on. Notes who goes last. */
  private preemptionsOf(cpu: number, phase: number): number {
    const { expander, parts, nCpus } = this;
    const last = parts[nCpus + 1]!;
    this.next[nCpus + 1] = phase === rows.Phase.advance ? cpu : last;
    if (phase !== rows.Phase.advance || last === cpu || last === nCpus) return 0;
    const isFree = expander.waitsFor[last]! < 0 && !expander.components.isFinished(last, parts[last]!);
    return isFree ? 1 : 0;
  }

  /** No transition leads on: all threads have ended, or somebody waits for what never comes. */
  private endState(): void {
    const { program, expander } = this;
    const { from, waitsFor } = expander;
    expander.load(this.parts);
    const left = program.contexts.find(
      (row) => row.kind === 'thread' && from[row.base + layout.ctxPending] !== 1,
    );
    const cpu = waitsFor.findIndex((lock) => lock >= 0);
    if (left === undefined && cpu < 0) {
      this.nFinal += 1;
      return;
    }
    this.nDead += 1;
    const lock = cpu < 0 ? undefined : program.locks[waitsFor[cpu]!];
    const text =
      lock === undefined
        ? `'${left?.name ?? '?'}' waits for something that never comes`
        : `CPU ${cpu} waits for '${lock.id}', which nobody owns: a wake-up was lost`;
    this.found('stuck', text, 0, NONE);
  }

  private found(kind: Finding['kind'], text: string, extra: number, move: number): void {
    this.nEnds += 1;
    const length = this.store.distance(this.current) + extra;
    if (this.best !== undefined && this.best.length <= length) return;
    this.best = { kind, text, length, number: this.current, move };
  }

  /** The moves to the best finding with the real CPUs, and who is stuck there. */
  private finding(): Finding | undefined {
    const { best, expander, parts } = this;
    if (best === undefined) return undefined;
    const { machine } = expander;
    const moves: Move[] = [];
    machine.state.set(this.program.initial);
    for (const move of this.path(best)) {
      expander.internAll(parts);
      const real = this.realMove(move, this.store.order(parts));
      moves.push(real);
      this.apply(real);
    }
    expander.internAll(parts);
    if (best.kind === 'deadlock') expander.lookAtWaits(parts);
    expander.load(parts);
    const members =
      best.kind === 'deadlock'
        ? shortestCycle(findDeadSet(machine, expander.waitsFor), this.program)
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
    const { machine, transitions } = this.expander;
    if (move.kind === 'advance') transitions.advance(move.cpu, move.branch);
    else if (move.kind === 'switch') transitions.switchThread(move.cpu);
    else if (move.kind === 'drain') transitions.drain(move.cpu);
    else {
      const before = machine.state.slice();
      transitions.arrive(move.context);
      transitions.goOnAfterArrival(move.context);
      if (transitions.nBranches <= 1) return;
      machine.state.set(before);
      transitions.arrive(move.context);
    }
  }

  private path(end: BadEnd): Move[] {
    const moves: Move[] = end.move < 0 ? [] : [decodeMove(end.move)];
    for (let at = end.number; this.store.parent(at) >= 0; at = this.store.parent(at))
      moves.push(decodeMove(this.store.move(at)));
    return moves.reverse();
  }
}
