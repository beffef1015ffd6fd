/**
 * The fix that exchanges two releases that stand one after the other in the order of acquiring.
 */
import type { CallFact, HeldLock } from '../../analysis/facts.ts';
import { callAt } from '../reporting/report.ts';
import type { Fix, FunctionContext } from '../rule.ts';
import { callOf, exchange, nextStatement, statementOf } from './siblingStatements.ts';

/** "Release <inner> before <outer>", where the very next statement releases the lock that is still held. */
export function swapReleases(
  context: FunctionContext,
  release: CallFact,
  stillHeld: HeldLock,
): Fix | undefined {
  const [event] = release.locks;
  const statement = statementOf(context, release.node);
  const next = statement === undefined ? undefined : nextStatement(context, statement);
  const call = next === undefined ? undefined : callAt(context, callOf(context, next) ?? -1);
  const other = call?.locks[0];
  if (statement === undefined || next === undefined || event?.op !== 'release' || release.locks.length !== 1)
    return undefined;
  if (call?.locks.length !== 1 || other?.op !== 'release' || other.lock.path !== stillHeld.lock.path)
    return undefined;
  return {
    title: `Release ${stillHeld.lock.text} before ${event.lock.text}`,
    edits: exchange(context, statement, next),
    isPreferred: true,
  };
}
