/**
 * The SARIF of `check` against the schema of the standard, and what code scanning needs of it.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runCli } from '../harness/runCli.ts';

const require = createRequire(import.meta.url);
const { default: Ajv } = require('ajv-draft-04') as { default: new (options: object) => SchemaChecker };

interface SchemaChecker {
  validate(schema: unknown, data: unknown): boolean;
  errorsText(): string;
}

const log = z.object({
  runs: z.array(
    z.object({
      tool: z.object({
        driver: z.object({
          rules: z.array(
            z.object({ id: z.string(), help: z.object({ text: z.string(), markdown: z.string() }) }),
          ),
        }),
      }),
      results: z.array(
        z.object({
          ruleId: z.string(),
          ruleIndex: z.int().min(0),
          locations: z.array(
            z.object({ physicalLocation: z.object({ artifactLocation: z.object({ uri: z.string() }) }) }),
          ),
          codeFlows: z.array(z.unknown()).optional(),
          fixes: z.array(z.unknown()).optional(),
          partialFingerprints: z.record(z.string(), z.string()).optional(),
        }),
      ),
    }),
  ),
});

describe('SARIF', () => {
  const { stdout } = runCli(['check', 'examples/pulse', '--format', 'sarif']);
  const data: unknown = JSON.parse(stdout);

  it('is valid SARIF 2.1.0', () => {
    const path = require
      .resolve('@microsoft/jest-sarif/package.json')
      .replace(/package\.json$/, 'lib/schemas/sarif-2.1.0-rtm.5.json');
    const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false, unicodeRegExp: false });
    const isValid = ajv.validate(JSON.parse(readFileSync(path, 'utf8')), data);
    expect(isValid, ajv.errorsText()).toBe(true);
  });

  it('explains every rule', () => {
    const rules = log.parse(data).runs[0]?.tool.driver.rules ?? [];
    for (const { id, help } of rules) expect(help.text.length, id).toBeGreaterThan(80);
  });

  it('has rules, relative places, code flows, fixes and different fingerprints', () => {
    const [run] = log.parse(data).runs;
    const results = run?.results ?? [];
    expect(results.length).toBeGreaterThan(3);
    for (const result of results) {
      expect(run?.tool.driver.rules[result.ruleIndex]?.id).toBe(result.ruleId);
      expect(result.locations[0]?.physicalLocation.artifactLocation.uri).toMatch(/^examples\/pulse\/\w+\.c$/);
    }
    expect(results.some(({ codeFlows }) => codeFlows !== undefined)).toBe(true);
    expect(results.some(({ fixes }) => fixes !== undefined)).toBe(true);
    const prints = results.map(({ partialFingerprints }) => partialFingerprints?.['irqlLens/v1']);
    expect(new Set(prints).size).toBe(results.length);
  });
});
