import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  buildContract,
  type ContractOptions,
  type PlacedAnnotation,
} from '../../../server/src/analysis/sal/buildContract.ts';
import { int, UNKNOWN, type SalValue } from '../../../server/src/analysis/sal/evaluate.ts';
import {
  functionClassesOf,
  majorFunctionsOf,
  resolveContract,
  unknownEnvironment,
} from '../../../server/src/analysis/sal/resolveContract.ts';
import { splitAnnotations, splitArguments } from '../../../server/src/analysis/sal/splitAnnotations.ts';
import { range, setOf } from '../../../server/src/protocol/irqlLevels.ts';

/** `fn: A B(x)` on the function, `0: C` on parameter 0; parameter names after `|`. */
function contract(text: string, parameters: readonly string[] = [], options: Partial<ContractOptions> = {}) {
  const annotations = text.split(';').flatMap((part): PlacedAnnotation[] => {
    const [, index, list = ''] = /^\s*(?:(\d+):)?(.*)$/s.exec(part) ?? [];
    return (splitAnnotations(list) ?? []).map((one) => ({
      annotation: { ...one, start: 0, end: 1 },
      ...(index === undefined ? {} : { parameter: Number(index) }),
    }));
  });
  return buildContract(annotations, { arch: 'x64', parameters, ...options });
}

function resolve(text: string, parameters: readonly string[] = [], values: Record<string, SalValue> = {}) {
  return resolveContract(contract(text, parameters), {
    arch: 'x64',
    lookUp: (path) => values[path] ?? UNKNOWN,
  });
}

describe('required IRQL', () => {
  it.each([
    ['_IRQL_requires_max_(APC_LEVEL)', range(0, 1)],
    ['__drv_maxIRQL(APC_LEVEL)', range(0, 1)],
    ['_IRQL_requires_(DISPATCH_LEVEL)', setOf(2)],
    ['__drv_requiresIRQL(PASSIVE_LEVEL)', setOf(0)],
    // Without a maximum DISPATCH_LEVEL is implied.
    ['_IRQL_requires_min_(APC_LEVEL)', range(1, 2)],
    ['_IRQL_requires_same_', range(0, 2)],
    ['__drv_sameIRQL', range(0, 2)],
    ['_IRQL_requires_min_(DISPATCH_LEVEL) _IRQL_requires_max_(HIGH_LEVEL)', range(2, 15)],
    // A minimum above DISPATCH_LEVEL cannot be meant to have DISPATCH_LEVEL as its maximum.
    ['_IRQL_requires_min_(DISPATCH_LEVEL + 1)', setOf(3)],
    ['_IRQL_requires_max_(2)', range(0, 2)],
    ['_IRQL_requires_max_(DISPATCH_LEVEL) _IRQL_requires_max_(APC_LEVEL)', range(0, 1)],
    ['_IRQL_always_function_min_(DISPATCH_LEVEL)', setOf(2)],
    ['_Group_(_IRQL_requires_max_(APC_LEVEL) _IRQL_requires_same_)', range(0, 1)],
    ['_Pre_ _Must_inspect_result_ _IRQL_requires_(APC_LEVEL)', setOf(1)],
  ])('%s', (text, levels) => {
    expect(resolve(text).requirement).toMatchObject({ levels, isCertain: true });
  });

  it('says nothing where no annotation does', () => {
    expect(resolve('_Must_inspect_result_ _In_').requirement).toBeUndefined();
    expect(resolve('_Acquires_lock_(p->Lock)', ['p']).requirement).toBeUndefined();
  });

  it('numbers levels for the target', () => {
    const x86 = resolveContract(
      contract('_IRQL_requires_(HIGH_LEVEL)', [], { arch: 'x86' }),
      unknownEnvironment('x86'),
    );
    expect(x86.requirement?.levels).toBe(setOf(31));
  });

  const setEvent =
    '_When_(Wait==0, _IRQL_requires_max_(DISPATCH_LEVEL)) _When_(Wait==1, _IRQL_requires_max_(APC_LEVEL))';
  it.each([
    [int(0), range(0, 2), true, 'Wait == 0'],
    [int(1), range(0, 1), true, 'Wait == 1'],
    [UNKNOWN, range(0, 2), false, ''],
  ])('%j decides a conditional maximum', (Wait, levels, isCertain, because) => {
    expect(resolve(setEvent, ['Event', 'Increment', 'Wait'], { Wait }).requirement).toMatchObject({
      levels,
      isCertain,
      because,
    });
  });

  it('nests conditions', () => {
    const text = '_When_(a != 0, _When_(b == 0, _IRQL_requires_(PASSIVE_LEVEL)))';
    expect(resolve(text, ['a', 'b'], { a: int(1), b: int(0) }).requirement?.levels).toBe(setOf(0));
    expect(resolve(text, ['a', 'b'], { a: int(1), b: int(1) }).requirement?.levels).toBe(range(0, 2));
  });

  it('reads the conditions of real headers', () => {
    const wait =
      '__drv_when(Timeout==NULL || Timeout->QuadPart!=0, __drv_maxIRQL(APC_LEVEL)) __drv_when(Timeout!=NULL && Timeout->QuadPart==0, __drv_maxIRQL(DISPATCH_LEVEL))';
    const nonNull: SalValue = { kind: 'not', values: [0] };
    expect(resolve(wait, ['Timeout'], { Timeout: int(0) }).requirement?.levels).toBe(range(0, 1));
    expect(
      resolve(wait, ['Timeout'], { Timeout: nonNull, 'Timeout->QuadPart': int(0) }).requirement?.levels,
    ).toBe(range(0, 2));
  });
});

describe('effects on the IRQL', () => {
  it('raises, saves and restores', () => {
    const acquire = resolve(
      '_IRQL_requires_max_(DISPATCH_LEVEL) _IRQL_raises_(DISPATCH_LEVEL); 1: _Out_ _At_(*_Curr_, _IRQL_saves_)',
      ['Lock', 'Old'],
    );
    expect(acquire.raises).toEqual({ levels: setOf(2), truth: 'true' });
    expect(acquire.saves).toEqual([{ target: { text: '*Old', parameter: 1 }, truth: 'true' }]);
    const release = resolve('1: _IRQL_restores_', ['Lock', 'Old']);
    expect(release.restores).toEqual([{ target: { text: 'Old', parameter: 1 }, truth: 'true' }]);
    const result = resolve('_IRQL_saves_ _IRQL_raises_(DISPATCH_LEVEL)', ['Lock']);
    expect(result.saves).toEqual([{ target: { text: 'return', parameter: -1 }, truth: 'true' }]);
    expect(resolve('0: _IRQL_inout_', ['p'])).toMatchObject({
      saves: [{ truth: 'true' }],
      restores: [{ truth: 'true' }],
    });
  });

  it('raises to what a parameter says', () => {
    expect(resolve('_IRQL_raises_(NewIrql)', ['NewIrql'], { NewIrql: int(2) }).raises?.levels).toBe(setOf(2));
    expect(resolve('_IRQL_raises_(NewIrql)', ['NewIrql']).raises).toEqual({
      levels: undefined,
      truth: 'true',
    });
  });

  it('uses an unnamed store', () => {
    const text = '_IRQL_saves_global_(QueuedSpinLock, LockHandle) _IRQL_restores_global_(OldIrql, FastMutex)';
    expect(resolve(text, ['LockHandle', 'FastMutex'])).toMatchObject({
      saves: [{ store: 'QueuedSpinLock', target: { text: 'LockHandle', parameter: 0 } }],
      restores: [{ store: 'OldIrql', target: { text: 'FastMutex', parameter: 1 } }],
    });
  });

  it('bounds the body', () => {
    expect(resolve('_IRQL_always_function_max_(APC_LEVEL)').body).toBe(range(0, 1));
    expect(resolve('__drv_minFunctionIRQL(DISPATCH_LEVEL)').body).toBe(range(2, 15));
    expect(resolve('_IRQL_requires_same_').requiresSame).toBe('true');
  });

  it('knows what a cancel routine is given', () => {
    const cancel = resolve('1: _IRQL_is_cancel_', ['Device', 'Irp']);
    expect(cancel.requirement?.levels).toBe(setOf(2));
    expect(cancel.usesCancel).toEqual([{ text: 'Irp', parameter: 1 }]);
    expect(cancel.locks.map(({ kind, lock }) => `${kind} ${lock.text}`)).toEqual([
      'requiresHeld _Global_cancel_spin_lock_',
      'releases _Global_cancel_spin_lock_',
    ]);
  });
});

describe('locks', () => {
  const lines = (text: string, parameters: readonly string[], values: Record<string, SalValue> = {}) =>
    resolve(text, parameters, values).locks.map(
      ({ kind, lock, mode, truth }) => `${kind} ${lock.text} ${mode} ${truth}`,
    );

  it.each([
    ['_Acquires_lock_(p->Lock)', ['acquires p->Lock any true']],
    ['_Acquires_exclusive_lock_(*p)', ['acquires *p exclusive true']],
    ['_Releases_shared_lock_(p->Lock)', ['releases p->Lock shared true']],
    [
      '_Requires_lock_held_(p->Lock) _Requires_lock_not_held_(g_Lock)',
      ['requiresHeld p->Lock any true', 'requiresNotHeld g_Lock any true'],
    ],
    ['0: _Acquires_lock_(*_Curr_)', ['acquires *p any true']],
    ['0: _Kernel_acquires_resource_(SpinLock)', ['acquires p any true']],
    ['__drv_acquiresResourceGlobal(QueuedSpinLock, p)', ['acquires p any true']],
    [
      '0: __drv_in(__drv_mustHold(FastMutex) __drv_releasesExclusiveResource(FastMutex))',
      ['requiresHeld p any true', 'releases p exclusive true'],
    ],
    ['__drv_acquiresCancelSpinLock', ['acquires _Global_cancel_spin_lock_ any true']],
    ['__drv_mustHoldCriticalRegion', ['requiresHeld _Global_critical_region_ any true']],
    ['_At_(p->Lock, _Acquires_lock_(_Curr_))', ['acquires p->Lock any true']],
    ['_When_(return != 0, _Acquires_lock_(p->Lock))', ['acquires p->Lock any unknown']],
    ['_Success_(return == STATUS_SUCCESS) _Acquires_lock_(p->Lock)', ['acquires p->Lock any unknown']],
    ['_Success_(return == STATUS_SUCCESS) _Always_(_Acquires_lock_(p->Lock))', ['acquires p->Lock any true']],
    ['_Success_(return == STATUS_SUCCESS) _Releases_lock_(p->Lock)', ['releases p->Lock any true']],
  ])('%s', (text, expected) => {
    expect(lines(text, ['p'])).toEqual(expected);
  });

  it('ask again when the result is known', () => {
    const text = '_When_(return != 0, _Acquires_lock_(p->Lock))';
    expect(lines(text, ['p'], { return: int(1) })).toEqual(['acquires p->Lock any true']);
    expect(lines(text, ['p'], { return: int(0) })).toEqual([]);
    expect(resolve(text, ['p']).locks[0]?.dependsOnResult).toBe(true);
  });

  it('knows non-reentrant locks, same locks and none at all', () => {
    const found = resolve(
      '_Acquires_nonreentrant_lock_(p->Lock) _Post_same_lock_(p->Lock, Handle) _Requires_no_locks_held_',
      ['p', 'Handle'],
    );
    expect(found.locks[0]?.isNonReentrant).toBe(true);
    expect(found.sameLocks).toEqual([
      [
        { text: 'p->Lock', parameter: 0 },
        { text: 'Handle', parameter: 1 },
      ],
    ]);
    expect(found.requiresNoLocks).toBe(true);
  });
});

describe('other words', () => {
  it('reads function classes and the declaration mark', () => {
    expect(functionClassesOf(contract('_Function_class_(KDEFERRED_ROUTINE)'))).toEqual(['KDEFERRED_ROUTINE']);
    expect(functionClassesOf(contract('__drv_functionClass(DRIVER_CANCEL)'))).toEqual(['DRIVER_CANCEL']);
    const dispatch = contract(
      '_Function_class_(IRP_MJ_READ) _Function_class_(DRIVER_DISPATCH) _Dispatch_type_(IRP_MJ_WRITE)',
    );
    expect(functionClassesOf(dispatch)).toEqual(['DRIVER_DISPATCH']);
    expect(majorFunctionsOf(dispatch)).toEqual(['IRP_MJ_WRITE', 'IRP_MJ_READ']);
    expect(contract('_Use_decl_annotations_').usesDeclaration).toBe(true);
  });

  it('leaves the IRQL out on request, and keeps locks', () => {
    const quiet = contract('_IRQL_requires_max_(99) _Acquires_lock_(p->Lock) _IRQL_requires_same_', ['p'], {
      ignoreIrql: true,
    });
    expect(quiet).toMatchObject({ mentionsIrql: false, mentionsLocks: true, problems: [] });
  });
});

describe('problems', () => {
  it.each([
    ['_IRQL_requires_max_(16)', 'illegalLevel', '16 is no IRQL: the levels of x64 are 0..15'],
    ['_IRQL_requires_max_(-1)', 'illegalLevel', '-1 is no IRQL: the levels of x64 are 0..15'],
    ['_IRQL_requires_(SOME_LEVEL)', 'unknownValue', "the value of 'SOME_LEVEL' is not known"],
    ['_IRQL_requires_max_()', 'syntax', 'unexpected end'],
    ['_IRQL_requires_max_(DISPATCH_LEVEL +)', 'syntax', 'unexpected end'],
    ['_When_(a ==, _IRQL_requires_max_(APC_LEVEL))', 'syntax', "condition 'a ==': unexpected end"],
    ['_Acquires_lock_()', 'syntax', '_Acquires_lock_ names no lock'],
    ['_IRQL_saves_global_(OldIrql)', 'syntax', '_IRQL_saves_global_ needs a kind and an object'],
    ['_Kernel_acquires_resource_()', 'syntax', '_Kernel_acquires_resource_ needs the kind of the resource'],
  ])('%s', (text, kind, message) => {
    expect(contract(text).problems).toMatchObject([{ kind, message }]);
  });

  it('are none for foreign annotations, however strange', () => {
    expect(
      contract('_When_(x @ y, _Out_writes_(n)) _In_reads_bytes_(n * sizeof(x)) _At_(p, _Post_valid_)')
        .problems,
    ).toEqual([]);
  });

  it('do not stop on any input', () => {
    const word = fc.constantFrom(
      '_When_(',
      '_At_(',
      ')',
      ',',
      '_IRQL_requires_max_',
      '(',
      'APC_LEVEL',
      '"',
      "'",
      'a==1',
      '_Group_(',
      '__drv_when(',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }), (words) => {
        const text = words.join(' ');
        const annotations = [
          { annotation: { name: '_When_', args: text, start: 0, end: 1 } },
          { annotation: { name: '_Group_', args: text, start: 0, end: 1 } },
        ];
        const built = buildContract(annotations, { arch: 'x64', parameters: ['a'] });
        expect(built.clauses.every((clause) => clause.when.length <= 40)).toBe(true);
      }),
    );
  });

  it('are reported for nesting without end', () => {
    const deep = '_Group_('.repeat(2000) + '_IRQL_requires_same_' + ')'.repeat(2000);
    expect(contract(deep).problems).toMatchObject([{ kind: 'syntax', message: 'nested too deeply' }]);
  });
});

describe('splitting', () => {
  it('respects brackets and strings', () => {
    expect(splitArguments('a, f(b, c), "d,e", x[i,j]')).toEqual(['a', 'f(b, c)', '"d,e"', 'x[i,j]']);
    expect(splitArguments('')).toEqual([]);
    expect(splitAnnotations('_A_ _B_(x, (y)) _C_')).toEqual([
      { name: '_A_' },
      { name: '_B_', args: 'x, (y)' },
      { name: '_C_' },
    ]);
    expect(splitAnnotations('_A_ + 1')).toBeUndefined();
  });
});
