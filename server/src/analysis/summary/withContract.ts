/**
 * Lays a function's annotations over its inferred summary: what is stated about the level at entry beats what was inferred.
 * Effects stay as the body shows them.
 */
import { maxOf, minOf } from '../../protocol/irqlLevels.ts';
import { placeOf } from '../entry/contractOf.ts';
import type { EntryContract } from '../entry/contractOf.ts';
import type { FunctionSummary } from '../facts.ts';
import { stepAt } from './anchoredStep.ts';
import type { UnitCell } from './anchoredStep.ts';

/** The summary that callers see. */
export function withContract(
  inferred: FunctionSummary,
  contract: EntryContract | undefined,
  cell: UnitCell,
): FunctionSummary {
  if (contract?.levels === undefined || contract.levels === 0) return inferred;
  const { requiresWhen: _, ...rest } = inferred;
  const message = `${cell.unit.qualifiedName} is annotated`;
  return {
    ...rest,
    source: 'annotation',
    requires: {
      min: minOf(contract.levels),
      max: maxOf(contract.levels),
      source: 'annotation',
      because: '',
      isCertain: true,
      witness: [stepAt(cell, placeOf, message, contract.levels)],
    },
  };
}
