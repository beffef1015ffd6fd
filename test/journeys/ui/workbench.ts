// A person's hands and eyes in a VS Code window, on Playwright: open, click, hover, choose a command, look into the webview.
// It knows VS Code's page structure, so that the journeys need not; it knows nothing of IRQLs.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { FrameLocator, Locator, Page } from 'playwright-core';

/** The window's themes by the labels the theme picker shows, and the class each puts on the workbench. */
export const themes = {
  dark: { label: 'Dark Modern', className: 'vs-dark' },
  light: { label: 'Light Modern', className: 'vs' },
  'high-contrast': { label: 'Dark High Contrast', className: 'hc-black' },
} as const;

export type ThemeId = keyof typeof themes;

/** What the harness gives a workbench. */
export interface WorkbenchOptions {
  readonly page: Page;
  /** The folder that is open in the window. */
  readonly folder: string;
  /** Where screenshots go. */
  readonly shots: string;
}

/** One window. */
export interface Workbench {
  readonly page: Page;
  readonly folder: string;
  /** Waits until the explorer shows `file`. */
  readonly ready: (file: string) => Promise<void>;
  readonly openFile: (name: string) => Promise<void>;
  /** Moves the cursor; line and column are 1-based, as the window counts. */
  readonly goTo: (line: number, column?: number) => Promise<void>;
  readonly squiggle: (severity: 'error' | 'warning' | 'info' | 'hint') => Locator;
  readonly lens: (text: string | RegExp) => Locator;
  /** An inlay hint that contains the text. */
  readonly hint: (text: string | RegExp) => Locator;
  /** What decorations draw beside the line numbers. */
  readonly gutterIcon: () => Locator;
  /** A rendered editor line that contains the text. Spaces in the text match the editor's non-breaking ones. */
  readonly line: (text: string | RegExp) => Locator;
  /** Rests the mouse on a word of a line and waits for the hover that contains `expected`. */
  readonly hover: (line: string, word: string, expected: string | RegExp) => Promise<Locator>;
  /** Moves the mouse away and closes what was open over the editor. */
  readonly leave: () => Promise<void>;
  /** Chooses an entry of the open quick pick. */
  readonly pick: (text: string | RegExp) => Promise<void>;
  /** Chooses a command in the palette. */
  readonly command: (title: string) => Promise<void>;
  /** Opens the quick fix menu at a place and chooses an entry. */
  readonly quickFix: (line: number, column: number, title: string | RegExp) => Promise<void>;
  /** The page inside the one visible webview. */
  readonly webview: () => FrameLocator;
  /** Chooses a colour theme as a person does, in the theme picker. */
  readonly theme: (id: ThemeId) => Promise<void>;
  /** Takes a screenshot of the window, or of one element. */
  readonly shot: (name: string, of?: Locator) => Promise<void>;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** A pattern for text as the editor renders it: with non-breaking spaces. */
function asRendered(text: string | RegExp): RegExp {
  return typeof text === 'string' ? new RegExp(escaped(text).replaceAll(/\s+/g, '\\s+')) : text;
}

async function openFile(page: Page, name: string): Promise<void> {
  const base = path.posix.basename(name);
  await page.keyboard.press('Control+P');
  const input = page.locator('.quick-input-widget input');
  await input.waitFor();
  await input.fill(name);
  await page.locator('.quick-input-list .monaco-list-row', { hasText: base }).first().click();
  await page.locator('.tab.active', { hasText: base }).waitFor();
}

async function goTo(page: Page, line: number, column = 1): Promise<void> {
  await page.keyboard.press('Control+G');
  const input = page.locator('.quick-input-widget input');
  await input.waitFor();
  await input.fill(`:${line},${column}`);
  await page.keyboard.press('Enter');
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
}

async function hover(page: Page, line: string, word: string, expected: string | RegExp): Promise<Locator> {
  const token = page
    .locator('.view-line', { hasText: asRendered(line) })
    .first()
    .locator('span > span', { hasText: new RegExp(`^\\s*${escaped(word)}\\s*$`) })
    .first();
  const card = page.locator('.monaco-hover:visible', { hasText: expected }).first();
  // The mouse may come before the server has an answer: look again, as a person would.
  for (let attempt = 0; attempt < 5 && !(await card.isVisible()); attempt++) {
    await page.mouse.move(5, 5);
    await page.waitForTimeout(300);
    await token.hover();
    await card.waitFor({ timeout: 3000 }).catch(() => undefined);
  }
  await card.waitFor({ timeout: 1000 });
  return card;
}

async function command(page: Page, title: string): Promise<void> {
  await page.keyboard.press('F1');
  const input = page.locator('.quick-input-widget input');
  await input.waitFor();
  await input.fill(`>${title}`);
  await page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first().click();
}

async function quickFix(page: Page, line: number, column: number, title: string | RegExp): Promise<void> {
  const row = page.locator('.action-widget .monaco-list-row', { hasText: title }).first();
  // The key may come before the cursor has arrived or the server has answered.
  for (let attempt = 0; attempt < 5 && !(await row.isVisible()); attempt++) {
    await page.keyboard.press('Escape');
    await goTo(page, line, column);
    await page.keyboard.press('Control+.');
    await row.waitFor({ timeout: 3000 }).catch(() => undefined);
  }
  await row.waitFor({ timeout: 1000 });
  await row.click();
}

/** Puts hands and eyes on a window that is already opening. */
export function createWorkbench({ page, folder, shots }: WorkbenchOptions): Workbench {
  mkdirSync(shots, { recursive: true });
  const rows = page.locator('.explorer-folders-view .monaco-list-row');
  return {
    page,
    folder,
    ready: (file) => rows.filter({ hasText: file }).first().waitFor({ timeout: 60_000 }),
    openFile: (name) => openFile(page, name),
    goTo: (line, column) => goTo(page, line, column),
    squiggle: (severity) => page.locator(`.squiggly-${severity}`),
    lens: (text) => page.locator('.codelens-decoration', { hasText: asRendered(text) }),
    line: (text) => page.locator('.view-line', { hasText: asRendered(text) }),
    // Hints are drawn as injected text: spans whose class is made on the fly, in a line of their own or not.
    hint: (text) => page.locator('.view-line span[class*="dyn-rule"]', { hasText: asRendered(text) }),
    gutterIcon: () => page.locator('.glyph-margin-widgets .cgmr'),
    leave: async () => {
      await page.keyboard.press('Escape');
      await page.mouse.move(5, 5);
    },
    pick: (text) => page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first().click(),
    hover: (line, word, expected) => hover(page, line, word, expected),
    command: (title) => command(page, title),
    quickFix: (line, column, title) => quickFix(page, line, column, title),
    webview: () => page.frameLocator('iframe.webview').frameLocator('#active-frame'),
    theme: async (id) => {
      const { label, className } = themes[id];
      await command(page, 'Preferences: Color Theme');
      const input = page.locator('.quick-input-widget input[placeholder*="Color Theme" i]');
      await input.waitFor();
      await input.fill(label);
      await page.locator('.quick-input-list .monaco-list-row', { hasText: label }).first().click();
      await page.locator(`.monaco-workbench.${className}`).waitFor();
      await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
      await page.waitForTimeout(300);
    },
    shot: async (name, of) => {
      await (of ?? page).screenshot({ path: path.join(shots, `${name}.png`) });
    },
  };
}
