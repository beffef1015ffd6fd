/**
 * What a call needs of the IRQL: the facts' bounds with their conditions decided, or the summary of a workspace function.
 * It only states the need; whether it is met is judged by the rules.
 */
import { allLevels, intersect, maxOf, minOf, range } from '../../protocol/irqlLevels.ts';
import type { IrqlSet } from '../../protocol/irqlLevels.ts';
import type { FactCondition, FactWhen } from '../../ddi/ddiFacts.ts';
import type { FunctionSummary, GuardedRequirement, Requirement } from '../facts.ts';
import type { FunctionId } from '../program.ts';
import { decideGuard } from '../irql/applySummary.ts';
import { argumentValue } from '../irql/callSite.ts';
import type { CallSite } from '../irql/callSite.ts';
import { decideWhen } from '../irql/decideWhen.ts';
import type { State } from '../irql/state.ts';
import { isSymbol } from '../irql/constants.ts';
import type { DeclaredFunction } from '../program.ts';
import { allHold, int, UNKNOWN, type SalValue } from '../sal/evaluate.ts';
import { printExpression } from '../sal/expression.ts';
import type { BodyContext } from './bodyContext.ts';

/** The requirement of the call, decided over all states in front of it; undefined when nothing is known to be needed. */
export function requirementOf(
  context: BodyContext,
  states: readonly State[],
  site: CallSite,
  summaryOf: (id: FunctionId) => FunctionSummary | undefined,
): Requirement | undefined {
  const { callee } = site;
  if (callee.kind === 'ddi') return ddiRequirement(context, states, site);
  if (callee.kind === 'declared') return declaredRequirement(context, states, site, callee.declared);
  if (callee.kind !== 'functions') return undefined;
  const needs = callee.ids.map((id) => {
    const summary = summaryOf(id);
    return summary === undefined ? undefined : functionRequirement(context, states, site, summary);
  });
  const [first] = needs;
  if (first === undefined || needs.includes(undefined)) return undefined;
  // Several possible targets: only what all of them need.
  return needs.reduce<Requirement>(
    (weakest, need) =>
      need === undefined
        ? weakest
        : { ...weakest, min: Math.min(weakest.min, need.min), max: Math.max(weakest.max, need.max) },
    first,
  );
}

function ddiRequirement(
  context: BodyContext,
  states: readonly State[],
  site: CallSite,
): Requirement | undefined {
  if (site.callee.kind !== 'ddi') return undefined;
  const { fact, effect } = site.callee;
  if (fact?.isUserMode === true || (fact === undefined && effect === undefined)) return undefined;
  const all = allLevels(context.program.settings.arch);
  // Where the sources of a row disagree, only what all of them forbid is held against a call.
  // An effect that only repeats the bound of its routine says nothing of its own.
  const own = effect?.levels === fact?.levels ? undefined : effect?.levels;
  let levels: IrqlSet = intersect(fact?.widest ?? all, own ?? all);
  let isCertain = true;
  let because = '';
  const cases: readonly FactCondition[] = [
    ...(fact?.conditions ?? []),
    ...(effect?.requiresWhen ?? []),
    ...(effect?.exitWhen ?? []).flatMap((one) =>
      one.levels === undefined ? [] : [{ when: one.when, levels: one.levels }],
    ),
  ];
  for (const { when, levels: narrowed } of cases) {
    if (intersect(levels, narrowed) === levels) continue;
    const answer = decideForAll(context, states, site, when);
    if (answer === undefined) isCertain = false;
    if (answer !== true) continue;
    levels = intersect(levels, narrowed);
    because = describeWhen(when, effect?.args ?? fact?.args ?? []);
  }
  if (levels === all || levels === 0) return undefined;
  const isUser = fact?.source === 'user' || effect?.source === 'user';
  return {
    min: minOf(levels),
    max: maxOf(levels),
    source: isUser ? 'userFact' : 'fact',
    because,
    isCertain,
    witness: [],
  };
}

/** What the annotations of a declaration ask for, `_When_` clauses decided by the arguments. */
function declaredRequirement(
  context: BodyContext,
  states: readonly State[],
  site: CallSite,
  { contract, parameters, summary }: DeclaredFunction,
): Requirement | undefined {
  const { arch } = context.program.settings;
  let { min, max } = summary.requires;
  let because = '';
  for (const { body, when } of contract.clauses) {
    if (when.length === 0 || !('level' in body) || body.level.kind !== 'level') continue;
    const holds = states.every((state) => {
      const lookUp = (path: string): SalValue => salValueOf(context, state, site, parameters.indexOf(path));
      return allHold(when, { arch, lookUp }) === 'true';
    });
    if (!holds) continue;
    const { level } = body.level;
    if (body.kind === 'requires' || body.kind === 'requiresMax') max = Math.min(max, level);
    if (body.kind === 'requires' || body.kind === 'requiresMin') min = Math.max(min, level);
    because = when.map(printExpression).join(' and ');
  }
  if (range(min, max) === allLevels(arch)) return undefined;
  return { ...summary.requires, min, max, because, source: 'annotation' };
}

function salValueOf(context: BodyContext, state: State, site: CallSite, parameter: number): SalValue {
  const value = parameter < 0 ? undefined : argumentValue(context, state, site, parameter);
  if (value?.kind === 'const' && !isSymbol(value.value)) return int(value.value);
  return value?.kind === 'notConst' ? { kind: 'not', values: [value.value] } : UNKNOWN;
}

/** Whether the condition holds in every state; undefined when the states differ or do not say. */
function decideForAll(
  context: BodyContext,
  states: readonly State[],
  site: CallSite,
  when: FactWhen,
): boolean | undefined {
  const [first, ...rest] = states;
  if (first === undefined) return undefined;
  const answer = decideWhen(context, first, site, when);
  return rest.every((state) => decideWhen(context, state, site, when) === answer) ? answer : undefined;
}

function describeWhen(when: FactWhen, names: readonly string[]): string {
  const { test, arg } = when;
  if (test === undefined || arg === undefined) return '';
  const name = (names[arg] ?? `argument ${arg}`) + (when.field === undefined ? '' : `->${when.field}`);
  const subject = when.isDeref === true ? `*${name}` : name;
  switch (test.op) {
    case 'equals':
      return `${subject} is ${test.value}`;
    case 'notEquals':
      return `${subject} is not ${test.value}`;
    case 'equalsAny':
      return `${subject} is ${test.values.join(' or ')}`;
    case 'hasFlag':
      return `${subject} has ${test.flag}`;
    case 'lacksFlag':
      return `${subject} lacks ${test.flag}`;
    case 'greaterThan':
      return `${subject} is above ${test.value}`;
    case 'lessOrEqual':
      return `${subject} is at most ${test.value}`;
  }
}

function functionRequirement(
  context: BodyContext,
  states: readonly State[],
  site: CallSite,
  summary: FunctionSummary,
): Requirement | undefined {
  const all = allLevels(context.program.settings.arch);
  let need: Requirement | undefined = summary.requires;
  if (range(need.min, need.max) === all) need = undefined;
  for (const guarded of summary.requiresWhen ?? []) {
    if (!states.every((state) => areGuardsMet(context, state, site, guarded))) continue;
    const isStricter = need === undefined || guarded.max < need.max || guarded.min > need.min;
    if (isStricter) {
      need = {
        ...guarded,
        min: Math.max(need?.min ?? 0, guarded.min),
        max: Math.min(need?.max ?? 31, guarded.max),
        isByArgument: true,
      };
    }
  }
  return need;
}

function areGuardsMet(
  context: BodyContext,
  state: State,
  site: CallSite,
  guarded: GuardedRequirement,
): boolean {
  return guarded.guards.every(
    ({ parameter, value }) => decideGuard(argumentValue(context, state, site, parameter), value) === true,
  );
}
