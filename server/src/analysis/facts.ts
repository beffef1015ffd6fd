/**
 * The results of the inference, as rules and features read them. Everything here is plain immutable data.
 * The IRQL of a state is *relational*: it is either an absolute set of levels or "the level at entry",
 * so one analysis of a body serves every entry context; `irqlAt` narrows it to a context.
 */
import type { IrqlSet } from '../protocol/irqlLevels.ts';
import type { NodeId } from '../syntax/ir.ts';
import type { TextRange } from '../syntax/fileStructure.ts';
import type { LockEffect } from '../ddi/ddiFacts.ts';
import type { Callee, FunctionId, FunctionUnit } from './program.ts';

/** A step of a why-chain or witness: a place, what happened there, and the level after it. */
export interface WhyStep {
  readonly file: string;
  readonly range: TextRange;
  /** a short sentence, e.g. "entered at DISPATCH_LEVEL: KDEFERRED_ROUTINE registered by KeInitializeDpc", "KeAcquireSpinLock raises to DISPATCH_LEVEL" */
  readonly message: string;
  readonly irql?: IrqlSet;
}

/** Names a lock so that it can be compared: inside a function by path, across functions by class. */
export interface LockRef {
  /**
   * Canonical access path of the lock object in terms of this function: root `p0` (parameter), `g:Name` (global), `l:name` (local, versioned),
   * `?n` (unknown); steps `*` (dereference), `.field`, `[]`. Example: `p0*.DeviceExtension*.QueueLock`. Hidden locks are `h:cancel`, `h:vpb`.
   */
  readonly path: string;
  /** as a reader writes it, e.g. "DevExt->QueueLock" */
  readonly text: string;
  /** "DEVICE_EXTENSION.QueueLock", "g_Lock" (with file for statics), or '' where the type is not known */
  readonly lockClass: string;
}

/** A lock on the held list. */
export interface HeldLock {
  readonly lock: LockRef;
  /** lockKind of the DDI effect: spinlock, queuedSpinLock, exSpinLock, fastMutex, eresource, ... */
  readonly kind: string;
  readonly mode: 'exclusive' | 'shared';
  /** how often it is held (recursive kinds only go above 1) */
  readonly count: number;
  /** the call that took it, in this function */
  readonly node: NodeId;
  /** name of the acquiring routine (the DDI; for a wrapper, the DDI inside it) */
  readonly via: string;
  /** where the old IRQL was saved: canonical path of a variable or handle, 'in-lock', or undefined when the form saves none */
  readonly savedIn?: string;
  /** true when held at function entry by precondition (annotation, role or observed release) */
  readonly isFromEntry: boolean;
}

/** A path-sensitive state: one disjunct. */
export interface PathState {
  /** the entry levels under which this path is possible */
  readonly entry: IrqlSet;
  /** possible levels here; when `isEntryIrql`, equal to the level at entry (and `irql === entry`) */
  readonly irql: IrqlSet;
  readonly isEntryIrql: boolean;
  readonly held: readonly HeldLock[];
  /** depth of critical/guarded regions entered in this function: 0 unknown/none, >0 inside */
  readonly regions: { readonly critical: number; readonly guarded: number };
  /** facts known about values on this path, canonical path or `r:<call node>` -> value; keys of interest only */
  readonly values: ReadonlyMap<string, Value>;
  /** calls into unknown code that this path leans on (their effect was assumed to be none), at most the first three */
  readonly assumptions: readonly NodeId[];
  /** true once precision was given up on this path (too many disjuncts, irreducible or unparsed code): rules stay silent about locks */
  readonly isImprecise: boolean;
  /** the last node that changed the IRQL on this path, or -1 */
  readonly irqlSetBy: NodeId;
  /** true when `irql` is only a bound: an IRQL was set from a value nobody knows; rules must not build on it */
  readonly isIrqlUnknown?: boolean;
  /** with `isIrqlUnknown`: canonical path (as it was at entry) of the value that the IRQL was set from; a caller may know it */
  readonly irqlFrom?: string | undefined;
  /** locks released here that this function did not take: the caller must have held them */
  readonly releasedFromEntry?: readonly HeldLock[];
}

/** What is known of a value on a path. */
export type Value =
  | { readonly kind: 'const'; readonly value: number }
  | { readonly kind: 'notConst'; readonly value: number }
  /** an IRQL: a set, or the level at entry */
  | {
      readonly kind: 'irql';
      readonly levels: IrqlSet;
      readonly isEntryIrql: boolean;
      readonly savedBy: NodeId;
    }
  /** NT_SUCCESS is true / false */
  | { readonly kind: 'status'; readonly isSuccess: boolean }
  /** equal to parameter i of this function as passed in */
  | { readonly kind: 'param'; readonly index: number }
  /** the address of an object / a copy of the value at a path, which may be known not to be zero */
  | { readonly kind: 'addressOf'; readonly path: string }
  | { readonly kind: 'copyOf'; readonly path: string; readonly isNonZero?: true }
  /** the result of a call, still undecided (try-acquire, KeGetCurrentIrql comparison, ...) */
  | { readonly kind: 'resultOf'; readonly call: NodeId };

/** What a call needs of the level, after the conditions of its facts were decided by the arguments. */
export interface Requirement {
  readonly min: number;
  readonly max: number;
  /** where the bound comes from */
  readonly source: 'annotation' | 'fact' | 'userFact' | 'inferred';
  /** e.g. "Wait is TRUE", "PoolType is paged"; '' when unconditional */
  readonly because: string;
  /** false when a condition that decides the bound could not be evaluated (the widest bound is given) */
  readonly isCertain: boolean;
  /** for an inferred requirement of a workspace function: the chain to the call that needs it */
  readonly witness: readonly WhyStep[];
  /** inferred for the arguments of this very call: inside the callee nobody can judge it */
  readonly isByArgument?: true;
}

/** What a call did to one lock. */
export interface LockEvent {
  readonly op: 'acquire' | 'tryAcquire' | 'release' | 'convert' | 'initialize';
  readonly lock: LockRef;
  readonly kind: string;
  readonly mode: 'exclusive' | 'shared';
  /** the routine at the bottom (KeAcquireSpinLock), its effect row, and whether it was reached through a workspace function or macro */
  readonly routine: string;
  readonly effect: LockEffect | undefined;
  readonly isThroughWrapper: boolean;
  /** canonical path of the old-IRQL variable or queue handle named at this call, if any */
  readonly savedIn?: string;
  /** for a release: what is known of the IRQL given back */
  readonly restores?: Value;
}

/** One call of the body with what is known around it. */
export interface CallFact {
  readonly node: NodeId;
  readonly name: string;
  readonly callee: Callee;
  /** states before the call (empty: unreachable) and after it */
  readonly before: readonly PathState[];
  readonly after: readonly PathState[];
  readonly requirement: Requirement | undefined;
  readonly locks: readonly LockEvent[];
  /** inside a loop of this function */
  readonly isInLoop: boolean;
  /** lexically inside the try body / finally handler of an SEH statement */
  readonly isInTry: boolean;
  /** canonical path or constant of each argument, for rules that look at arguments */
  readonly args: readonly ArgumentFact[];
}

export interface ArgumentFact {
  readonly node: NodeId;
  /** canonical path of the object that is passed by address or value, '' if none */
  readonly path: string;
  readonly isAddressOf: boolean;
  /** integer value when known (macros and enumerators of facts included) */
  readonly constant?: number;
  /** spelling of a plain name or number argument, e.g. "TRUE", "NULL", "PagedPool", "KernelMode" */
  readonly text: string;
}

/** A return statement or the closing brace. */
export interface ExitFact {
  /** the Return node, or the body Block for falling off the end */
  readonly node: NodeId;
  readonly states: readonly PathState[];
}

/** The states in front of one statement, for hints, hover, ribbon and the irql command. */
export interface StatementFact {
  readonly node: NodeId;
  readonly states: readonly PathState[];
}

/** Everything about one body. Computed on demand, cheap enough to recompute. */
export interface BodyFacts {
  readonly unit: FunctionUnit;
  readonly statements: readonly StatementFact[];
  readonly calls: readonly CallFact[];
  readonly exits: readonly ExitFact[];
  /** reads of the current IRQL (KeGetCurrentIrql and kin) with the condition or variable they feed */
  readonly irqlReads: readonly { readonly node: NodeId; readonly comparedBy: NodeId }[];
  /** true when the fixpoint had to give up on some path */
  readonly isImprecise: boolean;
}

/** How a function may be entered. */
export interface EntryContext {
  /** levels that the contract or the callers allow; all levels when unknown */
  readonly levels: IrqlSet;
  /** levels for which there is evidence that the function is really entered at them (a role that is always or usually there, a caller that is there) */
  readonly proven: IrqlSet;
  /** false when neither annotation, role, registration nor callers say anything */
  readonly isKnown: boolean;
  readonly source: 'annotation' | 'role' | 'registration' | 'callers' | 'unknown';
  /** true when every caller is in the workspace and was analysed */
  readonly areAllCallersKnown: boolean;
  /** locks held at entry by contract or by every caller */
  readonly held: readonly HeldLock[];
  /** per level a why-chain: how the function comes to be entered at it */
  readonly why: ReadonlyMap<number, readonly WhyStep[]>;
}

/** One outcome of a call to the function: under these entry levels and argument values, this is the state at exit. */
export interface ExitCase {
  readonly entry: IrqlSet;
  readonly irql: IrqlSet;
  readonly isEntryIrql: boolean;
  /** parameter values this case needs: index -> value (const, notConst) */
  readonly guards: readonly { readonly parameter: number; readonly value: Value }[];
  /** what is known of the returned value */
  readonly returns: Value | undefined;
  /** locks taken and still held, locks released that the caller held; paths rooted at parameters, globals or hidden locks */
  readonly acquired: readonly HeldLock[];
  readonly released: readonly HeldLock[];
  /** out-parameters that carry a saved IRQL: path rooted at a parameter -> value */
  readonly saved: ReadonlyMap<string, Value>;
  readonly regions: { readonly critical: number; readonly guarded: number };
  /** the exit level comes from a value that only the caller may know: its path in terms of this function, or '' */
  readonly irqlFrom?: string | undefined;
  /** true when `irql` is only a bound */
  readonly isIrqlUnknown?: boolean;
}

/** A requirement that holds only under argument values. */
export interface GuardedRequirement extends Requirement {
  readonly guards: readonly { readonly parameter: number; readonly value: Value }[];
}

/** Requirement on entry + effect on exit, with where it comes from. */
export interface FunctionSummary {
  readonly id: FunctionId;
  readonly source: 'annotation' | 'fact' | 'inferred' | 'unknown';
  /** the level the body (or the contract) needs at entry; witnesses name the call that needs it */
  readonly requires: Requirement;
  readonly cases: readonly ExitCase[];
  /** over all cases */
  readonly exit: 'same' | 'raises' | 'lowers' | 'mixed' | 'unknown';
  /** every callee known and no imprecision: what the summary says is proved, not assumed */
  readonly isProved: boolean;
  /** every lock the function (or a callee, transitively) takes at some point: for order and usage rules */
  readonly locksTaken: readonly LockUse[];
  /** may wait (block) at some point, with witness; undefined if not known to */
  readonly blocks?: readonly WhyStep[];
  /** the effect was given up (too many cases, imprecise paths): after a call nothing is known of level and locks */
  readonly isGivenUp?: boolean;
  /** names of fields and globals that the function may write, callees included (see writeSet.ts); absent = anything */
  readonly writes?: Uint32Array;
  /** requirements that depend on argument values, besides `requires` */
  readonly requiresWhen?: readonly GuardedRequirement[];
}

/** One use of a lock, for cross-function rules: order, levels, contexts. */
export interface LockUse {
  readonly lock: LockRef;
  readonly kind: string;
  readonly mode: 'exclusive' | 'shared';
  readonly routine: string;
  readonly function: FunctionId;
  readonly node: NodeId;
  /** locks already held there, of the same program-wide naming */
  readonly heldBefore: readonly LockRef[];
  /** locks of the caller that were released on the way there: it holds them no more at this use */
  readonly releasedBefore: readonly LockRef[];
  /** levels before the call, relative to the function's own entry context */
  readonly irql: IrqlSet;
  readonly isEntryIrql: boolean;
  readonly isTry: boolean;
}

/** A release of a lock that the releasing function had not taken itself. */
export interface OpenRelease {
  readonly function: FunctionId;
  readonly lock: LockRef;
  readonly kind: string;
}

/** The whole inference over one program. */
export interface ProgramAnalysis {
  entryOf(id: FunctionId): EntryContext;
  summaryOf(id: FunctionId): FunctionSummary;
  /** facts of one body in terms of its own entry; recomputed or cached */
  factsOf(id: FunctionId): BodyFacts;
  /** call sites of a function in the workspace */
  callersOf(id: FunctionId): readonly { readonly caller: FunctionId; readonly node: NodeId }[];
  /** all uses of locks by class, over the workspace; built on first use */
  lockUses(): ReadonlyMap<string, readonly LockUse[]>;
  /** releases of locks that somebody else took, over the workspace; built on first use */
  openReleases(): readonly OpenRelease[];
  /** for caches: another value when the function's summary or facts were made anew */
  resultVersion?(id: FunctionId): unknown;
  /** for caches: another value when the function's entry context was worked out anew */
  entryVersion?(id: FunctionId): unknown;
}
