/**
 * Vector or floating point registers used in kernel code without saving their state: AVX types on every target, float and double
 * on x86 only (x64 and ARM64 keep the SSE and NEON registers of a thread). Off by default: functions that are called between a
 * save and its restore are not followed.
 */
import { NodeFlag, NodeKind } from '../syntax/ir.ts';
import { nameOf, nodesOfKind } from './reporting/nodes.ts';
import { report } from './reporting/report.ts';
import type { FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'float-state-unprotected',
  title: 'Floating point or AVX registers are used without saving their state',
  code: 'C28110',
  severity: 'warning',
  isOnByDefault: false,
  bugCheck: 'corrupted registers of the interrupted thread',
  family: 'other',
};

const AVX = /^__m(256|512)[di]?$/;
const LITERAL = /^(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][+-]?\d+)?[fFlL]?$/;
const FLOAT = /^(float|double|FLOAT|DOUBLE)$/;

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    const { facts } = context;
    const isSaved = facts.calls.some(({ name }) =>
      /^KeSave(FloatingPoint|ExtendedProcessor)State$/.test(name),
    );
    const isMarked = facts.unit.annotations.some(
      ({ annotation }) => annotation.name === '_Kernel_float_used_',
    );
    const use = isSaved || isMarked ? undefined : findUse(context);
    if (use === undefined) return [];
    const save = AVX.test(use.type) ? 'KeSaveExtendedProcessorState' : 'KeSaveFloatingPointState';
    return [
      report(context, meta, {
        node: use.node,
        verdict: 'possible',
        message:
          `${nameOf(context, use.node)} is a ${use.type}, and ${facts.unit.name} does not save the registers that it is computed in. ` +
          `Those of the interrupted thread are overwritten. Put ${save} and ${save.replace('Save', 'Restore')} around it, or mark ` +
          `the function _Kernel_float_used_ when its callers do.`,
      }),
    ];
  },
};

/** The first local or literal that is computed in such registers; what callers see in the head, they answer for. */
function findUse(context: FunctionContext): { readonly node: number; readonly type: string } | undefined {
  const { atoms, settings } = context.program;
  const { unit } = context.facts;
  const ir = unit.ir();
  const isX86 =
    settings.arch === 'x86' &&
    ![unit.head.returnType, ...unit.head.params.map(({ type }) => type)].some((type) => FLOAT.test(type));
  for (const node of nodesOfKind(context, NodeKind.Decl)) {
    const type = atoms.text(ir.aux[node] ?? 0);
    const isPointer = ((ir.flags[node] ?? 0) & NodeFlag.Pointer) !== 0;
    const isUse = AVX.test(type) || (isX86 && FLOAT.test(type));
    if (isUse && !isPointer) return { node, type };
  }
  const literal = isX86
    ? nodesOfKind(context, NodeKind.Number).find((node) => LITERAL.test(nameOf(context, node)))
    : undefined;
  return literal === undefined ? undefined : { node: literal, type: 'floating point constant' };
}
