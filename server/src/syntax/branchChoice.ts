/**
 * Which branches of an `#if` group are read: the one that is known to be compiled, all that may be (an aligned group), or
 * the first that may be (a group that splits statements). The same condition text is decided the same way.
 */
import type { AtomTable } from './atoms.ts';
import { evaluateCondition, type ConditionLookup } from './condition.ts';
import { conditionOf, GroupShape, type Conditionals } from './conditionals.ts';
import { DirectiveKind, type Directive } from './directives.ts';
import type { TokenTable } from './fileStructure.ts';

/** What deciding needs of a file. */
export interface BranchSource {
  readonly conditionals: Conditionals;
  readonly directives: readonly Directive[];
  readonly directiveTokens: TokenTable;
}

/** How a group was decided. */
export const BranchMode = {
  /** one branch or none is compiled, and we know which */
  Known: 0,
  /** every kept branch may be the compiled one */
  Alternatives: 1,
  /** we took the first that may be, because the group splits statements */
  FirstLive: 2,
} as const;
export type BranchMode = (typeof BranchMode)[keyof typeof BranchMode];

/** Assumptions made for splitting groups: condition text without negation -> taken as true or false. */
export type Assumptions = Map<string, boolean>;

/**
 * Decides the group that begins at directive `start` and marks its branches in `kept` (1 = read).
 * A group with a known outcome but several maybe-branches before a certain one stays an alternative.
 */
export function decideGroup(
  source: BranchSource,
  start: number,
  lookup: ConditionLookup,
  assumptions: Assumptions,
  atoms: AtomTable,
  kept: Uint8Array,
): BranchMode {
  const { conditionals, directives } = source;
  const shape = conditionals.shape[start]!;
  let nMaybe = 0;
  let isSettled = false;
  for (let d = start; d >= 0 && directives[d]!.kind !== DirectiveKind.Endif; d = conditionals.next[d]!) {
    const truth = isSettled ? false : truthOf(source, d, lookup, assumptions, atoms);
    kept[d] = truth === false ? 0 : 1;
    if (truth === undefined) nMaybe++;
    if (truth === true) isSettled = true;
  }
  if (nMaybe === 0) return BranchMode.Known;
  if ((shape & GroupShape.Aligned) !== 0) return BranchMode.Alternatives;
  keepFirst(source, start, assumptions, atoms, kept);
  return BranchMode.FirstLive;
}

function truthOf(
  source: BranchSource,
  d: number,
  lookup: ConditionLookup,
  assumptions: Assumptions,
  atoms: AtomTable,
): boolean | undefined {
  const { directives, directiveTokens, conditionals } = source;
  const directive = directives[d]!;
  const { kind, from, to } = directive;
  if (kind === DirectiveKind.Else) return true;
  if (kind === DirectiveKind.Ifdef || kind === DirectiveKind.Ifndef) {
    const isDefined = from < to ? lookup.isDefined(directiveTokens.atom[from]!) : undefined;
    if (isDefined !== undefined)
      return isDefined === (kind === DirectiveKind.Ifdef) || isGuard(conditionals, d);
  } else {
    const value = evaluateCondition(directiveTokens, from, to, lookup, atoms);
    if (value !== undefined) return value !== 0;
  }
  if (isGuard(conditionals, d)) return true;
  if (assumptions.size === 0) return undefined;
  const condition = conditionOf(directive, directiveTokens, atoms);
  const assumed = assumptions.get(condition.text);
  return assumed === undefined ? undefined : assumed !== condition.isNegated;
}

function isGuard(conditionals: Conditionals, d: number): boolean {
  return (conditionals.shape[d]! & GroupShape.Guard) !== 0;
}

/** Leaves only the first kept branch and remembers its condition for the rest of the body or file. */
function keepFirst(
  source: BranchSource,
  start: number,
  assumptions: Assumptions,
  atoms: AtomTable,
  kept: Uint8Array,
): void {
  const { conditionals, directives, directiveTokens } = source;
  let hasFirst = false;
  for (let d = start; d >= 0 && directives[d]!.kind !== DirectiveKind.Endif; d = conditionals.next[d]!) {
    if (kept[d] === 0) continue;
    if (hasFirst) kept[d] = 0;
    else if (directives[d]!.kind !== DirectiveKind.Else) {
      const condition = conditionOf(directives[d]!, directiveTokens, atoms);
      assumptions.set(condition.text, !condition.isNegated);
    }
    hasFirst = true;
  }
}
