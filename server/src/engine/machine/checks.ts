/**
 * What Driver Verifier would say and what corrupts a free build: checked at the marks of lock calls and IRQL changes.
 * A remark never changes the run. Sources: documentation of bug checks 0xC4, 0x133 and of the routines themselves.
 */
import { TraceEventKind as Event } from '../../protocol/traceFormat.ts';
import type { Machine } from './machine.ts';

const DISPATCH_LEVEL = 2;

function heldSlot(m: Machine, lock: number, context: number): number {
  return m.program.heldSlot[lock * m.program.contexts.length + context]!;
}

/** How often the context owns the lock. */
export function heldBy(m: Machine, lock: number, context: number): number {
  const slot = heldSlot(m, lock, context);
  return slot < 0 ? 0 : m.state[slot]!;
}

/** A context that owns the lock, or -1. */
export function ownerOf(m: Machine, lock: number): number {
  const n = m.program.contexts.length;
  for (let context = 0; context < n; context += 1) if (heldBy(m, lock, context) > 0) return context;
  return -1;
}

/** The call of an acquire routine begins. */
export function checkBegin(
  m: Machine,
  cpu: number,
  context: number,
  lock: number,
  operation: number,
  isTry: boolean,
): void {
  const irql = m.irql(cpu);
  const { form } = m.program.operations[operation]!;
  m.host.emit(Event.acquireBegin, cpu, context, lock, operation);
  if (form === 'raising' && irql > m.program.locks[lock]!.irql) {
    m.host.remark('verifier', '0xC4/0x42', cpu, context, lock);
  }
  if (form === 'atDispatch' && irql < DISPATCH_LEVEL)
    m.host.remark('verifier', '0xC4/0x40', cpu, context, lock);
  const isSpinLock = m.program.locks[lock]!.kind.isRecursive !== true;
  if (isSpinLock && !isTry && heldBy(m, lock, context) > 0)
    m.host.remark('verifier', '0xC4/0x1000', cpu, context, lock);
  if (!isTry) checkOrder(m, cpu, context, lock);
}

/** Notes the nesting held -> acquired and says so where the opposite nesting was seen before. */
function checkOrder(m: Machine, cpu: number, context: number, lock: number): void {
  const n = m.program.locks.length;
  for (let held = 0; held < n; held += 1) {
    if (held === lock || heldBy(m, held, context) === 0) continue;
    if (m.nested[held * n + lock] === 1) continue;
    m.nested[held * n + lock] = 1;
    if (reaches(m, lock, held)) m.host.remark('verifier', '0xC4/0x1001', cpu, context, lock);
  }
}

/** Is `to` nested, directly or through others, inside `from`? */
function reaches(m: Machine, from: number, to: number): boolean {
  const n = m.program.locks.length;
  const seen = new Set([from]);
  const work = [from];
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    if (at === to) return true;
    for (let next = 0; next < n; next += 1) {
      if (m.nested[at * n + next] !== 1 || seen.has(next)) continue;
      seen.add(next);
      work.push(next);
    }
  }
  return false;
}

/** The lock is the context's from here on. */
export function markAcquired(
  m: Machine,
  cpu: number,
  context: number,
  lock: number,
  isShared: boolean,
): void {
  const slot = heldSlot(m, lock, context);
  const { kind } = m.program.locks[lock]!;
  if (!isShared && kind.isRecursive !== true && ownerOf(m, lock) >= 0) {
    m.host.remark('corruption', 'two owners', cpu, context, lock);
  }
  const most = kind.sharesOwnership === true || kind.isRecursive === true ? 3 : 1;
  if (slot >= 0 && m.state[slot]! < most) m.state[slot] = m.state[slot]! + 1;
  m.host.emit(isShared ? Event.acquiredShared : Event.acquired, cpu, context, lock, -1);
}

/** The context gives the lock up: the releasing operation comes next. */
export function checkReleasing(
  m: Machine,
  cpu: number,
  context: number,
  lock: number,
  operation: number,
): void {
  const irql = m.irql(cpu);
  const { form } = m.program.operations[operation]!;
  const { irql: level } = m.program.locks[lock]!;
  const slot = heldSlot(m, lock, context);
  if (slot >= 0 && m.state[slot]! > 0) m.state[slot] = m.state[slot]! - 1;
  else m.host.remark('verifier', '0xC4/0x1007', cpu, context, lock);
  if (form === 'raising' && irql !== level && level >= DISPATCH_LEVEL) {
    m.host.remark('verifier', '0xC4/0x32', cpu, context, lock);
  }
  if (form === 'atDispatch' && irql < DISPATCH_LEVEL)
    m.host.remark('verifier', '0xC4/0x41', cpu, context, lock);
  m.host.emit(Event.released, cpu, context, lock, operation);
}

/** KeRaiseIrql to a lower level just sets it on a free build. */
export function checkRaise(m: Machine, cpu: number, context: number, old: number, level: number): void {
  if (level < old) m.host.remark('verifier', '0xC4/0x30', cpu, context, -1);
}

/** KeLowerIrql to a higher level just sets it; below DISPATCH_LEVEL inside a DPC it leaves the DPC unprotected. */
export function checkLower(m: Machine, cpu: number, context: number, old: number, level: number): void {
  const isDpc = m.program.contexts[context]!.kind === 'dpc';
  if (level > old || (isDpc && level < DISPATCH_LEVEL))
    m.host.remark('verifier', '0xC4/0x31', cpu, context, -1);
}
