// Bundles the Mocha suite and runs it in the best host at hand: a desktop VS Code named in VSCODE_EXECUTABLE, or downloaded
// where VSCODE_DOWNLOAD is set, else the VS Code server from npm. Once more where it failed.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { root } from '../../scripts/lib/run.mjs';
import { exampleFolder, freshCopy, output } from './host.ts';
import { runSuiteInServer } from './runSuiteInServer.ts';
import type { Outcome } from './sums.ts';

const suiteFolder = path.join(root, 'test/journeys/suite');

/** Makes one CommonJS file of all test files: that is what an extension host loads. */
async function bundleSuite(): Promise<string> {
  const outfile = path.join(root, 'out/journeys/suite.js');
  const tests = readdirSync(suiteFolder).filter((name) => name.endsWith('.test.ts'));
  const imports = tests.sort().map((name) => `await import('./${name}');`);
  const contents = `import { runSuite } from './run.ts';
export const run = () => runSuite(async () => { ${imports.join(' ')} });`;
  await build({
    stdin: { contents, resolveDir: suiteFolder, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
  return outfile;
}

/** Runs the suite in a desktop VS Code; undefined where there is none and none can be downloaded. */
async function runOnDesktop(suite: string, resultsFile: string): Promise<number | undefined> {
  const executable = process.env['VSCODE_EXECUTABLE'];
  if (executable === undefined && process.env['VSCODE_DOWNLOAD'] === undefined) return undefined;
  const copy = freshCopy(exampleFolder());
  try {
    return await runTests({
      ...(executable === undefined ? { version: 'stable' } : { vscodeExecutablePath: executable }),
      extensionDevelopmentPath: root,
      extensionTestsPath: suite,
      extensionTestsEnv: { IRQL_LENS_SUITE_RESULTS: resultsFile },
      launchArgs: [
        copy.folder,
        '--disable-extensions',
        '--disable-workspace-trust',
        '--no-sandbox',
        '--skip-welcome',
      ],
    });
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    // test-electron rejects for a failed test too; that is a result, not a missing editor.
    if (/Test run failed|Failed to run tests/i.test(text)) return 1;
    if (executable !== undefined) throw error;
    console.log(
      `no desktop VS Code could be downloaded (${text.split('\n')[0] ?? ''}): taking the server from npm`,
    );
    return undefined;
  } finally {
    copy.remove();
  }
}

function readResults(resultsFile: string, code: number | 'timeout'): readonly Outcome[] {
  const text = existsSync(resultsFile) ? readFileSync(resultsFile, 'utf8') : '';
  const lines = text.split('\n').filter((line) => line !== '');
  const all = lines.map((line) => JSON.parse(line) as Outcome | { end: true });
  const outcomes = all.filter((line): line is Outcome => !('end' in line));
  const hasFailure = outcomes.some((outcome) => outcome.error !== undefined);
  const isWhole = outcomes.length < all.length && outcomes.length > 0;
  if (isWhole && (code === 0 || hasFailure)) return outcomes;
  const error = `VS Code ended with ${code} after ${outcomes.length} tests: see test-output/suite.log`;
  return [...outcomes, { title: 'suite in the extension host', seconds: 0, error }];
}

/** Runs the suite, at most twice, and returns what each test came to in the last run. */
export async function runSuite(): Promise<readonly Outcome[]> {
  const suite = await bundleSuite();
  const resultsFile = path.join(output, 'suite-results.jsonl');
  let outcomes: readonly Outcome[] = [];
  for (let attempt = 1; attempt <= 2; attempt++) {
    rmSync(resultsFile, { force: true });
    const code = (await runOnDesktop(suite, resultsFile)) ?? (await runSuiteInServer(suite, resultsFile));
    outcomes = readResults(resultsFile, code);
    const failed = outcomes.filter((outcome) => outcome.error !== undefined);
    if (failed.length === 0) break;
    if (attempt === 1)
      console.log(
        `  suite: ${failed.map((outcome) => `${outcome.title}: ${outcome.error}`).join('\n  ')}\n  once more`,
      );
  }
  return outcomes;
}
