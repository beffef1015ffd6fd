// `npm run bench -- server FOLDER`: the language server on a folder, as an editor uses it: how soon hovers are answered while the
// first check of the whole runs, how long that takes, and how much memory the process holds with everything checked.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node';
import { importTs } from './runTs.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const main = path.join(root, 'server/dist/main.js');
const [argument] = process.argv.slice(2);
if (argument === undefined) throw new Error('usage: npm run bench -- server FOLDER');
if (!existsSync(main)) throw new Error('server/dist/main.js is not there: run npm run build');
const folder = path.resolve(argument);
const { readSources } = await importTs(path.join(root, 'scripts/sourceTree.ts'));

/** Milliseconds between two hovers: as a hand that moves. */
const PAUSE = 30;

/** Resident memory of a process in MB: now, and at most; from Linux's /proc. */
function memoryOf(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const read = (name) =>
      (Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1000).toFixed(0);
    return `${read('VmRSS')} MB now, ${read('VmHWM')} MB at most`;
  } catch {
    return 'unknown here';
  }
}

function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(1);
}

const sources = readSources(folder).filter(({ path: file }) => /\.c(?:pp)?$/i.test(file));
const document = sources
  .toSorted((a, b) => b.text.length - a.text.length)
  .find(({ text }) => text.split('\n').length < 40_000);
const uri = pathToFileURL(document.path).href;
const lines = document.text.split(/\r?\n/);

const child = spawn(process.execPath, [main, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
const connection = createProtocolConnection(
  new StreamMessageReader(child.stdout),
  new StreamMessageWriter(child.stdin),
);
let isDone = false;
let nReports = 0;
connection.onRequest('workspace/configuration', () => [{}]);
connection.onRequest('client/registerCapability', () => null);
connection.onRequest('window/workDoneProgress/create', () => null);
connection.onUnhandledProgress(({ value }) => {
  nReports++;
  if (value.kind === 'end') isDone = true;
});
connection.listen();
const rootUri = pathToFileURL(folder).href;
const begin = performance.now();
await connection.sendRequest('initialize', {
  processId: process.pid,
  rootUri,
  workspaceFolders: [{ uri: rootUri, name: 'folder' }],
  capabilities: { window: { workDoneProgress: true }, workspace: { configuration: true } },
});
await connection.sendNotification('initialized', {});
await connection.sendNotification('textDocument/didOpen', {
  textDocument: { uri, languageId: 'c', version: 1, text: document.text },
});

/** Asks for hovers all over the document until told to stop; milliseconds of each. */
async function hoverWhile(isGoingOn) {
  const waits = [];
  for (let i = 0; isGoingOn(); i++) {
    const line = (i * 37) % lines.length;
    const character = Math.min(8, lines[line].length);
    const from = performance.now();
    await connection.sendRequest('textDocument/hover', {
      textDocument: { uri },
      position: { line, character },
    });
    waits.push(performance.now() - from);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  return waits;
}

const report = (what, waits) =>
  console.log(
    `  ${what}: ${String(waits.length)} hovers, p50 ${percentile(waits, 0.5)} ms, p95 ${percentile(waits, 0.95)} ms, longest ${percentile(waits, 1)} ms`,
  );

const during = await hoverWhile(() => !isDone);
const seconds = (performance.now() - begin) / 1000;
console.log(
  `the server on ${String(sources.length)} sources: all checked in ${seconds.toFixed(1)} s, ${String(nReports)} reports of progress`,
);
report('while the first check runs', during);
const [first = 0] = during;
console.log(`  the first hover, with the document's driver to be analysed: ${first.toFixed(0)} ms`);
let left = 60;
report('after it', await hoverWhile(() => left-- > 0));
console.log(`  memory of the process, all threads: ${memoryOf(child.pid)}`);

/** A key, and the hover that shows its result. */
const typed = [];
for (let version = 2; version < 42; version++) {
  const line = (version * 397) % lines.length;
  const range = { start: { line, character: 0 }, end: { line, character: version % 2 } };
  const from = performance.now();
  await connection.sendNotification('textDocument/didChange', {
    textDocument: { uri, version },
    contentChanges: [{ range: { start: range.start, end: range.start }, text: ' ' }],
  });
  await connection.sendRequest('textDocument/hover', {
    textDocument: { uri },
    position: { line, character: 4 },
  });
  typed.push(performance.now() - from);
}
report('a space typed somewhere, and the hover behind it', typed);
await connection.sendRequest('shutdown');
await connection.sendNotification('exit');
connection.dispose();
child.kill();
