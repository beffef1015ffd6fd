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
  const { returnType } = unit.head;
  if (/NTSTATUS|NDIS_STATUS/.test(returnType)) return statusOutcome(text);
  if (text.startsWith('-')) return 'failure';
  const isErrno = /^(?:0|[A-Z]\w*)$/.test(text) && isNumber(returnType) && returnsNegative(context);
  return isErrno ? (text === '0' ? 'success' : 'unknown') : plainOutcome(text);
}

function isNumber(returnType: string): boolean {
  return /\b(?:int|long|INT|LONG|INT32|int32_t|HRESULT)\b/.test(returnType);
}

/** A function that tells errors by negative numbers returns zero for success. */
function returnsNegative({ facts }: FunctionContext): boolean {
  const ir = facts.unit.ir();
  return facts.exits.some(({ node }) => {
    const value = ir.kind[node] === NodeKind.Return ? (ir.first[node] ?? -1) : -1;
    return value >= 0 && /^\(*-/.test(facts.unit.file.text.slice(ir.start[value], ir.end[value]));
  });
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
