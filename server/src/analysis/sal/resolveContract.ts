/**
 * Decides the conditions of a contract in an environment and says what follows: which IRQLs are required, what the
 * call does to the IRQL and to locks. Undecided conditions leave the widest bound and say so.
 */
import {
  allLevels,
  highLevel,
  intersect,
  range,
  setOf,
  type Arch,
  type IrqlSet,
} from '../../protocol/irqlLevels.ts';
import type { Clause, ClauseBody, Contract, LevelValue, SalLockMode, SalTarget } from './contract.ts';
import { allHold, evaluate, UNKNOWN, type SalEnvironment, type Truth } from './evaluate.ts';
import { dependsOnResult, printExpression } from './expression.ts';

/** The IRQLs that a contract asks for. */
export interface ResolvedRequirement {
  readonly levels: IrqlSet;
  /** false when an undecided condition could make it stricter */
  readonly isCertain: boolean;
  /** the maximum is not written: an annotated function without one has DISPATCH_LEVEL */
  readonly isImpliedMax: boolean;
  /** the conditions that decided it, as written; '' when unconditional */
  readonly because: string;
}

/** A lock that the call takes, gives back, or needs. */
export interface ResolvedLock {
  readonly kind: 'acquires' | 'releases' | 'requiresHeld' | 'requiresNotHeld';
  readonly lock: SalTarget;
  readonly mode: SalLockMode;
  readonly resource: string;
  readonly isNonReentrant: boolean;
  /** whether it happens: never 'false' */
  readonly truth: Truth;
  /** it hangs on what the function returns: ask again with `return` known */
  readonly dependsOnResult: boolean;
}

/** A place that receives or gives an IRQL. */
export interface ResolvedIrqlPlace {
  readonly target: SalTarget;
  /** kind of the unnamed store, where it is one */
  readonly store?: string;
  readonly truth: Truth;
}

/** What a contract says in one environment. */
export interface ResolvedContract {
  /** undefined when no clause speaks of the IRQL */
  readonly requirement: ResolvedRequirement | undefined;
  /** levels between which the body stays, entry included */
  readonly body: IrqlSet;
  /** the exit IRQL equals the entry IRQL */
  readonly requiresSame: Truth;
  /** the exit IRQL; `levels` is undefined when it depends on something unknown */
  readonly raises: { readonly levels: IrqlSet | undefined; readonly truth: Truth } | undefined;
  readonly saves: readonly ResolvedIrqlPlace[];
  readonly restores: readonly ResolvedIrqlPlace[];
  readonly usesCancel: readonly SalTarget[];
  readonly locks: readonly ResolvedLock[];
  readonly requiresNoLocks: boolean;
  readonly sameLocks: readonly (readonly [SalTarget, SalTarget])[];
}

/** A clause whose condition may hold. */
interface Live {
  readonly clause: Clause;
  readonly body: ClauseBody;
  readonly truth: Truth;
}

/** The number that a level stands for, or undefined. */
function levelOf(value: LevelValue, env: SalEnvironment): number | undefined {
  if (value.kind === 'level') return value.level;
  const found = evaluate(value.expr, env);
  const isLevel = found.kind === 'int' && found.value >= 0 && found.value <= highLevel(env.arch);
  return isLevel ? found.value : undefined;
}

function liveClauses(contract: Contract, env: SalEnvironment): Live[] {
  return contract.clauses
    .map((clause) => ({ clause, body: clause.body, truth: allHold(clause.when, env) }))
    .filter(({ truth }) => truth !== 'false');
}

type Bound = 'requiresMax' | 'requiresMin' | 'requires' | 'alwaysMax' | 'alwaysMin';

/** Levels of the clauses of one kind, with what their conditions came to; unknown levels are left out. */
function bounds(
  live: readonly Live[],
  kind: Bound,
  env: SalEnvironment,
): { level: number; truth: Truth; clause: Clause }[] {
  return live.flatMap(({ body, truth, clause }) => {
    if (body.kind !== kind) return [];
    const level = levelOf(body.level, env);
    return level === undefined ? [] : [{ level, truth, clause }];
  });
}

function reason(clauses: readonly Clause[]): string {
  return [...new Set(clauses.flatMap((clause) => clause.when.map(printExpression)))].join(' and ');
}

function requirementOf(
  contract: Contract,
  live: readonly Live[],
  env: SalEnvironment,
): ResolvedRequirement | undefined {
  if (!contract.mentionsIrql) return undefined;
  const top = highLevel(env.arch);
  const exact = bounds(live, 'requires', env);
  const maxima = bounds(live, 'requiresMax', env);
  const minima = [...bounds(live, 'requiresMin', env), ...bounds(live, 'alwaysMin', env)];
  const sure = <T extends { truth: Truth }>(list: readonly T[]) =>
    list.filter(({ truth }) => truth === 'true');
  let levels = allLevels(env.arch);
  for (const { level } of sure(exact)) levels = intersect(levels, setOf(level));
  for (const { level } of sure(minima)) levels = intersect(levels, range(level, top));
  for (const { level } of sure(maxima)) levels = intersect(levels, range(0, level));
  const hasMax = sure(exact).length > 0 || sure(maxima).length > 0;
  // Without a written maximum DISPATCH_LEVEL is implied, unless something undecided or a higher minimum says more.
  const open = [...maxima, ...exact].filter(({ truth }) => truth === 'unknown');
  const loosest = Math.max(2, ...open.map(({ level }) => level), ...minima.map(({ level }) => level));
  const isImpliedMax = !hasMax && open.length === 0;
  if (!hasMax) levels = intersect(levels, range(0, loosest));
  const undecided = [...exact, ...maxima, ...minima].filter(({ truth }) => truth === 'unknown');
  const decisive = [...sure(exact), ...sure(maxima), ...sure(minima)].map(({ clause }) => clause);
  return { levels, isCertain: undecided.length === 0, isImpliedMax, because: reason(decisive) };
}

function bodyOf(live: readonly Live[], env: SalEnvironment): IrqlSet {
  let levels = allLevels(env.arch);
  for (const { level, truth } of bounds(live, 'alwaysMax', env))
    if (truth === 'true') levels = intersect(levels, range(0, level));
  for (const { level, truth } of bounds(live, 'alwaysMin', env))
    if (truth === 'true') levels = intersect(levels, range(level, highLevel(env.arch)));
  return levels;
}

function raisesOf(live: readonly Live[], env: SalEnvironment): ResolvedContract['raises'] {
  const raising = live.flatMap(({ body, truth }) =>
    body.kind === 'raises' ? [{ level: levelOf(body.level, env), truth }] : [],
  );
  const one = raising.find(({ truth }) => truth === 'true') ?? raising[0];
  if (one === undefined) return undefined;
  return { levels: one.level === undefined ? undefined : setOf(one.level), truth: one.truth };
}

function placesOf(live: readonly Live[], plain: 'saves' | 'restores'): ResolvedIrqlPlace[] {
  const global = plain === 'saves' ? 'savesGlobal' : 'restoresGlobal';
  return live.flatMap(({ body, truth }): ResolvedIrqlPlace[] => {
    if (body.kind === plain) return [{ target: body.target, truth }];
    return body.kind === global ? [{ target: body.target, store: body.store, truth }] : [];
  });
}

function locksOf(live: readonly Live[]): ResolvedLock[] {
  return live.flatMap(({ body, truth, clause }): ResolvedLock[] => {
    if (!('lock' in body)) return [];
    const { kind, lock, mode, resource, isNonReentrant } = body;
    const hangsOnResult = clause.when.some(dependsOnResult);
    return [{ kind, lock, mode, resource, isNonReentrant, truth, dependsOnResult: hangsOnResult }];
  });
}

/** Everything that a contract says in an environment. */
export function resolveContract(contract: Contract, env: SalEnvironment): ResolvedContract {
  const live = liveClauses(contract, env);
  const same = live.find(({ body }) => body.kind === 'requiresSame');
  return {
    requirement: requirementOf(contract, live, env),
    body: bodyOf(live, env),
    requiresSame: same?.truth ?? 'false',
    raises: raisesOf(live, env),
    saves: placesOf(live, 'saves'),
    restores: placesOf(live, 'restores'),
    usesCancel: live.flatMap(({ body }) => (body.kind === 'usesCancel' ? [body.target] : [])),
    locks: locksOf(live),
    requiresNoLocks: live.some(({ body, truth }) => body.kind === 'requiresNoLocks' && truth === 'true'),
    sameLocks: live.flatMap(({ body }) => (body.kind === 'sameLock' ? [[body.a, body.b] as const] : [])),
  };
}

/** An environment in which nothing is known: what a contract says inside the function, whoever calls. */
export function unknownEnvironment(arch: Arch): SalEnvironment {
  return { arch, lookUp: () => UNKNOWN };
}

/**
 * The function classes that the contract names by `_Function_class_`, without the `IRP_MJ_*` classes of file systems:
 * those say which requests a dispatch routine serves (see `majorFunctionsOf`).
 */
export function functionClassesOf(contract: Contract): string[] {
  return classNames(contract).filter((name) => !name.startsWith('IRP_MJ_'));
}

/** The requests that a dispatch routine is said to serve, by `_Dispatch_type_` or by its function class. */
export function majorFunctionsOf(contract: Contract): string[] {
  const types = contract.clauses.flatMap(({ body }) => (body.kind === 'dispatchType' ? [body.name] : []));
  return [...new Set([...types, ...classNames(contract).filter((name) => name.startsWith('IRP_MJ_'))])];
}

function classNames(contract: Contract): string[] {
  return [
    ...new Set(contract.clauses.flatMap(({ body }) => (body.kind === 'functionClass' ? [body.name] : []))),
  ];
}
