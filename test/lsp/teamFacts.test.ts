/**
 * The team's facts while they are edited: they count at once, a mistake is shown in its place, and what was valid last holds on.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startSession, type Session } from './session.ts';

const driver = `typedef struct _EXT { KSPIN_LOCK Lock; ULONG n; } EXT, *PEXT;
KDEFERRED_ROUTINE Dpc;
VOID Dpc(PKDPC d, PVOID c, PVOID a, PVOID b)
{
    AcmeReadConfig(c);
}
`;
const facts = (max: string): string =>
  JSON.stringify({ version: 1, routines: [{ name: 'AcmeReadConfig', max }] }, null, 2);

let session: Session;

beforeAll(async () => {
  session = await startSession({ 'dpc.c': driver, '.irql-lens/facts.json': facts('PASSIVE_LEVEL') });
  session.open('dpc.c', driver);
});

afterAll(() => session.close());

async function change(text: string): Promise<void> {
  session.write('.irql-lens/facts.json', text);
  await session.connection.sendNotification('workspace/didChangeWatchedFiles', {
    changes: [{ uri: session.uri('.irql-lens/facts.json'), type: 2 }],
  });
}

const isTooHigh = (one: { code?: unknown }): boolean => one.code === 'irql-too-high';

it('judges calls by the facts of the workspace', async () => {
  const found = await session.diagnostics('dpc.c', (all) => all.some(isTooHigh));
  expect(found.find(isTooHigh)?.message).toContain('AcmeReadConfig');
});

it('takes a change into account at once', async () => {
  await change(facts('DISPATCH_LEVEL'));
  await session.diagnostics('dpc.c', (all) => !all.some(isTooHigh));
  await change(facts('PASSIVE_LEVEL'));
  await session.diagnostics('dpc.c', (all) => all.some(isTooHigh));
});

it('shows a mistake in its place and keeps the facts that were valid last', async () => {
  await change(facts('PASSIV_LEVEL'));
  const [problem] = await session.diagnostics('.irql-lens/facts.json', (all) => all.length > 0);
  expect(problem?.range.start.line).toBe(5);
  expect(problem?.message).toContain('Until this is mended, the facts as they were before hold.');
  expect((await session.diagnostics('dpc.c', () => true)).some(isTooHigh)).toBe(true);
  await change(facts('PASSIVE_LEVEL'));
  await session.diagnostics('.irql-lens/facts.json', (all) => all.length === 0);
  expect((await session.diagnostics('dpc.c', () => true)).some(isTooHigh)).toBe(true);
});
