/**
 * A name for a finding that survives edits elsewhere in the file: rule, file, function and the text of the line.
 * Used by SARIF's partialFingerprints and by the baseline.
 */
import { createHash } from 'node:crypto';
import type { Finding } from '../../rules/rule.ts';
import type { CheckReport } from '../check.ts';

/** One fingerprint per finding, in the order of the report; equal lines are told apart by counting. */
export function fingerprintsOf(report: CheckReport): string[] {
  const seen = new Map<string, number>();
  return report.findings.map((finding) => {
    const base = describe(report, finding);
    const occurrence = seen.get(base) ?? 0;
    seen.set(base, occurrence + 1);
    return createHash('sha256')
      .update(`${base}\n${String(occurrence)}`)
      .digest('hex')
      .slice(0, 32);
  });
}

function describe({ workspace, textOf }: CheckReport, finding: Finding): string {
  const text = textOf(finding.file);
  const from = text.lastIndexOf('\n', finding.range.start - 1) + 1;
  const to = text.indexOf('\n', finding.range.start);
  const line = text
    .slice(from, to < 0 ? text.length : to)
    .replace(/\s+/g, ' ')
    .trim();
  return [finding.rule, workspace.displayPath(finding.file), finding.function, line].join('\n');
}
