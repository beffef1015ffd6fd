/**
 * The annotation that the inference proves for a function that has none, as text in the style of its file.
 * Callbacks get theirs from their role type, and what is not proved is not written.
 */
import { highLevel, maxOf, minOf } from '../../protocol/irqlLevels.ts';
import type { ExitCase, FunctionSummary, HeldLock, ProgramAnalysis } from '../facts.ts';
import type { FileUnit, FunctionId, Program } from '../program.ts';
import { contractOf } from '../entry/contractOf.ts';
import {
  styleOf,
  writeAnnotation,
  type AnnotationFacts,
  type AnnotationText,
  type LockAnnotation,
} from '../sal/writeAnnotation.ts';

/** SAL text for the function's head, one annotation a line; undefined where nothing is proved or it is annotated already. */
export function suggestAnnotation(
  program: Program,
  analysis: ProgramAnalysis,
  id: FunctionId,
): string | undefined {
  const unit = program.functions[id];
  const proved = provedAnnotation(program, analysis, id);
  if (unit === undefined || proved === undefined) return undefined;
  const isModern = styleOf(annotationNames(unit.file)) === 'modern';
  const onParameters = [...proved.onParameters].map(([index, words]) => {
    const name = program.atoms.text(unit.head.params[index]?.name ?? 0);
    // The old level is stored behind the pointer; it is given back by value.
    const target = /saves/.test(words) ? `*${name}` : name;
    return `${isModern ? '_At_' : '__drv_at'}(${target}, ${words})`;
  });
  const lines = [...proved.onFunction, ...onParameters];
  return lines.length === 0 ? undefined : lines.join('\n');
}

/** The same with the annotations of parameters, in the style of `file` (the function's own by default). */
export function provedAnnotation(
  program: Program,
  analysis: ProgramAnalysis,
  id: FunctionId,
  file?: FileUnit,
): AnnotationText | undefined {
  const unit = program.functions[id];
  const summary = analysis.summaryOf(id);
  if (unit === undefined || !summary.isProved || summary.source !== 'inferred') return undefined;
  if (program.rolesOf(id).length > 0 || contractOf(program, unit)?.contract.mentionsIrql === true)
    return undefined;
  const facts = provedFacts(program, summary);
  if (!isWorthSaying(facts)) return undefined;
  return writeAnnotation(facts, styleOf(annotationNames(file ?? unit.file)));
}

function annotationNames(file: FileUnit): string[] {
  const { functions, prototypes } = file.structure;
  return [...functions, ...prototypes].flatMap((head) => head.annotations.map(({ name }) => name));
}

function provedFacts(program: Program, summary: FunctionSummary): AnnotationFacts {
  const { arch } = program.settings;
  const { min, max, isCertain } = summary.requires;
  // A body that can be called at no level at all is a mistake, and has reports of its own.
  const isBound = isCertain && min <= max && (min > 0 || max < highLevel(arch));
  const raised = raisedLevel(summary.cases);
  return {
    arch,
    ...(isBound ? { requires: { min, max } } : {}),
    ...(summary.exit === 'same' && isBound ? { isSame: true } : {}),
    ...(raised === undefined ? {} : { raisesTo: raised }),
    ...savedAndRestored(summary.cases),
    acquires: locksOf(summary.cases, 'acquired'),
    releases: locksOf(summary.cases, 'released'),
  };
}

function raisedLevel(cases: readonly ExitCase[]): number | undefined {
  const [first] = cases;
  if (first === undefined || first.isEntryIrql || first.isIrqlUnknown === true) return undefined;
  if (!cases.every((exit) => !exit.isEntryIrql && exit.irql === first.irql)) return undefined;
  return minOf(first.irql) === maxOf(first.irql) && minOf(first.irql) > 0 ? minOf(first.irql) : undefined;
}

/** Parameters that receive the level of entry, or from which the level is set, on every path. */
function savedAndRestored(cases: readonly ExitCase[]): Pick<AnnotationFacts, 'saves' | 'restores'> {
  const saves = new Set<number>();
  const restores = new Set<number>();
  for (const exit of cases) {
    for (const [path, value] of exit.saved) {
      const parameter = /^p(\d+)\*$/.exec(path)?.[1];
      if (parameter !== undefined && value.kind === 'irql' && value.isEntryIrql) saves.add(Number(parameter));
    }
    if (exit.returns?.kind === 'irql' && exit.returns.isEntryIrql && !exit.isEntryIrql) saves.add(-1);
    const from = /^p(\d+)$/.exec(exit.irqlFrom ?? '')?.[1];
    if (from !== undefined) restores.add(Number(from));
  }
  return { saves: [...saves], restores: [...restores] };
}

/** Locks that every case takes (or releases), by an expression that a caller understands. */
function locksOf(cases: readonly ExitCase[], what: 'acquired' | 'released'): LockAnnotation[] {
  const [first, ...others] = cases;
  const isInAll = (held: HeldLock): boolean =>
    others.every((exit) => exit[what].some((other) => other.lock.path === held.lock.path));
  return (first?.[what] ?? [])
    .filter((held) => /^(p\d|g:)/.test(held.lock.path) && isInAll(held))
    .map((held) => ({ expression: held.lock.text, ...(held.mode === 'shared' ? { mode: held.mode } : {}) }));
}

function isWorthSaying(facts: AnnotationFacts): boolean {
  const lists = [facts.saves, facts.restores, facts.acquires, facts.releases];
  return (
    facts.requires !== undefined ||
    facts.raisesTo !== undefined ||
    lists.some((list) => (list?.length ?? 0) > 0)
  );
}
