// The replay page inside a VS Code window: where it is, and what its root says.
import type { FrameLocator } from 'playwright-core';
import type { Workbench } from './workbench.ts';

/** What the root of the page says: how the run ended, which it is, and where the cursor stands. */
export type RootAttribute = 'outcome' | 'scenario' | 'time';

/** The replay that can be seen: hidden ones keep their page. */
export function replay(workbench: Workbench): FrameLocator {
  return workbench.page.frameLocator('iframe.webview >> visible=true').frameLocator('#active-frame');
}

export async function attribute(workbench: Workbench, name: RootAttribute): Promise<string | null> {
  return replay(workbench).locator('html').getAttribute(`data-${name}`);
}

/** Waits until the page's root says so. */
export async function until(workbench: Workbench, name: RootAttribute, wanted: string): Promise<void> {
  const root = replay(workbench).locator(`html[data-${name}="${wanted}"]`);
  await root.waitFor({ state: 'attached', timeout: 30_000 });
}
