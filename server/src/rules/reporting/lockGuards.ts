/**
 * The conditions around a lock call: a release that a cleared flag declines, and an acquire that asks for the current
 * thread first, of a lock that its owner may take again.
 */
import { NodeKind, type NodeId } from '../../syntax/ir.ts';
import type { HeldLock, PathState } from '../../analysis/facts.ts';
import type { FunctionContext } from '../rule.ts';

/** The texts of the conditions of all `if`s around a node, white space folded, innermost first. */
export function conditionsAround(context: FunctionContext, node: NodeId): string[] {
  return ifsAround(context, node).map((branch) => conditionText(context, branch));
}

function conditionText(context: FunctionContext, branch: NodeId): string {
  const { unit } = context.facts;
  const ir = unit.ir();
  const condition = ir.first[branch] ?? 0;
  return unit.file.text.slice(ir.start[condition], ir.end[condition]).replace(/\s+/g, '');
}

/** The `if` statements around a node, innermost first. */
function ifsAround(context: FunctionContext, node: NodeId): NodeId[] {
  const ir = context.facts.unit.ir();
  const parents = new Int32Array(ir.nodeCount).fill(-1);
  for (let parent = 0; parent < ir.nodeCount; parent++) {
    for (let child = ir.first[parent] ?? -1; child >= 0; child = ir.next[child] ?? -1)
      parents[child] = parent;
  }
  const found: NodeId[] = [];
  for (let at = parents[node] ?? -1; at >= 0; at = parents[at] ?? -1) {
    if (ir.kind[at] === NodeKind.If) found.push(at);
  }
  return found;
}

/**
 * Whether the path has decided not to release the lock: a release is guarded by a variable that the function cleared after
 * the acquire (somebody else has the lock then, a posted request, say), or by an argument, so that the caller has it.
 */
export function isReleaseDeclined(
  context: FunctionContext,
  state: PathState,
  held: HeldLock,
  releases: readonly NodeId[],
): boolean {
  const ir = context.facts.unit.ir();
  return releases.some((release) =>
    ifsAround(context, release).some((branch) => {
      return conjunctsOf(context, ir.first[branch] ?? -1).some((name) => {
        const parameter = context.facts.unit.head.params.findIndex((declared) => declared.name === name);
        const isZero = (key: string): boolean => {
          const value = state.values.get(key);
          return value?.kind === 'const' && value.value === 0;
        };
        if (parameter >= 0 && isZero(`p${String(parameter)}`)) return true;
        return isZero(`l:${context.program.atoms.text(name)}`) && isAssignedAfter(context, name, held.node);
      });
    }),
  );
}

/** The plain names that must all be non-zero for the condition to hold. */
function conjunctsOf(context: FunctionContext, condition: NodeId): number[] {
  const ir = context.facts.unit.ir();
  if (ir.kind[condition] === NodeKind.Name) return [ir.atom[condition] ?? 0];
  const isAnd =
    ir.kind[condition] === NodeKind.Binary && context.program.atoms.text(ir.atom[condition] ?? 0) === '&&';
  if (!isAnd) return [];
  const first = ir.first[condition] ?? -1;
  return [...conjunctsOf(context, first), ...conjunctsOf(context, ir.next[first] ?? -1)];
}

function isAssignedAfter(context: FunctionContext, name: number, node: NodeId): boolean {
  const ir = context.facts.unit.ir();
  for (let at = 0; at < ir.nodeCount; at++) {
    if (ir.kind[at] !== NodeKind.Assign || ir.atom[ir.first[at] ?? -1] !== name) continue;
    const value = ir.next[ir.first[at] ?? -1] ?? -1;
    const isZero = ir.kind[value] === NodeKind.Number && ir.aux[value] === 0;
    const isCleared =
      isZero || /^(?:FALSE|false|NULL|nullptr)$/.test(context.program.atoms.text(ir.atom[value] ?? 0));
    if (isCleared && (ir.start[at] ?? 0) > (ir.start[node] ?? 0)) return true;
  }
  return false;
}

/**
 * Whether the acquire is done only if the current thread is not the owner yet: directly in the condition, or through a
 * variable that holds the current thread. Such locks count their holds by themselves.
 */
export function isOwnerChecked(context: FunctionContext, acquire: NodeId): boolean {
  const ir = context.facts.unit.ir();
  const threads = threadVariables(context);
  return ifsAround(context, acquire).some((branch) => {
    const condition = ir.first[branch] ?? -1;
    return mentions(context, condition, (name) => threads.has(name) || THREAD_CALL.test(name));
  });
}

const THREAD_CALL = /^(?:Ps|Ke)GetCurrentThread(?:Id)?$/;

/** Locals that are set from the current thread. */
function threadVariables(context: FunctionContext): Set<string> {
  const ir = context.facts.unit.ir();
  const names = new Set<string>();
  for (let node = 0; node < ir.nodeCount; node++) {
    const isDecl = ir.kind[node] === NodeKind.Decl;
    if (!isDecl && ir.kind[node] !== NodeKind.Assign) continue;
    const first = ir.first[node] ?? -1;
    const value = isDecl ? first : (ir.next[first] ?? -1);
    const target = isDecl ? node : first;
    if (mentions(context, value, (name) => THREAD_CALL.test(name))) {
      names.add(context.program.atoms.text(ir.atom[target] ?? 0));
    }
  }
  return names;
}

/** Whether a name in the expression fits. */
function mentions(context: FunctionContext, node: NodeId, fits: (name: string) => boolean): boolean {
  const ir = context.facts.unit.ir();
  if (node < 0) return false;
  if (ir.kind[node] === NodeKind.Name && fits(context.program.atoms.text(ir.atom[node] ?? 0))) return true;
  for (let child = ir.first[node] ?? -1; child >= 0; child = ir.next[child] ?? -1) {
    if (mentions(context, child, fits)) return true;
  }
  return false;
}
