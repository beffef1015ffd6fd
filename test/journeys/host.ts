// One run of the journeys: a server, a browser, fresh copies of the example driver, and where the output goes.
// It decides nothing about what is tested.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { ensureChromium } from '../../scripts/lib/chromium.mjs';
import { root } from '../../scripts/lib/run.mjs';

/** Where logs and screenshots of this run are kept. */
export const output = path.join(root, 'test-output');

/** Windows of the size the screenshots have. */
export const viewport = { width: 1440, height: 900 };

/** The folder of the bundled example driver. */
export function exampleFolder(): string {
  const examples = path.join(root, 'examples');
  const names = existsSync(examples) ? readdirSync(examples, { withFileTypes: true }) : [];
  const first = names
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()[0];
  if (first === undefined) throw new Error('examples/ holds no driver');
  return path.join(examples, first);
}

/** A copy of a folder that a journey may edit; the caller removes it with `remove`. */
export function freshCopy(folder: string): { readonly folder: string; readonly remove: () => void } {
  const parent = realpathSync(mkdtempSync(path.join(tmpdir(), 'irql-lens-journey-')));
  const copy = path.join(parent, path.basename(folder));
  cpSync(folder, copy, { recursive: true });
  return {
    folder: copy,
    remove: () => rmSync(parent, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  };
}

/** A headless browser; Chromium is installed where it is missing and may be. */
export function launchBrowser(): Promise<Browser> {
  mkdirSync(output, { recursive: true });
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath: ensureChromium(),
    headless: true,
    args: [
      ...(isRoot ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--force-device-scale-factor=1',
    ],
  });
}
