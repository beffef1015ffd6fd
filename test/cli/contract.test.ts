/**
 * The command line's contract: options, exit codes, and the shape of its JSON.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCli } from '../harness/runCli.ts';

const EXAMPLE = 'examples/pulse';
const LEVEL = z.enum([
  'PASSIVE_LEVEL',
  'APC_LEVEL',
  'DISPATCH_LEVEL',
  'DIRQL',
  'SYNCH_LEVEL',
  'CLOCK_LEVEL',
  'IPI_LEVEL',
  'HIGH_LEVEL',
]);
const gap = z.object({ file: z.string(), line: z.int().min(1), reason: z.string().min(1) });

const checkShape = z.object({
  version: z.literal(1),
  tool: z.object({ name: z.literal('irql-lens'), version: z.string() }),
  files: z.int().min(1),
  functions: z.int().min(1),
  functionsSkipped: z.array(gap),
  recoveries: z.array(gap),
  statements: z.int().min(1),
  elapsedMs: z.number().min(0),
  diagnostics: z
    .array(
      z.object({
        rule: z.string(),
        code: z
          .string()
          .regex(/^C2[68]\d{3}$/)
          .optional(),
        severity: z.enum(['error', 'warning', 'information', 'hint']),
        verdict: z.enum(['definite', 'possible']),
        file: z.string(),
        line: z.int().min(1),
        column: z.int().min(1),
        endLine: z.int().min(1),
        endColumn: z.int().min(1),
        function: z.string(),
        message: z.string().min(20),
        bugCheck: z.string().optional(),
        trace: z.array(
          z.object({
            file: z.string(),
            line: z.int().min(1),
            column: z.int().min(1),
            message: z.string(),
            irql: z.array(LEVEL).optional(),
          }),
        ),
        fixes: z.array(z.string()),
      }),
    )
    .min(1),
});

const irqlShape = z.object({
  version: z.literal(1),
  statements: z
    .array(
      z.object({
        file: z.string(),
        line: z.int().min(1),
        column: z.int().min(1),
        endLine: z.int().min(1),
        function: z.string(),
        irql: z.array(LEVEL),
        unknown: z.boolean(),
        locks: z.array(z.string()),
        reachable: z.boolean(),
        why: z.array(z.object({ file: z.string(), line: z.int().min(1), message: z.string() })),
      }),
    )
    .min(1),
});

const functionsShape = z.object({
  version: z.literal(1),
  functions: z
    .array(
      z.object({
        name: z.string(),
        file: z.string(),
        line: z.int().min(1),
        role: z.string().optional(),
        entry: z.array(LEVEL),
        entrySource: z.enum(['annotation', 'role', 'registration', 'callers', 'unknown']),
        requires: z.object({ min: LEVEL, max: LEVEL, source: z.string() }),
        exit: z.enum(['same', 'raises', 'lowers', 'mixed', 'unknown']),
        exitLevels: z.array(LEVEL),
        acquires: z.array(z.string()),
        releases: z.array(z.string()),
        annotation: z.string().nullable(),
      }),
    )
    .min(1),
});

const simulateShape = z.object({
  version: z.literal(1),
  scenario: z.string(),
  profile: z.string(),
  clockGHz: z.number().positive(),
  seed: z.int(),
  cpus: z.int().min(1),
  outcome: z.enum(['completed', 'deadlock', 'livelock', 'bugcheck', 'watchdog', 'bounded']),
  bugCheck: z.string().optional(),
  cycles: z.number(),
  events: z.int(),
  witness: z.array(z.string()).optional(),
  locks: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      acquisitions: z.int(),
      meanWaitCycles: z.number(),
      p99WaitCycles: z.number(),
      meanHoldCycles: z.number(),
      handoffs: z.int(),
      jainFairness: z.number(),
    }),
  ),
  perAcquire: z.object({ irqlReads: z.number(), irqlWrites: z.number(), meanCycles: z.number() }),
  states: z.int().optional(),
});

function jsonOf<T>(shape: z.ZodType<T>, args: readonly string[]): { value: T; code: number | null } {
  const { stdout, stderr, code } = runCli([...args, '--format', 'json']);
  expect(stderr).toBe('');
  return { value: shape.parse(JSON.parse(stdout)), code };
}

/** Wrong use says what is wrong on stderr and nothing on stdout. */
function expectUsageError(args: readonly string[], words: string): void {
  const { code, stdout, stderr } = runCli(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(words);
}

describe('check', () => {
  it('answers in the documented shape and exits with 1 for findings', () => {
    const { value, code } = jsonOf(checkShape, ['check', EXAMPLE]);
    expect(code).toBe(1);
    expect(value.functionsSkipped).toEqual([]);
    expect(value.recoveries).toEqual([]);
  });

  it('exits with 0 where nothing is found', () => {
    expect(runCli(['check', `${EXAMPLE}/driver.c`]).code).toBe(0);
  });

  it('runs only the rules that are asked for', () => {
    const { value } = jsonOf(checkShape, ['check', EXAMPLE, '--rule', 'lock-not-released']);
    expect(new Set(value.diagnostics.map(({ rule }) => rule))).toEqual(new Set(['lock-not-released']));
  });

  it('reads a Windows-1252, a UTF-16 and a CRLF source with right positions', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'irql-lens-test-'));
    const source =
      '#include <wdm.h>\r\n// gr\u00fc\u00dfe\r\n_IRQL_requires_(PASSIVE_LEVEL)\r\nVOID F(PKSPIN_LOCK Lock)\r\n{\r\n    KeAcquireSpinLockAtDpcLevel(Lock);\r\n    KeReleaseSpinLockFromDpcLevel(Lock);\r\n}\r\n';
    const places = [
      Buffer.from(source, 'latin1'),
      Buffer.from(source, 'utf8'),
      Buffer.from(`\uFEFF${source}`, 'utf8'),
      Buffer.from(`\uFEFF${source}`, 'utf16le'),
    ].map((bytes, i) => {
      const file = path.join(folder, `f${String(i)}.c`);
      writeFileSync(file, bytes);
      const { value } = jsonOf(checkShape, ['check', file]);
      return value.diagnostics.map(({ rule, line, column }) => ({ rule, line, column }));
    });
    const expected = [{ rule: 'atdpc-below-dispatch', line: 6, column: 5 }];
    expect(places).toEqual([expected, expected, expected, expected]);
  });

  it('lets warnings pass up to --max-warnings, never errors', () => {
    expect(runCli(['check', EXAMPLE, '--max-warnings', '1000']).code).toBe(1);
  });

  it('reports only what is new since a baseline', () => {
    const baseline = path.join(mkdtempSync(path.join(tmpdir(), 'irql-lens-test-')), 'baseline.json');
    expect(runCli(['check', EXAMPLE, '--write-baseline', baseline]).code).toBe(1);
    const { code, stdout } = runCli(['check', EXAMPLE, '--baseline', baseline]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^0 findings/);
  });
});

describe('irql', () => {
  it('answers in the documented shape and knows a DPC', () => {
    const { value, code } = jsonOf(irqlShape, ['irql', EXAMPLE]);
    expect(code).toBe(0);
    const dpc = value.statements.filter((row) => row.function === 'PulseDpc');
    expect(dpc.length).toBeGreaterThan(5);
    for (const row of dpc) expect(row.irql).toEqual(['DISPATCH_LEVEL']);
    expect(dpc.some((row) => row.locks.length === 2)).toBe(true);
  });
});

describe('functions', () => {
  it('answers in the documented shape and tells where the entry comes from', () => {
    const { value, code } = jsonOf(functionsShape, ['functions', EXAMPLE]);
    expect(code).toBe(0);
    const byName = new Map(value.functions.map((row) => [row.name, row]));
    expect(byName.get('PulseDpc')).toMatchObject({
      role: 'KDEFERRED_ROUTINE',
      entry: ['DISPATCH_LEVEL'],
      exit: 'same',
    });
    expect(byName.get('PulseIsr')).toMatchObject({ role: 'KSERVICE_ROUTINE', entry: ['DIRQL'] });
    // One of its callers takes the lock wrongly, by AtDpcLevel at PASSIVE_LEVEL: that level is there, and is shown.
    expect(byName.get('PulseCountLocked')).toMatchObject({
      entry: ['PASSIVE_LEVEL', 'APC_LEVEL', 'DISPATCH_LEVEL'],
      entrySource: 'callers',
    });
    expect(byName.get('PulseCountAnywhereSlow')).toMatchObject({
      entry: ['DISPATCH_LEVEL'],
      entrySource: 'callers',
    });
  });
});

describe('simulate', () => {
  it('finds the deadlock of scenario 3 in two steps, and exits with 1', () => {
    const { value, code } = jsonOf(simulateShape, ['simulate', 'atdpc-at-passive', '--explore']);
    expect(code).toBe(1);
    expect(value).toMatchObject({ scenario: 'atdpc-at-passive', outcome: 'deadlock' });
    expect(value.states).toBeGreaterThan(0);
    expect(value.witness?.length).toBeGreaterThan(0);
  });

  it('reads the IRQL once at PASSIVE_LEVEL with KeAcquireSpinLock', () => {
    const { value, code } = jsonOf(simulateShape, ['simulate', 'passive-vs-dpc']);
    expect(code).toBe(0);
    expect(value.outcome).toBe('completed');
  });

  it('gives the same bytes for the same seed', () => {
    const args = [
      'simulate',
      'contended-counter',
      '--cpus',
      '4',
      '--lock',
      'ticket',
      '--seed',
      '7',
      '--format',
      'trace',
    ];
    expect(runCli(args).stdout).toBe(runCli(args).stdout);
  });

  it('writes a trace that Perfetto opens', () => {
    const { stdout } = runCli(['simulate', 'abba', '--explore', '--format', 'perfetto']);
    const { traceEvents } = z
      .object({ traceEvents: z.array(z.object({ ph: z.string() })) })
      .parse(JSON.parse(stdout));
    expect(traceEvents.length).toBeGreaterThan(3);
  });
});

describe('listings', () => {
  for (const command of ['rules', 'scenarios', 'profiles']) {
    it(`${command} in text and JSON`, () => {
      expect(runCli([command]).stdout.split('\n').length).toBeGreaterThan(3);
      expect(JSON.parse(runCli([command, '--format', 'json']).stdout)).toMatchObject({ version: 1 });
    });
  }
});

describe('wrong usage', () => {
  it('names what is wrong', () => {
    expectUsageError([], 'usage:');
    expectUsageError(['chekc', 'x'], "unknown command 'chekc'");
    expectUsageError(['check'], 'at least one file or folder');
    expectUsageError(['check', EXAMPLE, '--frmat', 'json'], '--frmat');
    expectUsageError(['check', EXAMPLE, '--format', 'xml'], 'text, json, sarif');
    expectUsageError(['check', EXAMPLE, '--rule', 'no-such-rule'], "there is no rule 'no-such-rule'");
    expectUsageError(['check', 'no/such/folder'], 'no/such/folder');
    expectUsageError(['simulate', 'no-such-scenario'], 'no-such-scenario');
    expectUsageError(['simulate', 'abba', '--lock', 'no-such-lock'], 'no-such-lock');
    expectUsageError(['simulate', 'abba', '--profile', 'no-such-profile'], 'no-such-profile');
    expectUsageError(['simulate', 'abba', '--cpus', 'many'], '--cpus');
    expectUsageError(['irql', EXAMPLE, '--seed', '3'], "--seed is no option of 'irql'");
  });

  it('names an invalid scenario file with the path of the value', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'irql-lens-test-')), 'bad.irql-scenario.json');
    writeFileSync(file, '{"version": 1, "cpus": "two"}');
    expectUsageError(['simulate', file], 'cpus');
  });

  it('names an invalid configuration', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'irql-lens-test-'));
    const config = path.join(folder, '.irql-lens');
    writeFileSync(path.join(folder, 'a.c'), 'void F(void) {}\n');
    // A file where a folder is expected is ignored; a folder with a broken file is an error.
    writeFileSync(config, '');
    expect(runCli(['check', folder]).code).toBe(0);
  });
});

describe('bad sources are no usage errors', () => {
  it('reads what it can and says the rest', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'irql-lens-test-'));
    writeFileSync(path.join(folder, 'empty.c'), '');
    writeFileSync(path.join(folder, 'binary.c'), Buffer.from([0, 1, 2, 3, 0, 0, 255, 254, 0, 7, 0, 0, 0, 9]));
    writeFileSync(path.join(folder, 'braces.c'), 'void F(void) { if (1) { \nvoid G(void) { }\n');
    writeFileSync(path.join(folder, 'cycle1.h'), '#include "cycle2.h"\n#include "missing.h"\n');
    writeFileSync(path.join(folder, 'cycle2.h'), '#include "cycle1.h"\n');
    writeFileSync(path.join(folder, 'uses.c'), '#include "cycle1.h"\nvoid H(void) { G(); }\n');
    const { code, stdout, stderr } = runCli(['check', folder, '--format', 'json']);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, diagnostics: [] });
  });
});
