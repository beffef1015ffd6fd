/**
 * Starts the engine worker as a web worker of the browser's extension host.
 */
import type { EngineReply } from 'irql-lens-server/protocol';
import type * as vscode from 'vscode';
import { startWebWorker } from '../webWorker.ts';
import type { EnginePort, StartEngine } from './engine.ts';

/** For an extension that is served from `extensionUri`. What is posted before the worker runs waits for it. */
export function startEngineWorker(extensionUri: vscode.Uri): StartEngine {
  return (): EnginePort => {
    const path = ['server', 'dist', 'engineWorker.browser.js'];
    const starting = startWebWorker(extensionUri, path, 'irql-lens-engine');
    const withWorker = (use: (worker: Worker) => void): void => void starting.then(use, () => undefined);
    return {
      post: (request) => withWorker((worker) => worker.postMessage(request)),
      onReply: (listener) =>
        withWorker((worker) =>
          worker.addEventListener('message', (event: MessageEvent<EngineReply>) => listener(event.data)),
        ),
      onDeath: (listener) => {
        withWorker((worker) => worker.addEventListener('error', (event) => listener(event.message)));
        starting.catch((error: unknown) => listener(String(error)));
      },
      stop: () => withWorker((worker) => worker.terminate()),
    };
  };
}
