/**
 * From the facts of a body to its summary: exit cases in terms of parameters and globals, the requirement on entry with its
 * witness, lock uses. It looks at one body only; callees have been folded into its facts already.
 */
import {
  allLevels,
  intersect,
  levelsOf,
  maxOf,
  minOf,
  sizeOf,
  union,
  without,
} from '../../protocol/irqlLevels.ts';
import type { IrqlSet } from '../../protocol/irqlLevels.ts';
import type {
  CallFact,
  ExitCase,
  FunctionSummary,
  GuardedRequirement,
  HeldLock,
  LockRef,
  LockUse,
  PathState,
  Requirement,
  Value,
  WhyStep,
} from '../facts.ts';
import { STABLE } from '../irql/evaluate.ts';
import { isSameHeld, isSameValue, joinValues } from '../irql/state.ts';
import type { State } from '../irql/state.ts';
import { isVisibleOutside, parameterOf } from '../locks/accessPath.ts';
import type { AnalyzedBody } from './analyzeBody.ts';
import { stepAtNode } from './anchoredStep.ts';
import type { UnitCell } from './anchoredStep.ts';
import type { BodyContext } from './bodyContext.ts';
import { LEVEL_WORDS } from './tracking.ts';
import { callerLock } from '../irql/applySummary.ts';
import { callSiteOf } from '../irql/callSite.ts';

/** More cases than this are given up: the effect is then unknown. */
const MAX_CASES = 40;
/** More transitive lock uses than this are not kept. */
const MAX_USES = 48;

type MutableCase = { -readonly [K in keyof ExitCase]: ExitCase[K] };

/** The no-effect case of a function of which nothing else is known. */
export function sameCase(all: IrqlSet): ExitCase {
  return {
    entry: all,
    irql: all,
    isEntryIrql: true,
    guards: [],
    returns: undefined,
    acquired: [],
    released: [],
    saved: new Map(),
    regions: { critical: 0, guarded: 0 },
  };
}

/** The requirement that allows everything. */
export function noRequirement(all: IrqlSet): Requirement {
  return { min: 0, max: maxOf(all), source: 'inferred', because: '', isCertain: true, witness: [] };
}

/** Levels for which some path leaves the function: less than all when assertions (PAGED_CODE, ASSERT) or bug checks exclude some. */
export function assertedEntry(body: AnalyzedBody): IrqlSet {
  let covered = 0;
  for (const { states } of body.facts.exits) for (const { entry } of states) covered = union(covered, entry);
  return covered === 0 ? body.context.all : covered;
}

/** Summarises a body; `summaryOf` gives the callees' lock uses. */
export function summarize(
  body: AnalyzedBody,
  cell: UnitCell,
  summaryOf: (id: number) => FunctionSummary | undefined,
): FunctionSummary {
  const { context, facts } = body;
  const { all, unit } = context;
  const exits = facts.exits.flatMap(({ states }) => states) as State[];
  const usable = exits.filter((state) => !state.isImprecise || isPlain(state));
  const isLost = (usable.length === 0 && exits.length > 0) || context.ir.recoveries.length > 0;
  const grouped = isLost ? undefined : groupCases(usable, body.returns);
  const cases = grouped === undefined ? [sameCase(all)] : coverAllEntries(grouped, all);
  const { requires, requiresWhen } = requirementsOf(context, cell, facts.calls);
  const blocks = blockingWitness(cell, facts.calls, summaryOf);
  return {
    id: unit.id,
    source: 'inferred',
    requires,
    cases,
    exit: exitKind(cases),
    isProved:
      grouped !== undefined &&
      !facts.isImprecise &&
      exits.every(({ assumptions, isImprecise }) => assumptions.length === 0 && !isImprecise),
    locksTaken: lockUsesOf(context, facts.calls, summaryOf),
    ...(blocks === undefined ? {} : { blocks }),
    ...(requiresWhen.length === 0 ? {} : { requiresWhen }),
    ...(grouped === undefined ? { isGivenUp: true } : {}),
  };
}

/** Nothing is changed on this path, as far as it was followed. */
function isPlain(state: State): boolean {
  return (
    state.isEntryIrql &&
    state.releasedFromEntry.length === 0 &&
    state.held.every(({ isFromEntry }) => isFromEntry) &&
    state.regions.critical === 0 &&
    state.regions.guarded === 0
  );
}

/** How the exit level relates to the entry level over all cases. */
function exitKind(cases: readonly ExitCase[]): FunctionSummary['exit'] {
  const kinds = new Set(
    cases.map((exit) =>
      // A level that a caller's variable gives back is below the one at entry; any other unknown one may be anything.
      exit.isIrqlUnknown === true
        ? exit.irqlFrom === undefined
          ? 'unknown'
          : 'lowers'
        : exit.isEntryIrql
          ? 'same'
          : minOf(exit.irql) > 0
            ? 'raises'
            : 'lowers',
    ),
  );
  const [only] = kinds;
  if (kinds.size === 1 && only !== undefined) return only;
  return kinds.size === 0 ? 'same' : kinds.has('unknown') ? 'unknown' : 'mixed';
}

function groupCases(
  exits: readonly State[],
  returns: ReadonlyMap<State, Value | undefined>,
): MutableCase[] | undefined {
  const cases: MutableCase[] = [];
  for (const state of exits) {
    const exit = caseOf(state, returns.get(state));
    const same = cases.find((known) => haveSameEffect(known, exit));
    if (same === undefined) cases.push(exit);
    else mergeCase(same, exit);
    if (cases.length > MAX_CASES) return undefined;
  }
  const [only] = cases;
  if (cases.length === 1 && only !== undefined) only.guards = [];
  return cases;
}

function caseOf(state: State, returned: Value | undefined): MutableCase {
  // Entered at one level only and left at it: the same, although the level was set in between.
  const isSame = state.isEntryIrql || (state.irql === state.entry && sizeOf(state.entry) === 1);
  return {
    entry: state.entry,
    irql: state.irql,
    isEntryIrql: isSame,
    guards: guardsOf(state),
    returns: returned === undefined ? undefined : outsideValue(returned),
    acquired: state.held.filter(({ isFromEntry }) => !isFromEntry),
    released: state.releasedFromEntry,
    saved: savedOf(state),
    regions: state.regions,
    irqlFrom: state.irqlFrom,
    isIrqlUnknown: state.isIrqlUnknown,
  };
}

/** A value that still means something outside of the function. */
function outsideValue(value: Value): Value | undefined {
  if (value.kind === 'addressOf' || value.kind === 'copyOf') {
    return isVisibleOutside(value.path) ? value : undefined;
  }
  return value.kind === 'resultOf' ? undefined : value;
}

/** What the path says about parameters that the body never changes. */
function guardsOf(state: PathState): { readonly parameter: number; readonly value: Value }[] {
  const guards: { parameter: number; value: Value }[] = [];
  for (const [key, value] of state.values) {
    const level = /^i:\{p(\d+)\}$/.exec(key)?.[1];
    if (level !== undefined) guards.push({ parameter: Number(level), value });
    if (!/^p\d+$/.test(key) || (value.kind !== 'const' && value.kind !== 'notConst')) continue;
    guards.push({ parameter: Number(key.slice(1)), value });
  }
  return guards;
}

function savedOf(state: State): ReadonlyMap<string, Value> {
  let saved: Map<string, Value> | undefined;
  for (const [key, value] of state.values) {
    if (!isWorthSaving(state, key, value)) continue;
    saved ??= new Map();
    saved.set(key, value);
  }
  return saved ?? NOTHING_SAVED;
}

const NOTHING_SAVED: ReadonlyMap<string, Value> = new Map();

function isWorthSaving(state: State, key: string, value: Value): boolean {
  if (
    key.startsWith('i:') ||
    key.startsWith('e:') ||
    key.startsWith(STABLE) ||
    key.startsWith('r:') ||
    key.startsWith('#') ||
    !isVisibleOutside(key)
  )
    return false;
  if (value.kind === 'irql') {
    if (key.endsWith('#irql')) {
      const object = key.slice(0, -'#irql'.length);
      return state.held.some((held) => held.lock.path === object || held.savedIn === object);
    }
    return /^p\d+\*$/.test(key) || !state.isEntryIrql || state.held.some((held) => held.savedIn === key);
  }
  return (value.kind === 'const' || value.kind === 'notConst') && /^p\d+\*$/.test(key);
}

function haveSameHeld(a: readonly HeldLock[], b: readonly HeldLock[]): boolean {
  return (
    a.length === b.length &&
    a.every((held, i) => {
      const other = b[i];
      return other !== undefined && isSameHeld(held, other);
    })
  );
}

function haveSameEffect(a: ExitCase, b: ExitCase): boolean {
  return (
    a.isEntryIrql === b.isEntryIrql &&
    (a.isEntryIrql || a.irql === b.irql) &&
    a.irqlFrom === b.irqlFrom &&
    a.isIrqlUnknown === b.isIrqlUnknown &&
    a.regions.critical === b.regions.critical &&
    a.regions.guarded === b.regions.guarded &&
    haveSameHeld(a.acquired, b.acquired) &&
    haveSameHeld(a.released, b.released)
  );
}

function mergeCase(known: MutableCase, other: ExitCase): void {
  known.entry = union(known.entry, other.entry);
  if (known.isEntryIrql) known.irql = known.entry;
  known.guards = known.guards.filter((guard) =>
    other.guards.some(
      (second) => second.parameter === guard.parameter && isSameValue(second.value, guard.value),
    ),
  );
  known.returns =
    known.returns === undefined || other.returns === undefined
      ? undefined
      : joinValues(known.returns, other.returns);
  const saved = new Map<string, Value>();
  for (const [key, value] of known.saved) {
    const second = other.saved.get(key);
    const joined = second === undefined ? undefined : joinValues(value, second);
    if (joined !== undefined) saved.set(key, joined);
  }
  known.saved = saved;
}

/** Levels that no exit was found for (an assertion, a bug check) behave like those that have one: callers judge the call itself. */
function coverAllEntries(cases: MutableCase[], all: IrqlSet): ExitCase[] {
  let covered = 0;
  for (const exit of cases) covered = union(covered, exit.entry);
  const missing = without(all, covered);
  if (missing === 0) return cases;
  return cases.map((exit) => {
    const entry = union(exit.entry, missing);
    return { ...exit, entry, irql: exit.isEntryIrql ? entry : exit.irql };
  });
}

function requirementsOf(
  context: BodyContext,
  cell: UnitCell,
  calls: readonly CallFact[],
): { requires: Requirement; requiresWhen: GuardedRequirement[] } {
  const { all } = context;
  let requires = noRequirement(all);
  const requiresWhen: GuardedRequirement[] = [];
  for (const call of calls) {
    const { requirement } = call;
    if (requirement?.isCertain !== true) continue;
    for (const state of call.before) {
      const need = needOfState(context, state, requirement);
      if (need === undefined) continue;
      const guards = relevantGuards(context, state);
      if (guards === undefined) continue;
      const witness = [stepAtNode(cell, call.node, needMessage(call, requirement)), ...requirement.witness];
      const stated: Requirement = { ...need, source: 'inferred', because: '', isCertain: true, witness };
      if (guards.length > 0) {
        if (requiresWhen.length < 6) requiresWhen.push({ ...stated, guards });
      } else requires = stricter(requires, stated);
    }
  }
  return { requires, requiresWhen };
}

function needMessage(call: CallFact, requirement: Requirement): string {
  return requirement.because === '' ? `calls ${call.name}` : `calls ${call.name} (${requirement.because})`;
}

/** The bound on the entry level that this path needs, or undefined when the level there is not the entry level or fits anyway. */
function needOfState(
  context: BodyContext,
  state: PathState,
  { min, max }: Requirement,
): { readonly min: number; readonly max: number } | undefined {
  if (!state.isEntryIrql || state.isImprecise) return undefined;
  const levels = allLevels(context.program.settings.arch);
  const tooHigh = levelsOf(state.entry).filter((level) => level > max);
  const tooLow = levelsOf(state.entry).filter((level) => level < min);
  if (tooHigh.length === 0 && tooLow.length === 0) return undefined;
  // A path that a level test has narrowed needs nothing of the levels that the test excludes.
  const lowestTooHigh = tooHigh[0];
  const highestTooLow = tooLow.at(-1);
  return {
    max: lowestTooHigh === undefined ? maxOf(levels) : lowestTooHigh - 1,
    min: highestTooLow === undefined ? 0 : highestTooLow + 1,
  };
}

/** Whether a level that an object keeps or the caller gives was compared: who comes here at which level is not known then. */
export function hangsOnStoredLevel(values: PathState['values']): boolean {
  let isThere = false as boolean;
  values.forEach((_, key) => {
    isThere ||= key.startsWith('i:');
  });
  return isThere;
}

/** The path's guards on parameters; undefined when it hangs on a level-like condition that no caller's argument decides. */
function relevantGuards(
  context: BodyContext,
  state: PathState,
): readonly { readonly parameter: number; readonly value: Value }[] | undefined {
  const guards: { parameter: number; value: Value }[] = [];
  if (hangsOnStoredLevel(state.values)) return undefined;
  for (const [key, value] of state.values) {
    if (value.kind !== 'const' && value.kind !== 'notConst') continue;
    if (key.startsWith('#') || key.startsWith(STABLE)) continue;
    if (value.value === 0 && isOldIrql(context, key)) continue;
    if (/^p\d+$/.test(key)) {
      const parameter = parameterOf(key);
      const declared = context.unit.head.params[parameter];
      if (declared === undefined || isPointerType(declared.type)) continue;
      guards.push({ parameter, value });
    } else if (!key.startsWith('r:') && LEVEL_WORDS.test(key)) return undefined;
  }
  return guards;
}

/** A local for an old IRQL: what it was initialised with is no condition. */
function isOldIrql({ locals, program }: BodyContext, key: string): boolean {
  if (!key.startsWith('l:')) return false;
  const type = locals.get(program.atoms.find(key.slice(2)))?.type;
  return type !== undefined && program.atoms.text(type) === 'KIRQL';
}

/** Whether a parameter of that type is a pointer or a handle, by its name where nothing else tells. */
export function isPointerType(type: string): boolean {
  return type.includes('*') || /^P[A-Z]/.test(type) || /^(?:WDF|NDIS_HANDLE|HANDLE)/.test(type);
}

/** Both requirements at once, with the witness of the one that is stricter. */
function stricter(a: Requirement, b: Requirement): Requirement {
  if (b.max >= a.max && b.min <= a.min) return a;
  const witness = b.max < a.max || a.witness.length === 0 ? b.witness : a.witness;
  return { ...a, min: Math.max(a.min, b.min), max: Math.min(a.max, b.max), witness };
}

function blockingWitness(
  cell: UnitCell,
  calls: readonly CallFact[],
  summaryOf: (id: number) => FunctionSummary | undefined,
): readonly WhyStep[] | undefined {
  for (const call of calls) {
    const { callee } = call;
    const step = (): WhyStep => stepAtNode(cell, call.node, `calls ${call.name}`);
    if (callee.kind === 'ddi' && callee.effect?.blocks === true) return [step()];
    if (callee.kind !== 'functions' || callee.ids.length !== 1) continue;
    const inner = summaryOf(callee.ids[0] ?? -1)?.blocks;
    if (inner !== undefined && inner.length < 8) return [step(), ...inner];
  }
  return undefined;
}

function lockUsesOf(
  context: BodyContext,
  calls: readonly CallFact[],
  summaryOf: (id: number) => FunctionSummary | undefined,
): LockUse[] {
  const uses: LockUse[] = [];
  for (const call of calls) {
    const [state] = call.before;
    if (state === undefined) continue;
    for (const event of call.locks) {
      if (event.op !== 'acquire' && event.op !== 'tryAcquire') continue;
      if (event.isThroughWrapper) continue;
      for (const before of call.before) uses.push(useOf(context, call, event, before));
    }
    if (call.callee.kind !== 'functions') continue;
    const site = callSiteOf(context, call.node);
    for (const id of call.callee.ids) {
      const summary = summaryOf(id);
      const released = summary?.cases.flatMap((exit) => exit.released) ?? [];
      for (const inner of summary?.locksTaken ?? []) {
        if (uses.length >= MAX_USES) return uses;
        for (const before of call.before) {
          const inCaller = (lock: LockRef): LockRef => callerLock(context, before as State, site, lock);
          const releasedBefore = inner.releasedBefore.map(inCaller);
          const dropped = new Set([
            ...released.map(({ lock }) => inCaller(lock).path),
            ...releasedBefore.map(({ path }) => path),
          ]);
          uses.push({
            ...inner,
            lock: inCaller(inner.lock),
            heldBefore: [
              ...before.held.filter(({ lock }) => !dropped.has(lock.path)).map(({ lock }) => lock),
              ...inner.heldBefore.map(inCaller),
            ],
            releasedBefore: [...releasedOf(before), ...releasedBefore],
            irql: inner.isEntryIrql
              ? intersect(before.irql, allLevels(context.program.settings.arch))
              : inner.irql,
            isEntryIrql: inner.isEntryIrql && before.isEntryIrql,
          });
        }
      }
    }
  }
  return uses.slice(0, MAX_USES);
}

function releasedOf({ releasedFromEntry }: PathState): readonly LockRef[] {
  return releasedFromEntry?.map(({ lock }) => lock) ?? [];
}

function useOf(
  context: BodyContext,
  call: CallFact,
  event: CallFact['locks'][number],
  state: PathState,
): LockUse {
  return {
    lock: event.lock,
    kind: event.kind,
    mode: event.mode,
    routine: event.routine,
    function: context.unit.id,
    node: call.node,
    heldBefore: state.held.map(({ lock }) => lock),
    releasedBefore: releasedOf(state),
    irql: state.irql,
    isEntryIrql: state.isEntryIrql,
    isTry: event.op === 'tryAcquire',
  };
}
