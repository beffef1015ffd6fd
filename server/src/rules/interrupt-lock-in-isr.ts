/**
 * An ISR, or a routine that KeSynchronizeExecution runs, that takes the lock of its own interrupt: the system has taken it
 * already. Also KeSynchronizeExecution on an interrupt whose lock is held.
 */
import type { CallFact, WhyStep } from '../analysis/facts.ts';
import { isFeasible } from './reporting/evidence.ts';
import { acquiredStep, report } from './reporting/report.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'interrupt-lock-in-isr',
  title: 'The lock of an interrupt is taken where it is held already',
  code: 'C28109',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: '0x101 CLOCK_WATCHDOG_TIMEOUT; 0x133 DPC_WATCHDOG_VIOLATION',
  family: 'lock',
};

/** Calls that take the lock of the interrupt given as their first argument. */
const TAKES: ReadonlySet<string> = new Set([
  'KeAcquireInterruptSpinLock',
  'KeSynchronizeExecution',
  'WdfInterruptAcquireLock',
  'WdfInterruptSynchronize',
]);

/** ISRs get their interrupt as the first parameter, with its lock held. */
const ISR_ROLES: ReadonlySet<string> = new Set([
  'KSERVICE_ROUTINE',
  'KMESSAGE_SERVICE_ROUTINE',
  'EVT_WDF_INTERRUPT_ISR',
]);

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    const isIsr = context.program
      .rolesOf(context.facts.unit.id)
      .some(({ fact, how }) => ISR_ROLES.has(fact.type) && how !== 'passedThrough');
    return context.facts.calls.flatMap((call) => {
      if (isStorPortLock(context, call)) return [describe(context, call, 'InterruptLock', ISR_HOLDS, [])];
      const interrupt = call.args[0]?.path ?? '';
      if (!TAKES.has(call.name) || interrupt === '') return [];
      const own = isIsr && interrupt === 'p0';
      const held = own ? undefined : heldLock(context, call, interrupt);
      if (!own && held === undefined) return [];
      const why = own ? ISR_HOLDS : 'its lock is held here already';
      const lock = `the lock of ${call.args[0]?.text ?? 'the interrupt'}`;
      return [describe(context, call, lock, why, held === undefined ? [] : [acquiredStep(context, held)])];
    });
  },
};

const ISR_HOLDS = 'this function is the ISR of this interrupt and is entered with its lock held';

/** StorPort calls HwStorInterrupt with the InterruptLock held. */
function isStorPortLock(context: FunctionContext, call: CallFact): boolean {
  return (
    /^StorPortAcquireSpinLock(?:Ex)?$/.test(call.name) &&
    call.args[1]?.text === 'InterruptLock' &&
    context.program
      .rolesOf(context.facts.unit.id)
      .some(({ fact }) => fact.holdsLocks.includes('InterruptLock'))
  );
}

function describe(
  context: FunctionContext,
  call: CallFact,
  lock: string,
  why: string,
  trace: readonly WhyStep[],
): Finding {
  return report(context, meta, {
    node: call.node,
    verdict: 'definite',
    message:
      `${call.name} takes ${lock}, but ${why}. The lock does not recurse: this CPU spins for ever at DIRQL ` +
      `(bug check 0x101 or 0x133). Drop the call.`,
    trace,
  });
}

/** KeSynchronizeExecution under KeAcquireInterruptSpinLock; a second acquire is lock-acquired-twice's affair. */
function heldLock(context: FunctionContext, call: CallFact, interrupt: string) {
  if (call.name !== 'KeSynchronizeExecution' && call.name !== 'WdfInterruptSynchronize') return undefined;
  const states = call.before.filter((state) => isFeasible(state, context.entry));
  if (states.some((state) => state.isImprecise || state.assumptions.length > 0)) return undefined;
  const isOwn = (path: string): boolean => path === `${interrupt}*` || path === interrupt;
  const held = states[0]?.held.find(({ lock }) => isOwn(lock.path));
  return states.every((state) => state.held.some(({ lock }) => isOwn(lock.path))) ? held : undefined;
}
