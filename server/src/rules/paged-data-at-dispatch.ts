/**
 * A global in a pageable data section (#pragma data_seg("PAGE...")) that is used where the level is proven to be
 * DISPATCH_LEVEL or above. Taking its address is no use.
 */
import { DISPATCH_LEVEL } from '../protocol/irqlLevels.ts';
import { NodeKind, type NodeId } from '../syntax/ir.ts';
import { parentOf } from './fixes/editCall.ts';
import { findAbove } from './reporting/evidence.ts';
import { nameOf, nodesOfKind, statesAt } from './reporting/nodes.ts';
import { report, say, stepAt, traceOf } from './reporting/report.ts';
import type { FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'paged-data-at-dispatch',
  title: 'Pageable data is used at DISPATCH_LEVEL or above',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: '0xD1 DRIVER_IRQL_NOT_LESS_OR_EQUAL; 0xA',
  family: 'paged',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    const paged = pagedGlobals(context);
    if (paged.size === 0) return [];
    const seen = new Set<number>();
    const ir = context.facts.unit.ir();
    return nodesOfKind(context, NodeKind.Name).flatMap((node) => {
      const atom = ir.atom[node] ?? 0;
      const section = paged.get(atom);
      if (section === undefined || seen.has(atom) || isHidden(context, atom) || isAddressTaken(context, node))
        return [];
      const evidence = findAbove(context, statesAt(context, node), DISPATCH_LEVEL - 1);
      if (evidence === undefined || evidence.state.isImprecise || evidence.verdict !== 'definite') return [];
      seen.add(atom);
      const name = nameOf(context, node);
      return [
        report(context, meta, {
          node,
          verdict: 'definite',
          message:
            `${name} lies in the pageable data section ${section} and is used at ${say(context, evidence.levels)} here. When its page is ` +
            `not in memory this is bug check 0xD1. Move it out of ${section}, or use it at APC_LEVEL or below.`,
          trace: [...traceOf(context, evidence), stepAt(context, node, `${name} is used`, evidence.levels)],
        }),
      ];
    });
  },
};

/** Globals of the function's own file in a pageable data section. */
function pagedGlobals(context: FunctionContext): ReadonlyMap<number, string> {
  const globals = new Map<number, string>();
  for (const { name, dataSegment } of context.facts.unit.file.structure.globals)
    if (/^PAGE/.test(dataSegment)) globals.set(name, dataSegment);
  return globals;
}

/** A local or parameter of the same name hides the global. */
function isHidden(context: FunctionContext, atom: number): boolean {
  const { unit } = context.facts;
  if (unit.head.params.some(({ name }) => name === atom)) return true;
  const ir = unit.ir();
  return nodesOfKind(context, NodeKind.Decl).some((node) => ir.atom[node] === atom);
}

function isAddressTaken(context: FunctionContext, node: NodeId): boolean {
  const parent = parentOf(context, node);
  if (parent === undefined) return false;
  const kind = context.facts.unit.ir().kind[parent];
  return kind === NodeKind.Sizeof || (kind === NodeKind.Unary && nameOf(context, parent) === '&');
}
