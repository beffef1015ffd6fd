/**
 * The fix that moves a call behind the release of the lock that it must not be made under. Only where the release is the very
 * next statement and the arguments are values of this function alone, so that nothing changes but the order.
 */
import type { ArgumentFact, CallFact, HeldLock } from '../../analysis/facts.ts';
import { callAt } from '../reporting/report.ts';
import type { Fix, FunctionContext } from '../rule.ts';
import { callOf, exchange, nextStatement, statementOf } from './siblingStatements.ts';

/** "Call <name> after the release of <lock>". */
export function moveAfterRelease(context: FunctionContext, call: CallFact, held: HeldLock): Fix | undefined {
  const statement = statementOf(context, call.node);
  const next = statement === undefined ? undefined : nextStatement(context, statement);
  const release = next === undefined ? undefined : callAt(context, callOf(context, next) ?? -1);
  const event = release?.locks[0];
  if (statement === undefined || next === undefined || release?.locks.length !== 1) return undefined;
  if (event?.op !== 'release' || event.lock.path !== held.lock.path || !call.args.every(isOwnValue))
    return undefined;
  return {
    title: `Call ${call.name} after the release of ${held.lock.text}`,
    edits: exchange(context, statement, next),
    isPreferred: true,
  };
}

/** A constant, a parameter or a local by value: nothing that the lock could guard. */
function isOwnValue({ path, constant, text }: ArgumentFact): boolean {
  return constant !== undefined || /^(p\d+|l:\w+)$/.test(path) || /^(\d\w*|[A-Z][A-Z0-9_]*)$/.test(text);
}
