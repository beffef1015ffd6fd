// A workspace too large for the answering thread: the rest is checked in the background, open documents at once.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { aroundFile, readNear, SMALL } from '../../server/src/lsp/nearFiles.ts';
import { startSession } from './session.ts';

const WRONG = `#include "shared.h"
KDEFERRED_ROUTINE Dpc;
VOID Dpc(PKDPC d, PVOID c, PVOID a, PVOID b) { KeWaitForSingleObject(c, Executive, KernelMode, FALSE, NULL); }
`;
const SHARED = `typedef struct _EXT { ULONG n; } EXT, *PEXT;
`;
const isTooHigh = ({ code }: { code?: unknown }) => code === 'irql-too-high';

function manyFiles(): Record<string, string> {
  const files: Record<string, string> = { 'inc/shared.h': SHARED };
  for (let i = 0; i <= SMALL.files; i++)
    files[`driver${i}/file${i}.c`] = `VOID Function${i}(PULONG p) { *p = ${i}; }\n`;
  files['driver7/wrong.c'] = WRONG;
  files['driver8/wrong.c'] = WRONG;
  return files;
}

it('checks what is open at once, and the rest in the background', async () => {
  const session = await startSession(manyFiles());
  try {
    session.open('driver7/wrong.c', WRONG);
    await session.diagnostics('driver7/wrong.c', (found) => found.some(isTooHigh));
    await session.diagnostics('driver8/wrong.c', (found) => found.some(isTooHigh));
    const range = { start: { line: 0, character: 0 }, end: { line: 3, character: 0 } };
    session.edit('driver7/wrong.c', range, '');
    await session.diagnostics('driver7/wrong.c', (found) => found.length === 0);
    const sarif = await session.connection.sendRequest<{ findings: number }>('irqlLens/exportSarif', {});
    expect(sarif.findings).toBeGreaterThanOrEqual(2);
  } finally {
    await session.close();
  }
}, 60_000);

it('checks in the background again what a change on disk touches, and what was deleted', async () => {
  const session = await startSession(manyFiles());
  try {
    await session.diagnostics('driver8/wrong.c', (found) => found.some(isTooHigh));
    await session.waitFor('the whole', () => session.log.some((line) => line.startsWith('indexed')));
    session.write('driver8/wrong.c', WRONG.replace('FALSE, NULL', 'FALSE, &Zero'));
    session.write('driver9/file9.c', WRONG);
    const changed = (name: string, type: number) => ({ uri: session.uri(name), type });
    await session.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [changed('driver8/wrong.c', 2), changed('driver9/file9.c', 2)],
    });
    await session.diagnostics('driver9/file9.c', (found) => found.some(isTooHigh));
    rmSync(path.join(session.folder, 'driver9/file9.c'));
    await session.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [changed('driver9/file9.c', 3)],
    });
    await session.diagnostics('driver9/file9.c', (found) => found.length === 0);
  } finally {
    await session.close();
  }
}, 60_000);

it('shows how far the check is, and stops when it is cancelled', async () => {
  const session = await startSession(manyFiles());
  try {
    await session.waitFor('the end', () => session.progress.some(({ kind }) => kind === 'end'));
    const [begin, ...reports] = session.progress;
    expect(begin).toMatchObject({ kind: 'begin', cancellable: true });
    const shares = reports.flatMap(({ percentage = -1, kind }) => (kind === 'report' ? [percentage] : []));
    expect(shares.length).toBeGreaterThan(5);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(reports.some(({ message = '' }) => /^checking, \d+ of \d+ files$/.test(message))).toBe(true);
  } finally {
    await session.close();
  }
  const cancelled = await startSession(manyFiles());
  try {
    await cancelled.waitFor('the begin', () => cancelled.progress.length > 0);
    cancelled.cancel();
    await cancelled.waitFor('the end', () => cancelled.log.some((line) => line.includes('was cancelled')));
    cancelled.open('driver7/wrong.c', WRONG);
    await cancelled.diagnostics('driver7/wrong.c', (found) => found.some(isTooHigh));
  } finally {
    await cancelled.close();
  }
}, 60_000);

it('takes the largest small folder around a file, and what it includes', async () => {
  const files = manyFiles();
  const entries = Object.entries(files).map(([name, text]) => ({ path: `/w/${name}`, size: text.length }));
  expect(aroundFile(entries, '/w/driver7/wrong.c').map(({ path }) => path)).toEqual([
    '/w/driver7/file7.c',
    '/w/driver7/wrong.c',
  ]);
  const texts = await readNear(entries, '/w/driver7/wrong.c', (paths) =>
    Promise.resolve(new Map(paths.map((path) => [path, files[path.slice(3)] ?? '']))),
  );
  expect([...texts.keys()].sort()).toEqual(['/w/driver7/file7.c', '/w/driver7/wrong.c', '/w/inc/shared.h']);
});
