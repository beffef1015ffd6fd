/**
 * The order of locks that a driver declares: `_Lock_level_order_(outer, inner)` between levels that `_Has_lock_level_` gives to
 * variables and fields. Source: the public concurrencysal.h. Where nothing is declared it costs one look-up.
 */
import type { Annotation } from '../../syntax/fileStructure.ts';
import { readDataContract } from '../../analysis/sal/dataAnnotations.ts';
import type { FileUnit, Program } from '../../analysis/program.ts';

/** The declared order of one project. */
export interface LockLevels {
  /** level of a lock class; undefined where none is declared */
  levelOf(lockClass: string): string | undefined;
  /** whether locks of level `outer` are to be taken before those of `inner` */
  isBefore(outer: string, inner: string): boolean;
}

/** Reads the declarations of projects, each when it is first asked for. */
export function createLockLevels(program: Program): (project: string) => LockLevels | undefined {
  const isDeclared = program.atoms.find('_Has_lock_level_') > 0;
  const known = new Map<string, LockLevels>();
  return (project) => {
    if (!isDeclared) return undefined;
    let levels = known.get(project);
    if (levels === undefined) {
      levels = readLevels(program, project);
      known.set(project, levels);
    }
    return levels;
  };
}

/** The project's own files, and headers wherever they lie. */
function filesOf(program: Program, project: string): FileUnit[] {
  const own = program.project?.(project)?.files ?? [...program.files.keys()];
  const headers = [...program.files.keys()].filter((path) => /\.h(pp|xx)?$/i.test(path));
  return [...new Set([...own, ...headers])].flatMap((path) => program.files.get(path) ?? []);
}

function readLevels(program: Program, project: string): LockLevels {
  const files = filesOf(program, project);
  const after = closure(files.flatMap(({ text }) => orderPairs(text)));
  const variables = new Map<string, string>();
  for (const file of files) {
    const { globals, typedDeclarations } = file.structure;
    for (const { name, annotations, isStatic } of [...globals, ...typedDeclarations]) {
      const level = levelIn(annotations);
      const text = program.atoms.text(name);
      if (level !== undefined) variables.set(isStatic ? `${baseName(file.path)}:${text}` : text, level);
    }
  }
  return {
    levelOf(lockClass) {
      const [, struct, field] = /^([\w:]+)\.(\w+)$/.exec(lockClass) ?? [];
      if (struct === undefined || field === undefined) return variables.get(lockClass);
      return levelIn(program.types.fieldAnnotations(project, struct, field));
    },
    isBefore: (outer, inner) => after.get(outer)?.has(inner) === true,
  };
}

function levelIn(annotations: readonly Annotation[]): string | undefined {
  return annotations.length === 0 ? undefined : readDataContract(annotations).lockLevel;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** `_Lock_level_order_(A, B);` stands at file scope, where the structure pass keeps nothing of it. */
function orderPairs(text: string): (readonly [string, string])[] {
  if (!text.includes('_Lock_level_order_')) return [];
  return [...text.matchAll(/\b_Lock_level_order_\s*\(\s*(\w+)\s*,\s*(\w+)\s*\)/g)].map(
    ([, outer = '', inner = '']) => [outer, inner] as const,
  );
}

/** All levels behind each level, by any number of steps. */
function closure(pairs: readonly (readonly [string, string])[]): Map<string, Set<string>> {
  const next = new Map<string, Set<string>>();
  for (const [outer, inner] of pairs) next.set(outer, (next.get(outer) ?? new Set()).add(inner));
  return new Map(
    [...next].map(([outer, direct]) => {
      // A Set hands out what is added while it is walked.
      const reached = new Set(direct);
      for (const inner of reached) for (const one of next.get(inner) ?? []) reached.add(one);
      return [outer, reached] as const;
    }),
  );
}
