/**
 * Lays a function's annotations over its inferred summary: what is stated about the level at entry beats what was inferred.
 * Effects stay as the body shows them; a body that could not be followed takes the stated ones.
 */
import { levelsOf, maxOf, minOf } from '../../protocol/irqlLevels.ts';
import type { EntryContract } from '../entry/contractOf.ts';
import type { FunctionSummary } from '../facts.ts';
import type { FunctionUnit } from '../program.ts';

/** The summary that callers see. */
export function withContract(
  inferred: FunctionSummary,
  contract: EntryContract | undefined,
  unit: FunctionUnit,
): FunctionSummary {
  if (contract?.levels === undefined || levelsOf(contract.levels).length === 0) return inferred;
  const { requiresWhen: _, ...rest } = inferred;
  return {
    ...rest,
    source: 'annotation',
    requires: {
      min: minOf(contract.levels),
      max: maxOf(contract.levels),
      source: 'annotation',
      because: '',
      isCertain: true,
      witness: [
        {
          file: contract.file,
          range: contract.range,
          message: `${unit.qualifiedName} is annotated`,
          irql: contract.levels,
        },
      ],
    },
  };
}
