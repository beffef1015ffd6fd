import { describe, expect, it } from 'vitest';
import { buildContract } from '../../../server/src/analysis/sal/buildContract.ts';
import { contradictionsOf, differenceBetween } from '../../../server/src/analysis/sal/contradictions.ts';
import { readDataContract, readLockLevelOrder } from '../../../server/src/analysis/sal/dataAnnotations.ts';
import { splitAnnotations } from '../../../server/src/analysis/sal/splitAnnotations.ts';
import { readStatementAnnotation } from '../../../server/src/analysis/sal/statementAnnotations.ts';
import { range } from '../../../server/src/protocol/irqlLevels.ts';

const words = (text: string) => splitAnnotations(text) ?? [];
const contract = (text: string) =>
  buildContract(
    words(text).map((one) => ({ annotation: { ...one, start: 0, end: 0 } })),
    { arch: 'x64', parameters: ['Wait'] },
  );

describe('statements', () => {
  it.each([
    ['_IRQL_limited_to_', ['DISPATCH_LEVEL'], { kind: 'limited', levels: range(0, 2) }],
    ['_IRQL_limited_to_', ['DISPATCH_LEVEL - 1'], { kind: 'limited', levels: range(0, 1) }],
    ['_IRQL_limited_to_', ['Level'], undefined],
    ['_IRQL_limited_to_', ['99'], undefined],
    ['_Analysis_assume_lock_held_', ['p->Lock'], { kind: 'assumeHeld', lock: 'p->Lock' }],
    ['_Analysis_assume_lock_not_held_', ['p->Lock'], { kind: 'assumeNotHeld', lock: 'p->Lock' }],
    ['_Analysis_assume_lock_acquired_', ['*p'], { kind: 'assumeAcquired', lock: '*p' }],
    ['_Analysis_assume_lock_released_', ['*p'], { kind: 'assumeReleased', lock: '*p' }],
    ['_Analysis_assume_lock_released_', [], undefined],
    ['_Analysis_assume_same_lock_', ['a', 'b'], { kind: 'assumeSame', a: 'a', b: 'b' }],
    ['_Analysis_assume_section_locked_', ['"PAGE"'], { kind: 'sectionLocked' }],
    ['_Benign_race_begin_', [], { kind: 'benignRace', edge: 'begin' }],
    ['toString', [], undefined],
  ])('%s(%j)', (name, args, expected) => {
    expect(readStatementAnnotation(name, args, 'x64')).toEqual(expected);
  });
});

describe('data', () => {
  it('reads guards, levels and kinds', () => {
    expect(readDataContract(words('_Guarded_by_(p->Lock) _Write_guarded_by_(g_Lock)'))).toEqual({
      guardedBy: ['p->Lock'],
      writeGuardedBy: ['g_Lock'],
      isInterlocked: false,
    });
    expect(
      readDataContract(words('_Interlocked_ _Has_lock_level_(Outer) _Has_lock_kind_(_Lock_kind_spin_lock_)')),
    ).toMatchObject({
      isInterlocked: true,
      lockLevel: 'Outer',
      lockKind: '_Lock_kind_spin_lock_',
    });
    expect(readLockLevelOrder(words('_Lock_level_order_(Outer, Inner) _Lock_level_order_(x)'))).toEqual([
      ['Outer', 'Inner'],
    ]);
  });
});

describe('contradictions', () => {
  it.each([
    [
      '_IRQL_requires_min_(DISPATCH_LEVEL) _IRQL_requires_max_(APC_LEVEL)',
      ['no IRQL satisfies all of these bounds'],
    ],
    [
      '_IRQL_requires_(PASSIVE_LEVEL) _IRQL_requires_(DISPATCH_LEVEL)',
      ['no IRQL satisfies all of these bounds'],
    ],
    [
      '_IRQL_raises_(DISPATCH_LEVEL) _IRQL_requires_same_',
      ['raises the IRQL, and yet returns at the IRQL of its entry'],
    ],
    [
      '_IRQL_requires_max_(HIGH_LEVEL) _IRQL_raises_(DISPATCH_LEVEL)',
      ['may be called above DISPATCH_LEVEL, to which it is said to raise'],
    ],
    [
      '_IRQL_raises_(DISPATCH_LEVEL) _IRQL_always_function_max_(APC_LEVEL)',
      ['raises to DISPATCH_LEVEL, which the body is said never to reach'],
    ],
    [
      '_Function_class_(KDEFERRED_ROUTINE) _Function_class_(DRIVER_CANCEL)',
      ['belongs to several function classes: KDEFERRED_ROUTINE, DRIVER_CANCEL'],
    ],
    ['_IRQL_requires_max_(DISPATCH_LEVEL) _IRQL_raises_(DISPATCH_LEVEL) _IRQL_saves_', []],
    ['_When_(Wait==0, _IRQL_requires_(PASSIVE_LEVEL)) _When_(Wait!=0, _IRQL_requires_(DISPATCH_LEVEL))', []],
    ['_IRQL_requires_max_(APC_LEVEL) _IRQL_requires_same_', []],
  ])('%s', (text, messages) => {
    expect(contradictionsOf(contract(text), 'x64').map((one) => one.message)).toEqual(messages);
  });

  it.each([
    [
      '_IRQL_requires_(PASSIVE_LEVEL)',
      '_IRQL_requires_(DISPATCH_LEVEL)',
      'PASSIVE_LEVEL here contradicts DISPATCH_LEVEL in the declaration',
    ],
    [
      '_IRQL_requires_max_(APC_LEVEL)',
      '_IRQL_requires_max_(DISPATCH_LEVEL)',
      'PASSIVE_LEVEL..APC_LEVEL here differs from PASSIVE_LEVEL..DISPATCH_LEVEL in the declaration',
    ],
    [
      '_IRQL_raises_(APC_LEVEL)',
      '_IRQL_raises_(DISPATCH_LEVEL)',
      'raises to APC_LEVEL here, to DISPATCH_LEVEL in the declaration',
    ],
    ['_IRQL_requires_max_(APC_LEVEL)', '__drv_maxIRQL(APC_LEVEL)', undefined],
    ['_IRQL_requires_max_(APC_LEVEL)', '_Must_inspect_result_', undefined],
    ['_IRQL_requires_same_', '_IRQL_requires_max_(APC_LEVEL)', undefined],
  ])('%s against %s', (definition, declaration, message) => {
    expect(differenceBetween(contract(definition), contract(declaration), 'x64')).toBe(message);
  });
});
