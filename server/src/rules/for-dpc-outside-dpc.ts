/**
 * KeAcquireSpinLockForDpc where no DPC can be running: the form asks whether threaded DPCs are on instead of what the level
 * is, and does not raise where they are off. With the fix to the form that always raises.
 */
import { atMost, DISPATCH_LEVEL } from '../protocol/irqlLevels.ts';
import type { CallFact } from '../analysis/facts.ts';
import { argumentsOf, findResultOwner, replaceNode, rewriteCall, textOf } from './fixes/editCall.ts';
import { findPair } from './fixes/lockPairs.ts';
import { findBelow, levelsOfStates } from './reporting/evidence.ts';
import { report, say, traceOf } from './reporting/report.ts';
import type { Fix, FunctionContext, FunctionRule, RuleMeta, TextEdit } from './rule.ts';

const meta: RuleMeta = {
  id: 'for-dpc-outside-dpc',
  title: 'KeAcquireSpinLockForDpc is called outside a DPC',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: '0x133 DPC_WATCHDOG_VIOLATION; Driver Verifier 0xC4/0x40',
  family: 'lock',
};

const DPC_ROLES: ReadonlySet<string> = new Set(['KDEFERRED_ROUTINE', 'IO_DPC_ROUTINE']);

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    const { program, facts, entry } = context;
    const roles = program.rolesOf(facts.unit.id);
    if (roles.some(({ fact }) => DPC_ROLES.has(fact.type))) return [];
    if (entry.source !== 'role' && entry.source !== 'registration' && entry.source !== 'annotation')
      return [];
    return facts.calls.flatMap((call) => {
      const [event] = call.locks;
      if (event?.op !== 'acquire' || event.isThroughWrapper || event.effect?.context !== 'threadedDpc')
        return [];
      const evidence = findBelow(context, call.before, DISPATCH_LEVEL);
      const levels = levelsOfStates(call.before, entry);
      if (evidence === undefined || atMost(levels, DISPATCH_LEVEL - 1) === 0) return [];
      const fix = findFix(context, call);
      return [
        report(context, meta, {
          node: call.node,
          verdict: evidence.verdict,
          message:
            `${call.name} is for threaded DPCs. ${facts.unit.name} is no DPC and may be at ${say(context, evidence.levels)} here: where ` +
            `threaded DPCs are off the lock is taken without raising, and a DPC on this CPU then spins for it for ever (bug check ` +
            `0x133). Use KeAcquireSpinLock.`,
          trace: traceOf(context, evidence),
          fixes: fix === undefined ? [] : [fix],
        }),
      ];
    });
  },
};

/** `irql = KeAcquireSpinLockForDpc(lock)` and its releases as KeAcquireSpinLock(lock, &irql) and KeReleaseSpinLock. */
function findFix(context: FunctionContext, acquire: CallFact): Fix | undefined {
  const pair = findPair(context, acquire);
  const owner = findResultOwner(context, acquire.node);
  const [lock] = argumentsOf(context, acquire.node);
  if (pair === undefined || owner === undefined || owner === acquire.node || lock === undefined)
    return undefined;
  const target = textOf(context, context.facts.unit.ir().first[owner] ?? 0);
  const edits: TextEdit[] = [
    replaceNode(context, owner, `KeAcquireSpinLock(${textOf(context, lock)}, &${target})`),
  ];
  for (const { node } of pair.releases) {
    const edit = rewriteCall(context, node, 'KeReleaseSpinLock', [0, 1]);
    if (edit === undefined) return undefined;
    edits.push(edit);
  }
  return { title: 'Use KeAcquireSpinLock and KeReleaseSpinLock', edits, isPreferred: true };
}
