// The first whole journey: open the example driver, see its IRQLs, mend a lock, replay a deadlock.
import assert from 'node:assert/strict';
import type { Journey } from './journey.ts';

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
        await workbench.goTo(96);
        await workbench.squiggle('warning').first().waitFor({ state: 'attached' });
        await workbench.line('KeAcquireSpinLockAtDpcLevel(&extension->StatsLock)').first().waitFor();
        await workbench.shot('1-squiggle');
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
      title: 'read the IRQL on hover, with the reason',
      run: async (workbench) => {
        await workbench.goTo(59);
        const card = await workbench.hover(
          'KeAcquireSpinLock(&extension->StatsLock',
          'KeAcquireSpinLock',
          /IRQL:/,
        );
        assert.match(await card.innerText(), /DISPATCH_LEVEL/);
        await workbench.shot('3-hover');
      },
    },
  ],
};
