/**
 * What the command line's operands name: configuration, facts, the list of sources, and project files as read. No source is
 * read here.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { AnalysisSettings } from '../analysis/program.ts';
import { projectsAmong, readProjectFile, type ProjectFile } from '../analysis/program/projectFile.ts';
import { matchesAny } from '../lsp/glob.ts';
import { isProjectPath } from '../lsp/world.ts';
import { readSource, type TreeFile, type Unreadable } from '../node/sourceTree.ts';
import { decodeConfig, type WorkspaceConfig } from '../protocol/configFormat.ts';
import { parseFactsFile, type FactsFile } from '../protocol/factsFormat.ts';
import { UsageError, type Options } from './options.ts';
import { listSources } from './readSources.ts';

/** What is to be analysed, and how. */
export interface Workspace {
  readonly config: WorkspaceConfig;
  readonly settings: AnalysisSettings;
  readonly facts: FactsFile | undefined;
  /** sources to read, in the order of the output */
  readonly sources: readonly TreeFile[];
  readonly projectFiles: readonly ProjectFile[];
  /** the path as it is printed */
  readonly displayPath: (file: string) => string;
  readonly filesSkipped: readonly Unreadable[];
}

/** Opens what the options name. Throws `UsageError` for operands, configuration or facts that cannot be used. */
export function openWorkspace(options: Options): Workspace {
  const folder = findConfigFolder(options.operands[0] ?? '.');
  const config = folder === undefined ? {} : readConfig(folder);
  const facts = folder === undefined ? undefined : readFacts(folder);
  const exclude = config.exclude ?? [];
  const { files, skipped } = listSources(options.operands, (display) =>
    matchesAny(relativeTo(folder, display), exclude),
  );
  const projects = readProjects(files.filter((file) => isProjectPath(file.path)));
  const defines = Object.fromEntries(
    Object.entries(config.defines ?? {}).map(([name, value]) => [name, String(value)]),
  );
  const displays = new Map(files.map((file) => [file.path, file.display]));
  return {
    config,
    settings: {
      arch: config.arch ?? 'x64',
      defines: { ...defines, ...options.defines },
      ignoreIrqlAnnotations: !options.useAnnotations,
    },
    facts,
    sources: files.filter((file) => !isProjectPath(file.path)),
    projectFiles: projects.files,
    displayPath: (file) => displays.get(file) ?? file,
    filesSkipped: [...skipped, ...projects.skipped],
  };
}

function readProjects(files: readonly TreeFile[]): { files: ProjectFile[]; skipped: Unreadable[] } {
  const read = new Map<string, ProjectFile>();
  const skipped: Unreadable[] = [];
  for (const file of files) {
    const source = readSource(file.path);
    if ('text' in source) read.set(file.path, readProjectFile(file.path, source.text));
    else skipped.push({ file: file.display, reason: source.reason });
  }
  return { files: projectsAmong(read), skipped };
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
