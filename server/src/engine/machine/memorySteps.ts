/**
 * The operations on memory words. Each takes effect at once and says which line it touched and how; what that costs, and who
 * is woken by it, is the coherence model's business.
 */
import * as op from '../program/opcodes.ts';
import { Access, type Machine, Step } from './machine.ts';

function touch(m: Machine, word: number, access: number): number {
  m.line = m.lineOf[word]!;
  m.access = access;
  return Step.memory;
}

/** Executes the memory operation at `pc` of the context whose block starts at `base`. */
export function stepMemory(m: Machine, base: number, pc: number): number {
  const { code } = m;
  const s = m.state;
  const a = code.a[pc]!;
  const b = code.b[pc]!;
  const c = code.c[pc]!;
  s[base] = pc + 1;
  m.hasFailed = false;
  switch (code.op[pc]!) {
    case op.opTestAndSet:
      if (s[a] === 0) {
        s[a] = 1;
        s[base] = b;
      } else m.hasFailed = c === 1;
      return touch(m, a, Access.locked);
    case op.opLockedStore:
      s[a] = b;
      return touch(m, a, Access.lockedRelease);
    case op.opStore:
      s[a] = b;
      return touch(m, a, Access.store);
    case op.opStoreSlot:
      s[a] = s[b]!;
      return touch(m, a, Access.store);
    case op.opStoreEarly:
      s[a] = b;
      return touch(m, a, Access.storeEarly);
    case op.opStoreIndexed: {
      const word = a + s[b]! * c;
      s[word] = code.d[pc]!;
      return touch(m, word, Access.store);
    }
    case op.opLoad:
      s[a] = s[b]!;
      return touch(m, b, Access.load);
    case op.opLoadEarly:
      s[a] = s[b]!;
      return touch(m, b, Access.loadEarly);
    case op.opLoadIndexed: {
      const word = b + s[c]! * code.d[pc]!;
      s[a] = s[word]!;
      return touch(m, word, Access.load);
    }
    case op.opSwapSlot: {
      const old = s[b]!;
      s[b] = s[c]!;
      s[a] = old;
      return touch(m, b, Access.locked);
    }
    case op.opIncrement:
      m.line = a;
      m.access = Access.increment;
      return Step.memory;
    case op.opBump:
      s[a] = s[a]! + b;
      return touch(m, a, Access.store);
    default:
      return m.code.op[pc]! <= op.opAndNot ? stepLocked(m, base, pc) : stepWait(m, base, pc);
  }
}

function stepLocked(m: Machine, base: number, pc: number): number {
  const { code } = m;
  const s = m.state;
  const a = code.a[pc]!;
  const b = code.b[pc]!;
  const c = code.c[pc]!;
  const d = code.d[pc]!;
  switch (code.op[pc]!) {
    case op.opSwap:
      s[a] = s[b]!;
      s[b] = c;
      return touch(m, b, Access.locked);
    case op.opCompareAndSwap:
      if (s[a] === b) {
        s[a] = c;
        s[base] = d;
      }
      return touch(m, a, Access.locked);
    case op.opFetchAndAdd: {
      s[a] = s[b]!;
      const sum = s[b]! + c;
      s[b] = d === 0 ? sum : sum % d;
      return touch(m, b, Access.locked);
    }
    case op.opAddUnless:
      if ((s[a]! & b) === 0) {
        s[a] = s[a]! + c;
        s[base] = d;
      }
      return touch(m, a, Access.locked);
    case op.opOr:
      s[a] = s[a]! | b;
      return touch(m, a, Access.locked);
    default:
      s[a] = s[a]! & ~b;
      return touch(m, a, Access.locked);
  }
}

/** The word that a waiting operation looks at. */
export function waitedWord(m: Machine, pc: number): number {
  const { code } = m;
  const a = code.a[pc]!;
  return code.op[pc] === op.opWaitWhileIndexed ? a + m.state[code.b[pc]!]! * code.c[pc]! : a;
}

/** True where the waiting operation at `pc` cannot go on. */
export function mustWait(m: Machine, pc: number): boolean {
  const { code } = m;
  const value = m.state[waitedWord(m, pc)]!;
  const b = code.b[pc]!;
  switch (code.op[pc]!) {
    case op.opSpinTestAndSet:
      return value !== 0;
    case op.opWaitWhileEqual:
      return value === b;
    case op.opWaitWhileNotSlot:
      return value !== m.state[b]!;
    case op.opWaitWhileBits:
      return (value & b) !== 0;
    default:
      return value === code.d[pc]!;
  }
}

function stepWait(m: Machine, base: number, pc: number): number {
  const word = waitedWord(m, pc);
  const isLockedSpin = m.code.op[pc] === op.opSpinTestAndSet;
  touch(m, word, isLockedSpin ? Access.lockedSpin : Access.load);
  if (mustWait(m, pc) && !(m.isLatched && !isLockedSpin)) {
    m.state[base] = pc;
    return Step.wait;
  }
  if (isLockedSpin) m.state[word] = 1;
  return Step.memory;
}
