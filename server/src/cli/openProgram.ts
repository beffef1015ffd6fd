/**
 * From the command line's operands to an analysed program: configuration, facts, sources, inference.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { analyzeProgram } from '../analysis/analyze.ts';
import type { ProgramAnalysis } from '../analysis/facts.ts';
import type { Program } from '../analysis/program.ts';
import { createWorkspaceHost } from '../analysis/program/workspaceHost.ts';
import { loadFacts } from '../ddi/loadFacts.ts';
import { matchesAny } from '../lsp/glob.ts';
import { decodeConfig, type WorkspaceConfig } from '../protocol/configFormat.ts';
import { parseFactsFile, type FactsFile } from '../protocol/factsFormat.ts';
import { countSource, type SourceCounts } from './countSource.ts';
import { UsageError, type Options } from './options.ts';
import { readSources } from './readSources.ts';

/** A program with what the output needs to know of how it was opened. */
export interface OpenedProgram {
  readonly program: Program;
  readonly analysis: ProgramAnalysis;
  readonly config: WorkspaceConfig;
  /** whether the file lies below an operand */
  readonly isAskedFor: (file: string) => boolean;
  /** the path as it is printed */
  readonly displayPath: (file: string) => string;
  /** computed when first asked for: it parses every body */
  readonly counts: SourceCounts;
  readonly filesSkipped: readonly { readonly file: string; readonly reason: string }[];
}

/** Opens what the options name. Throws `UsageError` for operands, configuration or facts that cannot be used. */
export function openProgram(options: Options): OpenedProgram {
  const folder = findConfigFolder(options.operands[0] ?? '.');
  const config = folder === undefined ? {} : readConfig(folder);
  const facts = folder === undefined ? undefined : readFacts(folder);
  const exclude = config.exclude ?? [];
  const { files, skipped } = readSources(options.operands, (display) =>
    matchesAny(relativeTo(folder, display), exclude),
  );
  const arch = config.arch ?? 'x64';
  const defines = Object.fromEntries(
    Object.entries(config.defines ?? {}).map(([name, value]) => [name, String(value)]),
  );
  const settings = {
    arch,
    defines: { ...defines, ...options.defines },
    ignoreIrqlAnnotations: !options.useAnnotations,
  };
  const ddi = loadFacts({ arch, ...(facts === undefined ? {} : { userFacts: facts }) });
  const host = createWorkspaceHost({ settings, ddi });
  const program = host.update(files.map(({ path: name, text }) => ({ path: name, text })));
  const displays = new Map(files.map((file) => [file.path, file.display]));
  const isAskedFor = (file: string): boolean => displays.has(file);
  const displayPath = (file: string): string => displays.get(file) ?? file;
  let counts: SourceCounts | undefined;
  return {
    program,
    analysis: analyzeProgram(program),
    config,
    isAskedFor,
    displayPath,
    get counts() {
      return (counts ??= countSource(program, isAskedFor, displayPath));
    },
    filesSkipped: skipped,
  };
}

function relativeTo(folder: string | undefined, display: string): string {
  return path.relative(folder ?? '.', path.resolve(display)).replaceAll('\\', '/');
}

/** The nearest folder above the operand that has an `.irql-lens` folder. */
function findConfigFolder(operand: string): string | undefined {
  let folder = path.resolve(operand);
  for (;;) {
    const candidate = path.join(folder, '.irql-lens');
    if (existsSync(candidate) && statSync(candidate).isDirectory()) return folder;
    const parent = path.dirname(folder);
    if (parent === folder) return undefined;
    folder = parent;
  }
}

function readConfig(folder: string): WorkspaceConfig {
  const file = path.join(folder, '.irql-lens', 'config.json');
  if (!existsSync(file)) return {};
  const { config, problems } = decodeConfig(readFileSync(file, 'utf8'));
  throwProblems(file, problems);
  return config;
}

function readFacts(folder: string): FactsFile | undefined {
  const file = path.join(folder, '.irql-lens', 'facts.json');
  if (!existsSync(file)) return undefined;
  const result = parseFactsFile(readFileSync(file, 'utf8'));
  if (result.ok) return result.facts;
  throwProblems(file, result.problems);
  return undefined;
}

function throwProblems(
  file: string,
  problems: readonly { readonly path: string; readonly message: string }[],
): void {
  if (problems.length === 0) return;
  const lines = problems.map(
    (problem) => `  ${problem.path === '' ? '(file)' : problem.path}: ${problem.message}`,
  );
  throw new UsageError(`${file} is not valid:\n${lines.join('\n')}`);
}
