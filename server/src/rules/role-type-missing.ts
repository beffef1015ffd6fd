/**
 * A function that is registered as a callback but is declared without its role type, so that the compiler's analysis (and a
 * reader) cannot know its entry IRQL. A hint with the fix that declares it.
 */
import type { FileUnit, RoleAssignment } from '../analysis/program.ts';
import { report } from './reporting/report.ts';
import type { Finding, Fix, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'role-type-missing',
  title: 'A callback is declared without its role type',
  code: 'C28101',
  severity: 'hint',
  isOnByDefault: false,
  family: 'annotation',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    const { unit } = context.facts;
    const roles = context.program.rolesOf(unit.id);
    const slots = findSlots(context, roles);
    if (slots.length > 0) return slots;
    const types = new Set(roles.map(({ fact }) => fact.type));
    const [role] = roles;
    if (role === undefined || types.size !== 1 || role.fact.isPointerType) return [];
    if (unit.head.scope !== '' || isTyped(context, role.fact.type)) return [];
    const fix = declareRole(context, role.fact.type);
    return [
      {
        ...report(context, meta, {
          node: 0,
          verdict: 'definite',
          message:
            `${unit.name} is ${/^[AEIO]/.test(role.fact.type) ? 'an' : 'a'} ${role.fact.type} by ${role.how === 'entryPoint' ? 'its name' : role.via}, but is not declared ` +
            `as one: code analysis does not know its entry IRQL. Declare it: ${role.fact.type} ${unit.name};`,
          trace: [{ file: role.file.path, range: role.range, message: `registered by ${role.via}` }],
          fixes: fix === undefined ? [] : [fix],
        }),
        range: unit.head.nameRange,
      },
    ];
  },
};

/** A dispatch routine in MajorFunction slots, declared once by its role type without any _Dispatch_type_ (C28169). */
function findSlots(context: FunctionContext, roles: readonly RoleAssignment[]): Finding[] {
  const { unit } = context.facts;
  const names = roles.flatMap(({ via }) => /\bMajorFunction\[(IRP_MJ_\w+)\]/.exec(via)?.slice(1, 2) ?? []);
  const isStated = unit.annotations.some(({ annotation }) =>
    /ispatch_?[tT]ype|unction_?[cC]lass/.test(annotation.name),
  );
  const declarations = filesThatSpeak(context).flatMap((file) =>
    file.structure.typedDeclarations.flatMap((one) => (one.name === unit.head.name ? [{ file, one }] : [])),
  );
  const [declaration] = declarations;
  if (names.length === 0 || isStated || declaration === undefined || declarations.length > 1) return [];
  const { file, one } = declaration;
  const lineStart = file.text.lastIndexOf('\n', one.start - 1) + 1;
  const lineEnd = file.text[lineStart - 2] === '\r' ? '\r\n' : '\n';
  const words = [...new Set(names)].map((name) => `_Dispatch_type_(${name})`);
  const isAlone = file.text.slice(lineStart, one.start).trim() === '';
  const newText = words.map((word) => word + lineEnd).join('');
  const fix: Fix = {
    title: `Add ${words.join(' ')}`,
    edits: [{ file: file.path, range: { start: lineStart, end: lineStart }, newText }],
    isPreferred: true,
  };
  return [
    {
      ...report(context, meta, {
        node: 0,
        verdict: 'definite',
        code: 'C28169',
        message:
          `${unit.name} serves ${[...new Set(names)].join(', ')}, but its declaration does not say so: code analysis cannot check ` +
          `that it stands in the right slot. Add ${words.join(' ')} to the declaration.`,
        trace: [{ file: file.path, range: one.nameRange, message: 'declared here' }],
        fixes: isAlone ? [fix] : [],
      }),
      range: unit.head.nameRange,
    },
  ];
}

/** The function's own project, and headers wherever they lie: sources of another driver speak of another function. */
function filesThatSpeak(context: FunctionContext): FileUnit[] {
  const { program, facts } = context;
  const { project } = facts.unit.file;
  return [...program.files.values()].filter(
    (file) => file.project === project || /\.h(pp|xx)?$/i.test(file.path),
  );
}

/** Declared by the role type itself, by a typedef, or by _Function_class_. */
function isTyped(context: FunctionContext, type: string): boolean {
  const { facts } = context;
  const { unit } = facts;
  const hasClass = unit.annotations.some(({ annotation }) => /unction_?[cC]lass/.test(annotation.name));
  if (hasClass) return true;
  for (const file of filesThatSpeak(context)) {
    const isDeclared = file.structure.typedDeclarations.some(
      (declaration) => declaration.name === unit.head.name && declaration.typeName !== 0,
    );
    if (isDeclared) return true;
  }
  return type === '';
}

/** Replaces the one plain prototype, or puts the declaration in front of the definition. */
function declareRole(context: FunctionContext, type: string): Fix | undefined {
  const { unit } = context.facts;
  const { file, head } = unit;
  const prototypes = file.structure.prototypes.filter(({ name }) => name === head.name);
  const [prototype] = prototypes;
  const title = `Declare ${unit.name} as ${type}`;
  if (prototype !== undefined) {
    if (prototypes.length > 1 || prototype.annotations.length > 0 || prototype.conditions.length > 0)
      return undefined;
    const text = `${prototype.isStatic ? 'static ' : ''}${type} ${unit.name};`;
    const edit = { file: file.path, range: { start: prototype.start, end: prototype.end }, newText: text };
    return { title, edits: [edit], isPreferred: true };
  }
  const lineStart = file.text.lastIndexOf('\n', head.start - 1) + 1;
  if (file.text.slice(lineStart, head.start).trim() !== '') return undefined;
  const lineEnd = file.text[lineStart - 2] === '\r' ? '\r\n' : '\n';
  const newText = `${head.isStatic ? 'static ' : ''}${type} ${unit.name};${lineEnd}${lineEnd}`;
  return {
    title,
    edits: [{ file: file.path, range: { start: lineStart, end: lineStart }, newText }],
    isPreferred: true,
  };
}
