/**
 * Which fields and globals a function may write, callees included, as a small Bloom filter over their names: enough to
 * know that a test of `Flags` still holds after a call that writes no `Flags` of anything. It may say yes too often.
 */
import type { Atom, AtomTable } from '../../syntax/atoms.ts';
import { NodeKind } from '../../syntax/ir.ts';
import type { BodyIr, NodeId } from '../../syntax/ir.ts';

/** 256 bits; a name sets the bit of its atom's low byte. */
export type WriteSet = Uint32Array;

const WORDS = 8;

/** Writes nothing. */
export const NO_WRITES: WriteSet = new Uint32Array(WORDS);
/** May write anything: not known yet. */
export const ALL_WRITES: WriteSet = new Uint32Array(WORDS).fill(0xffffffff);

/** The names that the body itself assigns, changes or takes the address of. */
export function writesOfBody(ir: BodyIr, operatorOf: (atom: Atom) => string): WriteSet {
  let set: WriteSet | undefined;
  for (let node = 0; node < ir.nodeCount; node++) {
    const name = writtenName(ir, node, operatorOf);
    if (name < 0) continue;
    set ??= new Uint32Array(WORDS);
    const word = (name >>> 5) & (WORDS - 1);
    set[word] = (set[word] ?? 0) | (1 << (name & 31));
  }
  return set ?? NO_WRITES;
}

function writtenName(ir: BodyIr, node: NodeId, operatorOf: (atom: Atom) => string): Atom {
  const kind = ir.kind[node];
  const isUnary = kind === NodeKind.Unary;
  if (kind !== NodeKind.Assign && kind !== NodeKind.Postfix && !isUnary) return -1;
  if (isUnary && !['++', '--', '&'].includes(operatorOf(ir.atom[node] ?? 0))) return -1;
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

/** Whether the fact kept under `key` may change by code with these writes: some field or global in it may be written. */
export function mayChange(writes: WriteSet, key: string, atoms: AtomTable): boolean {
  if (writes === ALL_WRITES) return true;
  let hasName = false;
  for (const [, name = ''] of key.matchAll(/(?:\.|g:)([A-Za-z_]\w*)/g)) {
    hasName = true;
    const atom = atoms.find(name);
    if (atom < 0) continue;
    if ((((writes[(atom >>> 5) & (WORDS - 1)] ?? 0) >>> (atom & 31)) & 1) === 1) return true;
  }
  return !hasName;
}
