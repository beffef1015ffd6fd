/**
 * A function that returns at another IRQL than it was entered at, without saying so by an annotation and without
 * being a lock wrapper. Where a held lock explains the level, the lock is reported instead.
 */
import { contractOf } from '../analysis/entry/contractOf.ts';
import type { CallFact, ExitFact, PathState } from '../analysis/facts.ts';
import { describeSet, intersect, without } from '../protocol/irqlLevels.ts';
import { hangsOnArgument, isFeasible, verdictOf } from './reporting/evidence.ts';
import { conditionsAround } from './reporting/lockGuards.ts';
import { assumptionSteps, callAt, isSetDirectly, report, stepAt } from './reporting/report.ts';
import { isSavedLevelLost, savedIn } from './reporting/savedLevel.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'irql-not-restored',
  title: 'A function returns at another IRQL than it was entered at',
  code: 'C28167',
  severity: 'error',
  isOnByDefault: true,
  bugCheck: '0x4A IRQL_GT_ZERO_AT_SYSTEM_SERVICE; Driver Verifier 0xC8, 0xC9/0x5',
  family: 'level',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    if (context.facts.isImprecise || isAnnotatedAsChanging(context)) return [];
    const changed: { exit: ExitFact; state: PathState }[] = [];
    let isKeptSomewhere = false;
    for (const exit of context.facts.exits) {
      const state = exit.states.find(
        (candidate) => isChanged(context, candidate) && !isPairedAlike(context, exit, candidate),
      );
      if (state !== undefined) changed.push({ exit, state });
      isKeptSomewhere ||= exit.states.some((candidate) => candidate.isEntryIrql);
    }
    const isMistake = isKeptSomewhere || mustRestore(context);
    const isPromised = promisesSame(context);
    return changed
      .filter(({ state }) => isMistake || isOldLevelLost(context, state))
      .filter(({ state }) => !isPromised || !isForAnnotation(context, state))
      .map(({ exit, state }) => describe(context, exit, state, isKeptSomewhere));
  },
};

function promisesSame(context: FunctionContext): boolean {
  const clauses = contractOf(context.program, context.facts.unit)?.contract.clauses ?? [];
  return clauses.some(({ body, when }) => body.kind === 'requiresSame' && when.length === 0);
}

/** The function breaks its own _IRQL_requires_same_ for certain: annotation-not-kept says so. */
function isForAnnotation({ entry }: FunctionContext, state: PathState): boolean {
  return state.assumptions.length === 0 && (!entry.isKnown || intersect(state.irql, state.entry) === 0);
}

/** A raise whose old level nobody can give back: it is no raise wrapper. */
function isOldLevelLost(context: FunctionContext, state: PathState): boolean {
  const call = callAt(context, state.irqlSetBy);
  const effect = call?.callee.kind === 'ddi' ? call.callee.effect : undefined;
  if (call === undefined || effect?.op !== 'raise') return false;
  return isSavedLevelLost(context, savedIn(context, call, effect), call.node);
}

/** A raise or lower wrapper changes the level on every path; only a callback may never do so. */
function mustRestore(context: FunctionContext): boolean {
  return context.program.rolesOf(context.facts.unit.id).some((role) => role.fact.mustRestoreIrql);
}

function isAnnotatedAsChanging(context: FunctionContext): boolean {
  return context.facts.unit.annotations.some(({ annotation }) =>
    /_IRQL_(raises|saves|restores|uses_cancel|is_cancel|inout)|__drv_(raises|saves|restores|sets|useCancel|isCancel)/.test(
      `${annotation.name}(${annotation.args ?? ''})`,
    ),
  );
}

/** A raise and a lower in front of this return stand under the same condition: they go together, whatever was called in between. */
function isPairedAlike(context: FunctionContext, exit: ExitFact, { irqlSetBy }: PathState): boolean {
  const op = opOf(irqlSetBy < 0 ? undefined : callAt(context, irqlSetBy));
  if (op !== 'raise' && op !== 'lower') return false;
  const ir = context.facts.unit.ir();
  const end = exit.node === 0 ? (ir.end[0] ?? 0) : (ir.start[exit.node] ?? 0);
  const guards = conditionsAround(context, irqlSetBy);
  return (
    guards.length > 0 &&
    context.facts.calls.some(
      (call) =>
        opOf(call) === (op === 'raise' ? 'lower' : 'raise') &&
        (ir.start[call.node] ?? 0) < end &&
        conditionsAround(context, call.node).some((guard) => guards.includes(guard)),
    )
  );
}

function opOf(call: CallFact | undefined): string | undefined {
  return call?.callee.kind === 'ddi' ? call.callee.effect?.op : undefined;
}

function isChanged(context: FunctionContext, state: PathState): boolean {
  if (state.isEntryIrql || state.isImprecise) return false;
  if (state.held.some((held) => !held.isFromEntry) || !isFeasible(state, context.entry)) return false;
  if (!isSetDirectly(context, state)) return false;
  const { entry } = context;
  if (!entry.isKnown) return isSingle(state.irql) && without(state.entry, state.irql) !== 0;
  const isEnteredElsewhere =
    (mustRestore(context) || !hangsOnArgument(context, state)) &&
    without(intersect(state.entry, entry.proven), state.irql) !== 0;
  return isEnteredElsewhere || intersect(state.entry & entry.levels, state.irql) === 0;
}

function isSingle(levels: number): boolean {
  return levels !== 0 && (levels & (levels - 1)) === 0;
}

function describe(
  context: FunctionContext,
  exit: ExitFact,
  state: PathState,
  isKeptSomewhere: boolean,
): Finding {
  const arch = context.program.settings.arch;
  const name = callAt(context, state.irqlSetBy)?.name ?? 'a call';
  const level = describeSet(state.irql, arch);
  return report(context, meta, {
    node: exit.node,
    // Role types promise _IRQL_requires_same_ for their functions.
    code: mustRestore(context) || promisesSame(context) ? 'C28166' : 'C28167',
    verdict: verdictOf(state),
    message:
      `${context.facts.unit.name} returns at ${level}, set by ${name}, on this path` +
      (isKeptSomewhere ? '; on others it returns at the IRQL it was entered at' : '') +
      `. A caller at PASSIVE_LEVEL would go on at ${level} (bug check 0x4A at the latest). Restore the old IRQL ` +
      `before this return.`,
    trace: [
      stepAt(context, state.irqlSetBy, `${name} sets ${level}`, state.irql),
      ...assumptionSteps(context, state),
      stepAt(context, exit.node, `returns at ${level}`, state.irql),
    ],
  });
}
