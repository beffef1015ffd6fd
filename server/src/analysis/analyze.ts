/**
 * The whole inference over one snapshot: summaries bottom-up over the call graph, entry contexts top-down, facts on demand.
 * With the analysis of the previous snapshot, functions whose text, surroundings and callees are unchanged keep their results.
 */
import { notCancelled, throwIfCancelled } from '../base/cancellation.ts';
import type { Cancellation } from '../base/cancellation.ts';
import { allLevels } from '../protocol/irqlLevels.ts';
import type { IrqlSet } from '../protocol/irqlLevels.ts';
import { computeEntries } from './entry/entryContexts.ts';
import type { CallEdge, EntryInput } from './entry/entryContexts.ts';
import { contractOf } from './entry/contractOf.ts';
import type { EntryContract } from './entry/contractOf.ts';
import { heldAtEntry } from './entry/heldAtEntry.ts';
import type {
  BodyFacts,
  EntryContext,
  FunctionSummary,
  HeldLock,
  LockUse,
  ProgramAnalysis,
} from './facts.ts';
import type { FunctionId, Program } from './program.ts';
import { analyzeBody } from './summary/analyzeBody.ts';
import type { AnalyzedBody } from './summary/analyzeBody.ts';
import { createCallTable } from './summary/callTable.ts';
import type { CallTable } from './summary/callTable.ts';
import { tierOf } from './summary/tier.ts';
import { trivialEdges, trivialSummary } from './summary/trivialSummary.ts';
import { findComponents } from './summary/components.ts';
import { isSameSummary } from './summary/sameSummary.ts';
import { assertedEntry, sameCase, summarize } from './summary/summarize.ts';
import { withContract } from './summary/withContract.ts';

/** Everything kept of one function. */
interface FunctionResult {
  readonly summary: FunctionSummary;
  readonly contract: EntryContract | undefined;
  readonly held: readonly HeldLock[];
  readonly asserted: IrqlSet;
  readonly calls: readonly CallEdge[];
}

/** An analysis with what the next one can reuse. */
interface KeptAnalysis extends ProgramAnalysis {
  readonly kept: Kept;
}

interface Kept {
  readonly program: Program;
  readonly results: ReadonlyMap<FunctionId, FunctionResult>;
  readonly tables: ReadonlyMap<FunctionId, CallTable>;
  /** results by stamp of the function, for the next snapshot */
  readonly byStamp: ReadonlyMap<number, FunctionId>;
}

const NO_CALLS: CallTable = { nodes: [], callees: new Map(), targets: [] };

/** Rounds through a cycle of functions before it is left as it is. */
const MAX_ROUNDS = 8;
/** Bodies whose facts are kept; older ones are computed again when asked for. */
const KEPT_FACTS = 4096;

/** Analyses the program. `previous` must come from this function; it only makes the work shorter, never the answer different. */
export function analyzeProgram(
  program: Program,
  previous?: ProgramAnalysis,
  cancellation: Cancellation = notCancelled,
): ProgramAnalysis {
  const kept = previous === undefined ? undefined : (previous as Partial<KeptAnalysis>).kept;
  const run = createRun(program, kept, cancellation);
  for (const component of run.components) {
    throwIfCancelled(cancellation);
    analyzeComponent(run, component);
  }
  return finish(run);
}

interface Run {
  readonly program: Program;
  readonly kept: Kept | undefined;
  readonly all: IrqlSet;
  readonly tables: Map<FunctionId, CallTable>;
  readonly components: readonly (readonly FunctionId[])[];
  readonly results: Map<FunctionId, FunctionResult>;
  readonly facts: Map<FunctionId, BodyFacts>;
  /** functions whose summary differs from the one in the previous analysis */
  readonly changed: Set<FunctionId>;
}

function createRun(program: Program, kept: Kept | undefined, cancellation: Cancellation): Run {
  const tables = new Map<FunctionId, CallTable>();
  for (const unit of program.functions) {
    if (unit.id % 256 === 0) throwIfCancelled(cancellation);
    tables.set(unit.id, createCallTable(program, unit));
  }
  const components = findComponents(program.functions.length, (id) => tables.get(id)?.targets ?? []);
  return {
    program,
    kept,
    all: allLevels(program.settings.arch),
    tables,
    components,
    results: new Map(),
    facts: new Map(),
    changed: new Set(),
  };
}

function analyzeComponent(run: Run, component: readonly FunctionId[]): void {
  const isCycle = component.length > 1 || isRecursive(run, component[0] ?? -1);
  for (let round = 0; round < (isCycle ? MAX_ROUNDS : 1); round++) {
    let isChanged = false;
    for (const id of component) {
      const before = run.results.get(id)?.summary;
      const result = analyzeFunction(run, id);
      run.results.set(id, result);
      if (before === undefined || !isSameSummary(before, result.summary)) isChanged = true;
    }
    if (!isChanged) break;
  }
  if (!isCycle) return;
  // A cycle that never returns by its own logic is one the analysis did not see the end of.
  for (const id of component) {
    const result = run.results.get(id);
    if (result === undefined || result.summary.cases.length > 0) continue;
    run.results.set(id, {
      ...result,
      summary: { ...result.summary, cases: [sameCase(run.all)], isProved: false },
    });
  }
}

function isRecursive(run: Run, id: FunctionId): boolean {
  return run.tables.get(id)?.targets.includes(id) === true;
}

function analyzeFunction(run: Run, id: FunctionId): FunctionResult {
  const { program } = run;
  const unit = program.functions[id];
  if (unit === undefined) throw new Error(`no function ${id}`);
  const contract = contractOf(program, unit);
  const held = heldAtEntry(program, unit, contract);
  const summaryOf = (callee: FunctionId): FunctionSummary | undefined => run.results.get(callee)?.summary;
  const table = run.tables.get(id) ?? NO_CALLS;
  const tier = tierOf(table, summaryOf, held.length > 0);
  if (tier === 'trivial') {
    const summary = trivialSummary(unit, table, run.all, summaryOf);
    return {
      summary: withContract(summary, contract, unit),
      contract,
      held,
      asserted: run.all,
      calls: trivialEdges(id, table, run.all),
    };
  }
  const body = analyze(run, id, held);
  keepFacts(run.facts, id, body.facts);
  const inferred = summarize(body, summaryOf);
  return {
    summary: withContract(inferred, contract, unit),
    contract,
    held,
    asserted: assertedEntry(body),
    calls: edgesOf(id, body.facts),
  };
}

function analyze(run: Run, id: FunctionId, held: readonly HeldLock[]): AnalyzedBody {
  const unit = run.program.functions[id];
  if (unit === undefined) throw new Error(`no function ${id}`);
  const table = run.tables.get(id) ?? NO_CALLS;
  const summaryOf = (callee: FunctionId): FunctionSummary | undefined => run.results.get(callee)?.summary;
  const isLight = tierOf(table, summaryOf, held.length > 0) !== 'full';
  return analyzeBody(run.program, unit, { held }, table.callees, isLight, summaryOf);
}

function keepFacts(facts: Map<FunctionId, BodyFacts>, id: FunctionId, body: BodyFacts): void {
  facts.delete(id);
  facts.set(id, body);
  if (facts.size <= KEPT_FACTS) return;
  const [oldest] = facts.keys();
  if (oldest !== undefined) facts.delete(oldest);
}

/** The call sites of a body in the few numbers that entry propagation needs. */
function edgesOf(caller: FunctionId, facts: BodyFacts): CallEdge[] {
  const edges: CallEdge[] = [];
  for (const call of facts.calls) {
    if (call.callee.kind !== 'functions') continue;
    const levels = call.before.map(({ entry, irql, isEntryIrql, isImprecise, isIrqlUnknown }) => ({
      entry,
      irql,
      isEntryIrql,
      isVague: isImprecise || isIrqlUnknown === true,
    }));
    for (const callee of call.callee.ids) edges.push({ caller, callee, node: call.node, levels });
  }
  return edges;
}

function finish(run: Run): KeptAnalysis {
  const { program, results } = run;
  const inputOf = (id: FunctionId): EntryInput => {
    const result = results.get(id);
    return {
      contract: result?.contract,
      asserted: result?.asserted ?? run.all,
      held: result?.held ?? [],
      calls: result?.calls ?? [],
    };
  };
  const entryOf: (id: FunctionId) => EntryContext = computeEntries(program, run.components, inputOf);
  let callers: Map<FunctionId, CallEdge[]> | undefined;
  let uses: ReadonlyMap<string, readonly LockUse[]> | undefined;
  return {
    entryOf,
    summaryOf: (id) => results.get(id)?.summary ?? unknownSummary(id, run.all),
    factsOf(id) {
      const known = run.facts.get(id);
      if (known !== undefined) return known;
      const body = analyze(run, id, results.get(id)?.held ?? []);
      keepFacts(run.facts, id, body.facts);
      return body.facts;
    },
    callersOf(id) {
      callers ??= indexCallers(results);
      return callers.get(id) ?? [];
    },
    lockUses() {
      uses ??= indexUses(results);
      return uses;
    },
    kept: { program, results, tables: run.tables, byStamp: new Map() },
  };
}

function unknownSummary(id: FunctionId, all: IrqlSet): FunctionSummary {
  return {
    id,
    source: 'unknown',
    requires: { min: 0, max: 31, source: 'inferred', because: '', isCertain: false, witness: [] },
    cases: [sameCase(all)],
    exit: 'unknown',
    isProved: false,
    locksTaken: [],
  };
}

function indexCallers(results: ReadonlyMap<FunctionId, FunctionResult>): Map<FunctionId, CallEdge[]> {
  const callers = new Map<FunctionId, CallEdge[]>();
  for (const { calls } of results.values()) {
    for (const edge of calls) {
      const list = callers.get(edge.callee);
      if (list === undefined) callers.set(edge.callee, [edge]);
      else list.push(edge);
    }
  }
  return callers;
}

function indexUses(
  results: ReadonlyMap<FunctionId, FunctionResult>,
): ReadonlyMap<string, readonly LockUse[]> {
  const uses = new Map<string, LockUse[]>();
  for (const { summary } of results.values()) {
    for (const use of summary.locksTaken) {
      if (use.lock.lockClass === '') continue;
      const list = uses.get(use.lock.lockClass);
      if (list === undefined) uses.set(use.lock.lockClass, [use]);
      else list.push(use);
    }
  }
  return uses;
}
