import path from 'node:path';
import { expect, it } from 'vitest';
import { isInstalled } from '../../scripts/lib/install.mjs';
import { commandLine, quoteForCmd, root } from '../../scripts/lib/run.mjs';

it.each([
  ['ci', 'ci'],
  ['--prefix=C:\\work\\lens', '--prefix=C:\\work\\lens'],
  ['C:\\My Drivers\\toaster', '"C:\\My Drivers\\toaster"'],
  ['a&calc', '"a&calc"'],
])('quotes %s for cmd.exe', (argument, expected) => {
  expect(quoteForCmd(argument)).toBe(expected);
});

it.each(['npm', 'code', 'C:\\Program Files\\VS Code\\bin\\code.cmd'])(
  'starts %s on Windows through a shell',
  (command) => {
    const line = commandLine(command, ['C:\\My Drivers'], 'win32');
    expect(line).toEqual({ command: quoteForCmd(command), args: ['"C:\\My Drivers"'], shell: true });
  },
);

it('needs no shell elsewhere, nor for an .exe', () => {
  expect(commandLine('npm', ['ci'], 'linux')).toEqual({ command: 'npm', args: ['ci'], shell: false });
  expect(commandLine('C:\\node\\node.exe', ['a b'], 'win32').shell).toBe(false);
});

it('sees that the packages of this checkout are installed, and that those of an empty folder are not', () => {
  expect(isInstalled(root)).toBe(true);
  expect(isInstalled(path.join(root, 'docs'))).toBe(false);
});
