/**
 * One function bottom-up: contract, locks at entry, body by its tier, summary, call sites. Callees must have been done
 * before, or be undefined inside of a cycle.
 */
import { contains, PASSIVE_LEVEL, type IrqlSet } from '../../protocol/irqlLevels.ts';
import { contractOf } from '../entry/contractOf.ts';
import type { CallEdge, EntryInput } from '../entry/entryContexts.ts';
import { heldAtEntry } from '../entry/heldAtEntry.ts';
import type { BodyFacts, FunctionSummary, HeldLock, PathState } from '../facts.ts';
import type { FunctionId, FunctionUnit, Program } from '../program.ts';
import { analyzeBody } from './analyzeBody.ts';
import type { AnalyzedBody } from './analyzeBody.ts';
import type { UnitCell } from './anchoredStep.ts';
import type { CallTable } from './callTable.ts';
import { dumpModeTest } from './dumpMode.ts';
import { assertedEntry, hangsOnStoredLevel, sameCase, summarize } from './summarize.ts';
import { tierOf } from './tier.ts';
import { trivialEdges, trivialSummary } from './trivialSummary.ts';
import { withContract } from './withContract.ts';
import { ALL_WRITES, unionWrites } from './writeSet.ts';

/** Everything kept of one function. */
export interface FunctionResult {
  readonly summary: FunctionSummary;
  readonly input: EntryInput;
}

/** What the analysis of a function asks of its surroundings. */
export interface Surroundings {
  readonly program: Program;
  readonly all: IrqlSet;
  tableOf(id: FunctionId): CallTable;
  summaryOf(id: FunctionId): FunctionSummary | undefined;
  cellOf(id: FunctionId): UnitCell;
}

/** The result of a function, and its facts where its body had to be walked. */
export function analyzeFunction(
  around: Surroundings,
  id: FunctionId,
): { readonly result: FunctionResult; readonly facts: BodyFacts | undefined } {
  const { program, all } = around;
  const cell = around.cellOf(id);
  const { unit } = cell;
  if (unit.file.mode === 'user') {
    const summary: FunctionSummary = { ...unknownSummary(id, all), exit: 'same' };
    const input = { contract: undefined, held: [], asserted: all, calls: [] };
    return { result: { summary, input }, facts: undefined };
  }
  const contract = contractOf(program, unit);
  const held = heldAtEntry(program, unit, contract);
  const table = around.tableOf(id);
  if (tierOf(table, around.summaryOf, held.length > 0) === 'trivial') {
    const inferred = withWrites(trivialSummary(unit, table, all, around.summaryOf), around, table);
    const summary = withContract(inferred, contract, cell);
    const input = { contract, held, asserted: all, calls: trivialEdges(unit, table, all) };
    return { result: { summary, input }, facts: undefined };
  }
  const body = walk(around, unit, held);
  const inferred = withWrites(summarize(body, cell, around.summaryOf), around, table);
  const summary = withContract(inferred, contract, cell);
  const input = { contract, held, asserted: assertedEntry(body), calls: edgesOf(id, body.facts, all) };
  return { result: { summary, input }, facts: body.facts };
}

function withWrites(summary: FunctionSummary, around: Surroundings, table: CallTable): FunctionSummary {
  let { writes } = table;
  for (const target of table.targets) {
    const callee = around.summaryOf(target);
    // Inside of a cycle the callee's own writes are added once it is known.
    if (callee !== undefined) writes = unionWrites(writes, callee.writes ?? ALL_WRITES);
  }
  return { ...summary, writes };
}

/** The facts of a body, computed afresh. */
export function analyzeUnitBody(around: Surroundings, id: FunctionId): BodyFacts {
  const { unit } = around.cellOf(id);
  const held = heldAtEntry(around.program, unit, contractOf(around.program, unit));
  return walk(around, unit, held).facts;
}

function walk(around: Surroundings, unit: FunctionUnit, held: readonly HeldLock[]): AnalyzedBody {
  const table = around.tableOf(unit.id);
  const isLight = tierOf(table, around.summaryOf, held.length > 0) !== 'full';
  return analyzeBody(around.program, unit, { held }, table.callees, table.guards, isLight, around.summaryOf);
}

/** The call sites of a body in the few numbers that entry propagation needs. */
function edgesOf(caller: FunctionId, facts: BodyFacts, all: IrqlSet): CallEdge[] {
  const edges: CallEdge[] = [];
  const isForDump = dumpModeTest(facts.unit);
  for (const call of facts.calls) {
    if (call.callee.kind !== 'functions') continue;
    const levels = call.before.map((state) => ({
      entry: state.entry,
      irql: state.irql,
      isEntryIrql: state.isEntryIrql,
      isVague:
        state.isImprecise ||
        state.isIrqlUnknown === true ||
        hangsOnStoredLevel(state.values) ||
        isForDump?.(call.node) === true,
      isBounded: isBoundedHere(facts, state, all),
    }));
    const { ids, isExact } = call.callee;
    for (const callee of ids) edges.push({ caller, callee, node: call.node, levels, isExact });
  }
  return edges;
}

/**
 * Whether the body itself says at which levels it is entered on this path: it asserts that the level is low (PAGED_CODE), or
 * asks for it. Levels that only callees' branches or the release of an unseen acquire leave are no such statement.
 */
function isBoundedHere({ irqlReads }: BodyFacts, state: PathState, all: IrqlSet): boolean {
  if (state.entry === all || state.isImprecise || (state.releasedFromEntry?.length ?? 0) > 0) return false;
  return irqlReads.length > 0 || contains(state.entry, PASSIVE_LEVEL);
}

/** The summary of a function of which nothing is known. */
export function unknownSummary(id: FunctionId, all: IrqlSet): FunctionSummary {
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
