/**
 * Remembers of which functions the rules had nothing to say, and what they looked at for that. A keystroke changes one function:
 * the silence about another holds as long as everything that was looked at says the same. Functions with findings are always
 * checked again, so that no position can be stale.
 */
import type { EntryContext, FunctionSummary, ProgramAnalysis } from '../analysis/facts.ts';
import type { FileUnit, FunctionId, Program } from '../analysis/program.ts';
import { isSameEntry, isSameSummary } from '../analysis/summary/sameSummary.ts';
import type { Finding } from './rule.ts';

/** The memory of one file; empty at first. It may be used for one check after the other. */
export interface QuietFunctions {
  /** The findings of the functions of a file. `check` must look at the inference through the analysis that it is given, and adds what failed to `problems`. */
  check(
    program: Program,
    analysis: ProgramAnalysis,
    file: FileUnit,
    check: (id: FunctionId, analysis: ProgramAnalysis, problems: string[]) => readonly Finding[],
  ): { readonly findings: Finding[]; readonly problems: string[] };
}

/** What was read of a function, with the versions of the analysis that it was read from. */
interface Look {
  result: unknown;
  entry: unknown;
  summary: FunctionSummary | undefined;
  context: EntryContext | undefined;
  hasFacts: boolean;
}

type Looks = ReadonlyMap<FunctionId, Look>;

/** Makes an empty memory. */
export function createQuietFunctions(): QuietFunctions {
  let quiet = new Map<number, Looks>();
  let stamp: number | undefined;
  return {
    check(program, analysis, file, check) {
      const now = new Map<number, Looks>();
      const isKept = stamp !== undefined && program.declarationStamp === stamp;
      stamp = program.declarationStamp;
      const findings: Finding[] = [];
      const problems: string[] = [];
      for (const id of file.functionIds) {
        const key = program.functions[id]?.stamp ?? -1;
        const before = isKept ? quiet.get(key) : undefined;
        if (before !== undefined && isStillSo(before, analysis)) {
          now.set(key, before);
          continue;
        }
        const observer = new Observer(analysis);
        const nProblems = problems.length;
        const found = check(id, observer, problems);
        findings.push(...found);
        const isQuiet = found.length === 0 && problems.length === nProblems;
        if (isQuiet && observer.isComplete) now.set(key, observer.looks);
      }
      quiet = now;
      return { findings, problems };
    },
  };
}

function isStillSo(looks: Looks, analysis: ProgramAnalysis): boolean {
  for (const [id, look] of looks) {
    const result = analysis.resultVersion?.(id);
    if (result !== look.result) {
      if (
        look.hasFacts ||
        (look.summary !== undefined && !isSameSummary(look.summary, analysis.summaryOf(id)))
      )
        return false;
      look.result = result;
    }
    const entry = analysis.entryVersion?.(id);
    if (entry !== look.entry) {
      if (look.context !== undefined && !isSameEntry(look.context, analysis.entryOf(id))) return false;
      look.entry = entry;
    }
  }
  return true;
}

/** An analysis that notes what it is asked. What it cannot note makes it incomplete. */
class Observer implements ProgramAnalysis {
  readonly looks = new Map<FunctionId, Look>();
  isComplete: boolean;
  readonly #analysis: ProgramAnalysis;

  constructor(analysis: ProgramAnalysis) {
    this.#analysis = analysis;
    this.isComplete = analysis.resultVersion !== undefined && analysis.entryVersion !== undefined;
  }

  entryOf(id: FunctionId): EntryContext {
    const context = this.#analysis.entryOf(id);
    this.#lookAt(id).context = context;
    return withoutChains(context, () => (this.isComplete = false));
  }

  summaryOf(id: FunctionId): FunctionSummary {
    const summary = this.#analysis.summaryOf(id);
    this.#lookAt(id).summary = summary;
    return summary;
  }

  factsOf(id: FunctionId): ReturnType<ProgramAnalysis['factsOf']> {
    this.#lookAt(id).hasFacts = true;
    return this.#analysis.factsOf(id);
  }

  callersOf(id: FunctionId): ReturnType<ProgramAnalysis['callersOf']> {
    this.isComplete = false;
    return this.#analysis.callersOf(id);
  }

  lockUses(): ReturnType<ProgramAnalysis['lockUses']> {
    this.isComplete = false;
    return this.#analysis.lockUses();
  }

  openReleases(): ReturnType<ProgramAnalysis['openReleases']> {
    this.isComplete = false;
    return this.#analysis.openReleases();
  }

  #lookAt(id: FunctionId): Look {
    let look = this.looks.get(id);
    if (look === undefined) {
      look = {
        result: this.#analysis.resultVersion?.(id),
        entry: this.#analysis.entryVersion?.(id),
        summary: undefined,
        context: undefined,
        hasFacts: false,
      };
      this.looks.set(id, look);
    }
    return look;
  }
}

/** The context with its chains told apart: they hang on more functions than this one. */
function withoutChains(context: EntryContext, onChain: () => void): EntryContext {
  const { levels, proven, isKnown, source, areAllCallersKnown, held } = context;
  return {
    levels,
    proven,
    isKnown,
    source,
    areAllCallersKnown,
    held,
    get why() {
      onChain();
      return context.why;
    },
  };
}
