/**
 * What a rule is and what it reports. A rule looks at the facts of one function (or of the whole program),
 * keeps no state, opens no files and formats no positions; offsets are UTF-16, ends exclusive.
 */
import type { FileUnit, Program } from '../analysis/program.ts';
import type { Suppression } from './suppressions.ts';
import type {
  BodyFacts,
  EntryContext,
  FunctionSummary,
  ProgramAnalysis,
  WhyStep,
} from '../analysis/facts.ts';
import type { TextRange } from '../syntax/fileStructure.ts';

export type Severity = 'error' | 'warning' | 'information' | 'hint';

/**
 * definite: a path or context exists whose every step is known.
 * possible: it exists, but leans on a named assumption, which the message or the trace shows.
 */
export type Verdict = 'definite' | 'possible';

/** One text edit: replaces `range` of `file` by `newText`. */
export interface TextEdit {
  readonly file: string;
  readonly range: TextRange;
  readonly newText: string;
}

/** A repair: all edits together, or none. */
export interface Fix {
  /** imperative, e.g. "Use KeAcquireSpinLock and KeReleaseSpinLock" */
  readonly title: string;
  readonly edits: readonly TextEdit[];
  /** the one to apply without asking, where exactly one is right */
  readonly isPreferred: boolean;
}

/** A rule's result. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly verdict: Verdict;
  readonly file: string;
  readonly range: TextRange;
  /** name of the enclosing function */
  readonly function: string;
  /** what is wrong, why it matters (bug check), what to do; levels by their kernel names */
  readonly message: string;
  /** the path to the mistake, entry first; shown as related information */
  readonly trace: readonly WhyStep[];
  readonly fixes: readonly Fix[];
  /** PREfast number of this very mistake where one rule carries several; else the rule's own code holds */
  readonly code?: string;
  /** bug check or Driver Verifier code where it depends on the finding; else the rule's own */
  readonly bugCheck?: string;
  /** lock class and kind of replay that shows it, for "replay this deadlock" */
  readonly replay?: { readonly scenario: string; readonly lockClass: string };
}

/** How long a DPC and an ISR may take in all, and the clock that cycles are told in. */
export interface RunLimits {
  readonly dpcMicroseconds: number;
  readonly isrMicroseconds: number;
  readonly clockGHz: number;
}

/** What a function-level rule may ask. */
export interface FunctionContext {
  readonly limits: RunLimits;
  readonly program: Program;
  readonly analysis: ProgramAnalysis;
  readonly facts: BodyFacts;
  readonly entry: EntryContext;
  readonly summary: FunctionSummary;
}

/** What a program-level rule may ask. */
export interface ProgramContext {
  readonly program: Program;
  readonly analysis: ProgramAnalysis;
}

/** Facts about the rule itself. */
export interface RuleMeta {
  /** kebab-case, stable; also the name of the file, its test and its docs page */
  readonly id: string;
  /** one line, no full stop: "KeAcquireSpinLockAtDpcLevel where DISPATCH_LEVEL is not certain" */
  readonly title: string;
  /** PREfast number where it has the same mistake, e.g. "C28121" */
  readonly code?: string;
  readonly severity: Severity;
  /** false: off until a user switches it on */
  readonly isOnByDefault: boolean;
  /** what the mistake becomes at run time, e.g. "0xA IRQL_NOT_LESS_OR_EQUAL", "Driver Verifier 0xC4/0x40" */
  readonly bugCheck?: string;
  readonly family: 'level' | 'seed' | 'lock' | 'underLock' | 'paged' | 'annotation' | 'other';
}

/** A rule about one function at a time. */
export interface FunctionRule {
  readonly meta: RuleMeta;
  readonly scope: 'function';
  check(context: FunctionContext): readonly Finding[];
}

/** A rule that needs the whole program (lock order, one lock at several levels). */
export interface ProgramRule {
  readonly meta: RuleMeta;
  readonly scope: 'program';
  check(context: ProgramContext): readonly Finding[];
}

/** What a rule about suppressions may ask: those of one file that silenced nothing. */
export interface SuppressionContext {
  readonly file: FileUnit;
  readonly unused: readonly Suppression[];
  /** ids of all rules, to tell a stale suppression from a misspelled one */
  readonly ruleIds: readonly string[];
}

/** A rule about the suppressions of one file, run after all others. */
export interface SuppressionRule {
  readonly meta: RuleMeta;
  readonly scope: 'suppressions';
  check(context: SuppressionContext): readonly Finding[];
}

export type Rule = FunctionRule | ProgramRule | SuppressionRule;
