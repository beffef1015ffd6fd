// Bad input costs an answer, never the server: odd files, odd settings, files that come and go.
import { unlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { startSession } from './session.ts';

const WRONG = `KDEFERRED_ROUTINE Dpc;
VOID Dpc(PKDPC d, PVOID c, PVOID a, PVOID b) { KeWaitForSingleObject(c, Executive, KernelMode, FALSE, NULL); }
`;
const isTooHigh = ({ code }: { code?: unknown }) => code === 'irql-too-high';

it('survives binary, empty, huge and unbalanced files', async () => {
  const binary = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256);
  const huge = `VOID Huge(VOID) { ${'x = x + 1; '.repeat(950_000)} }\n`;
  const session = await startSession({
    'a.c': WRONG,
    'binary.c': binary,
    'empty.c': '',
    'huge.c': huge,
    'open.c': 'VOID F(VOID) { if (x) { KeAcquireSpinLock(&l, ',
    'close.c': '}}}}))))]]] VOID G(VOID) { }',
    'utf16.c': Buffer.from(`\uFEFF${WRONG.replaceAll('Dpc', 'Wide')}`, 'utf16le'),
  });
  try {
    session.open('a.c', WRONG);
    await session.diagnostics('a.c', (found) => found.some(isTooHigh));
    await session.diagnostics('utf16.c', (found) => found.some(isTooHigh));
    for (const name of ['binary.c', 'empty.c', 'open.c', 'close.c']) {
      session.open(name, name === 'empty.c' ? '' : '}{)(\u0000"');
      const uri = session.uri(name);
      for (const line of [0, 3])
        await session.connection.sendRequest('textDocument/hover', {
          textDocument: { uri },
          position: { line, character: 0 },
        });
    }
    expect(session.isAlive()).toBe(true);
  } finally {
    await session.close();
  }
}, 60_000);

it('says what is wrong with a setting and goes on with the default', async () => {
  const session = await startSession({ 'a.c': WRONG }, { cpus: 'many', rules: { 'no-such-rule': 'error' } });
  try {
    session.open('a.c', WRONG);
    await session.diagnostics('a.c', (found) => found.some(isTooHigh));
    await session.waitFor('both messages', () => session.messages.length >= 2);
    expect(session.messages.join('\n')).toMatch(/irqlLens\.cpus: .*The default 4 is used/);
    expect(session.messages.join('\n')).toContain("there is no rule 'no-such-rule'");
    session.changeSettings({ rules: { 'irql-too-high': 'off' } });
    await session.diagnostics('a.c', (found) => !found.some(isTooHigh));
  } finally {
    await session.close();
  }
});

it('reads the team files, says their problems, and follows their changes', async () => {
  const session = await startSession({
    'a.c': WRONG,
    '.irql-lens/config.json': '{ "rules": { "irql-too-high": "loud" } }',
    '.irql-lens/facts.json': '{ "version": 1, "effects": [{ "name": "X" }] }',
  });
  try {
    await session.diagnostics('a.c', (found) => found.some(isTooHigh));
    const [problem] = await session.diagnostics('.irql-lens/config.json', (found) => found.length > 0);
    expect(problem?.range.start).toEqual({ line: 0, character: 30 });
    await session.diagnostics('.irql-lens/facts.json', (found) => found.length > 0);
    session.write('.irql-lens/config.json', '{ "rules": { "irql-too-high": "off" } }');
    const changes = [{ uri: session.uri('.irql-lens/config.json'), type: 2 }];
    await session.connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
    await session.diagnostics('.irql-lens/config.json', (found) => found.length === 0);
    await session.diagnostics('a.c', (found) => found.length === 0);
  } finally {
    await session.close();
  }
});

it('forgets a deleted file and learns a new one', async () => {
  const session = await startSession({ 'a.c': WRONG });
  try {
    await session.diagnostics('a.c', (found) => found.some(isTooHigh));
    unlinkSync(path.join(session.folder, 'a.c'));
    session.write('b.c', WRONG.replaceAll('Dpc', 'Other'));
    const changes = [
      { uri: session.uri('a.c'), type: 3 },
      { uri: session.uri('b.c'), type: 1 },
    ];
    await session.connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
    await session.diagnostics('a.c', (found) => found.length === 0);
    await session.diagnostics('b.c', (found) => found.some(isTooHigh));
  } finally {
    await session.close();
  }
});
