// The replay in a real VS Code: run a bundled scenario, change and rerun it, schedule to the deadlock by hand, open a
// scenario file whose events lead to the source, change the theme, reload the window.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Journey } from './journey.ts';
import { attribute, replay, until } from './replayPage.ts';

const located = {
  version: 1,
  id: 'located',
  title: 'A scenario that knows its lines',
  cpus: 2,
  locks: [
    { id: 'A', kind: 'ttas' },
    { id: 'B', kind: 'ttas' },
  ],
  threads: [
    {
      name: 'first',
      cpu: 0,
      body: [
        { do: 'acquire', lock: 'A', at: { file: 'interrupt.c', line: 5 } },
        { do: 'acquire', lock: 'B', at: { file: 'interrupt.c', line: 6 } },
        { do: 'release', lock: 'B' },
        { do: 'release', lock: 'A' },
      ],
    },
    {
      name: 'second',
      cpu: 1,
      body: [
        { do: 'acquire', lock: 'B', at: { file: 'queue.c', line: 7 } },
        { do: 'acquire', lock: 'A', at: { file: 'queue.c', line: 8 } },
        { do: 'release', lock: 'A' },
        { do: 'release', lock: 'B' },
      ],
    },
  ],
};

export const journey: Journey = {
  title: 'replay',
  steps: [
    {
      title: 'run a bundled scenario from the palette',
      run: async (workbench) => {
        writeFileSync(path.join(workbench.folder, 'located.irql-scenario.json'), JSON.stringify(located));
        await workbench.ready('located.irql-scenario.json');
        await workbench.openFile('interrupt.c');
        await workbench.command('IRQL Lens: Run Scenario');
        await workbench.page.locator('.quick-input-widget input').fill('abba');
        await workbench.pick('abba');
        await until(workbench, 'scenario', 'abba');
        assert.equal(await attribute(workbench, 'outcome'), 'deadlock');
        await replay(workbench).locator('.cycle').waitFor();
        await workbench.shot('1-abba');
      },
    },
    {
      title: 'find lessons and files in the Scenarios view, and run one with a click',
      run: async (workbench) => {
        await workbench.command('IRQL Lens: Focus on Scenarios View');
        const rows = workbench.page.locator('.pane-body .monaco-list-row');
        await rows.filter({ hasText: 'located.irql-scenario.json' }).first().waitFor();
        await rows.filter({ hasText: 'One lock, taken from a thread' }).first().click();
        await until(workbench, 'scenario', 'passive-vs-dpc');
        await workbench.shot('1b-scenarios');
        await workbench.page.keyboard.press('Control+W');
        await until(workbench, 'scenario', 'abba');
        await workbench.command('Explorer: Focus on Folders View').catch(() => undefined);
      },
    },
    {
      title: 'change the lock kind and see it run again',
      run: async (workbench) => {
        const page = replay(workbench);
        await page.getByLabel('Lock kind', { exact: true }).selectOption('queued');
        // The strip of lock A names its kind: it is another run now, and it dies all the same.
        await page.locator('.stateRow .level', { hasText: 'queued' }).first().waitFor();
        await until(workbench, 'outcome', 'deadlock');
        await page.getByLabel('Lock kind', { exact: true }).selectOption('');
        await page.locator('.stateRow .level', { hasText: 'ttas' }).first().waitFor();
        await until(workbench, 'outcome', 'deadlock');
      },
    },
    {
      title: 'schedule to the deadlock by hand',
      run: async (workbench) => {
        const page = replay(workbench);
        await page.getByRole('tab', { name: 'You schedule' }).click();
        await page.getByRole('button', { name: 'Start' }).click();
        await page.locator('.choice', { hasText: 'CPU 0' }).first().click();
        await page.locator('.told', { hasText: 'Step 2' }).waitFor();
        await page.locator('.choice', { hasText: 'CPU 1' }).first().click();
        await page.locator('.told', { hasText: 'You reached the deadlock' }).waitFor();
        await workbench.shot('2-scheduled');
      },
    },
    {
      title: 'go from an event to its source line',
      run: async (workbench) => {
        await workbench.page.locator('.tab', { hasText: 'interrupt.c' }).click();
        await workbench.openFile('located.irql-scenario.json');
        await workbench.lens(/run/i).first().click();
        await until(workbench, 'scenario', 'located');
        await replay(workbench).locator('.event .link', { hasText: 'queue.c:8' }).first().click();
        await workbench.page.locator('.tab.active', { hasText: 'queue.c' }).waitFor();
        await workbench.page
          .locator('#status\\.editor\\.selection, .statusbar-item', { hasText: /Ln 8\b/ })
          .first()
          .waitFor();
        await workbench.shot('3-source-line');
      },
    },
    {
      title: 'come back after a reload, in its place',
      run: async (workbench) => {
        const page = replay(workbench);
        await page.locator('.lanes').click({ position: { x: 200, y: 20 } });
        await workbench.page.waitForTimeout(1200);
        const time = await attribute(workbench, 'time');
        await workbench.command('Developer: Reload Window');
        await workbench.page.waitForTimeout(2000);
        await workbench.ready('interrupt.c');
        await until(workbench, 'scenario', 'located');
        await workbench.page.waitForTimeout(500);
        assert.equal(await attribute(workbench, 'time'), time);
        await workbench.shot('4-reloaded');
      },
    },
  ],
};
