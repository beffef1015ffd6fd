/**
 * A shared lock that its holder takes shared again: a writer that waits in between blocks the second acquire, and the
 * writer waits for the first. Source: documentation of ExAcquireSpinLockShared and of push locks (no recursion).
 */
import { heldBy } from './fixes/lockPairs.ts';
import { isFeasible, verdictOf } from './reporting/evidence.ts';
import { isOneObject } from './reporting/lockKinds.ts';
import { acquiredStep, assumptionSteps, report, stepAt } from './reporting/report.ts';
import type { FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'shared-acquired-twice',
  title: 'A shared lock is taken shared again by its holder',
  severity: 'warning',
  isOnByDefault: true,
  bugCheck: '0x133 DPC_WATCHDOG_VIOLATION',
  family: 'lock',
};

const NOT_RECURSIVE: ReadonlySet<string> = new Set(['exSpinlock', 'pushLock']);

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    return context.facts.calls.flatMap((call) => {
      const event = call.locks[0];
      if (event?.op !== 'acquire' || event.mode !== 'shared' || !NOT_RECURSIVE.has(event.kind)) return [];
      if (!isOneObject(event.lock.path)) return [];
      for (const state of call.before) {
        const held = heldBy(state, event.lock.path);
        if (held?.mode !== 'shared' || state.isImprecise) continue;
        if (!isFeasible(state, context.entry)) continue;
        return [
          report(context, meta, {
            node: call.node,
            verdict: verdictOf(state),
            message:
              `${event.lock.text} is held shared here already. When a writer waits in between, this acquire waits for the writer ` +
              `and the writer for the first one: a deadlock (bug check 0x133 for a spin lock). Take it once.`,
            trace: [
              acquiredStep(context, held),
              ...assumptionSteps(context, state),
              stepAt(context, call.node, 'taken shared again'),
            ],
          }),
        ];
      }
      return [];
    });
  },
};
