/**
 * Starts the engine worker as a thread of the desktop's or the server's extension host.
 */
import { Worker } from 'node:worker_threads';
import type { EngineReply } from 'irql-lens-server/protocol';
import * as vscode from 'vscode';
import type { EnginePort, StartEngine } from './engine.ts';

/** For an extension that is installed at `extensionUri`. */
export function startEngineThread(extensionUri: vscode.Uri): StartEngine {
  return (): EnginePort => {
    const file = vscode.Uri.joinPath(extensionUri, 'server', 'dist', 'engineWorker.js').fsPath;
    const worker = new Worker(file);
    let isStopped = false;
    return {
      post: (request) => worker.postMessage(request),
      onReply: (listener) => worker.on('message', (reply: EngineReply) => listener(reply)),
      onDeath: (listener) => {
        worker.on('error', (error: Error) => listener(error.message));
        worker.on('exit', (code) => {
          if (!isStopped) listener(`it ended with code ${code}`);
        });
      },
      stop: () => {
        isStopped = true;
        void worker.terminate();
      },
    };
  };
}
