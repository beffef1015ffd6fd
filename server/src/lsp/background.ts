/**
 * The check of a whole large workspace, away from the thread that answers: what goes to the worker and what comes back, and
 * the work itself. Findings come as finished diagnostics, file by file.
 */
import type { Diagnostic } from 'vscode-languageserver';
import { exportSarif, sarifResults } from '../features/exportSarif.ts';
import { merelyAllowed } from '../features/merelyAllowed.ts';
import type { Snapshot } from '../features/snapshot.ts';
import { checkAcrossFunctions, checkFile, sortFindings, type RuleSettings } from '../rules/checkProgram.ts';
import { createBackgroundParts } from './backgroundParts.ts';
import { readConfiguration } from './configuration.ts';
import type { Environment } from './environment.ts';
import { describeError } from './guard.ts';
import { listSources } from './sourceList.ts';
import { relativeUri, rulePage, toDiagnostic } from './toProto.ts';
import { uriOfPath } from './uris.ts';
import type { World } from './world.ts';

/** To the worker. */
export type BackgroundRequest =
  | {
      readonly type: 'check';
      readonly folders: readonly string[];
      readonly settings: unknown;
      /** path and text of the team's files */
      readonly teamFiles: readonly (readonly [path: string, text: string])[];
    }
  /** Files were saved, made or deleted. */
  | { readonly type: 'changed'; readonly paths: readonly string[] }
  | { readonly type: 'sarif'; readonly id: number };

/** From the worker. */
export type BackgroundReply =
  | { readonly type: 'progress'; readonly what: string; readonly done: number; readonly of: number }
  | { readonly type: 'findings'; readonly path: string; readonly diagnostics: Diagnostic[] }
  | { readonly type: 'done'; readonly files: number; readonly milliseconds: number }
  | { readonly type: 'sarif'; readonly id: number; readonly text: string; readonly findings: number }
  /** a rule failed on a function: the check goes on */
  | { readonly type: 'problem'; readonly message: string }
  | { readonly type: 'failed'; readonly message: string };

/** The worker's side. It does one request after the other. */
export function createBackgroundWorker(
  environment: Environment,
  post: (reply: BackgroundReply) => void,
): (request: BackgroundRequest) => Promise<void> {
  let job: Job | undefined;
  let work: Promise<void> = Promise.resolve();
  const serve = async (request: BackgroundRequest): Promise<void> => {
    if (request.type === 'check') job = createJob(environment, request, post);
    if (job === undefined) return;
    if (request.type === 'check') await job.checkAll();
    else if (request.type === 'changed') await job.takeChanges(request.paths);
    else job.sarif(request.id);
  };
  return (request) => {
    work = work
      .then(() => serve(request))
      .catch((error: unknown) => post({ type: 'failed', message: describeError(error) }));
    return work;
  };
}

interface Job {
  readonly checkAll: () => Promise<void>;
  readonly takeChanges: (paths: readonly string[]) => Promise<void>;
  readonly sarif: (id: number) => void;
}

/** What is kept of a file once its part was let go. */
interface Reported {
  /** the diagnostics as text, to send only what changed */
  readonly sent: string;
  readonly results: readonly unknown[];
  readonly findings: number;
}

/** Characters of parts after which their remains are collected. */
const COLLECT_EVERY = 4_000_000;

function createJob(
  environment: Environment,
  request: Extract<BackgroundRequest, { type: 'check' }>,
  post: (reply: BackgroundReply) => void,
): Job {
  const configuration = readConfiguration(request.settings, new Map(request.teamFiles));
  const { maxFileSize, showMerelyAllowed } = configuration.settings;
  const filter = { folders: request.folders, exclude: configuration.exclude, maxFileSize };
  const parts = createBackgroundParts({ files: environment.files, world: configuration.world, maxFileSize });
  const reported = new Map<string, Reported>();
  let uncollected = 0;
  const collect = (): void => {
    uncollected = 0;
    environment.collectGarbage?.();
  };
  const publish = (path: string, diagnostics: Diagnostic[], rest: Omit<Reported, 'sent'>): void => {
    const sent = diagnostics.length === 0 ? '' : JSON.stringify(diagnostics);
    const before = reported.get(path)?.sent ?? '';
    reported.set(path, { ...rest, sent });
    if (sent !== before) post({ type: 'findings', path, diagnostics });
  };
  const checkPart = (snapshot: Snapshot): void => {
    const { program, analysis } = snapshot;
    const problems: string[] = [];
    const across = checkAcrossFunctions(program, analysis, configuration.rules, problems);
    // Here paths stand for themselves as the documents' names; related places are URIs for the client.
    const context = { program, uriOf: uriOfPath };
    const uriOf = (path: string): string => relativeUri(request.folders, path);
    for (const file of program.files.values()) {
      const checked = checkFile(program, analysis, file, configuration.rules, across);
      const { findings, suppressed } = checked;
      problems.push(...checked.problems);
      const shown = showMerelyAllowed
        ? sortFindings([...findings, ...merelyAllowed(snapshot, file)])
        : findings;
      publish(
        file.path,
        shown.map((finding) => toDiagnostic(context, file, finding)),
        { results: sarifResults({ program, findings, suppressed, uriOf }), findings: findings.length },
      );
    }
    for (const message of problems) post({ type: 'problem', message });
  };
  const checkStale = async (): Promise<void> => {
    const present = parts.paths();
    for (const path of [...reported.keys()]) {
      if (present.has(path)) continue;
      publish(path, [], { results: [], findings: 0 });
      reported.delete(path);
    }
    const stale = parts.stale();
    const of = stale.reduce((sum, { files }) => sum + files.length, 0);
    let done = 0;
    for (const part of stale) {
      post({ type: 'progress', what: 'checking', done, of });
      checkPart(await parts.open(part));
      done += part.files.length;
      uncollected += part.size;
      if (uncollected > COLLECT_EVERY) collect();
    }
    if (uncollected > 0) collect();
  };
  return {
    async checkAll() {
      const start = environment.now();
      const entries = await listSources(environment.files, filter, () => false);
      const paths = entries.map(({ path }) => path);
      await parts.take(paths, (done) => post({ type: 'progress', what: 'reading', done, of: paths.length }));
      await checkStale();
      const milliseconds = Math.round(environment.now() - start);
      post({ type: 'done', files: parts.paths().size, milliseconds });
    },
    async takeChanges(paths) {
      await parts.take(paths, () => undefined);
      await checkStale();
    },
    sarif: (id) => post({ type: 'sarif', id, ...sarifOfReported(reported, environment.version) }),
  };
}

function sarifOfReported(
  reported: ReadonlyMap<string, Reported>,
  version: string,
): { readonly text: string; readonly findings: number } {
  const inOrder = [...reported].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, file]) => file);
  const results = inOrder.flatMap((file) => file.results);
  const text = sarifText(exportSarif({ version, results, pageOf: rulePage }));
  return { text, findings: inOrder.reduce((sum, file) => sum + file.findings, 0) };
}

/** The findings of everything in a world as a SARIF log. */
export function sarifOf(
  world: World,
  folders: readonly string[],
  rules: RuleSettings,
  version: string,
): { readonly text: string; readonly findings: number } {
  const { program, analysis } = world.snapshot();
  const across = checkAcrossFunctions(program, analysis, rules);
  const uriOf = (path: string): string => relativeUri(folders, path);
  const checked = [...program.files.values()].map((file) =>
    checkFile(program, analysis, file, rules, across),
  );
  const results = sarifResults({
    program,
    findings: checked.flatMap(({ findings }) => findings),
    suppressed: checked.flatMap(({ suppressed }) => suppressed),
    uriOf,
  });
  const text = sarifText(exportSarif({ version, results, pageOf: rulePage }));
  return { text, findings: checked.reduce((sum, { findings }) => sum + findings.length, 0) };
}

function sarifText(log: unknown): string {
  return `${JSON.stringify(log, null, 1)}\n`;
}
