// One normal form for paths and URIs of Windows and other hosts.
import { describe, expect, it } from 'vitest';
import {
  extensionOf,
  folderOf,
  isInside,
  normalizePath,
  pathKey,
  resolvePath,
} from '../../server/src/base/paths.ts';

describe('normalizePath', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['C:\\src\\drv\\a.c', 'c:/src/drv/a.c'],
    ['c:/src/./drv/../drv/a.c', 'c:/src/drv/a.c'],
    ['file:///c%3A/src/drv/a.c', 'c:/src/drv/a.c'],
    ['file:///C:/src/my%20driver/a.c', 'c:/src/my driver/a.c'],
    ['FILE:///c:/a.c', 'c:/a.c'],
    ['\\\\?\\C:\\deep\\a.c', 'c:/deep/a.c'],
    ['\\\\?\\UNC\\server\\share\\a.c', '//server/share/a.c'],
    ['\\\\server\\share\\a.c', '//server/share/a.c'],
    ['file://server/share/a.c', '//server/share/a.c'],
    ['file://localhost/etc/a.c', '/etc/a.c'],
    ['file:///home/me/a.c', '/home/me/a.c'],
    ['/home//me/../you/a.c', '/home/you/a.c'],
    ['/../a.c', '/a.c'],
    ['..\\inc\\a.h', '../inc/a.h'],
    ['a/../../b.h', '../b.h'],
    ['file:///home/100%/a.c', '/home/100%/a.c'],
    ['vscode-vfs://github/me/drv/a.c', 'vscode-vfs://github/me/drv/a.c'],
    ['c:', 'c:/'],
    ['', ''],
  ];
  it.each(cases)('%s -> %s', (input, expected) => {
    expect(normalizePath(input)).toBe(expected);
  });

  it.each(cases)('%s: normalising twice changes nothing', (input) => {
    expect(normalizePath(normalizePath(input))).toBe(normalizePath(input));
  });
});

describe('pathKey', () => {
  it('ignores case on drives and shares only', () => {
    expect(pathKey('c:/Src/A.c')).toBe(pathKey('c:/src/a.C'));
    expect(pathKey('//Server/Share/A.c')).toBe('//server/share/a.c');
    expect(pathKey('/src/A.c')).not.toBe(pathKey('/src/a.c'));
  });
});

describe('parts', () => {
  it('resolves from a folder', () => {
    expect(resolvePath('c:/drv/src', '..\\inc\\a.h')).toBe('c:/drv/inc/a.h');
    expect(resolvePath('c:/drv', 'D:\\x.c')).toBe('d:/x.c');
    expect(resolvePath('/', 'a.c')).toBe('/a.c');
    expect(resolvePath('', 'a.c')).toBe('a.c');
  });
  it('splits', () => {
    expect(folderOf('c:/a.c')).toBe('c:/');
    expect(folderOf('/drv/a.c')).toBe('/drv');
    expect(folderOf('/a.c')).toBe('/');
    expect(folderOf('a.c')).toBe('');
    expect(extensionOf('/drv/A.CPP')).toBe('cpp');
    expect(extensionOf('/drv/.git')).toBe('');
  });
  it('knows what lies inside', () => {
    expect(isInside('c:/Drv/src/a.c', 'c:/drv')).toBe(true);
    expect(isInside('c:/drv2/a.c', 'c:/drv')).toBe(false);
    expect(isInside('/x', '/')).toBe(true);
  });
});
