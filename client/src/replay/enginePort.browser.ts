/**
 * Starts the engine worker as a web worker of the browser's extension host.
 */
import type { EngineReply } from 'irql-lens-server/protocol';
import * as vscode from 'vscode';
import type { EnginePort, StartEngine } from './engine.ts';

/** For an extension that is served from `extensionUri`. */
export function startEngineWorker(extensionUri: vscode.Uri): StartEngine {
  return (): EnginePort => {
    const file = vscode.Uri.joinPath(extensionUri, 'server', 'dist', 'engineWorker.browser.js');
    const worker = new Worker(file.toString(true), { name: 'irql-lens-engine' });
    return {
      post: (request) => worker.postMessage(request),
      onReply: (listener) =>
        worker.addEventListener('message', (event: MessageEvent<EngineReply>) => listener(event.data)),
      onDeath: (listener) => worker.addEventListener('error', (event) => listener(event.message)),
      stop: () => worker.terminate(),
    };
  };
}
