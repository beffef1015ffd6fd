/**
 * What a branch tells: narrows a state by a condition without effects being true or false.
 * `&&`, `||`, `?:` and effects are the interpreter's business; this file sees leaves only.
 */
import {
  atLeast,
  atMost,
  intersect,
  isLevelConstant,
  levelsOf,
  setOf,
  without,
} from '../../protocol/irqlLevels.ts';
import type { IrqlSet } from '../../protocol/irqlLevels.ts';
import { NodeKind } from '../../syntax/ir.ts';
import type { NodeId } from '../../syntax/ir.ts';
import type { Value } from '../facts.ts';
import { argumentsOf } from '../summary/bodyContext.ts';
import type { BodyContext } from '../summary/bodyContext.ts';
import { areEqualConstants, isSuccessConstant, isSymbol } from './constants.ts';
import { expressionKey, locationOf, pathOf, resultKey, truthOf, valueOf } from './evaluate.ts';
import { withCurrentIn, withEntry, withValue } from './state.ts';
import type { State } from './state.ts';

type IrqlValue = Extract<Value, { kind: 'irql' }>;

const SUCCESS_TESTS = new Set(['NT_SUCCESS', 'SUCCEEDED', 'NDIS_SUCCESS', 'NT_SUCCESS_OR_INFORMATION']);
const FAILURE_TESTS = new Set(['NT_ERROR', 'FAILED', 'NT_FAILURE']);
/** Wrappers that change nothing about the truth of their argument. */
const TRANSPARENT = new Set([
  'likely',
  'unlikely',
  '__builtin_expect',
  'BOOLIFY',
  'ARGUMENT_PRESENT',
  'NT_VERIFY',
]);

const MIRRORED: Readonly<Record<string, string>> = {
  '<': '>',
  '>': '<',
  '<=': '>=',
  '>=': '<=',
  '==': '==',
  '!=': '!=',
};
const NEGATED: Readonly<Record<string, string>> = {
  '<': '>=',
  '>': '<=',
  '<=': '>',
  '>=': '<',
  '==': '!=',
  '!=': '==',
};

/** Whether the call is a macro-like test that `refine` understands by itself. */
export function isTestCall(name: string): boolean {
  return SUCCESS_TESTS.has(name) || FAILURE_TESTS.has(name) || TRANSPARENT.has(name);
}

/** The state in which `node` is non-zero (`sense` true) or zero; undefined when that is impossible. */
export function refine(context: BodyContext, state: State, node: NodeId, sense: boolean): State | undefined {
  const { ir } = context;
  const first = ir.first[node] ?? -1;
  const operator = context.text(ir.atom[node] ?? 0);
  switch (ir.kind[node]) {
    case NodeKind.Unary:
      if (operator === '!') return refine(context, state, first, !sense);
      break;
    case NodeKind.Cast:
      return refine(context, state, first, sense);
    case NodeKind.Comma:
      return refine(context, state, ir.next[first] ?? -1, sense);
    case NodeKind.Binary: {
      const negated = NEGATED[operator];
      if (negated !== undefined) {
        return compare(context, state, node, first, ir.next[first] ?? -1, sense ? operator : negated, sense);
      }
      break;
    }
    case NodeKind.Call: {
      const name = context.nameOf(node);
      const [argument = -1] = argumentsOf(ir, node);
      if (SUCCESS_TESTS.has(name)) return refineStatus(context, state, argument, sense);
      if (FAILURE_TESTS.has(name)) return refineStatus(context, state, argument, !sense);
      if (TRANSPARENT.has(name)) return refine(context, state, argument, sense);
      break;
    }
    default:
  }
  return refineTruth(context, state, node, sense);
}

/** A value tested for being non-zero. */
function refineTruth(context: BodyContext, state: State, node: NodeId, sense: boolean): State | undefined {
  const value = valueOf(context, state, node);
  const isTrue = value === undefined ? undefined : truthOf(value);
  if (isTrue !== undefined) return isTrue === sense ? state : undefined;
  if (value?.kind === 'irql') {
    return refineIrql(context, state, node, value, sense ? '!=' : '==', 0);
  }
  return remember(context, state, node, sense ? { kind: 'notConst', value: 0 } : { kind: 'const', value: 0 });
}

/** Keeps a fact about an expression: at its location where it has one, else under its key, which also decides repeats. */
function remember(context: BodyContext, state: State, node: NodeId, fact: Value): State | undefined {
  const isOwnFlag = context.ir.kind[node] === NodeKind.Name && state.held.length > 0;
  if (!isOwnFlag && !context.isAskedAgain(node)) return state;
  const location = factLocation(context, state, node);
  if (location !== '') return context.tracks(location) ? withFact(state, location, fact) : state;
  const key = expressionKey(context, state, node);
  if (key === '' || !context.tracks(key)) return state;
  const known = state.values.get(key);
  const wanted =
    fact.kind === 'const' && fact.value === 0 ? false : fact.kind === 'notConst' && fact.value === 0;
  const isTrue = known === undefined ? undefined : truthOf(known);
  if (isTrue !== undefined && isTrue !== wanted) return undefined;
  return withValue(state, key, fact);
}

/** Notes a fact at a location; a copy that is found not to be zero stays a copy. */
function withFact(state: State, location: string, fact: Value): State {
  const known = state.values.get(location);
  const isKept = known?.kind === 'copyOf' && fact.kind === 'notConst' && fact.value === 0;
  return withValue(state, location, isKept ? { ...known, isNonZero: true } : fact);
}

/** Where a fact about an expression's value is kept; follows copies so that a test of a copy is one of the original. */
function factLocation(context: BodyContext, state: State, node: NodeId): string {
  const { ir } = context;
  switch (ir.kind[node]) {
    case NodeKind.Call:
      return resultKey(node);
    case NodeKind.Name:
    case NodeKind.Member:
    case NodeKind.Index: {
      const location = locationOf(context, state, node);
      const alias = state.values.get(location);
      if (alias?.kind === 'param') return `p${alias.index}`;
      return alias?.kind === 'resultOf' ? resultKey(alias.call) : location;
    }
    case NodeKind.Unary:
    case NodeKind.Assign:
    case NodeKind.Cast:
      return locationOf(context, state, node);
    default:
      return '';
  }
}

function compare(
  context: BodyContext,
  state: State,
  node: NodeId,
  left: NodeId,
  right: NodeId,
  operator: string,
  sense: boolean,
): State | undefined {
  const a = valueOf(context, state, left);
  const b = valueOf(context, state, right);
  if (a?.kind === 'const' && b?.kind === 'const') {
    const isTrue = compareConstants(operator, a.value, b.value);
    return isTrue === false ? undefined : state;
  }
  const mirrored = MIRRORED[operator] ?? operator;
  if (a?.kind === 'irql' && b?.kind === 'irql')
    return compareIrqls(context, state, left, right, a, b, operator);
  if (a?.kind === 'irql' && b?.kind === 'const')
    return refineIrql(context, state, left, a, operator, b.value);
  if (b?.kind === 'irql' && a?.kind === 'const')
    return refineIrql(context, state, right, b, mirrored, a.value);
  if (b?.kind === 'const')
    return compareWithConstant(context, state, node, left, a, operator, b.value, sense);
  if (a?.kind === 'const')
    return compareWithConstant(context, state, node, right, b, mirrored, a.value, sense);
  return rememberComparison(context, state, node, sense);
}

function compareConstants(operator: string, a: number, b: number): boolean | undefined {
  if (operator === '==') return areEqualConstants(a, b);
  if (operator === '!=') {
    const isEqual = areEqualConstants(a, b);
    return isEqual === undefined ? undefined : !isEqual;
  }
  if (isSymbol(a) || isSymbol(b)) return undefined;
  switch (operator) {
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
    default:
      return undefined;
  }
}

/** Levels that satisfy `level operator bound`. */
function levelsSatisfying(all: IrqlSet, operator: string, bound: number): IrqlSet {
  switch (operator) {
    case '<':
      return atMost(all, bound - 1);
    case '<=':
      return atMost(all, bound);
    case '>':
      return atLeast(all, bound + 1);
    case '>=':
      return atLeast(all, bound);
    case '==':
      return intersect(all, setOf(bound));
    case '!=':
      return without(all, setOf(bound));
    default:
      return all;
  }
}

/** An IRQL value compared with a level: narrows the value, the entry levels it stands for, and the current level it was read from. */
function refineIrql(
  context: BodyContext,
  state: State,
  node: NodeId,
  value: IrqlValue,
  operator: string,
  bound: number,
): State | undefined {
  if (isSymbol(bound) || bound < 0 || bound > 31) return state;
  return narrowIrql(context, state, node, value, levelsSatisfying(context.all, operator, bound));
}

function narrowIrql(
  context: BodyContext,
  state: State,
  node: NodeId,
  value: IrqlValue,
  satisfying: IrqlSet,
): State | undefined {
  if (value.isEntryIrql) return withEntry(state, satisfying);
  const levels = intersect(value.levels, satisfying);
  if (levels === 0) return undefined;
  if (levels === value.levels) return state;
  const location = factLocation(context, state, node);
  const narrowed = location === '' ? state : withValue(state, location, { ...value, levels });
  const isCurrent = !state.isEntryIrql && state.irql === value.levels && isReadOfCurrent(context, value);
  return isCurrent ? withCurrentIn(narrowed, levels) : narrowed;
}

/** Whether the value was read by KeGetCurrentIrql or kin, not saved by a raise. */
function isReadOfCurrent(context: BodyContext, value: IrqlValue): boolean {
  if (value.savedBy < 0) return false;
  const callee = context.calleeOf(value.savedBy);
  return callee.kind === 'ddi' && callee.effect?.returnsCurrentIrql === true;
}

function compareIrqls(
  context: BodyContext,
  state: State,
  left: NodeId,
  right: NodeId,
  a: IrqlValue,
  b: IrqlValue,
  operator: string,
): State | undefined {
  if (a.isEntryIrql && b.isEntryIrql) {
    return operator === '==' || operator === '<=' || operator === '>=' ? state : undefined;
  }
  const aLevels = a.isEntryIrql ? state.entry : a.levels;
  const bLevels = b.isEntryIrql ? state.entry : b.levels;
  const aLeft = levelsOf(aLevels).filter((x) =>
    levelsOf(bLevels).some((y) => compareConstants(operator, x, y) === true),
  );
  const bLeft = levelsOf(bLevels).filter((y) =>
    levelsOf(aLevels).some((x) => compareConstants(operator, x, y) === true),
  );
  if (aLeft.length === 0 || bLeft.length === 0) return undefined;
  const narrowed = narrowIrql(context, state, left, a, setOf(...aLeft));
  return narrowed === undefined ? undefined : narrowIrql(context, narrowed, right, b, setOf(...bLeft));
}

function compareWithConstant(
  context: BodyContext,
  state: State,
  node: NodeId,
  other: NodeId,
  value: Value | undefined,
  operator: string,
  constant: number,
  sense: boolean,
): State | undefined {
  if (operator === '==' || operator === '!=') {
    const isOutside = value?.kind === 'param' || value?.kind === 'copyOf';
    if (isOutside && !isSymbol(constant) && constant < 32 && namesLevel(context, node)) {
      return constrainLevel(context, state, other, levelsSatisfying(context.all, operator, constant));
    }
    return compareEquality(context, state, other, value, operator === '==', constant);
  }
  // `status >= 0` is NT_SUCCESS, `status < 0` its opposite.
  if (constant === 0 && (operator === '>=' || operator === '<') && value?.kind === 'status') {
    return value.isSuccess === (operator === '>=') ? state : undefined;
  }
  const isLevel = !isSymbol(constant) && constant >= 0 && constant < 32 && namesLevel(context, node);
  if (isLevel)
    return constrainLevel(context, state, other, levelsSatisfying(context.all, operator, constant));
  return rememberComparison(context, state, node, sense);
}

/** Whether one side of the comparison is written as a level constant. */
function namesLevel(context: BodyContext, node: NodeId): boolean {
  const left = context.ir.first[node] ?? -1;
  const right = context.ir.next[left] ?? -1;
  return [left, right].some((side) => isLevelConstant(context.text(context.ir.atom[side] ?? 0)));
}

/** The key under which the levels of a value that came from outside (a saved IRQL given as parameter) are bounded. */
function levelKey(path: string): string {
  return `i:{${path}}`;
}

function constrainLevel(
  context: BodyContext,
  state: State,
  node: NodeId,
  satisfying: IrqlSet,
): State | undefined {
  const path = pathOf(context, state, node);
  if (path === '') return state;
  const key = levelKey(path);
  const known = state.values.get(key);
  const levels = intersect(known?.kind === 'irql' ? known.levels : context.all, satisfying);
  if (levels === 0) return undefined;
  return withValue(state, key, { kind: 'irql', levels, isEntryIrql: false, savedBy: -1 });
}

function compareEquality(
  context: BodyContext,
  state: State,
  other: NodeId,
  value: Value | undefined,
  isEqual: boolean,
  constant: number,
): State | undefined {
  if (value?.kind === 'notConst') {
    if (value.value === constant) return isEqual ? undefined : state;
    if (!isEqual) return state;
  }
  if (value?.kind === 'addressOf' && constant === 0) return isEqual ? undefined : state;
  if (value?.kind === 'status') {
    const isSuccess = isSuccessConstant(constant);
    if (isEqual && isSuccess !== undefined && isSuccess !== value.isSuccess) return undefined;
    if (!isEqual && constant === 0 && value.isSuccess) return state;
    if (!isEqual) return state;
  }
  if (constant === 0 && value?.kind !== 'status') {
    return refineTruth(context, state, other, !isEqual);
  }
  const fact: Value = isEqual ? { kind: 'const', value: constant } : { kind: 'notConst', value: constant };
  if (!context.isAskedAgain(other)) return state;
  const location = factLocation(context, state, other);
  if (location !== '') return context.tracks(location) ? withValue(state, location, fact) : state;
  return rememberEquality(context, state, other, isEqual, constant);
}

/** `(flags & MASK) == MASK`: kept under a key of its own. */
function rememberEquality(
  context: BodyContext,
  state: State,
  other: NodeId,
  isEqual: boolean,
  constant: number,
): State | undefined {
  const inner = expressionKey(context, state, other);
  if (inner === '' || !context.tracks(inner)) return state;
  const key = `${inner}==${constant}`;
  return rememberKey(state, key, isEqual);
}

function rememberKey(state: State, key: string, isTrue: boolean): State | undefined {
  const known = state.values.get(key);
  const was = known === undefined ? undefined : truthOf(known);
  if (was !== undefined && was !== isTrue) return undefined;
  return withValue(state, key, { kind: 'const', value: isTrue ? 1 : 0 });
}

/** Any other comparison: the same text decides the same way until something in it changes. */
function rememberComparison(
  context: BodyContext,
  state: State,
  node: NodeId,
  sense: boolean,
): State | undefined {
  if (!context.isAskedAgain(node)) return state;
  const key = expressionKey(context, state, node);
  return key === '' || !context.tracks(key) ? state : rememberKey(state, key, sense);
}

/** NT_SUCCESS(argument) is `sense`. */
function refineStatus(
  context: BodyContext,
  state: State,
  argument: NodeId,
  sense: boolean,
): State | undefined {
  const value = valueOf(context, state, argument);
  if (value?.kind === 'status') return value.isSuccess === sense ? state : undefined;
  if (value?.kind === 'const') {
    const isSuccess = isSuccessConstant(value.value);
    return isSuccess === undefined || isSuccess === sense ? state : undefined;
  }
  if (value?.kind === 'notConst' && value.value === 0 && sense) return state;
  if (!context.isAskedAgain(argument)) return state;
  const location = factLocation(context, state, argument);
  if (location === '' || !context.tracks(location)) return state;
  return withValue(state, location, { kind: 'status', isSuccess: sense });
}
