/**
 * Which fields and globals a function may write, callees included, as a small Bloom filter over their names: enough to
 * know that a test of `Flags` still holds after a call that writes no `Flags` of anything. It may say yes too often.
 */
import type { Atom } from '../../syntax/atoms.ts';
import { NodeKind } from '../../syntax/ir.ts';
import type { BodyIr, NodeId } from '../../syntax/ir.ts';

/** 512 bits; a name sets one by a hash of its spelling, so that the answers do not hang on the order in which names were read. */
export type WriteSet = Uint32Array;

const WORDS = 16;

/** Writes nothing. */
export const NO_WRITES: WriteSet = new Uint32Array(WORDS);
/** May write anything: not known yet. */
export const ALL_WRITES: WriteSet = new Uint32Array(WORDS).fill(0xffffffff);

/** The names that the body itself assigns, changes or takes the address of. */
export function writesOfBody(ir: BodyIr, textOf: (atom: Atom) => string): WriteSet {
  let set: WriteSet | undefined;
  for (let node = 0; node < ir.nodeCount; node++) {
    const name = writtenName(ir, node, textOf);
    if (name < 0) continue;
    set ??= new Uint32Array(WORDS);
    const text = textOf(name);
    const bit = bitOf(text, 0, text.length);
    set[bit >>> 5] = (set[bit >>> 5] ?? 0) | (1 << (bit & 31));
  }
  return set ?? NO_WRITES;
}

/** The bit of the name `text[from..to)`. */
function bitOf(text: string, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) & (WORDS * 32 - 1);
}

function writtenName(ir: BodyIr, node: NodeId, textOf: (atom: Atom) => string): Atom {
  const kind = ir.kind[node];
  const isUnary = kind === NodeKind.Unary;
  if (kind !== NodeKind.Assign && kind !== NodeKind.Postfix && !isUnary) return -1;
  if (isUnary && !['++', '--', '&'].includes(textOf(ir.atom[node] ?? 0))) return -1;
  let target = ir.first[node] ?? -1;
  while (target >= 0 && (ir.kind[target] === NodeKind.Index || ir.kind[target] === NodeKind.Cast)) {
    target = ir.first[target] ?? -1;
  }
  const isNamed = target >= 0 && (ir.kind[target] === NodeKind.Member || ir.kind[target] === NodeKind.Name);
  return isNamed ? (ir.atom[target] ?? -1) : -1;
}

/** Names written by either. */
export function unionWrites(a: WriteSet, b: WriteSet): WriteSet {
  if (a === b || b === NO_WRITES) return a;
  if (a === NO_WRITES) return b;
  return a.map((word, i) => word | (b[i] ?? 0));
}

/** Whether the two say the same. */
export function areSameWrites(a: WriteSet, b: WriteSet): boolean {
  return a === b || a.every((word, i) => word === b[i]);
}

/** Whether a yes of `mayChange` can be believed: a set of few names is rarely wrong, that of a large call tree nearly always. */
export function isTelling(writes: WriteSet): boolean {
  let bits = 0;
  for (const word of writes) for (let rest = word; rest !== 0; rest &= rest - 1) bits++;
  return bits <= (WORDS * 32) / 4;
}

const NAMES = /(?:\.|g:)([A-Za-z_]\w*)/g;

/** Whether the fact kept under `key` may change by code with these writes: some field or global in it may be written. */
export function mayChange(writes: WriteSet, key: string): boolean {
  if (writes === ALL_WRITES) return true;
  let hasName = false;
  NAMES.lastIndex = 0;
  for (let match = NAMES.exec(key); match !== null; match = NAMES.exec(key)) {
    hasName = true;
    const to = NAMES.lastIndex;
    const bit = bitOf(key, to - (match[1]?.length ?? 0), to);
    if ((((writes[bit >>> 5] ?? 0) >>> (bit & 31)) & 1) === 1) return true;
  }
  return !hasName;
}
