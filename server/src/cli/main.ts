/**
 * The `irql-lens` command: parses the command line, runs one command, prints, and sets the exit code.
 */
import { writeSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { check, isFailure, ruleSettings } from './check.ts';
import { subtractBaseline, writeBaseline } from './baseline.ts';
import { functionsToText, listFunctions } from './functions.ts';
import { listStatements, statementsToText } from './irql.ts';
import {
  profilesToJson,
  profilesToText,
  rulesToJson,
  rulesToText,
  scenariosToJson,
  scenariosToText,
} from './listings.ts';
import { parseOptions, USAGE, UsageError, type Options } from './options.ts';
import { servePartThread } from './partThreads.ts';
import { checkToJson } from './output/checkJson.ts';
import { checkToText } from './output/checkText.ts';
import { checkToSarif } from './output/sarif.ts';
import { renderSimulation, renderSweep, runSimulate, runSweep } from './simulate.ts';
import { VERSION } from './version.ts';
import { openWorkspace } from './workspace.ts';

/** What a command wants printed, and its exit code. */
interface Answer {
  readonly stdout: string;
  readonly exitCode: 0 | 1;
}

const done = (stdout: string): Answer => ({ stdout, exitCode: 0 });

async function runCheck(options: Options, startedAt: number): Promise<Answer> {
  const workspace = openWorkspace(options);
  const settings = ruleSettings(options.rules, workspace.config);
  let report = await check(workspace, settings, options.jobs);
  for (const problem of report.problems) printError(problem);
  if (options.writeBaseline !== undefined) writeBaseline(report, options.writeBaseline);
  if (options.baseline !== undefined) report = subtractBaseline(report, options.baseline);
  const exitCode = isFailure(report.findings, options.maxWarnings) ? 1 : 0;
  // no-color.org: any value but the empty one switches colours off.
  const hasColor = options.color ?? (process.stdout.isTTY && (process.env['NO_COLOR'] ?? '') === '');
  if (options.format === 'json') {
    return { stdout: toJson(checkToJson(report, Math.round(performance.now() - startedAt))), exitCode };
  }
  if (options.format === 'sarif') return { stdout: toJson(checkToSarif(report)), exitCode };
  return { stdout: checkToText(report, hasColor), exitCode };
}

async function runIrql(options: Options): Promise<Answer> {
  const statements = await listStatements(openWorkspace(options));
  return done(options.format === 'json' ? toJson({ version: 1, statements }) : statementsToText(statements));
}

async function runFunctions(options: Options): Promise<Answer> {
  const functions = await listFunctions(openWorkspace(options));
  return done(options.format === 'json' ? toJson({ version: 1, functions }) : functionsToText(functions));
}

function runSimulation(options: Options): Answer {
  if (options.sweep !== undefined) {
    const result = runSweep(options);
    const isCompleted = result.rows.every(({ outcome }) => outcome === 'completed');
    return { stdout: renderSweep(result, options.format), exitCode: isCompleted ? 0 : 1 };
  }
  const outcome = runSimulate(options);
  const exitCode = outcome.result.outcome === 'completed' ? 0 : 1;
  return { stdout: renderSimulation(outcome, options.format), exitCode };
}

function runListing(options: Options, toJsonData: () => unknown, toText: () => string): Answer {
  return done(options.format === 'json' ? toJson(toJsonData()) : toText());
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}

async function run(options: Options, startedAt: number): Promise<Answer> {
  switch (options.command) {
    case 'check':
      return runCheck(options, startedAt);
    case 'irql':
      return runIrql(options);
    case 'functions':
      return runFunctions(options);
    case 'simulate':
      return runSimulation(options);
    case 'rules':
      return runListing(options, rulesToJson, rulesToText);
    case 'scenarios':
      return runListing(options, scenariosToJson, scenariosToText);
    case 'profiles':
      return runListing(options, profilesToJson, profilesToText);
  }
}

function printError(message: string): void {
  process.stderr.write(`irql-lens: ${message}\n`);
}

/** Writes all of it before the process may end, also into a pipe whose reader is slow. */
function print(text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw error;
    }
  }
}

async function main(args: readonly string[]): Promise<number> {
  const startedAt = performance.now();
  if (args[0] === '--help' || args[0] === '-h' || args[0] === 'help') return printed(USAGE);
  if (args[0] === '--version') return printed(`irql-lens ${VERSION}\n`);
  try {
    const answer = await run(parseOptions(args), startedAt);
    print(answer.stdout);
    return answer.exitCode;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    printError(error.message);
    if (args.length === 0) process.stderr.write(USAGE);
    return 2;
  }
}

function printed(text: string): number {
  print(text);
  return 0;
}

if (isMainThread) {
  void main(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
} else servePartThread();
