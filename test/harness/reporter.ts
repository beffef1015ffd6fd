// Vitest reporter: ends the run with `N passed, N failed` alone on a line, and leaves the same sums for scripts/test.mjs.
// A test that did not run counts as failed, and so does a file that could not be loaded: the line never lies.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/** What is written to the file named in the environment variable IRQL_LENS_TEST_SUMS. */
export interface TestSums {
  readonly passed: number;
  readonly failed: number;
  /** Full names of what failed, for the summary. */
  readonly failures: readonly string[];
}

function sumModule(module: TestModule, sums: { passed: number; failures: string[] }): void {
  const file = path.relative(process.cwd(), module.moduleId);
  for (const error of module.errors()) sums.failures.push(`${file}: ${error.message}`);
  for (const suite of module.children.allSuites()) {
    for (const error of suite.errors()) sums.failures.push(`${file} > ${suite.fullName}: ${error.message}`);
  }
  let nTests = 0;
  for (const test of module.children.allTests()) {
    nTests++;
    const { state } = test.result();
    if (state === 'passed') sums.passed++;
    else sums.failures.push(`${file} > ${test.fullName}${state === 'failed' ? '' : ` (${state})`}`);
  }
  if (nTests === 0 && module.errors().length === 0) sums.failures.push(`${file}: holds no test`);
}

/** The reporter; vitest.config.ts names this file. */
export default class SumReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const sums = { passed: 0, failures: errors.map((error) => `outside any test: ${error.message}`) };
    for (const module of modules) sumModule(module, sums);
    const result: TestSums = { passed: sums.passed, failed: sums.failures.length, failures: sums.failures };
    const file = process.env['IRQL_LENS_TEST_SUMS'];
    if (file === undefined) {
      console.log(`${result.passed} passed, ${result.failed} failed`);
      return;
    }
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(result));
  }
}
