/**
 * The set of visited states: each packed by the bits of its slots into a few 32-bit words, found by open addressing. The slots
 * of one CPU lie together in whole words, so that a transition packs only its own CPU again, and CPUs that are alike can be
 * sorted. Numbers of states are given in order of insertion, 0 upwards.
 */
import type { Program } from '../program/program.ts';
import * as layout from '../program/stateLayout.ts';

const firstCapacity = 1 << 15;

/** Mutable, one per exploration. */
export class StateStore {
  private readonly nCpus: number;
  private readonly isSymmetric: boolean;
  /** Slots in the order of packing, with word, shift, mask and offset; group g is `groupSlot[g] .. groupSlot[g + 1]`. */
  private readonly slots: Int32Array;
  private readonly wordOf: Int32Array;
  private readonly shiftOf: Int32Array;
  private readonly maskOf: Int32Array;
  private readonly offsetOf: Int32Array;
  private readonly groupSlot: Int32Array;
  private readonly groupWord: Int32Array;
  readonly nWords: number;
  private pool: Int32Array;
  private table: Int32Array;
  private readonly packed: Int32Array;
  size = 0;

  constructor(program: Program, isSymmetric: boolean) {
    this.nCpus = program.nCpus;
    this.isSymmetric = isSymmetric;
    const groups = groupSlots(program);
    const all = groups.flat();
    this.slots = Int32Array.from(all);
    this.wordOf = new Int32Array(all.length);
    this.shiftOf = new Int32Array(all.length);
    this.maskOf = new Int32Array(all.length);
    this.offsetOf = new Int32Array(all.length);
    this.groupSlot = new Int32Array(groups.length + 1);
    this.groupWord = new Int32Array(groups.length + 1);
    const entry = new Map(program.contexts.map((context) => [context.base, context.entry]));
    let at = 0;
    let word = 0;
    groups.forEach((group, index) => {
      let used = 0;
      this.groupSlot[index] = at;
      this.groupWord[index] = word;
      for (const slot of group) {
        const bits = program.bits[slot]!;
        if (used + bits > 32) {
          word += 1;
          used = 0;
        }
        this.wordOf[at] = word;
        this.shiftOf[at] = used;
        this.maskOf[at] = bits >= 32 ? -1 : 2 ** bits - 1;
        this.offsetOf[at] = entry.get(slot) ?? 0;
        used += bits;
        at += 1;
      }
      if (used > 0) word += 1;
    });
    this.groupSlot[groups.length] = at;
    this.groupWord[groups.length] = word;
    this.nWords = word;
    this.packed = new Int32Array(word);
    this.pool = new Int32Array(word * (firstCapacity >> 1));
    this.table = new Int32Array(firstCapacity);
  }

  /** Copies the slots of one CPU and the shared ones. */
  copyGroup(source: Int32Array, target: Int32Array, cpu: number): void {
    const { slots, groupSlot } = this;
    for (let at = groupSlot[cpu]!; at < groupSlot[cpu + 1]!; at += 1)
      target[slots[at]!] = source[slots[at]!]!;
    for (let at = groupSlot[this.nCpus]!; at < slots.length; at += 1)
      target[slots[at]!] = source[slots[at]!]!;
  }

  private packGroup(state: Int32Array, group: number): void {
    const { packed, slots, wordOf, shiftOf, offsetOf } = this;
    packed.fill(0, this.groupWord[group], this.groupWord[group + 1]);
    const end = this.groupSlot[group + 1]!;
    for (let at = this.groupSlot[group]!; at < end; at += 1) {
      packed[wordOf[at]!]! |= (state[slots[at]!]! - offsetOf[at]!) << shiftOf[at]!;
    }
  }

  /** Is the packed group `left` greater than `right`? The groups have the same number of words. */
  private isGreater(left: number, right: number): boolean {
    const width = this.groupWord[1]! - this.groupWord[0]!;
    const from = this.groupWord[left]!;
    const to = this.groupWord[right]!;
    for (let word = 0; word < width; word += 1) {
      const difference = this.packed[from + word]! - this.packed[to + word]!;
      if (difference !== 0) return difference > 0;
    }
    return false;
  }

  private swapGroups(left: number, right: number): void {
    const width = this.groupWord[1]! - this.groupWord[0]!;
    const from = this.groupWord[left]!;
    const to = this.groupWord[right]!;
    for (let word = 0; word < width; word += 1) {
      const value = this.packed[from + word]!;
      this.packed[from + word] = this.packed[to + word]!;
      this.packed[to + word] = value;
    }
  }

  private sortGroups(): void {
    for (let cpu = 1; cpu < this.nCpus; cpu += 1) {
      for (let at = cpu; at > 0 && this.isGreater(at - 1, at); at -= 1) this.swapGroups(at - 1, at);
    }
  }

  /** Which real CPU stands at each place of the sorted state. */
  order(state: Int32Array): readonly number[] {
    const order = Array.from({ length: this.nCpus }, (_, cpu) => cpu);
    if (!this.isSymmetric) return order;
    for (let group = 0; group <= this.nCpus; group += 1) this.packGroup(state, group);
    for (let cpu = 1; cpu < this.nCpus; cpu += 1) {
      for (let at = cpu; at > 0 && this.isGreater(at - 1, at); at -= 1) {
        this.swapGroups(at - 1, at);
        [order[at - 1], order[at]] = [order[at]!, order[at - 1]!];
      }
    }
    return order;
  }

  private hash(words: Int32Array, base: number): number {
    let hash = 0x2545f491;
    for (let word = 0; word < this.nWords; word += 1) {
      hash = Math.imul(hash ^ words[base + word]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash;
  }

  /**
   * Number of this state, negative (-1 - number) where it was known already. Where `cpu` >= 0 the state differs from state
   * number `parent` in that CPU's slots and the shared ones only.
   */
  insert(state: Int32Array, cpu: number, parent: number): number {
    const { packed, nWords } = this;
    if (cpu < 0) for (let group = 0; group <= this.nCpus; group += 1) this.packGroup(state, group);
    else {
      const base = parent * nWords;
      for (let word = 0; word < nWords; word += 1) packed[word] = this.pool[base + word]!;
      this.packGroup(state, cpu);
      this.packGroup(state, this.nCpus);
    }
    if (this.isSymmetric) this.sortGroups();
    const mask = this.table.length - 1;
    for (let at = this.hash(packed, 0) & mask; ; at = (at + 1) & mask) {
      const entry = this.table[at]! - 1;
      if (entry < 0) {
        this.table[at] = this.size + 1;
        return this.append();
      }
      if (this.isEqual(entry)) return -1 - entry;
    }
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
    const base = number * this.nWords;
    for (let word = 0; word < this.nWords; word += 1) this.pool[base + word] = this.packed[word]!;
    this.size += 1;
    if (this.size * 2 > this.table.length) this.rehash();
    return number;
  }

  private rehash(): void {
    this.table = new Int32Array(this.table.length * 4);
    const mask = this.table.length - 1;
    for (let number = 0; number < this.size; number += 1) {
      let at = this.hash(this.pool, number * this.nWords) & mask;
      while (this.table[at] !== 0) at = (at + 1) & mask;
      this.table[at] = number + 1;
    }
  }

  /** Writes state number `number` into `state`; slots that never change are left as they are. */
  load(number: number, state: Int32Array): void {
    const base = number * this.nWords;
    const { slots, wordOf, shiftOf, maskOf, offsetOf, pool } = this;
    for (let at = 0; at < slots.length; at += 1) {
      state[slots[at]!] = ((pool[base + wordOf[at]!]! >>> shiftOf[at]!) & maskOf[at]!) + offsetOf[at]!;
    }
  }
}

/** The slots of each CPU (its block, its contexts, what they own), then the shared ones; without those that never change. */
function groupSlots(program: Program): readonly number[][] {
  const groups: number[][] = Array.from({ length: program.nCpus + 1 }, () => []);
  const groupOf = new Int32Array(program.bits.length).fill(program.nCpus);
  const isFixed = new Uint8Array(program.bits.length);
  const nContexts = program.contexts.length;
  for (let cpu = 0; cpu < program.nCpus; cpu += 1) {
    const base = program.cpuBase[cpu]!;
    const next = cpu + 1 < program.nCpus ? program.cpuBase[cpu + 1]! : firstSlotAfterCpus(program);
    groupOf.fill(cpu, base, next);
    isFixed[base + layout.cpuQuantumEnd] = 1;
    if (program.contexts.some((row) => row.cpu === cpu && row.kind === 'dpc')) continue;
    for (const slot of [layout.cpuDpcActive, layout.cpuDpcSaved, layout.cpuDpcRequested])
      isFixed[base + slot] = 1;
  }
  for (const { base, cpu, kind, nRegisters, arrivals } of program.contexts) {
    groupOf.fill(cpu, base, base + layout.ctxRegisters + nRegisters);
    if (kind === 'thread') isFixed[base + layout.ctxSaved] = 1;
    if (arrivals === undefined) isFixed[base + layout.ctxArrivals] = 1;
  }
  program.heldSlot.forEach((slot, index) => {
    if (slot >= 0) groupOf[slot] = program.contexts[index % nContexts]!.cpu;
  });
  groupOf.forEach((group, slot) => {
    if (isFixed[slot] === 0) groups[group]!.push(slot);
  });
  return groups;
}

function firstSlotAfterCpus(program: Program): number {
  const last = program.nCpus - 1;
  const nDpcs = program.contexts.filter(
    (row) => row.cpu === last && (row.kind === 'dpc' || row.kind === 'threadedDpc'),
  ).length;
  return program.queueBase[last]! + nDpcs;
}
