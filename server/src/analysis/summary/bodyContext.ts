/**
 * What is fixed for one body while it is analysed: parameters, locals, resolved callees, parents of nodes.
 * Built once per analysis of the body; it holds no states.
 */
import { allLevels } from '../../protocol/irqlLevels.ts';
import type { IrqlSet } from '../../protocol/irqlLevels.ts';
import type { Atom } from '../../syntax/atoms.ts';
import { calleeAtom, NodeFlag, NodeKind, parentsOf } from '../../syntax/ir.ts';
import type { BodyIr, NodeId } from '../../syntax/ir.ts';
import type { LockRef } from '../facts.ts';
import { constantOfName, isSymbol } from '../irql/constants.ts';
import type { Callee, FunctionUnit, Program } from '../program.ts';
import { pairedConditions, type LockSide } from './pairedConditions.ts';
import { conditionHash, LEVEL_WORDS, repeatedConditions, trackedNames } from './tracking.ts';

/** A declared local. */
export interface LocalInfo {
  readonly node: NodeId;
  readonly type: Atom;
  readonly isPointer: boolean;
  readonly isStatic: boolean;
}

/** What stays the same while a body is analysed. */
export interface BodyContext {
  readonly program: Program;
  readonly unit: FunctionUnit;
  readonly ir: BodyIr;
  readonly all: IrqlSet;
  readonly params: ReadonlyMap<Atom, number>;
  readonly locals: ReadonlyMap<Atom, LocalInfo>;
  /** parameters that the body changes or takes the address of: tracked like locals */
  readonly changedParams: ReadonlySet<Atom>;
  readonly parents: Int32Array;
  /** names and classes of locks by path, as first seen */
  readonly lockNames: Map<string, LockRef>;
  calleeOf(call: NodeId): Callee;
  nameOf(call: NodeId): string;
  text(atom: Atom): string;
  /** `l:name` and kin for a local or unchanged parameter, `g:name` or `this*.name` otherwise */
  locationOfName(name: Atom): string;
  /** whether facts about the location (or under the key) are worth keeping */
  tracks(location: string): boolean;
  /** whether how the condition (or part) turned out is asked again, by another condition, a call or a caller */
  isAskedAgain(condition: NodeId): boolean;
  /** whether the condition guards a taking and a giving back (see pairedConditions.ts) */
  isPaired(condition: NodeId): boolean;
  /** the value of a constant by name: of the headers, of a macro that the file sees, or a symbol of its own */
  constantOf(name: Atom): number | undefined;
}

/** Collects what is fixed for the body of `unit`. */
export function createBodyContext(
  program: Program,
  unit: FunctionUnit,
  known: ReadonlyMap<NodeId, Callee>,
  isLight = false,
  sideOfCall?: (callee: Callee) => LockSide,
): BodyContext {
  const ir = unit.ir();
  const { atoms } = program;
  const params = new Map<Atom, number>();
  unit.head.params.forEach(({ name }, i) => {
    if (name !== 0 && !params.has(name)) params.set(name, i);
  });
  const parents = parentsOf(ir);
  const { locals, changedParams } = namesOf(ir, params, (atom) => atoms.text(atom));
  const constants = new Map<Atom, number | undefined>();
  const locations = new Map<Atom, string>();
  const ignored = new Set<string>();
  const textOf = (atom: Atom): string => atoms.text(atom);
  const tracked = trackedNames(ir, isLight, textOf);
  let argumentNames: ReadonlySet<Atom> | undefined;
  let repeated: ReadonlySet<number> | undefined;
  return {
    program,
    unit,
    ir,
    all: allLevels(program.settings.arch),
    params,
    locals,
    changedParams,
    parents,
    lockNames: new Map(),
    calleeOf: (call) => known.get(call) ?? program.resolveCall(unit, call),
    nameOf(call) {
      const atom = calleeAtom(ir, call);
      if (atom >= 0) return atoms.text(atom);
      const callee = ir.first[call] ?? -1;
      return callee >= 0 && ir.kind[callee] === NodeKind.Member ? atoms.text(ir.atom[callee] ?? 0) : '';
    },
    text: (atom) => atoms.text(atom),
    locationOfName(name) {
      let location = locations.get(name);
      if (location === undefined) {
        location = nameLocation(program, unit, name, params, locals, changedParams);
        locations.set(name, location);
        if (location.startsWith('l:') && !tracked.has(name)) ignored.add(location);
      }
      return location;
    },
    isAskedAgain(condition) {
      repeated ??= repeatedConditions(ir, textOf);
      if (repeated.has(conditionHash(ir, condition, textOf))) return true;
      let node = condition;
      while (ir.kind[node] === NodeKind.Cast || ir.kind[node] === NodeKind.Binary)
        node = ir.first[node] ?? -1;
      if (ir.kind[node] !== NodeKind.Name) return false;
      const name = ir.atom[node] ?? 0;
      argumentNames ??= isLight ? tracked : trackedNames(ir, true, textOf);
      return params.has(name) || argumentNames.has(name);
    },
    isPaired: pairing(ir, parents, textOf, isLight ? undefined : sideOfCall, known),
    tracks(location) {
      if (!isLight) return !ignored.has(location);
      if (location.startsWith('l:') || location.startsWith('p')) return !ignored.has(location);
      return LEVEL_WORDS.test(location);
    },
    constantOf(name) {
      const known = constants.get(name);
      if (known !== undefined || constants.has(name)) return known;
      const constant = readConstant(program, unit, name);
      constants.set(name, constant);
      return constant;
    },
  };
}

/** The test for paired conditions, which looks for them when it is asked first. */
function pairing(
  ir: BodyIr,
  parents: Int32Array,
  textOf: (atom: Atom) => string,
  sideOfCall: ((callee: Callee) => LockSide) | undefined,
  known: ReadonlyMap<NodeId, Callee>,
): (condition: NodeId) => boolean {
  if (sideOfCall === undefined) return () => false;
  let paired: ReadonlySet<number> | undefined;
  return (condition) => {
    paired ??= pairedConditions(ir, parents, textOf, (call) => {
      const callee = known.get(call);
      return callee === undefined ? 'none' : sideOfCall(callee);
    });
    return paired.size > 0 && paired.has(conditionHash(ir, condition, textOf));
  };
}

/** The locals that a body declares, and those of its parameters that it changes. */
function namesOf(
  ir: BodyContext['ir'],
  params: ReadonlyMap<Atom, number>,
  textOf: (atom: Atom) => string,
): { readonly locals: Map<Atom, LocalInfo>; readonly changedParams: Set<Atom> } {
  const locals = new Map<Atom, LocalInfo>();
  const changedParams = new Set<Atom>();
  for (let node = 0; node < ir.nodeCount; node++) {
    if (ir.kind[node] === NodeKind.Decl) {
      const flags = ir.flags[node] ?? 0;
      const name = ir.atom[node] ?? 0;
      if (!locals.has(name)) {
        locals.set(name, {
          node,
          type: ir.aux[node] ?? 0,
          isPointer: (flags & NodeFlag.Pointer) !== 0,
          isStatic: (flags & NodeFlag.Static) !== 0,
        });
      }
      continue;
    }
    const changed = changedName(ir, node, textOf(ir.atom[node] ?? 0));
    if (changed >= 0 && params.has(changed)) changedParams.add(changed);
  }
  return { locals, changedParams };
}

function nameLocation(
  program: Program,
  unit: FunctionUnit,
  name: Atom,
  params: ReadonlyMap<Atom, number>,
  locals: ReadonlyMap<Atom, LocalInfo>,
  changedParams: ReadonlySet<Atom>,
): string {
  const text = program.atoms.text(name);
  if (locals.has(name)) return `l:${text}`;
  const parameter = params.get(name);
  if (parameter !== undefined) return changedParams.has(name) ? `l:${text}` : `p${parameter}`;
  const { scope } = unit.head;
  if (scope !== '' && program.types.fieldType(unit.file.project, scope, text) !== undefined) {
    return `this*.${text}`;
  }
  return `g:${text}`;
}

function readConstant(program: Program, unit: FunctionUnit, name: Atom): number | undefined {
  const text = program.atoms.text(name);
  const { arch } = program.settings;
  const known = constantOfName(text, name, arch);
  if (known !== undefined && !isSymbol(known)) return known;
  return program.macroScope(unit.file).constant(text) ?? known;
}

/** The name that the node assigns to or takes the address of, or -1. */
function changedName(ir: BodyIr, node: NodeId, operator: string): Atom {
  const kind = ir.kind[node];
  const isChange =
    kind === NodeKind.Assign ||
    kind === NodeKind.Postfix ||
    (kind === NodeKind.Unary && (operator === '++' || operator === '--' || operator === '&'));
  const target = ir.first[node] ?? -1;
  if (!isChange || target < 0 || ir.kind[target] !== NodeKind.Name) return -1;
  return ir.atom[target] ?? -1;
}

/** Whether somebody looks at the value of the call: not a statement of its own, nor cast to void. */
export function isResultUsed(context: BodyContext, call: NodeId): boolean {
  const { ir, parents } = context;
  let at = parents[call] ?? -1;
  while (at >= 0 && ir.kind[at] === NodeKind.Cast) at = parents[at] ?? -1;
  return at >= 0 && ir.kind[at] !== NodeKind.ExprStmt;
}

/** The argument nodes of a Call or Construct node. */
export function argumentsOf(ir: BodyIr, call: NodeId): NodeId[] {
  const args: NodeId[] = [];
  const first = ir.first[call] ?? -1;
  const from = ir.kind[call] === NodeKind.Call ? (ir.next[first] ?? -1) : first;
  for (let node = from; node >= 0; node = ir.next[node] ?? -1) args.push(node);
  return args;
}
