/**
 * Words and classes for the level of a point, the same in hover, hints, ribbon and status bar.
 */
import { describeSet, maxOf, minOf, type Arch, type IrqlSet } from '../protocol/irqlLevels.ts';
import type { LevelClass } from '../protocol/requests.ts';
import type { PointFacts } from './snapshot.ts';

/** The class of one level. */
function classOfLevel(level: number): LevelClass {
  if (level <= 0) return 'passive';
  if (level === 1) return 'apc';
  return level === 2 ? 'dispatch' : 'device';
}

/** The class of a set: that of its highest level, and whether the lowest is of another. */
export function classOf(levels: IrqlSet): { readonly level: LevelClass; readonly isRange: boolean } {
  if (levels === 0) return { level: 'unknown', isRange: false };
  const level = classOfLevel(maxOf(levels));
  return { level, isRange: classOfLevel(minOf(levels)) !== level };
}

/** The level of a point in few words: `DISPATCH_LEVEL`, `PASSIVE_LEVEL..DISPATCH_LEVEL`, `not known`, `unreachable`. */
export function wordsOf(point: Pick<PointFacts, 'isReachable' | 'isUnknown' | 'levels'>, arch: Arch): string {
  if (!point.isReachable) return 'unreachable';
  if (point.isUnknown) return 'not known';
  return describeSet(point.levels, arch);
}
