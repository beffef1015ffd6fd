/**
 * Structural equality of summaries: when a function's summary is the same as before, its callers need no new analysis.
 */
import type { CallEdge, SiteLevel } from '../entry/entryContexts.ts';
import { isSameHeld, isSameValue } from '../irql/state.ts';
import type {
  EntryContext,
  ExitCase,
  FunctionSummary,
  GuardedRequirement,
  HeldLock,
  LockRef,
  LockUse,
  Requirement,
  Value,
} from '../facts.ts';
import { ALL_WRITES, areSameWrites } from './writeSet.ts';
import type { FunctionResult } from './analyzeFunction.ts';

/** Whether callers see no difference between the two summaries. Positions of witnesses do not count. */
export function isSameSummary(a: FunctionSummary, b: FunctionSummary): boolean {
  return (
    a === b ||
    (a.exit === b.exit &&
      a.source === b.source &&
      a.isProved === b.isProved &&
      a.isGivenUp === b.isGivenUp &&
      areSameWrites(a.writes ?? ALL_WRITES, b.writes ?? ALL_WRITES) &&
      isSameRequirement(a.requires, b.requires) &&
      areEqual(a.requiresWhen ?? [], b.requiresWhen ?? [], isSameGuarded) &&
      areEqual(a.cases, b.cases, isSameCase) &&
      areEqual(a.locksTaken, b.locksTaken, isSameUse) &&
      (a.blocks === undefined) === (b.blocks === undefined))
  );
}

function areEqual<T>(a: readonly T[], b: readonly T[], isSame: (a: T, b: T) => boolean): boolean {
  if (a === b) return true;
  return a.length === b.length && a.every((one, i) => isSame(one, b[i] as T));
}

function isSameRequirement(a: Requirement, b: Requirement): boolean {
  return a.min === b.min && a.max === b.max && a.source === b.source && a.isCertain === b.isCertain;
}

function isSameGuarded(a: GuardedRequirement, b: GuardedRequirement): boolean {
  return isSameRequirement(a, b) && areEqual(a.guards, b.guards, isSameGuard);
}

function isSameGuard(a: ExitCase['guards'][number], b: ExitCase['guards'][number]): boolean {
  return a.parameter === b.parameter && isSameValue(a.value, b.value);
}

function isSameCase(a: ExitCase, b: ExitCase): boolean {
  return (
    a.entry === b.entry &&
    a.irql === b.irql &&
    a.isEntryIrql === b.isEntryIrql &&
    a.irqlFrom === b.irqlFrom &&
    a.isIrqlUnknown === b.isIrqlUnknown &&
    a.regions.critical === b.regions.critical &&
    a.regions.guarded === b.regions.guarded &&
    areEqual(a.guards, b.guards, isSameGuard) &&
    areEqual(a.acquired, b.acquired, isSameHeldLock) &&
    areEqual(a.released, b.released, isSameHeldLock) &&
    isSameOptional(a.returns, b.returns) &&
    haveSameEntries(a.saved, b.saved)
  );
}

function isSameHeldLock(a: HeldLock, b: HeldLock): boolean {
  return isSameHeld(a, b) && a.lock.lockClass === b.lock.lockClass;
}

function isSameOptional(a: Value | undefined, b: Value | undefined): boolean {
  return a === undefined || b === undefined ? a === b : isSameValue(a, b);
}

function haveSameEntries(a: ReadonlyMap<string, Value>, b: ReadonlyMap<string, Value>): boolean {
  return a.size === b.size && [...a].every(([key, value]) => isSameOptional(b.get(key), value));
}

function isSameUse(a: LockUse, b: LockUse): boolean {
  return (
    a.lock.path === b.lock.path &&
    a.lock.lockClass === b.lock.lockClass &&
    a.kind === b.kind &&
    a.mode === b.mode &&
    a.irql === b.irql &&
    a.isEntryIrql === b.isEntryIrql &&
    areEqual(a.heldBefore, b.heldBefore, isSameRef) &&
    areEqual(a.releasedBefore, b.releasedBefore, isSameRef)
  );
}

function isSameRef(a: LockRef, b: LockRef): boolean {
  return a.path === b.path && a.lockClass === b.lockClass;
}

/** Whether two entry contexts say the same; their chains do not count. */
export function isSameEntry(a: EntryContext, b: EntryContext): boolean {
  return (
    a === b ||
    (a.levels === b.levels &&
      a.proven === b.proven &&
      a.isKnown === b.isKnown &&
      a.source === b.source &&
      a.areAllCallersKnown === b.areAllCallersKnown &&
      areEqual(a.held, b.held, isSameHeldLock))
  );
}

/** Whether the propagation of entry levels sees no difference between two functions. */
export function isSameEntryInput(a: FunctionResult, b: FunctionResult): boolean {
  const x = a.input;
  const y = b.input;
  return (
    x.asserted === y.asserted &&
    x.contract?.levels === y.contract?.levels &&
    x.contract?.isExact === y.contract?.isExact &&
    x.contract?.isMinStated === y.contract?.isMinStated &&
    areEqual(x.held, y.held, isSameHeld) &&
    areEqual(x.calls, y.calls, isSameEdge)
  );
}

function isSameEdge(a: CallEdge, b: CallEdge): boolean {
  return (
    a.callee === b.callee &&
    a.node === b.node &&
    a.isExact === b.isExact &&
    areEqual(a.levels, b.levels, isSameSite)
  );
}

function isSameSite(a: SiteLevel, b: SiteLevel): boolean {
  return (
    a.entry === b.entry &&
    a.irql === b.irql &&
    a.isEntryIrql === b.isEntryIrql &&
    a.isVague === b.isVague &&
    a.isBounded === b.isBounded
  );
}
