// Runs the Mocha suite inside the extension host, desktop or server, and writes one JSON line per test to a file,
// because the host's console is not everywhere to be had. test/runTest.ts reads the file.
import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';

function record(line: object): void {
  const file = process.env['IRQL_LENS_SUITE_RESULTS'];
  if (file === undefined)
    throw new Error('IRQL_LENS_SUITE_RESULTS names no file: start the suite through test/runTest.ts');
  appendFileSync(file, `${JSON.stringify(line)}\n`);
}

/** Loads the test files (which call `describe`) and runs them; rejects where a test failed or none ran. */
export async function runSuite(load: () => Promise<void>): Promise<void> {
  const mocha = new Mocha({
    ui: 'bdd',
    reporter: Mocha.reporters.Base,
    timeout: 30_000,
    forbidOnly: true,
    forbidPending: true,
  });
  mocha.suite.emit(Mocha.Suite.constants.EVENT_FILE_PRE_REQUIRE, globalThis, 'suite', mocha);
  await load();
  let nPassed = 0;
  const nFailed = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.on('pass', (test) => {
      nPassed++;
      record({ title: test.fullTitle(), seconds: (test.duration ?? 0) / 1000 });
    });
    runner.on('fail', (test, error: unknown) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      record({ title: test.fullTitle(), seconds: (test.duration ?? 0) / 1000, error: text });
    });
  });
  record({ end: true });
  if (nFailed > 0 || nPassed === 0) throw new Error(`${nFailed} failed, ${nPassed} passed`);
}
