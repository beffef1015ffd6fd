/**
 * Finds out what every CPU can do next in a state, for the explorer. A move touches the CPU's own part of the state and the shared
 * one only, so it is executed once per pair of these parts and remembered (`moveTable.ts`). Where a move reaches further
 * (a DPC for another CPU, a signal) or would make a lock have two owners, it is executed anew in every state.
 */
import { TraceEventKind as Event } from '../../protocol/traceFormat.ts';
import { deliver } from '../machine/interrupts.ts';
import { Machine, type MachineHost } from '../machine/machine.ts';
import type { Program } from '../program/program.ts';
import { describeRemark } from '../remarks.ts';
import { Components } from './components.ts';
import { isSharedWaitOf, mayGiveWayOf } from './deadSet.ts';
import { Lookahead } from './lookahead.ts';
import * as rows from './moveTable.ts';
import { encodeMove, type Move } from './schedule.ts';
import { Advance, Transitions } from './transitions.ts';

/** Entries remembered at most; then everything is forgotten and found anew. */
const maxRemembered = 1 << 20;

/** Mutable, one per exploration. */
export class Expander {
  readonly machine: Machine;
  readonly transitions: Transitions;
  readonly components: Components;
  /** What Driver Verifier would say, in the order in which it was met. */
  readonly verifier = new Set<string>();
  /** The present state in full; only where something had to be executed. */
  readonly from: Int32Array;
  /** Per CPU: where the present state's moves stand. */
  readonly tableOf: rows.MoveTable[];
  readonly entryOf: Int32Array;
  readonly waitsFor: Int32Array;
  private readonly program: Program;
  private readonly nCpus: number;
  private readonly remembered: rows.MoveTable;
  private readonly fresh: rows.MoveTable;
  private maps: rows.PairMap[];
  private readonly isIn: Uint8Array;
  private readonly isTransient: Uint8Array;
  private readonly lookahead: Lookahead;
  private readonly wasTried: Uint8Array;
  private readonly arrivingOn: readonly (readonly number[])[];
  private readonly parts: Int32Array;
  private isLoaded = false;
  private violation = '';
  private acquires = -1;
  private nAcquired = 0;

  constructor(program: Program, isSymmetric: boolean, nParts: number) {
    this.program = program;
    this.nCpus = program.nCpus;
    this.machine = new Machine(program, this.makeHost());
    this.transitions = new Transitions(this.machine);
    this.components = new Components(program, isSymmetric);
    this.from = program.initial.slice();
    this.remembered = new rows.MoveTable(nParts);
    this.fresh = new rows.MoveTable(nParts);
    this.tableOf = Array.from({ length: this.nCpus }, () => this.fresh);
    this.entryOf = new Int32Array(this.nCpus);
    this.waitsFor = new Int32Array(this.nCpus);
    this.maps = this.tableOf.map(() => new rows.PairMap());
    this.isIn = new Uint8Array(this.nCpus);
    this.isTransient = new Uint8Array(this.nCpus);
    this.lookahead = new Lookahead(program.code);
    this.wasTried = new Uint8Array(program.code.op.length);
    this.parts = new Int32Array(nParts);
    this.arrivingOn = this.tableOf.map((_, cpu) =>
      program.contexts.flatMap((row, index) =>
        row.cpu === cpu && (row.arrivals !== undefined || row.hasTimer) ? [index] : [],
      ),
    );
  }

  private makeHost(): MachineHost {
    const nothing = (): void => undefined;
    return {
      emit: (kind, _cpu, _context, lock) => {
        if (kind !== Event.acquired || this.program.locks[lock]!.kind.isRecursive === true) return;
        this.acquires = lock;
        this.nAcquired += 1;
      },
      charge: nothing,
      wake: (cpu) => {
        deliver(this.machine, cpu);
      },
      sendIpi: (_from, cpu) => {
        this.transitions.drain(cpu);
      },
      setTimer: nothing,
      cancelTimer: nothing,
      sendInterrupt: nothing,
      // The other way is a move of its own: draining what was left.
      isDpcRateLow: () => false,
      choose: (choice) => this.transitions.choose(choice),
      remark: (kind, code, cpu, context, lock) => {
        const text = describeRemark(this.machine, kind, code, cpu, context, lock);
        if (kind === 'corruption') this.violation = text;
        this.verifier.add(text);
      },
    };
  }

  /** Numbers of all parts of the machine's state. */
  internAll(parts: Int32Array): void {
    for (let part = 0; part <= this.nCpus; part += 1)
      parts[part] = this.components.intern(this.machine.state, part);
  }

  /** Writes the state in full into `from` and the machine. */
  load(parts: Int32Array): void {
    if (this.isLoaded) return;
    this.isLoaded = true;
    for (let part = 0; part <= this.nCpus; part += 1) this.components.load(parts[part]!, part, this.from);
    this.machine.state.set(this.from);
  }

  /** Fills `waitsFor` for the state with these parts. */
  lookAtWaits(parts: Int32Array): void {
    this.isLoaded = false;
    if (this.fresh.size > 0) this.fresh.clear();
    if (this.remembered.size > maxRemembered) this.forget();
    const shared = parts[this.nCpus]!;
    for (let cpu = 0; cpu < this.nCpus; cpu += 1) {
      let entry = this.maps[cpu]!.get(parts[cpu]!, shared);
      let table = this.remembered;
      if (entry < 0) {
        this.load(parts);
        table = this.fresh;
        entry = this.lookAtWait(cpu);
        this.isTransient[cpu] = 0;
      }
      this.tableOf[cpu] = table;
      this.entryOf[cpu] = entry;
      this.waitsFor[cpu] = table.waitsFor(entry);
    }
  }

  private forget(): void {
    this.remembered.clear();
    this.maps = this.maps.map(() => new rows.PairMap());
  }

  private lookAtWait(cpu: number): number {
    const { machine } = this;
    const lock = this.waitOf(cpu);
    const flags =
      lock < 0
        ? 0
        : (mayGiveWayOf(machine, cpu) ? rows.mayGiveWay : 0) |
          (isSharedWaitOf(machine, machine.top(cpu)) ? rows.isSharedWait : 0);
    return this.fresh.add(lock, flags);
  }

  /** What lies ahead of a CPU is read off its code; it is tried only the first time, for what Verifier says. */
  private waitOf(cpu: number): number {
    const { machine, transitions } = this;
    const context = machine.top(cpu);
    if (context < 0) return -1;
    const pc = machine.state[this.program.contexts[context]!.base]!;
    const ahead = this.lookahead.next(pc);
    if (ahead >= 0) {
      if (!transitions.isBlockedAt(ahead)) return -1;
      if (this.wasTried[pc] === 1) return transitions.lockAt(ahead);
      this.wasTried[pc] = 1;
    }
    const how = transitions.advance(cpu, 0);
    this.restore();
    if (how === Advance.blocked) return transitions.blockedLock;
    return ahead >= 0 ? transitions.lockAt(ahead) : -1;
  }

  private restore(): void {
    this.machine.state.set(this.from);
  }

  /** Is there a set of CPUs that can never go on? Asked after `lookAtWaits`. */
  isDead(parts: Int32Array): boolean {
    const { isIn, nCpus, waitsFor } = this;
    let nIn = 0;
    for (let cpu = 0; cpu < nCpus; cpu += 1) {
      isIn[cpu] = waitsFor[cpu]! >= 0 && (this.flagsOf(cpu) & rows.mayGiveWay) === 0 ? 1 : 0;
      nIn += isIn[cpu]!;
    }
    for (let before = -1; nIn > 0 && before !== nIn;) {
      before = nIn;
      for (let cpu = 0; cpu < nCpus; cpu += 1) {
        if (isIn[cpu] === 0 || this.isHeldUp(parts, cpu)) continue;
        isIn[cpu] = 0;
        nIn -= 1;
      }
    }
    return nIn > 0;
  }

  private flagsOf(cpu: number): number {
    return this.tableOf[cpu]!.flags(this.entryOf[cpu]!);
  }

  /** Does a CPU of the set keep this one from its lock: as owner, or as a writer that waits before a reader? */
  private isHeldUp(parts: Int32Array, cpu: number): boolean {
    const { isIn, nCpus, waitsFor } = this;
    const lock = waitsFor[cpu]!;
    for (let other = 0; other < nCpus; other += 1)
      if (isIn[other] === 1 && this.components.isOwner(other, parts[other]!, lock)) return true;
    if (this.program.locks[lock]!.kind.sharesOwnership !== true) return false;
    if ((this.flagsOf(cpu) & rows.isSharedWait) === 0) return false;
    for (let other = 0; other < nCpus; other += 1) {
      if (other === cpu || isIn[other] !== 1 || waitsFor[other] !== lock) continue;
      if ((this.flagsOf(other) & rows.isSharedWait) === 0) return true;
    }
    return false;
  }

  /** Finds all moves of the state; asked after `lookAtWaits`. */
  findMoves(parts: Int32Array): void {
    let isAnyFresh = false;
    for (let cpu = 0; cpu < this.nCpus; cpu += 1) {
      if (this.tableOf[cpu] === this.remembered && this.makesTwoOwners(parts, cpu)) {
        this.load(parts);
        this.tableOf[cpu] = this.fresh;
        this.entryOf[cpu] = this.lookAtWait(cpu);
      }
      isAnyFresh ||= this.tableOf[cpu] === this.fresh;
    }
    if (!isAnyFresh) return;
    for (let phase = 0; phase < rows.nPhases; phase += 1)
      for (let cpu = 0; cpu < this.nCpus; cpu += 1)
        if (this.tableOf[cpu] === this.fresh) this.fill(cpu, phase);
    for (let cpu = 0; cpu < this.nCpus; cpu += 1)
      if (this.tableOf[cpu] === this.fresh && this.isTransient[cpu] === 0) this.remember(parts, cpu);
  }

  private remember(parts: Int32Array, cpu: number): void {
    const entry = this.remembered.adopt(this.fresh, this.entryOf[cpu]!);
    this.maps[cpu]!.set(parts[cpu]!, parts[this.nCpus]!, entry);
    this.tableOf[cpu] = this.remembered;
    this.entryOf[cpu] = entry;
  }

  /** Would a remembered move take a lock that a context of another CPU owns here? */
  private makesTwoOwners(parts: Int32Array, cpu: number): boolean {
    const { remembered } = this;
    const entry = this.entryOf[cpu]!;
    if ((remembered.flags(entry) & rows.hasAcquisition) === 0) return false;
    const { moves } = remembered;
    const past = remembered.past(entry, rows.Phase.arrive);
    for (let at = remembered.first(entry, rows.Phase.advance); at < past; at += rows.moveWidth) {
      const lock = moves[at + rows.moveAcquires]!;
      if (lock < 0) continue;
      for (let other = 0; other < this.nCpus; other += 1)
        if (other !== cpu && this.components.isOwner(other, parts[other]!, lock)) return true;
    }
    return false;
  }

  private fill(cpu: number, phase: number): void {
    this.fresh.beginPhase(this.entryOf[cpu]!, phase);
    if (phase === rows.Phase.advance) {
      if (this.waitsFor[cpu]! < 0) this.tryToGoOn(cpu);
    } else if (phase === rows.Phase.arrive) {
      for (const context of this.arrivingOn[cpu]!) this.tryArrival(cpu, context);
    } else this.tryDispatcher(cpu);
  }

  private begin(): void {
    this.violation = '';
    this.acquires = -1;
    this.nAcquired = 0;
    this.transitions.hasReachedOthers = false;
  }

  private tryToGoOn(cpu: number): void {
    const { transitions } = this;
    for (let branch = 0, nBranches = 1; branch < nBranches; branch += 1) {
      this.begin();
      const how = transitions.advance(cpu, branch);
      nBranches = Math.max(1, transitions.nBranches);
      this.add(cpu, rows.Phase.advance, { kind: 'advance', cpu, branch }, how, how === Advance.moved);
      this.restore();
    }
  }

  private tryArrival(cpu: number, context: number): void {
    const { transitions } = this;
    if (!transitions.mayArrive(context)) return;
    this.begin();
    transitions.arrive(context);
    let how = transitions.goOnAfterArrival(context);
    if (how !== Advance.stopped && transitions.nBranches > 1) {
      this.restore();
      this.begin();
      transitions.arrive(context);
      transitions.nVisible = 0;
      how = Advance.moved;
    }
    // A routine that runs in circles is met again, and reported, when it is to go on.
    const isKept = how !== Advance.stopped;
    if (how === Advance.spinning) how = Advance.moved;
    this.add(cpu, rows.Phase.arrive, { kind: 'arrive', context }, how, isKept);
    this.restore();
  }

  private tryDispatcher(cpu: number): void {
    const { transitions } = this;
    transitions.nVisible = 0;
    if (transitions.maySwitch(cpu)) {
      this.begin();
      transitions.switchThread(cpu);
      this.add(cpu, rows.Phase.dispatch, { kind: 'switch', cpu }, Advance.moved, true);
      this.restore();
    }
    if (!transitions.mayDrain(cpu)) return;
    this.begin();
    transitions.drain(cpu);
    this.add(cpu, rows.Phase.dispatch, { kind: 'drain', cpu }, Advance.moved, true);
    this.restore();
  }

  /** Notes a move that was just executed, and the bad end that it leads to. */
  private add(cpu: number, phase: number, move: Move, how: number, isKept: boolean): void {
    const { transitions, fresh } = this;
    const entry = this.entryOf[cpu]!;
    if (transitions.hasReachedOthers || this.violation !== '' || this.nAcquired > 1)
      this.isTransient[cpu] = 1;
    const code = encodeMove(move);
    const weight = transitions.nVisible;
    if (this.violation !== '')
      this.addEnd(entry, phase, code, { kind: 'bugcheck', text: this.violation, extra: weight });
    if (how === Advance.stopped)
      this.addEnd(entry, phase, code, { kind: 'bugcheck', text: this.machine.stopText, extra: weight });
    if (how === Advance.spinning)
      this.addEnd(entry, phase, code, {
        kind: 'livelock',
        text: `CPU ${cpu} runs in circles`,
        extra: 0,
      });
    if (!isKept) return;
    const base = this.row(entry, phase, code);
    const { moves } = fresh;
    moves[base + rows.moveWeight] = weight;
    moves[base + rows.moveAcquires] = this.acquires;
    if (this.acquires >= 0) fresh.addFlag(entry, rows.hasAcquisition);
    moves[base + rows.moveIsKept] = 1;
    if (transitions.hasReachedOthers) {
      this.internAll(this.parts);
      moves[base + rows.moveVector] = fresh.addVector(this.parts);
      return;
    }
    moves[base + rows.moveOwn] = this.components.intern(this.machine.state, cpu);
    moves[base + rows.moveShared] = this.components.intern(this.machine.state, this.nCpus);
  }

  private addEnd(entry: number, phase: number, code: number, end: rows.MoveEnd): void {
    const base = this.row(entry, phase, code);
    this.fresh.moves[base + rows.moveEnd] = this.fresh.ends.length;
    this.fresh.ends.push(end);
  }

  private row(entry: number, phase: number, code: number): number {
    const base = this.fresh.addMove(entry, phase);
    const { moves } = this.fresh;
    moves.fill(-1, base, base + rows.moveWidth);
    moves[base + rows.moveCode] = code;
    moves[base + rows.moveIsKept] = 0;
    return base;
  }
}
