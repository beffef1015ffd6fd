/** The engine behind its messages: every request gets its reply, every failure a sentence. */
import { describe, expect, it } from 'vitest';
import { findScenario } from '../../server/src/engine/engine.ts';
import { serveRequest } from '../../server/src/engine/serveRequest.ts';
import type { EngineReply, EngineRequest } from '../../server/src/protocol/engineMessages.ts';
import { catalogueSchema } from '../../server/src/protocol/catalogue.ts';
import { packTrace } from '../../server/src/protocol/packedTrace.ts';

const abba = findScenario('abba') ?? expect.fail('abba');

function ask(request: EngineRequest): EngineReply {
  const replies: EngineReply[] = [];
  serveRequest(request, (reply) => replies.push(reply));
  const last = replies[replies.length - 1];
  if (last === undefined) throw new Error('no reply');
  expect(last.id).toBe(request.id);
  return last;
}

describe('serveRequest', () => {
  it('simulates and explores; the traces are accepted by the page', () => {
    for (const type of ['simulate', 'explore'] as const) {
      const reply = ask({ type, id: 1, scenario: abba, overrides: {} });
      if (reply.type !== 'ran') throw new Error(reply.type);
      expect(reply.result.deadlock?.members).toHaveLength(2);
      expect(packTrace(JSON.parse(JSON.stringify(reply.trace)))).toHaveProperty('trace');
    }
  });

  it('steps: choices lead to the deadlock, and a wrong step is refused', () => {
    const at = (schedule: string) => ask({ type: 'step', id: 2, scenario: abba, overrides: { schedule } });
    const start = at('');
    if (start.type !== 'stepped') throw new Error(start.type);
    expect(start.choices.map((choice) => choice.label)).toEqual(["first: takes 'A'", "second: takes 'B'"]);
    const dead = at('0 1');
    if (dead.type !== 'stepped') throw new Error(dead.type);
    expect([dead.result.outcome, dead.choices.length]).toEqual(['deadlock', 0]);
    const wrong = at('0 7');
    expect(wrong.type === 'failed' ? wrong.message : '').toContain('not possible');
    const nonsense = at('left, then right');
    expect(nonsense.type === 'failed' ? nonsense.message : '').toContain('no schedule');
  });

  it('sweeps', () => {
    const scenario = findScenario('ttas-vs-queued') ?? expect.fail('missing');
    const reply = ask({
      type: 'sweep',
      id: 3,
      scenario,
      overrides: {},
      axes: { cpus: [1, 2], locks: ['ticket', 'queued'], holdCycles: [50] },
    });
    if (reply.type !== 'swept') throw new Error(reply.type);
    expect(reply.result.rows.map((row) => [row.lock, row.cpus, row.holdCycles])).toEqual([
      ['ticket', 1, 50],
      ['ticket', 2, 50],
      ['queued', 1, 50],
      ['queued', 2, 50],
    ]);
  });

  it('gives a catalogue that the page accepts', () => {
    const reply = ask({ type: 'catalogue', id: 4 });
    if (reply.type !== 'catalogue') throw new Error(reply.type);
    expect(catalogueSchema.safeParse(reply.catalogue).success).toBe(true);
    expect(reply.catalogue.scenarios).toHaveLength(15);
  });

  it('says what is wrong with a scenario', () => {
    const broken = { ...abba, cpus: 0 };
    const reply = ask({ type: 'simulate', id: 5, scenario: broken, overrides: {} });
    expect(reply.type === 'failed' ? reply.message : '').toContain('cpus');
    const profile = ask({ type: 'simulate', id: 6, scenario: abba, overrides: { profile: 'z80' } });
    expect(profile.type === 'failed' ? profile.message : '').toContain("no profile 'z80'");
    const lock = ask({ type: 'simulate', id: 7, scenario: abba, overrides: { lock: 'mutex' } });
    expect(lock.type === 'failed' ? lock.message : '').toContain('mutex');
  });
});
