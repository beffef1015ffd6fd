/**
 * Progress of long work in the client's window, with a cancel button where the client has one.
 */
import type { CancellationToken } from 'vscode-languageserver';
import type { ServerState } from './serverState.ts';

export interface Progress {
  readonly token: CancellationToken;
  /** 0 to 100 */
  readonly report: (percent: number, message: string) => void;
  readonly done: () => void;
}

const NEVER: CancellationToken = {
  isCancellationRequested: false,
  onCancellationRequested: () => ({ dispose: () => undefined }),
};

/** Begins it; without a client that can show it, it does nothing. */
export async function beginProgress(state: ServerState, message: string): Promise<Progress> {
  if (!state.client.hasProgress) return { token: NEVER, report: () => undefined, done: () => undefined };
  const progress = await state.connection.window.createWorkDoneProgress();
  progress.begin('IRQL Lens', 0, message, true);
  return {
    token: progress.token,
    report: (percent, text) => progress.report(percent, text),
    done: () => progress.done(),
  };
}
