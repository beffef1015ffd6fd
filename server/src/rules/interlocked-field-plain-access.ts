/**
 * A field that its declaration says is accessed by interlocked routines only (`_Interlocked_`) is written by a plain assignment.
 * Plain reads are left alone: an aligned read is atomic, and drivers use it knowingly. So is code that sets the object up.
 */
import type { Program } from '../analysis/program.ts';
import { readDataContract } from '../analysis/sal/dataAnnotations.ts';
import { NodeKind, type NodeId } from '../syntax/ir.ts';
import { replaceNode, textOf } from './fixes/editCall.ts';
import { setsUp } from './reporting/annotatedLocks.ts';
import { createTypeReader, nameOf, nodesOfKind, structNameOf } from './reporting/nodes.ts';
import { isWrittenHere, report } from './reporting/report.ts';
import type { Finding, Fix, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'interlocked-field-plain-access',
  title: 'A field for interlocked access is written plainly',
  code: 'C26101',
  severity: 'warning',
  isOnByDefault: true,
  bugCheck: 'data race: a lost update',
  family: 'lock',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    if (!hasInterlocked(context.program) || setsUp(context)) return [];
    const typeOf = createTypeReader(context);
    const ir = context.facts.unit.ir();
    return [NodeKind.Assign, NodeKind.Unary, NodeKind.Postfix].flatMap((kind) =>
      nodesOfKind(context, kind).flatMap((node) => {
        const target = ir.first[node] ?? -1;
        const isChange = kind === NodeKind.Assign || /^(\+\+|--)$/.test(nameOf(context, node));
        if (!isChange || ir.kind[target] !== NodeKind.Member || !isWrittenHere(context, node)) return [];
        return isInterlocked(context, target, typeOf) ? [describe(context, node, target)] : [];
      }),
    );
  },
};

/** Whether any header of the snapshot uses the annotation at all: most drivers do not. */
function hasInterlocked(program: Program): boolean {
  return program.atoms.find('_Interlocked_') > 0;
}

function isInterlocked(context: FunctionContext, node: NodeId, typeOf: (node: NodeId) => string): boolean {
  const { program, facts } = context;
  const struct = structNameOf(context, typeOf(facts.unit.ir().first[node] ?? -1));
  if (struct === '') return false;
  const annotations = program.types.fieldAnnotations(facts.unit.file.project, struct, nameOf(context, node));
  return annotations.length > 0 && readDataContract(annotations).isInterlocked;
}

function describe(context: FunctionContext, node: NodeId, target: NodeId): Finding {
  const text = textOf(context, target);
  const fix = findFix(context, node, target);
  return report(context, meta, {
    node,
    verdict: 'definite',
    message:
      `${text} is declared for interlocked access (_Interlocked_), and is written plainly here. A change that another CPU makes at ` +
      `the same time is lost. Use an Interlocked routine.`,
    fixes: fix === undefined ? [] : [fix],
  });
}

/** `x++;` and `x--;` as statements of their own have one interlocked form each; for a LONG or a LONG64 field only. */
function findFix(context: FunctionContext, node: NodeId, target: NodeId): Fix | undefined {
  const ir = context.facts.unit.ir();
  const operator = nameOf(context, node);
  const routine = { '++': 'InterlockedIncrement', '--': 'InterlockedDecrement' }[operator];
  const isStatement = nodesOfKind(context, NodeKind.ExprStmt).some(
    (statement) => ir.first[statement] === node,
  );
  const type = createTypeReader(context)(target);
  const suffix = { LONG: '', LONG64: '64', LONGLONG: '64' }[type];
  if (routine === undefined || suffix === undefined || !isStatement) return undefined;
  const call = `${routine}${suffix}`;
  const newText = `${call}(&${textOf(context, target)})`;
  return { title: `Use ${call}`, edits: [replaceNode(context, node, newText)], isPreferred: true };
}
