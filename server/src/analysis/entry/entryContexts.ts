/**
 * Top-down: how each function may be entered. Annotations, roles and registrations give levels by themselves; the rest comes
 * from the callers' states at their call sites, callers before callees, cycles to a fixpoint. Bodies are not analysed again.
 */
import {
  contains,
  intersect,
  levelName,
  levelsOf,
  minOf,
  range,
  setOf,
  sizeOf,
  union,
} from '../../protocol/irqlLevels.ts';
import type { IrqlSet } from '../../protocol/irqlLevels.ts';
import type { NodeId } from '../../syntax/ir.ts';
import type { EntryContext, HeldLock, WhyStep } from '../facts.ts';
import type { FunctionId, Program, RoleAssignment } from '../program.ts';
import type { EntryContract } from './contractOf.ts';

/** One disjunct in front of a call, as far as the callee's entry level is concerned. */
export interface SiteLevel {
  readonly entry: IrqlSet;
  readonly irql: IrqlSet;
  readonly isEntryIrql: boolean;
  /** the level is only a bound, or precision was given up: no evidence */
  readonly isVague: boolean;
  /** the function's own tests or assertions bound the entry levels of this disjunct */
  readonly isBounded: boolean;
}

/** A call of a workspace function. */
export interface CallEdge {
  readonly caller: FunctionId;
  readonly callee: FunctionId;
  readonly node: NodeId;
  readonly levels: readonly SiteLevel[];
  /** false when the call leads through a pointer that other functions may stand in too */
  readonly isExact: boolean;
}

/** What the propagation needs of a function. */
export interface EntryInput {
  readonly contract: EntryContract | undefined;
  /** levels that assertions of the body leave */
  readonly asserted: IrqlSet;
  readonly held: readonly HeldLock[];
  /** call sites in this body */
  readonly calls: readonly CallEdge[];
}

/** Where a level of a function came from. */
type Origin = (
  | { readonly kind: 'annotation' }
  | { readonly kind: 'asserted' }
  | { readonly kind: 'role'; readonly role: number }
  | {
      readonly kind: 'call';
      readonly edge: CallEdge;
      readonly callerLevel: number;
      /** calls between the outermost known entry and here */
      readonly depth: number;
    }
) & {
  /** evidence of the level, not only permission */
  readonly isProven: boolean;
};

/** Levels of one function while callers add to them. */
interface Working {
  levels: IrqlSet;
  proven: IrqlSet;
  source: EntryContext['source'];
  /** levels are fixed by a contract; callers only prove them */
  isFixed: boolean;
  /** some caller's own level is unknown, or the callers are not all known */
  hasUnknownCaller: boolean;
  hasCaller: boolean;
  readonly origins: Map<number, Origin>;
}

/** The levels of all functions of a snapshot; opaque outside of this file. */
export interface EntryLevels {
  readonly work: readonly Working[];
}

/** What the propagation knows of the program's shape. */
export interface EntryGraph {
  /** callees first */
  readonly components: readonly (readonly FunctionId[])[];
  readonly componentOf: Int32Array;
  inputOf(id: FunctionId): EntryInput;
  /** at least all callers of the function */
  callersOf(id: FunctionId): Iterable<FunctionId>;
}

/** Propagates through the whole program. */
export function computeEntries(program: Program, graph: EntryGraph): EntryLevels {
  const work = program.functions.map((_, id) => startOf(program, id, graph.inputOf(id)));
  const { components } = graph;
  // Components come callees first: callers first is the reverse.
  for (let i = components.length - 1; i >= 0; i--) settle(program, work, graph, components[i] ?? []);
  return { work };
}

/**
 * Propagates again from the functions whose call sites, contract or roles changed; all others keep what they had. The
 * functions that can be reached from `dirty` (by new or old calls) start afresh.
 */
export function updateEntries(
  program: Program,
  graph: EntryGraph,
  previous: EntryLevels,
  dirty: readonly FunctionId[],
): EntryLevels {
  const reached = reach(graph, dirty);
  if (reached.size > program.functions.length / 4) return computeEntries(program, graph);
  const work = previous.work.slice(0, program.functions.length);
  const touched = new Set<number>();
  for (const id of reached) {
    work[id] = startOf(program, id, graph.inputOf(id));
    touched.add(graph.componentOf[id] ?? 0);
  }
  const order = [...touched].sort((a, b) => b - a);
  for (const component of order) {
    for (const id of graph.components[component] ?? []) {
      if (!reached.has(id)) continue;
      for (const edge of incoming(graph, id)) propagate(program, work, edge);
    }
    settle(
      program,
      work,
      graph,
      (graph.components[component] ?? []).filter((id) => reached.has(id)),
      reached,
    );
  }
  return { work };
}

function reach(graph: EntryGraph, dirty: readonly FunctionId[]): Set<FunctionId> {
  const reached = new Set<FunctionId>(dirty);
  for (const id of reached) for (const { callee } of graph.inputOf(id).calls) reached.add(callee);
  return reached;
}

/** The edges into a function from components above its own, in the order of the whole propagation. */
function incoming(graph: EntryGraph, id: FunctionId): CallEdge[] {
  const own = graph.componentOf[id] ?? 0;
  const callers = [...new Set(graph.callersOf(id))].filter(
    (caller) => (graph.componentOf[caller] ?? 0) !== own,
  );
  callers.sort((a, b) => (graph.componentOf[b] ?? 0) - (graph.componentOf[a] ?? 0) || a - b);
  return callers.flatMap((caller) => graph.inputOf(caller).calls.filter(({ callee }) => callee === id));
}

/** Carries the levels of a component's functions on; cycles until nothing changes. */
function settle(
  program: Program,
  work: readonly Working[],
  graph: EntryGraph,
  component: readonly FunctionId[],
  within?: ReadonlySet<FunctionId>,
): void {
  const edges = component.flatMap((id) =>
    graph.inputOf(id).calls.filter((edge) => within === undefined || isInside(graph, edge)),
  );
  const isCycle = component.length > 1;
  let isChanged = true;
  for (let round = 0; isChanged && round < 40; round++) {
    isChanged = false;
    for (const edge of edges) {
      // In a cycle a caller may become known by another member: whether it does must not hang on their order.
      if (isCycle && work[edge.caller]?.levels === 0) continue;
      if (propagate(program, work, edge)) isChanged = true;
    }
    if (!isCycle && round > 0) break;
  }
  if (isCycle) for (const edge of edges) if (work[edge.caller]?.levels === 0) propagate(program, work, edge);
}

/** In an update, edges to lower components are pulled when their turn comes. */
function isInside(graph: EntryGraph, { caller, callee }: CallEdge): boolean {
  return graph.componentOf[caller] === graph.componentOf[callee];
}

/** The context of one function; why-chains are made when asked for. */
export function entryContextOf(
  program: Program,
  { work }: EntryLevels,
  id: FunctionId,
  input: EntryInput,
): EntryContext {
  return finish(program, work, id, input);
}

function startOf(program: Program, id: FunctionId, input: EntryInput): Working {
  const working: Working = {
    levels: 0,
    proven: 0,
    source: 'unknown',
    isFixed: false,
    hasUnknownCaller: program.hasUnknownCallers(id),
    hasCaller: false,
    origins: new Map(),
  };
  const roles = program.rolesOf(id);
  const { contract } = input;
  if (contract?.levels !== undefined) {
    working.levels = contract.levels;
    working.isFixed = true;
    working.source = 'annotation';
    if (contract.isExact) working.proven = contract.levels;
    else if (contract.isMinStated) working.proven = setOf(levelsOf(contract.levels)[0] ?? 0);
    for (const level of levelsOf(contract.levels))
      working.origins.set(level, { kind: 'annotation', isProven: contains(working.proven, level) });
  }
  roles.forEach((role, i) => {
    addRole(working, role, i);
  });
  return working;
}

/** Levels at which a callback really is entered. A low level that the driver must ask for, and here did not, is not among them. */
function provenOf({ fact, min, max, upper }: RoleAssignment): IrqlSet {
  if (upper === 'merelyAllowed') return setOf(min);
  const isLowByChoice = fact.conditions.some(
    ({ when }) =>
      when.state === 'executionLevelPassive' ||
      when.executionLevel === 'WdfExecutionLevelPassive' ||
      when.isPassiveInterrupt === true,
  );
  return upper === 'usual' && isLowByChoice ? setOf(max) : setOf(min, max);
}

function addRole(working: Working, role: RoleAssignment, index: number): void {
  const levels = range(role.min, role.max);
  const proven = provenOf(role);
  if (working.isFixed) {
    working.proven = union(working.proven, intersect(proven, working.levels));
  } else {
    working.levels = union(working.levels, levels);
    working.proven = union(working.proven, proven);
    const isDeclared =
      role.how === 'declaration' || role.how === 'functionClass' || role.how === 'entryPoint';
    if (working.source === 'unknown') working.source = isDeclared ? 'role' : 'registration';
  }
  for (const level of levelsOf(levels)) {
    const known = working.origins.get(level);
    const isProven = contains(proven, level);
    if (known === undefined || known.kind === 'annotation' || (isProven && !known.isProven))
      working.origins.set(level, { kind: 'role', role: index, isProven });
  }
}

/** Carries the caller's levels over one edge; returns whether the callee changed. */
function propagate(program: Program, work: readonly Working[], edge: CallEdge): boolean {
  const caller = work[edge.caller];
  const callee = work[edge.callee];
  if (caller === undefined || callee === undefined || edge.levels.length === 0) return false;
  let isChanged = !callee.hasCaller;
  callee.hasCaller = true;
  const isCallerKnown = caller.levels !== 0;
  for (const site of edge.levels) {
    if (site.isEntryIrql && !isCallerKnown && !site.isBounded) {
      if (!callee.hasUnknownCaller) isChanged = true;
      callee.hasUnknownCaller = true;
      continue;
    }
    if (site.isVague && !site.isEntryIrql) {
      callee.hasUnknownCaller = true;
      continue;
    }
    const entered = isCallerKnown ? intersect(site.entry, caller.levels) : site.entry;
    // An assertion of the caller's body contradicts its context: nothing is carried on.
    if (entered === 0) continue;
    const levels = site.isEntryIrql ? entered : site.irql;
    // What only the caller's own tests and assertions bound: its lowest level is believed to happen.
    const provenEntry = isCallerKnown ? intersect(site.entry, caller.proven) : setOf(minOf(site.entry));
    // Through a pointer that may lead elsewhere, a caller that comes at several levels need not come here at each of them.
    const isEvidence = edge.isExact || !site.isEntryIrql || sizeOf(entered) === 1;
    const proven = site.isVague || !isEvidence ? 0 : site.isEntryIrql ? provenEntry : site.irql;
    if (add(program, caller, callee, edge, site, entered, levels, proven)) isChanged = true;
  }
  return isChanged;
}

/** A chain that is evidence is shown before one that only may happen, then the shortest; among equals the one whose caller comes first by file and name, whatever the ids are. */
function isBetterOrigin(
  program: Program,
  known: Origin | undefined,
  edge: CallEdge,
  depth: number,
  isProven: boolean,
): boolean {
  if (known === undefined) return true;
  if (known.isProven !== isProven) return isProven;
  if (known.kind !== 'call') return false;
  if (depth !== known.depth) return depth < known.depth;
  return placeKey(program, edge) < placeKey(program, known.edge);
}

function placeKey(program: Program, { caller, node }: CallEdge): string {
  const unit = program.functions[caller];
  return `${unit?.file.path ?? ''}:${unit?.qualifiedName ?? ''}:${String(node).padStart(8, '0')}`;
}

/** Where the level was set on the way, the caller may have come at any of `entered`: at one with evidence, or the lowest. */
function likeliestOf({ origins }: Working, entered: IrqlSet): number {
  const levels = levelsOf(entered);
  return levels.find((level) => origins.get(level)?.isProven === true) ?? levels[0] ?? 0;
}

function add(
  program: Program,
  caller: Working,
  callee: Working,
  edge: CallEdge,
  site: SiteLevel,
  entered: IrqlSet,
  levels: IrqlSet,
  proven: IrqlSet,
): boolean {
  const allowed = callee.isFixed ? callee.levels : union(callee.levels, levels);
  const evident = union(callee.proven, callee.isFixed ? intersect(proven, callee.levels) : proven);
  if (!callee.isFixed && callee.source === 'unknown') callee.source = 'callers';
  let isChainChanged = false;
  for (const level of levelsOf(levels)) {
    if (!contains(allowed, level)) continue;
    const callerLevel = site.isEntryIrql ? level : likeliestOf(caller, entered);
    const above = caller.origins.get(callerLevel);
    const depth = (above?.kind === 'call' ? above.depth : 0) + 1;
    const known = callee.origins.get(level);
    const isProven = contains(proven, level);
    if (!isBetterOrigin(program, known, edge, depth, isProven)) continue;
    callee.origins.set(level, { kind: 'call', edge, callerLevel, depth, isProven });
    isChainChanged = true;
  }
  const isChanged = isChainChanged || allowed !== callee.levels || evident !== callee.proven;
  callee.levels = allowed;
  callee.proven = evident;
  return isChanged;
}

function finish(program: Program, work: readonly Working[], id: FunctionId, input: EntryInput): EntryContext {
  const working = work[id];
  const all = input.asserted;
  if (working === undefined || working.levels === 0) {
    const high = program.settings.arch === 'x86' ? 31 : 15;
    const isAsserted = input.asserted !== range(0, high);
    return {
      levels: all,
      proven: working?.proven ?? 0,
      isKnown: isAsserted,
      source: isAsserted ? 'annotation' : 'unknown',
      areAllCallersKnown: false,
      held: input.held,
      why: new Map(
        isAsserted ? levelsOf(all).map((level) => [level, [assertedStep(program, id, level)]]) : [],
      ),
    };
  }
  const narrowed = intersect(working.levels, input.asserted);
  // What the body asserts narrows callers, and roles whose upper level nothing proves; a sure role is contradicted instead.
  const isSure =
    working.source === 'annotation' || program.rolesOf(id).some(({ upper }) => upper !== 'merelyAllowed');
  const levels = narrowed === 0 || isSure ? working.levels : narrowed;
  const isAll = working.hasCaller && !working.hasUnknownCaller;
  return {
    levels,
    proven: intersect(working.proven, levels),
    isKnown: true,
    source: working.source,
    areAllCallersKnown: isAll,
    held: input.held,
    why: lazyWhy(program, work, id, levels),
  };
}

/** Chains are built on first use, level by level. */
function lazyWhy(
  program: Program,
  work: readonly Working[],
  id: FunctionId,
  levels: IrqlSet,
): ReadonlyMap<number, readonly WhyStep[]> {
  let chains: Map<number, readonly WhyStep[]> | undefined;
  const build = (): Map<number, readonly WhyStep[]> => {
    chains ??= new Map(levelsOf(levels).map((level) => [level, chainOf(program, work, id, level)]));
    return chains;
  };
  return {
    get size() {
      return build().size;
    },
    get: (level) => build().get(level),
    has: (level) => build().has(level),
    keys: () => build().keys(),
    values: () => build().values(),
    entries: () => build().entries(),
    forEach: (visit, self) => {
      build().forEach(visit, self);
    },
    [Symbol.iterator]: () => build()[Symbol.iterator](),
  };
}

/** From the outermost known entry down to `id`. */
function chainOf(program: Program, work: readonly Working[], id: FunctionId, level: number): WhyStep[] {
  const steps: WhyStep[] = [];
  let at = id;
  let atLevel = level;
  const seen = new Set<string>();
  for (let depth = 0; depth < 24; depth++) {
    const key = `${at}:${atLevel}`;
    const origin = work[at]?.origins.get(atLevel);
    if (origin === undefined || seen.has(key)) break;
    seen.add(key);
    steps.push(originStep(program, at, atLevel, origin));
    if (origin.kind !== 'call') break;
    at = origin.edge.caller;
    atLevel = origin.callerLevel;
  }
  return steps.reverse();
}

function originStep(program: Program, id: FunctionId, level: number, origin: Origin): WhyStep {
  const unit = program.functions[id];
  const name = unit?.qualifiedName ?? '';
  const at = levelName(level, program.settings.arch);
  const head = {
    file: unit?.file.path ?? '',
    range: unit?.head.nameRange ?? { start: 0, end: 0 },
    irql: setOf(level),
  };
  switch (origin.kind) {
    case 'annotation':
      return { ...head, message: `${name} may be entered at ${at}: its annotation says so` };
    case 'asserted':
      return { ...head, message: `${name} is entered at ${at}: it asserts so` };
    case 'role': {
      const role = program.rolesOf(id)[origin.role];
      if (role === undefined) return { ...head, message: `${name} is entered at ${at}` };
      return {
        file: role.file.path,
        range: role.range,
        irql: setOf(level),
        message: `${name} is entered at ${at}: ${role.fact.type} (${role.via})`,
      };
    }
    case 'call': {
      const { edge } = origin;
      const caller = program.functions[edge.caller];
      const ir = caller?.ir();
      return {
        file: caller?.file.path ?? '',
        range: { start: ir?.start[edge.node] ?? 0, end: ir?.end[edge.node] ?? 0 },
        irql: setOf(level),
        message: `${name} is called at ${at} from ${caller?.qualifiedName ?? ''}`,
      };
    }
  }
}

function assertedStep(program: Program, id: FunctionId, level: number): WhyStep {
  return originStep(program, id, level, { kind: 'asserted', isProven: false });
}
