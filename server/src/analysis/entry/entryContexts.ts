/**
 * Top-down: how each function may be entered. Annotations, roles and registrations give levels by themselves; the rest comes
 * from the callers' states at their call sites, callers before callees, cycles to a fixpoint. Bodies are not analysed again.
 */
import {
  contains,
  intersect,
  levelName,
  levelsOf,
  maxOf,
  range,
  setOf,
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
}

/** A call of a workspace function. */
export interface CallEdge {
  readonly caller: FunctionId;
  readonly callee: FunctionId;
  readonly node: NodeId;
  readonly levels: readonly SiteLevel[];
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
type Origin =
  | { readonly kind: 'annotation' }
  | { readonly kind: 'asserted' }
  | { readonly kind: 'role'; readonly role: RoleAssignment }
  | { readonly kind: 'call'; readonly edge: CallEdge; readonly callerLevel: number };

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

/** The contexts of all functions; why-chains are made when asked for. */
export function computeEntries(
  program: Program,
  components: readonly (readonly FunctionId[])[],
  inputOf: (id: FunctionId) => EntryInput,
): (id: FunctionId) => EntryContext {
  const work = program.functions.map((_, id) => startOf(program, id, inputOf(id)));
  // Components come callees first: callers first is the reverse.
  for (let i = components.length - 1; i >= 0; i--) {
    const component = components[i] ?? [];
    let isChanged = true;
    for (let round = 0; isChanged && round < 40; round++) {
      isChanged = false;
      for (const id of component) {
        for (const edge of inputOf(id).calls) {
          if (propagate(work, edge)) isChanged = true;
        }
      }
      if (component.length === 1 && round > 0) break;
    }
  }
  const cache = new Map<FunctionId, EntryContext>();
  return (id) => {
    let context = cache.get(id);
    if (context === undefined) {
      context = finish(program, work, id, inputOf(id));
      cache.set(id, context);
    }
    return context;
  };
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
    for (const level of levelsOf(contract.levels)) working.origins.set(level, { kind: 'annotation' });
  }
  for (const role of roles) addRole(working, role);
  return working;
}

function addRole(working: Working, role: RoleAssignment): void {
  const levels = range(role.min, role.max);
  const proven = role.upper === 'merelyAllowed' ? setOf(role.min) : setOf(role.min, role.max);
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
    if (known === undefined || known.kind === 'annotation')
      working.origins.set(level, { kind: 'role', role });
  }
}

/** Carries the caller's levels over one edge; returns whether the callee changed. */
function propagate(work: readonly Working[], edge: CallEdge): boolean {
  const caller = work[edge.caller];
  const callee = work[edge.callee];
  if (caller === undefined || callee === undefined || edge.levels.length === 0) return false;
  let isChanged = !callee.hasCaller;
  callee.hasCaller = true;
  const isCallerKnown = caller.levels !== 0;
  for (const site of edge.levels) {
    if (site.isEntryIrql && !isCallerKnown) {
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
    const provenEntry = intersect(site.entry, caller.proven);
    const proven = site.isVague ? 0 : site.isEntryIrql ? provenEntry : site.irql;
    if (add(callee, edge, site, entered, levels, proven)) isChanged = true;
  }
  return isChanged;
}

function add(
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
  for (const level of levelsOf(levels)) {
    const known = callee.origins.get(level);
    const isBetter = known === undefined || (known.kind === 'annotation' && contains(proven, level));
    if (!isBetter || !contains(allowed, level)) continue;
    const callerLevel = site.isEntryIrql ? level : maxOf(entered);
    callee.origins.set(level, { kind: 'call', edge, callerLevel });
  }
  const isChanged = allowed !== callee.levels || evident !== callee.proven;
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
  const levels = narrowed === 0 || working.source !== 'callers' ? working.levels : narrowed;
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
      const { role } = origin;
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
  return originStep(program, id, level, { kind: 'asserted' });
}
