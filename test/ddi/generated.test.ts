import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Corrections } from '../../scripts/facts/applyCorrections.ts';
import { deriveFiles } from '../../scripts/facts/deriveFiles.ts';
import type { SourceTables } from '../../scripts/facts/encodeTables.ts';
import { checkFacts } from '../../server/src/protocol/factsFormat.ts';

const root = new URL('../../', import.meta.url);
const source = (name: string) =>
  JSON.parse(readFileSync(new URL(`server/src/ddi/data/source/${name}.json`, root), 'utf8'));

const tables: SourceTables = {
  routines: source('routines'),
  effects: source('effects'),
  roles: source('roles'),
  registrations: source('registrations'),
};
const corrections = source('corrections') as Corrections;

describe('files derived from the facts', () => {
  const files = deriveFiles(tables, corrections);

  it.each(Object.keys(files))('%s is what `npm run generate` writes', (name) => {
    expect(readFileSync(new URL(name, root), 'utf8') === files[name]).toBe(true);
  });

  it('show a changed fact', () => {
    const changed = {
      ...corrections,
      routines: [...corrections.routines, { name: 'ZwClose', max: 'APC' as const }],
    };
    const name = 'server/src/ddi/data/tables.generated.ts';
    expect(deriveFiles(tables, changed)[name] === files[name]).toBe(false);
  });
});

describe('docs/facts.md', () => {
  it('shows only valid facts files', () => {
    const page = readFileSync(new URL('docs/facts.md', root), 'utf8');
    const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
    expect(examples.length).toBeGreaterThan(2);
    for (const example of examples) expect(checkFacts(JSON.parse(example))).toMatchObject({ ok: true });
  });
});
