/**
 * The background check of a large workspace in a thread of its own. All work is in `lsp/background.ts`.
 */
import { parentPort } from 'node:worker_threads';
import { createBackgroundWorker, type BackgroundRequest } from './lsp/background.ts';
import { VERSION } from './lsp/version.ts';
import { collectGarbage } from './node/collectGarbage.ts';
import { createServerFiles } from './node/serverFiles.ts';

const port = parentPort;
const serve = createBackgroundWorker(
  {
    files: createServerFiles(),
    version: VERSION,
    now: () => performance.now(),
    after: (milliseconds, run) => {
      const handle = setTimeout(run, milliseconds);
      return () => clearTimeout(handle);
    },
    breathe: () => new Promise((resolve) => setImmediate(resolve)),
    collectGarbage,
  },
  (reply) => port?.postMessage(reply),
);
port?.on('message', (request: BackgroundRequest) => void serve(request));
