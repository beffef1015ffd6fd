/**
 * The public face of the facts: what is known of kernel routines, their lock and IRQL effects, callback roles and
 * registrations. Types and the one interface that everybody asks; how the tables are stored is loadFacts.ts' affair.
 * Levels are resolved for one target. It never judges a call: conditions are handed out as data.
 */
import type { Arch, Irql, IrqlSet } from '../protocol/irqlLevels.ts';

/**
 * Where a row comes from. `stated`: the IRQL field of the documentation page; `remarks`: the page's text;
 * `page`: parameter list or link of a page; `header`: annotations or types of public headers; `knowledge`: stated by
 * none of these; `corrected`: a source was found wrong and is overruled, see `note`; `user`: the workspace's own
 * `.irql-lens/facts.json`; `none`: nothing is known.
 */
export type FactSource =
  'stated' | 'remarks' | 'page' | 'header' | 'knowledge' | 'corrected' | 'user' | 'none';

/** How far a row is to be trusted: `high` two sources agree or read by hand, `medium` one source, `low` sources disagree. */
export type Confidence = 'high' | 'medium' | 'low' | 'none';

/** What a value in a condition is compared with: a symbolic constant of the headers, or a number. */
export type FactConstant = string | number;

/** A test of one argument value. `hasFlag: X` means `(value & X) != 0`, where PagedPool stands for bit 0. */
export type ArgTest =
  | { readonly op: 'equals'; readonly value: FactConstant }
  | { readonly op: 'notEquals'; readonly value: FactConstant }
  | { readonly op: 'equalsAny'; readonly values: readonly FactConstant[] }
  | { readonly op: 'hasFlag'; readonly flag: FactConstant }
  | { readonly op: 'lacksFlag'; readonly flag: FactConstant }
  | { readonly op: 'greaterThan'; readonly value: FactConstant }
  | { readonly op: 'lessOrEqual'; readonly value: FactConstant };

/** When a condition applies. All given parts must hold; a part that cannot be decided at the call leaves it unknown. */
export interface FactWhen {
  /** 0-based argument index that `test`, or an object property below, speaks of; -1 when a macro fills it with something unknown */
  readonly arg?: number;
  readonly test?: ArgTest;
  /** the test is on `*arg` (`arg->QuadPart` for PLARGE_INTEGER) */
  readonly isDeref?: true;
  /** the test is on `arg->field` */
  readonly field?: string;
  /** the memory reached through one of these arguments is pageable */
  readonly pageable?: readonly number[];
  /** pool that the object in `arg` came from */
  readonly allocatedFrom?: 'paged' | 'nonpaged';
  readonly majorFunctions?: readonly string[];
  readonly deviceFlag?: string;
  /** object type of `arg`, e.g. WDFTIMER */
  readonly objectType?: string;
  /** WDF execution level constant of the object in `arg` (or of the callback's object) */
  readonly executionLevel?: string;
  readonly executionLevelNot?: string;
  /** the interrupt is passive-level (or, when false, is not) */
  readonly isPassiveInterrupt?: boolean;
  readonly usesUnicodeFormat?: true;
  /** levels at entry */
  readonly entry?: IrqlSet;
  /** an ambient condition that no call shows, e.g. `executionLevelPassive`, `!X`, `A|B` */
  readonly state?: string;
  readonly note?: string;
}

/** A narrowing of a routine's levels: where `when` holds only `levels` are allowed. */
export interface FactCondition {
  readonly when: FactWhen;
  readonly levels: IrqlSet;
}

/** A range of levels that another source gives for the same row. */
export interface DissentingBound {
  readonly levels: IrqlSet;
  readonly source: FactSource | 'sdv';
}

/** A region that a call needs, enters or leaves. */
export type Region = 'criticalRegion' | 'guardedRegion' | 'priorityRegion';

/** What is known of one routine (function, macro, method `Interface.Method`, callback seen as a callee). */
export interface DdiFact {
  readonly name: string;
  readonly kind: 'function' | 'macro' | 'method' | 'callback' | 'ioctl' | 'interface';
  /** the routine that the row's content was taken from, when `name` is a macro for it; conditions already speak of the macro's own arguments */
  readonly aliasOf?: string;
  /** `argMap[i]` = index of the macro's argument that becomes argument i of `aliasOf`, -1 when it is none of them */
  readonly argMap?: readonly number[];
  readonly header: string;
  /** lowest and highest level at which it may be called whatever the arguments are; null when unknown */
  readonly min: Irql | null;
  readonly max: Irql | null;
  /** the same as a set (a row may allow only some levels between min and max); null when unknown */
  readonly levels: IrqlSet | null;
  /** `levels` widened by every dissenting source: outside of it a call is wrong by all of them; null when unknown */
  readonly widest: IrqlSet | null;
  /** each narrows `levels`; several may hold at once */
  readonly conditions: readonly FactCondition[];
  readonly source: FactSource;
  readonly confidence: Confidence;
  /** number of arguments; -1 when unknown */
  readonly argc: number;
  /** parameter names where known, else empty */
  readonly args: readonly string[];
  readonly isDocumented: boolean;
  /** user-mode (UMDF) only: has no IRQL */
  readonly isUserMode: boolean;
  /** runs at the IRQL of whoever triggers it */
  readonly isSameAsCaller: boolean;
  readonly requiresApcs?: 'specialKernelApcsEnabled' | 'apcsEnabled';
  /** region or level that must already be held; `|` of alternatives already split */
  readonly requiresRegion?: readonly (Region | 'apcLevel')[];
  /** the memory it touches must be resident: always, above APC_LEVEL, or from DISPATCH_LEVEL */
  readonly resident?: 'targetMemory' | 'dataAboveAPC' | 'atDispatchOrAbove';
  /** who calls a callback: the system (the driver implements it), the driver, or either */
  readonly calledBy?: 'system' | 'driver' | 'peer';
  readonly dissent: readonly DissentingBound[];
  /** why the row was corrected, or a remark of the user */
  readonly note?: string;
}

/** What an effect does. */
export type EffectOp =
  | 'raise'
  | 'lower'
  | 'acquire'
  | 'release'
  | 'tryAcquire'
  | 'convert'
  | 'transfer'
  | 'query'
  | 'assert'
  | 'enter'
  | 'leave'
  | 'synchronize'
  | 'signal'
  | 'wait';

/** Kinds of locks and lock-like things that the facts know; a user's row may name another. */
export type FactLockKind =
  | 'spinlock'
  | 'queuedSpinlock'
  | 'numberedQueuedSpinlock'
  | 'interruptSpinlock'
  | 'exSpinlock'
  | 'cancelSpinlock'
  | 'vpbSpinlock'
  | 'ndisSpinlock'
  | 'ndisRWLock'
  | 'ndisRWLockEx'
  | 'wdfSpinlock'
  | 'wdfWaitlock'
  | 'wdfInterruptLock'
  | 'wdfObjectPresentationLock'
  | 'storportLock'
  | 'storportMsiLock'
  | 'videoportSpinlock'
  | 'gpioInterruptLock'
  | 'errorSourceSpinlock'
  | 'fastMutex'
  | 'guardedMutex'
  | 'eresource'
  | 'fcbResource'
  | 'fileObjectResource'
  | 'pushLock'
  | 'mutex'
  | 'semaphore'
  | 'event'
  | 'rundown'
  | 'removeLock'
  | 'criticalRegion'
  | 'guardedRegion'
  | 'fpState'
  | 'lockFree'
  | 'ksControlMutex'
  | 'ksProcessingMutex'
  | 'ksDeviceMutex'
  | 'ksDeviceSecurityLock'
  | 'ksStreamPointer'
  | 'subjectContext'
  | 'deviceLock';

/** The IRQL after the call. `arg`: value of that argument; `savedInArg`: what that argument (queue handle, lock state) had saved. */
export type ExitLevel =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'level'; readonly levels: IrqlSet }
  | { readonly kind: 'arg'; readonly arg: number }
  | { readonly kind: 'savedInArg'; readonly arg: number }
  | { readonly kind: 'savedInLock' }
  /** the argument's value selects, see `exitWhen` */
  | { readonly kind: 'byArg'; readonly arg: number }
  /** stays raised until the next wait (signal with Wait=TRUE) */
  | { readonly kind: 'raisedUntilNextWait' };

/** The level at which a synchronously run callback executes. */
export type CallbackLevel =
  | { readonly kind: 'same' }
  | { readonly kind: 'level'; readonly levels: IrqlSet }
  | { readonly kind: 'byArg'; readonly arg: number };

/** A case of an effect that depends on arguments or state; absent parts are as in the effect itself. */
export interface EffectCase {
  readonly when: FactWhen;
  readonly exit?: ExitLevel;
  /** levels allowed at the call in this case */
  readonly levels?: IrqlSet;
  readonly callback?: CallbackLevel;
  readonly region?: Region;
}

/** When the effect happens, by the call's result. `ntSuccess`: `NT_SUCCESS(result)` and not STATUS_TIMEOUT. */
export type EffectResult = 'nonZero' | 'ntSuccess' | 'storSuccess' | 'waitSatisfied';

/** Shared or exclusive; `byArg`: the argument decides (TRUE or non-zero = exclusive); `toShared`/`toExclusive`: a conversion. */
export type LockMode =
  | { readonly kind: 'shared' }
  | { readonly kind: 'exclusive' }
  | { readonly kind: 'byArg'; readonly arg: number }
  | { readonly kind: 'toShared' }
  | { readonly kind: 'toExclusive' };

/** How the cheaper form for DISPATCH_LEVEL is written. */
export type DpcVariant =
  | { readonly kind: 'function'; readonly name: string }
  /** the same function with a flag set in an argument (NDIS RW locks) */
  | { readonly kind: 'flag'; readonly arg: number; readonly flag: string };

/** What a call does to the IRQL and to locks. Argument indexes are 0-based. */
export interface LockEffect {
  readonly name: string;
  readonly op: EffectOp;
  readonly lockKind?: FactLockKind;
  /** index of the lock; absent for global locks, regions and IRQL-only effects */
  readonly lockArg?: number;
  /** caller-supplied queue handle or lock state */
  readonly handleArg?: number;
  /** pointer that receives the old IRQL */
  readonly irqlOutArg?: number;
  /** old IRQL passed back */
  readonly irqlInArg?: number;
  /** new level passed in */
  readonly levelArg?: number;
  readonly flagsArg?: number;
  readonly timeoutArg?: number;
  readonly waitArg?: number;
  /** shared/exclusive argument */
  readonly modeArg?: number;
  readonly ownerArg?: number;
  readonly tagArg?: number;
  readonly countArg?: number;
  /** argument that selects the lock itself (StorPort) */
  readonly lockTypeArg?: number;
  readonly priorityArg?: number;
  readonly contextArg?: number;
  readonly currentIrqlArg?: number;
  /** routine run synchronously */
  readonly callbackArg?: number;
  readonly callback?: CallbackLevel;
  readonly returnsOldIrql: boolean;
  readonly returnsCurrentIrql: boolean;
  /** where the old IRQL is kept, when not in `irqlOutArg` and not returned */
  readonly irqlSavedIn?: { readonly kind: 'lock' } | { readonly kind: 'arg'; readonly arg: number };
  readonly exit: ExitLevel;
  readonly exitWhen: readonly EffectCase[];
  /** the effect happens only for this result; absent = always */
  readonly effectIf?: EffectResult;
  /** where this holds the effect happens whatever is returned (Wait is TRUE, Timeout is NULL) */
  readonly certainWhen?: FactWhen;
  readonly mode?: LockMode;
  /** levels at which the call is right */
  readonly levels: IrqlSet;
  readonly min: Irql;
  readonly max: Irql;
  readonly requiresWhen: readonly FactCondition[];
  readonly requiresRegion?: readonly (Region | 'apcLevel')[];
  /** region entered by acquire and left by release */
  readonly region?: Region;
  /** level raised to inside and restored on return */
  readonly transientLevels?: IrqlSet;
  /** may wait for another thread */
  readonly blocks: boolean;
  /** acquiring it again by the same owner is allowed; undefined when not stated */
  readonly isRecursive?: boolean;
  /** a lock without an argument: one in the whole system */
  readonly isGlobalLock: boolean;
  readonly pairsWith: readonly string[];
  readonly pairsAlso: readonly string[];
  readonly dpcVariant?: DpcVariant;
  readonly dpcRelease?: string;
  readonly generalVariant?: string;
  readonly unsafeVariant?: string;
  /** the routine to use instead */
  readonly obsolete?: string;
  readonly isReserved: boolean;
  readonly aliasOf?: string;
  /** the lock may only be used with these (`ExInterlockedXxx`) */
  readonly lockUsableOnlyWith?: string;
  /** the data it touches must be resident */
  readonly needsResidentData: boolean;
  readonly disables?: 'normalKernelApc' | 'allKernelApc';
  readonly nests: boolean;
  /** release must name the IRQL of its own acquire */
  readonly isPairedAtSameIrql: boolean;
  readonly newLevelMustBe?: '<=current&savedByPair' | '>=current';
  readonly mayAlsoLower: boolean;
  readonly isAsync: boolean;
  readonly context?: 'threadedDpc';
  /** what a cancel routine passes back instead of its own saved IRQL */
  readonly cancelRoutineIrql?: string;
  readonly isOwnerThreadOnly: boolean;
  readonly isSameProcessorAsAcquire: boolean;
  readonly onlyIfObjectType?: string;
  /** these calls' raised IRQL is undone here (waits after a signal with Wait=TRUE) */
  readonly restoresIrqlOf: readonly string[];
  /** allowed nesting, outermost first (StorPort) */
  readonly lockOrder?: readonly string[];
  readonly isPassiveInterruptOnly: boolean;
  readonly arch?: string;
  readonly argc: number;
  readonly args: readonly string[];
  readonly headers: readonly string[];
  readonly source: FactSource;
  readonly note?: string;
}

/**
 * Who carries the burden of proof for a role's highest level. `always`: the role always runs there (DPC that is not a
 * threaded DPC, cancel, StartIo, ISR); `usual`: often (completion routine); `merelyAllowed`: the range reaches up to it,
 * but nothing says that it happens (DRIVER_DISPATCH, EvtIo*). Roles at one level only are `always`.
 */
export type UpperMark = 'always' | 'usual' | 'merelyAllowed';

/** A callback role: a function type that fixes the IRQL at entry. */
export interface RoleFact {
  /** the function type, e.g. KDEFERRED_ROUTINE (or a pointer type that has no function type) */
  readonly type: string;
  readonly pointerType?: string;
  readonly isPointerType: boolean;
  readonly min: Irql | null;
  readonly max: Irql | null;
  /** levels at entry; null when unknown */
  readonly levels: IrqlSet | null;
  readonly upper: UpperMark;
  readonly conditions: readonly FactCondition[];
  readonly flags: readonly RoleFlag[];
  /** lock kinds (or named framework locks) held at entry */
  readonly holdsLocks: readonly string[];
  readonly mayAcquire?: readonly string[];
  /** must return at the entry IRQL */
  readonly mustRestoreIrql: boolean;
  readonly calledBy: 'system' | 'driver' | 'peer';
  readonly isUserMode: boolean;
  readonly isDocumented: boolean;
  readonly header: string;
  readonly source: FactSource;
  readonly confidence: Confidence;
  readonly dissent: readonly DissentingBound[];
  readonly argc: number;
  readonly note?: string;
}

/** What a role's entry level depends on. */
export type RoleFlag =
  | 'mayBePassiveIfExecutionLevelPassive'
  | 'synchronizationScopeDependent'
  | 'automaticSerializationDependent'
  | 'passiveIfPassiveInterrupt'
  | 'mayBePassiveIfThreadedDpc'
  | 'criticalRegionIfPassive'
  | 'arbitraryThread'
  | 'notGuaranteedDispatch'
  | 'majorFunctionDependent'
  | 'sameIrqlAsCaller'
  | 'sameIrqlAsNotifier';

/** A call that gives a function a role. */
export interface FunctionRegistration {
  readonly function: string;
  /** 0-based index of the callback; -1 when the callback was given to the object before (`via`, `objectArg`) */
  readonly callbackArg: number;
  /** index of the DPC or work item whose routine (set by `via`) gets the role */
  readonly objectArg?: number;
  /** the initialiser that put the routine into the object, e.g. KeInitializeDpc */
  readonly via?: string;
  readonly argName?: string;
  readonly role: string;
  readonly when?: FactWhen;
  readonly isUnregister: boolean;
  /** called through a member of this table, e.g. DMA_OPERATIONS */
  readonly calledThrough?: string;
  /** entry levels that this very registration narrows or widens the role to (KeInitializeThreadedDpc) */
  readonly entryLevels?: IrqlSet;
  readonly source: FactSource;
}

/** An assignment to a struct field, or its initialiser, that gives a function a role. */
export interface FieldRegistration {
  readonly struct: string;
  readonly structPointers: readonly string[];
  /** the field without index, e.g. MajorFunction */
  readonly field: string;
  /** constant index of an array field, e.g. IRP_MJ_READ; absent = any */
  readonly index?: string;
  /** 0-based place in a positional initialiser `{a, b, c}` of the struct, where it is known */
  readonly position?: number;
  /** the header, where structs of the same name exist in several (HW_INITIALIZATION_DATA) */
  readonly header?: string;
  readonly role: string;
  /** entry levels that this very slot narrows the role to */
  readonly entryLevels?: IrqlSet;
  readonly isQueryInterface: boolean;
  /** the function that takes the filled struct, where it matters (IoConnectInterruptEx) */
  readonly registrar?: string;
  readonly source: FactSource;
}

/** The facts for one target, user rows included. Every look-up is O(1); rows are decoded when first asked for. */
export interface DdiFacts {
  readonly arch: Arch;
  /** The routine of that name. */
  lookup(name: string): DdiFact | undefined;
  /** What a call of that name does to IRQL and locks. */
  effect(name: string): LockEffect | undefined;
  /** The role of a function type or of a pointer-to-function type. */
  role(typeName: string): RoleFact | undefined;
  /** Registrations made by calling `name`. */
  registrationsOfFunction(name: string): readonly FunctionRegistration[];
  /** Roles that the field of that struct (or of what that pointer type points to) gives; several for an indexed field. */
  registrationsOfField(structOrPointer: string, field: string): readonly FieldRegistration[];
  /** The role of a function by its own name (`DriverEntry`). */
  entryPoint(name: string): RoleFact | undefined;
  /** The registering fields of a struct (or of what that pointer type points to), for initialisers. */
  registrationsOfStruct(structOrPointer: string): readonly FieldRegistration[];
  /** Whether a struct (or pointer-to-struct) type has any field that registers callbacks. */
  isRegistrationStruct(structOrPointer: string): boolean;
  /** All names that have an effect; for call-graph pruning, macro reach and grammars. */
  effectNames(): readonly string[];
  /** All routine names, callbacks excluded. */
  routineNames(): readonly string[];
  /** All role types, function types and pointer types. */
  roleTypes(): readonly string[];
}
