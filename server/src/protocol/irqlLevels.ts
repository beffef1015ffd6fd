/**
 * IRQLs as numbers and sets of IRQLs as bit masks: level i is bit i. Plain numbers, no objects, usable everywhere.
 * The device range is symbolic: any level of it prints as DIRQL. It knows no routines and no source code.
 * Sources of the numbers: the `*_LEVEL` constants of the public wdm.h and ntddk.h for AMD64, ARM64 and x86.
 */

/** A target whose IRQL numbering is known. x64 and ARM64 have levels 0..15, x86 has 0..31. */
export type Arch = 'x64' | 'arm64' | 'x86';

/** A single IRQL, 0..15 on x64 and ARM64, 0..31 on x86. */
export type Irql = number;

/** A set of IRQLs as an unsigned 32-bit mask; bit i stands for level i. 0 is the empty set (unreachable). */
export type IrqlSet = number;

/** The IRQLs that are the same on every target. */
export const PASSIVE_LEVEL: Irql = 0;
/** @see PASSIVE_LEVEL */
export const APC_LEVEL: Irql = 1;
/** @see PASSIVE_LEVEL */
export const DISPATCH_LEVEL: Irql = 2;
/** The lowest device level (DIRQL) on every target. */
export const DEVICE_MIN: Irql = 3;

/** The empty set: no level at all, an unreachable point. */
export const NO_LEVELS: IrqlSet = 0;

interface Numbering {
  readonly high: Irql;
  readonly deviceMax: Irql;
  /** constants of the headers; several names may share a number, the first name of a number is the one printed */
  readonly names: readonly (readonly [name: string, level: Irql])[];
}

const LOW_NAMES = [
  ['PASSIVE_LEVEL', 0],
  ['LOW_LEVEL', 0],
  ['APC_LEVEL', 1],
  ['DISPATCH_LEVEL', 2],
  ['DPC_LEVEL', 2],
  ['CMCI_LEVEL', 5],
] as const;

const SIXTEEN: Numbering = {
  high: 15,
  deviceMax: 11,
  names: [
    ...LOW_NAMES,
    ['SYNCH_LEVEL', 12],
    ['CLOCK_LEVEL', 13],
    ['IPI_LEVEL', 14],
    ['DRS_LEVEL', 14],
    ['POWER_LEVEL', 14],
    ['HIGH_LEVEL', 15],
    ['PROFILE_LEVEL', 15],
  ],
};

const THIRTY_TWO: Numbering = {
  high: 31,
  deviceMax: 26,
  names: [
    ...LOW_NAMES,
    ['SYNCH_LEVEL', 27],
    ['PROFILE_LEVEL', 27],
    ['CLOCK_LEVEL', 28],
    ['CLOCK1_LEVEL', 28],
    ['CLOCK2_LEVEL', 28],
    ['IPI_LEVEL', 29],
    ['POWER_LEVEL', 30],
    ['HIGH_LEVEL', 31],
  ],
};

function numberingOf(arch: Arch): Numbering {
  return arch === 'x86' ? THIRTY_TWO : SIXTEEN;
}

/** HIGH_LEVEL of the target: 15, or 31 on x86. */
export function highLevel(arch: Arch): Irql {
  return numberingOf(arch).high;
}

/** The highest device level (DIRQL) of the target: 11, or 26 on x86. */
export function deviceMax(arch: Arch): Irql {
  return numberingOf(arch).deviceMax;
}

/** The set with exactly the given levels (each 0..31). */
export function setOf(...levels: readonly Irql[]): IrqlSet {
  let set = 0;
  for (const level of levels) set |= 1 << level;
  return set >>> 0;
}

/** All levels from `min` to `max` inclusive; the empty set when `min > max`. Bounds are clamped to 0..31. */
export function range(min: Irql, max: Irql): IrqlSet {
  const low = min < 0 ? 0 : min;
  const high = max > 31 ? 31 : max;
  if (low > high) return 0;
  return ((high === 31 ? 0xffffffff : (1 << (high + 1)) - 1) & ~((1 << low) - 1)) >>> 0;
}

/** Every level of the target. */
export function allLevels(arch: Arch): IrqlSet {
  return range(0, highLevel(arch));
}

/** The device range DIRQL of the target. */
export function deviceLevels(arch: Arch): IrqlSet {
  return range(DEVICE_MIN, deviceMax(arch));
}

/** Whether the set has no level. */
export function isEmpty(set: IrqlSet): boolean {
  return set === 0;
}

/** The lowest level of the set; -1 when it is empty. */
export function minOf(set: IrqlSet): Irql {
  return set === 0 ? -1 : 31 - Math.clz32(set & -set);
}

/** The highest level of the set; -1 when it is empty. */
export function maxOf(set: IrqlSet): Irql {
  return 31 - Math.clz32(set);
}

/** The number of levels in the set. */
export function sizeOf(set: IrqlSet): number {
  let count = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) count++;
  return count;
}

/** Levels that are in either set. */
export function union(a: IrqlSet, b: IrqlSet): IrqlSet {
  return (a | b) >>> 0;
}

/** Levels that are in both sets. */
export function intersect(a: IrqlSet, b: IrqlSet): IrqlSet {
  return (a & b) >>> 0;
}

/** Levels of `a` that are not in `b`. */
export function without(a: IrqlSet, b: IrqlSet): IrqlSet {
  return (a & ~b) >>> 0;
}

/** Whether `level` is in the set. */
export function contains(set: IrqlSet, level: Irql): boolean {
  return ((set >>> level) & 1) === 1;
}

/** Whether every level of `a` is in `b` (the order of the lattice). */
export function isSubset(a: IrqlSet, b: IrqlSet): boolean {
  return (a & ~b) === 0;
}

/** The levels of the set that are at most `max`. */
export function atMost(set: IrqlSet, max: Irql): IrqlSet {
  return intersect(set, range(0, max));
}

/** The levels of the set that are at least `min`. */
export function atLeast(set: IrqlSet, min: Irql): IrqlSet {
  return intersect(set, range(min, 31));
}

/** The levels of the set, lowest first. */
export function levelsOf(set: IrqlSet): Irql[] {
  const levels: Irql[] = [];
  for (let rest = set; rest !== 0; rest = (rest & (rest - 1)) >>> 0) levels.push(minOf(rest));
  return levels;
}

/** The kernel name of one level: device levels are `DIRQL`; a number outside the target is printed as it is. */
export function levelName(level: Irql, arch: Arch): string {
  const { names, deviceMax: top } = numberingOf(arch);
  if (level >= DEVICE_MIN && level <= top) return 'DIRQL';
  return names.find(([, value]) => value === level)?.[0] ?? String(level);
}

/**
 * Kernel names of the set's levels, lowest first, each once. The device range prints as `DIRQL`. A set that has
 * everything above the device range says `HIGH_LEVEL` for it; only a part of it is spelled out (`CLOCK_LEVEL`).
 */
export function levelNames(set: IrqlSet, arch: Arch): string[] {
  const high = highLevel(arch);
  const system = range(deviceMax(arch) + 1, high);
  const isWholeSystem = isSubset(system, set);
  const shown = isWholeSystem ? union(without(set, system), setOf(high)) : set;
  const names: string[] = [];
  for (const level of levelsOf(shown)) {
    const name = levelName(level, arch);
    if (names.at(-1) !== name) names.push(name);
  }
  return names;
}

/**
 * The set in few words for messages: one name, or `PASSIVE_LEVEL..DISPATCH_LEVEL` for levels without a gap, or a list.
 * The empty set says `unreachable`.
 */
export function describeSet(set: IrqlSet, arch: Arch): string {
  if (set === 0) return 'unreachable';
  const names = levelNames(set, arch);
  const first = names[0] ?? '';
  if (names.length === 1) return first;
  const device = deviceLevels(arch);
  const filled = intersect(set, device) === 0 ? set : union(set, device);
  const hasNoGap = filled === range(minOf(filled), maxOf(filled));
  return hasNoGap ? `${first}..${names.at(-1) ?? ''}` : names.join(', ');
}

/**
 * The number of an IRQL constant of the headers (`DISPATCH_LEVEL`, `DPC_LEVEL`, `CLOCK2_LEVEL`, ...), or undefined.
 * `DIRQL` is no constant: it is a range, see `parseLevel`.
 */
export function levelOfConstant(name: string, arch: Arch): Irql | undefined {
  return numberingOf(arch).names.find(([known]) => known === name)?.[1];
}

/**
 * Reads a level written as a constant of the headers, as a short name (`PASSIVE`, `DISPATCH`), as `DIRQL` (the whole
 * device range) or as a number in C notation. Arithmetic is the caller's business. Undefined when it is none of these
 * or lies outside the target.
 */
export function parseLevel(text: string, arch: Arch): IrqlSet | undefined {
  const word = text.trim();
  if (word === 'DIRQL' || word === 'DEVICE_LEVEL') return deviceLevels(arch);
  const constant = levelOfConstant(word, arch) ?? levelOfConstant(`${word}_LEVEL`, arch);
  if (constant !== undefined) return setOf(constant);
  if (!/^(?:0[xX][0-9a-fA-F]+|[0-9]+)[uUlL]*$/.test(word)) return undefined;
  const value = Number(word.replace(/[uUlL]+$/, ''));
  return value <= highLevel(arch) ? setOf(value) : undefined;
}

/** Whether `name` is one of the IRQL constants of any target, for highlighting and for telling levels from other names. */
export function isLevelConstant(name: string): boolean {
  return [SIXTEEN, THIRTY_TWO].some(({ names }) => names.some(([known]) => known === name));
}

/** All IRQL constant names of all targets, each once, for grammars. */
export function levelConstantNames(): string[] {
  return [...new Set([...SIXTEEN.names, ...THIRTY_TWO.names].map(([name]) => name))];
}
