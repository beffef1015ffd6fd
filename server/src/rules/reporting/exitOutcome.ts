/**
 * What a return statement tells its caller: success or failure. Lock rules use it to tell a function that returns with
 * its lock held on purpose ("TRUE: you own it now") from one that leaks on an early return.
 */
import type { ExitFact } from '../../analysis/facts.ts';
import { NodeKind } from '../../syntax/ir.ts';
import type { FunctionContext } from '../rule.ts';

export type ExitOutcome = 'success' | 'failure' | 'unknown' | 'nothing';

/** Reads the returned expression as the function's return type means it (NTSTATUS, BOOLEAN, pointer, number). */
export function outcomeOf(context: FunctionContext, exit: ExitFact): ExitOutcome {
  const { unit } = context.facts;
  const ir = unit.ir();
  const value = ir.kind[exit.node] === NodeKind.Return ? (ir.first[exit.node] ?? -1) : -1;
  if (value < 0) return 'nothing';
  const text = unit.file.text.slice(ir.start[value], ir.end[value]).replace(/[()\s]/g, '');
  return /NTSTATUS|NDIS_STATUS/.test(unit.head.returnType) ? statusOutcome(text) : plainOutcome(text);
}

function statusOutcome(text: string): ExitOutcome {
  if (/^(STATUS_SUCCESS|STATUS_PENDING|NDIS_STATUS_SUCCESS|0)$/.test(text)) return 'success';
  if (/^(NDIS_)?STATUS_[A-Z]/.test(text)) return 'failure';
  return 'unknown';
}

function plainOutcome(text: string): ExitOutcome {
  if (/^(0|FALSE|NULL|nullptr|false)$/.test(text)) return 'failure';
  if (/^(1|TRUE|true)$/.test(text)) return 'success';
  return 'unknown';
}
