// From the code to its deadlock and back: a planted order inversion over two files is found, its event leads to the line, mending
// the source changes the verdict, and a report replays its own deadlock.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Journey } from './journey.ts';
import { replay, until } from './replayPage.ts';
import type { Workbench } from './workbench.ts';

const header = `#include <wdm.h>
typedef struct _ACCOUNT { KSPIN_LOCK BookLock; KSPIN_LOCK CashLock; ULONG Sum; } ACCOUNT, *PACCOUNT;
VOID Deposit(PACCOUNT Account);
VOID Audit(PACCOUNT Account);
`;

function source(name: string, first: string, second: string): string {
  return `#include "account.h"
VOID
${name}(PACCOUNT Account)
{
    KIRQL oldIrql;

    KeAcquireSpinLock(&Account->${first}, &oldIrql);
    KeAcquireSpinLockAtDpcLevel(&Account->${second});
    Account->Sum += 1;
    KeReleaseSpinLockFromDpcLevel(&Account->${second});
    KeReleaseSpinLock(&Account->${first}, oldIrql);
}
`;
}

async function replaceAll(workbench: Workbench, text: string): Promise<void> {
  const { keyboard } = workbench.page;
  await workbench.page.locator('.editor-group-container .view-lines').first().click();
  await keyboard.press('Control+A');
  await keyboard.insertText(text);
}

/** The files of all gutter pictures that are drawn now. */
async function gutterPictures(workbench: Workbench): Promise<readonly string[]> {
  return workbench
    .gutterIcon()
    .evaluateAll((icons) => icons.map((icon) => getComputedStyle(icon).backgroundImage));
}

export const journey: Journey = {
  title: 'from the code',
  steps: [
    {
      title: 'run the scenario of a function whose locks another file takes the other way round',
      run: async (workbench) => {
        const write = (name: string, text: string): void =>
          writeFileSync(path.join(workbench.folder, name), text);
        write('account.h', header);
        write('deposit.c', source('Deposit', 'BookLock', 'CashLock'));
        write('audit.c', source('Audit', 'CashLock', 'BookLock'));
        await workbench.ready('deposit.c');
        await workbench.openFile('deposit.c');
        await workbench.lens('cycles').first().waitFor();
        await workbench.goTo(9, 5);
        await workbench.command('IRQL Lens: Run Scenario From Here');
        await until(workbench, 'outcome', 'deadlock');
        const ring = replay(workbench).locator('section.deadlock');
        for (const name of ['Deposit', 'Audit', 'BookLock', 'CashLock'])
          assert.match(await ring.innerText(), new RegExp(name));
        await workbench.shot('1-abba');
      },
    },
    {
      title: 'go from an event to its line, with the level in the gutter',
      run: async (workbench) => {
        await replay(workbench).locator('.event .link', { hasText: 'audit.c:8' }).first().click();
        await workbench.page.locator('.tab.active', { hasText: 'audit.c' }).waitFor();
        await workbench.page
          .locator('#status\\.editor\\.selection, .statusbar-item', { hasText: /Ln 8\b/ })
          .first()
          .waitFor();
        const isArrow = (url: string): boolean => url.includes('dispatch-now');
        for (let tries = 0; tries < 50 && !(await gutterPictures(workbench)).some(isArrow); tries++)
          await workbench.page.waitForTimeout(100);
        assert.ok((await gutterPictures(workbench)).some(isArrow), 'the ribbon does not follow the replay');
        await workbench.shot('2-line');
      },
    },
    {
      title: 'mend the order in the source and see the verdict change',
      run: async (workbench) => {
        await replaceAll(workbench, source('Audit', 'BookLock', 'CashLock'));
        const again = replay(workbench).getByRole('button', { name: 'Build again' });
        await again.click();
        await until(workbench, 'outcome', 'completed');
        await workbench.shot('3-mended');
        await replaceAll(workbench, source('Audit', 'CashLock', 'BookLock'));
        await again.click();
        await until(workbench, 'outcome', 'deadlock');
      },
    },
    {
      title: 'replay the deadlock of a report',
      run: async (workbench) => {
        await workbench.openFile('config.c');
        await workbench.quickFix(45, 8, /Replay this deadlock/);
        await until(workbench, 'scenario', 'replay-atdpc-below-dispatch-PulsePeekWrong');
        await until(workbench, 'outcome', 'deadlock');
        const ring = await replay(workbench).locator('section.deadlock').innerText();
        assert.match(ring, /PulsePeekWrong/);
        assert.match(ring, /PulseDpc waits for StatsLock/);
        await workbench.shot('4-report');
      },
    },
  ],
};
