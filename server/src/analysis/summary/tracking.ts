/**
 * Which variables of a body are worth following: those that conditions, calls or aliases read. Everything else would only
 * make states bigger. In a light body only what decides requirements is followed.
 */
import type { Atom } from '../../syntax/atoms.ts';
import { NodeKind } from '../../syntax/ir.ts';
import type { BodyIr, NodeId } from '../../syntax/ir.ts';

/** Words in names of conditions that decide about levels, waiting or locks. */
export const LEVEL_WORDS = /wait|paged|irql|dispatch|dpc|level|passive|sync|block|atomic|flag|lock|canBe/i;

/** The names whose values are followed. */
export function trackedNames(ir: BodyIr, isLight: boolean, textOf: (atom: Atom) => string): Set<Atom> {
  const names = new Set<Atom>();
  const all = (node: NodeId): void => {
    if (node < 0) return;
    if (ir.kind[node] === NodeKind.Name) names.add(ir.atom[node] ?? 0);
    for (let child = ir.first[node] ?? -1; child >= 0; child = ir.next[child] ?? -1) all(child);
  };
  for (let node = 0; node < ir.nodeCount; node++) {
    switch (ir.kind[node]) {
      case NodeKind.Call:
      case NodeKind.Construct:
        for (let arg = ir.next[ir.first[node] ?? -1] ?? -1; arg >= 0; arg = ir.next[arg] ?? -1) {
          addArgument(ir, arg, names);
        }
        break;
      case NodeKind.If:
      case NodeKind.While:
      case NodeKind.Switch:
      case NodeKind.Conditional:
        if (!isLight) all(ir.first[node] ?? -1);
        break;
      case NodeKind.DoWhile:
      case NodeKind.For:
        if (!isLight) all(ir.next[ir.first[node] ?? -1] ?? -1);
        break;
      case NodeKind.Binary:
      case NodeKind.Member:
      case NodeKind.Index:
      case NodeKind.Return:
      case NodeKind.Assign:
      case NodeKind.Decl:
        if (!isLight) addOperands(ir, node, names);
        break;
      case NodeKind.Name:
        if (isLight && LEVEL_WORDS.test(textOf(ir.atom[node] ?? 0))) names.add(ir.atom[node] ?? 0);
        break;
      default:
    }
  }
  return names;
}

function addArgument(ir: BodyIr, arg: NodeId, names: Set<Atom>): void {
  let node = arg;
  for (let depth = 0; depth < 8 && node >= 0; depth++) {
    if (ir.kind[node] === NodeKind.Name) {
      names.add(ir.atom[node] ?? 0);
      return;
    }
    node = ir.first[node] ?? -1;
  }
}

/** Plain names that are read as operands: right sides, bases of members, parts of conditions. */
function addOperands(ir: BodyIr, node: NodeId, names: Set<Atom>): void {
  const first = ir.first[node] ?? -1;
  const isAssign = ir.kind[node] === NodeKind.Assign;
  for (let child = isAssign ? (ir.next[first] ?? -1) : first; child >= 0; child = ir.next[child] ?? -1) {
    let inner = child;
    while (inner >= 0 && (ir.kind[inner] === NodeKind.Cast || ir.kind[inner] === NodeKind.Unary)) {
      inner = ir.first[inner] ?? -1;
    }
    if (inner >= 0 && ir.kind[inner] === NodeKind.Name) names.add(ir.atom[inner] ?? 0);
  }
}
