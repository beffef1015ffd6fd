/** The engine in a Node worker thread: receives `EngineRequest`, posts `EngineReply`. All work is in `engine/serveRequest.ts`. */
import { parentPort } from 'node:worker_threads';
import { serveRequest } from './engine/serveRequest.ts';
import type { EngineRequest } from './protocol/engineMessages.ts';

const port = parentPort;
port?.on('message', (request: EngineRequest) => {
  serveRequest(request, (reply) => {
    port.postMessage(reply);
  });
});
