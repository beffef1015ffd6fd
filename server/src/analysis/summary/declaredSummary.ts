/**
 * The summary of a function that is only declared: what its annotations say about level and locks, as if its body had been
 * seen to keep them. What depends on an undecidable condition makes the summary one that was given up.
 */
import { allLevels, highLevel, maxOf, minOf, setOf, type Arch } from '../../protocol/irqlLevels.ts';
import { levelsOfContract } from '../entry/contractOf.ts';
import type { ExitCase, FunctionSummary, HeldLock, LockRef, Requirement, Value, WhyStep } from '../facts.ts';
import { derefPath, fieldPath } from '../locks/accessPath.ts';
import type { Clause, ClauseBody, Contract, SalTarget } from '../sal/contract.ts';
import { allHold, int, UNKNOWN, type SalValue, type Truth } from '../sal/evaluate.ts';
import { dependsOnResult, parseExpression, type SalExpr } from '../sal/expression.ts';
import { knownConstant } from '../sal/constants.ts';
import { noRequirement, sameCase } from './summarize.ts';

/** A lock that an annotation names, in terms of the function's parameters and globals. */
export interface NamedLock {
  readonly lock: LockRef;
  readonly kind: string;
}

/** What reading a contract asks of the declaration around it. */
export interface DeclaredContract {
  readonly arch: Arch;
  readonly name: string;
  readonly contract: Contract;
  readonly parameters: readonly string[];
  /** the result is an NTSTATUS, of which only success is known */
  readonly returnsStatus: boolean;
  /** the lock object of an annotation's expression; undefined where it cannot be named */
  lockOf(target: SalTarget): NamedLock | undefined;
  /** the annotation as a step of a chain */
  readonly witness: WhyStep;
}

/** A way in which the function comes back: what is known of its result and of one argument then. */
interface Outcome {
  readonly returns: Value | undefined;
  readonly guard: ExitCase['guards'][number] | undefined;
  readonly result: SalValue;
  readonly argument: SalValue;
}

type Guard = ExitCase['guards'][number];

const EFFECTS: ReadonlySet<ClauseBody['kind']> = new Set([
  'raises',
  'saves',
  'restores',
  'savesGlobal',
  'restoresGlobal',
  'acquires',
  'releases',
]);

/** Names of routines that are likely to change the level or a lock: saying only a maximum is not saying that they do not. */
const LOCK_NAME = /(?<![bc])lock|irql|mutex|spin|acquire|raise|lower/i;

/** The summary that the annotations state. */
export function declaredSummary(declared: DeclaredContract): FunctionSummary {
  const { contract, arch } = declared;
  const all = allLevels(arch);
  const effects = contract.clauses.filter(({ body }) => EFFECTS.has(body.kind));
  const outcomes = outcomesOf(declared, effects);
  const cases = outcomes.flatMap((outcome) => caseOf(declared, effects, outcome) ?? []);
  const isSame = contract.clauses.some(({ body }) => body.kind === 'requiresSame');
  const isSilent =
    effects.length === 0 && !isSame && !contract.mentionsLocks && LOCK_NAME.test(declared.name);
  const isGivenUp = cases.length !== outcomes.length || isSilent;
  return {
    id: -1,
    source: 'annotation',
    requires: requirementOf(declared),
    cases: isGivenUp ? [sameCase(all)] : cases,
    exit: isGivenUp ? 'unknown' : exitOf(cases),
    isProved: !isGivenUp,
    locksTaken: [],
    ...(isGivenUp ? { isGivenUp } : {}),
  };
}

function exitOf(cases: readonly ExitCase[]): FunctionSummary['exit'] {
  if (cases.every(({ isEntryIrql }) => isEntryIrql)) return 'same';
  if (cases.some(({ isEntryIrql }) => isEntryIrql)) return 'mixed';
  return cases.every(({ isIrqlUnknown }) => isIrqlUnknown === true) ? 'lowers' : 'raises';
}

function requirementOf({ contract, arch, witness }: DeclaredContract): Requirement {
  const { levels } = levelsOfContract(contract, highLevel(arch));
  if (levels === undefined || levels === 0) return noRequirement(allLevels(arch));
  return {
    min: minOf(levels),
    max: maxOf(levels),
    source: 'annotation',
    because: '',
    isCertain: true,
    witness: [witness],
  };
}

/** `P`, `!P`, `P == 1`, `P != 0` over one parameter; undefined for anything else. */
function guardOf({ parameters }: DeclaredContract, expr: SalExpr): Guard | undefined {
  const of = (operand: SalExpr, value: number, isEqual: boolean): Guard | undefined => {
    const parameter = operand.kind === 'name' ? parameters.indexOf(operand.name) : -1;
    return parameter < 0 ? undefined : { parameter, value: { kind: isEqual ? 'const' : 'notConst', value } };
  };
  if (expr.kind === 'name') return of(expr, 0, false);
  if (expr.kind === 'unary' && expr.operator === '!') return of(expr.operand, 0, true);
  if (expr.kind !== 'binary' || (expr.operator !== '==' && expr.operator !== '!=')) return undefined;
  const value = constantOf(expr.right);
  return value === undefined ? undefined : of(expr.left, value, expr.operator === '==');
}

function constantOf(expr: SalExpr): number | undefined {
  if (expr.kind === 'number') return expr.value;
  return expr.kind === 'name' ? knownConstant(expr.name) : undefined;
}

/** The ways of coming back that the conditions of the effects tell apart: by the result, and by one argument. */
function outcomesOf(declared: DeclaredContract, effects: readonly Clause[]): Outcome[] {
  const conditions = effects.flatMap(({ when }) => when);
  const plain: Outcome = { returns: undefined, guard: undefined, result: UNKNOWN, argument: UNKNOWN };
  const byResult = conditions.some(dependsOnResult) ? resultOutcomes(declared, plain) : [plain];
  const guard = conditions.map((condition) => guardOf(declared, condition)).find((one) => one !== undefined);
  if (guard === undefined || guard.value.kind === 'irql') return byResult;
  return byResult.flatMap((outcome) => argumentOutcomes(outcome, guard));
}

function resultOutcomes({ returnsStatus }: DeclaredContract, plain: Outcome): Outcome[] {
  return [true, false].map((isSuccess): Outcome => {
    if (returnsStatus)
      return { ...plain, returns: { kind: 'status', isSuccess }, result: { kind: 'status', isSuccess } };
    const value = isSuccess ? 1 : 0;
    return { ...plain, returns: { kind: 'const', value }, result: int(value) };
  });
}

function argumentOutcomes(outcome: Outcome, guard: Guard): Outcome[] {
  if (guard.value.kind !== 'const' && guard.value.kind !== 'notConst') return [outcome];
  const { value } = guard.value;
  return (['const', 'notConst'] as const).map((kind) => ({
    ...outcome,
    guard: { parameter: guard.parameter, value: { kind, value } },
    argument: kind === 'const' ? int(value) : { kind: 'not', values: [value] },
  }));
}

/** The exit case of one outcome; undefined where an effect cannot be decided or named. */
function caseOf(
  declared: DeclaredContract,
  effects: readonly Clause[],
  outcome: Outcome,
): ExitCase | undefined {
  const argument = outcome.guard === undefined ? undefined : declared.parameters[outcome.guard.parameter];
  const env = {
    arch: declared.arch,
    lookUp: (path: string): SalValue =>
      path === 'return' ? outcome.result : path === argument ? outcome.argument : UNKNOWN,
  };
  const bodies: ClauseBody[] = [];
  for (const { body, when } of effects) {
    const truth: Truth = allHold(when, env);
    if (truth === 'unknown') return undefined;
    if (truth === 'true') bodies.push(body);
  }
  const start: ExitCase = {
    ...sameCase(allLevels(declared.arch)),
    guards: outcome.guard === undefined ? [] : [outcome.guard],
    returns: outcome.returns,
  };
  return bodies.reduce<ExitCase | undefined>(
    (exit, body) => (exit === undefined ? undefined : applyClause(declared, exit, body)),
    start,
  );
}

const ENTRY: Value = { kind: 'irql', levels: 0xffffffff, isEntryIrql: true, savedBy: -1 };

function applyClause(declared: DeclaredContract, exit: ExitCase, body: ClauseBody): ExitCase | undefined {
  switch (body.kind) {
    case 'raises':
      return raise(declared, exit, body.level);
    case 'saves':
      return body.target.text === 'return'
        ? { ...exit, returns: ENTRY }
        : save(exit, placeOf(declared, body.target));
    case 'savesGlobal':
      return save(exit, storeOf(declared, body.target));
    case 'restores':
      return restore(declared, exit, valueOf(declared, body.target));
    case 'restoresGlobal':
      return restore(declared, exit, storeOf(declared, body.target));
    case 'acquires':
    case 'releases':
      return changeLock(declared, exit, body);
    default:
      return exit;
  }
}

function raise(
  { arch, parameters }: DeclaredContract,
  exit: ExitCase,
  level: Extract<ClauseBody, { kind: 'raises' }>['level'],
): ExitCase | undefined {
  if (level.kind === 'level') return { ...exit, irql: setOf(level.level), isEntryIrql: false };
  const parameter = level.expr.kind === 'name' ? parameters.indexOf(level.expr.name) : -1;
  return parameter < 0
    ? undefined
    : {
        ...exit,
        irql: allLevels(arch),
        isEntryIrql: false,
        isIrqlUnknown: true,
        irqlFrom: `p${String(parameter)}`,
      };
}

function save(exit: ExitCase, place: string): ExitCase | undefined {
  return place === '' ? undefined : { ...exit, saved: new Map([...exit.saved, [place, ENTRY]]) };
}

function restore({ arch }: DeclaredContract, exit: ExitCase, from: string): ExitCase | undefined {
  if (from === '') return undefined;
  return { ...exit, irql: allLevels(arch), isEntryIrql: false, isIrqlUnknown: true, irqlFrom: from };
}

/** Where a saved IRQL goes: `*Old`, or the pointer parameter itself. */
function placeOf(declared: DeclaredContract, target: SalTarget): string {
  const path = pathOfTarget(target.text, declared.parameters);
  return /^p\d+$/.test(path) ? derefPath(path) : path;
}

function valueOf(declared: DeclaredContract, target: SalTarget): string {
  return pathOfTarget(target.text, declared.parameters);
}

/** The unnamed store of `_IRQL_saves_global_(kind, object)`: what the object itself keeps. */
function storeOf(declared: DeclaredContract, target: SalTarget): string {
  const place = placeOf(declared, target);
  return place === '' ? '' : `${place}#irql`;
}

/** The canonical path of an annotation's expression: `p->Lock` is `p0*.Lock`, `*Old` is `p1*`; '' for what has none. */
export function pathOfTarget(text: string, parameters: readonly string[]): string {
  const parsed = parseExpression(text);
  return parsed.ok ? pathOf(parsed.expr, parameters) : '';
}

function pathOf(expr: SalExpr, parameters: readonly string[]): string {
  switch (expr.kind) {
    case 'name': {
      const index = parameters.indexOf(expr.name);
      return index < 0 ? `g:${expr.name}` : `p${String(index)}`;
    }
    case 'member': {
      const base = pathOf(expr.base, parameters);
      return fieldPath(expr.isArrow ? derefPath(base) : base, expr.field);
    }
    case 'unary':
      if (expr.operator === '*') return derefPath(pathOf(expr.operand, parameters));
      return expr.operator === '&' ? pathOf(expr.operand, parameters) : '';
    default:
      return '';
  }
}

const REGIONS: ReadonlyMap<string, keyof ExitCase['regions']> = new Map([
  ['_Global_critical_region_', 'critical'],
  ['_Global_guarded_region_', 'guarded'],
]);

function changeLock(
  declared: DeclaredContract,
  exit: ExitCase,
  body: Extract<ClauseBody, { kind: 'acquires' | 'releases' | 'requiresHeld' | 'requiresNotHeld' }>,
): ExitCase | undefined {
  const isAcquire = body.kind === 'acquires';
  const region = REGIONS.get(body.lock.text);
  if (region !== undefined) {
    const depth = exit.regions[region] + (isAcquire ? 1 : -1);
    return { ...exit, regions: { ...exit.regions, [region]: depth } };
  }
  const named = declared.lockOf(body.lock);
  if (named === undefined) return undefined;
  const [savedIn] = exit.saved.keys();
  const held: HeldLock = {
    ...named,
    mode: body.mode === 'shared' ? 'shared' : 'exclusive',
    count: 1,
    node: 0,
    via: declared.name,
    isFromEntry: !isAcquire,
    ...(isAcquire && savedIn !== undefined ? { savedIn } : {}),
  };
  return isAcquire
    ? { ...exit, acquired: [...exit.acquired, held] }
    : { ...exit, released: [...exit.released, held] };
}
