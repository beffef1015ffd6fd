/**
 * Which operation a CPU would meet next that may have to wait: read off straight-line code once per position, so that the
 * explorer need not run a blocked CPU to know that it is blocked.
 */
import type { Code } from '../program/assembler.ts';
import * as op from '../program/opcodes.ts';

const UNKNOWN = -2;
const NONE = -1;

/** Operations that only lead on to the next one and touch nothing that decides a wait. */
const straight = new Set([
  op.opWork,
  op.opCost,
  op.opReadIrql,
  op.opRaise,
  op.opBegin,
  op.opNote,
  op.opStoreEarly,
  op.opIncrement,
]);

/** Remembers by position. */
export class Lookahead {
  private readonly code: Code;
  private readonly known: Int32Array;

  constructor(code: Code) {
    this.code = code;
    this.known = new Int32Array(code.op.length).fill(UNKNOWN);
  }

  /** Position of that operation; -1 where the code branches or does something else first. */
  next(pc: number): number {
    if (this.known[pc]! === UNKNOWN) this.known[pc] = this.find(pc);
    return this.known[pc]!;
  }

  private find(pc: number): number {
    for (let at = pc; ;) {
      const operation = this.code.op[at]!;
      if (operation >= op.firstMemoryOp && operation !== op.opStoreEarly && operation !== op.opIncrement)
        return at;
      if (operation === op.opReleasing) return at;
      if (operation === op.opJump) {
        if (this.code.a[at]! <= at) return NONE;
        at = this.code.a[at]!;
      } else if (straight.has(operation)) at += 1;
      else return NONE;
    }
  }
}
