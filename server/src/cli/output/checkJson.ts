/**
 * The JSON of `irql-lens check`. Fields are only ever added.
 */
import { levelNames } from '../../protocol/irqlLevels.ts';
import type { WhyStep } from '../../analysis/facts.ts';
import type { Finding } from '../../rules/rule.ts';
import type { CheckReport } from '../check.ts';
import type { SourceGap } from '../countSource.ts';
import { VERSION } from '../version.ts';
import { createPlacer, type Placer } from './positions.ts';

/** The report as plain JSON data. `elapsedMs` is the wall time of the whole command. */
export function checkToJson(report: CheckReport, elapsedMs: number): unknown {
  const { counts } = report;
  const place = createPlacer(report.textOf);
  const toGap = (gap: SourceGap) => ({ ...gap, file: report.workspace.displayPath(gap.file) });
  return {
    version: 1,
    tool: { name: 'irql-lens', version: VERSION },
    files: counts.files,
    functions: counts.functions,
    functionsSkipped: counts.functionsSkipped.map(toGap),
    recoveries: counts.recoveries.map(toGap),
    filesSkipped: report.filesSkipped,
    statements: counts.statements,
    elapsedMs,
    diagnostics: report.findings.map((finding) => findingToJson(finding, place, report)),
    suppressed: report.suppressed.length,
    problems: report.problems,
  };
}

function findingToJson(finding: Finding, place: Placer, report: CheckReport): unknown {
  return {
    rule: finding.rule,
    ...(finding.code === undefined ? {} : { code: finding.code }),
    severity: finding.severity,
    verdict: finding.verdict,
    file: report.workspace.displayPath(finding.file),
    ...place(finding.file, finding.range),
    function: finding.function,
    message: finding.message,
    ...(finding.bugCheck === undefined ? {} : { bugCheck: finding.bugCheck }),
    trace: finding.trace.map((step) => stepToJson(step, place, report)),
    fixes: finding.fixes.map((fix) => fix.title),
  };
}

function stepToJson(step: WhyStep, place: Placer, { workspace }: CheckReport): unknown {
  const { line, column } = place(step.file, step.range);
  const { arch } = workspace.settings;
  return {
    file: workspace.displayPath(step.file),
    line,
    column,
    message: step.message,
    ...(step.irql === undefined ? {} : { irql: levelNames(step.irql, arch) }),
  };
}
