/**
 * Summaries of bodies in which nothing can change the IRQL or a lock: no control flow needs to be looked at.
 */
import type { IrqlSet } from '../../protocol/irqlLevels.ts';
import type { CallEdge, SiteLevel } from '../entry/entryContexts.ts';
import type { FunctionSummary } from '../facts.ts';
import type { FunctionId, FunctionUnit } from '../program.ts';
import { isQuietName } from '../irql/wellKnown.ts';
import type { CallTable } from './callTable.ts';
import { dumpModeTest } from './dumpMode.ts';
import { noRequirement, sameCase } from './summarize.ts';

/** The summary of a trivial body. It is proved when every callee is known and proved and the body could be read. */
export function trivialSummary(
  unit: FunctionUnit,
  table: CallTable,
  all: IrqlSet,
  summaryOf: (id: FunctionId) => FunctionSummary | undefined,
): FunctionSummary {
  const ir = unit.ir();
  let isProved = ir.isParsed && ir.recoveries.length === 0;
  for (const callee of table.callees.values()) {
    if (callee.kind === 'unknown') isProved = isQuietName(callee.name);
    else if (callee.kind === 'functions') {
      isProved &&= callee.ids.every((id) => summaryOf(id)?.isProved === true);
    }
    if (!isProved) break;
  }
  return {
    id: unit.id,
    source: 'inferred',
    requires: noRequirement(all),
    cases: [sameCase(all)],
    exit: 'same',
    isProved,
    locksTaken: [],
  };
}

/** The call sites of a trivial body: all at the level of entry. */
export function trivialEdges(unit: FunctionUnit, table: CallTable, all: IrqlSet): CallEdge[] {
  if (table.targets.length === 0) return [];
  const level = { entry: all, irql: all, isEntryIrql: true, isVague: false, isBounded: false };
  const levels: readonly SiteLevel[] = [level];
  const isForDump = dumpModeTest(unit);
  const edges: CallEdge[] = [];
  for (const [node, callee] of table.callees) {
    if (callee.kind !== 'functions') continue;
    const { ids, isExact } = callee;
    const here = isForDump?.(node) === true ? [{ ...level, isVague: true }] : levels;
    for (const id of ids) edges.push({ caller: unit.id, callee: id, node, levels: here, isExact });
  }
  return edges;
}
