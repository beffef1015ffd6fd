/** Names of IRQL values on x64 and ARM64, as messages and traces write them. */

const named = new Map([
  [0, 'PASSIVE_LEVEL'],
  [1, 'APC_LEVEL'],
  [2, 'DISPATCH_LEVEL'],
  [13, 'CLOCK_LEVEL'],
  [14, 'IPI_LEVEL'],
  [15, 'HIGH_LEVEL'],
]);

/** `DISPATCH_LEVEL`, `DIRQL (5)`. */
export function irqlName(irql: number): string {
  return named.get(irql) ?? `DIRQL (${irql})`;
}
