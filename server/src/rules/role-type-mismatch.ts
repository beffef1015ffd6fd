/**
 * A function that is declared with one role type and registered as another, where the two are entered at different
 * levels; and a dispatch routine in a MajorFunction slot that its own _Dispatch_type_ does not name.
 */
import type { RoleAssignment } from '../analysis/program.ts';
import { describeSet } from '../protocol/irqlLevels.ts';
import { report } from './reporting/report.ts';
import type { Finding, FunctionContext, FunctionRule, RuleMeta } from './rule.ts';

const meta: RuleMeta = {
  id: 'role-type-mismatch',
  title: 'A callback is registered as something else than it is declared',
  code: 'C28165',
  severity: 'warning',
  isOnByDefault: true,
  bugCheck: '0xA IRQL_NOT_LESS_OR_EQUAL; 0xD1',
  family: 'other',
};

export const rule: FunctionRule = {
  meta,
  scope: 'function',
  check(context) {
    const roles = context.program.rolesOf(context.facts.unit.id);
    if (roles.length === 0) return [];
    return [...findClasses(context, roles), ...findRole(context, roles), ...findSlots(context, roles)];
  },
};

function isDeclared({ how }: RoleAssignment): boolean {
  return how === 'declaration' || how === 'functionClass';
}

function isRegistered({ how }: RoleAssignment): boolean {
  return how === 'registrationCall' || how === 'fieldAssignment' || how === 'initializer';
}

/**
 * DRIVER_DISPATCH and DRIVER_DISPATCH_PAGED, IO_WORKITEM_ROUTINE and its _EX form, are one family; so are the cleanup roles of
 * device, file and other framework objects, which all go into WDF_OBJECT_ATTRIBUTES.
 */
function familyOf(type: string): string {
  return type
    .replace(/_(EX|PAGED|RAISED)$/, '')
    .replace(/^EVT_WDF_\w+_(CLEANUP|DESTROY)$/, 'EVT_WDF_OBJECT_$1');
}

/** Declared by one role type, and annotated as a function of another class (C28268). */
function findClasses(context: FunctionContext, roles: readonly RoleAssignment[]): Finding[] {
  const declared = roles.find(({ how }) => how === 'declaration');
  const other = roles.find(
    ({ how, fact }) =>
      how === 'functionClass' &&
      declared !== undefined &&
      familyOf(fact.type) !== familyOf(declared.fact.type),
  );
  if (declared === undefined || other === undefined) return [];
  const { unit } = context.facts;
  return [
    {
      ...report(context, meta, {
        node: 0,
        verdict: 'definite',
        code: 'C28268',
        message:
          `${unit.name} is declared as ${declared.fact.type}, but annotated as a function of class ${other.fact.type}. Checks of its ` +
          `callers and of its body rely on one of the two (bug check 0xA or 0xD1 where it is the wrong one). Keep the one that is meant.`,
        trace: [
          { file: declared.file.path, range: declared.range, message: `declared as ${declared.fact.type}` },
          { file: other.file.path, range: other.range, message: `annotated as ${other.fact.type}` },
        ],
      }),
      range: unit.head.nameRange,
    },
  ];
}

function findRole(context: FunctionContext, roles: readonly RoleAssignment[]): Finding[] {
  const declared = roles.filter(isDeclared);
  const [first] = declared;
  if (first === undefined) return [];
  const wrong = roles.find(
    (role) => isRegistered(role) && !declared.some((other) => isCompatible(role, other)),
  );
  if (wrong === undefined) return [];
  const { unit } = context.facts;
  const { arch } = context.program.settings;
  const levels = (role: RoleAssignment) =>
    describeSet(role.fact.levels ?? 0, arch) +
    (role.fact.holdsLocks.includes('cancelSpinlock') ? ' with the cancel spin lock held' : '');
  const here = wrong.file === unit.file ? wrong.range : unit.head.nameRange;
  return [
    {
      ...report(context, meta, {
        node: 0,
        verdict: 'definite',
        message:
          `${unit.name} is declared as ${first.fact.type} (entered at ${levels(first)}), but ${wrong.via} makes it ` +
          `${article(wrong.fact.type)} (entered at ${levels(wrong)}). Its code and every check of it rely on what does not hold ` +
          `(bug check 0xA or 0xD1). Declare it as ${wrong.fact.type}, or register the right function.`,
        trace: [
          { file: first.file.path, range: first.range, message: `declared as ${first.fact.type}` },
          { file: wrong.file.path, range: wrong.range, message: `registered by ${wrong.via}` },
        ],
      }),
      range: here,
    },
  ];
}

function article(type: string): string {
  return `${/^[AEIO]/.test(type) ? 'an' : 'a'} ${type}`;
}

/** Only roles that are entered at different levels or with different locks do harm; alike ones differ in name only. */
function isCompatible(a: RoleAssignment, b: RoleAssignment): boolean {
  if (familyOf(a.fact.type) === familyOf(b.fact.type)) return true;
  if (a.fact.levels === null || b.fact.levels === null) return true;
  const locks = ({ fact }: RoleAssignment): string => fact.holdsLocks.toSorted().join();
  return a.fact.levels === b.fact.levels && locks(a) === locks(b);
}

function findSlots(context: FunctionContext, roles: readonly RoleAssignment[]): Finding[] {
  const { unit } = context.facts;
  const stated = unit.annotations.filter(({ annotation }) =>
    /^(_Dispatch_type_|__drv_dispatchType)$/.test(annotation.name),
  );
  const names = stated.map(({ annotation }) => annotation.args?.trim() ?? '');
  const [anchor] = stated;
  if (anchor === undefined || names.some((name) => !/^IRP_MJ_/.test(name) || name === 'IRP_MJ_OTHER'))
    return [];
  return roles.flatMap((role) => {
    const slot = /\bMajorFunction\[(IRP_MJ_\w+)\]/.exec(role.via)?.[1];
    if (slot === undefined || !isRegistered(role) || names.includes(slot)) return [];
    const { annotation, file } = anchor;
    const newText = `${annotation.name}(${slot}) `;
    return [
      {
        ...report(context, meta, {
          node: 0,
          verdict: 'definite',
          code: 'C28168',
          message:
            `${unit.name} is put into the slot of ${slot}, but it is declared for ${names.join(', ')} only. If the slot is wrong, ` +
            `requests go to a routine that reads other parameters and expects another level. Put it into the right slot, or ` +
            `add ${annotation.name}(${slot}) to its declaration.`,
          trace: [
            { file: file.path, range: annotation, message: `declared for ${names.join(', ')}` },
            { file: role.file.path, range: role.range, message: `put into ${role.via}` },
          ],
          fixes: [
            {
              title: `Add ${newText.trim()} to the declaration`,
              edits: [
                { file: file.path, range: { start: annotation.start, end: annotation.start }, newText },
              ],
              isPreferred: false,
            },
          ],
        }),
        range: role.file === unit.file ? role.range : unit.head.nameRange,
      },
    ];
  });
}
