/**
 * The IRQL part of a function's annotations as levels at entry, and the locks they say are held. Conditions on arguments
 * are left to callers; only what is stated without a condition counts here.
 */
import { highLevel, range } from '../../protocol/irqlLevels.ts';
import type { IrqlSet } from '../../protocol/irqlLevels.ts';
import type { TextRange } from '../../syntax/fileStructure.ts';
import { buildContract } from '../sal/buildContract.ts';
import type { Clause, Contract } from '../sal/contract.ts';
import type { FunctionUnit, Program } from '../program.ts';

/** What annotations say about the level at entry. */
export interface EntryContract {
  readonly contract: Contract;
  /** levels allowed at entry; undefined when no annotation bounds them */
  readonly levels: IrqlSet | undefined;
  /** annotated to be at exactly one level: evidence, not only permission */
  readonly isExact: boolean;
  /** the lowest level was stated (min or exact): evidence of at least that */
  readonly isMinStated: boolean;
}

/** By a unit's annotations, because analysis, rules and features all ask; the settings hold as long as these do. */
interface Read {
  readonly arch: Program['settings']['arch'];
  readonly isIrqlIgnored: boolean;
  readonly contract: EntryContract | undefined;
}

const known = new WeakMap<FunctionUnit['annotations'], Read>();

/** Reads the contract of a function. */
export function contractOf(program: Program, unit: FunctionUnit): EntryContract | undefined {
  const { annotations } = unit;
  if (annotations.length === 0) return undefined;
  const { arch, ignoreIrqlAnnotations: isIrqlIgnored } = program.settings;
  let read = known.get(annotations);
  if (read?.arch !== arch || read.isIrqlIgnored !== isIrqlIgnored) {
    read = { arch, isIrqlIgnored, contract: readContract(program, unit) };
    known.set(annotations, read);
  }
  return read.contract;
}

function readContract(program: Program, unit: FunctionUnit): EntryContract | undefined {
  const { arch, ignoreIrqlAnnotations } = program.settings;
  const contract = buildContract(
    unit.annotations.map(({ annotation, parameter }) =>
      parameter === undefined ? { annotation } : { annotation, parameter },
    ),
    {
      arch,
      parameters: unit.head.params.map(({ name }) => program.atoms.text(name)),
      ignoreIrql: ignoreIrqlAnnotations,
    },
  );
  if (!contract.mentionsIrql && !contract.mentionsLocks) return undefined;
  return { contract, ...levelsOfContract(contract, highLevel(arch)) };
}

/** Where the bound stands, for chains; the function's name when it cannot be told any more. */
export function placeOf(unit: FunctionUnit): { readonly file: string; readonly range: TextRange } {
  const source = unit.annotations.find(({ annotation }) => BOUND.test(annotation.name));
  if (source === undefined) return { file: unit.file.path, range: unit.head.nameRange };
  return { file: source.file.path, range: { start: source.annotation.start, end: source.annotation.end } };
}

const BOUND = /^_IRQL_requires_(?!same)|^__drv_(?:max|min|requires)IRQL|^_IRQL_always|IRQL/;

/** The levels at entry that the unconditional clauses allow. */
export function levelsOfContract(
  contract: Contract,
  high: number,
): { readonly levels: IrqlSet | undefined; readonly isExact: boolean; readonly isMinStated: boolean } {
  let min: number | undefined;
  let max: number | undefined;
  for (const clause of contract.clauses) {
    if (clause.when.length > 0) continue;
    const bounds = boundsOf(clause);
    if (bounds.min !== undefined) min = Math.max(min ?? 0, bounds.min);
    if (bounds.max !== undefined) max = Math.min(max ?? high, bounds.max);
  }
  if (min === undefined && max === undefined)
    return { levels: undefined, isExact: false, isMinStated: false };
  // Mentioning a minimum alone implies a maximum of DISPATCH_LEVEL, as in the headers' own rule.
  const top = max ?? Math.max(2, min ?? 0);
  const low = min ?? 0;
  return { levels: range(low, top), isExact: low === top, isMinStated: min !== undefined };
}

function boundsOf(clause: Clause): { readonly min?: number; readonly max?: number } {
  const { body } = clause;
  switch (body.kind) {
    case 'requires':
      return body.level.kind === 'level' ? { min: body.level.level, max: body.level.level } : {};
    case 'requiresMax':
      return body.level.kind === 'level' ? { max: body.level.level } : {};
    case 'requiresMin':
    case 'alwaysMin':
      return body.level.kind === 'level' ? { min: body.level.level } : {};
    case 'isCancel':
      return { min: 2, max: 2 };
    default:
      return {};
  }
}
