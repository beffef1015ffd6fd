/**
 * The page's side of the wire: what VS Code gives a webview, typed, with every arriving message checked.
 * Without VS Code (tests, the standalone page) the same three functions are looked for on `window`.
 */
import { checkToPage, type ToHost, type ToPage } from 'irql-lens-server/protocol';

interface VsCodeApi {
  readonly postMessage: (message: unknown) => void;
  readonly getState: () => unknown;
  readonly setState: (state: unknown) => void;
}

declare const acquireVsCodeApi: () => VsCodeApi;

export interface Host {
  readonly send: (message: ToHost) => void;
  /** What `keep` was last given, also after the page was hidden or the window reloaded. Unchecked. */
  readonly kept: () => unknown;
  readonly keep: (state: unknown) => void;
}

/** Whether a message was to bring a run: what else is not understood may be left aside, a run may not. */
function isRun(data: unknown): boolean {
  const type = typeof data === 'object' && data !== null ? (data as { type?: unknown }).type : undefined;
  return type === 'show' || type === 'stepped';
}

/** Connects to the host. `refused` is told of messages that do not fit. */
export function connect(receive: (message: ToPage) => void, refused: (problem: string) => void): Host {
  const api = acquireVsCodeApi();
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    const checked = checkToPage(event.data);
    if ('message' in checked) receive(checked.message);
    else if (isRun(event.data)) refused(checked.problem);
  });
  return {
    send: (message) => api.postMessage(message),
    kept: () => api.getState(),
    keep: (state) => api.setState(state),
  };
}
