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
export declare function row(
  group: string,
  name: string,
  expected: number,
  actual: number,
  tolerance: number,
): Row;
/** Judges by lying between two bounds. */
export declare function between(group: string, name: string, low: number, high: number, actual: number): Row;
