import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { loadFacts } from '../../server/src/ddi/loadFacts.ts';
import { factsJsonSchema, parseFactsFile } from '../../server/src/protocol/factsFormat.ts';
import { range, setOf } from '../../server/src/protocol/irqlLevels.ts';

function load(file: object) {
  const result = parseFactsFile(JSON.stringify({ version: 1, ...file }));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return loadFacts({ userFacts: result.facts });
}

function problems(text: string): string[] {
  const result = parseFactsFile(text);
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`);
}

describe("a workspace's own facts", () => {
  it('bound a routine and win over the bundled row', () => {
    const facts = load({
      routines: [
        { name: 'ZwClose', max: 'APC_LEVEL' },
        { name: 'AcmeLog', max: 'DIRQL' },
      ],
    });
    expect(facts.lookup('ZwClose')).toMatchObject({ levels: range(0, 1), source: 'user' });
    expect(facts.lookup('AcmeLog')).toMatchObject({
      levels: range(0, 11),
      source: 'user',
      confidence: 'high',
    });
    expect(facts.lookup('ZwCreateFile')?.source).toBe('stated');
    expect(facts.routineNames()).toContain('AcmeLog');
  });

  it('describe a wrapper by the routine it stands for', () => {
    const facts = load({
      effects: [
        { name: 'AcmeLock', sameAs: 'KeAcquireSpinLock', argMap: [1, 2] },
        { name: 'AcmeUnlock', sameAs: 'KeReleaseSpinLock', argMap: [1, 2], note: 'the device comes first' },
        { name: 'AcmeLockAgain', sameAs: 'AcmeLock', argMap: [-1, 0, 1] },
      ],
    });
    expect(facts.effect('AcmeLock')).toMatchObject({
      name: 'AcmeLock',
      op: 'acquire',
      lockArg: 1,
      irqlOutArg: 2,
      aliasOf: 'KeAcquireSpinLock',
      source: 'user',
    });
    expect(facts.effect('AcmeUnlock')).toMatchObject({
      exit: { kind: 'arg', arg: 2 },
      note: 'the device comes first',
    });
    expect(facts.lookup('AcmeLock')).toMatchObject({
      levels: range(0, 2),
      aliasOf: 'KeAcquireSpinLock',
      source: 'user',
    });
    expect(facts.effect('AcmeLockAgain')).toMatchObject({ lockArg: 0, irqlOutArg: 1 });
  });

  it('have no effect when a wrapper leads nowhere or in a circle', () => {
    const facts = load({
      effects: [
        { name: 'A', sameAs: 'B' },
        { name: 'B', sameAs: 'A' },
        { name: 'C', sameAs: 'NoSuchRoutine' },
      ],
    });
    expect([facts.effect('A'), facts.effect('B'), facts.effect('C')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('add roles and registrations', () => {
    const facts = load({
      roles: [
        { type: 'ACME_DPC', pointerTypes: ['ACME_DPC_FN'], min: 'DISPATCH_LEVEL', max: 'DISPATCH_LEVEL' },
      ],
      registrations: [
        { function: 'AcmeQueueDpc', callbackArg: 1, role: 'ACME_DPC' },
        { struct: 'ACME_OPS', structPointers: ['ACME_OPS_PTR'], field: 'OnDpc', role: 'ACME_DPC' },
        { entryPoint: 'AcmeEntry', role: 'DRIVER_INITIALIZE' },
      ],
    });
    expect(facts.role('ACME_DPC_FN')).toMatchObject({ type: 'ACME_DPC', levels: setOf(2), upper: 'always' });
    expect(facts.registrationsOfFunction('AcmeQueueDpc')).toMatchObject([
      { callbackArg: 1, role: 'ACME_DPC', source: 'user' },
    ]);
    expect(facts.registrationsOfField('ACME_OPS_PTR', 'OnDpc')).toHaveLength(1);
    expect(facts.entryPoint('AcmeEntry')?.levels).toBe(setOf(0));
    expect(facts.entryPoint('DriverEntry')?.levels).toBe(setOf(0));
  });

  it('replace one field of a bundled struct and keep the others', () => {
    const facts = load({
      registrations: [{ struct: 'DRIVER_OBJECT', field: 'DriverUnload', role: 'DRIVER_CANCEL' }],
    });
    expect(facts.registrationsOfField('DRIVER_OBJECT', 'DriverUnload').map((row) => row.role)).toEqual([
      'DRIVER_CANCEL',
    ]);
    expect(facts.registrationsOfField('DRIVER_OBJECT', 'DriverStartIo').map((row) => row.role)).toEqual([
      'DRIVER_STARTIO',
    ]);
  });
});

describe('a facts file that is wrong', () => {
  it.each([
    ['{', /^: not valid JSON: /],
    ['[]', /^: Invalid input: expected object/],
    ['{}', /^\/version: /],
    ['{"version":2}', /^\/version: /],
    ['{"version":1,"routine":[]}', /^: Unrecognized key: "routine"/],
    ['{"version":1,"routines":[{"name":"X","max":"DISPATCHLEVEL"}]}', /^\/routines\/0\/max: /],
    ['{"version":1,"effects":[{"name":"X","op":"lock"}]}', /^\/effects\/0\/op: /],
    ['{"version":1,"effects":[{"name":"X","op":"acquire","lockArg":-1}]}', /^\/effects\/0\/lockArg: /],
    ['{"version":1,"effects":[{"name":"X"}]}', /^\/effects\/0: give either "op" or "sameAs"/],
    ['{"version":1,"registrations":[{"function":"X","role":"Y"}]}', /^\/registrations\/0\/callbackArg: /],
    ['{"version":1,"registrations":[{"struct":"X","role":"Y"}]}', /^\/registrations\/0\/field: /],
  ])('%s', (text, expected) => {
    const found = problems(text);
    expect(found[0]).toMatch(expected);
  });

  it('may begin with a byte order mark', () => {
    expect(problems('\uFEFF{"version":1}')).toEqual([]);
  });
});

describe('the JSON schema', () => {
  it('describes the same kinds of rows', () => {
    expect(factsJsonSchema()).toMatchObject({
      type: 'object',
      additionalProperties: false,
      required: ['version'],
      properties: { routines: {}, effects: {}, roles: {}, registrations: {} },
    });
  });

  const shipped = JSON.parse(
    readFileSync(new URL('../../schemas/facts.schema.json', import.meta.url), 'utf8'),
  );
  const validate = new Ajv({ strict: false }).compile(shipped);

  it.each([
    [{ version: 1, effects: [{ name: 'A', sameAs: 'KeAcquireSpinLock', argMap: [1, 2] }] }, true],
    [{ version: 1, routines: [{ name: 'A', max: 'DISPATCH_LEVEL' }] }, true],
    [{ version: 1, routines: [{ name: 'A', max: 'DISPATCHLEVEL' }] }, false],
    [{ version: 1, registrations: [{ struct: 'A', field: 'B', role: 'C' }] }, true],
    [{ version: 1, registrations: [{ struct: 'A', role: 'C' }] }, false],
    [{ version: 2 }, false],
    [{ version: 1, rows: [] }, false],
  ])('as shipped judges %j as the program does: %s', (file, isRight) => {
    expect(validate(file)).toBe(isRight);
    expect(parseFactsFile(JSON.stringify(file)).ok).toBe(isRight);
  });
});
