/**
 * Calls made for the crash dump only: `if (IsDumpMode(..)) ...` and the `else` of its negation. A storage driver then runs on one
 * CPU with everything else stopped, and calls directly what it otherwise leaves to a DPC: no evidence of levels for daily work.
 */
import { NodeKind, type BodyIr, type NodeId } from '../../syntax/ir.ts';
import type { FunctionUnit } from '../program.ts';

const DUMP = /dump(?:ing|mode)|(?:is|in)_?(?:crash_?)?dump|crash_?dump/i;

/** The nodes that stand under a condition that speaks of the crash dump; undefined for bodies without such a condition. */
export function dumpModeTest(unit: FunctionUnit): ((node: NodeId) => boolean) | undefined {
  const { file, head } = unit;
  if (!DUMP.test(file.text.slice(head.bodyRange.start, head.bodyRange.end))) return undefined;
  const ir = unit.ir();
  const ranges = dumpBranches(ir, file.text);
  return (node) => {
    const at = ir.start[node] ?? 0;
    return ranges.some(({ start, end }) => start <= at && at < end);
  };
}

function dumpBranches(ir: BodyIr, text: string): { readonly start: number; readonly end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  for (let node = 0; node < ir.nodeCount; node++) {
    if (ir.kind[node] !== NodeKind.If) continue;
    const condition = ir.first[node] ?? -1;
    const written = text.slice(ir.start[condition], ir.end[condition]);
    if (!DUMP.test(written)) continue;
    const then = ir.next[condition] ?? -1;
    const branch = /^\W*!/.test(written) ? (ir.next[then] ?? -1) : then;
    if (branch >= 0) ranges.push({ start: ir.start[branch] ?? 0, end: ir.end[branch] ?? 0 });
  }
  return ranges;
}
