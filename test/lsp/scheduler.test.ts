// Later, once, and in slices.
import { expect, it } from 'vitest';
import type { Environment } from '../../server/src/lsp/environment.ts';
import { createScheduler } from '../../server/src/lsp/scheduler.ts';

function fakeEnvironment() {
  let now = 0;
  let nBreaths = 0;
  const timers = new Map<number, { at: number; run: () => void }>();
  let lastId = 0;
  const environment: Environment = {
    files: { list: () => Promise.resolve([]), read: () => Promise.resolve([]) },
    version: '0',
    now: () => now,
    after: (milliseconds, run) => {
      const id = ++lastId;
      timers.set(id, { at: now + milliseconds, run });
      return () => void timers.delete(id);
    },
    breathe: () => {
      nBreaths++;
      return Promise.resolve();
    },
  };
  const pass = (milliseconds: number): void => {
    now += milliseconds;
    for (const [id, timer] of [...timers]) {
      if (timer.at > now) continue;
      timers.delete(id);
      timer.run();
    }
  };
  return { environment, pass, breaths: () => nBreaths };
}

it('runs a task once after the last wish', () => {
  const { environment, pass } = fakeEnvironment();
  const scheduler = createScheduler(environment, () => undefined);
  const ran: string[] = [];
  scheduler.later('a', 50, () => void ran.push('first'));
  pass(40);
  scheduler.later('a', 50, () => void ran.push('second'));
  pass(40);
  expect(ran).toEqual([]);
  pass(10);
  expect(ran).toEqual(['second']);
});

it('logs what throws and goes on', () => {
  const { environment, pass } = fakeEnvironment();
  const log: string[] = [];
  const scheduler = createScheduler(environment, (line) => void log.push(line));
  scheduler.later('bad', 1, () => {
    throw new Error('broken');
  });
  scheduler.later('good', 1, () => void log.push('good ran'));
  pass(1);
  expect(log[0]).toMatch(/bad failed: .*broken/);
  expect(log[1]).toBe('good ran');
});

it('breathes when a slice is used up, and stops when cancelled', async () => {
  const { environment, pass, breaths } = fakeEnvironment();
  const scheduler = createScheduler(environment, () => undefined);
  let nDone = 0;
  function* work() {
    for (;;) {
      pass(5);
      nDone++;
      yield;
    }
  }
  const isDone = await scheduler.inSlices(work(), () => nDone >= 10, 12);
  expect(isDone).toBe(false);
  expect(breaths()).toBe(4);
  expect(nDone).toBe(12);
});
