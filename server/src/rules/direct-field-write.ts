/**
 * A field that only its routine may set is assigned directly: Irp->CancelRoutine races with IoCancelIrp, and a KDPC or
 * KTIMER written by hand lacks what its initialiser sets.
 */
import { NodeKind, type NodeId } from '../syntax/ir.ts';
import { replaceNode, textOf } from './fixes/editCall.ts';
import { createTypeReader, nameOf, nodesOfKind, structNameOf } from './reporting/nodes.ts';
import { isWrittenHere, report } from './reporting/report.ts';
import type { Fix, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'direct-field-write',
  title: 'A field is written directly that only a routine may set',
  code: 'C28128',
  severity: 'warning',
  isOnByDefault: true,
  bugCheck: '0x4 INVALID_DATA_ACCESS_TRAP; 0x44 MULTIPLE_IRP_COMPLETE_REQUESTS',
  family: 'other',
};

/** Field -> structs that have it, the routine to use, and what goes wrong. Source: documentation of IRP, KDPC and KTIMER. */
const FIELDS: ReadonlyMap<
  string,
  { readonly structs: RegExp; readonly routine: string; readonly harm: string }
> = new Map([
  [
    'CancelRoutine',
    {
      structs: /^_?P?IRP$/,
      routine: 'IoSetCancelRoutine',
      harm: 'IoCancelIrp exchanges it on another CPU at the same time: the request is completed twice or never (bug check 0x44)',
    },
  ],
  [
    'DeferredRoutine',
    {
      structs: /^_?P?[RK]?KDPC$/,
      routine: 'KeInitializeDpc',
      harm: 'the kernel may be reading the object, and its other fields stay as they were',
    },
  ],
  [
    'DeferredContext',
    {
      structs: /^_?P?[RK]?KDPC$/,
      routine: 'KeInitializeDpc',
      harm: 'the kernel may be reading the object, and its other fields stay as they were',
    },
  ],
]);

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    const typeOf = createTypeReader(context);
    const ir = context.facts.unit.ir();
    return nodesOfKind(context, NodeKind.Assign).flatMap((node) => {
      const target = ir.first[node] ?? -1;
      if (target < 0 || ir.kind[target] !== NodeKind.Member || !isWrittenHere(context, node)) return [];
      const field = nameOf(context, target);
      const row = FIELDS.get(field);
      const owner = ir.first[target] ?? -1;
      if (row === undefined || !row.structs.test(ownerType(context, owner, typeOf))) return [];
      const fix = findFix(context, node, owner, row.routine);
      return [
        report(context, meta, {
          node,
          verdict: 'definite',
          message:
            `${textOf(context, target)} is assigned directly. ${row.harm[0]?.toUpperCase() ?? ''}${row.harm.slice(1)}. ` +
            `Use ${row.routine}.`,
          fixes: fix === undefined ? [] : [fix],
        }),
      ];
    });
  },
};

/** The struct that the field belongs to; of the embedded objects of the system's own structs only these matter. */
function ownerType(context: FunctionContext, owner: NodeId, typeOf: (node: NodeId) => string): string {
  const own = structNameOf(context, typeOf(owner));
  const ir = context.facts.unit.ir();
  if (own !== '' || ir.kind[owner] !== NodeKind.Member || nameOf(context, owner) !== 'Dpc') return own;
  return /^_?P?DEVICE_OBJECT$/.test(structNameOf(context, typeOf(ir.first[owner] ?? -1))) ? 'KDPC' : own;
}

/** IoSetCancelRoutine(Irp, value), where the owner is a plain pointer and the assignment a statement of its own. */
function findFix(context: FunctionContext, node: NodeId, owner: NodeId, routine: string): Fix | undefined {
  const ir = context.facts.unit.ir();
  const target = ir.first[node] ?? -1;
  const value = ir.next[target] ?? -1;
  const isPointer = ((ir.flags[target] ?? 0) & 2) !== 0;
  if (routine !== 'IoSetCancelRoutine' || nameOf(context, node) !== '=' || value < 0 || !isPointer)
    return undefined;
  const newText = `${routine}(${textOf(context, owner)}, ${textOf(context, value)})`;
  return { title: `Use ${routine}`, edits: [replaceNode(context, node, newText)], isPreferred: true };
}
