/**
 * The expressions inside SAL annotations: a tree, its parser and its printer. C operators without assignment, calls
 * kept by name. It evaluates nothing (evaluate.ts does) and never throws: a text that is no expression gives a problem.
 */

/** A node of an annotation's expression. */
export type SalExpr =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly text: string }
  /** an identifier, `return` and `_Curr_` included */
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'member'; readonly base: SalExpr; readonly field: string; readonly isArrow: boolean }
  | { readonly kind: 'index'; readonly base: SalExpr; readonly index: SalExpr }
  | {
      readonly kind: 'unary';
      readonly operator: '!' | '-' | '+' | '~' | '*' | '&';
      readonly operand: SalExpr;
    }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: SalExpr;
      readonly right: SalExpr;
    }
  | {
      readonly kind: 'conditional';
      readonly test: SalExpr;
      readonly then: SalExpr;
      readonly otherwise: SalExpr;
    }
  | { readonly kind: 'call'; readonly callee: string; readonly args: readonly SalExpr[] };

/** The binary operators that an annotation may use. */
export type BinaryOperator =
  | '||'
  | '&&'
  | '|'
  | '^'
  | '&'
  | '=='
  | '!='
  | '<'
  | '>'
  | '<='
  | '>='
  | '<<'
  | '>>'
  | '+'
  | '-'
  | '*'
  | '/'
  | '%';

/** What a text turned out to be. */
export type ParsedExpression =
  { readonly ok: true; readonly expr: SalExpr } | { readonly ok: false; readonly message: string };

const BINDING: Readonly<Record<BinaryOperator, number>> = {
  '||': 1,
  '&&': 2,
  '|': 3,
  '^': 4,
  '&': 5,
  '==': 6,
  '!=': 6,
  '<': 7,
  '>': 7,
  '<=': 7,
  '>=': 7,
  '<<': 8,
  '>>': 8,
  '+': 9,
  '-': 9,
  '*': 10,
  '/': 10,
  '%': 10,
};

const TOKEN =
  /\s*(0[xX][0-9a-fA-F]+|\d+|"(?:[^"\\]|\\.)*"|L?'(?:[^'\\]|\\.)*'|[A-Za-z_$][\w$]*|->|::|\|\||&&|==|!=|<=|>=|<<|>>|[-+*/%&|^~!<>()[\].,?:])/y;

/** Nesting deeper than this is no annotation that anybody wrote. */
const MAX_DEPTH = 200;

class SalSyntaxError extends Error {}

interface Cursor {
  readonly tokens: readonly string[];
  at: number;
  depth: number;
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match?.[1] === undefined)
      throw new SalSyntaxError(`unexpected '${text.slice(at).trimStart().charAt(0)}'`);
    tokens.push(match[1]);
    const suffix = /^[uUlL]+/.exec(/^\d/.test(match[1]) ? text.slice(TOKEN.lastIndex) : '');
    if (suffix !== null) TOKEN.lastIndex += suffix[0].length;
  }
  return tokens;
}

function expect(cursor: Cursor, token: string): void {
  const found = cursor.tokens[cursor.at];
  if (found !== token)
    throw new SalSyntaxError(
      `expected '${token}'${found === undefined ? ' at the end' : ` before '${found}'`}`,
    );
  cursor.at++;
}

function parseArguments(cursor: Cursor): SalExpr[] {
  const args: SalExpr[] = [];
  if (cursor.tokens[cursor.at] === ')') {
    cursor.at++;
    return args;
  }
  for (;;) {
    args.push(parseConditional(cursor));
    if (cursor.tokens[cursor.at] !== ',') break;
    cursor.at++;
  }
  expect(cursor, ')');
  return args;
}

/** `(TYPE)x`, `(TYPE *)x`: a cast only when an operand follows; the type is dropped. */
function castLength(cursor: Cursor): number {
  const { tokens, at } = cursor;
  let i = at + 1;
  while (/^[A-Za-z_]\w*$/.test(tokens[i] ?? '')) i++;
  if (i === at + 1) return 0;
  while (tokens[i] === '*') i++;
  if (tokens[i] !== ')') return 0;
  const next = tokens[i + 1] ?? '';
  const isPlainName = i === at + 2;
  const startsOperand = /^[A-Za-z_0-9"]/.test(next) || (!isPlainName && /^[*&!~(]$/.test(next));
  return startsOperand ? i + 1 - at : 0;
}

function parsePrimary(cursor: Cursor): SalExpr {
  const token = cursor.tokens[cursor.at];
  if (token === undefined) throw new SalSyntaxError('unexpected end');
  cursor.at++;
  if (token === '(') {
    const inner = parseConditional(cursor);
    expect(cursor, ')');
    return inner;
  }
  if (/^\d/.test(token))
    return { kind: 'number', value: Number(/^0[0-7]+$/.test(token) ? `0o${token.slice(1)}` : token) };
  if (token.startsWith('"')) return { kind: 'string', text: token };
  if (/^L?'/.test(token)) return { kind: 'number', value: token.charCodeAt(token.indexOf("'") + 1) };
  if (!/^[A-Za-z_$]/.test(token)) throw new SalSyntaxError(`unexpected '${token}'`);
  if (cursor.tokens[cursor.at] === '(') {
    cursor.at++;
    return { kind: 'call', callee: token, args: parseArguments(cursor) };
  }
  return { kind: 'name', name: token };
}

function parsePostfix(cursor: Cursor): SalExpr {
  let expr = parsePrimary(cursor);
  for (;;) {
    const token = cursor.tokens[cursor.at];
    if (token === '.' || token === '->' || token === '::') {
      const field = cursor.tokens[cursor.at + 1] ?? '';
      if (!/^[A-Za-z_$]/.test(field)) throw new SalSyntaxError(`expected a field after '${token}'`);
      cursor.at += 2;
      expr =
        token === '::'
          ? { kind: 'name', name: field }
          : { kind: 'member', base: expr, field, isArrow: token === '->' };
    } else if (token === '[') {
      cursor.at++;
      const index = parseConditional(cursor);
      expect(cursor, ']');
      expr = { kind: 'index', base: expr, index };
    } else return expr;
  }
}

function parseUnary(cursor: Cursor): SalExpr {
  if (++cursor.depth > MAX_DEPTH) throw new SalSyntaxError('nested too deeply');
  try {
    const token = cursor.tokens[cursor.at];
    switch (token) {
      case '!':
      case '-':
      case '+':
      case '~':
      case '*':
      case '&':
        cursor.at++;
        return { kind: 'unary', operator: token, operand: parseUnary(cursor) };
      case '(': {
        const cast = castLength(cursor);
        if (cast === 0) return parsePostfix(cursor);
        cursor.at += cast;
        return parseUnary(cursor);
      }
      default:
        return parsePostfix(cursor);
    }
  } finally {
    cursor.depth--;
  }
}

function parseBinary(cursor: Cursor, minBinding: number): SalExpr {
  let left = parseUnary(cursor);
  for (;;) {
    const token = cursor.tokens[cursor.at] ?? '';
    if (!Object.hasOwn(BINDING, token)) return left;
    const operator = token as BinaryOperator;
    if (BINDING[operator] < minBinding) return left;
    cursor.at++;
    left = { kind: 'binary', operator, left, right: parseBinary(cursor, BINDING[operator] + 1) };
  }
}

function parseConditional(cursor: Cursor): SalExpr {
  if (++cursor.depth > MAX_DEPTH) throw new SalSyntaxError('nested too deeply');
  const test = parseBinary(cursor, 1);
  cursor.depth--;
  if (cursor.tokens[cursor.at] !== '?') return test;
  cursor.at++;
  const then = parseConditional(cursor);
  expect(cursor, ':');
  return { kind: 'conditional', test, then, otherwise: parseConditional(cursor) };
}

/** Parses the text of an expression. */
export function parseExpression(text: string): ParsedExpression {
  try {
    const cursor: Cursor = { tokens: tokenize(text), at: 0, depth: 0 };
    const expr = parseConditional(cursor);
    const rest = cursor.tokens[cursor.at];
    return rest === undefined ? { ok: true, expr } : { ok: false, message: `unexpected '${rest}'` };
  } catch (error) {
    if (error instanceof SalSyntaxError) return { ok: false, message: error.message };
    throw error;
  }
}

function bindingOf(expr: SalExpr): number {
  if (expr.kind === 'binary') return BINDING[expr.operator];
  return expr.kind === 'conditional' ? 0 : expr.kind === 'unary' ? 11 : 12;
}

function wrapped(expr: SalExpr, minBinding: number): string {
  const text = printExpression(expr);
  return bindingOf(expr) < minBinding ? `(${text})` : text;
}

/** Prints an expression as C, with no more parentheses than needed; parsing it again gives the same tree. */
export function printExpression(expr: SalExpr): string {
  switch (expr.kind) {
    case 'number':
      return String(expr.value);
    case 'string':
      return expr.text;
    case 'name':
      return expr.name;
    case 'member':
      return `${wrapped(expr.base, 12)}${expr.isArrow ? '->' : '.'}${expr.field}`;
    case 'index':
      return `${wrapped(expr.base, 12)}[${printExpression(expr.index)}]`;
    case 'unary': {
      const operand = wrapped(expr.operand, 11);
      return `${expr.operator}${operand.startsWith(expr.operator) ? `(${operand})` : operand}`;
    }
    case 'binary': {
      const binding = BINDING[expr.operator];
      return `${wrapped(expr.left, binding)} ${expr.operator} ${wrapped(expr.right, binding + 1)}`;
    }
    case 'conditional':
      return `${wrapped(expr.test, 1)} ? ${printExpression(expr.then)} : ${printExpression(expr.otherwise)}`;
    case 'call':
      return `${expr.callee}(${expr.args.map(printExpression).join(', ')})`;
  }
}

/** Every name that occurs in an expression, callees and fields excluded. */
export function namesIn(expr: SalExpr): Set<string> {
  const names = new Set<string>();
  const visit = (node: SalExpr): void => {
    if (node.kind === 'name') names.add(node.name);
    else if (node.kind === 'member') visit(node.base);
    else if (node.kind === 'index') [node.base, node.index].forEach(visit);
    else if (node.kind === 'unary') visit(node.operand);
    else if (node.kind === 'binary') [node.left, node.right].forEach(visit);
    else if (node.kind === 'conditional') [node.test, node.then, node.otherwise].forEach(visit);
    else if (node.kind === 'call') node.args.forEach(visit);
  };
  visit(expr);
  return names;
}

/** Whether the expression speaks of the function's result. */
export function dependsOnResult(expr: SalExpr): boolean {
  const names = namesIn(expr);
  return names.has('return') || names.has('_Ret_');
}
