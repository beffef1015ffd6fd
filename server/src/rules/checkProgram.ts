/**
 * Runs the rules and applies severities and suppressions. A rule that throws costs its own answer only: the failure is
 * returned as a problem. Findings come sorted by file, place and rule.
 */
import { linesOf } from '../analysis/program/linesOf.ts';
import type { FileUnit, FunctionId, Program } from '../analysis/program.ts';
import type { ProgramAnalysis } from '../analysis/facts.ts';
import { ALL_RULES } from './allRules.generated.ts';
import { functionContext } from './functionContext.ts';
import { isSpeakingOf } from './userMode.ts';
import { findSuppression, readSuppressions, type Suppression } from './suppressions.ts';
import { createQuietFunctions, type QuietFunctions } from './quietFunctions.ts';
import type { Finding, FunctionContext, FunctionRule, Rule, RunLimits, Severity } from './rule.ts';

/** What users may change about rules. */
export interface RuleSettings {
  /** rule id -> severity or off; rules not named keep their defaults */
  readonly severities: Readonly<Record<string, Severity | 'off'>>;
  /** when given, only these rules run (and they run even where they are off by default) */
  readonly only?: readonly string[];
  /** thresholds of users; Microsoft's guidelines where not given */
  readonly limits?: RunLimits;
}

/** Microsoft's guidelines: 100 microseconds for a DPC, 25 for an ISR. */
export const DEFAULT_LIMITS: RunLimits = { dpcMicroseconds: 100, isrMicroseconds: 25, clockGHz: 3 };

/** The outcome of a check. */
export interface CheckResult {
  readonly findings: readonly Finding[];
  /** findings that a suppression silenced, for SARIF */
  readonly suppressed: readonly { readonly finding: Finding; readonly by: Suppression }[];
  /** rules that failed on a function: a fault of the tool, said so */
  readonly problems: readonly string[];
}

/** Default settings: every rule as it declares itself. */
export const DEFAULT_RULE_SETTINGS: RuleSettings = { severities: {} };

/** The severity of a rule under these settings; undefined when it does not run. */
function severityOf(rule: Rule, settings: RuleSettings): Severity | undefined {
  const { meta } = rule;
  const wanted = settings.severities[meta.id];
  if (settings.only !== undefined && !settings.only.includes(meta.id)) return undefined;
  if (wanted === 'off') return undefined;
  if (wanted !== undefined) return wanted;
  return meta.isOnByDefault || settings.only !== undefined ? meta.severity : undefined;
}

/** Everything that the rules of one function say, before suppressions. */
function checkFunction(
  program: Program,
  analysis: ProgramAnalysis,
  id: FunctionId,
  settings: RuleSettings,
  problems: string[] = [],
): Finding[] {
  const unit = program.functions[id];
  if (unit === undefined || !isSpeakingOf(unit.file)) return [];
  const context = functionContext(program, analysis, id, settings.limits ?? DEFAULT_LIMITS);
  const findings: Finding[] = [];
  for (const rule of ALL_RULES) {
    if (rule.scope === 'function') runGuarded(rule, context, settings, findings, problems);
  }
  return findings;
}

function runGuarded(
  rule: FunctionRule,
  context: FunctionContext,
  settings: RuleSettings,
  findings: Finding[],
  problems: string[],
): void {
  const severity = severityOf(rule, settings);
  if (severity === undefined) return;
  try {
    for (const finding of rule.check(context)) findings.push(withSeverity(finding, rule, severity));
  } catch (error) {
    problems.push(`${rule.meta.id} failed on ${context.facts.unit.qualifiedName}: ${String(error)}`);
  }
}

/** A rule may lower its own severity for a finding; a user's setting holds for all. */
function withSeverity(finding: Finding, rule: Rule, severity: Severity): Finding {
  return severity === rule.meta.severity ? finding : { ...finding, severity };
}

/** What the whole-program rules say (lock order, one lock at several levels), before suppressions. */
export function checkAcrossFunctions(
  program: Program,
  analysis: ProgramAnalysis,
  settings: RuleSettings,
  problems: string[] = [],
): Finding[] {
  const findings: Finding[] = [];
  for (const rule of ALL_RULES) {
    const severity = severityOf(rule, settings);
    if (rule.scope !== 'program' || severity === undefined) continue;
    try {
      for (const finding of rule.check({ program, analysis }))
        findings.push(withSeverity(finding, rule, severity));
    } catch (error) {
      problems.push(`${rule.meta.id} failed: ${String(error)}`);
    }
  }
  return findings;
}

/**
 * All findings of one file: its functions, and the given whole-program findings that lie in it. `quiet` must have been used for
 * checks of this file under these settings only.
 */
export function checkFile(
  program: Program,
  analysis: ProgramAnalysis,
  file: FileUnit,
  settings: RuleSettings,
  acrossFunctions: readonly Finding[] = [],
  quiet: QuietFunctions = createQuietFunctions(),
): CheckResult {
  const { findings, problems } = quiet.check(program, analysis, file, (id, observed, faults) =>
    checkFunction(program, observed, id, settings, faults),
  );
  findings.push(...acrossFunctions.filter((finding) => finding.file === file.path));
  return { ...applySuppressions(file, sortFindings(findings), settings), problems };
}

/** Splits findings into reported and suppressed, and reports suppressions that silence nothing. */
function applySuppressions(
  file: FileUnit,
  findings: readonly Finding[],
  settings: RuleSettings,
): Pick<CheckResult, 'findings' | 'suppressed'> {
  const suppressions = readSuppressions(file);
  if (suppressions.length === 0) return { findings, suppressed: [] };
  const lines = linesOf(file);
  const kept: Finding[] = [];
  const suppressed: { finding: Finding; by: Suppression }[] = [];
  for (const finding of findings) {
    const by = findSuppression(suppressions, finding, lines.positionAt(finding.range.start).line);
    if (by === undefined) kept.push(finding);
    else suppressed.push({ finding, by });
  }
  const used = new Set(suppressed.map(({ by }) => by));
  const unused = suppressions.filter(
    (entry) => entry.kind === 'comment' && !used.has(entry) && couldMatch(entry, settings),
  );
  kept.push(...checkSuppressions(file, unused, settings));
  return { findings: sortFindings(kept), suppressed };
}

/** A comment for rules that are all off may well silence something once they are on. */
function couldMatch({ names }: Suppression, settings: RuleSettings): boolean {
  const known = ALL_RULES.filter(({ meta }) => names.includes(meta.id));
  return (
    known.length < names.length || names.length === 0 || known.some((rule) => severityOf(rule, settings))
  );
}

/** Nothing is known to be unused while only some rules run. */
function checkSuppressions(
  file: FileUnit,
  unused: readonly Suppression[],
  settings: RuleSettings,
): Finding[] {
  if (unused.length === 0 || settings.only !== undefined) return [];
  const ruleIds = ALL_RULES.map((rule) => rule.meta.id);
  return ALL_RULES.flatMap((rule) => {
    const severity = rule.scope === 'suppressions' ? severityOf(rule, settings) : undefined;
    if (rule.scope !== 'suppressions' || severity === undefined) return [];
    return rule.check({ file, unused, ruleIds }).map((finding) => withSeverity(finding, rule, severity));
  });
}

/** By file, place, rule. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return findings.toSorted(
    (a, b) =>
      compareText(a.file, b.file) ||
      a.range.start - b.range.start ||
      a.range.end - b.range.end ||
      compareText(a.rule, b.rule),
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
