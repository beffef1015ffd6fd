/**
 * Decides the conditions of DDI facts (`when` objects) in an environment, with the evaluator of SAL conditions.
 * What a call does not show (pageable memory, pool of an object, framework state) is asked for and may be unknown.
 */
import { intersect, isSubset, type Arch, type IrqlSet } from '../../protocol/irqlLevels.ts';
import type { ArgTest, FactCondition, FactConstant, FactWhen } from '../../ddi/ddiFacts.ts';
import { describeWhen } from '../../ddi/words.ts';
import { knownConstant } from './constants.ts';
import { and, areEqual, int, not, or, UNKNOWN, type SalValue, type Truth } from './evaluate.ts';

/** What the caller knows of a call's arguments. Everything optional may be left out: then it is unknown. */
export interface ArgumentEnvironment {
  readonly arch: Arch;
  /** the value of an argument */
  argument(arg: number): SalValue;
  /** the spelling of an argument that is a plain name, for constants the tables do not know */
  spellingOf?(arg: number): string | undefined;
  /** the value of `*arg`, or of `arg->QuadPart` */
  derefOf?(arg: number): SalValue;
  /** the value of `arg->field` */
  fieldOf?(arg: number, field: string): SalValue;
  /** whether the memory reached through an argument is pageable */
  isPageable?(arg: number): Truth;
  /** the pool that an argument's object came from */
  poolOf?(arg: number): 'paged' | 'nonpaged' | undefined;
  /** whether the object in an argument is of this type */
  hasObjectType?(arg: number, type: string): Truth;
  /** the WDF execution level constant of the object in an argument (or of the callback's own object, -1) */
  executionLevelOf?(arg: number): string | undefined;
  isPassiveInterrupt?(arg: number): Truth;
  hasDeviceFlag?(arg: number, flag: string): Truth;
  /** the major function that a dispatch routine serves */
  isMajorFunction?(names: readonly string[]): Truth;
  /** whether the format string of an argument has Unicode conversions */
  usesUnicodeFormat?(arg: number): Truth;
  /** levels at which the call is made */
  readonly entry?: IrqlSet;
  /** an ambient condition such as `executionLevelPassive`, without operators */
  state?(token: string): Truth;
}

function equalsConstant(value: SalValue, spelling: string | undefined, constant: FactConstant): Truth {
  const known = typeof constant === 'number' ? constant : knownConstant(constant);
  if (known !== undefined) {
    // Any non-zero value is TRUE to the kernel.
    if (constant === 'TRUE') return not(areEqual(value, int(0)));
    return areEqual(value, int(known));
  }
  return spelling === constant ? 'true' : 'unknown';
}

function flagTest(value: SalValue, spelling: string | undefined, flag: FactConstant): Truth {
  const mask = typeof flag === 'number' ? flag : knownConstant(flag);
  if (mask === undefined) return spelling === flag ? 'true' : 'unknown';
  if (value.kind !== 'int') return 'unknown';
  return (BigInt(value.value) & BigInt(mask)) === 0n ? 'false' : 'true';
}

function ordered(value: SalValue, bound: FactConstant, isGreater: boolean): Truth {
  const known = typeof bound === 'number' ? bound : knownConstant(bound);
  if (value.kind !== 'int' || known === undefined) return 'unknown';
  return value.value > known === isGreater ? 'true' : 'false';
}

function decideTest(test: ArgTest, value: SalValue, spelling: string | undefined): Truth {
  switch (test.op) {
    case 'equals':
      return equalsConstant(value, spelling, test.value);
    case 'notEquals':
      return not(equalsConstant(value, spelling, test.value));
    case 'equalsAny':
      return test.values.reduce<Truth>(
        (truth, one) => or(truth, equalsConstant(value, spelling, one)),
        'false',
      );
    case 'hasFlag':
      return flagTest(value, spelling, test.flag);
    case 'lacksFlag':
      return not(flagTest(value, spelling, test.flag));
    case 'greaterThan':
      return ordered(value, test.value, true);
    case 'lessOrEqual':
      return ordered(value, test.value, false);
  }
}

function decideArg(when: FactWhen, env: ArgumentEnvironment): Truth {
  const { arg, test } = when;
  if (test === undefined) return 'true';
  if (arg === undefined || arg < 0) return 'unknown';
  if (when.isDeref === true) {
    // `*Timeout` of a NULL pointer is no value: the condition does not hold.
    if (areEqual(env.argument(arg), int(0)) === 'true') return 'false';
    return decideTest(test, env.derefOf?.(arg) ?? UNKNOWN, undefined);
  }
  if (when.field !== undefined) {
    if (areEqual(env.argument(arg), int(0)) === 'true')
      return test.op === 'lacksFlag' ? 'true' : test.op === 'hasFlag' ? 'false' : 'unknown';
    return decideTest(test, env.fieldOf?.(arg, when.field) ?? UNKNOWN, undefined);
  }
  return decideTest(test, env.argument(arg), env.spellingOf?.(arg));
}

/** `A&!B|C` over ambient conditions; `X==y` is one condition. */
function decideState(state: string, env: ArgumentEnvironment): Truth {
  const ask = (token: string): Truth => {
    const name = token.trim();
    return name.startsWith('!') ? not(ask(name.slice(1))) : (env.state?.(name) ?? 'unknown');
  };
  return state
    .split('|')
    .map((part) => part.split('&').reduce<Truth>((truth, token) => and(truth, ask(token)), 'true'))
    .reduce<Truth>(or, 'false');
}

function decideObject(when: FactWhen, env: ArgumentEnvironment): Truth {
  const arg = when.arg ?? -1;
  let truth: Truth = 'true';
  if (when.pageable !== undefined)
    truth = and(
      truth,
      when.pageable.reduce<Truth>(
        (any, one) => or(any, one < 0 ? 'unknown' : (env.isPageable?.(one) ?? 'unknown')),
        'false',
      ),
    );
  if (when.allocatedFrom !== undefined) {
    const pool = env.poolOf?.(arg);
    truth = and(truth, pool === undefined ? 'unknown' : pool === when.allocatedFrom ? 'true' : 'false');
  }
  if (when.objectType !== undefined)
    truth = and(truth, env.hasObjectType?.(arg, when.objectType) ?? 'unknown');
  if (when.deviceFlag !== undefined)
    truth = and(truth, env.hasDeviceFlag?.(arg, when.deviceFlag) ?? 'unknown');
  if (when.usesUnicodeFormat === true) truth = and(truth, env.usesUnicodeFormat?.(arg) ?? 'unknown');
  if (when.majorFunctions !== undefined)
    truth = and(truth, env.isMajorFunction?.(when.majorFunctions) ?? 'unknown');
  return truth;
}

function decideFramework(when: FactWhen, env: ArgumentEnvironment): Truth {
  const arg = when.arg ?? -1;
  let truth: Truth = 'true';
  const level = env.executionLevelOf?.(arg);
  const isLevel = (name: string): Truth =>
    level === undefined ? 'unknown' : level === name ? 'true' : 'false';
  if (when.executionLevel !== undefined) truth = and(truth, isLevel(when.executionLevel));
  if (when.executionLevelNot !== undefined) truth = and(truth, not(isLevel(when.executionLevelNot)));
  if (when.isPassiveInterrupt !== undefined) {
    const isPassive = env.isPassiveInterrupt?.(arg) ?? 'unknown';
    truth = and(truth, when.isPassiveInterrupt ? isPassive : not(isPassive));
  }
  if (when.entry !== undefined) {
    const { entry } = env;
    const at = when.entry;
    truth = and(
      truth,
      entry === undefined
        ? 'unknown'
        : isSubset(entry, at)
          ? 'true'
          : intersect(entry, at) === 0
            ? 'false'
            : 'unknown',
    );
  }
  return when.state === undefined ? truth : and(truth, decideState(when.state, env));
}

/** Whether a fact's condition holds. */
export function decideWhen(when: FactWhen, env: ArgumentEnvironment): Truth {
  return and(and(decideArg(when, env), decideObject(when, env)), decideFramework(when, env));
}

/** The levels of a fact after its conditions were decided. */
export interface ResolvedLevels {
  readonly levels: IrqlSet;
  /** false when an undecided condition could make it stricter */
  readonly isCertain: boolean;
  /** the conditions that narrowed it, in words: "Wait is TRUE"; '' when none did */
  readonly because: string;
}

/** Narrows `levels` by every condition that holds. `args` are the parameter names, for the words. */
export function narrowLevels(
  levels: IrqlSet,
  conditions: readonly FactCondition[],
  env: ArgumentEnvironment,
  args: readonly string[] = [],
): ResolvedLevels {
  let narrowed = levels;
  let isCertain = true;
  const reasons: string[] = [];
  for (const condition of conditions) {
    const truth = decideWhen(condition.when, env);
    const isStricter = !isSubset(levels, condition.levels);
    if (truth === 'unknown' && isStricter) isCertain = false;
    if (truth !== 'true') continue;
    narrowed = intersect(narrowed, condition.levels);
    if (isStricter) reasons.push(describeWhen(condition.when, args, env.arch));
  }
  return { levels: narrowed, isCertain, because: reasons.join(' and ') };
}

/**
 * The entry levels of a role after its conditions were decided. Unlike a routine's, a role's condition replaces the
 * bound: a threaded DPC may run at PASSIVE_LEVEL although a DPC may not. Several that hold must all be satisfied.
 */
export function roleLevels(
  levels: IrqlSet,
  conditions: readonly FactCondition[],
  env: ArgumentEnvironment,
): ResolvedLevels {
  const decided = conditions.map((condition) => ({ condition, truth: decideWhen(condition.when, env) }));
  const holding = decided.filter(({ truth }) => truth === 'true').map(({ condition }) => condition);
  return {
    levels:
      holding.length === 0
        ? levels
        : holding.reduce((set, one) => intersect(set, one.levels), holding[0]?.levels ?? levels),
    isCertain: decided.every(({ truth, condition }) => truth !== 'unknown' || condition.levels === levels),
    because: holding.map(({ when }) => describeWhen(when, [], env.arch)).join(' and '),
  };
}
