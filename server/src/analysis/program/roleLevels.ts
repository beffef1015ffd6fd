/**
 * The entry levels of a role at one registration: the role's own range, narrowed by what the registering slot fixes and by what
 * the site says (execution level, passive interrupt, major function). A condition that nothing decides narrows nothing.
 */
import { intersect, isEmpty, maxOf, minOf, sizeOf } from '../../protocol/irqlLevels.ts';
import type { IrqlSet } from '../../protocol/irqlLevels.ts';
import type { FactWhen, RoleFact, UpperMark } from '../../ddi/ddiFacts.ts';

/** What is known where a function gets a role. */
export interface RoleSite {
  readonly states: readonly string[];
  /** `IRP_MJ_x` of a dispatch slot or minifilter entry, or '' */
  readonly major: string;
  /** levels that the slot or call itself fixes */
  readonly entryLevels?: IrqlSet | undefined;
}

/** Levels at entry and how sure the upper one is. */
export interface RoleLevels {
  readonly levels: IrqlSet;
  readonly min: number;
  readonly max: number;
  readonly upper: UpperMark;
}

/** The levels of `fact` at the site; undefined when the role's levels are not known. */
export function roleLevelsAt(fact: RoleFact, site: RoleSite): RoleLevels | undefined {
  if (fact.levels === null) return undefined;
  let levels = site.entryLevels ?? fact.levels;
  if (site.entryLevels === undefined) {
    for (const { when, levels: narrowed } of fact.conditions) {
      if (!holds(when, site)) continue;
      const rest = intersect(levels, narrowed);
      if (!isEmpty(rest)) levels = rest;
    }
  }
  if (isEmpty(levels)) return undefined;
  return { levels, min: minOf(levels), max: maxOf(levels), upper: upperOf(fact, levels) };
}

/** A slot that widens an always-at-one-level role (threaded DPC) leaves its upper level merely usual. */
function upperOf(fact: RoleFact, levels: IrqlSet): UpperMark {
  if (sizeOf(levels) === 1 || minOf(levels) >= 3) return 'always';
  return levels !== fact.levels && fact.upper === 'always' ? 'usual' : fact.upper;
}

function holds(when: FactWhen, { states, major }: RoleSite): boolean {
  let isDecided = false;
  if (when.majorFunctions !== undefined) {
    if (!when.majorFunctions.includes(major)) return false;
    isDecided = true;
  }
  if (when.executionLevel !== undefined) {
    if (!states.includes(stateOfExecutionLevel(when.executionLevel))) return false;
    isDecided = true;
  }
  if (when.isPassiveInterrupt !== undefined) {
    if (!states.includes(when.isPassiveInterrupt ? 'passiveInterrupt' : 'dirqlInterrupt')) return false;
    isDecided = true;
  }
  if (when.state !== undefined) {
    if (!isStateKnown(when.state, major === '' ? states : [...states, major])) return false;
    isDecided = true;
  }
  const isAboutMore =
    when.arg !== undefined ||
    when.entry !== undefined ||
    when.deviceFlag !== undefined ||
    when.field !== undefined;
  return isDecided && !isAboutMore;
}

function stateOfExecutionLevel(constant: string): string {
  return constant === 'WdfExecutionLevelPassive' ? 'executionLevelPassive' : 'executionLevelDispatch';
}

/** `A&B`, `A|B`; `!A` is never known: nobody lists what is not so. */
function isStateKnown(state: string, states: readonly string[]): boolean {
  return state
    .split('|')
    .some((alternative) => alternative.split('&').every((part) => states.includes(part.trim())));
}
