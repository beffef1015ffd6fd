/**
 * The check of a whole large workspace, away from the thread that answers: what goes to the worker and what comes back, and
 * the work itself. Findings come as finished diagnostics, file by file.
 */
import type { Diagnostic } from 'vscode-languageserver';
import { exportSarif } from '../features/exportSarif.ts';
import { checkAcrossFunctions, checkFile } from '../rules/checkProgram.ts';
import type { Finding } from '../rules/rule.ts';
import type { Suppression } from '../rules/suppressions.ts';
import { readConfiguration } from './configuration.ts';
import { createDiagnosticsPublisher } from './diagnosticsPublisher.ts';
import type { Environment } from './environment.ts';
import { describeError } from './guard.ts';
import { listSources, readSources } from './sourceList.ts';
import { relativeUri, rulePage } from './toProto.ts';
import { uriOfPath } from './uris.ts';
import { createWorld, type World } from './world.ts';

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

function createJob(
  environment: Environment,
  request: Extract<BackgroundRequest, { type: 'check' }>,
  post: (reply: BackgroundReply) => void,
): Job {
  const configuration = readConfiguration(request.settings, new Map(request.teamFiles));
  const { maxFileSize } = configuration.settings;
  const filter = { folders: request.folders, exclude: configuration.exclude, maxFileSize };
  const world = createWorld(configuration.world);
  const publisher = createDiagnosticsPublisher(
    (path, diagnostics) => post({ type: 'findings', path, diagnostics }),
    // Here paths stand for themselves as the documents' names; related places are URIs for the client.
    ({ program }) => ({ program, uriOf: uriOfPath, nameOf: (path) => path }),
    (message) => post({ type: 'failed', message }),
  );
  publisher.setRules(configuration.rules, configuration.settings.showMerelyAllowed);
  const never = (): boolean => false;
  const publishAll = (): void => {
    const snapshot = world.snapshot();
    const files = [...snapshot.program.files.values()];
    let done = 0;
    for (const _ of publisher.publishAll(snapshot, files)) {
      done++;
      if (done % 50 === 0) post({ type: 'progress', what: 'checking', done, of: files.length });
    }
  };
  return {
    async checkAll() {
      const start = environment.now();
      const entries = await listSources(environment.files, filter, never);
      const paths = entries.map(({ path }) => path);
      const texts = await readSources(environment.files, paths, maxFileSize, never, (done) =>
        post({ type: 'progress', what: 'reading', done, of: paths.length }),
      );
      for (const [path, text] of texts ?? []) world.setDiskText(path, text);
      post({ type: 'progress', what: 'analysing', done: 0, of: 0 });
      publishAll();
      post({ type: 'done', files: world.nFiles(), milliseconds: Math.round(environment.now() - start) });
    },
    async takeChanges(paths) {
      const texts = await environment.files.read(paths);
      paths.forEach((path, i) => world.setDiskText(path, texts[i]));
      publishAll();
    },
    sarif: (id) =>
      post({
        type: 'sarif',
        id,
        ...sarifOf(world, request.folders, configuration.rules, environment.version),
      }),
  };
}

/** The findings of everything in a world as a SARIF log. */
export function sarifOf(
  world: World,
  folders: readonly string[],
  rules: Parameters<typeof checkFile>[3],
  version: string,
): { readonly text: string; readonly findings: number } {
  const { program, analysis } = world.snapshot();
  const across = checkAcrossFunctions(program, analysis, rules);
  const findings: Finding[] = [];
  const suppressed: { finding: Finding; by: Suppression }[] = [];
  for (const file of program.files.values()) {
    const checked = checkFile(program, analysis, file, rules, across);
    findings.push(...checked.findings);
    suppressed.push(...checked.suppressed);
  }
  const uriOf = (path: string): string => relativeUri(folders, path);
  const log = exportSarif({ program, version, findings, suppressed, uriOf, pageOf: rulePage });
  return { text: `${JSON.stringify(log, null, 1)}\n`, findings: findings.length };
}
