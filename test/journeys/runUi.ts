// Runs the journeys in the window of the VS Code server with the packaged extension installed, as a user has it.
// Each journey gets a fresh window on a fresh copy of the example driver, and a second chance.
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { root } from '../../scripts/lib/run.mjs';
import { importTs } from '../../scripts/runTs.mjs';
import { startServer, windowUrl } from '../../scripts/lib/vscodeServer.mjs';
import { exampleFolder, freshCopy, launchBrowser, output, viewport } from './host.ts';
import type { Outcome } from './sums.ts';
import type { Journey } from './ui/journey.ts';
import { createWorkbench } from './ui/workbench.ts';

type Server = Awaited<ReturnType<typeof startServer>>;

const uiFolder = path.join(root, 'test/journeys/ui');

async function loadJourneys(
  filter: string | undefined,
): Promise<readonly { name: string; journey: Journey }[]> {
  const names = readdirSync(uiFolder).filter((name) => name.endsWith('.journey.ts'));
  const wanted = names.filter((name) => filter === undefined || name.includes(filter)).sort();
  return Promise.all(
    wanted.map(async (file) => {
      const { journey } = (await importTs(path.join(uiFolder, file))) as { journey: Journey };
      return { name: file.replace('.journey.ts', ''), journey };
    }),
  );
}

async function runJourney(
  server: Server,
  browser: Browser,
  name: string,
  journey: Journey,
): Promise<Outcome[]> {
  const shots = path.join(output, 'shots', name);
  rmSync(shots, { recursive: true, force: true });
  const copy = freshCopy(exampleFolder());
  server.writeSettings(journey.settings ?? {});
  const page = await browser.newPage({ viewport });
  page.setDefaultTimeout(20_000);
  const log: string[] = [];
  page.on('pageerror', (error) => log.push(`page error: ${error.message}`));
  page.on('console', (message) => log.push(`${message.type()}: ${message.text()}`));
  const workbench = createWorkbench({ page, folder: copy.folder, shots });
  const outcomes: Outcome[] = [];
  try {
    await page.goto(windowUrl(server, { folder: copy.folder }));
    for (const { title, run } of journey.steps) {
      const start = performance.now();
      const outcome = { title: `${journey.title}: ${title}` };
      try {
        await run(workbench);
        outcomes.push({ ...outcome, seconds: (performance.now() - start) / 1000 });
      } catch (error) {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        outcomes.push({ ...outcome, seconds: (performance.now() - start) / 1000, error: text });
        await workbench.shot(`failed-${title.replaceAll(/\W+/g, '-')}`).catch(() => undefined);
        writeFileSync(path.join(shots, 'failed.log'), log.join('\n'));
        break;
      }
    }
  } finally {
    await page.close();
    copy.remove();
  }
  return outcomes;
}

/** Runs all journeys whose file name contains `filter`; returns the outcome of every step of each last attempt. */
export async function runUi(filter?: string): Promise<readonly Outcome[]> {
  const server = await startServer({ vsix: path.join(root, 'irql-lens.vsix') });
  const browser = await launchBrowser();
  const all: Outcome[] = [];
  try {
    for (const { name, journey } of await loadJourneys(filter)) {
      let outcomes = await runJourney(server, browser, name, journey);
      const failed = outcomes.find((outcome) => outcome.error !== undefined);
      if (failed !== undefined) {
        console.log(`  ${failed.title}: ${failed.error ?? ''}\n  once more`);
        outcomes = await runJourney(server, browser, name, journey);
      }
      all.push(...outcomes);
    }
  } finally {
    await browser.close();
    writeFileSync(path.join(output, 'ui-server.log'), await server.stop());
  }
  return all;
}
