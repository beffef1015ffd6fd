// The least a packaged extension must do: install, open a folder, come to life on a C file.
import type { Journey } from './journey.ts';

export const journey: Journey = {
  title: 'activation',
  steps: [
    { title: 'the folder opens', run: (workbench) => workbench.ready('driver.c') },
    { title: 'a file opens', run: (workbench) => workbench.openFile('driver.c') },
    {
      title: 'every theme can be had',
      run: async (workbench) => {
        for (const id of ['dark', 'light', 'high-contrast'] as const) {
          await workbench.theme(id);
          await workbench.shot(`editor-${id}`);
        }
      },
    },
  ],
};
