/**
 * The set of visited states: each packed by the bits of its slots into a few 32-bit words, found by open addressing.
 * Numbers of states are given in order of insertion, 0 upwards.
 */
import type { Program } from '../program/program.ts';

const firstCapacity = 1 << 14;

/** Mutable, one per exploration. */
export class StateStore {
  private readonly wordOf: Int32Array;
  private readonly shiftOf: Int32Array;
  private readonly maskOf: Int32Array;
  /** Taken off a slot before packing (code positions start at the context's entry). */
  private readonly offsetOf: Int32Array;
  readonly nWords: number;
  private pool: Int32Array;
  private table: Int32Array;
  private readonly packed: Int32Array;
  size = 0;
  /** Bytes that the store takes now. */
  get bytes(): number {
    return this.pool.byteLength + this.table.byteLength;
  }

  constructor(program: Program) {
    const n = program.bits.length;
    this.wordOf = new Int32Array(n);
    this.shiftOf = new Int32Array(n);
    this.maskOf = new Int32Array(n);
    this.offsetOf = new Int32Array(n);
    let word = 0;
    let used = 0;
    for (let slot = 0; slot < n; slot += 1) {
      const bits = program.bits[slot]!;
      if (used + bits > 32) {
        word += 1;
        used = 0;
      }
      this.wordOf[slot] = word;
      this.shiftOf[slot] = used;
      this.maskOf[slot] = bits >= 32 ? -1 : 2 ** bits - 1;
      used += bits;
    }
    for (const context of program.contexts) this.offsetOf[context.base] = context.entry;
    this.nWords = word + 1;
    this.packed = new Int32Array(this.nWords);
    this.pool = new Int32Array(this.nWords * (firstCapacity >> 1));
    this.table = new Int32Array(firstCapacity);
  }

  /** Number of this state, negative (-1 - number) where it was known already. */
  insert(state: Int32Array): number {
    const { packed, nWords, wordOf, shiftOf, offsetOf } = this;
    packed.fill(0);
    for (let slot = 0; slot < wordOf.length; slot += 1) {
      packed[wordOf[slot]!]! |= (state[slot]! - offsetOf[slot]!) << shiftOf[slot]!;
    }
    let hash = 0x2545f491;
    for (let word = 0; word < nWords; word += 1) {
      hash = Math.imul(hash ^ packed[word]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    const mask = this.table.length - 1;
    for (let at = hash & mask; ; at = (at + 1) & mask) {
      const entry = this.table[at]! - 1;
      if (entry < 0) {
        this.table[at] = this.size + 1;
        break;
      }
      if (this.isEqual(entry)) return -1 - entry;
    }
    return this.append();
  }

  private isEqual(entry: number): boolean {
    const base = entry * this.nWords;
    for (let word = 0; word < this.nWords; word += 1)
      if (this.pool[base + word] !== this.packed[word]) return false;
    return true;
  }

  private append(): number {
    const number = this.size;
    if ((number + 1) * this.nWords > this.pool.length) {
      const bigger = new Int32Array(this.pool.length * 2);
      bigger.set(this.pool);
      this.pool = bigger;
    }
    this.pool.set(this.packed, number * this.nWords);
    this.size += 1;
    if (this.size * 2 > this.table.length) this.rehash();
    return number;
  }

  private rehash(): void {
    this.table = new Int32Array(this.table.length * 2);
    const mask = this.table.length - 1;
    for (let number = 0; number < this.size; number += 1) {
      let hash = 0x2545f491;
      for (let word = 0; word < this.nWords; word += 1) {
        hash = Math.imul(hash ^ this.pool[number * this.nWords + word]!, 0x9e3779b1);
        hash ^= hash >>> 15;
      }
      let at = hash & mask;
      while (this.table[at] !== 0) at = (at + 1) & mask;
      this.table[at] = number + 1;
    }
  }

  /** Writes state number `number` into `state`. */
  load(number: number, state: Int32Array): void {
    const base = number * this.nWords;
    const { wordOf, shiftOf, maskOf, offsetOf, pool } = this;
    for (let slot = 0; slot < wordOf.length; slot += 1) {
      state[slot] = ((pool[base + wordOf[slot]!]! >>> shiftOf[slot]!) & maskOf[slot]!) + offsetOf[slot]!;
    }
  }
}
