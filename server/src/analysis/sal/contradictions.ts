/**
 * Finds annotations that contradict each other, in one contract or between a definition and its declarations.
 * It compares only what holds without a condition; conditional parts may well exclude each other.
 */
import {
  allLevels,
  contains,
  describeSet,
  intersect,
  isEmpty,
  maxOf,
  type Arch,
} from '../../protocol/irqlLevels.ts';
import type { Clause, Contract } from './contract.ts';
import { functionClassesOf, resolveContract, unknownEnvironment } from './resolveContract.ts';

/** Two statements that cannot both be true. */
export interface Contradiction {
  readonly message: string;
  /** the clauses that say it; the last is where it is best reported */
  readonly clauses: readonly Clause[];
}

function plainClauses(contract: Contract, kinds: readonly string[]): Clause[] {
  return contract.clauses.filter((clause) => clause.when.length === 0 && kinds.includes(clause.body.kind));
}

const BOUNDS = ['requires', 'requiresMax', 'requiresMin', 'alwaysMin'];

function emptyRequirement(contract: Contract, arch: Arch): Contradiction[] {
  const resolved = resolveContract(contract, unknownEnvironment(arch));
  const clauses = plainClauses(contract, BOUNDS);
  if (resolved.requirement === undefined || !isEmpty(resolved.requirement.levels) || clauses.length < 2)
    return [];
  return [{ message: 'no IRQL satisfies all of these bounds', clauses }];
}

function raiseAgainst(contract: Contract, arch: Arch): Contradiction[] {
  const raises = plainClauses(contract, ['raises']);
  const same = plainClauses(contract, ['requiresSame']);
  const { requirement, raises: raised, body } = resolveContract(contract, unknownEnvironment(arch));
  if (raises.length === 0 || raised?.levels === undefined) return [];
  const levels = raised.levels;
  const found: Contradiction[] = [];
  if (same.length > 0 && requirement?.levels !== levels)
    found.push({
      message: 'raises the IRQL, and yet returns at the IRQL of its entry',
      clauses: [...same, ...raises],
    });
  if (requirement !== undefined && !requirement.isImpliedMax && maxOf(requirement.levels) > maxOf(levels))
    found.push({
      message: `may be called above ${describeSet(levels, arch)}, to which it is said to raise`,
      clauses: [...plainClauses(contract, BOUNDS), ...raises],
    });
  if (body !== allLevels(arch) && !contains(body, maxOf(levels)))
    found.push({
      message: `raises to ${describeSet(levels, arch)}, which the body is said never to reach`,
      clauses: [...plainClauses(contract, ['alwaysMax', 'alwaysMin']), ...raises],
    });
  return found;
}

function severalClasses(contract: Contract): Contradiction[] {
  const names = functionClassesOf(contract);
  if (names.length < 2) return [];
  const clauses = plainClauses(contract, ['functionClass']);
  return [{ message: `belongs to several function classes: ${names.join(', ')}`, clauses }];
}

/** The contradictions inside one contract. */
export function contradictionsOf(contract: Contract, arch: Arch): Contradiction[] {
  return [...emptyRequirement(contract, arch), ...raiseAgainst(contract, arch), ...severalClasses(contract)];
}

/**
 * How a definition's contract differs from its declaration's, in words; undefined when they agree or when one of them
 * does not speak of the IRQL. Levels that overlap in part are a difference too.
 */
export function differenceBetween(
  definition: Contract,
  declaration: Contract,
  arch: Arch,
): string | undefined {
  if (!definition.mentionsIrql || !declaration.mentionsIrql) return undefined;
  const env = unknownEnvironment(arch);
  const here = resolveContract(definition, env);
  const there = resolveContract(declaration, env);
  const [mine, theirs] = [here.requirement, there.requirement];
  const areComparable =
    mine?.isCertain === true && theirs?.isCertain === true && mine.isImpliedMax === theirs.isImpliedMax;
  if (areComparable && mine.levels !== theirs.levels) {
    const verb = isEmpty(intersect(mine.levels, theirs.levels)) ? 'contradicts' : 'differs from';
    return `${describeSet(mine.levels, arch)} here ${verb} ${describeSet(theirs.levels, arch)} in the declaration`;
  }
  const raisedHere = here.raises?.levels;
  const raisedThere = there.raises?.levels;
  if (raisedHere !== undefined && raisedThere !== undefined && raisedHere !== raisedThere)
    return `raises to ${describeSet(raisedHere, arch)} here, to ${describeSet(raisedThere, arch)} in the declaration`;
  return undefined;
}
