// URIs as Windows, VS Code and the browser write them.
import { expect, it } from 'vitest';
import { createUriBook, pathOfUri, uriOfPath } from '../../server/src/lsp/uris.ts';

it.each([
  ['file:///c%3A/Drivers/a.c', 'c:/Drivers/a.c', 'file:///c%3A/Drivers/a.c'],
  ['file:///C:/Drivers/a.c', 'c:/Drivers/a.c', 'file:///c%3A/Drivers/a.c'],
  ['file:///home/me/my%20driver/%C3%A4.c', '/home/me/my driver/ä.c', 'file:///home/me/my%20driver/%C3%A4.c'],
  ['file://server/share/a.c', '//server/share/a.c', 'file://server/share/a.c'],
  [
    'vscode-vfs://github/owner/repo/a.c',
    'vscode-vfs://github/owner/repo/a.c',
    'vscode-vfs://github/owner/repo/a.c',
  ],
])('%s is %s', (uri, path, back) => {
  expect(pathOfUri(uri)).toBe(path);
  expect(uriOfPath(path)).toBe(back);
});

it('answers with the spelling that the client used, whatever the case of a Windows path', () => {
  const book = createUriBook();
  book.learn('file:///C:/Drivers/A.c');
  expect(book.uriOf('c:/drivers/a.c')).toBe('file:///C:/Drivers/A.c');
  book.forget('file:///c%3A/drivers/a.c');
  expect(book.uriOf('c:/drivers/a.c')).toBe('file:///c%3A/drivers/a.c');
});
