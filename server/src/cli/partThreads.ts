/**
 * Spreads the work on sources over threads: each takes the next task when it is done with one. Results come in the order of the
 * tasks, whatever the number of threads. One thread means this one.
 */
import { fileURLToPath } from 'node:url';
import { parentPort, Worker, workerData } from 'node:worker_threads';
import type { Part } from '../analysis/program/partition.ts';
import { tuneForBatch } from '../node/tuneForBatch.ts';
import {
  createPartTasks,
  type DigestAnswer,
  type DigestOrder,
  type PartReport,
  type TaskSetup,
} from './partTasks.ts';

/** What a thread is told. */
type Request =
  | { readonly type: 'digest'; readonly orders: readonly DigestOrder[] }
  | { readonly type: 'paths'; readonly paths: readonly string[] }
  | { readonly type: 'check'; readonly part: Part };

type Reply =
  | { readonly type: 'digest'; readonly answers: readonly DigestAnswer[] }
  | { readonly type: 'paths' }
  | { readonly type: 'check'; readonly report: PartReport };

/** The threads of one command. */
export interface PartThreads {
  readonly digest: (batches: readonly (readonly DigestOrder[])[]) => Promise<readonly DigestAnswer[]>;
  /** Checks parts; the largest are begun first. */
  readonly check: (paths: readonly string[], parts: readonly Part[]) => Promise<readonly PartReport[]>;
  readonly close: () => Promise<void>;
}

type Ask = (request: Request) => Promise<Reply>;

/** Starts `count` threads. */
export function startPartThreads(setup: TaskSetup, count: number): PartThreads {
  tuneForBatch();
  const workers = count > 1 ? Array.from({ length: count }, () => startWorker(setup)) : [];
  const asks = count > 1 ? workers.map(({ ask }) => ask) : [askHere(setup)];
  return {
    async digest(batches) {
      const replies = await spread(
        asks,
        batches.map((orders) => ({ type: 'digest', orders })),
      );
      return replies.flatMap((reply) => (reply.type === 'digest' ? reply.answers : []));
    },
    async check(paths, parts) {
      await Promise.all(asks.map((ask) => ask({ type: 'paths', paths })));
      const order = parts.map((_, i) => i).sort((a, b) => sizeAt(parts, b) - sizeAt(parts, a) || a - b);
      const requests = order.map((i): Request => ({ type: 'check', part: partAt(parts, i) }));
      const replies = await spread(asks, requests);
      const reports = new Array<PartReport>(parts.length);
      replies.forEach((reply, i) => {
        if (reply.type === 'check') reports[order[i] ?? 0] = reply.report;
      });
      return reports;
    },
    async close() {
      await Promise.all(workers.map(({ stop }) => stop()));
    },
  };
}

function partAt(parts: readonly Part[], i: number): Part {
  const part = parts[i];
  if (part === undefined) throw new RangeError(`no part ${String(i)}`);
  return part;
}

function sizeAt(parts: readonly Part[], i: number): number {
  return partAt(parts, i).size;
}

/** Answers to all requests, in their order; whoever is free takes the next. */
async function spread(asks: readonly Ask[], requests: readonly Request[]): Promise<readonly Reply[]> {
  const replies = new Array<Reply>(requests.length);
  let next = 0;
  const takeAll = async (ask: Ask): Promise<void> => {
    for (let i = next++; i < requests.length; i = next++) {
      const request = requests[i];
      if (request !== undefined) replies[i] = await ask(request);
    }
  };
  await Promise.all(asks.map(takeAll));
  return replies;
}

function createServer(setup: TaskSetup): (request: Request) => Reply {
  const tasks = createPartTasks(setup);
  return (request) => {
    switch (request.type) {
      case 'digest':
        return { type: 'digest', answers: tasks.digest(request.orders) };
      case 'paths':
        tasks.setPaths(request.paths);
        return { type: 'paths' };
      case 'check':
        return { type: 'check', report: tasks.check(request.part) };
    }
  };
}

function askHere(setup: TaskSetup): Ask {
  const serve = createServer(setup);
  return (request) => Promise.resolve(serve(request));
}

interface RunningWorker {
  readonly ask: Ask;
  readonly stop: () => Promise<void>;
}

/** The worker runs this very bundle, which sees that it is no main thread. */
function startWorker(setup: TaskSetup): RunningWorker {
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: setup });
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        worker.once('error', reject);
        worker.once('message', (reply: Reply) => {
          worker.off('error', reject);
          resolve(reply);
        });
        worker.postMessage(request);
      }),
    async stop() {
      await worker.terminate();
    },
  };
}

/** The other end, in a worker thread. */
export function servePartThread(): void {
  const port = parentPort;
  if (port === null) return;
  const serve = createServer(workerData as TaskSetup);
  port.on('message', (request: Request) => port.postMessage(serve(request)));
}
