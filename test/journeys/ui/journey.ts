// What a journey is: named steps of one person in one window. The runner (test/runTest.ts) opens the window on a fresh
// copy of the example driver, runs the steps in order and stops at the first that fails, with a screenshot.
import type { Workbench } from './workbench.ts';

/** One thing a person does and sees. It throws where what should be seen is not there. */
export interface Step {
  readonly title: string;
  readonly run: (workbench: Workbench) => Promise<void>;
}

/** A file test/journeys/ui/<name>.journey.ts exports one of these as `journey`. */
export interface Journey {
  readonly title: string;
  /** User settings for this journey, beyond the quiet ones: the window reads them when it opens. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly steps: readonly Step[];
}
