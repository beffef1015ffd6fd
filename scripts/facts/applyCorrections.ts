/**
 * Lays the corrections over the source tables. A correction names a row and gives the fields that replace the row's
 * own (null removes one); a name that does not exist yet is a new row. `positions` gives the order of a struct's fields.
 */
import type {
  EffectRow,
  RegistrationRow,
  RoleRow,
  RoutineRow,
} from '../../server/src/protocol/factsFormat.ts';
import type { SourceTables } from './encodeTables.ts';

/** data/source/corrections.json. */
export interface Corrections {
  readonly routines: readonly Partial<RoutineRow>[];
  readonly effects: readonly Partial<EffectRow>[];
  readonly roles: readonly Partial<RoleRow>[];
  readonly registrations: readonly RegistrationRow[];
  readonly positions: Readonly<Record<string, readonly string[]>>;
  /** intrinsics, pure macros and C library routines that touch no more than their arguments: any IRQL */
  readonly anyIrql: readonly string[];
  /** tracing set-up and the like: PASSIVE_LEVEL only */
  readonly passiveOnly: readonly string[];
}

function overlay<T extends object>(
  rows: readonly T[],
  changes: readonly Partial<T>[],
  keyOf: (row: Partial<T>) => string,
): T[] {
  const byKey = new Map<string, T>(rows.map((row) => [keyOf(row), row]));
  for (const change of changes) {
    const key = keyOf(change);
    byKey.set(key, { ...(byKey.get(key) ?? {}), ...change } as T);
  }
  return [...byKey.values()];
}

function keyOfRegistration(row: Partial<RegistrationRow>): string {
  if ('function' in row) return `call ${row.function} ${row.callbackArg ?? ''}`;
  if ('struct' in row)
    return ['field', row.struct, row.field, row.index, row.role, row.header]
      .map((part) => part ?? '')
      .join(' ');
  return `entry ${'entryPoint' in row ? row.entryPoint : ''}`;
}

function withPosition(row: RegistrationRow, positions: Corrections['positions']): RegistrationRow {
  if (!('struct' in row)) return row;
  const position = positions[row.struct]?.indexOf(row.field) ?? -1;
  return position < 0 ? row : { ...row, position };
}

/** Rows for names that no page states; sourced as knowledge. */
function plainRow(name: string, max: 'PASSIVE' | 'HIGH'): RoutineRow {
  return { name, isUndocumented: true, min: 'PASSIVE', max, source: 'knowledge', confidence: 'medium' };
}

/** The source tables as they are to be shipped. */
export function applyCorrections(source: SourceTables, corrections: Corrections): SourceTables {
  return {
    routines: overlay(
      source.routines,
      [
        ...corrections.anyIrql.map((name) => plainRow(name, 'HIGH')),
        ...corrections.passiveOnly.map((name) => plainRow(name, 'PASSIVE')),
        ...corrections.routines,
      ],
      (row) => row.name ?? '',
    ),
    effects: overlay(source.effects, corrections.effects, (row) => row.name ?? ''),
    roles: overlay(source.roles, corrections.roles, (row) => row.type ?? ''),
    registrations: overlay(source.registrations, corrections.registrations, keyOfRegistration).map((row) =>
      withPosition(row, corrections.positions),
    ),
  };
}
