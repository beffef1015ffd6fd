/**
 * SARIF 2.1.0 of `irql-lens check`: rules with help, results with code flows, fixes, suppressions and fingerprints.
 * Source of the form: the OASIS standard "Static Analysis Results Interchange Format" 2.1.0.
 */
import type { WhyStep } from '../../analysis/facts.ts';
import type { TextRange } from '../../syntax/fileStructure.ts';
import { ALL_RULES } from '../../rules/allRules.generated.ts';
import { RULE_HELP } from '../../rules/ruleHelp.generated.ts';
import type { Finding, Fix, RuleMeta, Severity } from '../../rules/rule.ts';
import type { Suppression } from '../../rules/suppressions.ts';
import type { CheckReport } from '../check.ts';
import { VERSION } from '../version.ts';
import { fingerprintsOf } from './fingerprint.ts';
import { createPlacer, type Placer } from './positions.ts';

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';
const LEVELS: Record<Severity, string> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
  hint: 'note',
};

interface Scribe {
  readonly report: CheckReport;
  readonly place: Placer;
}

/** The whole log as plain JSON data. */
export function checkToSarif(report: CheckReport): unknown {
  const scribe: Scribe = { report, place: createPlacer(report.textOf) };
  const fingerprints = fingerprintsOf(report);
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'irql-lens',
            semanticVersion: VERSION,
            rules: ALL_RULES.map((rule) => ruleToSarif(rule.meta)),
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [invocation(report)],
        results: [
          ...report.findings.map((finding, i) => result(scribe, finding, fingerprints[i] ?? '')),
          ...report.suppressed.map(({ finding, by }) => ({
            ...result(scribe, finding, ''),
            suppressions: [suppression(by)],
          })),
        ],
      },
    ],
  };
}

function ruleToSarif(meta: RuleMeta): unknown {
  const help = RULE_HELP[meta.id] ?? [];
  const atRunTime = meta.bugCheck === undefined ? [] : [`At run time: ${meta.bugCheck}.`];
  return {
    id: meta.id,
    shortDescription: { text: `${meta.title}.` },
    fullDescription: { text: help[0] ?? meta.title },
    help: {
      text: [...help, ...atRunTime].join('\n\n').replaceAll('`', ''),
      markdown: [...help, ...atRunTime].join('\n\n'),
    },
    defaultConfiguration: { level: LEVELS[meta.severity], enabled: meta.isOnByDefault },
    properties: { tags: [meta.family, ...(meta.code === undefined ? [] : [meta.code])] },
  };
}

function invocation(report: CheckReport): unknown {
  const notes = report.counts.functionsSkipped.map(({ file, line, reason }) => ({
    level: 'note',
    message: { text: `function not read: ${reason}` },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: toUri(report.workspace.displayPath(file)) },
          region: { startLine: line },
        },
      },
    ],
  }));
  const faults = report.problems.map((text) => ({ level: 'error', message: { text } }));
  return {
    executionSuccessful: report.problems.length === 0,
    toolExecutionNotifications: [...notes, ...faults],
  };
}

function result(scribe: Scribe, finding: Finding, fingerprint: string): Record<string, unknown> {
  return {
    ruleId: finding.rule,
    ruleIndex: ALL_RULES.findIndex((rule) => rule.meta.id === finding.rule),
    level: LEVELS[finding.severity],
    message: { text: finding.message },
    locations: [location(scribe, finding.file, finding.range)],
    ...(finding.trace.length === 0 ? {} : { codeFlows: [codeFlow(scribe, finding.trace)] }),
    ...(finding.fixes.length === 0 ? {} : { fixes: finding.fixes.map((fix) => fixToSarif(scribe, fix)) }),
    ...(fingerprint === '' ? {} : { partialFingerprints: { 'irqlLens/v1': fingerprint } }),
    properties: {
      verdict: finding.verdict,
      function: finding.function,
      ...(finding.code === undefined ? {} : { code: finding.code }),
      ...(finding.bugCheck === undefined ? {} : { bugCheck: finding.bugCheck }),
    },
  };
}

function codeFlow(scribe: Scribe, trace: readonly WhyStep[]): unknown {
  const locations = trace.map((step) => ({
    location: { ...location(scribe, step.file, step.range), message: { text: step.message } },
  }));
  return { threadFlows: [{ locations }] };
}

function fixToSarif(scribe: Scribe, fix: Fix): unknown {
  const files = [...new Set(fix.edits.map((edit) => edit.file))];
  return {
    description: { text: fix.title },
    artifactChanges: files.map((file) => ({
      artifactLocation: { uri: toUri(scribe.report.workspace.displayPath(file)) },
      replacements: fix.edits
        .filter((edit) => edit.file === file)
        .map((edit) => ({
          deletedRegion: region(scribe, file, edit.range),
          insertedContent: { text: edit.newText },
        })),
    })),
  };
}

function location(scribe: Scribe, file: string, range: TextRange): Record<string, unknown> {
  const uri = toUri(scribe.report.workspace.displayPath(file));
  return { physicalLocation: { artifactLocation: { uri }, region: region(scribe, file, range) } };
}

function region(scribe: Scribe, file: string, range: TextRange): unknown {
  const { line, column, endLine, endColumn } = scribe.place(file, range);
  return { startLine: line, startColumn: column, endLine, endColumn };
}

function suppression(by: Suppression): unknown {
  return { kind: 'inSource', ...(by.reason === '' ? {} : { justification: by.reason }) };
}

/** A relative reference stays relative; a drive letter becomes a file URI; what URIs reserve is escaped. */
function toUri(path: string): string {
  const slashes = path.replaceAll('\\', '/');
  const escaped = slashes.split('/').map(encodeURIComponent).join('/');
  if (/^[A-Za-z]:\//.test(slashes)) return `file:///${escaped.replace('%3A', ':')}`;
  return slashes.startsWith('/') ? `file://${escaped}` : escaped;
}
