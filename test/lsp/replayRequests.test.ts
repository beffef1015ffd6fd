/**
 * Replays over the protocol: a report's quick fix leads to its deadlock, and what was built is built again after an edit, wherever
 * it stands then.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CodeAction } from 'vscode-languageserver-protocol';
import { explore } from '../../server/src/engine/engine.ts';
import type { ScenarioFromHereAnswer } from '../../server/src/protocol/requests.ts';
import { startSession, type Session } from './session.ts';

const driver = `typedef struct _EXT { KSPIN_LOCK Lock; ULONG n; } EXT, *PEXT;
VOID Twice(PEXT e)
{
    KIRQL old;
    KeAcquireSpinLock(&e->Lock, &old);
    KeAcquireSpinLockAtDpcLevel(&e->Lock);
    e->n += 1;
    KeReleaseSpinLock(&e->Lock, old);
}
`;

let session: Session;

beforeAll(async () => {
  session = await startSession({ 'twice.c': driver });
  session.open('twice.c', driver);
});

afterAll(() => session.close());

function outcomeOf(answer: ScenarioFromHereAnswer): string {
  return 'problem' in answer ? answer.problem : explore(answer.scenario).result.outcome;
}

let built: ScenarioFromHereAnswer;

it('replays the deadlock of a report by its quick fix', async () => {
  const all = await session.diagnostics('twice.c', (found) =>
    found.some(({ code }) => code === 'lock-acquired-twice'),
  );
  const { range } = all.find(({ code }) => code === 'lock-acquired-twice')!;
  const params = { textDocument: { uri: session.uri('twice.c') }, range, context: { diagnostics: [] } };
  const actions = await session.connection.sendRequest<CodeAction[]>('textDocument/codeAction', params);
  const [argument] = actions.find(({ title }) => title === 'Replay this deadlock')?.command?.arguments ?? [];
  built = await session.connection.sendRequest<ScenarioFromHereAnswer>('irqlLens/scenarioFromHere', argument);
  expect(built).toMatchObject({ subject: { function: 'Twice', rule: 'lock-acquired-twice' } });
  expect(outcomeOf(built)).toBe('deadlock');
});

it('builds it again from the mended source', async () => {
  if ('problem' in built) throw new Error(built.problem);
  const request = {
    uri: session.uri('twice.c'),
    position: { line: 0, character: 0 },
    subject: built.subject,
  };
  const again = (): Promise<ScenarioFromHereAnswer> =>
    session.connection.sendRequest('irqlLens/scenarioFromHere', request);
  expect(outcomeOf(await again())).toBe('deadlock');
  const start = { line: 5, character: 0 };
  session.edit('twice.c', { start, end: { line: 6, character: 0 } }, '');
  session.edit('twice.c', { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, '\n\n');
  expect(outcomeOf(await again())).toBe('completed');
});

it('says so when there is nothing to replay any more', async () => {
  const request = {
    uri: session.uri('twice.c'),
    position: { line: 0, character: 0 },
    rule: 'lock-acquired-twice',
  };
  const answer = await session.connection.sendRequest<ScenarioFromHereAnswer>(
    'irqlLens/scenarioFromHere',
    request,
  );
  expect(answer).toEqual({ problem: 'There is no report of lock-acquired-twice here any more.' });
});
