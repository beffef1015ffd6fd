/**
 * The parts of a state, numbered: what belongs to one CPU, and what all share (lock words, data). Each part is packed by the
 * bits of its slots into a few 32-bit words and kept once, so that a state is a handful of numbers and what a CPU does next
 * can be remembered by the numbers of its own part and the shared one. CPUs that are alike share one numbering.
 */
import type { Program } from '../program/program.ts';
import * as layout from '../program/stateLayout.ts';

const firstCapacity = 1 << 8;

/** Where the slots of one part lie in its packed words. */
interface Packing {
  readonly slots: Int32Array;
  readonly word: Int32Array;
  readonly shift: Int32Array;
  readonly mask: Int32Array;
  /** Taken off before packing: code positions count from the context's entry. */
  readonly offset: Int32Array;
  readonly nWords: number;
}

function packingOf(program: Program, group: readonly number[]): Packing {
  const entry = new Map(program.contexts.map((context) => [context.base, context.entry]));
  const bitsOf = (slot: number): number => program.bits[slot] ?? 0;
  const word: number[] = [];
  const shift: number[] = [];
  let at = 0;
  let used = 0;
  for (const slot of group) {
    if (used + bitsOf(slot) > 32) {
      at += 1;
      used = 0;
    }
    word.push(at);
    shift.push(used);
    used += bitsOf(slot);
  }
  return {
    slots: Int32Array.from(group),
    word: Int32Array.from(word),
    shift: Int32Array.from(shift),
    mask: Int32Array.from(group, (slot) => (bitsOf(slot) >= 32 ? -1 : 2 ** bitsOf(slot) - 1)),
    offset: Int32Array.from(group, (slot) => entry.get(slot) ?? 0),
    nWords: at + 1,
  };
}

/** The numbered contents of one part, or of all CPUs that are alike, each with a few facts. */
class Numbering {
  readonly nWords: number;
  readonly nFacts: number;
  pool: Int32Array;
  facts: Uint8Array;
  private table = new Int32Array(2 * firstCapacity);
  size = 0;

  constructor(nWords: number, nFacts: number) {
    this.nWords = nWords;
    this.nFacts = nFacts;
    this.pool = new Int32Array(nWords * firstCapacity);
    this.facts = new Uint8Array(nFacts * firstCapacity);
  }

  private hash(words: Int32Array, base: number): number {
    let hash = 0x2545f491;
    for (let word = 0; word < this.nWords; word += 1) {
      hash = Math.imul(hash ^ words[base + word]!, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return hash;
  }

  /** The number of these words. */
  intern(packed: Int32Array): number {
    const mask = this.table.length - 1;
    let at = this.hash(packed, 0) & mask;
    for (; this.table[at] !== 0; at = (at + 1) & mask) {
      if (this.isEqual(this.table[at]! - 1, packed)) return this.table[at]! - 1;
    }
    this.table[at] = this.size + 1;
    return this.append(packed);
  }

  private isEqual(number: number, packed: Int32Array): boolean {
    const base = number * this.nWords;
    for (let word = 0; word < this.nWords; word += 1)
      if (this.pool[base + word] !== packed[word]) return false;
    return true;
  }

  private append(packed: Int32Array): number {
    const base = this.size * this.nWords;
    if (base + this.nWords > this.pool.length) {
      const bigger = new Int32Array(this.pool.length * 2);
      bigger.set(this.pool);
      this.pool = bigger;
      const more = new Uint8Array(this.facts.length * 2);
      more.set(this.facts);
      this.facts = more;
    }
    for (let word = 0; word < this.nWords; word += 1) this.pool[base + word] = packed[word]!;
    this.size += 1;
    if (this.size * 2 > this.table.length) this.rehash();
    return this.size - 1;
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

  /** Is the content `left` greater than `right`? */
  isGreater(left: number, right: number): boolean {
    const { pool, nWords } = this;
    for (let word = 0; word < nWords; word += 1) {
      const difference = pool[left * nWords + word]! - pool[right * nWords + word]!;
      if (difference !== 0) return difference > 0;
    }
    return false;
  }
}

/** Mutable, one per exploration. Part `cpu` is a CPU's, part `nCpus` what all share. */
export class Components {
  private readonly program: Program;
  private readonly packings: readonly Packing[];
  private readonly numberings: readonly Numbering[];
  private readonly packed: Int32Array;
  private readonly nLocks: number;

  constructor(program: Program, isSymmetric: boolean) {
    this.program = program;
    this.nLocks = program.locks.length;
    this.packings = groupSlots(program).map((group) => packingOf(program, group));
    const own = this.packings.map(({ nWords }) => new Numbering(nWords, this.nLocks + 1));
    this.numberings = own.map((row, part) => (isSymmetric && part < program.nCpus ? own[0]! : row));
    this.packed = new Int32Array(Math.max(...this.packings.map(({ nWords }) => nWords)));
  }

  /** Number of what the state holds in this part. */
  intern(state: Int32Array, part: number): number {
    const { packed } = this;
    const { slots, word, shift, offset } = this.packings[part]!;
    packed.fill(0);
    for (let at = 0; at < slots.length; at += 1)
      packed[word[at]!]! |= (state[slots[at]!]! - offset[at]!) << shift[at]!;
    const numbering = this.numberings[part]!;
    const before = numbering.size;
    const number = numbering.intern(packed);
    if (number === before && part < this.program.nCpus) this.note(state, part, number);
    return number;
  }

  /** Writes the part with this number into the state; slots that never change are left as they are. */
  load(number: number, part: number, state: Int32Array): void {
    const { slots, word, shift, mask, offset, nWords } = this.packings[part]!;
    const { pool } = this.numberings[part]!;
    const base = number * nWords;
    for (let at = 0; at < slots.length; at += 1)
      state[slots[at]!] = ((pool[base + word[at]!]! >>> shift[at]!) & mask[at]!) + offset[at]!;
  }

  /** Facts: per lock, whether a context of the CPU owns it; then whether the CPU has nothing left to run. */
  private note(state: Int32Array, cpu: number, number: number): void {
    const { contexts, heldSlot, cpuBase } = this.program;
    const { facts } = this.numberings[cpu]!;
    const base = number * (this.nLocks + 1);
    facts[base + this.nLocks] = state[cpuBase[cpu]! + layout.cpuStack] === 0 ? 1 : 0;
    for (let lock = 0; lock < this.nLocks; lock += 1) {
      const isOwner = contexts.some((row, context) => {
        const slot = row.cpu === cpu ? heldSlot[lock * contexts.length + context]! : -1;
        return slot >= 0 && state[slot]! > 0;
      });
      facts[base + lock] = isOwner ? 1 : 0;
    }
  }

  /** Does a context of the CPU own the lock where the CPU's part has this number? */
  isOwner(cpu: number, number: number, lock: number): boolean {
    return this.numberings[cpu]!.facts[number * (this.nLocks + 1) + lock] === 1;
  }

  /** Has the CPU no thread left to run? */
  isFinished(cpu: number, number: number): boolean {
    return this.numberings[cpu]!.facts[number * (this.nLocks + 1) + this.nLocks] === 1;
  }

  /** Order of the contents of two CPUs that are alike. */
  isGreater(left: number, right: number): boolean {
    return this.numberings[0]!.isGreater(left, right);
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
  for (const { base, cpu, kind, nRegisters, arrivals, hasTimer } of program.contexts) {
    groupOf.fill(cpu, base, base + layout.ctxRegisters + nRegisters);
    if (kind === 'thread') isFixed[base + layout.ctxSaved] = 1;
    if (arrivals === undefined && !hasTimer) isFixed[base + layout.ctxArrivals] = 1;
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
