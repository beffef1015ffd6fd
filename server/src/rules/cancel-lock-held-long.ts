/**
 * Work of unknown or long duration under the cancel spin lock, which is one for the whole system: a stall, or waiting for another
 * spin lock. Completing or sending a request under it is request-under-spin-lock's.
 */
import type { CallFact } from '../analysis/facts.ts';
import { isFeasible } from './reporting/evidence.ts';
import { isSpinKind } from './reporting/lockKinds.ts';
import { acquiredStep, report, stepAt } from './reporting/report.ts';
import type { FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'cancel-lock-held-long',
  title: 'The cancel spin lock is held for long',
  severity: 'information',
  isOnByDefault: true,
  bugCheck: '0x133 DPC_WATCHDOG_VIOLATION',
  family: 'underLock',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    return context.facts.calls.flatMap((call) => {
      const work = workOf(call);
      const held = work === undefined ? undefined : cancelLockAt(context, call);
      if (work === undefined || held === undefined) return [];
      return [
        report(context, meta, {
          node: call.node,
          verdict: 'definite',
          message:
            `${call.name} ${work} while the cancel spin lock is held. There is one such lock for the whole system: every driver that ` +
            `queues or cancels a request waits meanwhile. Release it first; take a lock of the driver's own for its queue.`,
          trace: [
            acquiredStep(context, held),
            stepAt(context, call.node, `${call.name} under the cancel spin lock`),
          ],
        }),
      ];
    });
  },
};

function workOf(call: CallFact): string | undefined {
  if (/Stall(Execution|ExecutionProcessor)$/.test(call.name)) return 'stalls the processor';
  const [event] = call.locks;
  if (event?.op === 'acquire' && isSpinKind(event.kind) && event.kind !== 'cancelSpinlock')
    return `waits for ${event.lock.text}`;
  return undefined;
}

/** The cancel spin lock where it is held on every path. */
function cancelLockAt(context: FunctionContext, call: CallFact) {
  const states = call.before.filter((state) => isFeasible(state, context.entry));
  if (states.some(({ isImprecise, assumptions }) => isImprecise || assumptions.length > 0)) return undefined;
  const locks = states.map(({ held }) => held.find(({ kind }) => kind === 'cancelSpinlock'));
  return locks.includes(undefined) ? undefined : locks[0];
}
