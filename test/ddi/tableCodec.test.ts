import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { applyCorrections, type Corrections } from '../../scripts/facts/applyCorrections.ts';
import { encodeTables, type SourceTables } from '../../scripts/facts/encodeTables.ts';
import { upperMarkOf } from '../../scripts/facts/upperMark.ts';
import { bundledTables } from '../../server/src/ddi/data/tables.generated.ts';
import {
  decodeCalls,
  decodeEffect,
  decodeFields,
  decodeRole,
  decodeRoutine,
  unfoldNames,
} from '../../server/src/ddi/tableCodec.ts';
import { checkFacts } from '../../server/src/protocol/factsFormat.ts';

const folder = new URL('../../server/src/ddi/data/source/', import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
const raw: SourceTables = {
  routines: read('routines'),
  effects: read('effects'),
  roles: read('roles'),
  registrations: read('registrations'),
};
const source = applyCorrections(raw, read('corrections') as Corrections);

/** A row without what is undefined. */
function plain(row: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));
}

describe('source tables', () => {
  it('are valid facts files', () => {
    const result = checkFacts({ version: 1, ...source });
    expect(result.ok ? [] : result.problems.slice(0, 5)).toEqual([]);
  });

  it('hold all that the raw tables hold, and nothing twice', () => {
    expect(raw.effects).toHaveLength(252);
    expect(raw.roles).toHaveLength(1851);
    expect(raw.registrations).toHaveLength(2543);
    // 9077 documented names, of which 1453 callbacks stand in the role table alone.
    expect(raw.routines).toHaveLength(9077 - 1453);
    for (const names of [
      raw.routines.map((row) => row.name),
      raw.roles.map((row) => row.type),
      raw.effects.map((row) => row.name),
    ])
      expect(new Set(names).size).toBe(names.length);
  });

  it('give a source for every row', () => {
    const rows = [...source.routines, ...source.effects, ...source.roles, ...source.registrations];
    expect(rows.filter((row) => row.source === undefined)).toEqual([]);
    const corrected = [...source.routines, ...source.effects, ...source.roles].filter(
      (row) => row.source === 'corrected',
    );
    expect(corrected.length).toBeGreaterThan(3);
    expect(corrected.filter((row) => row.note === undefined)).toEqual([]);
  });
});

describe('compact tables', () => {
  it('are those that the source tables give', () => {
    expect(encodeTables(source)).toEqual(bundledTables);
  });

  it('give back every routine', () => {
    const lines = unfoldNames(bundledTables.routines);
    expect(lines.size).toBe(source.routines.length);
    for (const row of source.routines) {
      const back = decodeRoutine(bundledTables, row.name, lines.get(row.name) ?? '');
      expect(plain(back)).toEqual({ kind: 'function', min: null, max: null, ...plain(row) });
    }
  });

  it('give back every effect', () => {
    const lines = unfoldNames(bundledTables.effects);
    expect(lines.size).toBe(source.effects.length);
    for (const row of source.effects) expect(decodeEffect(row.name, lines.get(row.name) ?? '')).toEqual(row);
  });

  it('give back every role, with its upper mark', () => {
    const lines = unfoldNames(bundledTables.roles);
    expect(lines.size).toBe(source.roles.length);
    for (const row of source.roles) {
      const back = decodeRole(bundledTables, row.type, lines.get(row.type) ?? '');
      expect(plain(back)).toEqual({ min: null, max: null, upper: upperMarkOf(row), ...plain(row) });
    }
  });

  it('give back every registration', () => {
    const roles = [...unfoldNames(bundledTables.roles).keys()];
    const calls = [...unfoldNames(bundledTables.calls)].flatMap(([name, line]) =>
      decodeCalls(name, line, roles),
    );
    const fields = [...unfoldNames(bundledTables.fields)].flatMap(([name, line]) =>
      decodeFields(name, line, roles),
    );
    const key = (row: object) =>
      JSON.stringify(
        Object.entries(plain(row))
          .filter(([k]) => k !== 'header' && k !== 'structPointers')
          .sort(),
      );
    const expected = source.registrations.filter((row) => !('entryPoint' in row)).map(key);
    expect([...calls, ...fields].map(key).sort()).toEqual(expected.sort());
    expect(bundledTables.entryPoints.map((row) => row.entryPoint)).toEqual([
      'DllInitialize',
      'DllUnload',
      'DriverEntry',
    ]);
  });

  it('unfold any sorted names', () => {
    const names = fc.uniqueArray(fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,50}$/), { maxLength: 40 });
    fc.assert(
      fc.property(names, (list) => {
        const routines = list.map((name) => ({
          name,
          header: 'x.h',
          source: 'none' as const,
          confidence: 'none' as const,
        }));
        const tables = encodeTables({ routines, effects: [], roles: [], registrations: [] });
        const unfolded = list.length === 0 ? [] : [...unfoldNames(tables.routines).keys()];
        expect(unfolded).toEqual([...list].sort((a, b) => (a < b ? -1 : 1)));
      }),
    );
  });
});
