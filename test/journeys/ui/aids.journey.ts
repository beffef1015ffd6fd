// What stands beside the text: the IRQL Explorer, Explain IRQL Here, the annotation writer, the team's facts with their schema.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Journey } from './journey.ts';

export const journey: Journey = {
  title: 'aids',
  steps: [
    {
      title: 'the IRQL Explorer lists entry points, locks and their order, and opens them',
      run: async (workbench) => {
        mkdirSync(path.join(workbench.folder, '.irql-lens'));
        const file = path.join(workbench.folder, '.irql-lens/facts.json');
        writeFileSync(
          file,
          '{\n  "version": 1,\n  "routines": [{ "name": "AcmeWait", "max": "PASSIV" }]\n}\n',
        );
        await workbench.ready('interrupt.c');
        await workbench.openFile('queue.c');
        await workbench.lens('cycles').first().waitFor();
        await workbench.command('IRQL Lens: Focus on IRQL Explorer View');
        const rows = workbench.page.locator('.pane-body .monaco-list-row');
        const row = (text: string | RegExp) => rows.filter({ hasText: text }).first();
        for (const text of ['Entry points', 'Locks', 'Lock order', 'QueueLock → StatsLock'])
          await row(text).waitFor();
        await workbench.shot('1-explorer');
        await row('KDEFERRED_ROUTINE').click();
        await row('PulseTimerDpc').click();
        await workbench.page.locator('.tab.active', { hasText: 'interrupt.c' }).waitFor();
      },
    },
    {
      title: 'Explain IRQL Here goes through the chain, level by level, and says which callers bring which',
      run: async (workbench) => {
        const { page } = workbench;
        await workbench.openFile('queue.c');
        await workbench.goTo(46, 5);
        await workbench.command('IRQL Lens: Explain IRQL Here');
        const steps = page.locator('.quick-input-list .monaco-list-row');
        await steps
          .filter({ hasText: /entered at/ })
          .first()
          .waitFor();
        const told = await page.locator('.quick-input-widget').innerText();
        assert.match(told, /PASSIVE_LEVEL/);
        assert.match(told, /PulseReadCompleteWrong/);
        await workbench.shot('2-explain');
        await steps
          .filter({ hasText: /PulseReadCompleteWrong/ })
          .first()
          .click();
        await page.locator('.tab.active', { hasText: 'driver.c' }).waitFor();
        await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
        await page.waitForTimeout(300);
      },
    },
    {
      title: 'write the proved annotation on definition and declaration',
      run: async (workbench) => {
        await workbench.openFile('queue.c');
        await workbench.quickFix(24, 3, /Write the inferred annotation/);
        await workbench.line('_IRQL_requires_max_(DISPATCH_LEVEL)').first().waitFor();
        await workbench.openFile('pulse.h');
        await workbench.goTo(80);
        await workbench.line('_IRQL_requires_max_(DISPATCH_LEVEL)').first().waitFor();
        await workbench.shot('3-annotated');
      },
    },
    {
      title: "complete the team's facts, and see a mistake in them",
      run: async (workbench) => {
        const { page } = workbench;
        await workbench.openFile('facts.json');
        await workbench
          .squiggle('error')
          .or(workbench.squiggle('warning'))
          .first()
          .waitFor({ state: 'attached' });
        await workbench.goTo(3, 37);
        await page.keyboard.type(', ');
        await page.keyboard.press('Control+Space');
        await page.locator('.suggest-widget .monaco-list-row', { hasText: 'conditions' }).first().waitFor();
        await workbench.shot('4-facts');
      },
    },
  ],
};
