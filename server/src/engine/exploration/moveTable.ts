/**
 * What a CPU can do next, by the number of its own part and of the shared one: whether it must wait and for what, and its moves
 * with what they lead to. Rows of whole numbers in growing arrays; who fills them is `expander.ts`.
 */

/** The order in which moves are tried: CPUs go on, then things arrive, then the dispatcher. */
export const Phase = { advance: 0, arrive: 1, dispatch: 2 } as const;
export const nPhases = 3;

/** Columns of an entry; first and past of the moves of each phase follow. */
const entryWaits = 0;
const entryFlags = 1;
const entryPhases = 2;
const entryWidth = entryPhases + 2 * nPhases;

/** The CPU could be given to another thread although its top context waits. */
export const mayGiveWay = 1;
/** The acquisition that it waits in is a shared one. */
export const isSharedWait = 2;

/** Some move makes a lock an exclusive possession. */
export const hasAcquisition = 4;

/** Columns of a move. */
export const moveCode = 0;
/** Numbers of the CPU's part and the shared one afterwards. */
export const moveOwn = 1;
export const moveShared = 2;
/** Visible operations. */
export const moveWeight = 3;
/** Lock that the move makes an exclusive possession, or -1: nobody else may own it. */
export const moveAcquires = 4;
/** Index in `ends` where the move leads to a bad end, else -1. */
export const moveEnd = 5;
/** Where the move changed other CPUs too: place of all parts in `vectors`, else -1. */
export const moveVector = 6;
/** 1 where the state afterwards is to be looked at (a bad end has none). */
export const moveIsKept = 7;
export const moveWidth = 8;

/** A bad end that a move leads to. */
export interface MoveEnd {
  readonly kind: 'bugcheck' | 'livelock';
  readonly text: string;
  readonly extra: number;
}

/** A growing array of rows of one width. */
class Rows {
  values: Int32Array;
  readonly width: number;
  length = 0;

  constructor(width: number) {
    this.width = width;
    this.values = new Int32Array(width * 64);
  }

  add(): number {
    const base = this.length * this.width;
    if (base + this.width > this.values.length) {
      const bigger = new Int32Array(this.values.length * 2);
      bigger.set(this.values);
      this.values = bigger;
    }
    this.length += 1;
    return base;
  }
}

/** Mutable. */
export class MoveTable {
  private readonly entries = new Rows(entryWidth);
  private readonly rows = new Rows(moveWidth);
  private readonly nParts: number;
  private readonly vectorRows: Rows;
  readonly ends: MoveEnd[] = [];

  constructor(nParts: number) {
    this.nParts = nParts;
    this.vectorRows = new Rows(nParts);
  }

  clear(): void {
    this.entries.length = 0;
    this.rows.length = 0;
    this.vectorRows.length = 0;
    this.ends.length = 0;
  }

  get size(): number {
    return this.entries.length;
  }

  /** The moves, `moveWidth` numbers each. */
  get moves(): Int32Array {
    return this.rows.values;
  }

  /** All parts of states that moves with effect on others lead to. */
  get vectors(): Int32Array {
    return this.vectorRows.values;
  }

  /** A new entry. */
  add(waitsFor: number, flags: number): number {
    const base = this.entries.add();
    this.entries.values[base + entryWaits] = waitsFor;
    this.entries.values[base + entryFlags] = flags;
    return base / entryWidth;
  }

  waitsFor(entry: number): number {
    return this.entries.values[entry * entryWidth + entryWaits]!;
  }

  flags(entry: number): number {
    return this.entries.values[entry * entryWidth + entryFlags]!;
  }

  addFlag(entry: number, flag: number): void {
    this.entries.values[entry * entryWidth + entryFlags]! |= flag;
  }

  /** Index in `moves` of the phase's first move, and one past its last. */
  first(entry: number, phase: number): number {
    return this.entries.values[entry * entryWidth + entryPhases + 2 * phase]! * moveWidth;
  }

  past(entry: number, phase: number): number {
    return this.entries.values[entry * entryWidth + entryPhases + 2 * phase + 1]! * moveWidth;
  }

  /** The moves added from here on are the entry's, of this phase. */
  beginPhase(entry: number, phase: number): void {
    const at = entry * entryWidth + entryPhases + 2 * phase;
    this.entries.values[at] = this.rows.length;
    this.entries.values[at + 1] = this.rows.length;
  }

  /** Adds a move: returns the index of its row in `moves`. */
  addMove(entry: number, phase: number): number {
    const base = this.rows.add();
    this.entries.values[entry * entryWidth + entryPhases + 2 * phase + 1] = this.rows.length;
    return base;
  }

  /** Keeps all parts of a state: returns their place in `vectors`. */
  addVector(parts: Int32Array): number {
    const base = this.vectorRows.add();
    this.vectorRows.values.set(parts.subarray(0, this.nParts), base);
    return base;
  }

  /** Copies an entry of another table without vectors: returns its number here. */
  adopt(from: MoveTable, entry: number): number {
    const number = this.add(from.waitsFor(entry), from.flags(entry));
    for (let phase = 0; phase < nPhases; phase += 1) {
      this.beginPhase(number, phase);
      for (let at = from.first(entry, phase); at < from.past(entry, phase); at += moveWidth) {
        const base = this.addMove(number, phase);
        for (let column = 0; column < moveWidth; column += 1)
          this.rows.values[base + column] = from.moves[at + column]!;
        const end = from.moves[at + moveEnd]!;
        if (end < 0) continue;
        this.rows.values[base + moveEnd] = this.ends.length;
        this.ends.push(from.ends[end]!);
      }
    }
    return number;
  }
}

/** From pairs of whole numbers to a whole number; open addressing. */
export class PairMap {
  private keys = new Int32Array(2 * 1024);
  private values = new Int32Array(1024);
  private size = 0;

  private slot(left: number, right: number): number {
    const mask = this.values.length - 1;
    let hash = Math.imul(left ^ Math.imul(right, 0x85ebca6b), 0x9e3779b1);
    hash ^= hash >>> 15;
    let at = hash & mask;
    while (this.values[at] !== 0 && (this.keys[2 * at] !== left || this.keys[2 * at + 1] !== right))
      at = (at + 1) & mask;
    return at;
  }

  /** -1 where there is none. */
  get(left: number, right: number): number {
    return this.values[this.slot(left, right)]! - 1;
  }

  set(left: number, right: number, value: number): void {
    if (this.size * 2 >= this.values.length) this.grow();
    const at = this.slot(left, right);
    if (this.values[at] === 0) this.size += 1;
    this.keys[2 * at] = left;
    this.keys[2 * at + 1] = right;
    this.values[at] = value + 1;
  }

  private grow(): void {
    const { keys, values } = this;
    this.keys = new Int32Array(keys.length * 4);
    this.values = new Int32Array(values.length * 4);
    for (let at = 0; at < values.length; at += 1) {
      if (values[at] === 0) continue;
      const to = this.slot(keys[2 * at]!, keys[2 * at + 1]!);
      this.keys[2 * to] = keys[2 * at]!;
      this.keys[2 * to + 1] = keys[2 * at + 1]!;
      this.values[to] = values[at]!;
    }
  }
}
