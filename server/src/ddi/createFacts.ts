/**
 * Builds the facts of one target from the compact tables and the workspace's own rows, which win.
 * Names are indexed on first use of a table; a row is decoded and resolved when it is first asked for, and kept.
 */
import type { Arch, IrqlSet } from '../protocol/irqlLevels.ts';
import type { EffectRow, FactsFile, RegistrationRow, RoleRow, RoutineRow } from '../protocol/factsFormat.ts';
import type {
  DdiFact,
  DdiFacts,
  FieldRegistration,
  FunctionRegistration,
  LockEffect,
  RoleFact,
} from './ddiFacts.ts';
import { resolveEffect } from './resolveEffect.ts';
import { boundSet, mappingOf, resolveWhen, sameArgs, type ArgMapping } from './resolveLevels.ts';
import { resolveRole, resolveRoutine, routineOfEffect, routineOfRole } from './resolveRow.ts';
import {
  decodeCalls,
  decodeEffect,
  decodeFields,
  decodeRole,
  decodeRoutine,
  hasRoleFlag,
  structPointersOf,
  unfoldNames,
  type CompactTables,
} from './tableCodec.ts';

/** What a workspace may choose. */
export interface FactsOptions {
  /** target whose IRQL numbering is used; x64 by default */
  readonly arch?: Arch;
  /** rows of `.irql-lens/facts.json`, already validated; they replace rows of the same name */
  readonly userFacts?: FactsFile;
}

type CallRow = Extract<RegistrationRow, { function: string }>;
type FieldRow = Extract<RegistrationRow, { struct: string }>;
type EntryRow = Extract<RegistrationRow, { entryPoint: string }>;

/** A value computed once. */
function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** A function of a name whose answers are kept. */
function memo<T>(find: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    const before = known.get(name);
    if (before !== undefined || known.has(name)) return before as T;
    const found = find(name);
    known.set(name, found);
    return found;
  };
}

function indexed<T>(rows: readonly T[], keysOf: (row: T) => readonly string[]): Map<string, T[]> {
  const index = new Map<string, T[]>();
  for (const row of rows)
    for (const key of keysOf(row)) {
      const list = index.get(key);
      if (list === undefined) index.set(key, [row]);
      else list.push(row);
    }
  return index;
}

function entryLevels(row: CallRow | FieldRow, arch: Arch): { readonly entryLevels?: IrqlSet } {
  const levels = boundSet({ min: row.entryMin, max: row.entryMax }, arch);
  return levels === null ? {} : { entryLevels: levels };
}

function toFunctionRegistration(row: CallRow, arch: Arch): FunctionRegistration {
  return {
    function: row.function,
    callbackArg: row.callbackArg,
    ...(row.objectArg === undefined ? {} : { objectArg: row.objectArg }),
    ...(row.via === undefined ? {} : { via: row.via }),
    ...(row.argName === undefined ? {} : { argName: row.argName }),
    role: row.role,
    ...(row.when === undefined ? {} : { when: resolveWhen(row.when, arch, sameArgs) }),
    isUnregister: row.isUnregister === true,
    ...(row.calledThrough === undefined ? {} : { calledThrough: row.calledThrough }),
    ...entryLevels(row, arch),
    source: row.source ?? 'user',
  };
}

function toFieldRegistration(row: FieldRow, arch: Arch): FieldRegistration {
  return {
    struct: row.struct,
    structPointers: row.structPointers ?? [],
    field: row.field,
    ...(row.index === undefined ? {} : { index: row.index }),
    ...(row.position === undefined ? {} : { position: row.position }),
    ...(row.header === undefined ? {} : { header: row.header }),
    role: row.role,
    ...entryLevels(row, arch),
    isQueryInterface: row.isQueryInterface === true,
    ...(row.registrar === undefined ? {} : { registrar: row.registrar }),
    source: row.source ?? 'user',
  };
}

/** `_FOO`, `PFOO` and `PCFOO` name the struct FOO where nothing says otherwise; WFP types are written without their version. */
function structCandidates(name: string): string[] {
  const bare = name.replace(/^_+/, '');
  const pointed = /^PC?(?=[A-Z])/.test(bare) ? [bare.replace(/^P/, ''), bare.replace(/^PC/, '')] : [];
  return [bare, ...pointed, `${bare}0`];
}

function createRoutines(
  tables: CompactTables,
  user: FactsFile | undefined,
  arch: Arch,
  role: (name: string) => RoleFact | undefined,
  effect: (name: string) => LockEffect | undefined,
) {
  const lines = lazy(() => unfoldNames(tables.routines));
  const own = new Map((user?.routines ?? []).map((row) => [row.name, row]));
  const rowOf = (name: string): RoutineRow | undefined => {
    const mine = own.get(name);
    if (mine !== undefined) return { ...mine, source: 'user' };
    const line = lines().get(name);
    return line === undefined ? undefined : decodeRoutine(tables, name, line);
  };
  const lookup = memo((name: string): DdiFact | undefined => {
    const row = rowOf(name);
    if (row === undefined) {
      const callback = role(name);
      if (callback !== undefined) return routineOfRole(callback, name);
      const known = effect(name);
      return known === undefined ? undefined : routineOfEffect(known);
    }
    return resolveRoutine(row, row.aliasOf === undefined ? undefined : rowOf(row.aliasOf), arch);
  });
  const names = lazy(() => [...new Set([...lines().keys(), ...own.keys()])]);
  return { lookup, names };
}

function createEffects(tables: CompactTables, user: FactsFile | undefined, arch: Arch) {
  const lines = lazy(() => unfoldNames(tables.effects));
  const own = new Map((user?.effects ?? []).map((row) => [row.name, row]));
  const rowOf = (name: string): EffectRow | undefined => {
    const mine = own.get(name);
    if (mine !== undefined) return { ...mine, source: 'user' };
    const line = lines().get(name);
    return line === undefined ? undefined : decodeEffect(name, line);
  };
  /** Follows `sameAs`; a chain that closes on itself or ends nowhere has no effect. */
  const resolve = (name: string, row: EffectRow, map: ArgMapping, depth: number): LockEffect | undefined => {
    if (row.sameAs === undefined) return resolveEffect(row, name, arch, map);
    const target = depth < 8 ? rowOf(row.sameAs) : undefined;
    if (target === undefined) return undefined;
    const inner = mappingOf(row.argMap);
    const effect = resolve(name, target, (i) => (inner(i) < 0 ? -1 : map(inner(i))), depth + 1);
    return (
      effect && {
        ...effect,
        aliasOf: row.sameAs,
        source: 'user',
        ...(row.note === undefined ? {} : { note: row.note }),
      }
    );
  };
  const effect = memo((name: string) => {
    const row = rowOf(name);
    return row === undefined ? undefined : resolve(name, row, sameArgs, 0);
  });
  return { effect, names: lazy(() => [...new Set([...lines().keys(), ...own.keys()])]) };
}

function createRoles(tables: CompactTables, user: FactsFile | undefined, arch: Arch) {
  const lines = lazy(() => unfoldNames(tables.roles));
  const own = new Map((user?.roles ?? []).map((row) => [row.type, row]));
  const rowOf = (type: string): RoleRow | undefined => {
    const mine = own.get(type);
    if (mine !== undefined) return { ...mine, source: 'user' };
    const line = lines().get(type);
    return line === undefined ? undefined : decodeRole(tables, type, line);
  };
  /** pointer type -> function type; only pointers that are not written P + type need the decoded rows */
  const pointers = lazy(() => {
    const index = new Map<string, string>();
    for (const [type, line] of lines())
      if (hasRoleFlag(tables, line, 'x'))
        for (const pointer of decodeRole(tables, type, line).pointerTypes ?? []) index.set(pointer, type);
    for (const row of own.values())
      for (const pointer of row.pointerTypes ?? []) index.set(pointer, row.type);
    return index;
  });
  const role = memo((name: string): RoleFact | undefined => {
    const plain = rowOf(name) ?? rowOf(pointers().get(name) ?? '');
    const row = plain ?? (name.startsWith('P') ? rowOf(name.slice(1)) : undefined) ?? rowOf(`${name}0`);
    return row === undefined ? undefined : resolveRole(row, arch);
  });
  const types = lazy(() => {
    const all = new Set([...lines().keys(), ...own.keys(), ...pointers().keys()]);
    for (const [type, line] of lines()) if (hasRoleFlag(tables, line, 'p')) all.add(`P${type}`);
    return [...all];
  });
  return { role, types, names: lazy(() => [...lines().keys()]) };
}

function createCalls(
  tables: CompactTables,
  user: FactsFile | undefined,
  arch: Arch,
  roleNames: () => readonly string[],
) {
  const lines = lazy(() => unfoldNames(tables.calls));
  const own = indexed(
    (user?.registrations ?? []).filter((row): row is CallRow => 'function' in row),
    (row) => [row.function],
  );
  return memo((name: string): readonly FunctionRegistration[] => {
    const line = lines().get(name);
    const rows = own.get(name) ?? (line === undefined ? [] : decodeCalls(name, line, roleNames()));
    return rows.map((row) => toFunctionRegistration(row, arch));
  });
}

function createFields(
  tables: CompactTables,
  user: FactsFile | undefined,
  arch: Arch,
  roleNames: () => readonly string[],
) {
  const lines = lazy(() => unfoldNames(tables.fields));
  const own = indexed(
    (user?.registrations ?? []).filter((row): row is FieldRow => 'struct' in row),
    (row) => [row.struct, ...(row.structPointers ?? [])],
  );
  const pointers = lazy(() => {
    const index = new Map<string, string>();
    for (const [struct, line] of lines())
      for (const pointer of structPointersOf(line)) index.set(pointer, struct);
    return index;
  });
  const lineOf = (name: string): readonly [string, string] | undefined => {
    for (const candidate of [name, pointers().get(name) ?? '', ...structCandidates(name)]) {
      const line = lines().get(candidate);
      if (line !== undefined) return [candidate, line];
    }
    return undefined;
  };
  const ofStruct = memo((name: string): readonly FieldRegistration[] => {
    const found = lineOf(name);
    const mine = own.get(name) ?? [];
    const bundled = found === undefined ? [] : decodeFields(...found, roleNames());
    const rest = bundled.filter(
      (row) => !mine.some((one) => one.field === row.field && one.index === row.index),
    );
    return [...mine, ...rest].map((row) => toFieldRegistration(row, arch));
  });
  const isField = (row: FieldRegistration, field: string) =>
    row.field === field || row.field.endsWith(`.${field}`);
  const ofField = (name: string, field: string) => ofStruct(name).filter((row) => isField(row, field));
  return { ofStruct, ofField };
}

/** Builds the facts. Nothing is decoded yet when it returns. */
export function createDdiFacts(tables: CompactTables, options: FactsOptions = {}): DdiFacts {
  const { arch = 'x64', userFacts } = options;
  const roles = createRoles(tables, userFacts, arch);
  const effects = createEffects(tables, userFacts, arch);
  const routines = createRoutines(tables, userFacts, arch, roles.role, effects.effect);
  const fields = createFields(tables, userFacts, arch, roles.names);
  const ownEntries = (userFacts?.registrations ?? []).filter((row): row is EntryRow => 'entryPoint' in row);
  const entries = new Map([...tables.entryPoints, ...ownEntries].map((row) => [row.entryPoint, row.role]));
  return {
    arch,
    lookup: routines.lookup,
    effect: effects.effect,
    role: roles.role,
    registrationsOfFunction: createCalls(tables, userFacts, arch, roles.names),
    registrationsOfField: fields.ofField,
    registrationsOfStruct: fields.ofStruct,
    entryPoint: (name) => {
      const type = entries.get(name);
      return type === undefined ? undefined : roles.role(type);
    },
    isRegistrationStruct: (name) => fields.ofStruct(name).length > 0,
    effectNames: effects.names,
    routineNames: routines.names,
    roleTypes: roles.types,
  };
}
