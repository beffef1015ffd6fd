// Runs the Mocha suite in the extension host of the VS Code server, with a headless browser as its window.
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../scripts/lib/run.mjs';
import { startServer, windowUrl } from '../../scripts/lib/vscodeServer.mjs';
import { exampleFolder, freshCopy, launchBrowser, output, viewport } from './host.ts';

/** Runs the bundled suite once; resolves with VS Code's exit code, or 'timeout'. The tests' own results go to a file. */
export async function runSuiteInServer(suite: string, resultsFile: string): Promise<number | 'timeout'> {
  const copy = freshCopy(exampleFolder());
  const server = await startServer({ isDevelopment: true, env: { IRQL_LENS_SUITE_RESULTS: resultsFile } });
  const browser = await launchBrowser();
  const lines: string[] = [];
  try {
    const page = await browser.newPage({ viewport });
    page.on('pageerror', (error) => lines.push(`page error: ${error.message}`));
    await page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) => {
      lines.push(`${type}: ${args.map(String).join(' ')}`);
    });
    const exit = new Promise<number | 'timeout'>((resolve) => {
      setTimeout(() => resolve('timeout'), 180_000).unref();
      void page
        .exposeFunction('codeAutomationExit', (code: number) => resolve(code))
        .then(() =>
          page.goto(windowUrl(server, { folder: copy.folder, developmentPath: root, testsPath: suite })),
        );
    });
    const code = await exit;
    if (code !== 0) await page.screenshot({ path: path.join(output, 'suite-failed.png') });
    return code;
  } finally {
    await browser.close();
    const serverLog = await server.stop();
    writeFileSync(path.join(output, 'suite.log'), `${lines.join('\n')}\n\n--- server\n${serverLog}`);
    copy.remove();
  }
}
