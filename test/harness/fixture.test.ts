// The fixture language itself.
import { expect, it } from 'vitest';
import { parseFixture } from './fixture.ts';

it('splits files, takes the cursor out and reads carets', () => {
  const { files, cursor, carets } = parseFixture(`//- /a.h
int x;
//- /a.c
void F(void) {
  Foo$0(1);
//^^^ called here
  // ^ and there
}
`);
  expect([...files.keys()]).toEqual(['/a.h', '/a.c']);
  const text = files.get('/a.c') ?? '';
  expect(text).not.toContain('$0');
  expect(text.slice(0, cursor?.offset)).toMatch(/Foo$/);
  expect(carets.map(({ start, end, message }) => [text.slice(start, end), message])).toEqual([
    ['Foo', 'called here'],
    ['(', 'and there'],
  ]);
});

it('takes text without headers as /driver.c', () => {
  expect([...parseFixture('int x;').files]).toEqual([['/driver.c', 'int x;']]);
});

it('refuses mistakes', () => {
  expect(() => parseFixture('$0 $0')).toThrow('two cursors');
  expect(() => parseFixture('//- /a.c\n//- /a.c\n')).toThrow('twice');
});
