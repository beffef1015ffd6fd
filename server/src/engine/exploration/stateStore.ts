/**
 * The set of visited states. A state is one number per part (`components.ts`); states are found by open addressing. CPUs that
 * are alike are sorted first, so that states that differ by renaming are one. Numbers are given in order of insertion, 0 upwards.
 * How a state was reached stands beside its parts, so that meeting a known state costs one look at memory.
 */
import type { Components } from './components.ts';

const firstCapacity = 1 << 15;
/** Columns behind the parts: the state before, the move from there, twice the distance plus 1 where the state was looked at. */
const parentColumn = 0;
const moveColumn = 1;
const distanceColumn = 2;
const nColumns = 3;

/** Mutable, one per exploration. */
export class StateStore {
  private readonly nParts: number;
  private readonly width: number;
  private readonly nCpus: number;
  private readonly isSymmetric: boolean;
  private readonly components: Components;
  private pool: Int32Array;
  private table: Int32Array;
  size = 0;

  /** `nParts`: one per CPU, the shared one, and what the explorer adds. */
  constructor(components: Components, nCpus: number, nParts: number, isSymmetric: boolean) {
    this.components = components;
    this.nCpus = nCpus;
    this.nParts = nParts;
    this.isSymmetric = isSymmetric;
    this.width = nParts + nColumns;
    this.pool = new Int32Array(this.width * (firstCapacity >> 1));
    this.table = new Int32Array(firstCapacity);
  }

  private hash(words: Int32Array, base: number): number {
    let hash = 0x2545f491;
    for (let part = 0; part < this.nParts; part += 1) {
      hash = Math.imul(hash ^ words[base + part]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash;
  }

  /** Number of the state with these parts, negative (-1 - number) where it was known already. Sorts `parts` in place. */
  insert(parts: Int32Array): number {
    if (this.isSymmetric) this.sort(parts, undefined);
    const { table, pool, nParts, width } = this;
    const mask = table.length - 1;
    for (let at = this.hash(parts, 0) & mask; ; at = (at + 1) & mask) {
      const entry = table[at]! - 1;
      if (entry < 0) {
        table[at] = this.size + 1;
        return this.append(parts);
      }
      let part = 0;
      for (const base = entry * width; part < nParts; part += 1) if (pool[base + part] !== parts[part]) break;
      if (part === nParts) return -1 - entry;
    }
  }

  /** Which real CPU stands at each place once the parts are sorted. Sorts `parts` in place. */
  order(parts: Int32Array): readonly number[] {
    const order = Array.from({ length: this.nCpus }, (_, cpu) => cpu);
    if (this.isSymmetric) this.sort(parts, order);
    return order;
  }

  private sort(parts: Int32Array, order: number[] | undefined): void {
    for (let cpu = 1; cpu < this.nCpus; cpu += 1) {
      for (let at = cpu; at > 0; at -= 1) {
        const [left, right] = [parts[at - 1]!, parts[at]!];
        if (left === right || !this.components.isGreater(left, right)) break;
        parts[at - 1] = right;
        parts[at] = left;
        if (order !== undefined) [order[at - 1], order[at]] = [order[at]!, order[at - 1]!];
      }
    }
  }

  private append(parts: Int32Array): number {
    const number = this.size;
    const base = number * this.width;
    if (base + this.width > this.pool.length) {
      const bigger = new Int32Array(this.pool.length * 2);
      bigger.set(this.pool);
      this.pool = bigger;
    }
    for (let part = 0; part < this.nParts; part += 1) this.pool[base + part] = parts[part]!;
    this.size += 1;
    if (this.size * 2 > this.table.length) this.rehash();
    return number;
  }

  private rehash(): void {
    this.table = new Int32Array(this.table.length * 4);
    const mask = this.table.length - 1;
    for (let number = 0; number < this.size; number += 1) {
      let at = this.hash(this.pool, number * this.width) & mask;
      while (this.table[at] !== 0) at = (at + 1) & mask;
      this.table[at] = number + 1;
    }
  }

  /** Writes the parts of state number `number` into `parts`. */
  load(number: number, parts: Int32Array): void {
    const base = number * this.width;
    for (let part = 0; part < this.nParts; part += 1) parts[part] = this.pool[base + part]!;
  }

  /** Notes how the state is reached; it is to be looked at. */
  setOrigin(number: number, parent: number, move: number, distance: number): void {
    const base = number * this.width + this.nParts;
    this.pool[base + parentColumn] = parent;
    this.pool[base + moveColumn] = move;
    this.pool[base + distanceColumn] = 2 * distance;
  }

  parent(number: number): number {
    return this.pool[number * this.width + this.nParts + parentColumn]!;
  }

  move(number: number): number {
    return this.pool[number * this.width + this.nParts + moveColumn]!;
  }

  distance(number: number): number {
    return this.pool[number * this.width + this.nParts + distanceColumn]! >> 1;
  }

  isDone(number: number): boolean {
    return (this.pool[number * this.width + this.nParts + distanceColumn]! & 1) === 1;
  }

  setDone(number: number): void {
    this.pool[number * this.width + this.nParts + distanceColumn]! |= 1;
  }
}
