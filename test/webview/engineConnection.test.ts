import { describe, expect, it } from 'vitest';
import { connectEngine, RunCancelled, type EnginePort } from '../../client/src/replay/engine.ts';
import { findBundled, firstMode, sourceOfState } from '../../client/src/replay/replaySource.ts';
import { findScenario } from '../../server/src/engine/engine.ts';
import type { EngineReply, EngineRequest } from '../../server/src/protocol/index.ts';

const scenario = findScenario('abba')!;

/** A worker that answers only when told to. */
function fakeWorker() {
  const asked: EngineRequest[] = [];
  const state = { started: 0, stopped: 0 };
  let reply: (reply: EngineReply) => void = () => undefined;
  let die: (reason: string) => void = () => undefined;
  const start = (): EnginePort => {
    state.started++;
    return {
      post: (request) => asked.push(request),
      onReply: (listener) => (reply = listener),
      onDeath: (listener) => (die = listener),
      stop: () => state.stopped++,
    };
  };
  return {
    start,
    asked,
    state,
    reply: (each: EngineReply) => reply(each),
    die: (reason: string) => die(reason),
  };
}

describe('connectEngine', () => {
  it('starts the worker with the first request, tells progress, and gives each answer to its question', async () => {
    const worker = fakeWorker();
    const engine = connectEngine(worker.start);
    expect(worker.state.started).toBe(0);
    const heard: number[] = [];
    const run = engine.run('explore', scenario, { cpus: 2 }, (done) => heard.push(done));
    const catalogue = engine.catalogue();
    expect(worker.asked.map(({ type }) => type)).toEqual(['explore', 'catalogue']);
    const [first, second] = worker.asked.map(({ id }) => id);
    worker.reply({ type: 'progress', id: first!, done: 10, of: 0 });
    worker.reply({
      type: 'catalogue',
      id: second!,
      catalogue: { scenarios: [], profiles: [], lockKinds: [] },
    });
    worker.reply({ type: 'failed', id: first!, message: 'There is no lock kind x.' });
    await expect(run).rejects.toThrow('There is no lock kind x.');
    expect(await catalogue).toEqual({ scenarios: [], profiles: [], lockKinds: [] });
    expect(heard).toEqual([10]);
    expect(worker.state.started).toBe(1);
  });

  it('ends the worker to cancel, and starts another for the next request', async () => {
    const worker = fakeWorker();
    const engine = connectEngine(worker.start);
    const run = engine.run('simulate', scenario, {}, () => undefined);
    engine.cancel();
    await expect(run).rejects.toBeInstanceOf(RunCancelled);
    const again = engine.catalogue();
    expect(worker.state).toEqual({ started: 2, stopped: 1 });
    engine.dispose();
    await expect(again).rejects.toBeInstanceOf(RunCancelled);
  });

  it('says so when the worker dies, and goes on with a new one', async () => {
    const worker = fakeWorker();
    const engine = connectEngine(worker.start);
    const run = engine.run('simulate', scenario, {}, () => undefined);
    worker.die('out of memory');
    await expect(run).rejects.toThrow('The engine stopped: out of memory');
    void engine.catalogue().catch(() => undefined);
    expect(worker.state.started).toBe(2);
    engine.dispose();
  });

  it('refuses an answer to another question', async () => {
    const worker = fakeWorker();
    const engine = connectEngine(worker.start);
    const run = engine.run('simulate', scenario, {}, () => undefined);
    worker.reply({
      type: 'catalogue',
      id: worker.asked[0]!.id,
      catalogue: { scenarios: [], profiles: [], lockKinds: [] },
    });
    await expect(run).rejects.toThrow(/answered 'catalogue'/);
  });
});

describe('what a replay is opened from', () => {
  const request = { mode: 'explore', overrides: { seed: 3 } };

  it('comes back from what the page kept', () => {
    expect(sourceOfState({ source: { scenario, request, id: 'abba' } })).toEqual({ scenario, request });
    expect(sourceOfState({ source: { scenario: null, request, id: 'abba' } })).toEqual({
      scenarioId: 'abba',
      request,
    });
    expect(sourceOfState({ source: { origin: 'file:///t.json' } })).toEqual({
      trace: undefined,
      origin: 'file:///t.json',
    });
    expect(sourceOfState({ source: { scenario, request: { mode: 'eval' } } })).toEqual({ scenario });
  });

  it('is nothing where the kept state is of no use', () => {
    for (const state of [
      null,
      5,
      {},
      { source: null },
      { source: { scenario: { version: 9 }, request } },
      { source: {} },
    ])
      expect(sourceOfState(state)).toBeUndefined();
  });

  it('explores unless the scenario is one to simulate', () => {
    expect(firstMode(scenario)).toBe('explore');
    expect(firstMode({ ...scenario, runs: 'simulate' })).toBe('simulate');
  });

  it('names what there is where an id is unknown', () => {
    const catalogue = { scenarios: [scenario], profiles: [], lockKinds: [] };
    expect(findBundled(catalogue, 'abba')).toBe(scenario);
    expect(() => findBundled(catalogue, 'baab')).toThrow("There is no scenario 'baab'. There are: abba.");
  });
});
