/**
 * A lock that its holder takes again on the same path. Kinds that recurse legally (ERESOURCE, KMUTEX) are left out,
 * and so are paths that do not name one certain object.
 */
import { derefPath } from '../analysis/locks/accessPath.ts';
import { contractOf } from '../analysis/entry/contractOf.ts';
import type { CallFact, HeldLock, LockEvent, PathState } from '../analysis/facts.ts';
import { heldBy } from './fixes/lockPairs.ts';
import { isFeasible, verdictOf } from './reporting/evidence.ts';
import { isOwnerChecked } from './reporting/lockGuards.ts';
import { isOneObject, isOwnedKind, isRecursiveKind, isSpinKind } from './reporting/lockKinds.ts';
import { acquiredStep, assumptionSteps, report, stepAt } from './reporting/report.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'lock-acquired-twice',
  title: 'A lock is taken again by its holder',
  code: 'C28109',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: '0x133 DPC_WATCHDOG_VIOLATION; 0xF SPIN_LOCK_ALREADY_OWNED; Driver Verifier 0xC4/0x1000',
  family: 'lock',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    return context.facts.calls.flatMap((call) => {
      const own = call.locks.flatMap((event) => {
        const holder = findHolder(context, call, event);
        return holder === undefined ? [] : [describe(context, call, event, holder)];
      });
      return own.length > 0 ? own : [...findInterlocked(context, call), ...findInside(context, call)];
    });
  },
};

interface Holder {
  readonly state: PathState;
  readonly held: HeldLock;
}

function findHolder(context: FunctionContext, call: CallFact, event: LockEvent): Holder | undefined {
  if (event.op !== 'acquire' || !isOwnedKind(event.kind) || isRecursiveKind(event.kind)) return undefined;
  if (!isOneObject(event.lock.path) || isReleasedFirst(call, event)) return undefined;
  for (const state of call.before) {
    const held = heldBy(state, event.lock.path);
    if (held === undefined || !isSure(context, state) || isSharedTwice(held, event)) continue;
    if (!isOwnerChecked(context, call.node)) return { state, held };
  }
  return undefined;
}

/** A helper that drops the caller's lock for a while and takes it again before it returns. */
function isReleasedFirst(call: CallFact, event: LockEvent): boolean {
  return call.locks.some(({ op, lock }) => op === 'release' && lock.path === event.lock.path);
}

/** An interlocked list routine takes the lock that it is given for itself. */
function findInterlocked(context: FunctionContext, call: CallFact): Finding[] {
  const effect = call.callee.kind === 'ddi' ? call.callee.effect : undefined;
  const argument = call.args[effect?.lockArg ?? -1];
  if (argument === undefined || effect?.lockUsableOnlyWith === undefined) return [];
  const path = argument.isAddressOf ? argument.path : derefPath(argument.path);
  const event: LockEvent = {
    op: 'acquire',
    lock: { path, text: argument.text.replace(/^&/, ''), lockClass: '' },
    kind: effect.lockKind ?? '',
    mode: 'exclusive',
    routine: call.name,
    effect,
    isThroughWrapper: false,
  };
  const holder = findHolder(context, call, event);
  return holder === undefined ? [] : [describe(context, call, { ...event, lock: holder.held.lock }, holder)];
}

function isSure(context: FunctionContext, state: PathState): boolean {
  return !state.isImprecise && isFeasible(state, context.entry);
}

/** Two shared acquires deadlock only when a writer waits in between: another rule's business. */
function isSharedTwice(held: HeldLock, event: LockEvent): boolean {
  return held.mode === 'shared' && event.mode === 'shared';
}

/**
 * A helper that takes the lock inside and gives it back, called while it is held: there is no event at the call itself.
 * Only what the helper does itself and on no condition but its arguments counts.
 */
function findInside(context: FunctionContext, call: CallFact): Finding[] {
  if (call.callee.kind !== 'functions' || !call.callee.isExact || call.callee.ids.length !== 1) return [];
  if (call.before.every(({ held }) => held.length === 0)) return [];
  const [id = -1] = call.callee.ids;
  const unit = context.program.functions[id];
  const clauses = unit === undefined ? [] : (contractOf(context.program, unit)?.contract.clauses ?? []);
  // A helper that says that it needs the lock free is lock-requires-held's affair.
  if (clauses.some(({ body }) => body.kind === 'requiresNotHeld')) return [];
  if (context.analysis.summaryOf(id).cases.some((exit) => exit.released.length > 0)) return [];
  for (const inner of context.analysis.factsOf(id).calls) {
    if (!inner.before.some((state) => isTaken(state, call))) continue;
    for (const event of inner.locks) {
      const path = pathAtCall(event.lock.path, call);
      const holder =
        path === undefined
          ? undefined
          : findHolder(context, call, { ...event, lock: { ...event.lock, path } });
      if (holder !== undefined)
        return [describe(context, call, { ...event, lock: holder.held.lock }, holder)];
    }
  }
  return [];
}

/** A path of the helper in terms of its caller: a parameter is replaced by what this call passes for it. */
function pathAtCall(path: string, call: CallFact): string | undefined {
  if (path.startsWith('g:') || path.startsWith('h:')) return path;
  const [, parameter, deref = '', rest = ''] = /^p(\d+)(\*?)(.*)$/.exec(path) ?? [];
  const argument = parameter === undefined ? undefined : call.args[Number(parameter)];
  if (argument === undefined || argument.path === '') return undefined;
  if (!argument.isAddressOf) return `${argument.path}${deref}${rest}`;
  return deref === '' ? undefined : `${argument.path}${rest}`;
}

/** Whether the helper's path is taken for the arguments of this call, with no other condition on it. */
function isTaken(inner: PathState, call: CallFact): boolean {
  if (inner.isImprecise || inner.assumptions.length > 0 || !inner.isEntryIrql) return false;
  for (const [key, value] of inner.values) {
    if (value.kind !== 'const' && value.kind !== 'notConst') continue;
    const parameter = /^p(\d+)$/.exec(key)?.[1];
    const given = parameter === undefined ? undefined : call.args[Number(parameter)]?.constant;
    if (given === undefined || (given === value.value) !== (value.kind === 'const')) return false;
  }
  return true;
}

function describe(
  context: FunctionContext,
  call: CallFact,
  event: LockEvent,
  { state, held }: Holder,
): Finding {
  const outcome = isSpinKind(event.kind)
    ? 'This CPU spins for ever (bug check 0x133; Driver Verifier 0xC4/0x1000).'
    : 'This thread waits for itself for ever.';
  return report(context, meta, {
    node: call.node,
    verdict: verdictOf(state),
    message:
      `${call.name} takes ${event.lock.text}, which is already held here${held.isFromEntry ? ' since entry' : ''}. ${outcome} ` +
      `Take it once, or split off a helper that expects it held.`,
    trace: [
      acquiredStep(context, held),
      ...assumptionSteps(context, state),
      stepAt(context, call.node, `${call.name} takes it again`),
    ],
    replay: { scenario: 'recursive', lockClass: event.lock.lockClass },
  });
}
