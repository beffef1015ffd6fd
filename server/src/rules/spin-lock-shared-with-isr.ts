/**
 * A spin lock that an ISR takes at DIRQL and other code takes at DISPATCH_LEVEL: the interrupt can arrive while this CPU
 * holds the lock. Only an interrupt spin lock (or KeSynchronizeExecution) keeps the ISR out.
 */
import type { LockUse } from '../analysis/facts.ts';
import { atLeast, atMost, DEVICE_MIN, intersect } from '../protocol/irqlLevels.ts';
import { placeOf } from './reporting/lockUses.ts';
import type { Finding, ProgramContext, ProgramRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'spin-lock-shared-with-isr',
  title: 'A spin lock is taken by an ISR and below its level too',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: '0x133 DPC_WATCHDOG_VIOLATION; 0x101 CLOCK_WATCHDOG_TIMEOUT; Driver Verifier 0xC4/0x42',
  family: 'lock',
};

/** Kinds that raise to DISPATCH_LEVEL at most; interrupt locks raise to the interrupt's own level. */
const DISPATCH_KINDS: ReadonlySet<string> = new Set([
  'spinlock',
  'queuedSpinlock',
  'exSpinlock',
  'ndisSpinlock',
  'wdfSpinlock',
]);

export const rule: ProgramRule = {
  meta,
  scope: 'program',
  check(context) {
    const findings: Finding[] = [];
    for (const [lockClass, uses] of context.analysis.lockUses()) {
      const high = uses.find((use) => DISPATCH_KINDS.has(use.kind) && provenAbove(context, use));
      if (high === undefined || high.isTry) continue;
      const low = uses.find(
        (use) => use.function !== high.function && isBelow(context, use) && isSameProject(context, use, high),
      );
      if (low !== undefined) findings.push(describe(context, lockClass, high, low));
    }
    return findings;
  },
};

function levelsAt(context: ProgramContext, use: LockUse): number {
  const entry = context.analysis.entryOf(use.function);
  return use.isEntryIrql ? (entry.isKnown ? intersect(use.irql, entry.proven) : 0) : use.irql;
}

function provenAbove(context: ProgramContext, use: LockUse): boolean {
  const levels = levelsAt(context, use);
  return levels !== 0 && atMost(levels, DEVICE_MIN - 1) === 0;
}

/** Known to be below, or taken by a form that may only be called below and raises to DISPATCH_LEVEL. */
function isBelow(context: ProgramContext, use: LockUse): boolean {
  const levels = levelsAt(context, use);
  const effect = context.program.ddi.effect(use.routine);
  const isRaising = effect?.exit.kind === 'level' && effect.max < DEVICE_MIN;
  return isRaising || (levels !== 0 && atLeast(levels, DEVICE_MIN) === 0);
}

function isSameProject(context: ProgramContext, a: LockUse, b: LockUse): boolean {
  return (
    context.program.functions[a.function]?.file.project ===
    context.program.functions[b.function]?.file.project
  );
}

function describe(context: ProgramContext, lockClass: string, high: LockUse, low: LockUse): Finding {
  const unit = context.program.functions[high.function];
  const other = context.program.functions[low.function];
  const isr = placeOf(context, high, `${unit?.name ?? ''} takes ${lockClass} at DIRQL`);
  return {
    rule: meta.id,
    severity: meta.severity,
    verdict: 'definite',
    file: isr.file,
    range: isr.range,
    function: unit?.qualifiedName ?? '',
    message:
      `${high.routine} takes ${lockClass} at DIRQL, but ${other?.name ?? 'other code'} holds it at DISPATCH_LEVEL. The interrupt can ` +
      `arrive while this CPU holds the lock, and then spins for ever (bug check 0x133 or 0x101). Use ` +
      `KeAcquireInterruptSpinLock on both sides, or move the work to the DPC.`,
    trace: [placeOf(context, low, `${other?.name ?? ''} takes ${lockClass} at DISPATCH_LEVEL`), isr],
    fixes: [],
    ...(meta.bugCheck === undefined ? {} : { bugCheck: meta.bugCheck }),
    replay: { scenario: 'isr-takes-kspinlock', lockClass },
  };
}
