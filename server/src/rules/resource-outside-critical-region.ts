/**
 * An ERESOURCE or push lock taken in a callback of the system outside of a critical region: a normal kernel APC may suspend
 * the holder. Only functions that the system calls directly are judged: a helper's caller may be inside a region.
 */
import type { CallFact } from '../analysis/facts.ts';
import type { RoleAssignment } from '../analysis/program.ts';
import { APC_LEVEL, atMost } from '../protocol/irqlLevels.ts';
import { isFeasible, levelsIn } from './reporting/evidence.ts';
import { report } from './reporting/report.ts';
import type { FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'resource-outside-critical-region',
  title: 'An ERESOURCE or push lock is taken outside of a critical region',
  severity: 'warning',
  isOnByDefault: true,
  bugCheck: 'Driver Verifier 0xC4/0x37, 0xEA',
  family: 'lock',
};

const KINDS: ReadonlySet<string> = new Set(['eresource', 'pushLock']);
/** Roles that run in the context of a requesting thread, with normal kernel APCs enabled. */
const REQUESTER_ROLES: ReadonlySet<string> = new Set(['DRIVER_DISPATCH', 'DRIVER_DISPATCH_PAGED']);

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    const roles = context.program.rolesOf(context.facts.unit.id);
    if (!roles.some(isInRequesterThread)) return [];
    return context.facts.calls
      .filter((call) => isOutside(context, call))
      .map((call) =>
        report(context, meta, {
          node: call.node,
          verdict: 'definite',
          message:
            `${call.name} takes ${call.locks[0]?.lock.text ?? 'the lock'} outside of a critical region. A kernel APC can suspend this ` +
            `thread while it holds the lock, and everybody else waits (Driver Verifier 0xC4/0x37). Call KeEnterCriticalRegion ` +
            `before and KeLeaveCriticalRegion after the release.`,
        }),
      );
  },
};

/** Power and Plug and Play requests come in a system thread, to which nobody sends normal kernel APCs. */
function isInRequesterThread({ fact, via }: RoleAssignment): boolean {
  return REQUESTER_ROLES.has(fact.type) && !/IRP_MJ_(?:POWER|PNP)\b/.test(via);
}

function isOutside(context: FunctionContext, call: CallFact): boolean {
  const event = call.locks[0];
  const needed = event?.effect?.requiresRegion;
  if (event?.op !== 'acquire' || event.isThroughWrapper || !KINDS.has(event.kind) || needed === undefined)
    return false;
  const feasible = call.before.filter((state) => isFeasible(state, context.entry));
  return (
    feasible.length > 0 &&
    feasible.every(
      (state) =>
        !state.isImprecise &&
        state.assumptions.length === 0 &&
        state.regions.critical <= 0 &&
        state.regions.guarded <= 0 &&
        atMost(levelsIn(state, context.entry), APC_LEVEL - 1) !== 0,
    )
  );
}
