/**
 * An IRQL or lock annotation that cannot be read, or that names a level that does not exist. What only this tool cannot
 * evaluate (an in-house constant) is no mistake and silent.
 */
import { buildContract } from '../analysis/sal/buildContract.ts';
import type { SalProblem } from '../analysis/sal/contract.ts';
import type { SourcedAnnotation } from '../analysis/program.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'annotation-invalid',
  title: 'An IRQL or lock annotation cannot be read',
  code: 'C28260',
  severity: 'warning',
  isOnByDefault: true,
  family: 'annotation',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check: (context) =>
    context.facts.unit.annotations
      .filter(({ from }) => from === 'definition')
      .flatMap((sourced) => problemsOf(context, sourced)),
};

const CODES: Readonly<Record<SalProblem['kind'], string>> = {
  syntax: 'C28260',
  illegalLevel: 'C28151',
  unknownValue: 'C28153',
};

/** The level that a name almost spells; undefined for names that may well be constants of the driver's own. */
function misspelt(text: string): string | undefined {
  const name = text.trim();
  return ['PASSIVE_LEVEL', 'APC_LEVEL', 'DISPATCH_LEVEL', 'HIGH_LEVEL'].find(
    (level) => name !== level && areNearlyEqual(name.toUpperCase(), level),
  );
}

/** One letter more, less or other, or two neighbours swapped. */
function areNearlyEqual(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  const isSwap = left.length === 2 && left === [...right].reverse().join('');
  return isSwap || Math.max(left.length, right.length) <= 1;
}

function problemsOf(context: FunctionContext, { annotation, file, parameter }: SourcedAnnotation): Finding[] {
  const { unit } = context.facts;
  const { arch, ignoreIrqlAnnotations } = context.program.settings;
  const placed = parameter === undefined ? { annotation } : { annotation, parameter };
  const { problems } = buildContract([placed], {
    arch,
    parameters: unit.head.params.map(({ name }) => context.program.atoms.text(name)),
    ignoreIrql: ignoreIrqlAnnotations,
  });
  return problems.flatMap((problem) => {
    const advice = adviceOn(context, annotation, problem);
    if (advice === undefined) return [];
    return [
      {
        rule: meta.id,
        severity: meta.severity,
        verdict: 'definite' as const,
        file: file.path,
        range: { start: annotation.start, end: annotation.end },
        function: unit.qualifiedName,
        message: `${problem.annotation}: ${problem.message}. Nothing is checked by it as it stands: ${advice.words}`,
        trace: [],
        fixes:
          advice.level === undefined
            ? []
            : [
                {
                  title: `Write ${advice.level}`,
                  edits: [
                    {
                      file: file.path,
                      range: { start: annotation.start, end: annotation.end },
                      newText: `${annotation.name}(${advice.level})`,
                    },
                  ],
                  isPreferred: true,
                },
              ],
        code: CODES[problem.kind],
      },
    ];
  });
}

/** What to do about it; undefined where the value may well be a constant that only this tool does not know. */
function adviceOn(
  { facts, program }: FunctionContext,
  { args = '' }: SourcedAnnotation['annotation'],
  { kind }: SalProblem,
): { readonly words: string; readonly level?: string } | undefined {
  if (kind !== 'unknownValue') return { words: 'correct it.' };
  const level = misspelt(args);
  if (level !== undefined) return { words: `${level} is probably meant.`, level };
  if (args.trim().startsWith('"')) return { words: 'a level is a number, not a string.' };
  const name = program.atoms.find(args.trim());
  const { globals, typedDeclarations } = facts.unit.file.structure;
  const isVariable = [...globals, ...typedDeclarations].some((variable) => variable.name === name);
  return isVariable ? { words: 'a variable has no value that an annotation could use.' } : undefined;
}
