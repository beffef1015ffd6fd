/**
 * A DPC or an ISR that by estimate takes longer than it may. An estimate from the source: every operation counts a little, a
 * loop eight rounds, unseen calls a fixed time, and time spent waiting for locks nothing; it is said to be one. Stalls by a
 * constant time are long-stall's.
 */
import { estimateCycles, roundToTwoDigits } from '../analysis/estimateCycles.ts';
import { DEVICE_MIN, DISPATCH_LEVEL, minOf } from '../protocol/irqlLevels.ts';
import { isSpinKind } from './reporting/lockKinds.ts';
import { report, stepAt } from './reporting/report.ts';
import type { CallFact } from '../analysis/facts.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'dpc-runs-long',
  title: 'A DPC or ISR takes long by estimate',
  severity: 'information',
  isOnByDefault: true,
  bugCheck: '0x133 DPC_WATCHDOG_VIOLATION',
  family: 'underLock',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    const { entry, facts, program, limits } = context;
    const isRun = program.rolesOf(facts.unit.id).length > 0 && entry.isKnown;
    if (!isRun || minOf(entry.levels) < DISPATCH_LEVEL) return [];
    const isIsr = minOf(entry.levels) >= DEVICE_MIN;
    const limit = isIsr ? limits.isrMicroseconds : limits.dpcMicroseconds;
    const microseconds = estimate(context, () => true);
    return microseconds <= limit ? [] : [describe(context, microseconds, limit, isIsr ? 'an ISR' : 'a DPC')];
  },
};

function estimate(
  { analysis, facts, limits }: FunctionContext,
  isCounted: (node: number) => boolean,
): number {
  return estimateCycles(analysis, facts, isCounted) / (limits.clockGHz * 1000);
}

function describe(context: FunctionContext, microseconds: number, limit: number, what: string): Finding {
  const { unit } = context.facts;
  return {
    ...report(context, meta, {
      node: 0,
      verdict: 'possible',
      message:
        `By estimate ${unit.name} takes about ${String(roundToTwoDigits(microseconds))} us; ${what} should take no more than ` +
        `${String(limit)} us, because nothing else runs on its CPU (bug check 0x133 when it adds up). Do less per run, or queue ` +
        `the work to a thread.`,
      trace: sections(context),
    }),
    range: unit.head.nameRange,
  };
}

/** The critical sections of the body with their share. */
function sections(context: FunctionContext): Finding['trace'] {
  const { calls, statements } = context.facts;
  return calls.flatMap((call: CallFact) => {
    const event = call.locks.find(({ op, kind }) => op === 'acquire' && isSpinKind(kind));
    if (event === undefined) return [];
    const held = new Set(
      statements.flatMap(({ node, states }) =>
        states.some((state) => state.held.some((lock) => lock.node === call.node)) ? [node] : [],
      ),
    );
    const time = estimate(context, (node) => held.has(node));
    const words = time < 1 ? 'less than 1' : `about ${String(roundToTwoDigits(time))}`;
    return [stepAt(context, call.node, `${event.lock.text} is held for ${words} us of it`)];
  });
}
