/**
 * Gives memory back at once. V8 lets its heap grow as long as the machine has room; between two parts of a workspace nearly
 * everything is garbage, and waiting for the next collection would double what the process holds.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/** Collects all garbage of this thread: some ten milliseconds. */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  collect();
}
