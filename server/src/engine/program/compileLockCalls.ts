/**
 * Writes lock calls in the documented order: read the IRQL, raise, take the lock; give up the lock, lower, deliver.
 * Source of the order: documentation of KeAcquireSpinLock, KeReleaseSpinLock and their AtDpcLevel forms.
 */
import type { LockKind, LockRoutine, LockSite } from '../locks/lockKind.ts';
import { lockKinds } from '../locks/registry.ts';
import { type BodyState, fail, register } from './compileStatements.ts';
import type { Label } from './assembler.ts';
import * as op from './opcodes.ts';
import type { ProgramLock, ProgramOperation } from './program.ts';
import { bitsFor } from './stateLayout.ts';

interface Call {
  readonly index: number;
  readonly lock: ProgramLock;
  readonly site: LockSite;
  readonly routine: LockRoutine;
  readonly operation: number;
  readonly saved: number;
}

/** The routine of this kind that is called so, or does the same as another kind's routine of that name. */
function findRoutine(
  kind: LockKind,
  action: LockRoutine['action'],
  name: string | undefined,
  isSharedNow: boolean,
): LockRoutine | undefined {
  const own = kind.routines.filter((row) => row.action === action);
  const isFitting = (row: LockRoutine): boolean => (row.isShared === true) === isSharedNow;
  if (name === undefined) return (action === 'release' ? own.find(isFitting) : undefined) ?? own[0];
  const named = own.filter((row) => row.name === name);
  const exact = named.find(isFitting) ?? named[0];
  if (exact !== undefined) return exact;
  for (const other of lockKinds) {
    const same = other.routines.find((row) => row.name === name && row.action === action);
    if (same === undefined) continue;
    const isShared = same.isShared === true;
    return (
      own.find((row) => row.form === same.form && (row.isShared === true) === isShared) ??
      own.find((row) => row.form === same.form)
    );
  }
  return undefined;
}

function operationIndex(body: BodyState, name: string, form: ProgramOperation['form']): number {
  const { operations } = body.state;
  const known = operations.findIndex((row) => row.name === name && row.form === form);
  if (known >= 0) return known;
  operations.push({ name, form });
  return operations.length - 1;
}

function siteOf(body: BodyState, index: number, lock: ProgramLock, isShared: boolean): LockSite {
  const { state, context, plan } = body;
  const shape = state.shapes[index];
  if (shape === undefined) fail(body, `lock '${lock.id}' has no layout.`);
  return {
    words: lock.words,
    shape,
    lock: index,
    user: state.userNumber.get(index * state.plans.length + context) ?? 1,
    cpu: plan.cpu,
    isShared,
    register: (name, max) => register(body, `${lock.id}:${name}`, bitsFor(max)),
  };
}

function resolveCall(
  body: BodyState,
  id: string,
  action: LockRoutine['action'],
  name: string | undefined,
): Call {
  const index = body.state.lockIndex.get(id);
  const lock = index === undefined ? undefined : body.state.locks[index];
  if (index === undefined || lock === undefined) fail(body, `there is no lock '${id}'.`, 'lock');
  const routine = findRoutine(lock.kind, action, name, body.shared.has(id));
  if (routine === undefined) {
    const names = lock.kind.routines.filter((row) => row.action === action).map((row) => row.name);
    fail(
      body,
      `lock '${id}' (${lock.kind.id}) has no ${action} routine '${name ?? ''}'; it has: ${names.join(', ') || 'none'}.`,
      name === undefined ? 'lock' : 'with',
    );
  }
  return {
    index,
    lock,
    site: siteOf(body, index, lock, routine.isShared === true),
    routine,
    operation: operationIndex(body, routine.name, routine.form),
    saved: keepsOldIrql(lock.kind, routine) ? register(body, `${id}:oldIrql`, body.state.irqlBits) : -1,
  };
}

/** Raising forms keep the old IRQL from acquire to release. */
function keepsOldIrql(kind: LockKind, { form }: LockRoutine): boolean {
  return kind.raiseTo !== 'none' && (form === 'raising' || form === 'raisingIfBelow');
}

/** Read, raise. The read is part of KfRaiseIrql itself: it returns the old IRQL. */
function writeRaise(body: BodyState, { routine, lock, saved }: Call): void {
  if (routine.form !== 'raising' && routine.form !== 'raisingIfBelow') return;
  if (lock.kind.raiseTo === 'none') return;
  body.state.asm.emit(op.opReadIrql);
  body.state.asm.emit(op.opRaise, lock.irql, saved, routine.form === 'raisingIfBelow' ? 1 : 0);
}

/** Writes an acquisition. */
export function compileAcquire(body: BodyState, id: string, name: string | undefined): void {
  const { asm } = body.state;
  const call = resolveCall(body, id, 'acquire', name);
  if (call.site.isShared) body.shared.add(id);
  else body.shared.delete(id);
  asm.lock = call.index;
  asm.emit(op.opBegin, call.index, call.operation, 0);
  writeRaise(body, call);
  call.lock.kind.acquire(asm, call.site);
  asm.emit(op.opAcquired, call.index, call.operation, call.site.isShared ? 1 : 0);
  asm.lock = -1;
}

/** Writes a release: the lock is free before the IRQL drops. */
export function compileRelease(
  body: BodyState,
  id: string,
  name: string | undefined,
  restore: number | undefined,
): void {
  const { asm } = body.state;
  const call = resolveCall(body, id, 'release', name);
  const mayLower =
    (call.routine.form === 'raising' || call.routine.form === 'raisingIfBelow') &&
    call.lock.kind.raiseTo !== 'none';
  asm.lock = call.index;
  asm.emit(op.opReleasing, call.index, call.operation, call.site.isShared ? 1 : 0);
  call.lock.kind.release(asm, call.site);
  asm.lock = -1;
  if (!mayLower) return;
  if (restore !== undefined) return asm.emit(op.opLowerTo, restore);
  asm.emit(op.opLowerSlot, call.saved, call.routine.form === 'raisingIfBelow' ? 1 : 0);
  asm.emit(op.opSet, call.saved, 0);
}

/** Writes a try-acquire with its two branches. */
export function compileTry(
  body: BodyState,
  id: string,
  name: string | undefined,
  then: () => void,
  otherwise: () => void,
): void {
  const { asm } = body.state;
  const call = resolveCall(body, id, 'try', name);
  const { tryAcquire } = call.lock.kind;
  if (tryAcquire === undefined) fail(body, `lock kind '${call.lock.kind.id}' cannot be tried.`, 'lock');
  const failed: Label = asm.label();
  const end = asm.label();
  asm.lock = call.index;
  asm.emit(op.opBegin, call.index, call.operation, 1);
  writeRaise(body, call);
  tryAcquire(asm, call.site, failed);
  asm.emit(op.opAcquired, call.index, call.operation, call.site.isShared ? 1 : 0);
  asm.lock = -1;
  then();
  asm.jump(end);
  asm.place(failed);
  asm.emit(op.opTryFailed, call.index);
  otherwise();
  asm.place(end);
}

/** The interrupt's entry: prologue, then the interrupt object's lock at the ISR's own IRQL. */
export function compileInterruptEntry(body: BodyState): void {
  const { asm } = body.state;
  asm.emit(op.opCost, op.CostKey.isrEntry);
  const call = interruptLock(body);
  if (call === undefined) return;
  asm.lock = call.index;
  asm.emit(op.opBegin, call.index, call.operation, 0);
  call.lock.kind.acquire(asm, call.site);
  asm.emit(op.opAcquired, call.index, call.operation, 0);
  asm.lock = -1;
}

/** The interrupt's exit: gives up the lock, EOI, epilogue. */
export function compileInterruptExit(body: BodyState): void {
  const { asm } = body.state;
  const call = interruptLock(body);
  if (call !== undefined) {
    asm.lock = call.index;
    asm.emit(op.opReleasing, call.index, call.operation, 0);
    call.lock.kind.release(asm, call.site);
    asm.lock = -1;
  }
  asm.emit(op.opCost, op.CostKey.isrExit);
}

function interruptLock(body: BodyState): Call | undefined {
  const { lock } = body.plan;
  if (lock === undefined) return undefined;
  const call = resolveCall(body, lock, 'acquire', undefined);
  return { ...call, operation: operationIndex(body, 'interrupt object lock', 'isr') };
}
