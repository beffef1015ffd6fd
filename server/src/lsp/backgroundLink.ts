/**
 * The server's side of the background check: starts the thread when there is something to do, sends its findings on for
 * documents that are not open, and keeps them for when a document is closed.
 */
import type { Diagnostic } from 'vscode-languageserver';
import type { ExportSarifAnswer } from '../protocol/requests.ts';
import type { BackgroundReply } from './background.ts';
import type { BackgroundThread } from './environment.ts';
import type { ServerState } from './serverState.ts';

type Done = Extract<BackgroundReply, { type: 'done' }>;

/** The link of one server. */
export interface BackgroundLink {
  /** Checks the whole workspace; undefined where it was stopped. */
  readonly check: (onProgress: (what: string, done: number, of: number) => void) => Promise<Done | undefined>;
  /** Files changed on disk. */
  readonly takeChanges: (paths: readonly string[]) => void;
  /** The whole workspace as SARIF; undefined where no check is running or done. */
  readonly sarif: () => Promise<ExportSarifAnswer | undefined>;
  /** A document was closed: what is known of its file counts again. */
  readonly takeClosed: (path: string) => void;
  readonly stop: () => void;
}

/** Makes the link; the thread is started by the first check. */
export function createBackgroundLink(state: ServerState, start: () => BackgroundThread): BackgroundLink {
  let thread: BackgroundThread | undefined;
  let onProgress: (what: string, done: number, of: number) => void = () => undefined;
  let finish: (done: Done | undefined) => void = () => undefined;
  const asked = new Map<number, (answer: ExportSarifAnswer | undefined) => void>();
  const known = new Map<string, Diagnostic[]>();
  let lastId = 0;
  const send = (path: string, diagnostics: Diagnostic[]): void => {
    void state.connection.sendDiagnostics({ uri: state.uris.uriOf(path), diagnostics });
  };
  const take = (reply: BackgroundReply): void => {
    switch (reply.type) {
      case 'progress':
        return onProgress(reply.what, reply.done, reply.of);
      case 'findings':
        known.set(reply.path, reply.diagnostics);
        if (!state.world.openPaths().includes(reply.path)) send(reply.path, reply.diagnostics);
        return;
      case 'done':
        return finish(reply);
      case 'sarif':
        asked.get(reply.id)?.(reply);
        asked.delete(reply.id);
        return;
      case 'problem':
        return state.log(reply.message);
      case 'failed':
        state.log(`background check: ${reply.message}`);
        return finish(undefined);
    }
  };
  const stop = (): void => {
    thread?.stop();
    thread = undefined;
    finish(undefined);
    for (const answer of asked.values()) answer(undefined);
    asked.clear();
  };
  return {
    check(report) {
      stop();
      onProgress = report;
      const { folders, rawSettings: settings, teamFiles } = state;
      const started = start();
      thread = started;
      started.onReply((reply) => {
        if (thread === started) take(reply);
      });
      return new Promise((resolve) => {
        finish = resolve;
        started.post({ type: 'check', folders, settings, teamFiles });
      });
    },
    takeChanges(paths) {
      if (paths.length > 0) thread?.post({ type: 'changed', paths });
    },
    sarif() {
      const running = thread;
      if (running === undefined) return Promise.resolve(undefined);
      return new Promise((resolve) => {
        const id = ++lastId;
        asked.set(id, resolve);
        running.post({ type: 'sarif', id });
      });
    },
    takeClosed(path) {
      const diagnostics = known.get(path);
      if (diagnostics !== undefined) send(path, diagnostics);
    },
    stop,
  };
}
