/**
 * Runs work later and once: asking again for the same key puts it off. Long work is a generator of slices with a breath
 * between them, so that a hover never waits for more than one slice.
 */
import type { Environment } from './environment.ts';
import { guarded, type Log } from './guard.ts';

/** The scheduler of one server. */
export interface Scheduler {
  /** Runs `run` after `milliseconds`, unless asked again before. */
  readonly later: (key: string, milliseconds: number, run: () => void | Promise<void>) => void;
  readonly cancel: (key: string) => void;
  /** Does slices until done or cancelled; lets messages in whenever `budget` milliseconds are used up. */
  readonly inSlices: (
    slices: Iterable<void>,
    isCancelled: () => boolean,
    budget?: number,
  ) => Promise<boolean>;
  readonly dispose: () => void;
}

/** Longest time in milliseconds that a message waits for background work. */
const SLICE = 12;

/** Makes one. */
export function createScheduler(environment: Environment, log: Log): Scheduler {
  const waiting = new Map<string, () => void>();
  const cancel = (key: string): void => {
    waiting.get(key)?.();
    waiting.delete(key);
  };
  return {
    cancel,
    later(key, milliseconds, run) {
      cancel(key);
      const stop = environment.after(milliseconds, () => {
        waiting.delete(key);
        guarded(log, key, run);
      });
      waiting.set(key, stop);
    },
    async inSlices(slices, isCancelled, budget = SLICE) {
      let start = environment.now();
      for (const _ of slices) {
        if (environment.now() - start < budget) continue;
        await environment.breathe();
        if (isCancelled()) return false;
        start = environment.now();
      }
      return !isCancelled();
    },
    dispose() {
      for (const key of [...waiting.keys()]) cancel(key);
    },
  };
}
