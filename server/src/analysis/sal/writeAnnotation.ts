/**
 * Writes SAL text from what the inference proved about a function, in the style of the file. It invents nothing: a part
 * that the summary does not give is not written. Order and spelling follow the public headers.
 */
import { deviceMax, highLevel, levelName, type Arch, type Irql } from '../../protocol/irqlLevels.ts';

/** Modern `_IRQL_requires_max_`, or `__drv_maxIRQL` as in older code. */
export type AnnotationStyle = 'modern' | 'drv';

/** What was proved, ready to be written. Parts that are absent are not known or not worth saying. */
export interface AnnotationFacts {
  readonly arch: Arch;
  /** lowest and highest IRQL at which the function may be called */
  readonly requires?: { readonly min: Irql; readonly max: Irql };
  /** the function returns at the IRQL at which it was entered */
  readonly isSame?: boolean;
  /** the function returns at this level, above the entry */
  readonly raisesTo?: Irql;
  /** parameters (index) or the result (-1) that receive the old IRQL */
  readonly saves?: readonly number[];
  /** parameters (index) from which the IRQL is set */
  readonly restores?: readonly number[];
  /** locks by expression over the parameters; `when` is a condition on the result, e.g. `return != 0` */
  readonly acquires?: readonly LockAnnotation[];
  readonly releases?: readonly LockAnnotation[];
  readonly requiresHeld?: readonly LockAnnotation[];
}

/** A lock to be named in an annotation. */
export interface LockAnnotation {
  readonly expression: string;
  readonly mode?: 'exclusive' | 'shared';
  readonly when?: string;
}

/** The text to insert: before the function's return type, and before parameters. */
export interface AnnotationText {
  /** one annotation a line, in order */
  readonly onFunction: readonly string[];
  /** parameter index -> annotation to put before its type */
  readonly onParameters: ReadonlyMap<number, string>;
}

type Word = 'max' | 'min' | 'exact' | 'same' | 'raises' | 'saves' | 'restores';

const MODERN: Readonly<Record<Word, string>> = {
  max: '_IRQL_requires_max_',
  min: '_IRQL_requires_min_',
  exact: '_IRQL_requires_',
  same: '_IRQL_requires_same_',
  raises: '_IRQL_raises_',
  saves: '_IRQL_saves_',
  restores: '_IRQL_restores_',
};

const DRV: Readonly<Record<Word, string>> = {
  max: '__drv_maxIRQL',
  min: '__drv_minIRQL',
  exact: '__drv_requiresIRQL',
  same: '__drv_sameIRQL',
  raises: '__drv_raisesIRQL',
  saves: '__drv_savesIRQL',
  restores: '__drv_restoresIRQL',
};

/** The constant that the headers use for a level; they have none for a device level and write HIGH_LEVEL. */
function levelText(level: Irql, arch: Arch): string {
  const isDevice = level > 2 && level <= deviceMax(arch);
  return isDevice ? 'HIGH_LEVEL' : levelName(level, arch);
}

function requirementLines(facts: AnnotationFacts, words: Readonly<Record<Word, string>>): string[] {
  const { requires, arch } = facts;
  if (requires === undefined) return [];
  const { min, max } = requires;
  if (min === max) return [`${words.exact}(${levelText(min, arch)})`];
  const lines: string[] = [];
  // A maximum of HIGH_LEVEL must be written too: without one, DISPATCH_LEVEL is implied.
  if (min > 0) lines.push(`${words.min}(${levelText(min, arch)})`);
  const isAnyLevel = min === 0 && max === highLevel(arch);
  if (!isAnyLevel || facts.isSame === true || facts.raisesTo !== undefined)
    lines.push(`${words.max}(${levelText(max, arch)})`);
  return lines;
}

function lockLine(
  verb: 'Acquires' | 'Releases' | 'Requires',
  lock: LockAnnotation,
  style: AnnotationStyle,
): string {
  const mode = lock.mode === undefined ? '' : `${lock.mode}_`;
  const name = `_${verb}_${mode}lock_${verb === 'Requires' ? 'held_' : ''}`;
  const plain = `${name}(${lock.expression})`;
  if (lock.when === undefined) return plain;
  return `${style === 'modern' ? '_When_' : '__drv_when'}(${lock.when}, ${plain})`;
}

/** Writes the annotations. Lock annotations have no `__drv_` spelling of their own and are written as they are. */
export function writeAnnotation(facts: AnnotationFacts, style: AnnotationStyle): AnnotationText {
  const words = style === 'modern' ? MODERN : DRV;
  const onFunction = requirementLines(facts, words);
  if (facts.isSame === true) onFunction.push(words.same);
  if (facts.raisesTo !== undefined)
    onFunction.push(`${words.raises}(${levelText(facts.raisesTo, facts.arch)})`);
  const onParameters = new Map<number, string>();
  const mark = (indexes: readonly number[] | undefined, word: string) => {
    for (const index of indexes ?? [])
      if (index < 0) onFunction.push(word);
      else
        onParameters.set(index, [onParameters.get(index), word].filter((one) => one !== undefined).join(' '));
  };
  mark(facts.saves, words.saves);
  mark(facts.restores, words.restores);
  for (const lock of facts.requiresHeld ?? []) onFunction.push(lockLine('Requires', lock, style));
  for (const lock of facts.acquires ?? []) onFunction.push(lockLine('Acquires', lock, style));
  for (const lock of facts.releases ?? []) onFunction.push(lockLine('Releases', lock, style));
  return { onFunction, onParameters };
}

/** The style of a file by the annotations it uses: `__drv_` only when it has those and none of the modern ones. */
export function styleOf(annotationNamesInFile: Iterable<string>): AnnotationStyle {
  let hasDrv = false;
  for (const name of annotationNamesInFile) {
    if (name.startsWith('_IRQL_')) return 'modern';
    if (/^__drv_\w*IRQL/.test(name)) hasDrv = true;
  }
  return hasDrv ? 'drv' : 'modern';
}
