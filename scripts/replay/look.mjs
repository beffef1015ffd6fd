// Takes pictures of the replay page with Chromium, in three themes, of bundled scenarios or of trace files:
// node scripts/replay/look.mjs OUT-FOLDER abba trace.json ... ; --themes dark,light,contrast ; --size 1280x860 ; --do "JS run in the page first"
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { ensureChromium } from '../lib/chromium.mjs';
import { catalogueMessage, loadEngine, showBundled } from './shows.mjs';
import { standaloneHtml, themes } from './standalone.mjs';

const args = process.argv.slice(2);
const option = (name, fallback) => {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? fallback : args.splice(at, 2)[1];
};
const wanted = option('themes', Object.keys(themes).join(',')).split(',');
const [width, height] = option('size', '1280x860').split('x').map(Number);
const first = option('do', '');
const [out = 'test-output/replay', ...files] = args;
mkdirSync(out, { recursive: true });

const engine = files.some((file) => !file.endsWith('.json')) ? await loadEngine() : null;

/** A `show` message: of a scenario by its id, or of a file that holds a trace or such a message. */
function messageOf(file) {
  if (!file.endsWith('.json')) return showBundled(engine, file);
  const value = JSON.parse(readFileSync(file, 'utf8'));
  const request = { mode: 'simulate', overrides: {} };
  return value.type === 'show'
    ? value
    : { type: 'show', slot: 'a', trace: value, result: null, scenario: null, request, origin: null };
}

const browser = await chromium.launch({ executablePath: ensureChromium(), args: ['--no-sandbox'] });
for (const theme of wanted) {
  for (const file of files) {
    const page = await browser.newPage({ viewport: { width, height } });
    page.on('pageerror', (error) => console.error(`${file}: ${error.stack}`));
    page.on('console', (message) => message.type() === 'error' && console.error(message.text()));
    await page.setContent(standaloneHtml(theme));
    await page.evaluate((message) => window.postMessage(message, '*'), messageOf(file));
    await page.waitForFunction(() => document.documentElement.dataset.outcome !== undefined);
    if (engine !== null)
      await page.evaluate((message) => window.postMessage(message, '*'), catalogueMessage(engine));
    if (first !== '') await page.evaluate(first);
    await page.waitForTimeout(250);
    const name = path.join(out, `${path.basename(file, '.json').replace(':', '-')}-${theme}.png`);
    await page.screenshot({ path: name });
    console.log(name);
    await page.close();
  }
}
await browser.close();
