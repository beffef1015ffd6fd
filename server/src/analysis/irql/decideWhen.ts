/**
 * Decides the conditions of facts at a call: by argument values known in the state, else by their spelling.
 * A part that cannot be decided makes the answer undefined, never a guess.
 */
import { derefPath, fieldPath } from '../locks/accessPath.ts';
import type { ArgTest, FactConstant, FactWhen } from '../../ddi/ddiFacts.ts';
import type { BodyContext } from '../summary/bodyContext.ts';
import { argumentPath, argumentValue } from './callSite.ts';
import type { CallSite } from './callSite.ts';
import { areEqualConstants, factConstant, isSymbol } from './constants.ts';
import { truthOf } from './evaluate.ts';
import type { Value } from '../facts.ts';
import type { State } from './state.ts';

/** Whether `when` holds at the call in this state; undefined when that is not known. */
export function decideWhen(
  context: BodyContext,
  state: State,
  site: CallSite,
  when: FactWhen,
): boolean | undefined {
  const isArgumentOnly =
    when.pageable === undefined &&
    when.allocatedFrom === undefined &&
    when.majorFunctions === undefined &&
    when.deviceFlag === undefined &&
    when.objectType === undefined &&
    when.executionLevel === undefined &&
    when.executionLevelNot === undefined &&
    when.isPassiveInterrupt === undefined &&
    when.usesUnicodeFormat === undefined &&
    when.entry === undefined &&
    when.state === undefined &&
    when.note === undefined;
  if (when.test === undefined || when.arg === undefined || when.arg < 0) return undefined;
  const decided = decideTest(context, state, site, when);
  return decided === false ? false : isArgumentOnly ? decided : undefined;
}

function decideTest(context: BodyContext, state: State, site: CallSite, when: FactWhen): boolean | undefined {
  const { test } = when;
  if (test === undefined) return undefined;
  const { arch } = context.program.settings;
  const value = testedValue(context, state, site, when);
  if (value !== undefined) {
    const decided = decideValue(test, value, (constant) => factConstant(constant, arch));
    if (decided !== undefined) return decided;
  }
  return when.isDeref === true || when.field !== undefined ? undefined : decideSpelling(context, site, when);
}

function testedValue(context: BodyContext, state: State, site: CallSite, when: FactWhen): Value | undefined {
  if (when.isDeref !== true && when.field === undefined) {
    return argumentValue(context, state, site, when.arg);
  }
  const object = derefPath(argumentPath(context, state, site, when.arg));
  if (object === '') return undefined;
  if (when.field !== undefined) return state.values.get(fieldPath(object, when.field));
  return state.values.get(object) ?? state.values.get(fieldPath(object, 'QuadPart'));
}

function decideValue(
  test: ArgTest,
  value: Value,
  constantOf: (constant: FactConstant) => number | undefined,
): boolean | undefined {
  const equals = (constant: FactConstant): boolean | undefined => {
    const wanted = constantOf(constant);
    if (wanted === undefined) return undefined;
    if (wanted === 0) {
      const isTrue = truthOf(value);
      return isTrue === undefined ? undefined : !isTrue;
    }
    if (value.kind === 'notConst') return value.value === wanted ? false : undefined;
    return value.kind === 'const' ? areEqualConstants(value.value, wanted) : undefined;
  };
  switch (test.op) {
    case 'equals':
      return equals(test.value);
    case 'notEquals': {
      const isEqual = equals(test.value);
      return isEqual === undefined ? undefined : !isEqual;
    }
    case 'equalsAny': {
      const answers = test.values.map(equals);
      if (answers.includes(true)) return true;
      return answers.includes(undefined) ? undefined : false;
    }
    case 'hasFlag':
    case 'lacksFlag': {
      const flag = constantOf(test.flag);
      if (flag === undefined || value.kind !== 'const' || isSymbol(value.value)) return undefined;
      return ((value.value & flag) !== 0) === (test.op === 'hasFlag');
    }
    case 'greaterThan':
    case 'lessOrEqual': {
      const bound = constantOf(test.value);
      if (bound === undefined || value.kind !== 'const' || isSymbol(value.value)) return undefined;
      return value.value > bound === (test.op === 'greaterThan');
    }
  }
}

/** Constants that nobody knows the number of are told apart by their names: `DpcLock` is `DpcLock`. */
function decideSpelling(context: BodyContext, site: CallSite, when: FactWhen): boolean | undefined {
  const { test } = when;
  const node = when.arg === undefined ? undefined : site.args[when.arg];
  if (test === undefined || node === undefined) return undefined;
  const text = context.text(context.ir.atom[node] ?? 0);
  if (!/^[A-Za-z_]\w+$/.test(text) || context.ir.first[node] !== -1) return undefined;
  if (test.op === 'equals' && test.value === text) return true;
  if (test.op === 'notEquals' && test.value === text) return false;
  if (test.op === 'equalsAny' && test.values.includes(text)) return true;
  if (test.op === 'hasFlag' && test.flag === text) return true;
  if (test.op === 'lacksFlag' && test.flag === text) return false;
  const isOtherConstant = /^[A-Z]\w*$/.test(text) && !context.locals.has(context.ir.atom[node] ?? 0);
  const isParameter = context.params.has(context.ir.atom[node] ?? 0);
  return test.op === 'equals' && isOtherConstant && !isParameter ? false : undefined;
}
