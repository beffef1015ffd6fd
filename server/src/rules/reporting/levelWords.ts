/**
 * Bounds of the IRQL in the words of a message.
 */
import { highLevel, levelName, type Arch, type Irql } from '../../protocol/irqlLevels.ts';

/** An upper bound behind "at": "PASSIVE_LEVEL only", "APC_LEVEL or below". */
export function upTo(max: Irql, arch: Arch): string {
  return max <= 0 ? 'PASSIVE_LEVEL only' : `${levelName(max, arch)} or below`;
}

/** A lower bound behind "at": "HIGH_LEVEL only", "DISPATCH_LEVEL or above". */
export function from(min: Irql, arch: Arch): string {
  return min >= highLevel(arch) ? `${levelName(min, arch)} only` : `${levelName(min, arch)} or above`;
}

/** Both bounds behind "at". */
export function between(min: Irql, max: Irql, arch: Arch): string {
  if (min <= 0) return upTo(max, arch);
  if (max >= highLevel(arch)) return from(min, arch);
  if (min === max) return `${levelName(min, arch)} only`;
  return `${levelName(min, arch)} to ${levelName(max, arch)}`;
}
