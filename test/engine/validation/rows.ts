/** One comparison of the engine with what is expected, and how it is judged. */

export interface Row {
  readonly group: string;
  readonly name: string;
  readonly expected: number;
  readonly actual: number;
  /** Largest relative error; 0 = equal to a millionth. */
  readonly tolerance: number;
  readonly isOk: boolean;
}

/** Judges by relative error. */
export function row(group: string, name: string, expected: number, actual: number, tolerance: number): Row {
  const error = expected === 0 ? Math.abs(actual) : Math.abs(actual / expected - 1);
  return { group, name, expected, actual, tolerance, isOk: error <= Math.max(tolerance, 1e-6) };
}

/** Judges by lying between two bounds. */
export function between(group: string, name: string, low: number, high: number, actual: number): Row {
  return {
    group,
    name: `${name} in [${low.toFixed(1)}, ${high.toFixed(1)}]`,
    expected: low,
    actual,
    tolerance: high / low - 1,
    isOk: actual >= low * (1 - 1e-9) && actual <= high * (1 + 1e-9),
  };
}
