/**
 * The whole inference over one snapshot: summaries bottom-up over the call graph, entry contexts top-down, facts on demand.
 * With the analysis of the previous snapshot, functions whose text, surroundings and callees are unchanged keep their results.
 */
import { notCancelled, throwIfCancelled } from '../base/cancellation.ts';
import type { Cancellation } from '../base/cancellation.ts';
import { allLevels } from '../protocol/irqlLevels.ts';
import { computeEntries, entryContextOf, updateEntries } from './entry/entryContexts.ts';
import type { EntryGraph, EntryInput, EntryLevels } from './entry/entryContexts.ts';
import type {
  BodyFacts,
  EntryContext,
  FunctionSummary,
  LockUse,
  OpenRelease,
  ProgramAnalysis,
} from './facts.ts';
import type { FunctionId, FunctionUnit, Program } from './program.ts';
import { analyzeFunction, analyzeUnitBody, unknownSummary } from './summary/analyzeFunction.ts';
import type { FunctionResult, Surroundings } from './summary/analyzeFunction.ts';
import type { UnitCell } from './summary/anchoredStep.ts';
import { createCallTable, isSameTable, NO_CALLS } from './summary/callTable.ts';
import type { CallTable } from './summary/callTable.ts';
import { findComponents } from './summary/components.ts';
import { collectOpenReleases } from './summary/openReleases.ts';
import { createKeptFacts, type KeptFacts } from './summary/keptFacts.ts';
import { isSameEntryInput, isSameSummary } from './summary/sameSummary.ts';
import { sameCase } from './summary/summarize.ts';

/** An analysis with what the next one can reuse. */
interface KeptAnalysis extends ProgramAnalysis {
  readonly kept: Kept;
}

/** Arrays are by function id and never changed once the analysis is handed out, but for `cells` and `callers`. */
interface Kept {
  readonly program: Program;
  readonly stamps: readonly (number | undefined)[];
  readonly projectStamps: ReadonlyMap<string, number>;
  readonly tables: readonly CallTable[];
  readonly results: readonly (FunctionResult | undefined)[];
  readonly components: readonly (readonly FunctionId[])[];
  readonly componentOf: Int32Array;
  readonly entries: EntryLevels;
  readonly facts: KeptFacts;
  readonly cycles: ReadonlyMap<FunctionId, Cycle>;
  /** shared by all snapshots: the newest unit of each id, and at least all callers */
  readonly cells: UnitCell[];
  readonly callers: Set<FunctionId>[];
}

/** How a cycle of functions settled: the results of its members, round by round; under the first member. */
interface Cycle {
  readonly members: readonly FunctionId[];
  readonly rounds: readonly (readonly FunctionResult[])[];
}

/** Work in progress; becomes `Kept`. */
interface Run {
  readonly program: Program;
  readonly cancellation: Cancellation;
  readonly stamps: (number | undefined)[];
  readonly projectStamps: Map<string, number>;
  readonly tables: CallTable[];
  readonly results: (FunctionResult | undefined)[];
  components: readonly (readonly FunctionId[])[];
  componentOf: Int32Array;
  readonly facts: KeptFacts;
  readonly cycles: Map<FunctionId, Cycle>;
  readonly cells: UnitCell[];
  readonly callers: Set<FunctionId>[];
}

/** Rounds through a cycle of functions before it is left as it is. */
const MAX_ROUNDS = 8;

/** Analyses the program. `previous` must come from this function; it only makes the work shorter, never the answer different. */
export function analyzeProgram(
  program: Program,
  previous?: ProgramAnalysis,
  cancellation: Cancellation = notCancelled,
): ProgramAnalysis {
  const kept = previous === undefined ? undefined : (previous as Partial<KeptAnalysis>).kept;
  const isUsable =
    kept !== undefined &&
    kept.program.ddi === program.ddi &&
    kept.program.settings === program.settings &&
    kept.program.atoms === program.atoms &&
    program.functions[0]?.stamp !== undefined;
  return isUsable ? updateAnalysis(program, kept, cancellation) : analyzeAll(program, cancellation);
}

function analyzeAll(program: Program, cancellation: Cancellation): ProgramAnalysis {
  const count = program.functions.length;
  const run: Run = {
    program,
    cancellation,
    stamps: program.functions.map(({ stamp }) => stamp),
    projectStamps: projectStampsOf(program),
    tables: [],
    results: new Array<FunctionResult | undefined>(count).fill(undefined),
    components: [],
    componentOf: new Int32Array(0),
    facts: createKeptFacts(),
    cycles: new Map(),
    cells: program.functions.map((unit) => ({ unit })),
    callers: program.functions.map(() => new Set<FunctionId>()),
  };
  for (let id = 0; id < count; id++) {
    if (id % 128 === 0) throwIfCancelled(cancellation);
    run.tables.push(tableOf(run, id));
  }
  orderComponents(run);
  for (const component of run.components) {
    throwIfCancelled(cancellation);
    analyzeComponent(run, component);
  }
  return finish(run, computeEntries(program, graphOf(run)));
}

function projectStampsOf(program: Program): Map<string, number> {
  const stamps = new Map<string, number>();
  for (const { project } of program.files.values()) {
    if (!stamps.has(project)) stamps.set(project, program.resolutionStamp?.(project) ?? 0);
  }
  return stamps;
}

/** User-mode code has no IRQL: it is listed, never analysed. */
function tableOf(run: Run, id: FunctionId): CallTable {
  const unit = run.program.functions[id];
  if (unit === undefined || unit.file.mode === 'user') return NO_CALLS;
  const table = createCallTable(run.program, unit);
  for (const target of table.targets) run.callers[target]?.add(id);
  return table;
}

function orderComponents(run: Run): void {
  const components = findComponents(run.program.functions.length, (id) => run.tables[id]?.targets ?? []);
  run.components = components.map((component) =>
    component.length === 1 ? component : inSourceOrder(run.program, component),
  );
  run.componentOf = new Int32Array(run.program.functions.length);
  run.components.forEach((component, i) => {
    for (const id of component) run.componentOf[id] = i;
  });
}

/** Where the rounds of a cycle are cut short, the order of its members counts: it must not hang on ids, which edits exchange. */
function inSourceOrder({ functions }: Program, ids: readonly FunctionId[]): FunctionId[] {
  const pathOf = (id: FunctionId): string => functions[id]?.file.path ?? '';
  const startOf = (id: FunctionId): number => functions[id]?.head.start ?? 0;
  return ids.toSorted((a, b) => {
    if (pathOf(a) !== pathOf(b)) return pathOf(a) < pathOf(b) ? -1 : 1;
    return startOf(a) - startOf(b);
  });
}

function updateAnalysis(program: Program, kept: Kept, cancellation: Cancellation): ProgramAnalysis {
  const count = program.functions.length;
  const run: Run = {
    program,
    cancellation,
    stamps: kept.stamps.slice(0, count),
    projectStamps: projectStampsOf(program),
    tables: kept.tables.slice(0, count),
    results: kept.results.slice(0, count),
    components: kept.components,
    componentOf: kept.componentOf,
    facts: kept.facts.copy(count),
    cycles: new Map(kept.cycles),
    cells: kept.cells,
    callers: kept.callers,
  };
  const dirty = refreshTables(run, kept);
  const pending = new Set<FunctionId>(dirty);
  const entryDirty = new Set<FunctionId>(mayHaveOtherRoles(run, kept));
  propagateUp(run, pending, entryDirty);
  for (const gone of kept.results.slice(count)) {
    for (const { callee } of gone?.input.calls ?? []) entryDirty.add(callee);
  }
  for (const id of entryDirty) if (id >= count) entryDirty.delete(id);
  const entries =
    entryDirty.size === 0 && count === kept.results.length
      ? kept.entries
      : updateEntries(program, graphOf(run), kept.entries, [...entryDirty]);
  return finish(run, entries);
}

/** Makes the call tables of changed functions anew; returns the functions whose body must be analysed. */
function refreshTables(run: Run, kept: Kept): FunctionId[] {
  const { program } = run;
  const dirty: FunctionId[] = [];
  let isShapeChanged = program.functions.length !== kept.results.length;
  const moved = movedProjects(run, kept);
  program.functions.forEach((unit, id) => {
    const isUntouched = unit === kept.program.functions[id] && run.tables[id] !== undefined;
    if (isUntouched && (moved.size === 0 || !moved.has(unit.file.project))) return;
    run.stamps[id] = unit.stamp;
    const isNew = kept.results[id] === undefined || unit.stamp !== kept.stamps[id];
    exchangeUnit(run, kept, id, unit);
    const { project } = unit.file;
    const isMoved = moved.has(project);
    if (!isNew && !isMoved) return;
    const old = run.tables[id];
    const table = tableOf(run, id);
    const isSame = old !== undefined && isSameTable(old, table);
    if (!isNew && isSame) return;
    if (!keepsOrder(run, id, old, table)) isShapeChanged = true;
    run.tables[id] = table;
    dirty.push(id);
  });
  if (isShapeChanged) orderComponents(run);
  return dirty;
}

/** Whether components that were found with the old calls still have callees first and cycles together. */
function keepsOrder(run: Run, id: FunctionId, old: CallTable | undefined, now: CallTable): boolean {
  const own = run.componentOf[id];
  if (old === undefined || own === undefined) return false;
  const isCycle = (run.components[own]?.length ?? 0) > 1;
  // Without a call that is gone a cycle may fall apart.
  if (isCycle && old.targets.some((target) => !now.targets.includes(target))) return false;
  return now.targets.every((target) => (run.componentOf[target] ?? Infinity) <= own);
}

/** The cell of an id goes with its function; where ids were given anew, old steps keep the old cell. */
function exchangeUnit(run: Run, kept: Kept, id: FunctionId, unit: FunctionUnit): void {
  const cell = run.cells[id];
  if (cell?.unit === unit) return;
  run.callers[id] ??= new Set();
  const old = kept.program.functions[id];
  const isSame = old?.qualifiedName === unit.qualifiedName && old.file.path === unit.file.path;
  if (cell !== undefined && isSame) cell.unit = unit;
  else run.cells[id] = { unit };
}

/** Roles come from registrations anywhere in a project: where what it sees changed, they are read again. */
function mayHaveOtherRoles(run: Run, kept: Kept): FunctionId[] {
  const moved = movedProjects(run, kept);
  if (moved.size === 0) return [];
  const ids: FunctionId[] = [];
  for (const { id, file } of run.program.functions) {
    // Headers may belong to several projects, of which the file names one.
    if (moved.has(file.project) || /\.(?:h|hpp|hxx|inl)$/i.test(file.path)) ids.push(id);
  }
  return ids;
}

/** The projects in which a call may mean something else than before. */
function movedProjects(run: Run, kept: Kept): Set<string> {
  const moved = new Set<string>();
  for (const [project, stamp] of run.projectStamps) {
    if (kept.projectStamps.get(project) !== stamp) moved.add(project);
  }
  return moved;
}

/** Analyses the dirty functions, then callers as long as summaries change. */
function propagateUp(run: Run, dirty: Set<FunctionId>, entryDirty: Set<FunctionId>): void {
  const pending = new Map<number, Set<FunctionId>>();
  const ask = (id: FunctionId): void => {
    const component = run.componentOf[id] ?? 0;
    const asked = pending.get(component);
    if (asked === undefined) pending.set(component, new Set([id]));
    else asked.add(id);
  };
  for (const id of dirty) ask(id);
  while (pending.size > 0) {
    throwIfCancelled(run.cancellation);
    let next = Infinity;
    for (const component of pending.keys()) if (component < next) next = component;
    const changed = pending.get(next) ?? new Set();
    pending.delete(next);
    const component = run.components[next] ?? [];
    const before = component.map((id) => run.results[id]);
    analyzeComponent(run, component, changed);
    component.forEach((id, i) => {
      const old = before[i];
      const now = run.results[id];
      if (now === undefined) return;
      if (old === undefined || dirty.has(id) || !isSameEntryInput(old, now)) {
        entryDirty.add(id);
        for (const { callee } of old?.input.calls ?? []) entryDirty.add(callee);
      }
      if (old !== undefined && isSameSummary(old.summary, now.summary)) return;
      for (const caller of run.callers[id] ?? []) {
        const isInside = run.componentOf[caller] === next;
        if (!isInside && run.tables[caller]?.targets.includes(id) === true) ask(caller);
      }
    });
  }
}

function surroundingsOf(run: Run): Surroundings {
  return {
    program: run.program,
    all: allLevels(run.program.settings.arch),
    tableOf: (id) => run.tables[id] ?? NO_CALLS,
    summaryOf: (id) => run.results[id]?.summary,
    cellOf: (id) => cellOf(run, id),
  };
}

function cellOf(run: Run, id: FunctionId): UnitCell {
  const cell = run.cells[id];
  if (cell === undefined) throw new Error(`no function ${String(id)}`);
  return cell;
}

/** Analyses a component. `changed` are its functions that see something else than before, all when absent. */
function analyzeComponent(
  run: Run,
  component: readonly FunctionId[],
  changed: ReadonlySet<FunctionId> = new Set(component),
): void {
  const [first = -1] = component;
  const isCycle = component.length > 1 || run.tables[first]?.targets.includes(first) === true;
  if (!isCycle) {
    run.cycles.delete(first);
    analyzeOne(run, surroundingsOf(run), first);
    return;
  }
  if (!replayCycle(run, component, changed)) settleCycle(run, component);
  closeCycle(run, component);
}

function analyzeOne(run: Run, around: Surroundings, id: FunctionId): FunctionResult {
  const { result, facts } = analyzeFunction(around, id);
  run.results[id] = result;
  run.facts.delete(id);
  if (facts !== undefined) run.facts.keep(id, facts);
  return result;
}

/** Rounds from nothing known until nothing changes. */
function settleCycle(run: Run, component: readonly FunctionId[]): void {
  const around = surroundingsOf(run);
  const rounds: FunctionResult[][] = [];
  for (const id of component) run.results[id] = undefined;
  for (let isChanged = true; isChanged && rounds.length < MAX_ROUNDS;) {
    isChanged = false;
    const round: FunctionResult[] = [];
    for (const id of component) {
      const before = run.results[id]?.summary;
      const result = analyzeOne(run, around, id);
      round.push(result);
      if (before === undefined || !isSameSummary(before, result.summary)) isChanged = true;
    }
    rounds.push(round);
  }
  run.cycles.set(component[0] ?? -1, { members: component, rounds });
}

/**
 * Whether the rounds would go as before, the changed functions being all that is new: then these alone are analysed, once per
 * round, and everything else of the cycle stays. That is exact, and in a large cycle much less than all rounds of all functions.
 */
function replayCycle(run: Run, component: readonly FunctionId[], changed: ReadonlySet<FunctionId>): boolean {
  const known = run.cycles.get(component[0] ?? -1);
  const isSame =
    known?.members.length === component.length && known.members.every((id, i) => component[i] === id);
  if (known === undefined || !isSame || changed.size * 2 > component.length) return false;
  const kept = component.map((id) => run.results[id]);
  const place = new Map(component.map((id, i) => [id, i]));
  const rounds = known.rounds.map((round) => round.slice());
  const around = surroundingsOf(run);
  for (const [number, round] of rounds.entries()) {
    for (const [at, id] of component.entries()) {
      if (!changed.has(id)) continue;
      const summaryOf = (other: FunctionId): FunctionSummary | undefined => {
        const i = place.get(other);
        if (i === undefined) return around.summaryOf(other);
        return (i < at ? round[i] : rounds[number - 1]?.[i])?.summary;
      };
      const result = analyzeOne(run, { ...around, summaryOf }, id);
      const before = round[at]?.summary;
      if (before === undefined || !isSameSummary(before, result.summary)) {
        component.forEach((other, i) => (run.results[other] = kept[i]));
        return false;
      }
      round[at] = result;
    }
  }
  run.cycles.set(component[0] ?? -1, { members: component, rounds });
  return true;
}

/** A cycle that never returns by its own logic is one whose end the analysis did not see. */
function closeCycle(run: Run, component: readonly FunctionId[]): void {
  const { all } = surroundingsOf(run);
  for (const id of component) {
    const result = run.results[id];
    if (result === undefined || result.summary.cases.length > 0) continue;
    for (const other of component) run.facts.delete(other);
    run.results[id] = {
      ...result,
      summary: { ...result.summary, cases: [sameCase(all)], isProved: false },
    };
  }
}

function graphOf(run: Run): EntryGraph {
  return {
    components: run.components,
    componentOf: run.componentOf,
    inputOf: (id) => run.results[id]?.input ?? noInput(run),
    callersOf: (id) => run.callers[id] ?? [],
  };
}

function noInput(run: Run): EntryInput {
  return { contract: undefined, asserted: allLevels(run.program.settings.arch), held: [], calls: [] };
}

function finish(run: Run, entries: EntryLevels): KeptAnalysis {
  const { program, results } = run;
  const contexts = new Map<FunctionId, EntryContext>();
  const around = surroundingsOf(run);
  let uses: ReadonlyMap<string, readonly LockUse[]> | undefined;
  let releases: readonly OpenRelease[] | undefined;
  return {
    entryOf(id) {
      let context = contexts.get(id);
      if (context === undefined) {
        context = entryContextOf(program, entries, id, results[id]?.input ?? noInput(run));
        contexts.set(id, context);
      }
      return context;
    },
    summaryOf: (id): FunctionSummary => results[id]?.summary ?? unknownSummary(id, around.all),
    factsOf: (id) => factsOf(run, around, id),
    callersOf: (id) =>
      [...(run.callers[id] ?? [])]
        .sort((a, b) => a - b)
        .flatMap((caller) => results[caller]?.input.calls.filter(({ callee }) => callee === id) ?? []),
    lockUses() {
      uses ??= indexUses(results);
      return uses;
    },
    openReleases() {
      releases ??= collectOpenReleases(
        results.flatMap((result) => (result === undefined ? [] : [result.summary])),
        (id) => (run.callers[id]?.size ?? 0) > 0,
        (id) => factsOf(run, around, id),
      );
      return releases;
    },
    resultVersion: (id) => results[id],
    entryVersion: (id) => entries.work[id],
    kept: { ...run, entries },
  };
}

function factsOf(run: Run, around: Surroundings, id: FunctionId): BodyFacts {
  const known = run.facts.get(id);
  const unit = run.program.functions[id];
  if (known !== undefined && unit !== undefined) {
    if (known.unit === unit) return known;
    // The body is the same, but it may have moved in its file.
    const moved: BodyFacts = { ...known, unit };
    run.facts.remember(id, moved);
    return moved;
  }
  const facts = analyzeUnitBody(around, id);
  run.facts.remember(id, facts);
  return facts;
}

function indexUses(
  results: readonly (FunctionResult | undefined)[],
): ReadonlyMap<string, readonly LockUse[]> {
  const uses = new Map<string, LockUse[]>();
  for (const result of results) {
    for (const use of result?.summary.locksTaken ?? []) {
      if (use.lock.lockClass === '') continue;
      const list = uses.get(use.lock.lockClass);
      if (list === undefined) uses.set(use.lock.lockClass, [use]);
      else list.push(use);
    }
  }
  return uses;
}
