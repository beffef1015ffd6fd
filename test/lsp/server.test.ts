// A session with the real server over stdio: initialize, open, diagnostics, hover, hints, lenses, actions, custom requests.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CodeAction, CodeLens, Hover, InlayHint } from 'vscode-languageserver-protocol';
import type {
  ExplainAnswer,
  ExplorerAnswer,
  RibbonAnswer,
  ScenarioFromHereAnswer,
  StatusAnswer,
} from '../../server/src/protocol/requests.ts';
import { startSession, type Session } from './session.ts';

const HEADER = `#ifndef EXT_H
#define EXT_H
typedef struct _EXT { KSPIN_LOCK Lock; ULONG n; } EXT, *PEXT;
KDEFERRED_ROUTINE Dpc;
VOID Count(PEXT e);
#endif
`;
const DPC = `#include "ext.h"
VOID Dpc(PKDPC d, PVOID c, PVOID a, PVOID b)
{
    PEXT e = c;
    KIRQL old;
    KeAcquireSpinLock(&e->Lock, &old);
    Count(e);
    KeReleaseSpinLock(&e->Lock, old);
}
`;
const COUNT = `#include "ext.h"
VOID Count(PEXT e)
{
    e->n += 1;
}
`;

let session: Session;
beforeAll(async () => {
  session = await startSession({
    'ext.h': HEADER,
    'dpc.c': DPC,
    'count.c': COUNT,
    'broken.c': 'VOID F({ {{ ( ',
  });
  session.open('dpc.c', DPC);
});
afterAll(() => session.close());

const at = (line: number, character: number) => ({
  textDocument: { uri: session.uri('dpc.c') },
  position: { line, character },
});
const ask = <T>(method: string, params: unknown): Promise<T> =>
  session.connection.sendRequest<T>(method, params);
const isRedundant = ({ code }: { code?: unknown }) => code === 'redundant-irql-raise';

it('names what it can do', () => {
  expect(session.initialized.capabilities).toMatchObject({
    hoverProvider: true,
    inlayHintProvider: true,
    callHierarchyProvider: true,
  });
  expect(session.initialized.serverInfo?.name).toBe('irql-lens');
});

it('sends diagnostics with source, code, page and the path', async () => {
  const all = await session.diagnostics('dpc.c', (found) => found.some(isRedundant));
  const one = all.find(isRedundant);
  expect(one?.source).toBe('irql-lens');
  expect(one?.codeDescription?.href).toMatch(/docs\/rules\/redundant-irql-raise\.md$/);
  expect(one?.range.start.line).toBe(5);
  expect(one?.relatedInformation?.length).toBeGreaterThan(0);
});

it('hovers with level, lock and reason', async () => {
  const hover = await ask<Hover>('textDocument/hover', at(6, 6));
  const { value } = hover.contents as { value: string };
  expect(value).toContain('**IRQL:** DISPATCH_LEVEL');
  expect(value).toContain('`e->Lock`');
  expect(value).toMatch(/entered at DISPATCH_LEVEL.*\[ext\.h:4\]\(file:.*ext\.h#L4\)/);
});

it('answers hints, lenses and ribbon', async () => {
  const range = { start: { line: 0, character: 0 }, end: { line: 20, character: 0 } };
  const textDocument = { uri: session.uri('dpc.c') };
  const hints = await ask<InlayHint[]>('textDocument/inlayHint', { textDocument, range });
  expect(hints.map(({ label }) => label)).toContain('DISPATCH_LEVEL');
  const [lens] = await ask<CodeLens[]>('textDocument/codeLens', { textDocument });
  const resolved = await ask<CodeLens>('codeLens/resolve', lens);
  expect(resolved.command?.title).toMatch(/cycles/);
  expect(resolved.command?.command).toBe('irqlLens.runScenarioFromHere');
  const ribbon = await ask<RibbonAnswer>('irqlLens/ribbon', { uri: textDocument.uri });
  expect(ribbon.ranges.map(({ level }) => level)).toEqual(['dispatch']);
});

it('mends the whole file when the kind is asked for by name', async () => {
  const textDocument = { uri: session.uri('dpc.c') };
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  for (const only of [['source.fixAll'], ['source.fixAll.irqlLens']]) {
    const context = { diagnostics: [], only };
    const actions = await ask<CodeAction[]>('textDocument/codeAction', { textDocument, range, context });
    expect(actions.map(({ kind }) => kind)).toEqual(['source.fixAll.irqlLens']);
    expect(actions[0]?.edit?.changes?.[textDocument.uri]?.length).toBeGreaterThanOrEqual(2);
  }
});

it('offers the fix and takes the diagnostic back when it is applied', async () => {
  const textDocument = { uri: session.uri('dpc.c') };
  const range = { start: { line: 5, character: 6 }, end: { line: 5, character: 6 } };
  const actions = await ask<CodeAction[]>('textDocument/codeAction', {
    textDocument,
    range,
    context: { diagnostics: [] },
  });
  const fix = actions.find(({ title }) => title.includes('AtDpcLevel'));
  const edits = fix?.edit?.changes?.[textDocument.uri] ?? [];
  expect(edits.length).toBeGreaterThanOrEqual(2);
  for (const edit of edits.toSorted(
    (a, b) => b.range.start.line - a.range.start.line || b.range.start.character - a.range.start.character,
  ))
    session.edit('dpc.c', edit.range, edit.newText);
  await session.diagnostics('dpc.c', (found) => !found.some(isRedundant));
});

it('answers the custom requests', async () => {
  const place = { uri: session.uri('dpc.c'), position: { line: 6, character: 6 } };
  expect(await ask<StatusAnswer>('irqlLens/status', place)).toMatchObject({
    text: 'DISPATCH_LEVEL',
    level: 'dispatch',
  });
  const explained = await ask<ExplainAnswer>('irqlLens/explain', place);
  expect(explained.title).toBe('DISPATCH_LEVEL in Dpc');
  const { roots } = await ask<ExplorerAnswer>('irqlLens/explorer', {});
  expect(roots.map(({ label }) => label)).toEqual(['Entry points', 'Locks', 'Lock order']);
  expect(JSON.stringify(roots)).toContain('EXT.Lock');
  const built = await ask<ScenarioFromHereAnswer>('irqlLens/scenarioFromHere', place);
  expect(built).toHaveProperty('scenario');
  const sarif = await ask<{ text: string }>('irqlLens/exportSarif', {});
  expect(JSON.parse(sarif.text).version).toBe('2.1.0');
});

it('walks the call hierarchy over files', async () => {
  const textDocument = { uri: session.uri('dpc.c') };
  const [item] = await ask<{ name: string }[]>('textDocument/prepareCallHierarchy', {
    textDocument,
    position: { line: 6, character: 5 },
  });
  expect(item?.name).toBe('Count');
  const incoming = await ask<{ from: { name: string; detail: string } }[]>('callHierarchy/incomingCalls', {
    item,
  });
  expect(incoming[0]?.from).toMatchObject({ name: 'Dpc', detail: 'calls at DISPATCH_LEVEL' });
});

it('answers nonsense without dying', async () => {
  expect(await ask('irqlLens/status', { uri: 7 })).toBeNull();
  expect(
    await ask('textDocument/hover', {
      textDocument: { uri: 'file:///no/such.c' },
      position: { line: 9999, character: 9 },
    }),
  ).toBeNull();
  expect(await ask('textDocument/hover', at(9999, 9999))).toBeNull();
  expect(session.isAlive()).toBe(true);
});
