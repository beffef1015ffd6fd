/**
 * Reads expressions in a state, without effects: access paths, constants, known values, keys of pure expressions.
 * Calls inside must have been executed before; their results stand in the state under `r:<node>`.
 */
import { deviceLevels, intersect, levelsOf, setOf, sizeOf } from '../../protocol/irqlLevels.ts';
import type { IrqlSet } from '../../protocol/irqlLevels.ts';
import { NodeFlag, NodeKind } from '../../syntax/ir.ts';
import type { NodeId } from '../../syntax/ir.ts';
import type { Value } from '../facts.ts';
import { addressPath, derefPath, fieldPath, indexPath } from '../locks/accessPath.ts';
import { argumentsOf } from '../summary/bodyContext.ts';
import type { BodyContext } from '../summary/bodyContext.ts';
import { isSymbol } from './constants.ts';
import type { State } from './state.ts';

/** The key under which a state keeps the result of a call. */
export function resultKey(call: NodeId): string {
  return `r:${call}`;
}

/** Follows what the state knows of a location: a copy or an address gives the other object's path. */
function followAlias(state: State, location: string): string {
  const value = state.values.get(location);
  if (value === undefined) return location;
  if (value.kind === 'copyOf') return value.path;
  if (value.kind === 'addressOf') return addressPath(value.path);
  if (value.kind === 'param') return `p${value.index}`;
  return location;
}

/** The location that an lvalue expression denotes, or '' when it has no name. */
export function locationOf(context: BodyContext, state: State, node: NodeId): string {
  const { ir } = context;
  const first = ir.first[node] ?? -1;
  switch (ir.kind[node]) {
    case NodeKind.Name:
      return context.locationOfName(ir.atom[node] ?? 0);
    case NodeKind.This:
      return 'this';
    case NodeKind.Member: {
      const isArrow = ((ir.flags[node] ?? 0) & NodeFlag.Arrow) !== 0;
      const base = isArrow ? derefPath(pathOf(context, state, first)) : locationOf(context, state, first);
      return fieldPath(base, context.text(ir.atom[node] ?? 0));
    }
    case NodeKind.Index: {
      const index = ir.next[first] ?? -1;
      return indexPath(pathOf(context, state, first), indexText(context, state, index));
    }
    case NodeKind.Unary: {
      const operator = context.text(ir.atom[node] ?? 0);
      if (operator === '*') return derefPath(pathOf(context, state, first));
      if (operator === '++' || operator === '--') return locationOf(context, state, first);
      return '';
    }
    case NodeKind.Cast:
      return locationOf(context, state, first);
    case NodeKind.Assign:
    case NodeKind.Postfix:
      return locationOf(context, state, first);
    case NodeKind.Comma:
      return locationOf(context, state, ir.next[first] ?? -1);
    default:
      return '';
  }
}

function indexText(context: BodyContext, state: State, node: NodeId): string {
  const value = node < 0 ? undefined : constantOf(context, state, node);
  if (value !== undefined && !isSymbol(value)) return String(value);
  return node < 0 ? '' : pathOf(context, state, node);
}

/** The path of the value of an expression: an object's own path, or the one it is a copy of, or `&path`. '' when it has none. */
export function pathOf(context: BodyContext, state: State, node: NodeId): string {
  const { ir } = context;
  const first = ir.first[node] ?? -1;
  switch (ir.kind[node]) {
    case NodeKind.Unary:
      if (context.text(ir.atom[node] ?? 0) === '&') return addressPath(locationOf(context, state, first));
      break;
    case NodeKind.Cast:
      return pathOf(context, state, first);
    case NodeKind.Comma:
      return pathOf(context, state, ir.next[first] ?? -1);
    case NodeKind.Assign:
      return pathOf(context, state, first);
    case NodeKind.Call:
      return callPath(context, state, node);
    case NodeKind.This:
      return 'this';
    default:
  }
  const location = locationOf(context, state, node);
  return location === '' ? '' : followAlias(state, location);
}

/** A getter of one argument (`GetDeviceContext(Device)`) names the same object each time; other calls have a root of their own. */
function callPath(context: BodyContext, state: State, node: NodeId): string {
  const known = state.values.get(resultKey(node));
  if (known?.kind === 'copyOf') return known.path;
  if (known?.kind === 'addressOf') return addressPath(known.path);
  const name = context.nameOf(node);
  const args = argumentsOf(context.ir, node);
  const [only] = args;
  if (args.length === 1 && only !== undefined && /get/i.test(name)) {
    const base = pathOf(context, state, only);
    if (base !== '' && !base.startsWith('&')) return `${base}~${name}`;
  }
  return `r:${node}`;
}

/** The integer value of an expression, symbols of unknown constants included; undefined when not constant. */
export function constantOf(context: BodyContext, state: State, node: NodeId): number | undefined {
  const value = valueOf(context, state, node);
  if (value?.kind === 'const') return value.value;
  if (value?.kind === 'irql' && !value.isEntryIrql && sizeOf(value.levels) === 1)
    return levelsOf(value.levels)[0];
  return undefined;
}

/** What is known of the value of an expression. */
export function valueOf(context: BodyContext, state: State, node: NodeId): Value | undefined {
  const { ir } = context;
  const first = ir.first[node] ?? -1;
  switch (ir.kind[node]) {
    case NodeKind.Number:
      return ((ir.flags[node] ?? 0) & NodeFlag.NoValue) !== 0
        ? undefined
        : { kind: 'const', value: ir.aux[node] ?? 0 };
    case NodeKind.Char:
      return { kind: 'const', value: ir.aux[node] ?? 0 };
    case NodeKind.String:
      return { kind: 'notConst', value: 0 };
    case NodeKind.Name:
      return nameValue(context, state, ir.atom[node] ?? 0);
    case NodeKind.Call:
    case NodeKind.Conditional:
    case NodeKind.Construct:
      return state.values.get(resultKey(node));
    case NodeKind.Cast:
      return valueOf(context, state, first);
    case NodeKind.Comma:
      return valueOf(context, state, ir.next[first] ?? -1);
    case NodeKind.Assign:
      return valueOf(context, state, first);
    case NodeKind.Unary:
      return unaryValue(context, state, node);
    case NodeKind.Binary:
      return binaryValue(context, state, node);
    case NodeKind.Member:
    case NodeKind.Index: {
      const location = locationOf(context, state, node);
      return location === '' ? undefined : (state.values.get(location) ?? { kind: 'copyOf', path: location });
    }
    default:
      return undefined;
  }
}

function nameValue(context: BodyContext, state: State, name: number): Value | undefined {
  const location = context.locationOfName(name);
  const known = state.values.get(location);
  // A copy of a parameter has what is known of the parameter.
  if (known?.kind === 'param') return state.values.get(`p${known.index}`) ?? known;
  if (known !== undefined) return known;
  if (location.startsWith('p')) return { kind: 'param', index: Number(location.slice(1)) };
  if (!location.startsWith('g:')) return { kind: 'copyOf', path: location };
  const constant = context.constantOf(name);
  if (constant !== undefined) return { kind: 'const', value: constant };
  if (context.text(name) === 'DIRQL') {
    const levels = deviceLevels(context.program.settings.arch);
    return { kind: 'irql', levels, isEntryIrql: false, savedBy: -1 };
  }
  return { kind: 'copyOf', path: location };
}

function unaryValue(context: BodyContext, state: State, node: NodeId): Value | undefined {
  const { ir } = context;
  const operand = ir.first[node] ?? -1;
  const operator = context.text(ir.atom[node] ?? 0);
  if (operator === '&') {
    const path = locationOf(context, state, operand);
    return path === '' ? { kind: 'notConst', value: 0 } : { kind: 'addressOf', path };
  }
  if (operator === '*') {
    const location = locationOf(context, state, node);
    return location === '' ? undefined : (state.values.get(location) ?? { kind: 'copyOf', path: location });
  }
  if (operator === '++' || operator === '--') return undefined;
  const value = valueOf(context, state, operand);
  if (operator === '!') {
    const isTrue = value === undefined ? undefined : truthOf(value);
    return isTrue === undefined ? undefined : { kind: 'const', value: isTrue ? 0 : 1 };
  }
  if (value?.kind !== 'const' || isSymbol(value.value)) return undefined;
  if (operator === '-') return { kind: 'const', value: -value.value };
  if (operator === '~') return { kind: 'const', value: ~value.value };
  return operator === '+' ? value : undefined;
}

function binaryValue(context: BodyContext, state: State, node: NodeId): Value | undefined {
  const { ir } = context;
  const leftNode = ir.first[node] ?? -1;
  const left = valueOf(context, state, leftNode);
  const right = valueOf(context, state, ir.next[leftNode] ?? -1);
  if (left?.kind !== 'const' || right?.kind !== 'const') return undefined;
  const operator = context.text(ir.atom[node] ?? 0);
  if (isSymbol(left.value) || isSymbol(right.value)) {
    return operator === '|' && (!isSymbol(left.value) ? left.value : right.value) === 0
      ? isSymbol(left.value)
        ? left
        : right
      : undefined;
  }
  const value = fold(operator, left.value, right.value);
  return value === undefined ? undefined : { kind: 'const', value };
}

function fold(operator: string, a: number, b: number): number | undefined {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '|':
      return a | b;
    case '&':
      return a & b;
    case '<<':
      return a << b;
    case '>>':
      return a >> b;
    default:
      return undefined;
  }
}

/** Whether a value is non-zero; undefined when not known. */
export function truthOf(value: Value): boolean | undefined {
  switch (value.kind) {
    case 'const':
      return value.value !== 0;
    case 'notConst':
      return value.value === 0 ? true : undefined;
    case 'irql':
      if (value.isEntryIrql) return undefined;
      if (value.levels === setOf(0)) return false;
      return intersect(value.levels, setOf(0)) === 0 ? true : undefined;
    case 'addressOf':
      return true;
    case 'status':
      return value.isSuccess ? undefined : true;
    case 'copyOf':
      return value.isNonZero;
    case 'param':
    case 'resultOf':
      return undefined;
  }
}

/** The levels a value stands for, when it is an IRQL or a small constant; entry-relative ones only through `entry`. */
export function levelsOfValue(value: Value | undefined, entry: IrqlSet): IrqlSet | undefined {
  if (value?.kind === 'irql') return value.isEntryIrql ? entry : value.levels;
  if (value?.kind === 'const' && value.value >= 0 && value.value < 32) return setOf(value.value);
  return undefined;
}

/**
 * A key for an expression without effects, made of paths in braces, so that the same test is recognised again:
 * `{p0}&{...}`. '' when the expression has no stable text.
 */
export function expressionKey(context: BodyContext, state: State, node: NodeId): string {
  const key = keyOf(context, state, node, 0);
  return key === '' || key.length > 200 ? '' : `e:${key}`;
}

/** Keys that start so outlive calls into unknown code; only an assignment to something in them ends them. */
export const STABLE = 's:';

/** The key under which the outcome of a paired condition is kept; '' when it has no stable text or is a plain constant. */
export function stableKey(context: BodyContext, state: State, node: NodeId): string {
  const key = expressionKey(context, state, node);
  return key.includes('{') ? `${STABLE}${key}` : '';
}

function keyOf(context: BodyContext, state: State, node: NodeId, depth: number): string {
  const { ir } = context;
  if (depth > 6 || node < 0) return '';
  const first = ir.first[node] ?? -1;
  const constant = constantOf(context, state, node);
  if (constant !== undefined) return `${constant}`;
  switch (ir.kind[node]) {
    case NodeKind.Name:
    case NodeKind.Member:
    case NodeKind.Index: {
      const path = pathOf(context, state, node);
      return path === '' ? '' : `{${path}}`;
    }
    case NodeKind.Cast:
      return keyOf(context, state, first, depth + 1);
    case NodeKind.Unary: {
      const operator = context.text(ir.atom[node] ?? 0);
      if (operator === '++' || operator === '--') return '';
      const inner = keyOf(context, state, first, depth + 1);
      return inner === '' ? '' : `${operator}(${inner})`;
    }
    case NodeKind.Binary: {
      const left = keyOf(context, state, first, depth + 1);
      const right = keyOf(context, state, ir.next[first] ?? -1, depth + 1);
      return left === '' || right === '' ? '' : `(${left}${context.text(ir.atom[node] ?? 0)}${right})`;
    }
    case NodeKind.Call:
      return pureCallKey(context, state, node, depth);
    default:
      return '';
  }
}

/** Macro-like tests without effects (`FlagOn(x, F)`, `NDIS_TEST_RETURN_AT_DISPATCH_LEVEL(f)`) are keys too. */
function pureCallKey(context: BodyContext, state: State, node: NodeId, depth: number): string {
  const name = context.nameOf(node);
  if (!isPureTest(name)) return '';
  const parts = argumentsOf(context.ir, node).map((arg) => keyOf(context, state, arg, depth + 1));
  return parts.includes('') ? '' : `${name}(${parts.join(',')})`;
}

/** Names of test macros that read their arguments and nothing else. */
export function isPureTest(name: string): boolean {
  return (
    /^(?:FlagOn|BooleanFlagOn|TEST_FLAG|IsFlagOn|FLAG_ON|BitTest)$/.test(name) ||
    /^NDIS_TEST_\w+$/.test(name) ||
    /^(?:MP_)?TEST_FLAGS?$/.test(name)
  );
}
