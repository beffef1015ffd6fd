import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  allLevels,
  atLeast,
  atMost,
  contains,
  describeSet,
  deviceLevels,
  highLevel,
  intersect,
  isEmpty,
  isLevelConstant,
  isSubset,
  levelConstantNames,
  levelName,
  levelNames,
  levelOfConstant,
  levelsOf,
  maxOf,
  minOf,
  NO_LEVELS,
  parseLevel,
  range,
  setOf,
  sizeOf,
  union,
  without,
} from '../../server/src/protocol/irqlLevels.ts';

const set = fc.integer({ min: 0, max: 0xffffffff });
const level = fc.integer({ min: 0, max: 31 });

describe('IRQL sets are a lattice', () => {
  it('joins and meets commute, associate and absorb', () => {
    fc.assert(
      fc.property(set, set, set, (a, b, c) => {
        expect(union(a, b)).toBe(union(b, a));
        expect(intersect(a, b)).toBe(intersect(b, a));
        expect(union(a, union(b, c))).toBe(union(union(a, b), c));
        expect(intersect(a, intersect(b, c))).toBe(intersect(intersect(a, b), c));
        expect(union(a, intersect(a, b))).toBe(a);
        expect(intersect(a, union(a, b))).toBe(a);
      }),
    );
  });

  it('orders by subset as join and meet do', () => {
    fc.assert(
      fc.property(set, set, (a, b) => {
        expect(isSubset(a, b)).toBe(union(a, b) === b);
        expect(isSubset(a, b)).toBe(intersect(a, b) === a);
        expect(isSubset(NO_LEVELS, a)).toBe(true);
        expect(intersect(without(a, b), b)).toBe(NO_LEVELS);
      }),
    );
  });

  it('agrees with the list of its levels', () => {
    fc.assert(
      fc.property(set, level, (a, one) => {
        const levels = levelsOf(a);
        expect(setOf(...levels)).toBe(a);
        expect(sizeOf(a)).toBe(levels.length);
        expect(contains(a, one)).toBe(levels.includes(one));
        expect(minOf(a)).toBe(levels[0] ?? -1);
        expect(maxOf(a)).toBe(levels.at(-1) ?? -1);
        expect(levelsOf(atMost(a, one))).toEqual(levels.filter((each) => each <= one));
        expect(levelsOf(atLeast(a, one))).toEqual(levels.filter((each) => each >= one));
      }),
    );
  });

  it('builds ranges', () => {
    fc.assert(
      fc.property(level, level, (low, high) => {
        const levels = levelsOf(range(low, high));
        expect(levels).toEqual(Array.from({ length: Math.max(0, high - low + 1) }, (_, i) => low + i));
      }),
    );
    expect(range(0, 31)).toBe(0xffffffff);
    expect(isEmpty(range(5, 4))).toBe(true);
  });
});

describe('levels of the targets', () => {
  it.each([
    ['x64', 15, 3, 11],
    ['arm64', 15, 3, 11],
    ['x86', 31, 3, 26],
  ] as const)('%s has levels 0..%i and devices at %i..%i', (arch, high, low, top) => {
    expect(highLevel(arch)).toBe(high);
    expect(levelsOf(allLevels(arch))).toHaveLength(high + 1);
    expect([minOf(deviceLevels(arch)), maxOf(deviceLevels(arch))]).toEqual([low, top]);
  });

  it.each([
    ['PASSIVE_LEVEL', 0, 0],
    ['LOW_LEVEL', 0, 0],
    ['APC_LEVEL', 1, 1],
    ['DISPATCH_LEVEL', 2, 2],
    ['DPC_LEVEL', 2, 2],
    ['CLOCK_LEVEL', 13, 28],
    ['IPI_LEVEL', 14, 29],
    ['POWER_LEVEL', 14, 30],
    ['PROFILE_LEVEL', 15, 27],
    ['HIGH_LEVEL', 15, 31],
  ] as const)('%s is %i on x64 and %i on x86', (name, x64, x86) => {
    expect(levelOfConstant(name, 'x64')).toBe(x64);
    expect(levelOfConstant(name, 'x86')).toBe(x86);
    expect(isLevelConstant(name)).toBe(true);
    expect(levelConstantNames()).toContain(name);
  });

  it('has CLOCK2_LEVEL on x86 only', () => {
    expect(levelOfConstant('CLOCK2_LEVEL', 'x86')).toBe(28);
    expect(levelOfConstant('CLOCK2_LEVEL', 'x64')).toBeUndefined();
    expect(isLevelConstant('toString')).toBe(false);
  });
});

describe('levels in words', () => {
  it.each([
    [setOf(0), ['PASSIVE_LEVEL']],
    [range(0, 2), ['PASSIVE_LEVEL', 'APC_LEVEL', 'DISPATCH_LEVEL']],
    [setOf(5), ['DIRQL']],
    [range(2, 11), ['DISPATCH_LEVEL', 'DIRQL']],
    [range(0, 15), ['PASSIVE_LEVEL', 'APC_LEVEL', 'DISPATCH_LEVEL', 'DIRQL', 'HIGH_LEVEL']],
    [setOf(13), ['CLOCK_LEVEL']],
    [setOf(12, 15), ['SYNCH_LEVEL', 'HIGH_LEVEL']],
    [0, []],
  ])('%i prints as %j', (levels, names) => {
    expect(levelNames(levels, 'x64')).toEqual(names);
  });

  it('says a range, a list, or unreachable', () => {
    expect(describeSet(range(0, 2), 'x64')).toBe('PASSIVE_LEVEL..DISPATCH_LEVEL');
    expect(describeSet(setOf(0, 2), 'x64')).toBe('PASSIVE_LEVEL, DISPATCH_LEVEL');
    expect(describeSet(range(2, 15), 'x64')).toBe('DISPATCH_LEVEL..HIGH_LEVEL');
    expect(describeSet(setOf(2, 3), 'x64')).toBe('DISPATCH_LEVEL..DIRQL');
    expect(describeSet(0, 'x64')).toBe('unreachable');
    expect(levelName(20, 'x86')).toBe('DIRQL');
    expect(levelName(20, 'x64')).toBe('20');
  });

  it('reads what it wrote', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 15 }), (one) => {
        const read = parseLevel(levelName(one, 'x64'), 'x64');
        expect(read === undefined ? false : contains(read, one)).toBe(true);
      }),
    );
  });

  it.each([
    ['DISPATCH_LEVEL', 4],
    [' DISPATCH ', 4],
    ['2', 4],
    ['0x2', 4],
    ['2UL', 4],
    ['DIRQL', deviceLevels('x64')],
    ['16', undefined],
    ['NewIrql', undefined],
    ['DISPATCH_LEVEL + 1', undefined],
    ['', undefined],
  ])('parses %j', (text, expected) => {
    expect(parseLevel(text, 'x64')).toBe(expected);
  });
});
