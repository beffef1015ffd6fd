// The extension as it runs in the browser (vscode.dev): in VS Code's web worker host, with language server and engine as web
// workers that have no file system. The window is the same; the setting makes it take the browser's bundle.
import assert from 'node:assert/strict';
import type { Journey } from './journey.ts';
import { attribute, replay, until } from './replayPage.ts';

export const journey: Journey = {
  title: 'in the browser',
  settings: { 'remote.extensionKind': { 'irql-lens.irql-lens': ['web'] } },
  steps: [
    {
      title: 'the language server starts as a web worker and reports what is wrong',
      run: async (workbench) => {
        await workbench.ready('config.c');
        await workbench.openFile('config.c');
        await workbench
          .squiggle('error')
          .or(workbench.squiggle('warning'))
          .first()
          .waitFor({ state: 'attached' });
        await workbench.lens('cycles').first().waitFor();
        assert.ok((await workbench.gutterIcon().count()) > 3, 'there is no ribbon');
        await workbench.command('IRQL Lens: Show Output');
        await workbench.line('The language server runs as a web worker').first().waitFor();
        await workbench.command('View: Toggle Panel Visibility');
      },
    },
    {
      title: 'files that are not open count too: the DPC of another file is in the replay of a report',
      run: async (workbench) => {
        await workbench.quickFix(45, 8, /Replay this deadlock/);
        await until(workbench, 'outcome', 'deadlock');
        const ring = await replay(workbench).locator('section.deadlock').innerText();
        assert.match(ring, /PulseDpc waits for StatsLock/);
        await workbench.shot('1-replay');
      },
    },
    {
      title: 'the engine runs as a web worker',
      run: async (workbench) => {
        await replay(workbench).getByLabel('Lock kind', { exact: true }).selectOption('queued');
        await replay(workbench).locator('.stateRow .level', { hasText: 'queued' }).first().waitFor();
        assert.equal(await attribute(workbench, 'outcome'), 'deadlock');
      },
    },
  ],
};
