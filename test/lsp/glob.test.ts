// The patterns of `irqlLens.exclude`.
import { expect, it } from 'vitest';
import { matchesAny } from '../../server/src/lsp/glob.ts';

it.each([
  ['third_party/**', 'third_party/zlib/a.c', true],
  ['third_party', 'third_party/zlib/a.c', true],
  ['third_party', 'src/third_party/a.c', true],
  ['/third_party', 'src/third_party/a.c', true],
  ['src/third_party', 'lib/src/third_party/a.c', false],
  ['**/generated/*.h', 'a/b/generated/x.h', true],
  ['**/generated/*.h', 'a/b/generated/deep/x.h', false],
  ['*.inl', 'src/a.inl', true],
  ['src\\old\\**', 'src/old/a.c', true],
  ['test?.c', 'test1.c', true],
  ['a.c', 'src/aXc', false],
])('%s against %s: %s', (pattern, path, expected) => {
  expect(matchesAny(path, [pattern])).toBe(expected);
});
