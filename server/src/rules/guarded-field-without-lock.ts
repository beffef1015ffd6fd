/**
 * A field that its declaration says is guarded by a lock (_Guarded_by_, _Write_guarded_by_) is used where no path holds that
 * lock. It speaks only where it is known that nobody holds the lock on entry, and not in code that sets the object up.
 */
import type { Program } from '../analysis/program.ts';
import { readDataContract, type DataContract } from '../analysis/sal/dataAnnotations.ts';
import { NodeFlag, NodeKind, type NodeId } from '../syntax/ir.ts';
import { parentOf, textOf } from './fixes/editCall.ts';
import { isEnteredWithout, lastName, mayHold, setsUp } from './reporting/annotatedLocks.ts';
import { createTypeReader, nameOf, nodesOfKind, statesAt, structNameOf } from './reporting/nodes.ts';
import { isWrittenHere, report } from './reporting/report.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'guarded-field-without-lock',
  title: 'A guarded field is used without its lock',
  code: 'C26100',
  severity: 'warning',
  isOnByDefault: true,
  bugCheck: 'data race',
  family: 'lock',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    if (context.facts.isImprecise || !hasGuards(context.program) || setsUp(context)) return [];
    const typeOf = createTypeReader(context);
    const seen = new Set<string>();
    return nodesOfKind(context, NodeKind.Member).flatMap((node) => {
      const contract = guardOf(context, node, typeOf);
      if (contract === undefined || !isWrittenHere(context, node)) return [];
      const finding = checkAccess(context, node, contract);
      const text = textOf(context, node);
      if (finding === undefined || seen.has(text)) return [];
      seen.add(text);
      return [finding];
    });
  },
};

/** Whether any header of the snapshot uses the annotation at all: most drivers do not. */
function hasGuards(program: Program): boolean {
  return program.atoms.find('_Guarded_by_') > 0 || program.atoms.find('_Write_guarded_by_') > 0;
}

function guardOf(
  context: FunctionContext,
  node: NodeId,
  typeOf: (node: NodeId) => string,
): DataContract | undefined {
  const { program, facts } = context;
  const owner = facts.unit.ir().first[node] ?? -1;
  const struct = structNameOf(context, typeOf(owner));
  if (struct === '') return undefined;
  const annotations = program.types.fieldAnnotations(facts.unit.file.project, struct, nameOf(context, node));
  return annotations.length === 0 ? undefined : readDataContract(annotations);
}

function checkAccess(context: FunctionContext, node: NodeId, contract: DataContract): Finding | undefined {
  const isWrite = isWritten(context, node);
  const guard = contract.guardedBy[0] ?? (isWrite ? contract.writeGuardedBy[0] : undefined);
  const name = guard === undefined ? '' : lastName(guard);
  if (guard === undefined || name === '' || isAddressTaken(context, node)) return undefined;
  const states = statesAt(context, node);
  const isHeld = states.some((state) => state.isImprecise || mayHold(state, name));
  if (states.length === 0 || isHeld || !isEnteredWithout(context, name)) return undefined;
  const text = textOf(context, node);
  return report(context, meta, {
    node,
    verdict: 'definite',
    message:
      `${text} is guarded by ${guard}, and no path to this ${isWrite ? 'write' : 'read'} holds it. Another CPU may change it at ` +
      `the same time. Take ${guard} around it.`,
  });
}

function isWritten(context: FunctionContext, node: NodeId): boolean {
  const ir = context.facts.unit.ir();
  const parent = parentOf(context, node) ?? -1;
  if (ir.kind[parent] === NodeKind.Assign) return ir.first[parent] === node;
  const operator = parent < 0 ? '' : nameOf(context, parent);
  return operator === '++' || operator === '--';
}

/** `&Ext->List`, `&Ext->List.Flink` name the field and does not read it. */
function isAddressTaken(context: FunctionContext, node: NodeId): boolean {
  const ir = context.facts.unit.ir();
  let parent = parentOf(context, node) ?? -1;
  while (ir.kind[parent] === NodeKind.Member && ((ir.flags[parent] ?? 0) & NodeFlag.Arrow) === 0)
    parent = parentOf(context, parent) ?? -1;
  return ir.kind[parent] === NodeKind.Unary && nameOf(context, parent) === '&';
}
