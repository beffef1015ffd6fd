/**
 * The text of `irql-lens check`, in the form of compilers: `file(line,column): severity code: message [rule]`.
 */
import type { Finding, Severity } from '../../rules/rule.ts';
import type { CheckReport } from '../check.ts';
import { createPlacer, type Placer } from './positions.ts';

const COLORS: Record<Severity, string> = {
  error: '\u001b[31m',
  warning: '\u001b[33m',
  information: '\u001b[36m',
  hint: '\u001b[2m',
};
const RESET = '\u001b[0m';

/** All findings with their paths, and one line of counts at the end. */
export function checkToText(report: CheckReport, hasColor: boolean): string {
  const place = createPlacer(report.textOf);
  const lines = report.findings.flatMap((finding) => findingLines(finding, place, report, hasColor));
  const { counts } = report;
  lines.push(
    `${count(report.findings.length, 'finding')} in ${count(counts.functions, 'function')} of ${count(counts.files, 'file')}` +
      (counts.functionsSkipped.length > 0
        ? `, ${count(counts.functionsSkipped.length, 'function')} not read`
        : ''),
  );
  return `${lines.join('\n')}\n`;
}

function findingLines(finding: Finding, place: Placer, report: CheckReport, hasColor: boolean): string[] {
  const { line, column } = place(finding.file, finding.range);
  const severity = hasColor ? `${COLORS[finding.severity]}${finding.severity}${RESET}` : finding.severity;
  const code = finding.code === undefined ? '' : ` ${finding.code}`;
  const where = `${report.workspace.displayPath(finding.file)}(${String(line)},${String(column)})`;
  const possible = finding.verdict === 'possible' ? ' (possible)' : '';
  return [
    `${where}: ${severity}${code}: ${finding.message} [${finding.rule}]${possible}`,
    ...finding.trace.map((step) => {
      const at = place(step.file, step.range);
      return `    ${report.workspace.displayPath(step.file)}(${String(at.line)},${String(at.column)}): ${step.message}`;
    }),
  ];
}

function count(n: number, noun: string): string {
  return `${String(n)} ${noun}${n === 1 ? '' : 's'}`;
}
