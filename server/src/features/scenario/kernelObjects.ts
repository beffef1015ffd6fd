/**
 * Names objects that a routine is given (events, DPCs, interrupts) by type and field, as locks are named, so that a wait and its
 * signal, or a DPC and the call that queues it, find each other across functions.
 */
import type { CallFact } from '../../analysis/facts.ts';
import type { FunctionUnit } from '../../analysis/program.ts';
import { NodeKind, type NodeId } from '../../syntax/ir.ts';
import type { Snapshot } from '../snapshot.ts';

/** "DEVICE_EXTENSION.Done", "g_Done", or '' where the object has no name outside of its function. */
function objectName({ program }: Snapshot, unit: FunctionUnit, argument: NodeId): string {
  const ir = unit.ir();
  let node = argument;
  while (node >= 0) {
    const kind = ir.kind[node];
    const isAddress = kind === NodeKind.Unary && ['&', '*'].includes(program.atoms.text(ir.atom[node] ?? 0));
    if (!isAddress && kind !== NodeKind.Cast && kind !== NodeKind.Index) break;
    node = ir.first[node] ?? -1;
  }
  const name = node < 0 ? '' : program.atoms.text(ir.atom[node] ?? 0);
  if (ir.kind[node] === NodeKind.Member) {
    const base = program.types.typeOfExpression?.(unit, ir.first[node] ?? -1);
    const struct = base === undefined ? undefined : program.types.structOf(unit.file.project, base);
    return struct === undefined ? '' : `${struct}.${name}`;
  }
  return ir.kind[node] === NodeKind.Name ? name : '';
}

/** The name of the object in an argument of a call; '' for a local variable, which nobody else can mean. */
export function objectOfCall(snapshot: Snapshot, unit: FunctionUnit, call: CallFact, index: number): string {
  const argument = call.args[index];
  if (argument === undefined || argument.path.startsWith('l:')) return '';
  const name = objectName(snapshot, unit, argument.node);
  return /^p\d+$/.test(argument.path) && !name.includes('.') ? '' : name;
}
