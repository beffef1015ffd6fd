/**
 * A global in a pageable data section (#pragma data_seg("PAGE...")), or a local pointer to paged pool taken in the same function,
 * that is used where the level is proven to be DISPATCH_LEVEL or above. Taking its address is no use.
 */
import { DISPATCH_LEVEL } from '../protocol/irqlLevels.ts';
import { NodeFlag, NodeKind, type NodeId } from '../syntax/ir.ts';
import { parentOf } from './fixes/editCall.ts';
import { findAbove, type Evidence } from './reporting/evidence.ts';
import { nameOf, nodesOfKind, statesAt } from './reporting/nodes.ts';
import { report, say, stepAt, traceOf } from './reporting/report.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

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
    return [...checkGlobals(context), ...checkAllocations(context)];
  },
};

function checkGlobals(context: FunctionContext): Finding[] {
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
}

const ALLOCATES = /^ExAllocatePool(WithTag|WithQuotaTag|WithTagPriority|Zero|2|3|Uninitialized)?$/;

/** Locals that get paged pool here, once and for all, and are followed by a pointer at DISPATCH_LEVEL or above. */
function checkAllocations(context: FunctionContext): Finding[] {
  const ir = context.facts.unit.ir();
  return context.facts.calls.flatMap((call) => {
    const pool = call.args[0]?.text ?? '';
    if (!ALLOCATES.test(call.name) || !/^(PagedPool\w*|POOL_FLAG_PAGED)$/.test(pool)) return [];
    const local = holderOf(context, call.node);
    const use = local === undefined ? undefined : firstHighUse(context, local, ir.end[call.node] ?? 0);
    if (local === undefined || use === undefined) return [];
    const name = context.program.atoms.text(local);
    return [
      report(context, meta, {
        node: use.node,
        verdict: 'definite',
        message:
          `${name} points to paged pool and is followed at ${say(context, use.evidence.levels)} here. When its page is not in memory ` +
          `this is bug check 0xD1. Allocate non-paged pool, or use it at APC_LEVEL or below.`,
        trace: [
          stepAt(context, call.node, `${call.name} takes paged pool`),
          ...traceOf(context, use.evidence),
          stepAt(context, use.node, `${name} is followed`, use.evidence.levels),
        ],
      }),
    ];
  });
}

/** The local that the result goes to, casts aside, when nothing else is ever assigned to it. */
function holderOf(context: FunctionContext, call: NodeId): number | undefined {
  const ir = context.facts.unit.ir();
  let at = parentOf(context, call);
  while (at !== undefined && ir.kind[at] === NodeKind.Cast) at = parentOf(context, at);
  if (at === undefined) return undefined;
  const target = ir.first[at] ?? -1;
  const isAssigned = ir.kind[at] === NodeKind.Assign && ir.kind[target] === NodeKind.Name;
  const atom = ir.kind[at] === NodeKind.Decl ? ir.atom[at] : isAssigned ? ir.atom[target] : undefined;
  const isLocal = nodesOfKind(context, NodeKind.Decl).some((node) => ir.atom[node] === atom);
  const changes = nodesOfKind(context, NodeKind.Assign).filter((node) => {
    const left = ir.first[node] ?? -1;
    return ir.kind[left] === NodeKind.Name && ir.atom[left] === atom;
  });
  return isLocal && changes.length <= (isAssigned ? 1 : 0) ? atom : undefined;
}

/** The first `*p`, `p->x` or `p[i]` behind the offset where the level is proven to be too high. */
function firstHighUse(
  context: FunctionContext,
  local: number,
  from: number,
): { readonly node: NodeId; readonly evidence: Evidence } | undefined {
  const ir = context.facts.unit.ir();
  for (const name of nodesOfKind(context, NodeKind.Name)) {
    if (ir.atom[name] !== local || (ir.start[name] ?? 0) < from) continue;
    const node = parentOf(context, name);
    if (node === undefined || !isFollowed(context, node, name)) continue;
    const evidence = findAbove(context, statesAt(context, node), DISPATCH_LEVEL - 1);
    if (evidence?.verdict === 'definite' && !evidence.state.isImprecise) return { node, evidence };
  }
  return undefined;
}

function isFollowed(context: FunctionContext, node: NodeId, pointer: NodeId): boolean {
  const ir = context.facts.unit.ir();
  if (ir.first[node] !== pointer || isAddressTaken(context, node)) return false;
  const kind = ir.kind[node];
  if (kind === NodeKind.Unary) return nameOf(context, node) === '*';
  return (
    kind === NodeKind.Index || (kind === NodeKind.Member && ((ir.flags[node] ?? 0) & NodeFlag.Arrow) !== 0)
  );
}

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
