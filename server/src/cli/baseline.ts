/**
 * A baseline file: the fingerprints of known findings, so that CI reports only what is new.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import type { CheckReport } from './check.ts';
import { UsageError } from './options.ts';
import { fingerprintsOf } from './output/fingerprint.ts';

const format = z.object({ version: z.literal(1), fingerprints: z.array(z.string()) });

/** Leaves out the findings that the baseline knows. Throws `UsageError` when the file cannot be read as a baseline. */
export function subtractBaseline(report: CheckReport, path: string): CheckReport {
  const known = new Set(readBaseline(path));
  const fingerprints = fingerprintsOf(report);
  return { ...report, findings: report.findings.filter((_, i) => !known.has(fingerprints[i] ?? '')) };
}

function readBaseline(path: string): readonly string[] {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(
      `cannot read the baseline ${path}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  const parsed = format.safeParse(value);
  if (!parsed.success) throw new UsageError(`${path} is no baseline of irql-lens (version 1)`);
  return parsed.data.fingerprints;
}

/** Writes all findings of the report as the new baseline. */
export function writeBaseline(report: CheckReport, path: string): void {
  const text = JSON.stringify({ version: 1, fingerprints: fingerprintsOf(report).sort() }, null, 1);
  try {
    writeFileSync(path, `${text}\n`);
  } catch (error) {
    throw new UsageError(
      `cannot write the baseline ${path}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
