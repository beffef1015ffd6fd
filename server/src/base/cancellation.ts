/**
 * Cooperative cancellation: long work asks now and then whether it is still wanted. It is a value, not an event emitter;
 * how a request is cancelled is the business of whoever made it.
 */

/** Asked by long work at every few thousand steps. */
export interface Cancellation {
  readonly isCancelled: () => boolean;
}

/** Never cancelled. */
export const notCancelled: Cancellation = { isCancelled: () => false };

/** Thrown by work that saw its cancellation; carries nothing, because nobody wants the result any more. */
export class CancelledError extends Error {
  constructor() {
    super('cancelled');
    this.name = 'CancelledError';
  }
}

/** Throws `CancelledError` where the work is no longer wanted. */
export function throwIfCancelled(cancellation: Cancellation): void {
  if (cancellation.isCancelled()) throw new CancelledError();
}
