/**
 * Checks of what must hold inside the program itself. Never for outside input: that gets a message, not an exception.
 */

/** A broken invariant: a bug of IRQL Lens, never of the user's input. */
class InvariantError extends Error {
  constructor(message: string) {
    super(`invariant broken: ${message}`);
    this.name = 'InvariantError';
  }
}

/** Throws where the condition does not hold. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** Ends an exhaustive switch: does not compile where a case is missing. */
export function assertNever(value: never): never {
  throw new InvariantError(`unexpected value ${String(value)}`);
}
