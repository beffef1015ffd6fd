/**
 * Packs the source tables into the compact text of server/src/ddi/data/tables.generated.ts. The reader is
 * server/src/ddi/tableCodec.ts; test/ddi/tableCodec.test.ts proves that every row comes back as it was.
 */
import type {
  EffectRow,
  RegistrationRow,
  RoleRow,
  RoutineRow,
} from '../../server/src/protocol/factsFormat.ts';
import {
  CONFIDENCE_LETTERS,
  KIND_LETTERS,
  LEVEL_LETTERS,
  packExtras,
  SOURCE_LETTERS,
  UPPER_LETTERS,
  type CompactTables,
} from '../../server/src/ddi/tableCodec.ts';
import { upperMarkOf } from './upperMark.ts';

/** The source tables after the corrections were applied. */
export interface SourceTables {
  readonly routines: readonly RoutineRow[];
  readonly effects: readonly EffectRow[];
  readonly roles: readonly RoleRow[];
  readonly registrations: readonly RegistrationRow[];
}

type Named = readonly [name: string, rest: string];

function letterOf(
  table: Readonly<Record<string, string>>,
  value: string | number | null | undefined,
): string {
  if (value === null || value === undefined) return '-';
  const found = Object.entries(table).find(([, word]) => word === value || `${word}_LEVEL` === value);
  if (found === undefined) throw new Error(`no letter for ${String(value)}`);
  return found[0];
}

/** Writes sorted rows with the length of the prefix shared with the row before, at most 35 characters. */
function fold(rows: readonly Named[]): string {
  const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  let previous = '';
  const lines = sorted.map(([name, rest]) => {
    if (/[\s]/.test(name) || rest.includes('\n')) throw new Error(`cannot store ${name}`);
    let shared = 0;
    while (shared < 35 && shared < name.length && name[shared] === previous[shared]) shared++;
    previous = name;
    return `${shared.toString(36)}${name.slice(shared)} ${rest}`;
  });
  return lines.join('\n');
}

class Dictionary {
  readonly values: string[] = [];
  readonly #codes = new Map<string, string>();
  code(value: string): string {
    const known = this.#codes.get(value);
    if (known !== undefined) return known;
    const code = this.values.length.toString(36).padStart(2, '0');
    if (code.length > 2) throw new Error('dictionary is full');
    this.values.push(value);
    this.#codes.set(value, code);
    return code;
  }
}

function extras(row: object): string {
  const kept = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
  if (Object.keys(kept).length === 0) return '';
  const json = JSON.stringify(kept);
  if (json.includes('~')) throw new Error(`'~' cannot be stored: ${json}`);
  return packExtras(json);
}

function encodeRoutine(row: RoutineRow, shapes: Dictionary, headers: Dictionary): Named {
  const { name, kind, header, min, max, source, confidence, argc, isUndocumented, isUserMode, ...rest } = row;
  const shape =
    letterOf(KIND_LETTERS, kind ?? 'function') +
    letterOf(LEVEL_LETTERS, min) +
    letterOf(LEVEL_LETTERS, max) +
    letterOf(SOURCE_LETTERS, source ?? 'none') +
    letterOf(CONFIDENCE_LETTERS, confidence ?? 'none') +
    (argc === undefined ? '-' : argc.toString(36)) +
    (isUndocumented === true ? 'u' : '') +
    (isUserMode === true ? 'U' : '');
  return [name, shapes.code(shape) + headers.code(header ?? '') + extras(rest)];
}

function encodeRole(row: RoleRow, shapes: Dictionary, headers: Dictionary): Named {
  const { type, pointerTypes, isPointerType, min, max, source, confidence, upper, ...more } = row;
  const { mustRestoreIrql, isUndocumented, isUserMode, header, argc, ...rest } = more;
  const hasPlainPointer = pointerTypes?.length === 1 && pointerTypes[0] === `P${type}`;
  const flags = {
    p: hasPlainPointer,
    x: !hasPlainPointer && pointerTypes !== undefined,
    P: isPointerType,
    r: mustRestoreIrql,
    u: isUndocumented,
    U: isUserMode,
  };
  const shape =
    letterOf(LEVEL_LETTERS, min) +
    letterOf(LEVEL_LETTERS, max) +
    letterOf(SOURCE_LETTERS, source ?? 'none') +
    letterOf(CONFIDENCE_LETTERS, confidence ?? 'none') +
    (argc === undefined ? '-' : argc.toString(36)) +
    letterOf(UPPER_LETTERS, upper ?? upperMarkOf(row)) +
    Object.entries(flags)
      .filter(([, isSet]) => isSet === true)
      .map(([flag]) => flag)
      .join('');
  const named = hasPlainPointer ? rest : { ...(pointerTypes === undefined ? {} : { pointerTypes }), ...rest };
  return [type, shapes.code(shape) + headers.code(header ?? '') + extras(named)];
}

function grouped<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const list = groups.get(keyOf(row));
    if (list === undefined) groups.set(keyOf(row), [row]);
    else list.push(row);
  }
  return groups;
}

/** Role type -> `0` and its place in the sorted list. */
type RoleCodes = ReadonlyMap<string, string>;

function roleCodes(roles: readonly RoleRow[]): RoleCodes {
  const types = roles.map((row) => row.type).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return new Map(types.map((type, i) => [type, `0${i.toString(36)}`]));
}

type CallRow = Extract<RegistrationRow, { function: string }>;
type FieldRow = Extract<RegistrationRow, { struct: string }>;

function encodeCall(
  { function: _name, callbackArg, role, source, argName, header: _header, ...rest }: CallRow,
  codes: RoleCodes,
): string {
  return [
    callbackArg,
    codes.get(role) ?? role,
    letterOf(SOURCE_LETTERS, source),
    argName ?? '',
    extras(rest),
  ].join(':');
}

function encodeField(row: FieldRow, isAmbiguous: boolean, codes: RoleCodes): string {
  const {
    struct: _struct,
    structPointers: _pointers,
    field,
    role,
    source,
    isQueryInterface,
    header,
    ...rest
  } = row;
  const code = letterOf(SOURCE_LETTERS, source) + (isQueryInterface === true ? 'q' : '');
  return [
    field,
    codes.get(role) ?? role,
    code,
    extras({ ...rest, header: isAmbiguous ? header : undefined }),
  ].join(':');
}

function encodeStruct(rows: readonly FieldRow[], codes: RoleCodes): string {
  const pointers = [...new Set(rows.flatMap((row) => row.structPointers ?? []))];
  const isAmbiguous = new Set(rows.map((row) => row.header)).size > 1;
  return [pointers.join(','), ...rows.map((row) => encodeField(row, isAmbiguous, codes))].join('\t');
}

/** Packs all tables. */
export function encodeTables(source: SourceTables): CompactTables {
  const headers = new Dictionary();
  const codes = roleCodes(source.roles);
  const routineShapes = new Dictionary();
  const roleShapes = new Dictionary();
  const calls = source.registrations.filter((row): row is CallRow => 'function' in row);
  const fields = source.registrations.filter((row): row is FieldRow => 'struct' in row);
  return {
    routines: fold(source.routines.map((row) => encodeRoutine(row, routineShapes, headers))),
    effects: fold(source.effects.map(({ name, ...rest }): Named => [name, extras(rest)])),
    roles: fold(source.roles.map((row) => encodeRole(row, roleShapes, headers))),
    calls: fold(
      [...grouped(calls, (row) => row.function)].map(([name, rows]): Named => [
        name,
        rows.map((row) => encodeCall(row, codes)).join('\t'),
      ]),
    ),
    fields: fold(
      [...grouped(fields, (row) => row.struct)].map(([name, rows]): Named => [
        name,
        encodeStruct(rows, codes),
      ]),
    ),
    entryPoints: source.registrations.flatMap((row) =>
      'entryPoint' in row ? [{ entryPoint: row.entryPoint, role: row.role }] : [],
    ),
    headers: headers.values,
    routineShapes: routineShapes.values,
    roleShapes: roleShapes.values,
  };
}
