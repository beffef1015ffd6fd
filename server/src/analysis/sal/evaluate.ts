/**
 * Evaluates SAL expressions in three values over an environment that the caller supplies. What is not known stays
 * unknown; nothing is guessed. Integers are 64 bit as in the headers' 64-bit flags.
 */
import { levelOfConstant, type Arch } from '../../protocol/irqlLevels.ts';
import { knownConstant } from './constants.ts';
import { printExpression, type SalExpr } from './expression.ts';

/** True, false, or not known. */
export type Truth = 'true' | 'false' | 'unknown';

/** What is known of a value. `not`: it differs from each of these (a pointer that is not NULL is `not` 0). */
export type SalValue =
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'not'; readonly values: readonly number[] }
  /** an NTSTATUS of which only NT_SUCCESS is known */
  | { readonly kind: 'status'; readonly isSuccess: boolean }
  | { readonly kind: 'unknown' };

/** The unknown value. */
export const UNKNOWN: SalValue = { kind: 'unknown' };

/** What the caller knows at the call, or inside the function. */
export interface SalEnvironment {
  readonly arch: Arch;
  /**
   * The value at a path as the annotation writes it, white space normalised: a parameter `Wait`, `*Timeout`,
   * `Timeout->QuadPart`, `return`, a constant the tables do not know. UNKNOWN when it is not known.
   */
  lookUp(path: string): SalValue;
}

/** The integer `value`. */
export function int(value: number): SalValue {
  return { kind: 'int', value };
}

/** A truth as the integer that C makes of it. */
function ofTruth(truth: Truth): SalValue {
  return truth === 'unknown' ? UNKNOWN : int(truth === 'true' ? 1 : 0);
}

function truthOf(isTrue: boolean): Truth {
  return isTrue ? 'true' : 'false';
}

/** Whether a value is non-zero. */
export function isTruthy(value: SalValue): Truth {
  switch (value.kind) {
    case 'int':
      return truthOf(value.value !== 0);
    case 'not':
      return value.values.includes(0) ? 'true' : 'unknown';
    case 'status':
      return value.isSuccess ? 'unknown' : 'true';
    case 'unknown':
      return 'unknown';
  }
}

/** Negation in three values. */
export function not(truth: Truth): Truth {
  return truth === 'unknown' ? 'unknown' : truth === 'true' ? 'false' : 'true';
}

/** Conjunction in three values. */
export function and(a: Truth, b: Truth): Truth {
  if (a === 'false' || b === 'false') return 'false';
  return a === 'true' && b === 'true' ? 'true' : 'unknown';
}

/** Disjunction in three values. */
export function or(a: Truth, b: Truth): Truth {
  return not(and(not(a), not(b)));
}

/** Whether two values are equal. A status known to be a success equals STATUS_SUCCESS: the kernel's routines mean it so. */
export function areEqual(a: SalValue, b: SalValue): Truth {
  if (a.kind === 'int' && b.kind === 'int') return truthOf(a.value === b.value);
  if (a.kind !== 'int' && b.kind === 'int') return areEqual(b, a);
  if (a.kind !== 'int') return 'unknown';
  if (b.kind === 'not') return b.values.includes(a.value) ? 'false' : 'unknown';
  if (b.kind === 'status') {
    if (a.value === 0) return truthOf(b.isSuccess);
    return b.isSuccess === a.value > 0 ? 'unknown' : 'false';
  }
  return 'unknown';
}

/** `a < b` where both are known, or where only the sign of a status is. */
function isLess(a: SalValue, b: SalValue): Truth {
  if (a.kind === 'int' && b.kind === 'int') return truthOf(a.value < b.value);
  if (a.kind === 'status' && b.kind === 'int' && b.value === 0) return truthOf(!a.isSuccess);
  return 'unknown';
}

function bits(operator: '&' | '|' | '^' | '<<' | '>>', a: number, b: number): number {
  const x = BigInt(a);
  const y = BigInt(b);
  const result =
    operator === '&'
      ? x & y
      : operator === '|'
        ? x | y
        : operator === '^'
          ? x ^ y
          : operator === '<<'
            ? x << y
            : x >> y;
  return Number(BigInt.asIntN(64, result));
}

function arithmetic(operator: string, a: number, b: number): SalValue {
  switch (operator) {
    case '+':
      return int(a + b);
    case '-':
      return int(a - b);
    case '*':
      return int(a * b);
    case '/':
      return b === 0 ? UNKNOWN : int(Math.trunc(a / b));
    case '%':
      return b === 0 ? UNKNOWN : int(a % b);
    case '<<':
    case '>>':
      return b < 0 || b > 63 ? UNKNOWN : int(bits(operator, a, b));
    case '&':
    case '|':
    case '^':
      return int(bits(operator, a, b));
    default:
      return UNKNOWN;
  }
}

function evaluateBinary(expr: Extract<SalExpr, { kind: 'binary' }>, env: SalEnvironment): SalValue {
  const { operator } = expr;
  const left = evaluate(expr.left, env);
  const right = evaluate(expr.right, env);
  switch (operator) {
    case '&&':
      return ofTruth(and(isTruthy(left), isTruthy(right)));
    case '||':
      return ofTruth(or(isTruthy(left), isTruthy(right)));
    case '==':
      return ofTruth(areEqual(left, right));
    case '!=':
      return ofTruth(not(areEqual(left, right)));
    case '<':
      return ofTruth(isLess(left, right));
    case '>':
      return ofTruth(isLess(right, left));
    case '<=':
      return ofTruth(not(isLess(right, left)));
    case '>=':
      return ofTruth(not(isLess(left, right)));
    default:
      return left.kind === 'int' &&
        right.kind === 'int' &&
        Number.isInteger(left.value) &&
        Number.isInteger(right.value)
        ? arithmetic(operator, left.value, right.value)
        : UNKNOWN;
  }
}

function evaluateUnary(expr: Extract<SalExpr, { kind: 'unary' }>, env: SalEnvironment): SalValue {
  if (expr.operator === '*') return env.lookUp(printExpression(expr));
  if (expr.operator === '&') return { kind: 'not', values: [0] };
  const operand = evaluate(expr.operand, env);
  if (expr.operator === '!') return ofTruth(not(isTruthy(operand)));
  if (operand.kind !== 'int') return UNKNOWN;
  return expr.operator === '-'
    ? int(-operand.value)
    : expr.operator === '~'
      ? int(-operand.value - 1)
      : operand;
}

function evaluateCall(expr: Extract<SalExpr, { kind: 'call' }>, env: SalEnvironment): SalValue {
  const [first] = expr.args;
  if (first === undefined) return UNKNOWN;
  const value = evaluate(first, env);
  const isSuccess: Truth =
    value.kind === 'int'
      ? truthOf(value.value >= 0)
      : value.kind === 'status'
        ? truthOf(value.isSuccess)
        : 'unknown';
  if (expr.callee === 'NT_SUCCESS' || expr.callee === 'SUCCEEDED') return ofTruth(isSuccess);
  return expr.callee === 'FAILED' ? ofTruth(not(isSuccess)) : UNKNOWN;
}

/** The value of an expression. */
export function evaluate(expr: SalExpr, env: SalEnvironment): SalValue {
  switch (expr.kind) {
    case 'number':
      return int(expr.value);
    case 'string':
      return { kind: 'not', values: [0] };
    case 'name': {
      const known = levelOfConstant(expr.name, env.arch) ?? knownConstant(expr.name);
      return known === undefined ? env.lookUp(expr.name) : int(known);
    }
    case 'member':
    case 'index':
      return env.lookUp(printExpression(expr));
    case 'unary':
      return evaluateUnary(expr, env);
    case 'binary':
      return evaluateBinary(expr, env);
    case 'conditional': {
      const test = isTruthy(evaluate(expr.test, env));
      return test === 'unknown' ? UNKNOWN : evaluate(test === 'true' ? expr.then : expr.otherwise, env);
    }
    case 'call':
      return evaluateCall(expr, env);
  }
}

/** Whether an expression holds. */
export function holds(expr: SalExpr, env: SalEnvironment): Truth {
  return isTruthy(evaluate(expr, env));
}

/** Whether all of them hold. */
export function allHold(exprs: readonly SalExpr[], env: SalEnvironment): Truth {
  return exprs.reduce<Truth>((truth, expr) => and(truth, holds(expr, env)), 'true');
}
