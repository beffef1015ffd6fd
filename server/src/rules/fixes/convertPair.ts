/**
 * The fix that changes both ends of a lock pair: to the cheap form for DISPATCH_LEVEL, or back to the form that raises.
 * Acquire and all its releases are edited together, or nothing is.
 */
import type { LockEffect } from '../../ddi/ddiFacts.ts';
import type { CallFact } from '../../analysis/facts.ts';
import { declareLocal, findResultOwner, replaceNode, rewriteCall, unusedName } from './editCall.ts';
import { findPair, type LockPair } from './lockPairs.ts';
import type { Fix, FunctionContext, TextEdit } from '../rule.ts';

/** "Use KeAcquireSpinLockAtDpcLevel and KeReleaseSpinLockFromDpcLevel", where the pair and its cheap form are known. */
export function toDpcVariant(context: FunctionContext, acquire: CallFact): Fix | undefined {
  const effect = acquire.locks[0]?.effect;
  const pair = findPair(context, acquire);
  if (effect?.dpcVariant?.kind !== 'function' || pair === undefined) return undefined;
  const cheap = context.program.ddi.effect(effect.dpcVariant.name);
  const releaseName = effect.dpcRelease ?? cheap?.pairsWith[0];
  if (cheap === undefined || releaseName === undefined) return undefined;
  const first = rewriteAcquire(context, acquire, effect, cheap, []);
  return makeFix(context, pair, first, cheap.name, releaseName, () => []);
}

/** "Use KeAcquireSpinLock and KeReleaseSpinLock": declares the variable for the old IRQL where the form needs one. */
export function toGeneralVariant(context: FunctionContext, acquire: CallFact): Fix | undefined {
  const effect = acquire.locks[0]?.effect;
  const pair = findPair(context, acquire);
  if (effect?.generalVariant === undefined || pair === undefined) return undefined;
  const general = context.program.ddi.effect(effect.generalVariant);
  const releaseName = general?.pairsWith[0];
  if (general === undefined || releaseName === undefined) return undefined;
  if (general.irqlOutArg === undefined) {
    const first = rewriteAcquire(context, acquire, effect, general, []);
    return makeFix(context, pair, first, general.name, releaseName, () => []);
  }
  const name = unusedName(context, 'oldIrql');
  const first = rewriteAcquire(context, acquire, effect, general, [`&${name}`]);
  const fix = makeFix(context, pair, first, general.name, releaseName, () => [name]);
  return fix && { ...fix, edits: [declareLocal(context, `KIRQL ${name};`), ...fix.edits] };
}

function rewriteAcquire(
  context: FunctionContext,
  call: CallFact,
  from: LockEffect,
  to: LockEffect,
  extra: readonly string[],
): TextEdit | undefined {
  const kept = keptArguments(from, to);
  if (kept === undefined || !from.returnsOldIrql)
    return kept && rewriteCall(context, call.node, to.name, [...kept, ...extra]);
  const owner = findResultOwner(context, call.node);
  const edit = rewriteCall(context, call.node, to.name, [...kept, ...extra]);
  return owner === undefined || edit === undefined ? undefined : replaceNode(context, owner, edit.newText);
}

function keptArguments(from: LockEffect, to: LockEffect): number[] | undefined {
  const kept: number[] = [];
  if (to.lockArg !== undefined) {
    if (from.lockArg === undefined) return undefined;
    kept[to.lockArg] = from.lockArg;
  }
  if (to.handleArg !== undefined) {
    if (from.handleArg === undefined) return undefined;
    kept[to.handleArg] = from.handleArg;
  }
  return kept;
}

function makeFix(
  context: FunctionContext,
  pair: LockPair,
  acquireEdit: TextEdit | undefined,
  acquireName: string,
  releaseName: string,
  extra: () => readonly string[],
): Fix | undefined {
  const release = context.program.ddi.effect(releaseName);
  if (acquireEdit === undefined || release === undefined) return undefined;
  const edits: TextEdit[] = [acquireEdit];
  for (const call of pair.releases) {
    const from = call.locks[0]?.effect;
    const kept = from && keptArguments(from, release);
    const edit = kept && rewriteCall(context, call.node, releaseName, [...kept, ...extra()]);
    if (edit === undefined) return undefined;
    edits.push(edit);
  }
  return { title: `Use ${acquireName} and ${releaseName}`, edits, isPreferred: true };
}
