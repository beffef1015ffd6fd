// What a run of journeys adds up to, printed and left for scripts/test.mjs in the same form as Vitest's reporter leaves it.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** One thing that was tried: a Mocha test inside the extension host, or a step of a journey in the window. */
export interface Outcome {
  readonly title: string;
  readonly seconds: number;
  /** Message and stack of the failure; absent where it passed. */
  readonly error?: string;
}

/** One printed line per outcome. */
export function describeOutcome({ title, seconds, error }: Outcome): string {
  return error === undefined ? `  ok ${title} (${seconds.toFixed(1)} s)` : `  NOT OK ${title}: ${error}`;
}

/** Prints `N passed, N failed`, or writes the sums where IRQL_LENS_TEST_SUMS names a file; returns the exit code. */
export function finish(outcomes: readonly Outcome[]): number {
  const failures = outcomes.filter((outcome) => outcome.error !== undefined).map((outcome) => outcome.title);
  const passed = outcomes.length - failures.length;
  const sums = { passed, failed: failures.length, failures };
  const file = process.env['IRQL_LENS_TEST_SUMS'];
  if (file === undefined) console.log(`${passed} passed, ${failures.length} failed`);
  else {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(sums));
  }
  return failures.length === 0 && passed > 0 ? 0 : 1;
}
