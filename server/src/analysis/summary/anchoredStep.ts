/**
 * Steps of chains that stand in a function and move with it: summaries live longer than one snapshot, offsets do not.
 */
import type { IrqlSet } from '../../protocol/irqlLevels.ts';
import type { TextRange } from '../../syntax/fileStructure.ts';
import type { NodeId } from '../../syntax/ir.ts';
import type { WhyStep } from '../facts.ts';
import type { FunctionUnit } from '../program.ts';

/** The function of an id as it is in the newest snapshot; exchanged when the file changed around it. */
export interface UnitCell {
  unit: FunctionUnit;
}

/** Where in a function a step stands. */
export type Anchor = (unit: FunctionUnit) => { readonly file: string; readonly range: TextRange };

/** A step whose place is looked up when it is asked for. */
class AnchoredStep implements WhyStep {
  readonly #cell: UnitCell;
  readonly #anchor: Anchor;
  readonly message: string;
  readonly irql?: IrqlSet;

  constructor(cell: UnitCell, anchor: Anchor, message: string, irql: IrqlSet | undefined) {
    this.#cell = cell;
    this.#anchor = anchor;
    this.message = message;
    if (irql !== undefined) this.irql = irql;
  }

  get file(): string {
    return this.#anchor(this.#cell.unit).file;
  }

  get range(): TextRange {
    return this.#anchor(this.#cell.unit).range;
  }
}

/** A step at a node of the function's body. */
export function stepAtNode(cell: UnitCell, node: NodeId, message: string): WhyStep {
  return new AnchoredStep(cell, (unit) => nodePlace(unit, node), message, undefined);
}

/** A step anywhere in the function. */
export function stepAt(cell: UnitCell, anchor: Anchor, message: string, irql?: IrqlSet): WhyStep {
  return new AnchoredStep(cell, anchor, message, irql);
}

function nodePlace(unit: FunctionUnit, node: NodeId): { readonly file: string; readonly range: TextRange } {
  const ir = unit.ir();
  return { file: unit.file.path, range: { start: ir.start[node] ?? 0, end: ir.end[node] ?? 0 } };
}
