/**
 * Lays a function's annotations over its inferred summary: what is stated about the level at entry, and that it is the level at
 * exit too, beats what was inferred. Other effects stay as the body shows them.
 */
import { maxOf, minOf } from '../../protocol/irqlLevels.ts';
import { placeOf } from '../entry/contractOf.ts';
import type { EntryContract } from '../entry/contractOf.ts';
import type { ExitCase, FunctionSummary } from '../facts.ts';
import { stepAt } from './anchoredStep.ts';
import type { UnitCell } from './anchoredStep.ts';

/** The summary that callers see. */
export function withContract(
  inferred: FunctionSummary,
  contract: EntryContract | undefined,
  cell: UnitCell,
): FunctionSummary {
  if (contract === undefined) return inferred;
  const kept = promisesSame(contract) ? withSameLevel(inferred) : inferred;
  if (contract.levels === undefined || contract.levels === 0) return kept;
  const { requiresWhen: _, ...rest } = kept;
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

function promisesSame({ contract }: EntryContract): boolean {
  const isStated = contract.clauses.some(
    ({ body, when }) => body.kind === 'requiresSame' && when.length === 0,
  );
  return isStated && !contract.clauses.some(({ body }) => /^(?:raises|saves|restores)/.test(body.kind));
}

/** A body that breaks the promise is reported itself; its callers go on from what it promised. */
function withSameLevel(inferred: FunctionSummary): FunctionSummary {
  const cases = inferred.cases.map((exit): ExitCase => {
    if (exit.isEntryIrql || exit.acquired.length > 0 || exit.released.length > 0) return exit;
    return { ...exit, irql: exit.entry, isEntryIrql: true, isIrqlUnknown: false, irqlFrom: undefined };
  });
  return cases.every(({ isEntryIrql }) => isEntryIrql) ? { ...inferred, cases, exit: 'same' } : inferred;
}
