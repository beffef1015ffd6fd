/**
 * Whether the old IRQL (or queue handle) that a call saved can still be given back by anybody: it cannot when it lies in a
 * local that nobody looks at any more.
 */
import type { CallFact } from '../../analysis/facts.ts';
import type { LockEffect } from '../../ddi/ddiFacts.ts';
import { NodeKind, type NodeId } from '../../syntax/ir.ts';
import { parentOf } from '../fixes/editCall.ts';
import type { FunctionContext } from '../rule.ts';
import { callAt } from './report.ts';

/** The canonical path of the variable that a raise puts the old IRQL in; undefined where the result is dropped or goes elsewhere. */
export function savedIn(context: FunctionContext, call: CallFact, effect: LockEffect): string | undefined {
  if (effect.irqlOutArg !== undefined) {
    const place = call.args[effect.irqlOutArg];
    return place?.isAddressOf === true ? place.path : undefined;
  }
  const ir = context.facts.unit.ir();
  const parent = parentOf(context, call.node) ?? -1;
  const target = ir.kind[parent] === NodeKind.Decl ? parent : (ir.first[parent] ?? -1);
  const isStored = ir.kind[parent] === NodeKind.Decl || ir.kind[target] === NodeKind.Name;
  if (!isStored || target === call.node) return undefined;
  const name = context.program.atoms.text(ir.atom[target] ?? 0);
  return isDeclaredHere(context, ir.atom[target] ?? 0) ? `l:${name}` : undefined;
}

function isDeclaredHere(context: FunctionContext, atom: number): boolean {
  const ir = context.facts.unit.ir();
  return ir.kind.some((kind, node) => kind === NodeKind.Decl && ir.atom[node] === atom);
}

/**
 * The value that the call at `node` saved lies in a local that nothing mentions after the call (what stands in front of it is
 * an initializer). `savedIn` is the canonical path of the variable.
 */
export function isSavedLevelLost(
  context: FunctionContext,
  savedIn: string | undefined,
  node: NodeId,
): boolean {
  const name = /^l:(\w+)[^*.]*$/.exec(savedIn ?? '')?.[1];
  if (name === undefined) return false;
  const ir = context.facts.unit.ir();
  const atom = context.program.atoms.find(name);
  const start = ir.start[node] ?? 0;
  const end = ir.end[node] ?? 0;
  const isInLoop = callAt(context, node)?.isInLoop !== false;
  for (let other = 0; other < ir.nodeCount; other++) {
    if (ir.kind[other] !== NodeKind.Name || ir.atom[other] !== atom) continue;
    const at = ir.start[other] ?? 0;
    if ((at >= end || (isInLoop && at < start)) && !isNeverReached(context, at)) return false;
  }
  return true;
}

/** What stands in a statement that no path comes to is no use of the value. */
function isNeverReached({ facts }: FunctionContext, offset: number): boolean {
  const ir = facts.unit.ir();
  return facts.statements.some(
    ({ node, states }) =>
      states.length === 0 && (ir.start[node] ?? 0) <= offset && offset < (ir.end[node] ?? 0),
  );
}
