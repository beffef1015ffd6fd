/** Names of IRQL values and the levels that the engine itself uses, by target. */
import { type Arch, highLevel } from '../protocol/irqlLevels.ts';

const low: readonly (readonly [irql: number, name: string])[] = [
  [0, 'PASSIVE_LEVEL'],
  [1, 'APC_LEVEL'],
  [2, 'DISPATCH_LEVEL'],
];

/** The level of the clock interrupt. */
export function clockLevel(arch: Arch): number {
  return arch === 'x86' ? 28 : 13;
}

/** `DISPATCH_LEVEL`, `DIRQL (5)`. */
export function irqlName(irql: number, arch: Arch): string {
  const clock = clockLevel(arch);
  const named = new Map([
    ...low,
    [clock, 'CLOCK_LEVEL'] as const,
    [clock + 1, 'IPI_LEVEL'] as const,
    [highLevel(arch), 'HIGH_LEVEL'] as const,
  ]);
  return named.get(irql) ?? `DIRQL (${irql})`;
}

/** The names of all levels of the target, by level. */
export function irqlNames(arch: Arch): readonly string[] {
  return Array.from({ length: highLevel(arch) + 1 }, (_, irql) => irqlName(irql, arch));
}

/** The target whose IRQLs a variant (`x64-cr8`, `x86-lazy`, `arm64-software`, ...) has. */
export function archOfVariant(variant: string): Arch {
  if (variant.startsWith('x86')) return 'x86';
  return variant.startsWith('arm64') ? 'arm64' : 'x64';
}
