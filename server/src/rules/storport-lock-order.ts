/**
 * StorPort's locks taken against their hierarchy: DpcLock or StartIoLock first, InterruptLock last, never DpcLock and
 * StartIoLock together, never one twice. Source: documentation of StorPortAcquireSpinLock and rule StorPortSpinLock3.
 */
import type { CallFact } from '../analysis/facts.ts';
import { isFeasible } from './reporting/evidence.ts';
import { callAt, report, stepAt } from './reporting/report.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'storport-lock-order',
  title: 'StorPort locks are taken against their hierarchy',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: '0x133 DPC_WATCHDOG_VIOLATION; 0x101 CLOCK_WATCHDOG_TIMEOUT',
  family: 'lock',
};

const ACQUIRES: ReadonlySet<string> = new Set(['StorPortAcquireSpinLock', 'StorPortAcquireSpinLockEx']);
const LOCKS: ReadonlySet<string> = new Set(['DpcLock', 'StartIoLock', 'InterruptLock']);

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    if (context.facts.isImprecise) return [];
    return context.facts.calls.flatMap((call) =>
      ACQUIRES.has(call.name) ? checkAcquire(context, call) : [],
    );
  },
};

function lockOf(call: CallFact | undefined): string {
  const text = call?.args[1]?.text ?? '';
  return call !== undefined && ACQUIRES.has(call.name) && LOCKS.has(text) ? text : '';
}

function checkAcquire(context: FunctionContext, call: CallFact): Finding[] {
  const wanted = lockOf(call);
  for (const state of call.before) {
    if (
      wanted === '' ||
      state.isImprecise ||
      state.assumptions.length > 0 ||
      !isFeasible(state, context.entry)
    )
      continue;
    for (const held of state.held) {
      const first = held.isFromEntry ? '' : lockOf(callAt(context, held.node));
      if (first === '' || isInOrder(first, wanted)) continue;
      const what =
        first === wanted
          ? `${wanted} is taken while it is held: StorPort's locks do not recurse`
          : `${wanted} is taken while ${first} is held, but only InterruptLock may follow another StorPort lock`;
      return [
        report(context, meta, {
          node: call.node,
          verdict: 'definite',
          message: `${what}. StorPort itself takes them in the other order, and both CPUs spin for ever (bug check 0x133 or 0x101). Release ${first} first.`,
          trace: [
            stepAt(context, held.node, `takes ${first}`),
            stepAt(context, call.node, `takes ${wanted}`),
          ],
        }),
      ];
    }
  }
  return [];
}

function isInOrder(first: string, then: string): boolean {
  return first !== 'InterruptLock' && then === 'InterruptLock';
}
