/**
 * Findings as a SARIF 2.1.0 log for the editor's Export SARIF: rules, results, paths, suppressions. The command line's log
 * (cli/output/sarif.ts) carries fingerprints and fixes besides, which need Node.
 */
import type { WhyStep } from '../analysis/facts.ts';
import type { Program } from '../analysis/program.ts';
import { ALL_RULES } from '../rules/allRules.generated.ts';
import type { Finding, Severity } from '../rules/rule.ts';
import type { Suppression } from '../rules/suppressions.ts';
import type { TextRange } from '../syntax/fileStructure.ts';
import { linesOf } from './snapshot.ts';

const LEVELS: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
  hint: 'note',
};

/** What results are made of. */
export interface SarifInput {
  readonly program: Program;
  readonly findings: readonly Finding[];
  readonly suppressed: readonly { readonly finding: Finding; readonly by: Suppression }[];
  /** the URI of a path: relative to the workspace where it can be */
  readonly uriOf: (path: string) => string;
}

/** What is said once in a log. */
export interface SarifLog {
  readonly version: string;
  readonly results: readonly unknown[];
  /** the address of a rule's page */
  readonly pageOf: (rule: string) => string;
}

/** The log as plain JSON data. */
export function exportSarif(log: SarifLog): unknown {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'irql-lens', semanticVersion: log.version, rules: rules(log) } },
        columnKind: 'utf16CodeUnits',
        results: log.results,
      },
    ],
  };
}

/** The results of findings as plain JSON data; they need the program no more. */
export function sarifResults(input: SarifInput): unknown[] {
  return [
    ...input.findings.map((finding) => result(input, finding)),
    ...input.suppressed.map(({ finding, by }) => ({
      ...result(input, finding),
      suppressions: [{ kind: 'inSource', ...(by.reason === '' ? {} : { justification: by.reason }) }],
    })),
  ];
}

function rules(log: SarifLog): unknown[] {
  return ALL_RULES.map(({ meta }) => ({
    id: meta.id,
    shortDescription: { text: meta.title },
    helpUri: log.pageOf(meta.id),
    defaultConfiguration: { level: LEVELS[meta.severity], enabled: meta.isOnByDefault },
  }));
}

function result(input: SarifInput, finding: Finding): Record<string, unknown> {
  const flow = finding.trace.map((step) => ({ location: stepLocation(input, step) }));
  return {
    ruleId: finding.rule,
    ruleIndex: ALL_RULES.findIndex(({ meta }) => meta.id === finding.rule),
    level: LEVELS[finding.severity],
    message: { text: finding.message },
    locations: [location(input, finding.file, finding.range)],
    ...(flow.length === 0 ? {} : { codeFlows: [{ threadFlows: [{ locations: flow }] }] }),
    properties: {
      verdict: finding.verdict,
      function: finding.function,
      ...(finding.bugCheck === undefined ? {} : { bugCheck: finding.bugCheck }),
    },
  };
}

function stepLocation(input: SarifInput, step: WhyStep): unknown {
  return { ...location(input, step.file, step.range), message: { text: step.message } };
}

function location(
  { program, uriOf }: SarifInput,
  path: string,
  { start, end }: TextRange,
): Record<string, unknown> {
  const file = program.files.get(path);
  const artifactLocation = { uri: uriOf(path) };
  if (file === undefined) return { physicalLocation: { artifactLocation } };
  const lines = linesOf(file);
  const from = lines.positionAt(start);
  const to = lines.positionAt(end);
  const region = {
    startLine: from.line + 1,
    startColumn: from.column + 1,
    endLine: to.line + 1,
    endColumn: to.column + 1,
  };
  return { physicalLocation: { artifactLocation, region } };
}
