// Vitest: everything in test/ but the journeys, which need a real VS Code (test/runTest.ts).
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/journeys/**', '**/node_modules/**'],
    // A bound on what hangs, not on what is slow: a loaded machine takes its time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A test that is left out is no test: `.only` fails the run wherever it runs.
    allowOnly: false,
    reporters: ['default', './test/harness/reporter.ts'],
  },
});
