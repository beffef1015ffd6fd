/**
 * The simulated cost of one lock call, from the engine: finds the lock kind and the form of the call, what is known of the
 * IRQL there, and the estimated hold. It simulates nothing itself; the engine remembers what it has answered.
 */
import { estimateHold } from '../analysis/estimateCycles.ts';
import type { CallFact, LockEvent } from '../analysis/facts.ts';
import type { BodyFacts, EntryContext } from '../analysis/facts.ts';
import { listLockKinds } from '../engine/engine.ts';
import { lensCost, type LensCost } from '../engine/lensCost.ts';
import { DISPATCH_LEVEL, minOf } from '../protocol/irqlLevels.ts';
import type { Settings } from '../protocol/settings.ts';
import { isFeasible, levelsOfStates } from '../rules/reporting/evidence.ts';
import { isUnknownState, type Snapshot } from './snapshot.ts';

/** Lock kinds of the facts that are built on a plain KSPIN_LOCK, or on a queued one. */
const ENGINE_KINDS: Readonly<Record<string, string>> = {
  spinlock: 'ttas',
  ndisSpinlock: 'ttas',
  wdfSpinlock: 'ttas',
  videoportSpinlock: 'ttas',
  storportLock: 'ttas',
  vpbSpinlock: 'queued',
  cancelSpinlock: 'queued',
  queuedSpinlock: 'queued',
  numberedQueuedSpinlock: 'queued',
};

let kindsByRoutine: ReadonlyMap<string, string> | undefined;

/** Routine name -> engine lock kind. The first kind of the manual that names a routine is the real one; others stand in for it. */
function engineKindOf(event: LockEvent): string | undefined {
  if (kindsByRoutine === undefined) {
    const map = new Map<string, string>();
    for (const kind of listLockKinds())
      for (const routine of kind.acquires) if (!map.has(routine)) map.set(routine, kind.id);
    kindsByRoutine = map;
  }
  return kindsByRoutine.get(event.routine) ?? ENGINE_KINDS[event.kind];
}

/** What the lens and the hover say of an acquisition. */
export interface LockCost {
  readonly event: LockEvent;
  readonly cost: LensCost;
  readonly holdCycles: number;
  readonly form: 'raising' | 'atDpcLevel';
  readonly isAtDispatch: boolean;
}

/** The acquisition of a spin lock that a call makes, if it is one the engine knows and it is made here, not in a callee. */
export function spinAcquireOf(call: CallFact): LockEvent | undefined {
  return call.locks.find(
    (event) =>
      (event.op === 'acquire' || event.op === 'tryAcquire') &&
      !event.isThroughWrapper &&
      engineKindOf(event) !== undefined,
  );
}

/** The cost of an acquisition; undefined where the engine has no such lock. */
export function lockCost(
  snapshot: Snapshot,
  facts: BodyFacts,
  entry: EntryContext,
  call: CallFact,
  settings: Settings,
): LockCost | undefined {
  const event = spinAcquireOf(call);
  const lockKind = event === undefined ? undefined : engineKindOf(event);
  if (event === undefined || lockKind === undefined) return undefined;
  const feasible = call.before.filter((state) => isFeasible(state, entry));
  const isKnown = feasible.length > 0 && !feasible.some((state) => isUnknownState(state, entry));
  const isAtDispatch = isKnown && minOf(levelsOfStates(feasible, entry)) >= DISPATCH_LEVEL;
  const form = event.effect?.exit.kind === 'unchanged' ? 'atDpcLevel' : 'raising';
  const holdCycles = estimateHold(snapshot.analysis, facts, call.node);
  const cost = lensCost({
    profile: settings.profile,
    overrides: settings.costs,
    lockKind,
    form,
    isAtDispatch,
    holdCycles,
    cpus: settings.cpus,
  });
  return { event, cost, holdCycles, form, isAtDispatch };
}
