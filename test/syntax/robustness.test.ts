// Bad input: nothing throws, nothing is lost silently, every pass stays linear.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSource } from '../harness/parseSource.ts';

const sample = `
#include "x.h"
#define LOCK(e) do { KeAcquireSpinLock(&(e)->Lock, &(e)->Irql); } while (0)
typedef struct _EXT { KSPIN_LOCK Lock; KIRQL Irql; } EXT, *PEXT;
DRIVER_DISPATCH Create;
#if DBG
static int g_Debug = 1;
#endif
_IRQL_requires_max_(DISPATCH_LEVEL)
NTSTATUS
Create(PDEVICE_OBJECT Device, PIRP Irp)
{
    PEXT ext = (PEXT)Device->DeviceExtension;
    __try {
        LOCK(ext);
        for (int i = 0; i < 3; i++) { if (i == 2) break; else f("a" "b", 'c'); }
#if DBG
        switch (x) { case 1: g(); break; default: goto Exit; }
#endif
    } __finally { KeReleaseSpinLock(&ext->Lock, ext->Irql); }
Exit:
    return STATUS_SUCCESS;
}

VOID
Last(VOID)
{
    auto l = [&](int a) { return a ? 1 : 2; };
    CLock lock(&m);
}
`;

/** The milliseconds that one parse takes, the least of two. */
function time(text: string): number {
  let best = Infinity;
  for (let i = 0; i < 2; i++) {
    const before = performance.now();
    parseSource(text);
    best = Math.min(best, performance.now() - before);
  }
  return best;
}

describe('any text', () => {
  it('never throws on arbitrary strings', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => void parseSource(text)),
      { numRuns: 300 },
    );
  });

  it('never throws on shuffled pieces of C', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '(',
      ')',
      '[',
      ']',
      ';',
      ',',
      '<',
      '>',
      '::',
      '*',
      '=',
      '"',
      "'",
      '\n',
      '#if A\n',
      '#else\n',
      '#endif\n',
      '#define X(a) a##b\n',
      'X',
      'if',
      'else',
      'do',
      'while',
      'for',
      'switch',
      'case',
      'struct',
      'class',
      'typedef',
      'template',
      'operator',
      'namespace',
      'extern',
      '"C"',
      'try',
      '__except',
      'catch',
      'return',
      'new',
      'sizeof',
      'int',
      'f',
      'a',
      '1',
      '_In_',
      '/*',
      '//',
      '\\\n',
      '->',
      '...',
      '?',
      ':',
      '~',
      'enum',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 80 }), (pieces) => {
        parseSource(pieces.join(' '));
        parseSource(`void F(void) { ${pieces.join(' ')} }`);
      }),
      { numRuns: 1500 },
    );
  });

  it('never throws on mutations of a driver, and keeps nodes inside the text', () => {
    fc.assert(
      fc.property(
        fc.nat(sample.length),
        fc.nat(12),
        fc.constantFrom('', '{', '}', '(', ')', ';', '#endif\n', '"', '\n#if 1\n', 'else'),
        (at, length, insert) => {
          const text = sample.slice(0, at) + insert + sample.slice(at + length);
          for (const { ir } of parseSource(text).bodies) {
            for (let node = 0; node < ir.nodeCount; node++) {
              expect(ir.start[node]!).toBeLessThanOrEqual(ir.end[node]!);
              expect(ir.end[node]!).toBeLessThanOrEqual(text.length);
            }
          }
        },
      ),
      { numRuns: 600 },
    );
  });

  it('finds the last function whatever single brace is lost before it', () => {
    const { bodies } = parseSource(sample);
    expect(bodies.map(({ name }) => name)).toEqual(['Create', 'Last']);
    for (let at = sample.indexOf('{\n    PEXT'); at < sample.indexOf('VOID\nLast'); at++) {
      if (sample[at] !== '{' && sample[at] !== '}') continue;
      const { bodies: rest, structure } = parseSource(sample.slice(0, at) + sample.slice(at + 1));
      const names = rest.map(({ name }) => name);
      expect(
        names.includes('Last') || structure.skipped.length > 0,
        `without the brace at ${at}: ${names.join()}`,
      ).toBe(true);
    }
  });

  it('handles empty and odd files', () => {
    for (const text of [
      '',
      '\uFEFF',
      '#',
      '#if',
      '#endif',
      '\\',
      '"',
      "'",
      '/*',
      '//',
      'R"(',
      '{',
      '}',
      'void F(void) {',
      '#define',
      '#define X(',
      '\0\0\0',
    ]) {
      expect(parseSource(text).structure.tokens.count).toBeGreaterThanOrEqual(0);
    }
  });
});

describe('linear time', () => {
  // Four times the input may take no more than about ten times as long; a quadratic pass would take sixteen.
  const shapes: readonly (readonly [string, (n: number) => string])[] = [
    ['#if groups in one body', (n) => `void F(void) {\n${'#if A\nf();\n#else\ng();\n#endif\n'.repeat(n)}}`],
    ['nested #if groups', (n) => `void F(void) {\n${'#if A\nf();\n'.repeat(n)}${'#endif\n'.repeat(n)}}`],
    ['#elif chains', (n) => `void F(void) {\n#if A\n${'#elif B\nf();\n'.repeat(n)}#endif\n}`],
    ['nested parentheses', (n) => `void F(void) { x = ${'('.repeat(n * 4)}1${')'.repeat(n * 4)}; }`],
    ['open parentheses', (n) => `void F(void) { x = ${'('.repeat(n * 4)} }`],
    ['mixed brackets', (n) => `void F(void) { x = ${'['.repeat(n * 2)}${')'.repeat(n * 2)} }`],
    ['nested blocks', (n) => `void F(void) ${'{'.repeat(n * 4)}${'}'.repeat(n * 4)}`],
    ['else-if chains', (n) => `void F(void) { if (a) f(); ${'else if (b) g(); '.repeat(n)} }`],
    ['conditional chains', (n) => `void F(void) { x = ${'a ? b : '.repeat(n)} c; }`],
    ['unary chains', (n) => `void F(void) { x = ${'!'.repeat(n * 4)}a; }`],
    ['comma and plus chains', (n) => `void F(void) { ${'a + '.repeat(n)} a, ${'b, '.repeat(n)} b; }`],
    ['angle brackets', (n) => `void F(void) { ${'a < b '.repeat(n)}; }\nint x ${'a<'.repeat(n)};`],
    ['one long line of calls', (n) => `void F(void) { ${'f(1);'.repeat(n * 4)} }`],
    ['macro uses', (n) => `#define L(x) g(x)\nvoid F(void) { ${'L(L(1));'.repeat(n)} }`],
    ['stray closing braces', (n) => `void F(void) { ${'} '.repeat(n * 4)}`],
    ['functions without end', (n) => 'void F(void)\n{\n  if (x) {\n'.repeat(n)],
    ['unterminated strings', (n) => 'x = "abc\n'.repeat(n)],
    ['K&R look-alikes', (n) => 'int f(a, b) int a; char c;\n'.repeat(n)],
  ];
  it.each(shapes)('%s', (_name, make) => {
    parseSource(make(300));
    const small = time(make(1500));
    const large = time(make(6000));
    expect(large).toBeLessThan(small * 10 + 60);
  });

  it('counts what is nested too deeply instead of overflowing', () => {
    const { bodies } = parseSource(
      `void F(void) { x = ${'('.repeat(100_000)}1${')'.repeat(100_000)}; g(); }`,
    );
    expect(bodies[0]!.ir.recoveries.map(({ reason }) => reason)).toContain('nested too deeply');
  });
});
