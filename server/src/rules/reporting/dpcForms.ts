/**
 * Calls that rely on DISPATCH_LEVEL instead of raising to it (the AtDpcLevel, Dpr and FromDpcLevel forms).
 */
import type { CallFact } from '../../analysis/facts.ts';
import { DISPATCH_LEVEL } from '../../protocol/irqlLevels.ts';
import type { FunctionContext } from '../rule.ts';
import { findBelow, type Evidence } from './evidence.ts';

const COMPLETION_ROLES: ReadonlySet<string> = new Set([
  'IO_COMPLETION_ROUTINE',
  'IO_COMPLETION_ROUTINE_EX',
  'EVT_WDF_REQUEST_COMPLETION_ROUTINE',
]);

/** Whether the call takes a lock by a form that relies on DISPATCH_LEVEL instead of raising to it. */
export function isDpcForm(call: CallFact): boolean {
  const event = call.locks[0];
  const effect = event?.effect;
  return (
    effect !== undefined &&
    call.locks.length === 1 &&
    !event?.isThroughWrapper &&
    (event?.op === 'acquire' || event?.op === 'tryAcquire') &&
    effect.exit.kind === 'unchanged' &&
    effect.min === DISPATCH_LEVEL
  );
}

/** All AtDpcLevel forms of the function that take a lock, with the evidence that they can run below DISPATCH_LEVEL. */
export function findDpcFormsBelow(context: FunctionContext): { call: CallFact; evidence: Evidence }[] {
  return context.facts.calls.flatMap((call) => {
    if (!isDpcForm(call)) return [];
    const evidence = findBelow(context, call.before, DISPATCH_LEVEL);
    return evidence === undefined ? [] : [{ call, evidence }];
  });
}

/** Whether the function is a completion routine by declaration or registration. */
export function isCompletionRoutine(context: FunctionContext): boolean {
  if (context.entry.source !== 'role' && context.entry.source !== 'registration') return false;
  return context.program.rolesOf(context.facts.unit.id).some((role) => COMPLETION_ROLES.has(role.fact.type));
}
