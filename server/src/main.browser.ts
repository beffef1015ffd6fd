/**
 * The language server as a web worker: messages by postMessage, files by asking the client.
 */
import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { VERSION } from './lsp/version.ts';
import { createClientFiles } from './lsp/clientFiles.ts';
import { startServer } from './lsp/startServer.ts';

declare const self: DedicatedWorkerGlobalScope;

const connection = createConnection(new BrowserMessageReader(self), new BrowserMessageWriter(self));

startServer(connection, {
  files: createClientFiles(connection),
  version: VERSION,
  now: () => performance.now(),
  after: (milliseconds, run) => {
    const handle = setTimeout(run, milliseconds);
    return () => clearTimeout(handle);
  },
  breathe: () => new Promise((resolve) => setTimeout(resolve, 0)),
});
