/**
 * An IRQL or lock annotation that cannot be read, or that names a level that does not exist. What only this tool cannot
 * evaluate (an in-house constant) is no mistake and silent.
 */
import { buildContract } from '../analysis/sal/buildContract.ts';
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

function problemsOf(context: FunctionContext, { annotation, file, parameter }: SourcedAnnotation): Finding[] {
  const { unit } = context.facts;
  const { arch, ignoreIrqlAnnotations } = context.program.settings;
  const placed = parameter === undefined ? { annotation } : { annotation, parameter };
  const { problems } = buildContract([placed], {
    arch,
    parameters: unit.head.params.map(({ name }) => context.program.atoms.text(name)),
    ignoreIrql: ignoreIrqlAnnotations,
  });
  return problems.flatMap((problem) =>
    problem.kind === 'unknownValue'
      ? []
      : [
          {
            rule: meta.id,
            severity: meta.severity,
            verdict: 'definite' as const,
            file: file.path,
            range: { start: annotation.start, end: annotation.end },
            function: unit.qualifiedName,
            message: `${problem.annotation}: ${problem.message}. Nothing is checked by it as it stands: correct it.`,
            trace: [],
            fixes: [],
            code: problem.kind === 'illegalLevel' ? 'C28151' : 'C28260',
          },
        ],
  );
}
