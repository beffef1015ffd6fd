/**
 * A connection to one engine worker: requests as promises, one at a time, with progress and cancel.
 * It knows neither threads nor VS Code; how a worker is started stands in `enginePort.node.ts` and `enginePort.browser.ts`.
 */
import type {
  Catalogue,
  EngineReply,
  EngineRequest,
  RunOverrides,
  Scenario,
  SimulateResult,
  StepChoice,
  SweepAxes,
  SweepResult,
  Trace,
} from 'irql-lens-server/protocol';

/** A started worker. */
export interface EnginePort {
  readonly post: (request: EngineRequest) => void;
  readonly onReply: (listener: (reply: EngineReply) => void) => void;
  /** The worker has died; the sentence says why. */
  readonly onDeath: (listener: (reason: string) => void) => void;
  readonly stop: () => void;
}

/** Starts a worker. */
export type StartEngine = () => EnginePort;

/** A run was cancelled by the user. */
export class RunCancelled extends Error {
  constructor() {
    super('cancelled');
    this.name = 'RunCancelled';
  }
}

type Progress = (done: number, of: number) => void;

export interface Ran {
  readonly result: SimulateResult;
  readonly trace: Trace;
}

export interface Engine {
  readonly run: (
    mode: 'simulate' | 'explore',
    scenario: Scenario,
    overrides: RunOverrides,
    progress: Progress,
  ) => Promise<Ran>;
  readonly sweep: (
    scenario: Scenario,
    overrides: RunOverrides,
    axes: SweepAxes,
    progress: Progress,
  ) => Promise<SweepResult>;
  readonly step: (
    scenario: Scenario,
    overrides: RunOverrides,
  ) => Promise<Ran & { readonly choices: readonly StepChoice[] }>;
  readonly catalogue: () => Promise<Catalogue>;
  /** Stops what is running; its promise rejects with `RunCancelled`. */
  readonly cancel: () => void;
  readonly dispose: () => void;
}

interface Waiting {
  readonly resolve: (reply: EngineReply) => void;
  readonly reject: (error: Error) => void;
  readonly progress: Progress;
}

function settle(waiting: Map<number, Waiting>, reply: EngineReply): void {
  const one = waiting.get(reply.id);
  if (one === undefined) return;
  if (reply.type === 'progress') return one.progress(reply.done, reply.of);
  waiting.delete(reply.id);
  if (reply.type === 'failed') one.reject(new Error(reply.message));
  else if (reply.type === 'cancelled') one.reject(new RunCancelled());
  else one.resolve(reply);
}

/** Makes the connection. The worker is started with the first request, and again after it died. */
export function connectEngine(start: StartEngine): Engine {
  const waiting = new Map<number, Waiting>();
  let port: EnginePort | null = null;
  let lastId = 0;
  const failAll = (error: Error) => {
    const all = [...waiting.values()];
    waiting.clear();
    for (const one of all) one.reject(error);
  };
  const open = (): EnginePort => {
    if (port !== null) return port;
    const started = start();
    started.onReply((reply) => settle(waiting, reply));
    started.onDeath((reason) => {
      port = null;
      failAll(new Error(`The engine stopped: ${reason}`));
    });
    port = started;
    return started;
  };
  const ask = <Type extends EngineReply['type']>(
    wanted: Type,
    request: (id: number) => EngineRequest,
    progress: Progress = () => undefined,
  ): Promise<Extract<EngineReply, { type: Type }>> =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      const take = (reply: EngineReply) => {
        if (reply.type === wanted) resolve(reply as Extract<EngineReply, { type: Type }>);
        else reject(new Error(`The engine answered '${reply.type}' to a request for '${wanted}'.`));
      };
      waiting.set(id, { resolve: take, reject, progress });
      open().post(request(id));
    });
  return {
    run: (mode, scenario, overrides, progress) =>
      ask('ran', (id) => ({ type: mode, id, scenario, overrides }), progress),
    sweep: async (scenario, overrides, axes, progress) =>
      (await ask('swept', (id) => ({ type: 'sweep', id, scenario, overrides, axes }), progress)).result,
    step: (scenario, overrides) => ask('stepped', (id) => ({ type: 'step', id, scenario, overrides })),
    catalogue: async () => (await ask('catalogue', (id) => ({ type: 'catalogue', id }))).catalogue,
    cancel: () => {
      // A worker that is busy may not read messages: it is ended, and the next request starts another.
      port?.stop();
      port = null;
      failAll(new RunCancelled());
    },
    dispose: () => {
      port?.stop();
      port = null;
      failAll(new RunCancelled());
    },
  };
}
