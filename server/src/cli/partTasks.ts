/**
 * The work on sources that any thread can do: digest files, then analyse and check whole parts. What a part needed is let go
 * when its report is made, so that memory grows with the largest part and not with the workspace.
 */
import { analyzeProgram } from '../analysis/analyze.ts';
import type { ProgramAnalysis } from '../analysis/facts.ts';
import type { AnalysisSettings, Program } from '../analysis/program.ts';
import { createDigester, type FileDigest } from '../analysis/program/fileDigest.ts';
import { createIncludeResolver, type IncludeResolver } from '../analysis/program/includes.ts';
import { createPartHost, type Part } from '../analysis/program/partition.ts';
import { loadFacts } from '../ddi/loadFacts.ts';
import { collectGarbage } from '../node/collectGarbage.ts';
import { readSource } from '../node/sourceTree.ts';
import type { FactsFile } from '../protocol/factsFormat.ts';
import { checkAcrossFunctions, checkFile, type RuleSettings } from '../rules/checkProgram.ts';
import type { Finding } from '../rules/rule.ts';
import type { Suppression } from '../rules/suppressions.ts';
import { createAtomTable } from '../syntax/atoms.ts';
import { countFile, type SourceCounts } from './countSource.ts';

/** What the work is done with; plain data. */
export interface TaskSetup {
  readonly settings: AnalysisSettings;
  readonly facts: FactsFile | undefined;
  readonly rules: RuleSettings;
}

/** A file to digest, with the defines of its project. */
export interface DigestOrder {
  readonly path: string;
  readonly defines: Readonly<Record<string, string>>;
}

/** A digest, or why the file could not be read. */
export type DigestAnswer = FileDigest | { readonly path: string; readonly reason: string };

/** A part as a program with its inference. */
export interface OpenedPart {
  readonly program: Program;
  readonly analysis: ProgramAnalysis;
}

/** What a check says of one file. */
export interface FileReport {
  readonly path: string;
  readonly findings: readonly Finding[];
  readonly suppressed: readonly { readonly finding: Finding; readonly by: Suppression }[];
  readonly problems: readonly string[];
  readonly counts: SourceCounts;
}

/** What a check says of one part. */
export interface PartReport {
  readonly files: readonly FileReport[];
  /** faults of whole-program rules */
  readonly problems: readonly string[];
}

/** One thread's hands. */
export interface PartTasks {
  readonly digest: (orders: readonly DigestOrder[]) => DigestAnswer[];
  /** Tells the paths of the whole workspace, before the first part. */
  readonly setPaths: (paths: readonly string[]) => void;
  readonly open: (part: Part) => OpenedPart;
  readonly check: (part: Part) => PartReport;
}

/** Characters of parts after which their remains are collected. */
const COLLECT_EVERY = 4_000_000;

/** Makes them. */
export function createPartTasks({ settings, facts, rules }: TaskSetup): PartTasks {
  const ddi = loadFacts({ arch: settings.arch, ...(facts === undefined ? {} : { userFacts: facts }) });
  let includes: IncludeResolver = createIncludeResolver([]);
  let uncollected = 0;
  let digester: ReturnType<typeof createDigester> | undefined;
  const open = (part: Part): OpenedPart => {
    const texts = part.files.flatMap((path) => {
      const source = readSource(path);
      return 'text' in source ? [{ path, text: source.text }] : [];
    });
    const program = createPartHost(part, includes, { settings, ddi }).update(texts);
    return { program, analysis: analyzeProgram(program) };
  };
  return {
    digest(orders) {
      digester ??= createDigester({ settings, ddi, atoms: createAtomTable() });
      const digest = digester;
      return orders.map(({ path, defines }) => {
        const source = readSource(path);
        return 'text' in source ? digest(path, source.text, defines) : { path, reason: source.reason };
      });
    },
    setPaths(paths) {
      includes = createIncludeResolver(paths);
      digester = undefined;
    },
    open,
    check(part) {
      const report = checkPart(open(part), rules);
      uncollected += part.size;
      if (uncollected > COLLECT_EVERY) {
        uncollected = 0;
        collectGarbage();
      }
      return report;
    },
  };
}

function checkPart({ program, analysis }: OpenedPart, rules: RuleSettings): PartReport {
  const problems: string[] = [];
  const across = checkAcrossFunctions(program, analysis, rules, problems);
  const files = [...program.files.values()].map((file): FileReport => {
    const { findings, suppressed, problems: faults } = checkFile(program, analysis, file, rules, across);
    return {
      path: file.path,
      findings: findings.map(asData),
      suppressed: suppressed.map(({ finding, by }) => ({ finding: asData(finding), by })),
      problems: faults,
      counts: countFile(program, file),
    };
  });
  return { files, problems };
}

/** Steps of traces look their places up in the program when they are asked: here they become plain, and let the program go. */
function asData(finding: Finding): Finding {
  const trace = finding.trace.map(({ file, range, message, irql }) => {
    return { file, range, message, ...(irql === undefined ? {} : { irql }) };
  });
  return { ...finding, trace };
}
