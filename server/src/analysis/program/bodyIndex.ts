/**
 * What one body does with functions as values: which function (or parameter that may carry one) goes into which argument,
 * field, variable or initialiser. Derived from the body alone, so it is kept as long as the body is the same;
 * what the places mean is decided when a project is linked.
 */
import type { Atom, AtomTable } from '../../syntax/atoms.ts';
import { calleeAtom, childAt, childrenOf, NodeFlag, NodeKind, parentsOf } from '../../syntax/ir.ts';
import type { BodyIr, NodeId } from '../../syntax/ir.ts';
import { siteStatesOf, type SiteStates } from './siteStates.ts';
import { typeRefOf, type LocalTypes, type TypeRef } from './typeRef.ts';

/** A function by name, or a parameter of the body's own function by index. */
export type UseSource =
  { readonly kind: 'function'; readonly name: Atom } | { readonly kind: 'param'; readonly index: number };

/** A step into an initialiser: a designated field, or the 0-based place in the braces. */
export type InitStep = { readonly field: Atom } | { readonly place: number };

/** Where a function value goes. */
export type UseTarget =
  /** argument of a call; `callee` is -1 for calls through expressions, then `through` is the member's name */
  | { readonly kind: 'argument'; readonly callee: Atom; readonly through: Atom; readonly index: number }
  /** field of a struct, `slot` the constant index of an array field */
  | { readonly kind: 'field'; readonly of: TypeRef; readonly field: Atom; readonly slot: Atom }
  | { readonly kind: 'global'; readonly name: Atom }
  /** inside the braces of an initialiser of a variable of that type */
  | {
      readonly kind: 'initializer';
      readonly type: Atom;
      readonly isArray: boolean;
      readonly steps: readonly InitStep[];
      readonly variable: Atom;
    }
  /** compared, or stored in a local whose own uses are listed */
  | { readonly kind: 'harmless' }
  /** returned, computed with, passed in a way nobody follows */
  | { readonly kind: 'unexplained' };

/** One use of a function as a value. */
export interface FunctionUse {
  readonly source: UseSource;
  readonly target: UseTarget;
  /** the node that names the function or parameter */
  readonly node: NodeId;
  /** `IRP_MJ_x` that stands first in the same braces (minifilter tables), or 0 */
  readonly major: Atom;
  /** what the body says about the object that is being configured */
  readonly states: SiteStates;
}

/** What the index asks of its surroundings. */
export interface IndexContext {
  readonly atoms: AtomTable;
  readonly locals: LocalTypes;
  readonly parameters: ReadonlyMap<Atom, number>;
  /** whether the name may be a function of the workspace */
  isFunction(name: Atom): boolean;
  /** whether a parameter of that type may carry a function */
  mayCarryFunction(parameter: number): boolean;
}

interface Indexing extends IndexContext {
  readonly ir: BodyIr;
  readonly parents: Int32Array;
}

interface RawUse {
  readonly name: Atom;
  readonly node: NodeId;
  readonly target: UseTarget;
  readonly local: Atom;
  readonly major: Atom;
}

/** Lists the function uses of a body or of a global's initialiser. Linear in the nodes. */
export function indexBody(ir: BodyIr, context: IndexContext): readonly FunctionUse[] {
  const indexing: Indexing = { ...context, ir, parents: parentsOf(ir) };
  const raw: RawUse[] = [];
  for (let node = 0; node < ir.nodeCount; node++) {
    if (ir.kind[node] !== NodeKind.Name || isCallee(indexing, node)) continue;
    const name = ir.atom[node] ?? 0;
    if (mayMatter(indexing, name)) raw.push(followUp(indexing, node, name));
  }
  return raw.length === 0 ? [] : expandLocals(indexing, raw);
}

function mayMatter(context: Indexing, name: Atom): boolean {
  const parameter = context.parameters.get(name);
  if (parameter !== undefined) return context.mayCarryFunction(parameter);
  return context.locals.typeOf(name) !== undefined || context.isFunction(name);
}

function isCallee({ ir, parents }: Indexing, node: NodeId): boolean {
  const parent = parents[node] ?? -1;
  return parent >= 0 && ir.kind[parent] === NodeKind.Call && ir.first[parent] === node;
}

/** Climbs from the name through casts, `&`, `?:` and commas to the place that takes the value. */
function followUp(context: Indexing, node: NodeId, name: Atom): RawUse {
  const { ir, parents } = context;
  const steps: InitStep[] = [];
  let major = 0;
  for (let at = node, parent = parents[at] ?? -1; parent >= 0; at = parent, parent = parents[at] ?? -1) {
    const make = (target: UseTarget, local = 0): RawUse => ({ name, node, target, local, major });
    switch (ir.kind[parent]) {
      case NodeKind.Cast:
        break;
      case NodeKind.Unary:
        if (context.atoms.text(ir.atom[parent] ?? 0) !== '&') return make({ kind: 'harmless' });
        break;
      case NodeKind.Conditional:
        if (ir.first[parent] === at) return make({ kind: 'harmless' });
        break;
      case NodeKind.Comma:
        if (ir.first[parent] === at) return make({ kind: 'harmless' });
        break;
      case NodeKind.Designated: {
        const field = ir.atom[parent] ?? 0;
        if (field !== 0) steps.unshift({ field });
        else steps.unshift({ place: 0 });
        break;
      }
      case NodeKind.InitList:
        if (ir.kind[at] !== NodeKind.Designated) steps.unshift({ place: placeOf(ir, parent, at) });
        major ||= majorOf(context, parent);
        break;
      case NodeKind.Call:
      case NodeKind.New:
      case NodeKind.Construct:
        return make(argumentTarget(context, parent, at));
      case NodeKind.Decl:
        if (steps.length > 0) return make(initializerTarget(ir, parent, steps), ir.atom[parent] ?? 0);
        return make({ kind: 'harmless' }, ir.atom[parent] ?? 0);
      case NodeKind.Assign:
        if (ir.first[parent] === at) return make({ kind: 'harmless' });
        return { ...assignmentUse(context, parent, steps), name, node, major };
      case NodeKind.Binary:
      case NodeKind.ExprStmt:
      case NodeKind.If:
      case NodeKind.While:
      case NodeKind.DoWhile:
      case NodeKind.For:
      case NodeKind.Member:
      case NodeKind.Index:
      case NodeKind.Postfix:
        return make({ kind: 'harmless' });
      case NodeKind.Block:
        return make(rootTarget(steps));
      default:
        return make({ kind: 'unexplained' });
    }
  }
  return { name, node, target: { kind: 'harmless' }, local: 0, major };
}

/** The root of a global's initialiser: its variable is filled in by whoever indexes the global. */
function rootTarget(steps: readonly InitStep[]): UseTarget {
  return { kind: 'initializer', type: 0, isArray: false, steps, variable: 0 };
}

function placeOf(ir: BodyIr, list: NodeId, element: NodeId): number {
  let place = 0;
  for (let child = ir.first[list] ?? -1; child >= 0 && child !== element; child = ir.next[child] ?? -1)
    place++;
  return place;
}

function majorOf({ ir, atoms }: Indexing, list: NodeId): Atom {
  const first = ir.first[list] ?? -1;
  if (first < 0 || ir.kind[first] !== NodeKind.Name) return 0;
  const name = ir.atom[first] ?? 0;
  return atoms.text(name).startsWith('IRP_MJ_') ? name : 0;
}

function argumentTarget({ ir }: Indexing, call: NodeId, argument: NodeId): UseTarget {
  const isCall = ir.kind[call] === NodeKind.Call;
  const place = placeOf(ir, call, argument);
  if (!isCall) return { kind: 'argument', callee: ir.atom[call] ?? 0, through: 0, index: place };
  const callee = ir.first[call] ?? -1;
  const through = ir.kind[callee] === NodeKind.Member ? (ir.atom[callee] ?? 0) : 0;
  return { kind: 'argument', callee: calleeAtom(ir, call), through, index: place - 1 };
}

function initializerTarget(ir: BodyIr, decl: NodeId, steps: readonly InitStep[]): UseTarget {
  const isArray = ((ir.flags[decl] ?? 0) & NodeFlag.Array) !== 0;
  return { kind: 'initializer', type: ir.aux[decl] ?? 0, isArray, steps, variable: 0 };
}

function assignmentUse(
  context: Indexing,
  assign: NodeId,
  steps: readonly InitStep[],
): Pick<RawUse, 'target' | 'local'> {
  const { ir, locals, parameters, atoms } = context;
  let target = ir.first[assign] ?? -1;
  let slot = 0;
  if (ir.kind[target] === NodeKind.Index) {
    const index = childAt(ir, target, 1);
    if (index >= 0 && (ir.kind[index] === NodeKind.Name || ir.kind[index] === NodeKind.Number))
      slot = ir.atom[index] ?? 0;
    target = ir.first[target] ?? -1;
  }
  if (ir.kind[target] === NodeKind.Unary) target = ir.first[target] ?? -1;
  if (ir.kind[target] === NodeKind.Name) {
    const name = ir.atom[target] ?? 0;
    const type = locals.typeOf(name);
    if (steps.length > 0 && type !== undefined) {
      return { target: { kind: 'initializer', type, isArray: false, steps, variable: 0 }, local: name };
    }
    if (type === undefined && !parameters.has(name)) return { target: { kind: 'global', name }, local: 0 };
    return { target: { kind: 'harmless' }, local: name };
  }
  if (ir.kind[target] !== NodeKind.Member) return { target: { kind: 'unexplained' }, local: 0 };
  const base = ir.first[target] ?? -1;
  const of = typeRefOf(ir, base, locals, atoms);
  if (of === undefined) return { target: { kind: 'unexplained' }, local: 0 };
  return { target: { kind: 'field', of, field: ir.atom[target] ?? 0, slot }, local: rootNameOf(ir, base) };
}

/** The variable that a member chain starts from, 0 when it starts otherwise. */
function rootNameOf(ir: BodyIr, node: NodeId): Atom {
  let at = node;
  while (
    at >= 0 &&
    (ir.kind[at] === NodeKind.Member || ir.kind[at] === NodeKind.Index || ir.kind[at] === NodeKind.Unary)
  ) {
    at = ir.first[at] ?? -1;
  }
  return at >= 0 && ir.kind[at] === NodeKind.Name ? (ir.atom[at] ?? 0) : 0;
}

/** Replaces uses of locals by uses of what was put into them, through chains of locals. */
function expandLocals(context: Indexing, raw: readonly RawUse[]): FunctionUse[] {
  const held = heldByLocals(context, raw);
  const uses: FunctionUse[] = [];
  for (const use of raw) {
    const sources = sourcesOf(context, use.name, held);
    if (sources.length === 0) continue;
    const isPlaced = use.target.kind !== 'harmless' && use.target.kind !== 'unexplained';
    const states = isPlaced
      ? siteStatesOf(context.ir, use.node, use.local, context.atoms, context.parents)
      : [];
    for (const source of sources) {
      uses.push({ source, target: use.target, node: use.node, major: use.major, states });
    }
  }
  return uses;
}

function heldByLocals(context: Indexing, raw: readonly RawUse[]): Map<Atom, Set<Atom>> {
  const held = new Map<Atom, Set<Atom>>();
  for (let round = 0, isChanged = true; isChanged && round < 4; round++) {
    isChanged = false;
    for (const { name, local, target } of raw) {
      if (local === 0 || target.kind !== 'harmless' || local === name) continue;
      const into = held.get(local) ?? new Set<Atom>();
      held.set(local, into);
      const before = into.size;
      if (isLocal(context, name)) for (const inner of held.get(name) ?? []) into.add(inner);
      else into.add(name);
      isChanged ||= into.size > before;
    }
  }
  return held;
}

function isLocal(context: Indexing, name: Atom): boolean {
  return context.locals.typeOf(name) !== undefined && !context.parameters.has(name);
}

function sourcesOf(context: Indexing, name: Atom, held: ReadonlyMap<Atom, ReadonlySet<Atom>>): UseSource[] {
  const names = isLocal(context, name) ? [...(held.get(name) ?? [])] : [name];
  return names.map((each) => {
    const index = context.parameters.get(each);
    return index === undefined ? { kind: 'function', name: each } : { kind: 'param', index };
  });
}

/** The functions and parameters that a local function pointer may hold, for calls through it. */
export function heldByLocal(ir: BodyIr, local: Atom, context: IndexContext): UseSource[] {
  const indexing: Indexing = { ...context, ir, parents: parentsOf(ir) };
  const raw: RawUse[] = [];
  for (let node = 0; node < ir.nodeCount; node++) {
    if (ir.kind[node] !== NodeKind.Name || isCallee(indexing, node)) continue;
    const name = ir.atom[node] ?? 0;
    if (mayMatter(indexing, name)) raw.push(followUp(indexing, node, name));
  }
  return sourcesOf(indexing, local, heldByLocals(indexing, raw));
}

/** Argument nodes of a call. */
export function argumentsOf(ir: BodyIr, call: NodeId): NodeId[] {
  return childrenOf(ir, call).slice(ir.kind[call] === NodeKind.Call ? 1 : 0);
}
