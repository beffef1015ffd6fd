// `npm run bench -- start`: sizes of the bundles, and how long the language server needs from its start to its first answer.
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { readFileSync } from 'node:fs';
import { bundles } from './bundles.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

for (const { out } of bundles) {
  const file = path.join(root, out);
  if (!existsSync(file)) throw new Error(`${out} is not there: run npm run build`);
  const gzip = gzipSync(readFileSync(file)).length;
  console.log(
    `${out.padEnd(40)} ${(statSync(file).size / 1024).toFixed(0).padStart(5)} kB ${(gzip / 1024).toFixed(0).padStart(5)} kB gzip`,
  );
}

/** Milliseconds from the start of the process to the answer of `initialize`. */
function measureStart() {
  return new Promise((resolve, reject) => {
    const begin = performance.now();
    const server = spawn(process.execPath, [path.join(root, 'server/dist/main.js'), '--stdio'], {
      stdio: 'pipe',
    });
    const body = JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { processId: process.pid, rootUri: null, capabilities: {}, workspaceFolders: [] },
    });
    server.stdout.once('data', () => {
      resolve(performance.now() - begin);
      server.kill();
    });
    server.once('error', reject);
    server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  });
}

const times = [];
for (let i = 0; i < 5; i++) times.push(await measureStart());
times.sort((a, b) => a - b);
console.log(`activation: ${times[2].toFixed(0)} ms from start to the first answer (median of 5)`);
