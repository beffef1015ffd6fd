/**
 * Writes micro-operations into one growing code array, with labels that are filled in when they are placed.
 * Lock kinds and the statement compiler both write through it; it knows nothing of locks, costs or scenarios.
 */
import { invariant } from '../../base/invariant.ts';
import * as op from './opcodes.ts';

/** A place in the code that may be used before it is known. */
export interface Label {
  pc: number;
  readonly uses: { readonly pc: number; readonly operand: number }[];
}

/** Compiled operations in parallel arrays. */
export interface Code {
  readonly op: Uint8Array;
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly c: Int32Array;
  readonly d: Int32Array;
  /** Index in the program's locations, or -1. */
  readonly location: Int32Array;
  /** Lock that a waiting or locked operation belongs to, or -1. */
  readonly lock: Int16Array;
}

/** Rows under construction. `location` and `lock` are stamped on every row written while they are set. */
export class Assembler {
  private readonly rows: number[][] = [];
  location = -1;
  lock = -1;

  get pc(): number {
    return this.rows.length;
  }

  emit(code: number, a = 0, b = 0, c = 0, d = 0): void {
    this.rows.push([code, a, b, c, d, this.location, this.lock]);
  }

  label(): Label {
    return { pc: -1, uses: [] };
  }

  place(label: Label): void {
    invariant(label.pc < 0, 'a label is placed once');
    label.pc = this.pc;
    for (const use of label.uses) this.patch(use.pc, use.operand, label.pc);
  }

  /** Emits an operation whose operand number `operand` (1 = a ... 4 = d) is the label. */
  emitTo(label: Label, operand: number, code: number, a = 0, b = 0, c = 0, d = 0): void {
    const at = this.pc;
    this.emit(code, a, b, c, d);
    if (label.pc >= 0) this.patch(at, operand, label.pc);
    else label.uses.push({ pc: at, operand });
  }

  jump(label: Label): void {
    this.emitTo(label, 1, op.opJump);
  }

  /** The code as typed arrays. */
  finish(): Code {
    const column = (index: number): Int32Array => Int32Array.from(this.rows, (row) => row[index] ?? 0);
    return {
      op: Uint8Array.from(this.rows, (row) => row[0] ?? 0),
      a: column(1),
      b: column(2),
      c: column(3),
      d: column(4),
      location: column(5),
      lock: Int16Array.from(this.rows, (row) => row[6] ?? -1),
    };
  }

  private patch(pc: number, operand: number, target: number): void {
    const row = this.rows[pc];
    invariant(row !== undefined, 'a label is used inside the code');
    row[operand] = target;
  }
}
