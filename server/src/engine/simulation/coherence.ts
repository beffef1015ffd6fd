/**
 * Cache lines: who owns them, what a miss costs, who waits for whom. A miss costs the transfer by distance and occupies the
 * line, so that requests to one line are served one after the other. Spinners sleep until their line is written; then their
 * re-reads are served one by one in an order drawn by the seed. A write overtakes re-reads that are not yet served.
 * Formulas: docs/engine.md (Coherence); the serial re-reads follow Boyd-Wickizer et al., "Non-scalable locks are dangerous".
 */
import type { Rng } from '../../base/rng.ts';
import { Access } from '../machine/machine.ts';
import * as op from '../program/opcodes.ts';
import type { CostTable } from './costTable.ts';

/** The condition of a spin: operation (`opcodes.ts`), word, number that it compares with. One object is used again and again. */
export interface WaitCondition {
  code: number;
  word: number;
  operand: number;
}

/** What the lines ask of the simulator. */
export interface SpinnerHost {
  /** What the CPU's waiting operation looks at. */
  readonly waitOf: (cpu: number) => WaitCondition;
  /** The CPU's next event is at this time; Infinity = it sleeps. */
  readonly schedule: (cpu: number, time: number) => void;
}

const NONE = -1;
/** Bit of `attention`: the CPU's waiting operation passes because its read was served before a later write. */
export const latchedBit = 8;

/** Mutable, one per run. Times are ticks. */
export class Coherence {
  private readonly version: Int32Array;
  private readonly owner: Int16Array;
  private readonly isExclusive: Uint8Array;
  private readonly lastReader: Int16Array;
  private readonly busyUntil: Float64Array;
  /** First time at which a sleeper's re-read is served: from then on the line is shared. */
  private readonly nextRead: Float64Array;
  private readonly nextReader: Int16Array;
  /** When the last write is done, and when the reads that it made necessary have been served. */
  private readonly writeDone: Float64Array;
  private readonly readsDone: Float64Array;
  /** Of each CPU: version of the line right after its own last locked operation. */
  private readonly ownVersion: Int32Array;
  private readonly stamp: Int32Array;
  /** Sleepers of each line. */
  private readonly waiters: Int16Array;
  private readonly nWaiters: Int32Array;
  /** Of each line: 1 where all sleepers wait for the same of the same word. */
  private readonly isAlike: Uint8Array;
  /** Of each CPU: line it sleeps on, its sampling phase, its re-read under way. */
  readonly sleepsOn: Int32Array;
  private readonly phase: Float64Array;
  private readonly isReading: Uint8Array;
  private readonly readStart: Float64Array;
  private readonly readEnd: Float64Array;
  private readonly isSatisfied: Uint8Array;
  private readonly isLockedSpin: Uint8Array;
  /** Of each line: the sleeper whose read comes first of those that let go; only this one has an event planned. */
  private readonly due: Int16Array;
  /** When each sleeper looks, its condition. */
  private readonly looksAt: Float64Array;
  private readonly waitCode: Uint8Array;
  private readonly waitWord: Int32Array;
  private readonly waitOperand: Int32Array;
  /** The machine's state: the words. */
  private readonly state: Int32Array;
  /** Of each CPU: bits for what its next step must look at; the simulator's, too. */
  readonly attention: Uint8Array;
  /** Transfers by distance class. */
  readonly transfers = new Float64Array(5);

  private readonly nCpus: number;
  private readonly table: CostTable;
  private readonly distances: Uint8Array;
  private readonly rng: Rng;
  private readonly host: SpinnerHost;

  constructor(
    nLines: number,
    nCpus: number,
    state: Int32Array,
    table: CostTable,
    distances: Uint8Array,
    rng: Rng,
    host: SpinnerHost,
  ) {
    this.nCpus = nCpus;
    this.state = state;
    this.looksAt = new Float64Array(nCpus);
    this.waitCode = new Uint8Array(nCpus);
    this.waitWord = new Int32Array(nCpus);
    this.waitOperand = new Int32Array(nCpus);
    this.table = table;
    this.distances = distances;
    this.rng = rng;
    this.host = host;
    this.version = new Int32Array(nLines);
    this.owner = new Int16Array(nLines).fill(NONE);
    this.isExclusive = new Uint8Array(nLines);
    this.lastReader = new Int16Array(nLines).fill(NONE);
    this.busyUntil = new Float64Array(nLines);
    this.nextRead = new Float64Array(nLines).fill(Infinity);
    this.nextReader = new Int16Array(nLines);
    this.writeDone = new Float64Array(nLines);
    this.readsDone = new Float64Array(nLines);
    this.ownVersion = new Int32Array(nCpus);
    this.stamp = new Int32Array(nLines * nCpus).fill(-1);
    this.waiters = new Int16Array(nLines * nCpus);
    this.nWaiters = new Int32Array(nLines);
    this.isAlike = new Uint8Array(nLines);
    this.due = new Int16Array(nLines).fill(NONE);
    this.sleepsOn = new Int32Array(nCpus).fill(NONE);
    this.phase = new Float64Array(nCpus);
    this.isReading = new Uint8Array(nCpus);
    this.readStart = new Float64Array(nCpus);
    this.readEnd = new Float64Array(nCpus);
    this.isSatisfied = new Uint8Array(nCpus);
    this.isLockedSpin = new Uint8Array(nCpus);
    this.attention = new Uint8Array(nCpus);
  }

  /** Class of the distance between two CPUs. */
  distance(from: number, to: number): number {
    return this.distances[from * this.nCpus + to]!;
  }

  /** The CPU accesses the line at time `now`: returns the ticks until it may go on. The word has changed already. */
  access(cpu: number, line: number, access: number, now: number): number {
    if (this.nextRead[line]! <= now) {
      this.isExclusive[line] = 0;
      this.lastReader[line] = this.nextReader[line]!;
    }
    if (access <= Access.loadEarly) return this.read(cpu, line, access, now);
    return this.write(cpu, line, access, now);
  }

  private read(cpu: number, line: number, access: number, now: number): number {
    const { table } = this;
    const owner = this.owner[line]!;
    if (owner === NONE) this.owner[line] = cpu;
    const isHit =
      owner === NONE || owner === cpu || this.stamp[line * this.nCpus + cpu] === this.version[line];
    if (owner === NONE) this.isExclusive[line] = 1;
    this.stamp[line * this.nCpus + cpu] = this.version[line]!;
    if (isHit) return access === Access.loadEarly ? 0 : table.loadL1;
    const distance = this.distance(cpu, owner);
    this.transfers[distance]! += 1;
    this.isExclusive[line] = 0;
    this.lastReader[line] = cpu;
    if (access === Access.loadEarly) return 0;
    const start = Math.max(now, this.busyUntil[line]!);
    this.busyUntil[line] = start + table.occupancy[distance]!;
    return start - now + table.load[distance]!;
  }

  private write(cpu: number, line: number, access: number, now: number): number {
    const owner = this.owner[line]!;
    const isHit = owner === NONE || (owner === cpu && this.isExclusive[line] === 1);
    let latency = 0;
    if (!isHit) {
      const from = owner === cpu ? this.lastReader[line]! : owner;
      const distance = from < 0 ? 0 : this.distance(cpu, from);
      this.transfers[distance]! += 1;
      const queue = this.isSpunOn(line) ? this.nWaiters[line]! * this.table.occupancy[distance]! : 0;
      const start = Math.max(now, this.busyUntil[line]!) + queue;
      this.busyUntil[line] = start + this.table.occupancy[distance]!;
      latency =
        start -
        now +
        (access === Access.increment ? this.table.load[distance]! : this.table.transfer[distance]!);
    }
    this.owner[line] = cpu;
    this.isExclusive[line] = 1;
    this.version[line]! += 1;
    this.stamp[line * this.nCpus + cpu] = this.version[line]!;
    this.ownVersion[cpu] = this.version[line]!;
    const own = this.ownCost(access, isHit);
    const done = now + (isHit ? own : latency);
    this.writeDone[line] = done;
    if (this.nWaiters[line]! > 0) this.wake(cpu, line, now, done);
    // A plain store leaves through the store buffer: the CPU goes on while the line is on its way.
    return access === Access.store || access === Access.storeEarly || isHit ? own : latency;
  }

  private ownCost(access: number, isHit: boolean): number {
    const { table } = this;
    if (access === Access.storeEarly) return 0;
    if (access === Access.store) return table.releaseStore;
    if (access === Access.increment) return isHit ? table.storeL1 : 0;
    return access === Access.lockedRelease ? table.lockedRelease : table.lockedL1;
  }

  private isSpunOn(line: number): boolean {
    return this.nWaiters[line]! > 0 && this.isLockedSpin[this.waiters[line * this.nCpus]!] === 1;
  }

  /** The CPU sleeps on the line from `now` on; its waiting operation has just looked, at cost `look`. */
  sleep(cpu: number, line: number, isLockedSpin: boolean, now: number, look: number): void {
    this.waiters[line * this.nCpus + this.nWaiters[line]!] = cpu;
    this.nWaiters[line]! += 1;
    this.sleepsOn[cpu] = line;
    this.isLockedSpin[cpu] = isLockedSpin ? 1 : 0;
    this.phase[cpu] = now + look;
    this.isReading[cpu] = 0;
    this.isSatisfied[cpu] = 0;
    const { code, word, operand } = this.host.waitOf(cpu);
    this.waitCode[cpu] = code;
    this.waitWord[cpu] = word;
    this.waitOperand[cpu] = operand;
    const other = this.waiters[line * this.nCpus]!;
    if (other === cpu) this.isAlike[line] = 1;
    else if (
      this.waitCode[other] !== code ||
      this.waitWord[other] !== word ||
      this.waitOperand[other] !== operand
    )
      this.isAlike[line] = 0;
    this.host.schedule(cpu, Infinity);
  }

  /** Must the CPU's waiting operation still wait, by the present value of its word? */
  private mustWait(cpu: number): boolean {
    const value = this.state[this.waitWord[cpu]!]!;
    const operand = this.waitOperand[cpu]!;
    switch (this.waitCode[cpu]!) {
      case op.opWaitWhileNotSlot:
        return value !== operand;
      case op.opWaitWhileBits:
        return (value & operand) !== 0;
      case op.opSpinTestAndSet:
        return value !== 0;
      default:
        return value === operand;
    }
  }

  /**
   * As `sleep`, right after the CPU's own locked try failed: what it reads first is what the try has brought, the lock taken.
   * Where the line was written since, it reads once more behind the others.
   */
  sleepAfterTry(cpu: number, line: number, now: number): void {
    this.sleep(cpu, line, false, now, this.table.loadL1);
    if (this.ownVersion[cpu] === this.version[line]) return;
    const distance = this.distance(cpu, this.owner[line]!);
    const period = this.table.loadL1 + this.table.pause;
    const seen = detection(this.phase[cpu]!, this.writeDone[line]!, period);
    this.serve(cpu, line, Math.max(seen, this.readsDone[line]!), distance);
    if (this.isSatisfied[cpu] === 1) this.planDue(line);
    if (this.readStart[cpu]! < this.nextRead[line]!) {
      this.nextRead[line] = this.readStart[cpu]!;
      this.nextReader[line] = cpu;
    }
  }

  /** Plans the CPU's read of the line at `start`. */
  private serve(cpu: number, line: number, start: number, distance: number): void {
    this.readStart[cpu] = start;
    this.readEnd[cpu] = start + this.table.load[distance]!;
    this.isReading[cpu] = 1;
    this.readsDone[line] = start + this.table.occupancy[distance]!;
    this.isSatisfied[cpu] = this.mustWait(cpu) ? 0 : 1;
  }

  /** Plans the event of the sleeper whose read comes first of those that let go, equal times by CPU; takes back any other. */
  private planDue(line: number): void {
    const base = line * this.nCpus;
    const count = this.nWaiters[line]!;
    let first = NONE;
    let earliest = Infinity;
    for (let at = 0; at < count; at += 1) {
      const cpu = this.waiters[base + at]!;
      if (this.isSatisfied[cpu] === 0 || this.readEnd[cpu]! > earliest) continue;
      if (this.readEnd[cpu] === earliest && cpu > first) continue;
      first = cpu;
      earliest = this.readEnd[cpu]!;
    }
    this.setDue(line, first, earliest);
  }

  private setDue(line: number, cpu: number, time: number): void {
    const before = this.due[line]!;
    if (before !== NONE && before !== cpu) this.host.schedule(before, Infinity);
    this.due[line] = cpu;
    if (cpu !== NONE) this.host.schedule(cpu, time);
  }

  /** The CPU sleeps no more: it was interrupted, or its read has come. */
  unsleep(cpu: number): void {
    const line = this.sleepsOn[cpu]!;
    if (line === NONE) return;
    const base = line * this.nCpus;
    const last = this.nWaiters[line]! - 1;
    for (let at = 0; at <= last; at += 1) {
      if (this.waiters[base + at] !== cpu) continue;
      this.waiters[base + at] = this.waiters[base + last]!;
      break;
    }
    this.nWaiters[line] = last;
    this.sleepsOn[cpu] = NONE;
    this.isReading[cpu] = 0;
    if (last === 0) this.nextRead[line] = Infinity;
    if (this.due[line] !== cpu) return;
    this.due[line] = NONE;
    if (last > 0) this.planDue(line);
  }

  /** True where the CPU sleeps and no read that lets it go is on its way. */
  isStuck(cpu: number): boolean {
    return this.sleepsOn[cpu] !== NONE && this.isSatisfied[cpu] === 0;
  }

  /** The read that lets the CPU go has come: it holds a copy of the line now. */
  arrive(cpu: number): void {
    const line = this.sleepsOn[cpu]!;
    if (line === NONE) return;
    if (this.isLockedSpin[cpu] === 0) {
      this.stamp[line * this.nCpus + cpu] = this.version[line]!;
      this.isExclusive[line] = 0;
      this.lastReader[line] = cpu;
      this.transfers[this.distance(cpu, this.owner[line]!)]! += 1;
    }
    this.attention[cpu]! |= latchedBit;
    this.unsleep(cpu);
  }

  /** The line was written by `writer` (request at `now`, done at `done`): every sleeper reads it again. */
  private wake(writer: number, line: number, now: number, done: number): void {
    const { waiters, nCpus, phase, isReading, readStart, readEnd, looksAt } = this;
    if (this.isSpunOn(line)) return this.wakeLockedSpinner(line, done);
    const period = this.table.loadL1 + this.table.pause;
    const base = line * nCpus;
    const end = base + this.nWaiters[line]!;
    let past = base;
    let earliest = Infinity;
    for (let at = base; at < end; at += 1) {
      const cpu = waiters[at]!;
      let seen = done;
      if (isReading[cpu] === 0) seen = detection(phase[cpu]!, done, period);
      else if (readStart[cpu]! < now) {
        if (this.isSatisfied[cpu] === 1) {
          this.letGo(cpu, line, writer);
          continue;
        }
        phase[cpu] = readEnd[cpu]!;
        seen = detection(phase[cpu], done, period);
      } else phase[cpu] = done;
      looksAt[cpu] = seen;
      if (seen < earliest) earliest = seen;
      waiters[past] = cpu;
      past += 1;
    }
    this.nWaiters[line] = past - base;
    this.nextRead[line] = Infinity;
    if (past === base) return;
    if (past > base + 1) this.drawOrder(base, past, earliest);
    this.serveReads(writer, line, past, done);
  }

  /** The sleeper's read was served before this write: it goes on with what it saw, and holds no copy. */
  private letGo(cpu: number, line: number, writer: number): void {
    this.sleepsOn[cpu] = NONE;
    this.isReading[cpu] = 0;
    this.attention[cpu]! |= latchedBit;
    this.transfers[this.distance(cpu, writer)]! += 1;
    this.host.schedule(cpu, this.readEnd[cpu]!);
    if (this.due[line] === cpu) this.due[line] = NONE;
  }

  /** A random order of the sleepers, but the first of those that look earliest comes first. */
  private drawOrder(base: number, past: number, earliest: number): void {
    const { waiters, looksAt } = this;
    this.rng.shuffle(waiters, base, past - base);
    let first = base;
    while (looksAt[waiters[first]!] !== earliest) first += 1;
    const cpu = waiters[first]!;
    waiters[first] = waiters[base]!;
    waiters[base] = cpu;
  }

  /** Serves the reads one behind the other; plans the event of the first that lets its sleeper go. */
  private serveReads(writer: number, line: number, past: number, done: number): void {
    const { waiters, looksAt, readStart, readEnd, isReading, isSatisfied, distances, nCpus } = this;
    const { load, occupancy } = this.table;
    const base = line * nCpus;
    const isAlike = this.isAlike[line] === 1;
    const mustAllWait = isAlike && this.mustWait(waiters[base]!);
    let free = done;
    let first = NONE;
    let earliest = Infinity;
    for (let at = base; at < past; at += 1) {
      const cpu = waiters[at]!;
      const distance = distances[cpu * nCpus + writer]!;
      const start = Math.max(free, looksAt[cpu]!);
      const arrives = start + load[distance]!;
      free = start + occupancy[distance]!;
      readStart[cpu] = start;
      readEnd[cpu] = arrives;
      isReading[cpu] = 1;
      isSatisfied[cpu] = 0;
      if (isAlike ? mustAllWait : this.mustWait(cpu)) continue;
      isSatisfied[cpu] = 1;
      if (arrives > earliest || (arrives === earliest && cpu > first)) continue;
      first = cpu;
      earliest = arrives;
    }
    this.readsDone[line] = free;
    this.nextReader[line] = waiters[base]!;
    this.nextRead[line] = readStart[waiters[base]!]!;
    this.setDue(line, first, earliest);
  }

  private wakeLockedSpinner(line: number, done: number): void {
    const base = line * this.nCpus;
    const count = this.nWaiters[line]!;
    const winner = this.waiters[base + this.rng.below(count)]!;
    if (this.isSatisfied[winner] === 1 || this.mustWait(winner)) return;
    this.isSatisfied[winner] = 1;
    const distance = this.distance(winner, this.owner[line]!);
    this.transfers[distance]! += 1;
    this.host.schedule(winner, done + this.table.occupancy[distance]!);
  }

  /** Takes the line for a spinner whose locked operation has won. */
  takeLine(cpu: number, line: number): void {
    this.owner[line] = cpu;
    this.isExclusive[line] = 1;
    this.version[line]! += 1;
  }
}

/** The next time at or after `done` at which a spinner with this phase looks at its word. */
function detection(phase: number, done: number, period: number): number {
  if (phase >= done || period === 0) return Math.max(phase, done);
  return phase + Math.ceil((done - phase) / period) * period;
}
