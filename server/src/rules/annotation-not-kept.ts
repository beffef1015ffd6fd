/**
 * A function that does not do with the IRQL what its own annotation promises: `_IRQL_requires_same_` broken, the level of
 * `_IRQL_raises_` not reached at a return, `_IRQL_always_function_max_` exceeded.
 */
import { contractOf } from '../analysis/entry/contractOf.ts';
import type { ExitFact, PathState } from '../analysis/facts.ts';
import type { Clause } from '../analysis/sal/contract.ts';
import {
  atLeast,
  atMost,
  contains,
  intersect,
  levelName,
  sizeOf,
  without,
  type IrqlSet,
} from '../protocol/irqlLevels.ts';
import { isFeasible } from './reporting/evidence.ts';
import { isSpinKind } from './reporting/lockKinds.ts';
import { isSetDirectly, report, say, stepAt } from './reporting/report.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'annotation-not-kept',
  title: 'A function breaks what its IRQL annotation promises',
  code: 'C28166',
  severity: 'warning',
  isOnByDefault: true,
  bugCheck: 'Driver Verifier 0xC8, 0xC9/0x5',
  family: 'annotation',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    if (context.facts.isImprecise) return [];
    const contract = contractOf(context.program, context.facts.unit)?.contract;
    const clauses = contract?.clauses.filter(({ when }) => when.length === 0) ?? [];
    const isChanging = clauses.some(({ body }) =>
      /^(raises|saves|restores|usesCancel|isCancel)/.test(body.kind),
    );
    const isBounded = clauses.some(({ body }) => body.kind === 'alwaysMax');
    return clauses.flatMap((clause) => checkClause(context, clause, isChanging, isBounded));
  },
};

function checkClause(
  context: FunctionContext,
  { body }: Clause,
  isChanging: boolean,
  isBounded: boolean,
): Finding[] {
  if (body.kind === 'requiresSame' && !isChanging) return checkSame(context);
  if (!('level' in body) || body.level.kind !== 'level') return [];
  const { level } = body.level;
  switch (body.kind) {
    case 'raises': {
      // kernelspecs.h: it also bounds the body, unless another bound is written.
      const above = isBounded ? [] : checkAlways(context, ALWAYS_MAX, level, '_IRQL_raises_');
      return [...checkRaised(context, level), ...above];
    }
    case 'alwaysMax':
      return checkAlways(context, ALWAYS_MAX, level, '_IRQL_always_function_max_');
    case 'alwaysMin':
      return checkAlways(context, ALWAYS_MIN, level, '_IRQL_always_function_min_');
    case 'requiresMin':
      return checkAlways(context, ALWAYS_MIN, level, '_IRQL_requires_min_');
    default:
      return [];
  }
}

function isSure(context: FunctionContext, state: PathState): boolean {
  return !state.isImprecise && state.assumptions.length === 0 && isFeasible(state, context.entry);
}

function firstState(context: FunctionContext, exit: ExitFact, isWrong: (state: PathState) => boolean) {
  return exit.states.find((state) => isSure(context, state) && isWrong(state));
}

/** No level of entry is the level here; where the entry is not known, one fixed level is another than all entries but one. */
function isAnotherLevel(context: FunctionContext, state: PathState): boolean {
  if (state.isIrqlUnknown === true) return false;
  const isOther = without(state.entry, state.irql) !== 0;
  return (
    intersect(state.irql, state.entry) === 0 ||
    (!context.entry.isKnown && isOther && sizeOf(state.irql) === 1)
  );
}

/** A held spin lock explains the level: then the lock is what gets reported, unless the function looks like a lock wrapper. */
function isExplainedByLock({ facts }: FunctionContext, { held }: PathState): boolean {
  return held.some(
    ({ kind, lock, isFromEntry }) =>
      isSpinKind(kind) &&
      (isFromEntry ||
        facts.calls.some(({ locks }) =>
          locks.some(({ op, lock: other }) => op === 'release' && other.path === lock.path),
        )),
  );
}

function checkSame(context: FunctionContext): Finding[] {
  return context.facts.exits.flatMap((exit) => {
    const state = firstState(
      context,
      exit,
      (candidate) =>
        !candidate.isEntryIrql &&
        candidate.irqlSetBy >= 0 &&
        isSetDirectly(context, candidate) &&
        isAnotherLevel(context, candidate) &&
        !isExplainedByLock(context, candidate),
    );
    if (state === undefined) return [];
    const level = say(context, state.irql);
    return [
      report(context, meta, {
        node: exit.node,
        verdict: 'definite',
        message:
          `${context.facts.unit.name} promises _IRQL_requires_same_, but returns at ${level} here. Callers go on at a level they ` +
          `do not know. Restore the level of entry, or correct the annotation.`,
        trace: [stepAt(context, state.irqlSetBy, `sets ${level}`, state.irql)],
        code: 'C28166',
      }),
    ];
  });
}

function checkRaised(context: FunctionContext, level: number): Finding[] {
  const name = levelName(level, context.program.settings.arch);
  return context.facts.exits.flatMap((exit) => {
    const state = firstState(
      context,
      exit,
      (candidate) =>
        (!candidate.isEntryIrql && !contains(candidate.irql, level)) ||
        isNeverRaised(context, candidate, level),
    );
    if (state === undefined) return [];
    return [
      report(context, meta, {
        node: exit.node,
        verdict: 'definite',
        message:
          `${context.facts.unit.name} promises _IRQL_raises_(${name}), but returns at ` +
          `${state.isEntryIrql ? 'the level at entry' : say(context, state.irql)} here. ` +
          `Raise to ${name} on this path too, or correct the annotation.`,
        code: 'C28156',
      }),
    ];
  });
}

/** Nothing in the body changes the level, on no path, and nothing unseen can: what is done on some paths only is a missing save. */
function isNeverRaised(context: FunctionContext, state: PathState, level: number): boolean {
  const { exits } = context.facts;
  const isLow = !context.entry.isKnown || !contains(context.entry.levels, level);
  return (
    state.isEntryIrql && isLow && exits.every(({ states }) => states.every(({ irqlSetBy }) => irqlSetBy < 0))
  );
}

/** How the IRQL leaves a bound that a function promises to keep while it runs. */
interface AlwaysBound {
  readonly move: string;
  readonly kept: (levels: IrqlSet, bound: number) => IrqlSet;
  readonly code: string;
}

const ALWAYS_MIN: AlwaysBound = { move: 'lowers the IRQL below', kept: atLeast, code: 'C28124' };
const ALWAYS_MAX: AlwaysBound = { move: 'raises the IRQL above', kept: atMost, code: 'C28150' };

function checkAlways(
  context: FunctionContext,
  { move, kept, code }: AlwaysBound,
  level: number,
  annotation: string,
): Finding[] {
  const name = levelName(level, context.program.settings.arch);
  const call = context.facts.calls.find((candidate) =>
    candidate.after.some(
      (state) =>
        state.irqlSetBy === candidate.node &&
        isSure(context, state) &&
        !state.isEntryIrql &&
        state.isIrqlUnknown !== true &&
        state.irql !== 0 &&
        kept(state.irql, level) === 0,
    ),
  );
  if (call === undefined) return [];
  return [
    report(context, meta, {
      node: call.node,
      verdict: 'definite',
      message:
        `${call.name} ${move} ${name}, but ${context.facts.unit.name} promises ` +
        `${annotation}(${name}). Keep the level, or correct the annotation.`,
      code,
    }),
  ];
}
