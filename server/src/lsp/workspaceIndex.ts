/**
 * Reads the workspace into the world: lists the sources, reads them in small batches with progress that can be cancelled, and
 * has everything checked. Open documents are answered from what is there already.
 */
import type { CancellationToken } from 'vscode-languageserver';
import { folderOf, isInside } from '../base/paths.ts';
import { CONFIG_FILE, FACTS_FILE } from './configuration.ts';
import { matchesAny } from './glob.ts';
import type { ServerState } from './serverState.ts';
import { isProjectPath, isSourcePath } from './world.ts';

/** Files read at once, and milliseconds of quiet after a change before the whole is checked again. */
const BATCH = 32;
export const QUIET = 400;

/** The indexing of one server; starting it again stops the run before. */
export interface WorkspaceIndex {
  readonly start: () => Promise<void>;
  /** Checks every file again in slices, open documents first. */
  readonly checkAll: () => Promise<void>;
  readonly stop: () => void;
  /** Resolves when the first run is over (or was cancelled). */
  readonly ready: Promise<void>;
}

/** Makes it. */
export function createWorkspaceIndex(state: ServerState, onChanged: () => void): WorkspaceIndex {
  let run = 0;
  let setReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    setReady = resolve;
  });
  const checkAll = async (): Promise<void> => {
    const mine = run;
    const version = state.world.version();
    const isStale = (): boolean => mine !== run || version !== state.world.version() || state.isShutDown;
    const snapshot = state.world.snapshot();
    const open = new Set(state.world.openPaths());
    const files = [...snapshot.program.files.values()];
    const ordered = [
      ...files.filter(({ path }) => open.has(path)),
      ...files.filter(({ path }) => !open.has(path)),
    ];
    const isDone = await state.scheduler.inSlices(state.publisher.publishAll(snapshot, ordered), isStale);
    // An edit came in between: its own check follows when it is quiet.
    if (isDone) onChanged();
  };
  return {
    ready,
    checkAll,
    async start() {
      const mine = ++run;
      const isStale = (): boolean => mine !== run || state.isShutDown;
      try {
        await indexOnce(state, isStale, onChanged);
        if (!isStale()) await checkAll();
      } finally {
        if (!isStale()) setReady();
      }
    },
    stop() {
      run++;
      setReady();
    },
  };
}

async function indexOnce(state: ServerState, isStale: () => boolean, onChanged: () => void): Promise<void> {
  const { environment, world, log } = state;
  const start = environment.now();
  const progress = await beginProgress(state);
  const isCancelled = (): boolean => isStale() || progress.token.isCancellationRequested;
  try {
    const paths = await listSources(state, isCancelled);
    for (let at = 0; at < paths.length && !isCancelled(); at += BATCH) {
      const batch = paths.slice(at, at + BATCH);
      const texts = await environment.files.read(batch);
      batch.forEach((path, i) => world.setDiskText(path, acceptedText(state, texts[i])));
      progress.report(
        Math.round((at / paths.length) * 100),
        `${String(at)} of ${String(paths.length)} files`,
      );
      await environment.breathe();
    }
    if (isStale()) return;
    if (progress.token.isCancellationRequested)
      log('indexing was cancelled: only the files read so far are known');
    world.snapshot();
    onChanged();
    log(`indexed ${String(world.nFiles())} files in ${String(Math.round(environment.now() - start))} ms`);
  } finally {
    progress.done();
  }
}

function acceptedText(state: ServerState, text: string | undefined): string | undefined {
  return text !== undefined && text.length <= state.configuration.settings.maxFileSize ? text : undefined;
}

/** The sources below the folders that are not excluded, those near open documents first. */
async function listSources(state: ServerState, isCancelled: () => boolean): Promise<string[]> {
  const entries = await state.environment.files.list(state.folders, isCancelled);
  const { exclude, settings } = state.configuration;
  const near = state.world.openPaths().map(folderOf);
  const paths = entries
    .filter(
      ({ path, size }) => (isSourcePath(path) || isProjectPath(path)) && size <= settings.maxFileSize * 2,
    )
    .map(({ path }) => path)
    .filter((path) => !isExcluded(state.folders, path, exclude));
  const isNear = (path: string): boolean => near.some((folder) => isInside(path, folder));
  return [...paths.filter(isNear), ...paths.filter((path) => !isNear(path))];
}

/** Whether a pattern of the user or the team leaves the file out. */
export function isExcluded(folders: readonly string[], path: string, patterns: readonly string[]): boolean {
  if (patterns.length === 0) return false;
  const folder = folders.find((one) => isInside(path, one));
  const relative = folder === undefined ? path : path.slice(folder.length).replace(/^\//, '');
  return matchesAny(relative, patterns);
}

/** Paths of the team's files of all folders. */
export function teamPaths(folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    [CONFIG_FILE, FACTS_FILE].map((file) => `${folder.replace(/\/$/, '')}/${file}`),
  );
}

interface Progress {
  readonly token: CancellationToken;
  readonly report: (percent: number, message: string) => void;
  readonly done: () => void;
}

async function beginProgress(state: ServerState): Promise<Progress> {
  const never: CancellationToken = {
    isCancellationRequested: false,
    onCancellationRequested: () => ({ dispose: () => undefined }),
  };
  if (!state.client.hasProgress) return { token: never, report: () => undefined, done: () => undefined };
  const progress = await state.connection.window.createWorkDoneProgress();
  progress.begin('IRQL Lens', 0, 'reading the workspace', true);
  return {
    token: progress.token,
    report: (percent, message) => progress.report(percent, message),
    done: () => progress.done(),
  };
}
