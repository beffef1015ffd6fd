/**
 * The language server as a process: messages by IPC, stdio or a socket, as the command line says (`--stdio`, `--node-ipc`).
 */
import { Worker } from 'node:worker_threads';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import type { BackgroundReply } from './lsp/background.ts';
import { startServer } from './lsp/startServer.ts';
import { VERSION } from './lsp/version.ts';
import { createServerFiles } from './node/serverFiles.ts';

const connection = createConnection(ProposedFeatures.all);

// What nobody caught costs nothing but a line in the log: the server goes on.
process.on('uncaughtException', (error) =>
  connection.console.error(`uncaught: ${error.stack ?? error.message}`),
);
process.on('unhandledRejection', (reason) => connection.console.error(`unhandled: ${String(reason)}`));

startServer(connection, {
  files: createServerFiles(),
  startBackground: () => {
    const worker = new Worker(new URL('./indexWorker.js', import.meta.url));
    return {
      post: (request) => worker.postMessage(request),
      onReply: (listener) => {
        worker.on('message', (reply: BackgroundReply) => listener(reply));
        worker.on('error', (error: Error) => listener({ type: 'failed', message: error.message }));
      },
      stop: () => void worker.terminate(),
    };
  },
  version: VERSION,
  now: () => performance.now(),
  after: (milliseconds, run) => {
    const handle = setTimeout(run, milliseconds);
    return () => clearTimeout(handle);
  },
  breathe: () => new Promise((resolve) => setImmediate(resolve)),
});
