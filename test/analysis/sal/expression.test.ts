import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  dependsOnResult,
  namesIn,
  parseExpression,
  printExpression,
  type BinaryOperator,
  type SalExpr,
} from '../../../server/src/analysis/sal/expression.ts';
import {
  areEqual,
  evaluate,
  holds,
  int,
  isTruthy,
  not,
  UNKNOWN,
  type SalEnvironment,
  type SalValue,
} from '../../../server/src/analysis/sal/evaluate.ts';

function parse(text: string): SalExpr {
  const parsed = parseExpression(text);
  if (!parsed.ok) throw new Error(`${text}: ${parsed.message}`);
  return parsed.expr;
}

function env(values: Record<string, SalValue>): SalEnvironment {
  return { arch: 'x64', lookUp: (path) => values[path] ?? UNKNOWN };
}

const nonNull: SalValue = { kind: 'not', values: [0] };
const success: SalValue = { kind: 'status', isSuccess: true };
const failure: SalValue = { kind: 'status', isSuccess: false };

describe('parsing', () => {
  it.each([
    ['Wait==0', 'Wait == 0'],
    ['(PoolType & PagedPool) != 0', '(PoolType & PagedPool) != 0'],
    ['PoolType & PagedPool != 0', 'PoolType & PagedPool != 0'],
    ['Timeout!=NULL && Timeout->QuadPart==0', 'Timeout != NULL && Timeout->QuadPart == 0'],
    ['( (a) )', 'a'],
    ['!(a||b)&&c', '!(a || b) && c'],
    ['a-(b-c)', 'a - (b - c)'],
    ['a-b-c', 'a - b - c'],
    ['(KIRQL)NewIrql', 'NewIrql'],
    ['(ULONG *)p == 0', 'p == 0'],
    ['(x) - 1', 'x - 1'],
    ['*Timeout == 0L', '*Timeout == 0'],
    ['a[i].b->c', 'a[i].b->c'],
    ['NT_SUCCESS(return)', 'NT_SUCCESS(return)'],
    ['a ? b : c', 'a ? b : c'],
    ['DISPATCH_LEVEL + 1', 'DISPATCH_LEVEL + 1'],
    ['std::x == 1', 'x == 1'],
    ['0x10u', '16'],
    ['- -1', '-(-1)'],
  ])('%s', (text, printed) => {
    expect(printExpression(parse(text))).toBe(printed);
  });

  it.each([
    ['', 'unexpected end'],
    ['a +', 'unexpected end'],
    ['(a', "expected ')' at the end"],
    ['a b', "unexpected 'b'"],
    ['a == ', 'unexpected end'],
    ['a @ b', "unexpected '@'"],
    ['a.1', "expected a field after '.'"],
    ['f(a,', 'unexpected end'],
  ])('%j is no expression', (text, message) => {
    expect(parseExpression(text)).toEqual({ ok: false, message });
  });

  it('does not overflow on deep nesting', () => {
    expect(parseExpression('('.repeat(100_000))).toMatchObject({ ok: false });
    expect(parseExpression('!'.repeat(100_000))).toMatchObject({ ok: false });
  });

  it('knows names and results', () => {
    expect([...namesIn(parse('p->q[i] + f(x) == *r'))].sort()).toEqual(['i', 'p', 'r', 'x']);
    expect(dependsOnResult(parse('return != 0'))).toBe(true);
    expect(dependsOnResult(parse('Wait != 0'))).toBe(false);
  });
});

const operators: BinaryOperator[] = [
  '||',
  '&&',
  '|',
  '^',
  '&',
  '==',
  '!=',
  '<',
  '>',
  '<=',
  '>=',
  '+',
  '-',
  '*',
];
const names = ['a', 'b', 'c'] as const;

const { expr: anyExpr } = fc.letrec<{ expr: SalExpr }>((tie) => ({
  expr: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(...names).map((name): SalExpr => ({ kind: 'name', name })),
    fc.integer({ min: 0, max: 40 }).map((value): SalExpr => ({ kind: 'number', value })),
    fc
      .record({ operator: fc.constantFrom('!' as const, '-' as const, '~' as const), operand: tie('expr') })
      .map((part): SalExpr => ({ kind: 'unary', ...part })),
    fc
      .record({ operator: fc.constantFrom(...operators), left: tie('expr'), right: tie('expr') })
      .map((part): SalExpr => ({ kind: 'binary', ...part })),
    fc
      .record({ test: tie('expr'), then: tie('expr'), otherwise: tie('expr') })
      .map((part): SalExpr => ({ kind: 'conditional', ...part })),
  ),
}));

/** What C computes, on BigInt. */
function compute(expr: SalExpr, values: Record<string, bigint>): bigint {
  const flag = (is: boolean) => (is ? 1n : 0n);
  switch (expr.kind) {
    case 'number':
      return BigInt(expr.value);
    case 'name':
      return values[expr.name] ?? 0n;
    case 'unary': {
      const x = compute(expr.operand, values);
      return expr.operator === '!' ? flag(x === 0n) : expr.operator === '-' ? -x : ~x;
    }
    case 'conditional':
      return compute(expr.test, values) !== 0n ? compute(expr.then, values) : compute(expr.otherwise, values);
    case 'binary': {
      const x = compute(expr.left, values);
      const y = compute(expr.right, values);
      const table: Record<string, () => bigint> = {
        '||': () => flag(x !== 0n || y !== 0n),
        '&&': () => flag(x !== 0n && y !== 0n),
        '|': () => x | y,
        '^': () => x ^ y,
        '&': () => x & y,
        '==': () => flag(x === y),
        '!=': () => flag(x !== y),
        '<': () => flag(x < y),
        '>': () => flag(x > y),
        '<=': () => flag(x <= y),
        '>=': () => flag(x >= y),
        '+': () => x + y,
        '-': () => x - y,
        '*': () => x * y,
      };
      return table[expr.operator]!();
    }
    default:
      throw new Error(expr.kind);
  }
}

describe('laws', () => {
  it('printing and parsing give the same tree', () => {
    fc.assert(
      fc.property(anyExpr, (expr) => {
        expect(parse(printExpression(expr))).toEqual(expr);
      }),
      { numRuns: 500 },
    );
  });

  it('evaluates as C does when everything is known', () => {
    const value = fc.integer({ min: -9, max: 9 });
    fc.assert(
      fc.property(anyExpr, fc.tuple(value, value, value), (expr, [a, b, c]) => {
        const found = evaluate(expr, env({ a: int(a), b: int(b), c: int(c) }));
        const expected = compute(expr, { a: BigInt(a), b: BigInt(b), c: BigInt(c) });
        fc.pre(expected > -(2n ** 53n) && expected < 2n ** 53n);
        expect(found.kind === 'int' ? BigInt(found.value) : found).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('never takes back an answer when more becomes known', () => {
    const value = fc.integer({ min: -3, max: 3 });
    const vague = fc.constantFrom<SalValue | undefined>(undefined, UNKNOWN, nonNull);
    fc.assert(
      fc.property(
        anyExpr,
        fc.tuple(value, value, value),
        fc.tuple(vague, vague, vague),
        (expr, known, hidden) => {
          const sharp = Object.fromEntries(names.map((name, i) => [name, int(known[i]!)]));
          const dull = Object.fromEntries(
            names.map((name, i) => [
              name,
              hidden[i] === undefined || (hidden[i].kind === 'not' && known[i] === 0)
                ? sharp[name]!
                : hidden[i],
            ]),
          );
          const before = holds(expr, env(dull));
          if (before !== 'unknown') expect(holds(expr, env(sharp))).toBe(before);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe('evaluating', () => {
  it.each([
    ['Wait == 0', { Wait: int(0) }, 'true'],
    ['Wait == 1', { Wait: int(0) }, 'false'],
    ['Wait == 1', {}, 'unknown'],
    ['Wait == TRUE', { Wait: int(1) }, 'true'],
    ['(PoolType & PagedPool) != 0', { PoolType: int(1) }, 'true'],
    ['(PoolType & PagedPool) != 0', { PoolType: int(512) }, 'false'],
    ['(PoolType & PagedPool) == 0', {}, 'unknown'],
    ['(Flags & POOL_FLAG_PAGED) != 0', { Flags: int(0x100000000 + 0x100) }, 'true'],
    ['Timeout==NULL || Timeout->QuadPart!=0', { Timeout: int(0) }, 'true'],
    ['Timeout==NULL || Timeout->QuadPart!=0', { Timeout: nonNull, 'Timeout->QuadPart': int(0) }, 'false'],
    ['Timeout==NULL || Timeout->QuadPart!=0', { Timeout: nonNull }, 'unknown'],
    ['Timeout!=NULL && *Timeout==0', { Timeout: nonNull, '*Timeout': int(0) }, 'true'],
    ['Timeout!=NULL && *Timeout==0', { Timeout: int(0) }, 'false'],
    ['AccessMode==KernelMode', { AccessMode: int(0) }, 'true'],
    ['AccessMode==UserMode', { AccessMode: int(0) }, 'false'],
    ['return != 0', { return: int(1) }, 'true'],
    ['return == STATUS_SUCCESS', { return: success }, 'true'],
    ['return == STATUS_SUCCESS', { return: failure }, 'false'],
    ['return == STATUS_TIMEOUT', { return: failure }, 'false'],
    ['return == STATUS_TIMEOUT', { return: success }, 'unknown'],
    ['return == STATUS_CANCELLED', { return: success }, 'false'],
    ['return >= 0', { return: success }, 'true'],
    ['return < 0', { return: failure }, 'true'],
    ['NT_SUCCESS(return)', { return: success }, 'true'],
    ['NT_SUCCESS(return)', { return: int(0xc0000001 | 0) }, 'false'],
    ['!NT_SUCCESS(return)', {}, 'unknown'],
    ['Unknown(return)', { return: int(1) }, 'unknown'],
    ['a / 0 == 1', { a: int(1) }, 'unknown'],
    ['1 << 70', {}, 'unknown'],
    ['&p', {}, 'true'],
    ['"text"', {}, 'true'],
  ] as const)('%s with %j is %s', (text, values, truth) => {
    expect(holds(parse(text), env(values as Record<string, SalValue>))).toBe(truth);
  });

  it('does arithmetic on levels', () => {
    expect(evaluate(parse('DISPATCH_LEVEL + 1'), env({}))).toEqual(int(3));
    expect(evaluate(parse('HIGH_LEVEL'), { arch: 'x86', lookUp: () => UNKNOWN })).toEqual(int(31));
  });

  it('compares what is known to differ', () => {
    expect(areEqual(nonNull, int(0))).toBe('false');
    expect(areEqual(nonNull, int(5))).toBe('unknown');
    expect(isTruthy(nonNull)).toBe('true');
    expect(not('unknown')).toBe('unknown');
  });
});
