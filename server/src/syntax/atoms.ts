/**
 * Interned identifiers: one number per distinct spelling, shared by all files of a workspace.
 * Comparing names is comparing numbers; the table only grows and never frees.
 */
import { seededWords } from './vocabulary.ts';

/** The number of an interned spelling; 0 is the empty string. */
export type Atom = number;

/** A two-way table between spellings and atoms. */
export interface AtomTable {
  /** The atom of `text`, created when new. */
  intern(text: string): Atom;
  /** The atom of the code units `codes[start..end)`, created when new; `hash` is h = h * 31 + code, as int32 from 0. */
  internCodes(codes: Uint16Array, start: number, end: number, hash: number): Atom;
  /** The atom of `text`, or -1 when it was never interned; does not grow the table. */
  find(text: string): Atom;
  /** The spelling of `atom`. */
  text(atom: Atom): string;
  /** How many atoms exist; valid atoms are 0..size-1. */
  readonly size: number;
}

function hashText(text: string): number {
  let hash = 0;
  for (let i = 0; i < text.length; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
  return hash;
}

/** Spreads a hash over the slots: the low bits of h * 31 + c alone collide for names that differ at their ends. */
function slotOf(hash: number, mask: number): number {
  return (hash ^ (hash >>> 15) ^ (hash >>> 7)) & mask;
}

/** Open addressing over code units, so that scanning an identifier that is known allocates nothing. */
class InternTable implements AtomTable {
  readonly #texts: string[] = [];
  #hashes = new Int32Array(1 << 12);
  #offsets = new Int32Array(1 << 12);
  #pool = new Uint16Array(1 << 16);
  #poolUsed = 0;
  #slots = new Int32Array(1 << 13).fill(-1);

  get size(): number {
    return this.#texts.length;
  }

  text(atom: Atom): string {
    return this.#texts[atom] ?? '';
  }

  find(text: string): Atom {
    const mask = this.#slots.length - 1;
    for (let slot = slotOf(hashText(text), mask); ; slot = (slot + 1) & mask) {
      const atom = this.#slots[slot]!;
      if (atom < 0 || this.#texts[atom] === text) return atom;
    }
  }

  intern(text: string): Atom {
    const known = this.find(text);
    if (known >= 0) return known;
    this.#reservePool(text.length);
    for (let i = 0; i < text.length; i++) this.#pool[this.#poolUsed + i] = text.charCodeAt(i);
    return this.#add(text, hashText(text));
  }

  internCodes(codes: Uint16Array, start: number, end: number, hash: number): Atom {
    const mask = this.#slots.length - 1;
    for (let slot = slotOf(hash, mask); ; slot = (slot + 1) & mask) {
      const atom = this.#slots[slot]!;
      if (atom < 0) break;
      if (this.#hashes[atom] === hash && this.#isSame(atom, codes, start, end)) return atom;
    }
    const length = end - start;
    this.#reservePool(length);
    this.#pool.set(codes.subarray(start, end), this.#poolUsed);
    return this.#add(textOfCodes(codes, start, end), hash);
  }

  #isSame(atom: Atom, codes: Uint16Array, start: number, end: number): boolean {
    const offset = this.#offsets[atom]!;
    if (this.#offsets[atom + 1]! - offset !== end - start) return false;
    const pool = this.#pool;
    for (let i = start, j = offset; i < end; i++, j++) if (codes[i] !== pool[j]) return false;
    return true;
  }

  #reservePool(length: number): void {
    if (this.#poolUsed + length <= this.#pool.length) return;
    const grown = new Uint16Array(Math.max(this.#pool.length * 2, this.#poolUsed + length));
    grown.set(this.#pool);
    this.#pool = grown;
  }

  /** The spelling's code units stand at the end of the pool already. */
  #add(text: string, hash: number): Atom {
    const atom = this.#texts.length;
    if (atom + 2 > this.#hashes.length) this.#growAtoms();
    if (atom * 2 >= this.#slots.length) this.#growSlots();
    this.#texts.push(text);
    this.#hashes[atom] = hash;
    this.#poolUsed += text.length;
    this.#offsets[atom + 1] = this.#poolUsed;
    this.#place(atom);
    return atom;
  }

  #place(atom: Atom): void {
    const mask = this.#slots.length - 1;
    let slot = slotOf(this.#hashes[atom]!, mask);
    while (this.#slots[slot]! >= 0) slot = (slot + 1) & mask;
    this.#slots[slot] = atom;
  }

  #growAtoms(): void {
    const hashes = new Int32Array(this.#hashes.length * 2);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    const offsets = new Int32Array(this.#offsets.length * 2);
    offsets.set(this.#offsets);
    this.#offsets = offsets;
  }

  #growSlots(): void {
    this.#slots = new Int32Array(this.#slots.length * 4).fill(-1);
    for (let atom = 0; atom < this.#texts.length; atom++) this.#place(atom);
  }
}

function textOfCodes(codes: Uint16Array, start: number, end: number): string {
  let text = '';
  for (let i = start; i < end; i += 4096) {
    const chunk = codes.subarray(i, Math.min(i + 4096, end));
    text += String.fromCharCode.apply(null, chunk as unknown as number[]);
  }
  return text;
}

/** Makes an atom table that holds only the front end's own words (atom 0 is the empty string). */
export function createAtomTable(): AtomTable {
  const table = new InternTable();
  for (const text of seededWords) table.intern(text);
  return table;
}
