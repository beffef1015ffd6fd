/**
 * What the annotations of a function state, as clauses: each with its conditions, its target and its place.
 * Types and small questions only; buildContract.ts reads annotations, resolveContract.ts decides conditions.
 */
import type { TextRange } from '../../syntax/fileStructure.ts';
import type { Irql } from '../../protocol/irqlLevels.ts';
import type { SalExpr } from './expression.ts';

/** A level as annotated: known, or an expression over parameters (`_IRQL_raises_(NewIrql)`). */
export type LevelValue =
  { readonly kind: 'level'; readonly level: Irql } | { readonly kind: 'expression'; readonly expr: SalExpr };

/** What a lock annotation names: an expression over parameters and globals, or the annotated parameter itself. */
export interface SalTarget {
  /** as an expression in terms of the function's parameters; `return` for its result */
  readonly text: string;
  /** index of the parameter that the expression is rooted in, or -1 */
  readonly parameter: number;
}

/** Shared or exclusive; `any` where the annotation does not say. */
export type SalLockMode = 'exclusive' | 'shared' | 'any';

/** What a clause states, without its conditions. */
export type ClauseBody =
  | { readonly kind: 'requiresMax'; readonly level: LevelValue }
  | { readonly kind: 'requiresMin'; readonly level: LevelValue }
  | { readonly kind: 'requires'; readonly level: LevelValue }
  | { readonly kind: 'requiresSame' }
  | { readonly kind: 'raises'; readonly level: LevelValue }
  | { readonly kind: 'alwaysMax'; readonly level: LevelValue }
  | { readonly kind: 'alwaysMin'; readonly level: LevelValue }
  /** the IRQL at entry is stored in the target */
  | { readonly kind: 'saves'; readonly target: SalTarget }
  /** the IRQL is set from the target */
  | { readonly kind: 'restores'; readonly target: SalTarget }
  /** stored in, or set from, an unnamed place keyed by kind and object */
  | { readonly kind: 'savesGlobal'; readonly store: string; readonly target: SalTarget }
  | { readonly kind: 'restoresGlobal'; readonly store: string; readonly target: SalTarget }
  /** the target holds the cancel IRQL to restore */
  | { readonly kind: 'usesCancel'; readonly target: SalTarget }
  /** `usesCancel`, and the cancel spin lock is held at entry and released; runs at DISPATCH_LEVEL */
  | { readonly kind: 'isCancel'; readonly target: SalTarget }
  | {
      readonly kind: 'acquires' | 'releases' | 'requiresHeld' | 'requiresNotHeld';
      readonly lock: SalTarget;
      readonly mode: SalLockMode;
      /** resource kind of the `_Kernel_*`/`__drv_*` forms, e.g. SpinLock, FastMutex; '' where the lock tells */
      readonly resource: string;
      /** acquiring it while held is an error */
      readonly isNonReentrant: boolean;
    }
  | { readonly kind: 'requiresNoLocks' }
  | { readonly kind: 'sameLock'; readonly a: SalTarget; readonly b: SalTarget }
  | { readonly kind: 'functionClass'; readonly name: string }
  | { readonly kind: 'dispatchType'; readonly name: string }
  | { readonly kind: 'floatSaved' | 'floatRestored' | 'floatUsed' }
  | { readonly kind: 'ignoresLocks' };

/** One statement of an annotation. */
export interface Clause {
  readonly body: ClauseBody;
  /** all must hold for the clause to apply; empty = always */
  readonly when: readonly SalExpr[];
  /** under `_Always_`: also when the function fails */
  readonly isAlways: boolean;
  /** where it stands, for messages */
  readonly range: TextRange;
}

/** What is wrong with an annotation. */
export interface SalProblem {
  /** `syntax`: cannot be read (C28260); `illegalLevel`: outside 0..HIGH_LEVEL (C28151); `unknownValue`: cannot be evaluated (C28153) */
  readonly kind: 'syntax' | 'illegalLevel' | 'unknownValue';
  readonly annotation: string;
  readonly message: string;
  readonly range: TextRange;
}

/** The contract that a function's annotations state. */
export interface Contract {
  readonly clauses: readonly Clause[];
  readonly problems: readonly SalProblem[];
  /** at least one clause speaks of the IRQL: then a maximum of DISPATCH_LEVEL is implied where none is given */
  readonly mentionsIrql: boolean;
  /** at least one clause speaks of a lock */
  readonly mentionsLocks: boolean;
  /** `_Use_decl_annotations_`: the first declaration's annotations count */
  readonly usesDeclaration: boolean;
  /** `_Success_(expr)`: when the function is said to have succeeded */
  readonly success?: SalExpr;
}

const IRQL_KINDS: ReadonlySet<ClauseBody['kind']> = new Set([
  'requiresMax',
  'requiresMin',
  'requires',
  'requiresSame',
  'raises',
  'alwaysMax',
  'alwaysMin',
  'saves',
  'restores',
  'savesGlobal',
  'restoresGlobal',
  'usesCancel',
  'isCancel',
]);

const LOCK_KINDS: ReadonlySet<ClauseBody['kind']> = new Set([
  'acquires',
  'releases',
  'requiresHeld',
  'requiresNotHeld',
  'requiresNoLocks',
  'sameLock',
]);

/** Whether a clause speaks of the IRQL. */
export function isIrqlClause(clause: Clause): boolean {
  return IRQL_KINDS.has(clause.body.kind);
}

/** Whether a clause speaks of a lock. */
export function isLockClause(clause: Clause): boolean {
  return LOCK_KINDS.has(clause.body.kind);
}
