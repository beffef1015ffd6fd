/**
 * Wraps a handler: a throw costs one answer and is logged with its place, never the server; a cancelled request is answered so.
 */
import { CancellationToken, LSPErrorCodes, ResponseError } from 'vscode-languageserver';
import { CancelledError } from '../base/cancellation.ts';

/** Where failures are written. */
export type Log = (line: string) => void;

/** The failure in one line and the stack below it. */
export function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? `${error.name}: ${error.message}`) : String(error);
}

/** A log that says the same thing three times at most: a failing request comes again with every key. */
export function withoutRepeats(write: Log): Log {
  const counts = new Map<string, number>();
  return (line) => {
    const count = (counts.get(line) ?? 0) + 1;
    counts.set(line, count);
    if (count < 3) write(line);
    else if (count === 3) write(`${line} (said three times, not said again)`);
  };
}

/** A handler that answers `fallback` where it fails. A request that comes without parameters is handed the token alone. */
export function guard<P, R>(
  log: Log,
  name: string,
  fallback: R,
  handle: (params: P, token: CancellationToken) => R | Promise<R>,
): (params: P, token?: CancellationToken) => Promise<R | ResponseError> {
  return async (params, second) => {
    try {
      const token = second ?? CancellationToken.None;
      if (token.isCancellationRequested) return cancelled();
      return await handle(params, token);
    } catch (error) {
      if (error instanceof CancelledError) return cancelled();
      log(`${name} failed: ${describeError(error)}`);
      return fallback;
    }
  };
}

function cancelled(): ResponseError {
  return new ResponseError(LSPErrorCodes.RequestCancelled, 'cancelled');
}

/** The same for notifications and timers. */
export function guarded(log: Log, name: string, run: () => void | Promise<void>): void {
  try {
    const done = run();
    if (done instanceof Promise)
      done.catch((error: unknown) => {
        if (!(error instanceof CancelledError)) log(`${name} failed: ${describeError(error)}`);
      });
  } catch (error) {
    if (!(error instanceof CancelledError)) log(`${name} failed: ${describeError(error)}`);
  }
}
