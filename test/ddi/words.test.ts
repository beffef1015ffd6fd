import { describe, expect, it } from 'vitest';
import { loadFacts } from '../../server/src/ddi/loadFacts.ts';
import {
  describeBound,
  describeEffect,
  describeFact,
  describeLockKind,
  describeRole,
  factDetails,
  factMarkdown,
  pageAddress,
} from '../../server/src/ddi/words.ts';
import type { DdiFact, LockEffect, RoleFact } from '../../server/src/ddi/ddiFacts.ts';
import { allLevels, range, setOf } from '../../server/src/protocol/irqlLevels.ts';

const facts = loadFacts();
const fact = (name: string) => facts.lookup(name) as DdiFact;
const effect = (name: string) => facts.effect(name) as LockEffect;
const role = (name: string) => facts.role(name) as RoleFact;

describe('bounds in words', () => {
  it.each([
    [setOf(2), 'IRQL = DISPATCH_LEVEL'],
    [range(0, 2), 'IRQL <= DISPATCH_LEVEL'],
    [range(2, 15), 'IRQL >= DISPATCH_LEVEL'],
    [range(0, 11), 'IRQL <= DIRQL'],
    [range(3, 11), 'IRQL = DIRQL'],
    [range(1, 2), 'IRQL APC_LEVEL..DISPATCH_LEVEL'],
    [setOf(0, 2), 'IRQL PASSIVE_LEVEL or DISPATCH_LEVEL'],
    [allLevels('x64'), 'any IRQL'],
  ])('%i: %s', (levels, words) => {
    expect(describeBound(levels, 'x64')).toBe(words);
  });
});

describe('facts in words', () => {
  it('says the bound and its source', () => {
    expect(describeFact(fact('ZwClose'), 'x64')).toBe(
      'callable at IRQL = PASSIVE_LEVEL (source: documentation page of ZwClose)',
    );
    expect(describeFact(fact('memcpy'), 'x64')).toBe(
      'callable at any IRQL (source: not stated in the documentation)',
    );
    expect(describeFact(fact('CTL_CODE'), 'x64')).toBe('no IRQL is documented');
  });

  it('spells conditions out', () => {
    expect(factDetails(fact('KeSetEvent'), 'x64')).toEqual([
      'IRQL <= DISPATCH_LEVEL when Wait is FALSE',
      'IRQL <= APC_LEVEL when Wait is TRUE',
    ]);
    expect(factDetails(fact('KeWaitForSingleObject'), 'x64')).toEqual([
      'IRQL <= APC_LEVEL when Timeout is NULL',
      'IRQL <= APC_LEVEL when *Timeout is not 0',
      'IRQL <= DISPATCH_LEVEL when *Timeout is 0',
    ]);
    expect(factDetails(fact('RtlCopyMemory'), 'x64')).toContain(
      'IRQL <= APC_LEVEL when the memory of Destination or Source is pageable',
    );
    expect(factDetails(fact('KeFlushQueuedDpcs'), 'x64')).toContain(
      'annotation in the public header says IRQL <= APC_LEVEL',
    );
  });

  it('links the page as markdown', () => {
    expect(factMarkdown(fact('KeSetEvent'), 'x64')).toBe(
      '[**KeSetEvent**](https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kesetevent) is callable at IRQL <= DISPATCH_LEVEL ' +
        '(source: remarks of the documentation page of KeSetEvent)\n- IRQL <= DISPATCH_LEVEL when Wait is FALSE\n- IRQL <= APC_LEVEL when Wait is TRUE',
    );
  });

  it.each([
    [
      'KDEFERRED_ROUTINE',
      'https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-kdeferred_routine',
    ],
    [
      'WDF_TIMER_CONFIG_INIT',
      'https://learn.microsoft.com/windows-hardware/drivers/ddi/wdftimer/nf-wdftimer-wdf_timer_config_init',
    ],
    ['memcpy', undefined],
    ['IoCompleteRequest', undefined],
  ])('the page of %s is %s', (name, address) => {
    expect(pageAddress(fact(name))).toBe(address);
  });
});

describe('effects and roles in words', () => {
  it.each([
    ['KeAcquireSpinLock', 'acquires the spin lock SpinLock and raises the IRQL to DISPATCH_LEVEL'],
    ['KeReleaseSpinLock', 'releases the spin lock SpinLock and sets the IRQL to NewIrql'],
    ['KeAcquireSpinLockAtDpcLevel', 'acquires the spin lock SpinLock and leaves the IRQL as it is'],
    [
      'KeReleaseInStackQueuedSpinLock',
      'releases the queued spin lock and restores the IRQL saved in LockHandle',
    ],
    ['KeRaiseIrqlToDpcLevel', 'raises the IRQL to DISPATCH_LEVEL'],
    ['KeLowerIrql', 'sets the IRQL to NewIrql'],
    ['KeEnterCriticalRegion', 'enters the critical region and leaves the IRQL as it is'],
  ])('%s %s', (name, words) => {
    expect(describeEffect(effect(name), 'x64')).toBe(words);
  });

  it('names lock kinds', () => {
    expect(describeLockKind('exSpinlock')).toBe('reader/writer spin lock');
    expect(describeLockKind('acmeBigLock')).toBe('acme big lock');
  });

  it('says how sure a role is', () => {
    expect(describeRole(role('IO_COMPLETION_ROUTINE'), 'x64')).toBe(
      'IO_COMPLETION_ROUTINE is entered at IRQL <= DISPATCH_LEVEL and often runs at the upper level (source: documentation page of IO_COMPLETION_ROUTINE)',
    );
  });

  it('finds words for every condition of every row', () => {
    const mute = [
      ...facts.routineNames().map((name) => fact(name)),
      ...facts.roleTypes().map((type) => fact(type)),
    ]
      .filter((one) => one !== undefined)
      .flatMap((one) => factDetails(one, 'x64').map((line) => `${one.name}: ${line}`))
      .filter((line) => /when $|undefined|\[object/.test(line));
    expect(mute).toEqual([]);
  });
});
