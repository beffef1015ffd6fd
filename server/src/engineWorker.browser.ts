/** The engine in a web worker: receives `EngineRequest`, posts `EngineReply`. All work is in `engine/serveRequest.ts`. */
import { serveRequest } from './engine/serveRequest.ts';
import type { EngineRequest } from './protocol/engineMessages.ts';

self.addEventListener('message', (event: MessageEvent<EngineRequest>) => {
  serveRequest(event.data, (reply) => {
    self.postMessage(reply);
  });
});
