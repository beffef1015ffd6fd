// The first whole journey: open the example driver, see its IRQLs, mend a lock, replay a deadlock.
// Lines are looked up by what stands on them, so that the driver may grow.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Journey } from './journey.ts';
import { themes, type ThemeId, type Workbench } from './workbench.ts';

/** The 1-based line of `text` in the function `name` of interrupt.c, as it is on disk, and the column of the text. */
function place(workbench: Workbench, name: string, text: string): readonly [line: number, column: number] {
  const source = readFileSync(path.join(workbench.folder, 'interrupt.c'), 'utf8');
  const start = source.search(new RegExp(`^${name}\\(`, 'm'));
  const at = source.indexOf(text, start);
  assert.ok(start >= 0 && at >= 0, `${text} in ${name}`);
  const before = source.slice(0, at).split('\n');
  return [before.length, (before.at(-1)?.length ?? 0) + 1];
}

async function webviewRoot(
  workbench: Workbench,
  name: 'outcome' | 'scenario' | 'time',
): Promise<string | null> {
  return workbench.webview().locator('html').getAttribute(`data-${name}`);
}

export const journey: Journey = {
  title: 'first journey',
  steps: [
    {
      title: 'open the example driver',
      run: async (workbench) => {
        await workbench.ready('interrupt.c');
        await workbench.openFile('interrupt.c');
      },
    },
    {
      title: 'see a squiggle under the AtDpcLevel call of the completion routine',
      run: async (workbench) => {
        await workbench.goTo(...place(workbench, 'PulseReadCompleteWrong', 'KeAcquireSpinLockAtDpcLevel'));
        await workbench
          .squiggle('warning')
          .or(workbench.squiggle('error'))
          .first()
          .waitFor({ state: 'attached' });
        await workbench.shot('1-squiggle');
      },
    },
    {
      title: "read the rule's page by the link in the problems",
      run: async (workbench) => {
        await workbench.command('View: Toggle Problems');
        const problems = workbench.page.locator('.markers-panel');
        await problems.locator('a', { hasText: 'completion-assumes-dispatch' }).first().click();
        await workbench.line('# completion-assumes-dispatch').first().waitFor();
        await workbench.shot('1-page');
        await workbench.command('View: Close Editor');
        await workbench.command('View: Hide Panel');
        await problems.waitFor({ state: 'hidden' });
      },
    },
    {
      title: 'read the price of a lock in its lens',
      run: async (workbench) => {
        await workbench.lens('cycles').first().waitFor();
        await workbench.shot('2-lens');
      },
    },
    {
      title: 'read a hint where the IRQL changes',
      run: async (workbench) => {
        await workbench.goTo(...place(workbench, 'PulseTimerDpc', 'KeAcquireSpinLock('));
        await workbench.hint('DISPATCH').first().waitFor();
      },
    },
    {
      title: 'see the ribbon in the gutter',
      run: async (workbench) => {
        await workbench.gutterIcon().first().waitFor();
        assert.ok((await workbench.gutterIcon().count()) > 5, 'the ribbon covers the visible functions');
        await workbench.shot('3-hint-and-ribbon');
      },
    },
    {
      title: 'read the IRQL on hover, with the reason',
      run: async (workbench) => {
        const card = await workbench.hover(
          'KeAcquireSpinLock(&extension->StatsLock',
          'KeAcquireSpinLock',
          /IRQL:/,
        );
        assert.match(await card.innerText(), /DISPATCH_LEVEL/);
        await workbench.shot('4-hover');
        await workbench.leave();
      },
    },
    {
      title: 'mend the redundant raise: acquire and release change together',
      run: async (workbench) => {
        const [line, column] = place(workbench, 'PulseTimerDpc', 'KeAcquireSpinLock(');
        await workbench.quickFix(line, column + 3, /AtDpcLevel/);
        await workbench.line('KeAcquireSpinLockAtDpcLevel(&extension->StatsLock)').first().waitFor();
        await workbench.line('KeReleaseSpinLockFromDpcLevel(&extension->StatsLock)').first().waitFor();
        await workbench.shot('5-mended');
      },
    },
    {
      title: 'run the scenario atdpc-at-passive from the palette',
      run: async (workbench) => {
        await workbench.command('IRQL Lens: Run Scenario');
        await workbench.pick('atdpc-at-passive');
        await workbench.webview().locator('html[data-scenario="atdpc-at-passive"]').waitFor();
      },
    },
    {
      title: 'find the deadlock inside the webview',
      run: async (workbench) => {
        await workbench.webview().locator('html[data-outcome="deadlock"]').waitFor();
        const cycle = workbench.webview().locator('section.deadlock');
        await cycle.waitFor();
        assert.match(await cycle.innerText(), /DPC/i);
        await workbench.shot('6-deadlock');
      },
    },
    {
      title: 'step through the run with the keyboard',
      run: async (workbench) => {
        await workbench
          .webview()
          .getByRole('button', { name: /^To the beginning/ })
          .click();
        await workbench.webview().locator('html[data-time="0"]').waitFor();
        // The first events all happen at time 0; some steps on, time has passed.
        for (let presses = 0; presses < 40 && (await webviewRoot(workbench, 'time')) === '0'; presses++) {
          await workbench.page.keyboard.press('ArrowRight');
          await workbench.page.waitForTimeout(30);
        }
        assert.ok(Number(await webviewRoot(workbench, 'time')) > 0, 'the cursor did not move');
        await workbench.webview().locator('.event').first().waitFor();
      },
    },
    {
      title: 'read it in every theme',
      run: async (workbench) => {
        for (const id of Object.keys(themes) as ThemeId[]) {
          await workbench.theme(id);
          await workbench.shot(`7-replay-${id}`);
        }
      },
    },
  ],
};
