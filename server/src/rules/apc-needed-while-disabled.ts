/**
 * A Zw* file routine inside a guarded region or under a guarded mutex: it waits for a special kernel APC that cannot be
 * delivered there. At APC_LEVEL (under a fast mutex) the level already forbids the call, and irql-too-high says so.
 */
import type { CallFact, PathState } from '../analysis/facts.ts';
import { isFeasible } from './reporting/evidence.ts';
import { acquiredStep, report } from './reporting/report.ts';
import type { FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'apc-needed-while-disabled',
  title: 'A call that waits for an APC is made where APCs are disabled',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: 'deadlock; Driver Verifier 0xC9/0x301',
  family: 'underLock',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    if (context.facts.isImprecise) return [];
    return context.facts.calls.flatMap((call) => {
      const { callee } = call;
      const needs = callee.kind === 'ddi' && callee.fact?.requiresApcs === 'specialKernelApcsEnabled';
      const state = needs ? findDisabled(context, call) : undefined;
      if (state === undefined) return [];
      const mutex = state.held.find(({ kind }) => kind === 'guardedMutex');
      const where =
        mutex === undefined ? 'in a guarded region' : `under the guarded mutex ${mutex.lock.text}`;
      const leave = mutex === undefined ? 'KeLeaveGuardedRegion' : 'KeReleaseGuardedMutex';
      return [
        report(context, meta, {
          node: call.node,
          verdict: 'definite',
          message:
            `${call.name} is called ${where}. It waits for the end of its I/O, which is reported by a special kernel APC, and these are ` +
            `disabled here: the thread never wakes up. Call it after ${leave}.`,
          trace: mutex === undefined ? [] : [acquiredStep(context, mutex)],
        }),
      ];
    });
  },
};

/** The state when special kernel APCs are disabled on every feasible path. */
function findDisabled(context: FunctionContext, call: CallFact): PathState | undefined {
  const states = call.before.filter((state) => isFeasible(state, context.entry));
  const isDisabled = (state: PathState): boolean =>
    !state.isImprecise &&
    (state.regions.guarded > 0 || state.held.some(({ kind }) => kind === 'guardedMutex'));
  return states.every(isDisabled) ? states[0] : undefined;
}
