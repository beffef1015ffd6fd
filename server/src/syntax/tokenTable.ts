/** Tokens in typed arrays: the kinds, a growable buffer that tokenizers write, and small helpers for reading a table. */
import type { TokenTable } from './fileStructure.ts';

/** What a token is. Keywords are identifiers; their atoms are constants (vocabulary.ts). */
export const TokenKind = {
  End: 0,
  Identifier: 1,
  Number: 2,
  String: 3,
  Char: 4,
  Punctuation: 5,
  /** A whole preprocessor line. `atom` is its index in the file's directives; its own tokens are in the directive table. */
  Directive: 6,
} as const;
export type TokenKind = (typeof TokenKind)[keyof typeof TokenKind];

/** A growing token table; reused between files, so `finish` copies. */
export class TokenBuffer {
  count = 0;
  kind = new Uint8Array(1 << 14);
  start = new Int32Array(1 << 14);
  end = new Int32Array(1 << 14);
  atom = new Int32Array(1 << 14);

  push(kind: number, start: number, end: number, atom: number): void {
    const i = this.count;
    if (i === this.kind.length) this.#grow();
    this.kind[i] = kind;
    this.start[i] = start;
    this.end[i] = end;
    this.atom[i] = atom;
    this.count = i + 1;
  }

  /** A table of its own with exactly the tokens so far; the buffer is empty afterwards. */
  finish(): TokenTable {
    const count = this.count;
    this.count = 0;
    return {
      count,
      kind: this.kind.slice(0, count),
      start: this.start.slice(0, count),
      end: this.end.slice(0, count),
      atom: this.atom.slice(0, count),
    };
  }

  #grow(): void {
    const size = this.kind.length * 2;
    const kind = new Uint8Array(size);
    kind.set(this.kind);
    this.kind = kind;
    this.start = grownInts(this.start, size);
    this.end = grownInts(this.end, size);
    this.atom = grownInts(this.atom, size);
  }
}

/** A copy of `ints` with room for `size` numbers. */
export function grownInts(ints: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(size);
  grown.set(ints);
  return grown;
}
