// Bytes to text, include paths, and which bodies an edit changes.
import { describe, expect, it } from 'vitest';
import {
  createAtomTable,
  createIncludeResolver,
  decodeSource,
  emptyMacroScope,
  normalizePath,
  parseBody,
  parseInitializer,
  readStructure,
  shiftBody,
} from '../../server/src/syntax/frontEnd.ts';
import { dumpIr } from '../harness/dumpIr.ts';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('decodeSource', () => {
  const text = '// Grüße €\r\nint a;\r\n';
  const utf16 = (isBig: boolean): Uint8Array =>
    Uint8Array.from(
      [...text].flatMap((c) => {
        const code = c.charCodeAt(0);
        return isBig ? [code >> 8, code & 255] : [code & 255, code >> 8];
      }),
    );
  const utf8 = new TextEncoder().encode(text);
  it.each([
    ['utf-8', utf8],
    ['utf-8', bytes(0xef, 0xbb, 0xbf, ...utf8)],
    ['utf-16le', utf16(false)],
    ['utf-16le', bytes(0xff, 0xfe, ...utf16(false))],
    ['utf-16be', utf16(true)],
    ['utf-16be', bytes(0xfe, 0xff, ...utf16(true))],
  ] as const)('%s', (encoding, input) => {
    expect(decodeSource(input)).toEqual({ text, encoding });
  });
  it('falls back to Windows-1252', () => {
    expect(decodeSource(bytes(0x47, 0x72, 0xfc, 0xdf, 0x65, 0x20, 0x80, 0x93))).toEqual({
      text: 'Grüße €\u201c',
      encoding: 'windows-1252',
    });
    expect(decodeSource(bytes(0x41, 0xe2, 0x82)).encoding).toBe('windows-1252');
  });
  it('reads code points outside the first plane', () => {
    expect(decodeSource(new TextEncoder().encode('/* 😀 */')).text).toBe('/* 😀 */');
  });
  it('recognises binary files, and reads the empty one', () => {
    expect(decodeSource(bytes(0x4d, 0x5a, 0x90, 0, 3, 0, 0, 0, 4)).problem).toBe(
      'the file holds zero bytes and is no text',
    );
    expect(decodeSource(bytes())).toEqual({ text: '', encoding: 'utf-8' });
  });
});

describe('include paths', () => {
  it.each([
    ['a\\b\\..\\c.h', 'a/c.h'],
    ['./a//b.h', 'a/b.h'],
    ['C:\\x\\..\\..\\y.h', 'C:/../y.h'],
    ['/a/../../b', '/b'],
    ['..\\a', '../a'],
  ])('normalises %s', (path, expected) => {
    expect(normalizePath(path)).toBe(expected);
  });
  it('prefers the file beside, then the nearest with the same tail, in any letter case', () => {
    const resolve = createIncludeResolver([
      '/w/drv/sys/a.c',
      '/w/drv/inc/Common.h',
      '/w/other/inc/common.h',
      '/w/drv/sys/local.h',
      '/w/drv/inc/sub/x.h',
    ]);
    const from = (path: string): string | undefined => resolve('/w/drv/sys/a.c', { path });
    expect(from('LOCAL.H')).toBe('/w/drv/sys/local.h');
    expect(from('..\\inc\\common.h')).toBe('/w/drv/inc/Common.h');
    expect(from('common.h')).toBe('/w/drv/inc/Common.h');
    expect(from('sub/X.h')).toBe('/w/drv/inc/sub/x.h');
    expect(from('ntddk.h')).toBeUndefined();
  });
});

describe('incremental', () => {
  const before = 'void A(void) { f(1); }\nvoid B(void) { g(); }\n';
  const atoms = createAtomTable();
  const read = (text: string) =>
    readStructure(text, atoms).functions.map(({ hash, layoutHash }) => ({ hash, layoutHash }));
  const [a, b] = read(before);
  it('changes the hashes of the edited body alone', () => {
    const [a2, b2] = read(before.replace('f(1)', 'f(2)'));
    expect(a2?.hash).not.toBe(a?.hash);
    expect(b2).toEqual(b);
  });
  it('sees a comment as layout, not as content, and a move as neither', () => {
    const [a2, b2] = read(before.replace('f(1)', 'f(/* one */1)'));
    expect(a2?.hash).toBe(a?.hash);
    expect(a2?.layoutHash).not.toBe(a?.layoutHash);
    expect(b2).toEqual(b);
    expect(read(`// moved\n\n${before}`)).toEqual([a, b]);
  });
  it('shifts an old body to its new place', () => {
    const parse = (text: string, n: number) => {
      const structure = readStructure(text, atoms);
      return parseBody(text, structure, structure.functions[n]!, emptyMacroScope(), atoms);
    };
    expect(shiftBody(parse(before, 1), 3)).toEqual(parse(`   ${before}`, 1));
  });
  it('parses initialisers of globals', () => {
    const text = 'FLT_OPERATION_REGISTRATION Callbacks[] = { { IRP_MJ_READ, 0, PreRead, NULL }, { 1 } };';
    const structure = readStructure(text, atoms);
    const ir = parseInitializer(text, structure, structure.globals[0]!, emptyMacroScope(), atoms);
    expect(dumpIr(ir, atoms)).toBe(
      '(Block (InitList (InitList (Name IRP_MJ_READ) (Number 0) (Name PreRead) (Name NULL)) (InitList (Number 1))))',
    );
  });
});
