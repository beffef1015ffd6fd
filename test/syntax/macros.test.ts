// Macro expansion at token level and the macros a file sees.
import { describe, expect, it } from 'vitest';
import { dumpIr } from '../harness/dumpIr.ts';
import { parseSource, type ParseOptions } from '../harness/parseSource.ts';

function dump(text: string, options: ParseOptions = {}): string {
  const { atoms, bodies } = parseSource(text, options);
  expect(bodies.flatMap(({ ir }) => ir.recoveries)).toEqual([]);
  return dumpIr(bodies.at(-1)!.ir, atoms, 0, { showMacros: true });
}

describe('expansion', () => {
  const table: readonly (readonly [string, string, string])[] = [
    [
      'a lock wrapper',
      '#define LOCK(e) KeAcquireSpinLock(&(e)->Lock, &(e)->Irql)\nvoid F(void) { LOCK(ext); }',
      '(Block (ExprStmt! (Call! (Name! KeAcquireSpinLock) (Unary! & (Member! ->Lock (Name! ext))) (Unary! & (Member! ->Irql (Name! ext))))))',
    ],
    [
      'an alias of a routine',
      '#define LOCK KeAcquireSpinLock\nvoid F(void) { LOCK(a, b); }',
      '(Block (ExprStmt! (Call! (Name! KeAcquireSpinLock) (Name! a) (Name! b))))',
    ],
    [
      'an alias of a macro',
      '#define L(x) KeAcquireSpinLock(x, 1)\n#define LOCK L\nvoid F(void) { LOCK(a); }',
      '(Block (ExprStmt! (Call! (Name! KeAcquireSpinLock) (Name! a) (Number! 1))))',
    ],
    [
      'do while(0)',
      '#define BAIL(s) do { if (!(s)) goto Exit; } while (0)\nvoid F(void) { BAIL(x); Exit: ; }',
      '(Block (DoWhile! (Block! (If! (Unary! ! (Name! x)) (Goto! Exit))) (Number! 0)) (Label Exit) Empty)',
    ],
    [
      'a macro that ends its statement',
      '#define G() g();\nvoid F(void) { G() G(); h(); }',
      '(Block (ExprStmt! (Call! (Name! g))) (ExprStmt! (Call! (Name! g))) Empty (ExprStmt (Call (Name h))))',
    ],
    [
      'half statements',
      '#define BEGIN if (x) {\n#define END }\nvoid F(void) { BEGIN g(); END }',
      '(Block (If! (Name! x) (Block! (ExprStmt (Call (Name g))))))',
    ],
    [
      'a plain constant stays',
      '#define N 3\nvoid F(void) { x = N; }',
      '(Block (ExprStmt (Assign = (Name x) (Name N))))',
    ],
    [
      'no macro inside itself',
      '#define f(x) f(x + 1)\nvoid F(void) { f(2); }',
      '(Block (ExprStmt! (Call! (Name! f) (Binary! + (Number! 2) (Number! 1)))))',
    ],
    [
      'two that name each other',
      '#define a(x) b(x)\n#define b(x) a(x)\nvoid F(void) { a(1); }',
      '(Block (ExprStmt! (Call! (Name! a) (Number! 1))))',
    ],
    [
      'a macro in its own argument',
      '#define m(a, b) h(a, b)\nvoid F(void) { m(m(1, 2), 3); }',
      '(Block (ExprStmt! (Call! (Name! h) (Call! (Name! h) (Number! 1) (Number! 2)) (Number! 3))))',
    ],
    [
      'pasting',
      '#define CALL(n) Ke##n##Lock(x)\nvoid F(void) { CALL(Get); }',
      '(Block (ExprStmt! (Call! (Name! KeGetLock) (Name! x))))',
    ],
    [
      'variadics, and the comma that MSVC drops',
      '#define P(f, ...) printf(f, __VA_ARGS__)\nvoid F(void) { P("a"); P("b", 1, 2); }',
      '(Block (ExprStmt! (Call! (Name! printf) (String! "a"))) (ExprStmt! (Call! (Name! printf) (String! "b") (Number! 1) (Number! 2))))',
    ],
    [
      '__pragma says nothing',
      '#define WHILE(a) while (__pragma(warning(disable:4127)) a)\nvoid F(void) { do { g(); } WHILE(0); }',
      '(Block (DoWhile (Block (ExprStmt (Call (Name g)))) (Number! 0)))',
    ],
    [
      'another number of arguments: another macro',
      '#define LOCK(a, b) KeAcquireSpinLock(a, b)\nvoid F(void) { LOCK(x); }',
      '(Block (ExprStmt (Call (Name LOCK) (Name x))))',
    ],
  ];
  it.each(table)('%s', (_name, text, expected) => {
    expect(dump(text)).toBe(expected);
  });

  it('leaves opaque macros as calls', () => {
    const text = '#define ASSERT_X(e) if (!(e)) KeBugCheck(1)\nvoid F(void) { ASSERT_X(y); }';
    expect(dump(text, { isOpaque: (name) => name === 'ASSERT_X' })).toBe(
      '(Block (ExprStmt (Call (Name ASSERT_X) (Name y))))',
    );
  });

  it('puts replacement tokens at the use site and leaves arguments where they are', () => {
    const text = '#define LOCK(l) KeAcquireSpinLock(l, 1)\nvoid F(void) { LOCK(mine); }';
    const { bodies, atoms } = parseSource(text);
    const { ir } = bodies[0]!;
    const at = (name: string): string => {
      const node = ir.atom.indexOf(atoms.find(name));
      return text.slice(ir.start[node], ir.end[node]);
    };
    expect(at('KeAcquireSpinLock')).toBe('LOCK(mine)');
    expect(at('mine')).toBe('mine');
    expect(atoms.text(ir.macro[ir.atom.indexOf(atoms.find('mine'))]!)).toBe('LOCK');
  });

  it('gives up on macros that grow without end, and says so', () => {
    const lines = Array.from({ length: 30 }, (_, i) => `#define m${i + 1}(x) m${i}(x) m${i}(x)`);
    const { bodies } = parseSource(`#define m0(x) g(x);\n${lines.join('\n')}\nvoid F(void) { m30(1) }`);
    expect(bodies[0]!.ir.recoveries.map(({ reason }) => reason)).toContain('macro expansion grows too large');
  });
});

describe('scopes', () => {
  it('finds macros through includes, cycles and all', () => {
    const files = {
      'a.h': '#include "b.h"\n#define A(x) B(x)',
      'b.h': '#include "A.H"\n#define B(x) KeReleaseSpinLock(x, 0)',
    };
    expect(dump('#include "sub\\..\\a.h"\nvoid F(void) { A(l); }', { files })).toBe(
      '(Block (ExprStmt! (Call! (Name! KeReleaseSpinLock) (Name! l) (Number! 0))))',
    );
  });

  it('takes a definition of a header nearby when the include is missing, but never that of another source file', () => {
    const files = {
      'near.h': '#define A(x) KeReleaseSpinLock(x, 0)',
      'other.c': '#define C(x) KeReleaseSpinLock(x, 1)',
    };
    expect(dump('#include "gone.h"\nvoid F(void) { A(l); C(l); }', { files })).toBe(
      '(Block (ExprStmt! (Call! (Name! KeReleaseSpinLock) (Name! l) (Number! 0))) (ExprStmt (Call (Name C) (Name l))))',
    );
  });

  it('evaluates integer macros', () => {
    const { scope } = parseSource(
      '#define A 2\n#define B (A << 4 | 0x1)\n#define C ((KIRQL)B)\n#define D unknown\n#define E E2\n#define E2 E',
      { defines: { DBG: '1', X: '' } },
    );
    expect(['A', 'B', 'C', 'D', 'E', 'DBG', 'X', 'nowhere'].map((name) => scope.constant(name))).toEqual([
      2,
      33,
      33,
      undefined,
      undefined,
      1,
      1,
      undefined,
    ]);
  });
});
