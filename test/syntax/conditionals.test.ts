// #if inside bodies: known conditions, aligned groups as Choice, splitting groups, the same text the same branch.
import { describe, expect, it } from 'vitest';
import { dumpIr } from '../harness/dumpIr.ts';
import { parseSource, type ParseOptions } from '../harness/parseSource.ts';

function dump(statements: string, options: ParseOptions = {}): string {
  const { atoms, bodies } = parseSource(`void F(void) {\n${statements}\n}`, options);
  expect(bodies.flatMap(({ ir }) => ir.recoveries)).toEqual([]);
  return dumpIr(bodies[0]!.ir, atoms)
    .replace(/^\(Block /, '')
    .replace(/\)$/, '');
}
const call = (name: string): string => `(ExprStmt (Call (Name ${name})))`;

describe('#if in bodies', () => {
  const table: readonly (readonly [string, string, ParseOptions?])[] = [
    ['#if A\na();\n#else\nb();\n#endif', `(Choice A (Block A ${call('a')}) (Block ${call('b')}))`],
    ['#if A\na();\n#endif\nc();', `(Choice A (Block A ${call('a')}) Block) ${call('c')}`],
    [
      '#ifdef A\na();\n#elif B\nb();\n#endif',
      `(Choice defined(A) (Block defined(A) ${call('a')}) (Block B ${call('b')}) Block)`,
    ],
    [
      '#if A\na();\n#if B\nb();\n#endif\n#endif',
      `(Choice A (Block A ${call('a')} (Choice B (Block B ${call('b')}) Block)) Block)`,
    ],
    ['#if 0\na();\n#else\nb();\n#endif', call('b')],
    ['#if DBG\na();\n#else\nb();\n#endif', call('a'), { defines: { DBG: '1' } }],
    ['#if DBG\na();\n#else\nb();\n#endif', call('b'), { defines: { DBG: '0' } }],
    [
      '#if (NTDDI_VERSION >= 0x0A000000) && defined(_WIN64)\na();\n#endif',
      call('a'),
      { defines: { NTDDI_VERSION: '0x0A000004', _WIN64: '1' } },
    ],
    [
      'x = 1 +\n#if A\n2\n#else\n3\n#endif\n;',
      '(ExprStmt~ (Assign = (Name x) (Binary + (Number 1) (Number 2))))',
    ],
    [
      'if (x) { a(); }\n#if A\nelse { b(); }\n#endif\nc();',
      `(If~ (Name x) (Block ${call('a')}) (Block ${call('b')})) ${call('c')}`,
    ],
    ['#if A\nif (x) {\n#else\nif (y) {\n#endif\na(); }', `(If (Name x) (Block ${call('a')}))`],
    [
      '#ifdef A\nif (x) {\n#endif\na();\n#ifdef A\n}\n#endif\n#ifndef A\nb();\n#endif',
      `(If~ (Name x) (Block ${call('a')}))`,
    ],
    [
      'PAGED_CODE()\n#if A\na();\n#endif',
      `(ExprStmt (Call (Name PAGED_CODE))) (Choice A (Block A ${call('a')}) Block)`,
    ],
    [
      'PVOID t[] = {\n#if A\n1,\n#else\n2,\n#endif\n3 };',
      '(Decl~ t :PVOID[] (InitList (Number 1) (Number 3)))',
    ],
    [
      'switch (x) {\n#if A\ncase 1: a(); break;\n#endif\ndefault: b(); }',
      `(Switch (Name x) (Block (Choice A (Block A (Case (Number 1)) ${call('a')} Break) Block) Default ${call('b')}))`,
    ],
  ];
  it.each(table.map(([statements, expected, options]) => ({ statements, expected, options })))(
    '$statements',
    ({ statements, expected, options }) => {
      expect(dump(statements, options)).toBe(expected);
    },
  );

  it('knows a macro that the file itself defines', () => {
    const { atoms, bodies } = parseSource(
      '#define USE_A 1\nvoid F(void) {\n#if USE_A\na();\n#else\nb();\n#endif\n}',
    );
    expect(dumpIr(bodies[0]!.ir, atoms)).toBe(`(Block ${call('a')})`);
  });
});
