import { describe, expect, it } from 'vitest';
import {
  decideWhen,
  narrowLevels,
  roleLevels,
  type ArgumentEnvironment,
} from '../../../server/src/analysis/sal/factConditions.ts';
import { int, UNKNOWN, type SalValue } from '../../../server/src/analysis/sal/evaluate.ts';
import { loadFacts } from '../../../server/src/ddi/loadFacts.ts';
import type { FactWhen } from '../../../server/src/ddi/ddiFacts.ts';
import { range, setOf } from '../../../server/src/protocol/irqlLevels.ts';

const facts = loadFacts();
const nonNull: SalValue = { kind: 'not', values: [0] };

function env(
  values: readonly (SalValue | undefined)[],
  more: Partial<ArgumentEnvironment> = {},
): ArgumentEnvironment {
  return { arch: 'x64', argument: (arg) => values[arg] ?? UNKNOWN, ...more };
}

function narrow(
  name: string,
  values: readonly (SalValue | undefined)[],
  more: Partial<ArgumentEnvironment> = {},
) {
  const fact = facts.lookup(name);
  if (fact?.levels == null) throw new Error(name);
  const { levels, isCertain, because } = narrowLevels(
    fact.levels,
    fact.conditions,
    env(values, more),
    fact.args,
  );
  return [levels, isCertain, because];
}

const args = (index: number, value: SalValue) => [...Array<undefined>(index).fill(undefined), value];

describe('arguments decide', () => {
  it.each([
    ['KeSetEvent', args(2, int(0)), [range(0, 2), true, '']],
    ['KeSetEvent', args(2, int(1)), [range(0, 1), true, 'Wait is TRUE']],
    ['KeSetEvent', args(2, int(7)), [range(0, 1), true, 'Wait is TRUE']],
    ['KeSetEvent', [], [range(0, 2), false, '']],
    ['KeReleaseMutex', args(1, int(1)), [range(0, 1), true, 'Wait is TRUE']],
    ['KeWaitForSingleObject', args(4, int(0)), [range(0, 1), true, 'Timeout is NULL']],
    ['KeWaitForSingleObject', args(4, nonNull), [range(0, 2), false, '']],
    ['ExAllocatePoolWithTag', [int(1)], [range(0, 1), true, 'PoolType has PagedPool']],
    ['ExAllocatePoolWithTag', [int(512)], [range(0, 2), true, '']],
    ['ExAllocatePool2', [int(0x100)], [range(0, 1), true, 'Flags has POOL_FLAG_PAGED']],
    ['ExAllocatePool2', [int(0x40)], [range(0, 2), true, '']],
    ['MmMapLockedPagesSpecifyCache', args(1, int(1)), [range(0, 1), true, 'AccessMode is UserMode']],
    ['MmMapLockedPagesSpecifyCache', args(1, int(0)), [range(0, 2), true, '']],
    ['WdfTimerStop', args(1, int(1)), [setOf(0), true, 'Wait is TRUE']],
    ['ZwClose', [], [setOf(0), true, '']],
  ] as const)('%s with %j', (name, values, expected) => {
    expect(narrow(name, values)).toEqual(expected);
  });

  it('looks through the timeout pointer', () => {
    const with0 = { derefOf: () => int(0) };
    const with5 = { derefOf: () => int(-50000) };
    expect(narrow('KeWaitForSingleObject', args(4, nonNull), with0)).toEqual([range(0, 2), true, '']);
    expect(narrow('KeWaitForSingleObject', args(4, nonNull), with5)).toEqual([
      range(0, 1),
      true,
      '*Timeout is not 0',
    ]);
  });

  it('looks into a struct', () => {
    const flags = (value: number) => ({
      fieldOf: (_: number, field: string) => (field === 'Flags' ? int(value) : UNKNOWN),
    });
    expect(narrow('WdfRequestSend', args(2, nonNull), flags(2))[0]).toBe(setOf(0));
    expect(narrow('WdfRequestSend', args(2, nonNull), flags(8))[0]).toBe(range(0, 2));
    expect(narrow('WdfRequestSend', args(2, int(0)))).toEqual([range(0, 2), true, '']);
  });

  it('asks for what a call does not show', () => {
    expect(narrow('ExFreePool', [])).toEqual([range(0, 2), false, '']);
    expect(narrow('ExFreePool', [], { poolOf: () => 'paged' })[0]).toBe(range(0, 1));
    expect(narrow('ExFreePool', [], { poolOf: () => 'nonpaged' })).toEqual([range(0, 2), true, '']);
    expect(narrow('RtlCopyMemory', [], { isPageable: (arg) => (arg === 1 ? 'true' : 'false') })[0]).toBe(
      range(0, 1),
    );
    expect(narrow('RtlCopyMemory', [], { isPageable: () => 'false' })).toEqual([range(0, 15), true, '']);
    expect(narrow('DbgPrint', [], { usesUnicodeFormat: () => 'true' })[0]).toBe(setOf(0));
  });
});

describe('single conditions', () => {
  it.each<[FactWhen, Partial<ArgumentEnvironment>, string]>([
    [{ arg: 0, test: { op: 'equals', value: 'InterruptLock' } }, { argument: () => int(3) }, 'true'],
    [
      { arg: 0, test: { op: 'equalsAny', values: ['DpcLock', 'StartIoLock'] } },
      { argument: () => int(3) },
      'false',
    ],
    [{ arg: 0, test: { op: 'equals', value: 'VpPagedPool' } }, { spellingOf: () => 'VpPagedPool' }, 'true'],
    [
      { arg: 0, test: { op: 'equals', value: 'VpPagedPool' } },
      { spellingOf: () => 'VpNonPagedPool' },
      'unknown',
    ],
    [{ arg: 0, test: { op: 'greaterThan', value: 256 } }, { argument: () => int(257) }, 'true'],
    [{ arg: 0, test: { op: 'lessOrEqual', value: 256 } }, { argument: () => int(257) }, 'false'],
    [{ arg: -1, test: { op: 'equals', value: 0 } }, { argument: () => int(0) }, 'unknown'],
    [
      { executionLevel: 'WdfExecutionLevelPassive', arg: 0 },
      { executionLevelOf: () => 'WdfExecutionLevelPassive' },
      'true',
    ],
    [
      { executionLevelNot: 'WdfExecutionLevelPassive' },
      { executionLevelOf: () => 'WdfExecutionLevelPassive' },
      'false',
    ],
    [{ isPassiveInterrupt: false, arg: 0 }, { isPassiveInterrupt: () => 'true' }, 'false'],
    [{ entry: setOf(2) }, { entry: setOf(2) }, 'true'],
    [{ entry: setOf(2) }, { entry: setOf(0, 1) }, 'false'],
    [{ entry: setOf(2) }, { entry: setOf(0, 2) }, 'unknown'],
    [{ state: '!MemoryMappedController' }, { state: () => 'false' }, 'true'],
    [{ state: 'a&!b' }, { state: (token) => (token === 'a' ? 'true' : 'false') }, 'true'],
    [{ state: 'a|b' }, { state: (token) => (token === 'a' ? 'false' : 'true') }, 'true'],
    [{ state: 'a' }, {}, 'unknown'],
    [{ majorFunctions: ['IRP_MJ_READ'] }, { isMajorFunction: () => 'true' }, 'true'],
    [{ deviceFlag: 'DO_POWER_PAGABLE', arg: 0 }, {}, 'unknown'],
  ])('%j', (when, more, truth) => {
    expect(decideWhen(when, env([], more))).toBe(truth);
  });

  it('leaves nothing undecided when everything is told', () => {
    const told: ArgumentEnvironment = {
      arch: 'x64',
      argument: () => int(0),
      spellingOf: () => undefined,
      derefOf: () => int(0),
      fieldOf: () => int(0),
      isPageable: () => 'false',
      poolOf: () => 'nonpaged',
      hasObjectType: () => 'false',
      executionLevelOf: () => 'WdfExecutionLevelDispatch',
      isPassiveInterrupt: () => 'false',
      hasDeviceFlag: () => 'false',
      isMajorFunction: () => 'false',
      usesUnicodeFormat: () => 'false',
      entry: setOf(0),
      state: () => 'false',
    };
    const open = facts.routineNames().flatMap((name) => {
      const fact = facts.lookup(name);
      const undecided =
        fact?.conditions.filter(({ when }) => when.arg !== -1 && decideWhen(when, told) === 'unknown') ?? [];
      return undecided.map(({ when }) => JSON.stringify(when.test));
    });
    // Enumerators whose value no table gives are compared by spelling alone.
    expect([...new Set(open)].sort()).toMatchInlineSnapshot(`
      [
        "{"op":"equals","value":"EVENT_ACTIVITY_CTRL_CREATE_ID"}",
        "{"op":"equals","value":"NDIS_MEMORY_CONTIGUOUS"}",
        "{"op":"equals","value":"NDIS_MEMORY_NONCACHED"}",
        "{"op":"equals","value":"NdisMSIXTableConfigSetTableEntry"}",
        "{"op":"equalsAny","values":["NdisMSIXTableConfigMaskTableEntry","NdisMSIXTableConfigUnmaskTableEntry"]}",
        "{"op":"equalsAny","values":["VpNonPagedPool","VpNonPagedPoolCacheAligned"]}",
        "{"op":"equalsAny","values":["VpPagedPool","VpPagedPoolCacheAligned"]}",
        "{"op":"hasFlag","flag":"VMBUS_CHANNEL_FORMAT_FLAG_WAIT_FOR_COMPLETION"}",
        "{"op":"notEquals","value":"EVENT_ACTIVITY_CTRL_CREATE_ID"}",
      ]
    `);
  });
});

describe('entry levels of roles', () => {
  const levelsOf = (type: string, isTrue: readonly string[], isFalse: readonly string[] = []) => {
    const role = facts.role(type);
    if (role?.levels == null) throw new Error(type);
    const state = (token: string) =>
      isTrue.includes(token) ? 'true' : isFalse.includes(token) ? 'false' : 'unknown';
    const { levels, isCertain } = roleLevels(role.levels, role.conditions, env([], { state }));
    return [levels, isCertain];
  };

  it.each<[string, string[], string[], [number, boolean]]>([
    ['KDEFERRED_ROUTINE', [], ['threadedDpc'], [setOf(2), true]],
    ['KDEFERRED_ROUTINE', ['threadedDpc'], [], [range(0, 2), true]],
    ['KSERVICE_ROUTINE', ['passiveInterrupt'], [], [setOf(0), true]],
    ['EVT_WDF_TIMER', ['executionLevelPassive'], ['executionLevelDispatch'], [setOf(0), true]],
    ['EVT_WDF_TIMER', ['executionLevelDispatch'], ['executionLevelPassive'], [setOf(2), true]],
    ['EVT_WDF_TIMER', [], [], [setOf(0, 2), false]],
  ])('%s with %j and not %j', (type, isTrue, isFalse, expected) => {
    expect(levelsOf(type, isTrue, isFalse)).toEqual(expected);
  });
});
