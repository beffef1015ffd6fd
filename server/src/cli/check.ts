/**
 * `irql-lens check`: all findings of the given files and folders, part by part. It prints nothing itself.
 */
import { definesBeforeReading } from '../analysis/program/projects.ts';
import { cutIntoParts, type Part } from '../analysis/program/partition.ts';
import type { FileDigest } from '../analysis/program/fileDigest.ts';
import { readSource, type Unreadable } from '../node/sourceTree.ts';
import { sortFindings, type RuleSettings } from '../rules/checkProgram.ts';
import { ALL_RULES } from '../rules/allRules.generated.ts';
import type { Finding } from '../rules/rule.ts';
import type { Suppression } from '../rules/suppressions.ts';
import type { SourceCounts } from './countSource.ts';
import { UsageError } from './options.ts';
import type { DigestOrder, PartReport } from './partTasks.ts';
import { startPartThreads, type PartThreads } from './partThreads.ts';
import { listProfiles } from '../engine/engine.ts';
import type { WorkspaceConfig } from '../protocol/configFormat.ts';
import { defaultSettings } from '../protocol/settings.ts';
import type { Workspace } from './workspace.ts';

/** What a check found. */
export interface CheckReport {
  readonly workspace: Workspace;
  readonly counts: SourceCounts & { readonly files: number };
  readonly filesSkipped: readonly Unreadable[];
  /** texts are let go with their parts, and read again where something is to be printed */
  readonly textOf: (file: string) => string;
  readonly findings: readonly Finding[];
  readonly suppressed: readonly { readonly finding: Finding; readonly by: Suppression }[];
  /** faults of the tool itself, for stderr */
  readonly problems: readonly string[];
}

/** Rule settings from the options and the workspace's configuration. Throws `UsageError` for a rule that does not exist. */
export function ruleSettings(
  only: readonly string[],
  { rules: severities = {}, thresholds, profile }: WorkspaceConfig,
): RuleSettings {
  const known = new Set(ALL_RULES.map((rule) => rule.meta.id));
  for (const id of [...only, ...Object.keys(severities)]) {
    if (!known.has(id)) throw new UsageError(`there is no rule '${id}' (see \`irql-lens rules\`)`);
  }
  const limits = {
    dpcMicroseconds: thresholds?.dpcMicroseconds ?? defaultSettings['thresholds.dpcMicroseconds'],
    isrMicroseconds: thresholds?.isrMicroseconds ?? defaultSettings['thresholds.isrMicroseconds'],
    clockGHz: listProfiles().find(({ id }) => id === (profile ?? defaultSettings.profile))?.clockGHz ?? 3,
  };
  return only.length === 0 ? { severities, limits } : { severities, limits, only };
}

/** Files of one digest task. */
const BATCH = 16;
/** A workspace with fewer sources is done sooner than a thread is started. */
const FEW_SOURCES = 40;

/** The parts of a workspace. */
export interface CutWorkspace {
  readonly parts: readonly Part[];
  readonly paths: readonly string[];
  readonly skipped: readonly Unreadable[];
}

/** Digests all sources and cuts the workspace into parts. */
export async function cutWorkspace(
  workspace: Workspace,
  digest: PartThreads['digest'],
): Promise<CutWorkspace> {
  const { sources, projectFiles, displayPath } = workspace;
  const paths = sources.map(({ path }) => path);
  const definesOf = definesBeforeReading(paths, projectFiles);
  const orders = paths.map((path): DigestOrder => ({ path, defines: definesOf(path) }));
  const batches: DigestOrder[][] = [];
  for (let at = 0; at < orders.length; at += BATCH) batches.push(orders.slice(at, at + BATCH));
  const digests: FileDigest[] = [];
  const skipped: Unreadable[] = [];
  for (const answer of await digest(batches)) {
    if ('reason' in answer) skipped.push({ file: displayPath(answer.path), reason: answer.reason });
    else digests.push(answer);
  }
  return { parts: cutIntoParts(digests, projectFiles), paths: digests.map(({ path }) => path), skipped };
}

/** Checks the workspace on so many threads. The report does not depend on their number. */
export async function check(workspace: Workspace, rules: RuleSettings, jobs: number): Promise<CheckReport> {
  const { settings, facts, sources } = workspace;
  const count = sources.length < FEW_SOURCES ? 1 : jobs;
  const threads = startPartThreads({ settings, facts, rules }, count);
  try {
    const { parts, paths, skipped } = await cutWorkspace(workspace, threads.digest);
    return joinReports(workspace, paths, skipped, await threads.check(paths, parts));
  } finally {
    await threads.close();
  }
}

function joinReports(
  workspace: Workspace,
  paths: readonly string[],
  skipped: readonly Unreadable[],
  reports: readonly PartReport[],
): CheckReport {
  const byPath = new Map(reports.flatMap(({ files }) => files.map((file) => [file.path, file] as const)));
  const files = paths.flatMap((path) => byPath.get(path) ?? []);
  const filesSkipped = [...workspace.filesSkipped, ...skipped];
  const sum = (of: (counts: SourceCounts) => number): number =>
    files.reduce((total, { counts }) => total + of(counts), 0);
  return {
    workspace,
    counts: {
      files: files.length,
      functions: sum(({ functions }) => functions),
      functionsSkipped: [
        ...files.flatMap(({ counts }) => counts.functionsSkipped),
        // A file that is no text has lost all its functions.
        ...filesSkipped.map(({ file, reason }) => ({ file, line: 1, reason })),
      ],
      recoveries: files.flatMap(({ counts }) => counts.recoveries),
      statements: sum(({ statements }) => statements),
    },
    filesSkipped,
    textOf: createTextReader(),
    findings: sortFindings(files.flatMap(({ findings }) => findings)),
    suppressed: files.flatMap(({ suppressed }) => suppressed),
    problems: [...reports.flatMap(({ problems }) => problems), ...files.flatMap(({ problems }) => problems)],
  };
}

function createTextReader(): (file: string) => string {
  const known = new Map<string, string>();
  return (file) => {
    let text = known.get(file);
    if (text === undefined) {
      const source = readSource(file);
      text = 'text' in source ? source.text : '';
      known.set(file, text);
    }
    return text;
  };
}

/** Whether the findings reach the bar of exit code 1: an error, or more warnings than allowed. */
export function isFailure(findings: readonly Finding[], maxWarnings: number | undefined): boolean {
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  const warnings = findings.filter((finding) => finding.severity === 'warning').length;
  return errors > 0 || warnings > (maxWarnings ?? 0);
}
