/**
 * IRQL annotations that contradict each other: in one head, or between a definition and its declaration.
 * Whether the body keeps them is annotation-not-kept's affair; whether they can be read, annotation-invalid's.
 */
import type { FileUnit, FunctionUnit, SourcedAnnotation } from '../analysis/program.ts';
import { buildContract } from '../analysis/sal/buildContract.ts';
import { contradictionsOf, differenceBetween } from '../analysis/sal/contradictions.ts';
import type { Contract } from '../analysis/sal/contract.ts';
import { report } from './reporting/report.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'annotation-contradiction',
  title: 'IRQL annotations contradict each other',
  severity: 'warning',
  isOnByDefault: true,
  family: 'annotation',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    const { unit } = context.facts;
    if (unit.annotations.length === 0 || context.program.settings.ignoreIrqlAnnotations) return [];
    const heads = headsOf(context, unit);
    return [
      ...(heads.map((head) => findInside(context, head)).find((found) => found.length > 0) ?? []),
      ...heads.slice(1).flatMap((head) => findBetween(context, heads[0], head)),
    ];
  },
};

/** The annotations of one declaration of the function. */
interface Head {
  readonly from: SourcedAnnotation['from'];
  readonly file: FileUnit;
  readonly annotations: readonly SourcedAnnotation[];
  readonly contract: Contract;
}

/** Annotations grouped by declaration: the definition, and per file what its prototypes say. */
function headsOf(context: FunctionContext, unit: FunctionUnit): Head[] {
  const groups = new Map<string, SourcedAnnotation[]>();
  for (const one of unit.annotations) {
    if (one.from === 'typedef') continue;
    const key = `${one.from} ${one.file.path}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].flatMap((annotations) => {
    const [first] = annotations;
    if (first === undefined || !isOneDeclaration(unit, first)) return [];
    const contract = buildContract(
      annotations.map(({ annotation, parameter }) =>
        parameter === undefined ? { annotation } : { annotation, parameter },
      ),
      {
        arch: context.program.settings.arch,
        parameters: unit.head.params.map(({ name }) => context.program.atoms.text(name)),
        ignoreIrql: false,
      },
    );
    return [{ from: first.from, file: first.file, annotations, contract }];
  });
}

/** Several prototypes of one name in a file (under #if, or overloads) are not one head. */
function isOneDeclaration(unit: FunctionUnit, of: SourcedAnnotation): boolean {
  if (of.from === 'definition') return true;
  const { prototypes, typedDeclarations } = of.file.structure;
  const isNamed = ({ name }: { readonly name: number }) => name === unit.head.name;
  return prototypes.filter(isNamed).length + typedDeclarations.filter(isNamed).length === 1;
}

function findInside(context: FunctionContext, head: Head): Finding[] {
  const { unit } = context.facts;
  return contradictionsOf(head.contract, context.program.settings.arch).map((found) => {
    const ranges = found.clauses.map(({ range }) => range);
    const isHere = head.file === unit.file;
    return {
      ...report(context, meta, {
        node: 0,
        verdict: 'definite',
        message:
          `The annotations of ${unit.name} contradict each other: ${found.message}. Callers cannot keep both, and every check ` +
          `built on them is void. Keep the one that is meant.`,
        trace: ranges.map((range) => ({ file: head.file.path, range, message: 'one of them' })),
        ...(found.clauses.some(({ body }) => body.kind === 'functionClass') ? { code: 'C28177' } : {}),
      }),
      range: (isHere ? ranges.at(-1) : undefined) ?? unit.head.nameRange,
    };
  });
}

function findBetween(context: FunctionContext, definition: Head | undefined, declaration: Head): Finding[] {
  if (definition?.from !== 'definition' || definition.contract.usesDeclaration) return [];
  const { unit } = context.facts;
  const difference = differenceBetween(
    definition.contract,
    declaration.contract,
    context.program.settings.arch,
  );
  const there = declaration.annotations[0]?.annotation;
  if (difference === undefined || there === undefined) return [];
  return [
    {
      ...report(context, meta, {
        node: 0,
        verdict: 'definite',
        code: 'C28251',
        message:
          `The annotations of ${unit.name} differ from its declaration's: ${difference}. Callers see the declaration, the body ` +
          `is written for the definition. Make them agree.`,
        trace: [{ file: declaration.file.path, range: there, message: `the declaration of ${unit.name}` }],
      }),
      range: unit.head.nameRange,
    },
  ];
}
