/**
 * `irql-lens check`: all findings of the given files and folders. It prints nothing itself.
 */
import { checkAcrossFunctions, checkFile, sortFindings, type RuleSettings } from '../rules/checkProgram.ts';
import { ALL_RULES } from '../rules/allRules.generated.ts';
import type { Finding } from '../rules/rule.ts';
import type { Suppression } from '../rules/suppressions.ts';
import type { OpenedProgram } from './openProgram.ts';
import { UsageError } from './options.ts';

/** What a check found. */
export interface CheckReport {
  readonly opened: OpenedProgram;
  readonly findings: readonly Finding[];
  readonly suppressed: readonly { readonly finding: Finding; readonly by: Suppression }[];
  /** faults of the tool itself, for stderr */
  readonly problems: readonly string[];
}

/** Rule settings from the options and the workspace's configuration. Throws `UsageError` for a rule that does not exist. */
export function ruleSettings(only: readonly string[], severities: RuleSettings['severities']): RuleSettings {
  const known = new Set(ALL_RULES.map((rule) => rule.meta.id));
  for (const id of [...only, ...Object.keys(severities)]) {
    if (!known.has(id)) throw new UsageError(`there is no rule '${id}' (see \`irql-lens rules\`)`);
  }
  return only.length === 0 ? { severities } : { severities, only };
}

/** Checks every file of the program that was asked for. */
export function check(opened: OpenedProgram, settings: RuleSettings): CheckReport {
  const { program, analysis } = opened;
  const problems: string[] = [];
  const across = checkAcrossFunctions(program, analysis, settings, problems);
  const findings: Finding[] = [];
  const suppressed: { finding: Finding; by: Suppression }[] = [];
  for (const file of program.files.values()) {
    if (!opened.isAskedFor(file.path)) continue;
    const result = checkFile(program, analysis, file, settings, across);
    findings.push(...result.findings);
    suppressed.push(...result.suppressed);
    problems.push(...result.problems);
  }
  return { opened, findings: sortFindings(findings), suppressed, problems };
}

/** Whether the findings reach the bar of exit code 1: an error, or more warnings than allowed. */
export function isFailure(findings: readonly Finding[], maxWarnings: number | undefined): boolean {
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  const warnings = findings.filter((finding) => finding.severity === 'warning').length;
  return errors > 0 || warnings > (maxWarnings ?? 0);
}
