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

/**
 * Hashes of the conditions (and their parts) that occur more than once in the body: only for these is it worth remembering
 * how they turned out.
 */
export function repeatedConditions(ir: BodyIr, textOf: (atom: Atom) => string): ReadonlySet<number> {
  const seen = new Set<number>();
  const repeated = new Set<number>();
  const visit = (node: NodeId): void => {
    if (node < 0) return;
    const kind = ir.kind[node];
    const operator = kind === NodeKind.Binary ? textOf(ir.atom[node] ?? 0) : '';
    if (kind === NodeKind.Unary || kind === NodeKind.Cast || operator === '&&' || operator === '||') {
      for (let child = ir.first[node] ?? -1; child >= 0; child = ir.next[child] ?? -1) visit(child);
      return;
    }
    const hash = conditionHash(ir, node, textOf);
    if (seen.has(hash)) repeated.add(hash);
    seen.add(hash);
  };
  for (let node = 0; node < ir.nodeCount; node++) {
    const condition = conditionOf(ir, node, textOf);
    if (condition >= 0) visit(condition);
  }
  return repeated;
}

/** The condition that a node decides by, or -1. Comparisons that are assigned count too: their outcome may be asked again. */
function conditionOf(ir: BodyIr, node: NodeId, textOf: (atom: Atom) => string): NodeId {
  const first = ir.first[node] ?? -1;
  switch (ir.kind[node]) {
    case NodeKind.If:
    case NodeKind.While:
    case NodeKind.Conditional:
    case NodeKind.Switch:
      return first;
    case NodeKind.DoWhile:
    case NodeKind.For:
      return ir.next[first] ?? -1;
    case NodeKind.Call:
      // The first argument of assertions; of other calls it costs nothing.
      return /^[A-Z_]+$/.test(textOf(ir.atom[first] ?? 0)) ? (ir.next[first] ?? -1) : -1;
    default:
      return -1;
  }
}

/** A hash of the variables that the expression reads, in order; constants and operators do not count, so that `x != 0` and `!x` meet. */
export function conditionHash(ir: BodyIr, node: NodeId, textOf: (atom: Atom) => string): number {
  let hash = 17;
  const visit = (at: NodeId, depth: number): void => {
    if (at < 0 || depth > 8) return;
    const kind = ir.kind[at];
    if (kind === NodeKind.Member || (kind === NodeKind.Name && !isConstantName(textOf(ir.atom[at] ?? 0)))) {
      hash = (Math.imul(hash, 31) + (ir.atom[at] ?? 0)) | 0;
    }
    for (let child = ir.first[at] ?? -1; child >= 0; child = ir.next[child] ?? -1) visit(child, depth + 1);
  };
  visit(node, 0);
  return hash;
}

/** Upper-case names: constants and macros. */
function isConstantName(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 97 && code <= 122) return false;
  }
  return text.length > 1;
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
