/**
 * One spin lock taken by plain calls here and by in-stack queued calls there: the lock word means two different things.
 */
import type { LockUse } from '../analysis/facts.ts';
import { placeOf } from './reporting/lockUses.ts';
import type { Finding, ProgramContext, ProgramRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'mixed-queued-and-plain',
  title: 'One spin lock is used by plain and by queued calls',
  code: 'C28108',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: 'Driver Verifier 0xC4/0x1008, 0x1009',
  family: 'lock',
};

export const rule: ProgramRule = {
  meta,
  scope: 'program',
  check(context) {
    const findings: Finding[] = [];
    for (const [lockClass, uses] of context.analysis.lockUses()) {
      const queued = uses.find((use) => use.kind === 'queuedSpinlock');
      const plain = uses.find((use) => use.kind === 'spinlock' && isSameDriver(context, use, queued));
      if (queued !== undefined && plain !== undefined)
        findings.push(describe(context, lockClass, queued, plain));
    }
    return findings;
  },
};

function isSameDriver(context: ProgramContext, use: LockUse, other: LockUse | undefined): boolean {
  if (other === undefined) return false;
  const a = context.program.functions[use.function]?.file.project;
  return a === context.program.functions[other.function]?.file.project;
}

function describe(context: ProgramContext, lockClass: string, queued: LockUse, plain: LockUse): Finding {
  const at = placeOf(context, plain, `${plain.routine} takes ${lockClass} by a plain call`);
  return {
    rule: meta.id,
    severity: meta.severity,
    verdict: 'definite',
    file: at.file,
    range: at.range,
    function: context.program.functions[plain.function]?.qualifiedName ?? '',
    message:
      `${lockClass} is taken by ${plain.routine} here and by ${queued.routine} elsewhere. A plain call reads the word of a queued ` +
      `lock as something else: the lock is corrupted (Driver Verifier 0xC4/0x1008). Use one kind of call everywhere.`,
    trace: [placeOf(context, queued, `${queued.routine} takes it by a queued call`), at],
    fixes: [],
    ...(meta.code === undefined ? {} : { code: meta.code }),
    ...(meta.bugCheck === undefined ? {} : { bugCheck: meta.bugCheck }),
  };
}
