/**
 * The body parser's state: where it reads, the nodes it has made, what went wrong. The grammar is in expressions.ts,
 * statements.ts and localDeclarations.ts. Nodes are pooled while parsing; `takeIr` copies them out.
 */
import type { Atom, AtomTable } from './atoms.ts';
import type { BodyStream } from './bodyStream.ts';
import { NodeFlag, type BodyIr, type NodeId, type NodeKind, type Recovery } from './ir.ts';
import { grownInts, TokenKind } from './tokenTable.ts';
import { word } from './vocabulary.ts';
import type { WordClasses } from './wordClasses.ts';

/** Statements and expressions nest no deeper than this; what is deeper is skipped and counted. */
export const deepestNesting = 256;

/** One parse. A class, because the arrays grow and everything below mutates them. */
export class BodyParser {
  // --- input
  at = 0;
  kind: Uint8Array = new Uint8Array(1);
  atom: Int32Array = new Int32Array(1);
  start: Int32Array = new Int32Array(1);
  end: Int32Array = new Int32Array(1);
  macro: Int32Array = new Int32Array(1);
  count = 0;
  splits: readonly number[] = [];
  text = '';
  // --- output
  nodeCount = 0;
  nodeKind = new Uint8Array(1 << 12);
  nodeFlags = new Uint8Array(1 << 12);
  nodeStart = new Int32Array(1 << 12);
  nodeEnd = new Int32Array(1 << 12);
  nodeFirst = new Int32Array(1 << 12);
  nodeNext = new Int32Array(1 << 12);
  nodeAtom = new Int32Array(1 << 12);
  nodeAux = new Int32Array(1 << 12);
  nodeMacro = new Int32Array(1 << 12);
  recoveries: Recovery[] = [];
  // --- state
  depth = 0;
  /** the first thing that went wrong in the current statement, or '' */
  error = '';
  errorOffset = 0;
  /** the last sibling that the statement just parsed made: `int a, b;` gives two nodes */
  lastSibling: NodeId = -1;
  /** names declared in this body and parameters: they are no types */
  readonly locals = new Set<Atom>();
  readonly atoms: AtomTable;
  readonly classes: WordClasses;

  constructor(atoms: AtomTable, classes: WordClasses) {
    this.atoms = atoms;
    this.classes = classes;
  }

  /** Begins a parse of `stream`. */
  load(stream: BodyStream, text: string): void {
    this.kind = stream.kind;
    this.atom = stream.atom;
    this.start = stream.start;
    this.end = stream.end;
    this.macro = stream.macro;
    this.count = stream.count;
    this.splits = stream.splits;
    this.text = text;
    this.at = 0;
    this.nodeCount = 0;
    this.recoveries = [];
    this.depth = 0;
    this.error = '';
    this.lastSibling = -1;
    this.locals.clear();
  }

  /** Makes a node that begins at token `token`. */
  node(kind: NodeKind, token: number): NodeId {
    const id = this.nodeCount;
    if (id === this.nodeKind.length) this.#grow();
    const macro = this.macro[token]!;
    this.nodeKind[id] = kind;
    this.nodeFlags[id] = macro === 0 ? 0 : NodeFlag.FromMacro;
    this.nodeStart[id] = this.start[token]!;
    this.nodeEnd[id] = this.end[token]!;
    this.nodeFirst[id] = -1;
    this.nodeNext[id] = -1;
    this.nodeAtom[id] = 0;
    this.nodeAux[id] = 0;
    this.nodeMacro[id] = macro;
    this.nodeCount = id + 1;
    return id;
  }

  /** Ends a node behind the last token read. */
  close(id: NodeId): NodeId {
    const end = this.at > 0 ? this.end[this.at - 1]! : 0;
    this.nodeEnd[id] = Math.max(end, this.nodeStart[id]!);
    return id;
  }

  /** An Empty node of no width before the current token. */
  empty(kind: NodeKind): NodeId {
    const id = this.node(kind, this.at);
    this.nodeEnd[id] = this.nodeStart[id]!;
    return id;
  }

  /** Appends `child` to `parent`, after `last` (-1 for the first); returns the new last child. */
  append(parent: NodeId, last: NodeId, child: NodeId): NodeId {
    if (last < 0) this.nodeFirst[parent] = child;
    else this.nodeNext[last] = child;
    return child;
  }

  /** The atom of the current token. */
  get current(): Atom {
    return this.atom[this.at]!;
  }

  /** True behind the last token. */
  isAtEnd(): boolean {
    return this.at >= this.count;
  }

  /** Consumes `atom` if it is next. */
  accept(atom: Atom): boolean {
    if (this.atom[this.at] !== atom || this.at >= this.count) return false;
    this.at++;
    return true;
  }

  /** Consumes `atom` or notes that it is missing. */
  expect(atom: Atom): boolean {
    if (this.accept(atom)) return true;
    this.fail(`expected '${this.atoms.text(atom)}' before ${this.describe()}`);
    return false;
  }

  /** Notes the first error of the statement. */
  fail(reason: string): void {
    if (this.error !== '') return;
    this.error = reason;
    this.errorOffset = this.start[Math.min(this.at, this.count)]!;
  }

  /** The current token in words. */
  describe(): string {
    const kind = this.kind[this.at];
    if (this.at >= this.count) return 'the end';
    if (kind === TokenKind.String) return 'a string';
    if (kind === TokenKind.Number) return 'a number';
    if (kind === TokenKind.Identifier) return `'${this.atoms.text(this.current)}'`;
    return kind! > TokenKind.Directive ? '#if' : `'${this.atoms.text(this.current)}'`;
  }

  /** True when the token at `i` stands on another line than the one before it. */
  isLineStart(i: number): boolean {
    if (i === 0 || i >= this.count) return true;
    const from = this.end[i - 1]!;
    const to = this.start[i]!;
    for (let offset = from; offset < to; offset++)
      if (this.text.charCodeAt(offset) === 10 || this.text.charCodeAt(offset) === 13) return true;
    return false;
  }

  /** The position behind the bracket that opens at `i`; the end when it never closes. */
  behindBracket(i: number): number {
    let depth = 0;
    for (let j = i; j < this.count; j++) {
      const a = this.atom[j]!;
      if (a < word['{'] || a > word[']']) continue;
      if (a === word['{'] || a === word['('] || a === word['[']) depth++;
      else if (--depth <= 0) return j + 1;
    }
    return this.count;
  }

  /** Copies the nodes out. */
  takeIr(isParsed: boolean): BodyIr {
    const n = this.nodeCount;
    return {
      nodeCount: n,
      kind: this.nodeKind.slice(0, n),
      flags: this.nodeFlags.slice(0, n),
      start: this.nodeStart.slice(0, n),
      end: this.nodeEnd.slice(0, n),
      first: this.nodeFirst.slice(0, n),
      next: this.nodeNext.slice(0, n),
      atom: this.nodeAtom.slice(0, n),
      aux: this.nodeAux.slice(0, n),
      macro: this.nodeMacro.slice(0, n),
      recoveries: this.recoveries,
      isParsed,
    };
  }

  #grow(): void {
    const size = this.nodeKind.length * 2;
    const kind = new Uint8Array(size);
    kind.set(this.nodeKind);
    this.nodeKind = kind;
    const flags = new Uint8Array(size);
    flags.set(this.nodeFlags);
    this.nodeFlags = flags;
    this.nodeStart = grownInts(this.nodeStart, size);
    this.nodeEnd = grownInts(this.nodeEnd, size);
    this.nodeFirst = grownInts(this.nodeFirst, size);
    this.nodeNext = grownInts(this.nodeNext, size);
    this.nodeAtom = grownInts(this.nodeAtom, size);
    this.nodeAux = grownInts(this.nodeAux, size);
    this.nodeMacro = grownInts(this.nodeMacro, size);
  }
}
