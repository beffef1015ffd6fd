/**
 * What each SAL annotation about IRQL and locks means, modern names and `__drv_*` ones, as one table.
 * Source: the public kernelspecs.h, driverspecs.h and concurrencysal.h and their documentation pages.
 */

/** How an annotation is read. `on`: what a lock annotation without argument speaks of is the annotated parameter. */
export type AnnotationWord =
  | {
      readonly form: 'level';
      readonly kind: 'requiresMax' | 'requiresMin' | 'requires' | 'raises' | 'alwaysMax' | 'alwaysMin';
    }
  | {
      readonly form: 'plain';
      readonly kind:
        'requiresSame' | 'requiresNoLocks' | 'floatSaved' | 'floatRestored' | 'floatUsed' | 'ignoresLocks';
    }
  /** stands on a parameter or on the result */
  | { readonly form: 'target'; readonly kinds: readonly ('saves' | 'restores' | 'usesCancel' | 'isCancel')[] }
  /** (store kind, object) */
  | { readonly form: 'store'; readonly kind: 'savesGlobal' | 'restoresGlobal' }
  /** (lock expression), or the annotated parameter */
  | {
      readonly form: 'lock';
      readonly kind: 'acquires' | 'releases' | 'requiresHeld' | 'requiresNotHeld';
      readonly mode: 'exclusive' | 'shared' | 'any';
      readonly isNonReentrant?: true;
    }
  /** (resource kind) on a parameter, or (resource kind, object) in the Global form */
  | {
      readonly form: 'resource';
      readonly kind: 'acquires' | 'releases' | 'requiresHeld' | 'requiresNotHeld';
      readonly mode: 'exclusive' | 'shared' | 'any';
      readonly isGlobal: boolean;
    }
  /** a lock that has a name of its own */
  | {
      readonly form: 'hidden';
      readonly kind: 'acquires' | 'releases' | 'requiresHeld' | 'requiresNotHeld';
      readonly lock: string;
    }
  | { readonly form: 'name'; readonly kind: 'functionClass' | 'dispatchType' }
  | { readonly form: 'sameLock' }
  /** (condition, annotations) */
  | { readonly form: 'when' }
  /** (expression, annotations) */
  | { readonly form: 'at' }
  /** (annotations) */
  | { readonly form: 'group' | 'always' | 'onResult' | 'deref' }
  | { readonly form: 'success' }
  | { readonly form: 'useDeclaration' };

type LockKind = 'acquires' | 'releases' | 'requiresHeld' | 'requiresNotHeld';

const CANCEL = '_Global_cancel_spin_lock_';
const CRITICAL = '_Global_critical_region_';
const PRIORITY = '_Global_priority_region_';

function level(
  kind: 'requiresMax' | 'requiresMin' | 'requires' | 'raises' | 'alwaysMax' | 'alwaysMin',
): AnnotationWord {
  return { form: 'level', kind };
}

function lock(kind: LockKind, mode: 'exclusive' | 'shared' | 'any' = 'any'): AnnotationWord {
  return { form: 'lock', kind, mode };
}

/** The modern and the `__drv_` spelling of every resource annotation. */
function resources(): [string, AnnotationWord][] {
  const stems: readonly (readonly [
    LockKind,
    modern: string,
    old: string,
    mode: 'exclusive' | 'shared' | 'any',
  ])[] = [
    ['acquires', 'acquires_resource', 'acquiresResource', 'any'],
    ['releases', 'releases_resource', 'releasesResource', 'any'],
    ['acquires', 'acquires_exclusive_resource', 'acquiresExclusiveResource', 'exclusive'],
    ['releases', 'releases_exclusive_resource', 'releasesExclusiveResource', 'exclusive'],
    ['requiresHeld', 'requires_resource_held', 'mustHold', 'any'],
    ['requiresNotHeld', 'requires_resource_not_held', 'neverHold', 'any'],
  ];
  return stems.flatMap(([kind, modern, old, mode]): [string, AnnotationWord][] => [
    [`_Kernel_${modern}_`, { form: 'resource', kind, mode, isGlobal: false }],
    [`_Kernel_${modern}_global_`, { form: 'resource', kind, mode, isGlobal: true }],
    [`__drv_${old}`, { form: 'resource', kind, mode, isGlobal: false }],
    [`__drv_${old}Global`, { form: 'resource', kind, mode, isGlobal: true }],
  ]);
}

/** `__drv_acquiresCancelSpinLock` and its family. */
function hiddenLocks(): [string, AnnotationWord][] {
  const locks = [
    ['CancelSpinLock', CANCEL],
    ['CriticalRegion', CRITICAL],
    ['PriorityRegion', PRIORITY],
  ] as const;
  const verbs = [
    ['acquires', 'acquires'],
    ['releases', 'releases'],
    ['mustHold', 'requiresHeld'],
    ['neverHold', 'requiresNotHeld'],
  ] as const;
  return locks.flatMap(([name, path]) =>
    verbs.map(([verb, kind]): [string, AnnotationWord] => [
      `__drv_${verb}${name}`,
      { form: 'hidden', kind, lock: path },
    ]),
  );
}

const WORDS = new Map<string, AnnotationWord>([
  ['_IRQL_requires_max_', level('requiresMax')],
  ['__drv_maxIRQL', level('requiresMax')],
  ['_IRQL_requires_min_', level('requiresMin')],
  ['__drv_minIRQL', level('requiresMin')],
  ['_IRQL_requires_', level('requires')],
  ['__drv_requiresIRQL', level('requires')],
  ['_IRQL_raises_', level('raises')],
  ['__drv_raisesIRQL', level('raises')],
  ['__drv_setsIRQL', level('raises')],
  ['_IRQL_always_function_max_', level('alwaysMax')],
  ['__drv_maxFunctionIRQL', level('alwaysMax')],
  ['_IRQL_always_function_min_', level('alwaysMin')],
  ['__drv_minFunctionIRQL', level('alwaysMin')],
  ['_IRQL_requires_same_', { form: 'plain', kind: 'requiresSame' }],
  ['__drv_sameIRQL', { form: 'plain', kind: 'requiresSame' }],
  ['_IRQL_saves_', { form: 'target', kinds: ['saves'] }],
  ['__drv_savesIRQL', { form: 'target', kinds: ['saves'] }],
  ['_IRQL_restores_', { form: 'target', kinds: ['restores'] }],
  ['__drv_restoresIRQL', { form: 'target', kinds: ['restores'] }],
  ['_IRQL_inout_', { form: 'target', kinds: ['saves', 'restores'] }],
  ['_IRQL_uses_cancel_', { form: 'target', kinds: ['usesCancel'] }],
  ['__drv_useCancelIRQL', { form: 'target', kinds: ['usesCancel'] }],
  ['_IRQL_is_cancel_', { form: 'target', kinds: ['isCancel'] }],
  ['__drv_isCancelIRQL', { form: 'target', kinds: ['isCancel'] }],
  ['_IRQL_saves_global_', { form: 'store', kind: 'savesGlobal' }],
  ['__drv_savesIRQLGlobal', { form: 'store', kind: 'savesGlobal' }],
  ['_IRQL_restores_global_', { form: 'store', kind: 'restoresGlobal' }],
  ['__drv_restoresIRQLGlobal', { form: 'store', kind: 'restoresGlobal' }],
  ['_Acquires_lock_', lock('acquires')],
  ['_Acquires_exclusive_lock_', lock('acquires', 'exclusive')],
  ['_Acquires_shared_lock_', lock('acquires', 'shared')],
  ['_Acquires_nonreentrant_lock_', { form: 'lock', kind: 'acquires', mode: 'any', isNonReentrant: true }],
  ['_Releases_lock_', lock('releases')],
  ['_Releases_exclusive_lock_', lock('releases', 'exclusive')],
  ['_Releases_shared_lock_', lock('releases', 'shared')],
  ['_Releases_nonreentrant_lock_', { form: 'lock', kind: 'releases', mode: 'any', isNonReentrant: true }],
  ['_Requires_lock_held_', lock('requiresHeld')],
  ['_Requires_exclusive_lock_held_', lock('requiresHeld', 'exclusive')],
  ['_Requires_shared_lock_held_', lock('requiresHeld', 'shared')],
  ['_Requires_lock_not_held_', lock('requiresNotHeld')],
  ['_Requires_no_locks_held_', { form: 'plain', kind: 'requiresNoLocks' }],
  ['_Post_same_lock_', { form: 'sameLock' }],
  ['_Function_ignore_lock_checking_', { form: 'plain', kind: 'ignoresLocks' }],
  ['_Kernel_float_saved_', { form: 'plain', kind: 'floatSaved' }],
  ['_Kernel_float_restored_', { form: 'plain', kind: 'floatRestored' }],
  ['_Kernel_float_used_', { form: 'plain', kind: 'floatUsed' }],
  ['__drv_floatSaved', { form: 'plain', kind: 'floatSaved' }],
  ['__drv_floatRestored', { form: 'plain', kind: 'floatRestored' }],
  ['__drv_floatUsed', { form: 'plain', kind: 'floatUsed' }],
  ['_Function_class_', { form: 'name', kind: 'functionClass' }],
  ['__drv_functionClass', { form: 'name', kind: 'functionClass' }],
  ['_Dispatch_type_', { form: 'name', kind: 'dispatchType' }],
  ['__drv_dispatchType', { form: 'name', kind: 'dispatchType' }],
  ['_When_', { form: 'when' }],
  ['__drv_when', { form: 'when' }],
  ['_At_', { form: 'at' }],
  ['__drv_at', { form: 'at' }],
  ['__drv_arg', { form: 'at' }],
  ['_Group_', { form: 'group' }],
  ['__drv_declspec', { form: 'group' }],
  ['__drv_fun', { form: 'group' }],
  ['__drv_in', { form: 'group' }],
  ['__drv_out', { form: 'group' }],
  ['_Pre_', { form: 'group' }],
  ['_Post_', { form: 'group' }],
  ['_Always_', { form: 'always' }],
  ['__drv_ret', { form: 'onResult' }],
  ['_Ret_', { form: 'onResult' }],
  ['__drv_deref', { form: 'deref' }],
  ['__drv_in_deref', { form: 'deref' }],
  ['__drv_out_deref', { form: 'deref' }],
  ['_Success_', { form: 'success' }],
  ['__success', { form: 'success' }],
  ['_Use_decl_annotations_', { form: 'useDeclaration' }],
  ...resources(),
  ...hiddenLocks(),
]);

/** The meaning of an annotation; undefined for one that says nothing about IRQL, locks or roles. */
export function annotationWord(name: string): AnnotationWord | undefined {
  return WORDS.get(name);
}

/** Every annotation name that is understood, for grammars and completion. */
export function annotationNames(): string[] {
  return [...WORDS.keys()];
}
