/**
 * A lock is taken against the order that the driver itself declares by `_Lock_level_order_`: the outer lock while the inner one
 * is held. One place is enough; no second path in the other direction need be known.
 */
import type { LockRef, LockUse } from '../analysis/facts.ts';
import { createLockLevels, type LockLevels } from './reporting/lockLevels.ts';
import { placeOf } from './reporting/lockUses.ts';
import type { Finding, ProgramContext, ProgramRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'lock-level-order',
  title: 'A lock is taken against the declared order',
  code: 'C26105',
  severity: 'warning',
  isOnByDefault: true,
  bugCheck: '0x133 DPC_WATCHDOG_VIOLATION; Driver Verifier 0xC4/0x1001',
  family: 'lock',
};

export const rule: ProgramRule = {
  meta,
  scope: 'program',
  check(context) {
    const levelsOf = createLockLevels(context.program);
    const findings: Finding[] = [];
    for (const uses of context.analysis.lockUses().values()) {
      for (const use of uses) {
        const levels = levelsOf(projectOf(context, use));
        const held = levels === undefined ? undefined : findOuter(levels, use);
        if (levels !== undefined && held !== undefined) findings.push(describe(context, levels, use, held));
      }
    }
    return findings;
  },
};

function projectOf({ program }: ProgramContext, use: LockUse): string {
  return program.functions[use.function]?.file.project ?? '';
}

/** A lock held at the use that should have been taken after it. */
function findOuter(levels: LockLevels, use: LockUse): LockRef | undefined {
  const level = use.isTry ? undefined : levels.levelOf(use.lock.lockClass);
  if (level === undefined) return undefined;
  return use.heldBefore.find(({ lockClass }) => {
    const other = levels.levelOf(lockClass);
    return other !== undefined && levels.isBefore(level, other);
  });
}

function describe(context: ProgramContext, levels: LockLevels, use: LockUse, held: LockRef): Finding {
  const unit = context.program.functions[use.function];
  const [outer, inner] = [levels.levelOf(use.lock.lockClass) ?? '', levels.levelOf(held.lockClass) ?? ''];
  const place = placeOf(context, use, `${use.routine} takes ${use.lock.text} under ${held.text}`);
  return {
    rule: meta.id,
    severity: meta.severity,
    verdict: 'definite',
    file: place.file,
    range: place.range,
    function: unit?.qualifiedName ?? '',
    message:
      `${use.routine} takes ${use.lock.text} (level ${outer}) while ${held.text} (level ${inner}) is held, but ${outer} is declared ` +
      `to come before ${inner}. A CPU that keeps the order and one that does this wait for each other for ever (bug check 0x133). ` +
      `Take ${use.lock.text} first.`,
    trace: [place],
    fixes: [],
    ...(meta.code === undefined ? {} : { code: meta.code }),
    ...(meta.bugCheck === undefined ? {} : { bugCheck: meta.bugCheck }),
  };
}
