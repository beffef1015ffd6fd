/**
 * Turns routine and role rows into what everybody reads: levels as sets of one target, aliases followed, defaults filled.
 */
import { maxOf, minOf, union, type Arch, type IrqlSet } from '../protocol/irqlLevels.ts';
import type { RoleRow, RoutineRow } from '../protocol/factsFormat.ts';
import type { DdiFact, LockEffect, RoleFact, UpperMark } from './ddiFacts.ts';
import { boundSet, mappingOf, resolveConditions, resolveDissent, sameArgs } from './resolveLevels.ts';

function bounds(levels: IrqlSet | null): { readonly min: number | null; readonly max: number | null } {
  return levels === null ? { min: null, max: null } : { min: minOf(levels), max: maxOf(levels) };
}

/**
 * The fact of a routine. `target` is the row that an alias stands for: its conditions are taken over, their arguments
 * renumbered to the alias's own.
 */
export function resolveRoutine(row: RoutineRow, target: RoutineRow | undefined, arch: Arch): DdiFact {
  const levels = boundSet(row, arch);
  const dissent = resolveDissent(row.dissent, arch);
  const inherited = row.conditions === undefined && target !== undefined;
  return {
    name: row.name,
    kind: row.kind ?? 'function',
    ...(row.aliasOf === undefined ? {} : { aliasOf: row.aliasOf }),
    ...(row.argMap === undefined ? {} : { argMap: row.argMap }),
    header: row.header ?? '',
    ...bounds(levels),
    levels,
    widest: levels === null ? null : dissent.reduce((set, one) => union(set, one.levels), levels),
    conditions: inherited
      ? resolveConditions(target.conditions, arch, mappingOf(row.argMap))
      : resolveConditions(row.conditions, arch, sameArgs),
    source: row.source ?? 'user',
    confidence: row.confidence ?? 'high',
    argc: row.argc ?? -1,
    args: row.args ?? (inherited && row.argMap === undefined ? (target.args ?? []) : []),
    isDocumented: row.isUndocumented !== true,
    isUserMode: row.isUserMode === true,
    isSameAsCaller: row.isSameAsCaller === true,
    ...(row.requiresApcs === undefined ? {} : { requiresApcs: row.requiresApcs }),
    ...(row.requiresRegion === undefined ? {} : { requiresRegion: row.requiresRegion }),
    ...(row.resident === undefined ? {} : { resident: row.resident }),
    ...(row.calledBy === undefined ? {} : { calledBy: row.calledBy }),
    dissent,
    ...(row.note === undefined ? {} : { note: row.note }),
  };
}

function upperOf(row: RoleRow, levels: IrqlSet | null): UpperMark {
  if (row.upper !== undefined) return row.upper;
  return levels !== null && minOf(levels) === maxOf(levels) ? 'always' : 'merelyAllowed';
}

/** The fact of a callback role. */
export function resolveRole(row: RoleRow, arch: Arch): RoleFact {
  const levels = boundSet(row, arch);
  const pointer = row.pointerTypes?.[0];
  return {
    type: row.type,
    ...(pointer === undefined ? {} : { pointerType: pointer }),
    isPointerType: row.isPointerType === true,
    ...bounds(levels),
    levels,
    upper: upperOf(row, levels),
    conditions: resolveConditions(row.conditions, arch, sameArgs),
    flags: row.flags ?? [],
    holdsLocks: row.holdsLocks ?? [],
    ...(row.mayAcquire === undefined ? {} : { mayAcquire: row.mayAcquire }),
    mustRestoreIrql: row.mustRestoreIrql ?? row.source === 'user',
    calledBy: row.calledBy ?? 'system',
    isUserMode: row.isUserMode === true,
    isDocumented: row.isUndocumented !== true,
    header: row.header ?? '',
    source: row.source ?? 'user',
    confidence: row.confidence ?? 'high',
    dissent: resolveDissent(row.dissent, arch),
    argc: row.argc ?? -1,
    ...(row.note === undefined ? {} : { note: row.note }),
  };
}

/** A callback type seen as something that is called: the bounds at its entry. */
export function routineOfRole(role: RoleFact, name: string): DdiFact {
  return {
    name,
    kind: 'callback',
    header: role.header,
    min: role.min,
    max: role.max,
    levels: role.levels,
    widest:
      role.levels === null ? null : role.dissent.reduce((set, one) => union(set, one.levels), role.levels),
    conditions: role.conditions,
    source: role.source,
    confidence: role.confidence,
    argc: role.argc,
    args: [],
    isDocumented: role.isDocumented,
    isUserMode: role.isUserMode,
    isSameAsCaller: role.flags.includes('sameIrqlAsCaller'),
    calledBy: role.calledBy,
    dissent: role.dissent,
    ...(role.note === undefined ? {} : { note: role.note }),
  };
}

/** A routine of which only the effect is known (a user's wrapper): the levels at which its effect is right. */
export function routineOfEffect(effect: LockEffect): DdiFact {
  return {
    name: effect.name,
    kind: 'function',
    ...(effect.aliasOf === undefined ? {} : { aliasOf: effect.aliasOf }),
    header: effect.headers[0] ?? '',
    min: effect.min,
    max: effect.max,
    levels: effect.levels,
    widest: effect.levels,
    conditions: effect.requiresWhen,
    source: effect.source,
    confidence: effect.source === 'user' ? 'high' : 'medium',
    argc: effect.argc,
    args: effect.args,
    isDocumented: false,
    isUserMode: false,
    isSameAsCaller: false,
    ...(effect.requiresRegion === undefined ? {} : { requiresRegion: effect.requiresRegion }),
    dissent: [],
    ...(effect.note === undefined ? {} : { note: effect.note }),
  };
}
