/**
 * Two locks that are taken in both orders, or three in a circle, across functions and files, with all paths. Locks are compared by class
 * (type and field); an order counts only where both holders can really run at the same time.
 */
import type { LockUse, WhyStep } from '../analysis/facts.ts';
import { createLockLevels } from './reporting/lockLevels.ts';
import { isSpinKind } from './reporting/lockKinds.ts';
import { placeOf } from './reporting/lockUses.ts';
import type { Finding, ProgramContext, ProgramRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'lock-order-inversion',
  title: 'Two locks are taken in both orders',
  code: 'C26105',
  severity: 'warning',
  isOnByDefault: true,
  bugCheck: '0x133 DPC_WATCHDOG_VIOLATION; Driver Verifier 0xC4/0x1001',
  family: 'lock',
};

/** Lock `second` is taken while `first` is held. */
interface Order {
  readonly first: string;
  readonly second: string;
  readonly use: LockUse;
}

export const rule: ProgramRule = {
  meta,
  scope: 'program',
  check(context) {
    const orders = collectOrders(context);
    const levelsOf = createLockLevels(context.program);
    const findings: Finding[] = [];
    for (const [key, uses] of orders) {
      const [first = '', second = ''] = key.split('\n');
      const reverse = orders.get(`${second}\n${first}`);
      if (reverse === undefined || first >= second) continue;
      // Where an order is declared, lock-level-order says which of the two is wrong.
      if (isDeclared(context, levelsOf, first, second, uses)) continue;
      const finding = describe(context, uses, reverse);
      if (finding !== undefined) findings.push(finding);
    }
    return [...findings, ...longerCycles(context, orders)];
  },
};

/** A before B, B before C, C before A, where no two of the three are taken both ways round. */
function longerCycles(context: ProgramContext, orders: ReadonlyMap<string, readonly Order[]>): Finding[] {
  const next = new Map<string, string[]>();
  for (const key of orders.keys()) {
    const [first = '', second = ''] = key.split('\n');
    if (!orders.has(`${second}\n${first}`)) next.set(first, [...(next.get(first) ?? []), second]);
  }
  const findings: Finding[] = [];
  for (const [a, afterA] of next) {
    for (const b of afterA) {
      for (const c of next.get(b) ?? []) {
        // Every cycle once: from its first lock.
        if (c === a || a > b || a > c || next.get(c)?.includes(a) !== true) continue;
        const legs = [`${a}\n${b}`, `${b}\n${c}`, `${c}\n${a}`].map((key) => orders.get(key)?.[0]);
        const [one, other, third] = legs;
        if (one === undefined || other === undefined || third === undefined) continue;
        if (areApart(context, [one.use, other.use, third.use])) continue;
        findings.push(describeCycle(context, [one, other, third]));
      }
    }
  }
  return findings;
}

/** Some two of the three cannot run at the same time. */
function areApart(context: ProgramContext, [a, b, c]: readonly [LockUse, LockUse, LockUse]): boolean {
  return !canRunTogether(context, a, b) || !canRunTogether(context, b, c) || !canRunTogether(context, c, a);
}

function describeCycle(context: ProgramContext, legs: readonly [Order, Order, Order]): Finding {
  const [one] = legs;
  const trace = legs.flatMap((leg) => stepsOf(context, leg));
  const place = placeOf(context, one.use, '');
  const others = legs
    .slice(1)
    .map((leg) => `${nameOf(context, leg.use)} takes ${leg.second} under ${leg.first}`);
  return finding(context, one, place, trace, {
    message:
      `${nameOf(context, one.use)} takes ${one.second} while it holds ${one.first}; ${others.join('; ')}. Three CPUs that do so wait ` +
      `for each other for ever (bug check 0x133; Driver Verifier 0xC4/0x1001 reports it even in good runs). Take them in one ` +
      `order everywhere.`,
  });
}

function isDeclared(
  { program }: ProgramContext,
  levelsOf: ReturnType<typeof createLockLevels>,
  first: string,
  second: string,
  [some]: readonly Order[],
): boolean {
  const project = some === undefined ? undefined : program.functions[some.use.function]?.file.project;
  const levels = project === undefined ? undefined : levelsOf(project);
  const [one, other] = [levels?.levelOf(first), levels?.levelOf(second)];
  if (levels === undefined || one === undefined || other === undefined) return false;
  return levels.isBefore(one, other) || levels.isBefore(other, one);
}

/** Orders by "first\nsecond" within one project; try-acquires do not wait and close no cycle. */
function collectOrders(context: ProgramContext): Map<string, Order[]> {
  const orders = new Map<string, Order[]>();
  for (const [second, uses] of context.analysis.lockUses()) {
    for (const use of uses) {
      if (use.isTry || !closesCycles(use)) continue;
      for (const held of use.heldBefore) {
        if (held.lockClass === '' || held.lockClass === second) continue;
        const key = `${held.lockClass}\n${second}`;
        const known = orders.get(key) ?? [];
        known.push({ first: held.lockClass, second, use });
        orders.set(key, known);
      }
    }
  }
  return orders;
}

/** Spin locks, and sleeping locks with one owner. ERESOURCE recurses and has orders by convention; shared holders wait for no sharer. */
function closesCycles({ kind, mode }: LockUse): boolean {
  return isSpinKind(kind) || (SLEEPING.has(kind) && mode === 'exclusive');
}

const SLEEPING: ReadonlySet<string> = new Set(['fastMutex', 'guardedMutex', 'pushLock', 'wdfWaitlock']);

function describe(
  context: ProgramContext,
  forward: readonly Order[],
  backward: readonly Order[],
): Finding | undefined {
  for (const one of forward) {
    for (const other of backward) {
      if (!canRunTogether(context, one.use, other.use)) continue;
      const trace = [...stepsOf(context, one), ...stepsOf(context, other)];
      const [place] = stepsOf(context, one);
      if (place === undefined) continue;
      return finding(context, one, place, trace, {
        message:
          `${nameOf(context, one.use)} takes ${one.second} while it holds ${one.first}; ${nameOf(context, other.use)} takes them the other way ` +
          `round. Two CPUs that do both wait for each other for ever (bug check 0x133; Driver Verifier 0xC4/0x1001 reports ` +
          `it even in good runs). Take them in one order everywhere.`,
        replay: { scenario: 'abba', lockClass: one.first },
      });
    }
  }
  return undefined;
}

function finding(
  { program }: ProgramContext,
  { use }: Order,
  { file, range }: WhyStep,
  trace: readonly WhyStep[],
  what: Pick<Finding, 'message' | 'replay'>,
): Finding {
  return {
    rule: meta.id,
    severity: meta.severity,
    verdict: 'possible',
    file,
    range,
    function: program.functions[use.function]?.qualifiedName ?? '',
    trace,
    fixes: [],
    ...(meta.code === undefined ? {} : { code: meta.code }),
    ...(meta.bugCheck === undefined ? {} : { bugCheck: meta.bugCheck }),
    ...what,
  };
}

function nameOf(context: ProgramContext, use: LockUse): string {
  return context.program.functions[use.function]?.name ?? 'another function';
}

/** Locks of different drivers are different locks; a third lock held around both keeps the two apart. */
function canRunTogether(context: ProgramContext, one: LockUse, other: LockUse): boolean {
  const a = context.program.functions[one.function];
  const b = context.program.functions[other.function];
  if (a === undefined || b === undefined || a.file.project !== b.file.project) return false;
  // Of a helper, or of mutexes of many objects, nobody can tell whether both orders are those of the same two locks.
  const isDoubtful = a === b || !isSpinKind(one.kind) || !isSpinKind(other.kind);
  if (isDoubtful && !areOfOneObject(one.lock.lockClass, other.lock.lockClass)) return false;
  const pair = new Set([one.lock.lockClass, other.lock.lockClass]);
  return !one.heldBefore.some(
    (gate) =>
      gate.lockClass !== '' &&
      !pair.has(gate.lockClass) &&
      other.heldBefore.some((held) => held.lockClass === gate.lockClass),
  );
}

/** Two globals, or two fields of one struct. */
function areOfOneObject(one: string, other: string): boolean {
  const owner = (lockClass: string): string => /^(\w+)\.\w+$/.exec(lockClass)?.[1] ?? '';
  return !/^h:/.test(one) && !/^h:/.test(other) && owner(one) === owner(other);
}

function stepsOf(context: ProgramContext, order: Order): WhyStep[] {
  const name = nameOf(context, order.use);
  const message = `${name} takes ${order.second} (${order.use.routine}) while it holds ${order.first}`;
  return [placeOf(context, order.use, message)];
}
