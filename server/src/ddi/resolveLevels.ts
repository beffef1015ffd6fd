/**
 * Turns the levels, conditions and dissenting bounds of a row into IRQL sets of one target.
 * A row's `min..max` is a range; `discrete` rows allow the listed levels only.
 */
import {
  allLevels,
  deviceLevels,
  highLevel,
  levelOfConstant,
  maxOf,
  minOf,
  range,
  setOf,
  union,
  type Arch,
  type Irql,
  type IrqlSet,
} from '../protocol/irqlLevels.ts';
import type { ConditionRow, LevelRow, WhenRow } from '../protocol/factsFormat.ts';
import type { ArgTest, DissentingBound, FactCondition, FactSource, FactWhen } from './ddiFacts.ts';

/** The set that one level of a row stands for; DIRQL is the whole device range. A number beyond the target is its highest level. */
export function levelSet(level: LevelRow, arch: Arch): IrqlSet {
  if (level === 'DIRQL') return deviceLevels(arch);
  if (typeof level === 'number') return setOf(Math.min(level, highLevel(arch)));
  const value = levelOfConstant(level, arch) ?? levelOfConstant(`${level}_LEVEL`, arch);
  return setOf(value ?? highLevel(arch));
}

/** Lowest level of a row's minimum; PASSIVE_LEVEL when it has none. */
function lowest(level: LevelRow | null | undefined, arch: Arch): Irql {
  return level === null || level === undefined ? 0 : minOf(levelSet(level, arch));
}

/** Highest level of a row's maximum; the target's highest when it has none. */
function highest(level: LevelRow | null | undefined, arch: Arch): Irql {
  return level === null || level === undefined ? highLevel(arch) : maxOf(levelSet(level, arch));
}

/** The levels from `min` to `max`, or the listed ones; null when the row gives no bound at all. */
export function boundSet(
  row: {
    readonly min?: LevelRow | null | undefined;
    readonly max?: LevelRow | null | undefined;
    readonly discrete?: readonly LevelRow[] | undefined;
  },
  arch: Arch,
): IrqlSet | null {
  if (row.discrete !== undefined)
    return row.discrete.reduce<IrqlSet>((set, level) => union(set, levelSet(level, arch)), 0);
  const isUnknown = (level: LevelRow | null | undefined) => level === null || level === undefined;
  if (isUnknown(row.min) && isUnknown(row.max)) return null;
  return range(lowest(row.min, arch), highest(row.max, arch));
}

function testOf(row: WhenRow): ArgTest | undefined {
  if (row.equals !== undefined) return { op: 'equals', value: row.equals };
  if (row.notEquals !== undefined) return { op: 'notEquals', value: row.notEquals };
  if (row.equalsAny !== undefined) return { op: 'equalsAny', values: row.equalsAny };
  if (row.hasFlag !== undefined) return { op: 'hasFlag', flag: row.hasFlag };
  if (row.lacksFlag !== undefined) return { op: 'lacksFlag', flag: row.lacksFlag };
  if (row.greaterThan !== undefined) return { op: 'greaterThan', value: row.greaterThan };
  if (row.lessOrEqual !== undefined) return { op: 'lessOrEqual', value: row.lessOrEqual };
  return undefined;
}

/** Where argument i of the row is found in the call that is looked at; -1 = nowhere. */
export type ArgMapping = (index: number) => number;

/** A row that is looked at under its own name. */
export const sameArgs: ArgMapping = (index) => index;

/** The mapping of an `argMap`: entry i is the own argument that becomes argument i of the target. */
export function mappingOf(argMap: readonly number[] | undefined): ArgMapping {
  return argMap === undefined ? sameArgs : (index) => argMap[index] ?? -1;
}

/** A condition as everybody reads it, its arguments in terms of the call. */
export function resolveWhen(row: WhenRow, arch: Arch, map: ArgMapping): FactWhen {
  const test = testOf(row);
  return {
    ...(row.arg === undefined ? {} : { arg: map(row.arg) }),
    ...(test === undefined ? {} : { test }),
    ...(row.isDeref === undefined ? {} : { isDeref: row.isDeref }),
    ...(row.field === undefined ? {} : { field: row.field }),
    ...(row.pageable === undefined ? {} : { pageable: row.pageable.map(map) }),
    ...(row.allocatedFrom === undefined ? {} : { allocatedFrom: row.allocatedFrom }),
    ...(row.majorFunctions === undefined ? {} : { majorFunctions: row.majorFunctions }),
    ...(row.deviceFlag === undefined ? {} : { deviceFlag: row.deviceFlag }),
    ...(row.objectType === undefined ? {} : { objectType: row.objectType }),
    ...(row.executionLevel === undefined ? {} : { executionLevel: row.executionLevel }),
    ...(row.executionLevelNot === undefined ? {} : { executionLevelNot: row.executionLevelNot }),
    ...(row.isPassiveInterrupt === undefined ? {} : { isPassiveInterrupt: row.isPassiveInterrupt }),
    ...(row.usesUnicodeFormat === undefined ? {} : { usesUnicodeFormat: row.usesUnicodeFormat }),
    ...(row.entry === undefined ? {} : { entry: levelSet(row.entry, arch) }),
    ...(row.state === undefined ? {} : { state: row.state }),
    ...(row.note === undefined ? {} : { note: row.note }),
  };
}

/** The conditions of a row. One without any bound allows every level. */
export function resolveConditions(
  rows: readonly ConditionRow[] | undefined,
  arch: Arch,
  map: ArgMapping,
): FactCondition[] {
  return (rows ?? []).map((row) => ({
    when: resolveWhen(row.when, arch, map),
    levels: boundSet(row, arch) ?? allLevels(arch),
  }));
}

/** What other sources say about the same row. */
export function resolveDissent(
  rows:
    | readonly {
        readonly min: LevelRow;
        readonly max: LevelRow;
        readonly source: FactSource | 'sdv';
      }[]
    | undefined,
  arch: Arch,
): DissentingBound[] {
  return (rows ?? []).map(({ min, max, source }) => ({
    levels: boundSet({ min, max }, arch) ?? allLevels(arch),
    source,
  }));
}
