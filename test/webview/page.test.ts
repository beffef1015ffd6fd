/**
 * The replay page in a real browser, without VS Code: what a user sees, does and is told, under the policy of the product.
 */
import { build, type BuildOptions } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundles, esbuildOptions } from '../../scripts/bundles.mjs';
import { ensureChromium } from '../../scripts/lib/chromium.mjs';
import { root } from '../../scripts/lib/run.mjs';
import { standaloneHtml } from '../../scripts/replay/standalone.mjs';
import {
  explore,
  findScenario,
  listLockKinds,
  listProfiles,
  listScenarios,
  stepSchedule,
} from '../../server/src/engine/engine.ts';
import type { Scenario, ToHost } from '../../server/src/protocol/index.ts';

let browser: Browser;
let js = '';
const pages: Page[] = [];
const problems: string[] = [];

beforeAll(async () => {
  const bundle = bundles.find(({ out }) => out.endsWith('webview/replay.js'))!;
  const options = { ...esbuildOptions(bundle), absWorkingDir: root, sourcemap: false, write: false };
  const built = await build(options as BuildOptions & { write: false });
  js = built.outputFiles[0]!.text;
  browser = await chromium.launch({ executablePath: ensureChromium(), args: ['--no-sandbox'] });
}, 120_000);

afterAll(() => browser.close());

afterEach(async () => {
  for (const page of pages.splice(0)) {
    problems.push(...(await page.evaluate(() => (window as unknown as { violations: string[] }).violations)));
    await page.close();
  }
  expect(problems.splice(0)).toEqual([]);
});

async function openPage(
  theme: 'dark' | 'light' | 'contrast' = 'dark',
  size = { width: 1280, height: 860 },
): Promise<Page> {
  const page = await browser.newPage({ viewport: size });
  pages.push(page);
  page.on('pageerror', (error) => problems.push(error.message));
  await page.setContent(standaloneHtml(theme, js));
  return page;
}

const plain = { mode: 'explore', overrides: {} } as const;

function showOf(id: string, rest: object = {}): object {
  const scenario = findScenario(id)!;
  return { type: 'show', slot: 'a', ...explore(scenario), scenario, request: plain, origin: null, ...rest };
}

async function post(page: Page, message: object): Promise<void> {
  await page.evaluate((each) => window.postMessage(each, '*'), message);
}

async function openScenario(id: string, theme: 'dark' | 'light' | 'contrast' = 'dark'): Promise<Page> {
  const page = await openPage(theme);
  await post(page, showOf(id));
  await page.waitForSelector('html[data-outcome]');
  return page;
}

const time = async (page: Page) => Number(await page.locator('html').getAttribute('data-time'));

async function sent(page: Page, type: ToHost['type']): Promise<ToHost[]> {
  const all = await page.evaluate(() => (window as unknown as { sent: ToHost[] }).sent);
  return all.filter((message) => message.type === type);
}

describe('scenario 3', () => {
  it('says what happened, why, and what to do, and draws who waits for whom', async () => {
    const page = await openScenario('atdpc-at-passive');
    await expect.poll(() => page.locator('html').getAttribute('data-outcome')).toBe('deadlock');
    expect(await page.locator('html').getAttribute('data-scenario')).toBe('atdpc-at-passive');
    const head = await page.locator('header').innerText();
    expect(head).toContain('Deadlock');
    expect(head).toContain('0x133');
    expect(head).toContain('held A at PASSIVE_LEVEL');
    expect(head).toContain('KeAcquireSpinLock');
    expect(await page.locator('.cycle .station').count()).toBe(3);
    expect(await page.locator('.deadlock').innerText()).toContain('which it has interrupted');
    expect(await page.locator('.cursorPanel').innerText()).toContain('DISPATCH_LEVEL');
  });

  it('steps, jumps and plays by the keyboard alone', async () => {
    const page = await openScenario('atdpc-at-passive');
    const end = await time(page);
    expect(end).toBeGreaterThan(0);
    await page.keyboard.press('Home');
    await expect.poll(() => time(page)).toBe(0);
    await page.keyboard.press('a');
    await expect.poll(() => page.locator('.now').innerText()).toMatch(/owns A/);
    await page.keyboard.press('c');
    await expect.poll(() => page.locator('.now').innerText()).toMatch(/spins/);
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => page.locator('.now').innerText()).toMatch(/calls KeAcquireSpinLockAtDpcLevel/);
    await page.keyboard.press('End');
    await expect.poll(() => time(page)).toBe(end);
    await page.keyboard.press('Home');
    await page.keyboard.press(' ');
    await expect.poll(() => time(page)).toBeGreaterThan(20);
    await page.keyboard.press(' ');
    await page.waitForTimeout(60);
    const stopped = await time(page);
    await page.waitForTimeout(120);
    expect(await time(page)).toBe(stopped);
  });

  it('names locks by their fields where they differ, and keeps long names inside the picture', async () => {
    const name = (text: string): string =>
      text
        .replaceAll('"A"', '"DEVICE_EXTENSION.QueueLock"')
        .replaceAll('"B"', '"DEVICE_EXTENSION.StatsLock"');
    const scenario = JSON.parse(
      name(JSON.stringify(findScenario('abba'))).replaceAll(
        '"first"',
        '"PulseCompleteTheReadOfAnotherDevice"',
      ),
    ) as Scenario;
    const page = await openPage('light');
    const show = { type: 'show', slot: 'a', ...explore(scenario), scenario, request: plain, origin: null };
    await post(page, show);
    await page.locator('.cycle').waitFor();
    expect(await page.locator('header').innerText()).toContain('waits for StatsLock');
    const isOut = await page.locator('.cycle').evaluate((picture) => {
      const box = picture.getBoundingClientRect();
      return [...picture.querySelectorAll('rect, text')].some((each) => {
        const { left, right } = each.getBoundingClientRect();
        return left < box.left - 1 || right > box.right + 1;
      });
    });
    expect(isOut).toBe(false);
  });

  it('speaks at each step to a screen reader', async () => {
    const page = await openScenario('atdpc-at-passive');
    await page.keyboard.press('Home');
    await page.keyboard.press('a');
    const live = page.locator('[aria-live]');
    await expect.poll(() => live.textContent()).toMatch(/thread: owns A.*CPU 0 at PASSIVE_LEVEL/);
    await expect.poll(() => page.locator('[role=slider]').getAttribute('aria-valuetext')).toMatch(/holds A/);
  });

  it('scrubs on the ruler and follows in the event list', async () => {
    const page = await openScenario('atdpc-at-passive');
    const box = (await page.locator('canvas.ruler').boundingBox())!;
    await page.mouse.click(box.x + 118 + (box.width - 118) * 0.4, box.y + 20);
    const middle = await time(page);
    expect(middle).toBeGreaterThan(100);
    const current = page.locator('.event.current');
    await expect.poll(() => current.count()).toBe(1);
    await page.locator('.event', { hasText: 'owns A' }).click();
    await expect.poll(() => time(page)).toBeLessThan(middle);
    await expect.poll(() => current.innerText()).toContain('owns A');
  });
});

describe('messages', () => {
  it('of a corrupt trace give one clear page', async () => {
    const page = await openPage();
    const show = showOf('abba') as { trace: { events: { time: number[] } } };
    await post(page, {
      ...show,
      trace: { ...show.trace, events: { ...show.trace.events, time: show.trace.events.time.toReversed() } },
    });
    await expect
      .poll(() => page.locator('[role=alert]').innerText())
      .toMatch(/cannot be shown.*comes after/s);
  });

  it('of progress before the first run can be answered with Cancel', async () => {
    const page = await openPage();
    await post(page, { type: 'progress', what: 'Exploring all interleavings', done: 50_000, of: 0 });
    await expect.poll(() => page.locator('[role=status]').innerText()).toMatch(/50.000 so far/);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(async () => (await sent(page, 'cancel')).length).toBe(1);
    await post(page, { type: 'cancelled' });
    await expect.poll(() => page.locator('[role=alert]').innerText()).toContain('cancelled');
  });

  it('of an unknown kind leave a shown run as it is', async () => {
    const page = await openScenario('abba');
    await post(page, { type: 'nonsense' });
    await post(page, { webpack: true });
    await page.waitForTimeout(60);
    expect(await page.locator('h1').innerText()).toMatch(/opposite order/);
  });

  it('show a failure and keep the run', async () => {
    const page = await openScenario('abba');
    await post(page, { type: 'failed', message: "There is no lock kind 'x'." });
    await expect.poll(() => page.locator('.message').innerText()).toContain("no lock kind 'x'");
    expect(await page.locator('h1').innerText()).toMatch(/opposite order/);
  });

  it('name the source line of an event, on click and as the cursor moves', async () => {
    const scenario = findScenario('abba')!;
    const located = {
      ...scenario,
      threads: scenario.threads.map((thread, at) => ({
        ...thread,
        body: thread.body.map((statement, line) => ({
          ...statement,
          at: { file: 'driver/queue.c', line: 10 * (at + 1) + line },
        })),
      })),
    };
    const page = await openPage();
    await post(page, { ...showOf('abba'), ...explore(located), scenario: located });
    await page.waitForSelector('html[data-outcome]');
    await page.keyboard.press('Home');
    await page.keyboard.press('a');
    await expect
      .poll(async () => (await sent(page, 'cursorAt')).at(-1))
      .toMatchObject({ file: 'driver/queue.c', irql: 2 });
    await page.locator('.event.current .link').click();
    await expect
      .poll(async () => (await sent(page, 'openLocation')).at(-1))
      .toMatchObject({ file: 'driver/queue.c' });
    await post(page, { type: 'revealLine', file: 'queue.c', line: 21 });
    await expect.poll(() => page.locator('.event.current .link').innerText()).toContain('queue.c:21');
  });
});

describe('controls', () => {
  it('ask for another run as soon as one changes', async () => {
    const page = await openScenario('abba');
    const profiles = listProfiles();
    await post(page, {
      type: 'catalogue',
      catalogue: {
        scenarios: listScenarios().map(({ id }) => findScenario(id)),
        profiles,
        lockKinds: listLockKinds(),
      },
    });
    await page.getByLabel('Lock kind', { exact: true }).selectOption('queued');
    await expect
      .poll(async () => (await sent(page, 'run')).at(-1))
      .toMatchObject({ slot: 'a', request: { mode: 'explore', overrides: { lock: 'queued' } } });
    await page.getByLabel('CPUs', { exact: true }).fill('4');
    await page.keyboard.press('Tab');
    await expect
      .poll(async () => (await sent(page, 'run')).at(-1))
      .toMatchObject({ request: { overrides: { cpus: 4, lock: 'queued' } } });
    await post(page, { type: 'progress', what: 'Exploring all interleavings', done: 120000, of: 0 });
    await page.getByRole('button', { name: 'Cancel' }).click();
    await expect.poll(async () => (await sent(page, 'cancel')).length).toBe(1);
    await post(page, { type: 'cancelled' });
    await page.getByText('Share', { exact: true }).click();
    await page.getByRole('button', { name: 'Copy this run as a string' }).click();
    await expect
      .poll(async () => (await sent(page, 'copy')).at(-1))
      .toMatchObject({ text: expect.stringMatching(/^irql-lens-run:1:/) });
  });

  it('build the scenario again when its source has changed', async () => {
    const built = { uri: 'file:///a.c', subject: { function: 'Dpc' } };
    const page = await openPage();
    await post(page, showOf('abba', { built }));
    const again = page.getByRole('button', { name: 'Build again' });
    await page.waitForSelector('html[data-outcome]');
    expect(await again.isVisible()).toBe(false);
    await post(page, { type: 'stale', isStale: true });
    await again.click();
    await expect.poll(async () => (await sent(page, 'rebuild')).length).toBe(1);
    await post(page, showOf('abba', { built }));
    await again.waitFor({ state: 'hidden' });
  });

  it('compare with a second run', async () => {
    const page = await openScenario('abba');
    await page.getByRole('tab', { name: 'Compare' }).click();
    await page.getByLabel('CPUs of the second run').fill('3');
    await page.getByRole('button', { name: 'Run B' }).click();
    await expect
      .poll(async () => (await sent(page, 'run')).at(-1))
      .toMatchObject({ slot: 'b', request: { overrides: { cpus: 3 } } });
    await post(page, showOf('atdpc-at-passive', { slot: 'b' }));
    await expect
      .poll(() => page.locator('.comparison table').innerText())
      .toMatch(/Outcome\s+deadlock\s+deadlock/);
    expect(await page.locator('h1').innerText()).toMatch(/opposite order/);
  });
});

describe('you schedule', () => {
  it('offers the steps, takes one by key, and undoes it', async () => {
    const page = await openScenario('abba');
    await page.getByRole('tab', { name: 'You schedule' }).click();
    await page.getByRole('button', { name: 'Start' }).click();
    const asked = async () =>
      (await sent(page, 'step')).map((each) => (each.type === 'step' ? each.request.overrides.schedule : ''));
    await expect.poll(asked).toEqual([undefined]);
    const { trace, result } = showOf('abba') as { trace: object; result: object };
    const choices = [
      { cpu: 0, label: 'first: KeAcquireSpinLock(A)', schedule: 's0' },
      { cpu: 1, label: 'second: KeAcquireSpinLock(B)', schedule: 's1' },
    ];
    await post(page, {
      type: 'stepped',
      trace: { ...trace, deadlock: undefined, outcome: 'bounded' },
      result,
      choices,
    });
    await expect.poll(() => page.locator('.choice').count()).toBe(2);
    await page.keyboard.press('2');
    await expect.poll(asked).toEqual([undefined, 's1']);
    await page.keyboard.press('u');
    await expect.poll(asked).toEqual([undefined, 's1', undefined]);
    await page.locator('.choice').first().click();
    await post(page, { type: 'stepped', trace, result, choices: [] });
    await expect
      .poll(() => page.locator('.told').innerText())
      .toContain('You reached the deadlock in 1 step');
  });
});

describe('you schedule, with the engine', () => {
  /** Answers the page's last `step` as the panel host does. */
  async function answer(page: Page): Promise<void> {
    const asked = (await sent(page, 'step')).at(-1);
    if (asked?.type !== 'step') throw new Error('no step was asked for');
    const stepped = stepSchedule(findScenario('abba')!, { overrides: asked.request.overrides });
    await post(page, { type: 'stepped', ...stepped });
  }

  it('abba dies when the CPUs take turns, and does not when one goes first', async () => {
    const page = await openScenario('abba');
    await page.getByRole('tab', { name: 'You schedule' }).click();
    await page.getByRole('button', { name: 'Start' }).click();
    await answer(page);
    await expect.poll(() => page.locator('header').innerText()).toContain('In your hands');
    const take = async (cpu: number) => {
      await page
        .locator('.choice', { hasText: `CPU ${cpu}` })
        .first()
        .click();
      await answer(page);
    };
    await take(0);
    await take(1);
    await expect
      .poll(() => page.locator('.told').innerText())
      .toContain('You reached the deadlock in 2 steps');
    await expect.poll(() => page.locator('html').getAttribute('data-outcome')).toBe('deadlock');
    await page.getByRole('button', { name: 'Undo' }).click();
    await answer(page);
    await expect.poll(() => page.locator('.choice').count()).toBe(2);
    for (let at = 0; at < 20 && (await page.locator('.choice').count()) > 0; at++) {
      const first = page.locator('.choice', { hasText: 'CPU 0' });
      await take((await first.count()) > 0 ? 0 : 1);
      await page.waitForTimeout(40);
    }
    await expect.poll(() => page.locator('.told').innerText()).toContain('without a deadlock');
    await expect.poll(() => page.locator('html').getAttribute('data-outcome')).toBe('completed');
  });
});

describe('the page', () => {
  it('comes back to its place', async () => {
    const page = await openScenario('abba');
    await page.keyboard.press('Home');
    await page.keyboard.press('a');
    await page.getByRole('tab', { name: 'Lesson' }).click();
    const place = await time(page);
    await page.waitForTimeout(700);
    const kept = await page.evaluate(() => (window as unknown as { kept: unknown }).kept);
    const again = await openPage();
    await again.evaluate((state) => {
      (window as unknown as { kept: unknown }).kept = state;
    }, kept);
    await post(again, showOf('abba'));
    await expect.poll(() => time(again)).toBe(place);
    await expect
      .poll(() => again.getByRole('tab', { name: 'Lesson' }).getAttribute('aria-selected'))
      .toBe('true');
  });

  it('redraws when the theme changes', async () => {
    const page = await openScenario('abba');
    const pixel = () =>
      page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>('canvas.plot')!;
        return [...canvas.getContext('2d')!.getImageData(300, 60, 1, 1).data].join();
      });
    const before = await pixel();
    await page.evaluate(() => {
      document.documentElement.style.setProperty('--vscode-charts-blue', '#008800');
      document.body.className = 'vscode-light';
    });
    await expect.poll(pixel).not.toBe(before);
  });

  it.each(['dark', 'light', 'contrast'] as const)(
    'names every control and shows where the focus is, %s',
    async (theme) => {
      const page = await openScenario('abba', theme);
      const unnamed = await page.evaluate(() =>
        [...document.querySelectorAll('button, input, select, [tabindex="0"]')]
          .filter((element) => (element as HTMLElement).offsetParent !== null)
          .filter(
            (element) =>
              (
                (element.getAttribute('aria-label') ?? '') +
                (element.textContent ?? '') +
                (element.closest('label')?.textContent ?? '')
              ).trim() === '',
          )
          .map((element) => element.outerHTML.slice(0, 80)),
      );
      expect(unnamed).toEqual([]);
      for (let at = 0; at < 12; at++) {
        await page.keyboard.press('Tab');
        const outline = await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle);
        expect(outline).not.toBe('none');
      }
    },
  );

  it.each([
    [0.5, 2560],
    [2, 640],
  ])('fits at zoom %f without scrolling sideways', async (_, width) => {
    const page = await openPage('light', { width, height: 700 });
    await post(page, showOf('abba'));
    await page.waitForSelector('html[data-outcome]');
    for (const tab of ['Events', 'Lesson', 'Costs', 'Charts', 'Compare', 'You schedule']) {
      await page.getByRole('tab', { name: tab }).click();
      await page.locator('[role=tabpanel]:not([hidden])').waitFor();
      await page.waitForTimeout(60);
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(over, tab).toBeLessThanOrEqual(0);
    }
  });

  it('goes from event to event where motion is reduced', async () => {
    const page = await openScenario('abba');
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.keyboard.press('Home');
    await page.keyboard.press(' ');
    await page.waitForTimeout(1300);
    await page.keyboard.press(' ');
    expect(await page.locator('.time').innerText()).toMatch(/event [1-4] of/);
  });

  it('has the same facts as text', async () => {
    const page = await openScenario('abba');
    await page.getByRole('tab', { name: 'Text' }).click();
    const panel = page.locator('#panel-text');
    await expect.poll(() => panel.innerText()).toContain('Deadlock');
    const text = await panel.innerText();
    for (const fact of [
      'Deadlock',
      'CPU 1',
      'DISPATCH_LEVEL',
      'owned by thread second',
      '0x133',
      'KeAcquireSpinLock(B)',
    ])
      expect(text).toContain(fact);
  });
});
