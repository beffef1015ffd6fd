// Measures the replay page in Chromium: opening, playing and panning a trace of 1 M events on 16 CPUs.
// node scripts/benchReplay.mjs [--events 1000000] [--cpus 16] [--json] ; goals: open <= 1.5 s, script and paint p95 <= 8 ms, <= 1 % missed.
import os from 'node:os';
import { chromium } from 'playwright-core';
import { build } from 'esbuild';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundles, esbuildOptions } from './bundles.mjs';
import { ensureChromium } from './lib/chromium.mjs';
import { standaloneHtml } from './replay/standalone.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const args = process.argv.slice(2);
const numberOf = (name, fallback) => {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(args[at + 1]);
};
const nEvents = numberOf('events', 1_000_000);
const nCpus = numberOf('cpus', 16);
const budget = 8;
const frame = 1000 / 60;

/** Runs in the page: makes a trace of contended acquisitions with interrupts, deterministic, and posts it. */
function makeTraceInPage({ nEvents, nCpus }) {
  const packed = {
    time: new Float64Array(nEvents),
    cpu: new Uint16Array(nEvents),
    kind: new Uint8Array(nEvents),
    context: new Int32Array(nEvents),
    a: new Float64Array(nEvents),
    b: new Int32Array(nEvents),
    location: new Int32Array(nEvents).fill(-1),
  };
  let seed = 12345;
  const random = (below) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 4294967296) * below);
  };
  let row = 0;
  let time = 0;
  const add = (dt, cpu, kind, context, a = 0, b = 0) => {
    if (row >= nEvents) return;
    time += dt;
    packed.time[row] = time;
    packed.cpu[row] = cpu;
    packed.kind[row] = kind;
    packed.context[row] = context;
    packed.a[row] = a;
    packed.b[row] = b;
    row++;
  };
  for (let cpu = 0; cpu < nCpus; cpu++) add(0, cpu, 0, cpu);
  let owner = 0;
  add(10, 0, 5, 0, 0, -1);
  while (row < nEvents) {
    const next = (owner + 1 + random(nCpus - 1)) % nCpus;
    add(100 + random(400), next, 2, next, 2, 0);
    add(20, next, 4, next, 0, owner);
    if (random(4) === 0) {
      const cpu = random(nCpus);
      add(30, cpu, 12, cpu, nCpus + cpu, 5);
      add(10, cpu, 0, nCpus + cpu, 5, 0);
      add(300, cpu, 1, nCpus + cpu, 0);
    }
    add(200 + random(900), owner, 6, owner, 0);
    add(30, owner, 2, owner, 0, 2);
    add(60, next, 5, next, 0, owner);
    owner = next;
  }
  const contexts = [];
  for (let cpu = 0; cpu < nCpus; cpu++) contexts.push({ name: `Worker${cpu}`, kind: 'thread', cpu, irql: 0 });
  for (let cpu = 0; cpu < nCpus; cpu++) contexts.push({ name: `Isr${cpu}`, kind: 'isr', cpu, irql: 5 });
  const irqlNames = ['PASSIVE_LEVEL', 'APC_LEVEL', 'DISPATCH_LEVEL', 'DIRQL (3)', 'DIRQL (4)', 'DIRQL (5)'];
  window.benchMessage = {
    type: 'show',
    slot: 'a',
    result: null,
    scenario: null,
    request: { mode: 'simulate', overrides: {} },
    origin: null,
    trace: {
      format: 'irql-lens-trace',
      version: 1,
      tool: 'bench',
      scenario: { id: 'bench', title: 'Bench', lesson: '', sources: [] },
      profile: { id: 'p', name: 'p', clockGHz: 3, overridden: [] },
      seed: 1,
      cpus: nCpus,
      irqlNames,
      contexts,
      locks: [{ name: 'L', kind: 'ttas', displayName: 'KSPIN_LOCK' }],
      operations: [],
      locations: [],
      strings: [],
      events: packed,
      endTime: time,
      outcome: 'completed',
      truncated: false,
    },
  };
}

/** Runs in the page: posts the trace and resolves with the milliseconds until two frames after it is shown. */
function openInPage() {
  return new Promise((resolve) => {
    const start = performance.now();
    const look = () => {
      if (document.documentElement.dataset.outcome === undefined) return requestAnimationFrame(look);
      requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - start)));
    };
    window.postMessage(window.benchMessage, '*');
    requestAnimationFrame(look);
  });
}

/** Runs in the page: does something every frame for some seconds; returns what each frame's script and layout cost and when it came. */
function measureInPage({ what, seconds }) {
  return new Promise((resolve) => {
    const lanes = document.querySelector('.lanes');
    const press = (key, shiftKey = false) =>
      window.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey, bubbles: true }));
    const box = lanes.getBoundingClientRect();
    const wheel = (init) =>
      lanes.dispatchEvent(
        new WheelEvent('wheel', {
          bubbles: true,
          cancelable: true,
          clientX: box.left + box.width / 2,
          clientY: box.top + 40,
          ...init,
        }),
      );
    lanes.focus();
    if (what === 'play') lanes.dispatchEvent(new KeyboardEvent('keydown', { key: ' ', bubbles: true }));
    const stamps = [];
    const costs = [];
    const end = performance.now() + seconds * 1000;
    let count = 0;
    const step = (now) => {
      stamps.push(now);
      count++;
      if (what === 'pan') wheel({ deltaX: 24 });
      if (what === 'zoom') wheel({ deltaY: count % 120 < 60 ? -30 : 30, ctrlKey: true });
      // A message comes after this frame's callbacks, style and paint recording: the time between is what the frame cost.
      const channel = new MessageChannel();
      const begun = performance.now();
      channel.port1.onmessage = () => costs.push(performance.now() - begun);
      channel.port2.postMessage(0);
      if (now < end) requestAnimationFrame(step);
      else {
        if (what === 'play') press(' ');
        resolve({ stamps, costs });
      }
    };
    requestAnimationFrame(step);
  });
}

function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** Adds up what the renderer's main thread did per frame, from Chromium's own counters. */
async function metrics(session) {
  const { metrics: all } = await session.send('Performance.getMetrics');
  const get = (name) => all.find((each) => each.name === name)?.value ?? 0;
  return { task: get('TaskDuration'), script: get('ScriptDuration'), heap: get('JSHeapUsedSize') };
}

async function buildPage() {
  for (const bundle of bundles.filter((each) => each.host === 'page'))
    await build({ absWorkingDir: root, ...esbuildOptions(bundle) });
}

async function measure(page, session, what, seconds) {
  const before = await metrics(session);
  const { stamps, costs } = await page.evaluate(measureInPage, { what, seconds });
  const after = await metrics(session);
  const gaps = stamps.slice(1).map((at, index) => at - stamps[index]);
  const missed = gaps.reduce((sum, gap) => sum + Math.max(0, Math.round(gap / frame) - 1), 0);
  return {
    what,
    frames: stamps.length,
    p50: quantile(costs, 0.5),
    p95: quantile(costs, 0.95),
    max: quantile(costs, 1),
    missed: missed / (stamps.length + missed),
    mainThread: ((after.task - before.task) * 1000) / stamps.length,
  };
}

async function main() {
  await buildPage();
  const browser = await chromium.launch({ executablePath: ensureChromium(), args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
  page.on('pageerror', (error) => console.error(error.stack));
  await page.setContent(standaloneHtml('dark'));
  const session = await page.context().newCDPSession(page);
  // CPU time of the page's thread, not wall time: other programs on the machine do not count.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.evaluate(makeTraceInPage, { nEvents, nCpus });
  const opened = await page.evaluate(openInPage);
  const rows = [];
  for (const what of ['play', 'pan', 'zoom']) rows.push(await measure(page, session, what, 4));
  // All of it in view: the heaviest drawing there is.
  await page.evaluate(() => window.dispatchEvent(new KeyboardEvent('keydown', { key: '0', bubbles: true })));
  for (const what of ['play', 'pan', 'zoom'])
    rows.push({ ...(await measure(page, session, what, 4)), what: `${what}, all in view` });
  const heap = (await metrics(session)).heap / 1e6;
  await browser.close();
  report(opened, rows, heap);
}

function report(opened, rows, heap) {
  const machine = `${os.cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${os.cpus().length} CPUs, Chromium without a GPU`;
  if (args.includes('--json'))
    return console.log(JSON.stringify({ machine, nEvents, nCpus, opened, heap, rows }));
  console.log(`replay page, ${nEvents} events, ${nCpus} CPUs (${machine})`);
  console.log(`open ${opened.toFixed(0)} ms, JS heap ${heap.toFixed(0)} MB`);
  for (const row of rows)
    console.log(
      `${row.what.padEnd(18)} ${row.frames} frames  script+paint p50 ${row.p50.toFixed(1)} p95 ${row.p95.toFixed(1)} max ${row.max.toFixed(1)} ms` +
        `  main thread ${row.mainThread.toFixed(1)} ms/frame  missed ${(row.missed * 100).toFixed(1)} %${row.p95 > budget ? '  over budget' : ''}`,
    );
}

await main();
