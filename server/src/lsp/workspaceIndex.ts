/**
 * Brings the workspace into the world and keeps all findings up to date. A small workspace is analysed here as a whole; of a
 * large one only what is near to the open documents, so that answers stay quick, while the background check does the rest.
 */
import { folderOf } from '../base/paths.ts';
import type { SourceEntry } from './environment.ts';
import { isSmall, readNear } from './nearFiles.ts';
import { beginProgress, type Progress } from './progress.ts';
import type { ServerState } from './serverState.ts';
import { listSources, readSources, type SourceFilter } from './sourceList.ts';

/** Milliseconds of quiet after a change before the whole is checked again. */
export const QUIET = 400;

/** The indexing of one server; starting it again stops the run before. */
export interface WorkspaceIndex {
  readonly start: () => Promise<void>;
  /** Checks the files that this thread answers for again, in slices, open documents first. */
  readonly checkAll: () => Promise<void>;
  /** A document was opened: in a large workspace its surroundings are read. */
  readonly takeOpened: (path: string) => Promise<void>;
  /** whether only what is near to open documents is analysed here */
  readonly isLarge: () => boolean;
  readonly stop: () => void;
}

interface Index {
  run: number;
  /** undefined before the first listing */
  entries: readonly SourceEntry[] | undefined;
  isLarge: boolean;
  /** folders around which the near files were read */
  readonly near: Set<string>;
}

/** Makes it. */
export function createWorkspaceIndex(state: ServerState, onChanged: () => void): WorkspaceIndex {
  const index: Index = { run: 0, entries: undefined, isLarge: false, near: new Set() };
  const checkAll = (): Promise<void> => checkFiles(state, index, onChanged);
  const takeOpened = async (path: string): Promise<void> => {
    if (!index.isLarge || index.entries === undefined || index.near.has(folderOf(path))) return;
    await readAround(state, index, index.entries, path);
    onChanged();
    await checkAll();
  };
  return {
    checkAll,
    takeOpened,
    isLarge: () => index.isLarge,
    async start() {
      const mine = ++index.run;
      const isStale = (): boolean => mine !== index.run || state.isShutDown;
      index.near.clear();
      await indexOnce(state, index, isStale, onChanged);
      if (!isStale()) await checkAll();
    },
    stop() {
      index.run++;
      state.background?.stop();
    },
  };
}

async function checkFiles(state: ServerState, index: Index, onChanged: () => void): Promise<void> {
  const mine = index.run;
  const version = state.world.version();
  const isStale = (): boolean => mine !== index.run || version !== state.world.version() || state.isShutDown;
  const snapshot = state.world.snapshot();
  const open = new Set(state.world.openPaths());
  const files = [...snapshot.program.files.values()];
  const opened = files.filter(({ path }) => open.has(path));
  const others =
    index.isLarge && state.background !== undefined ? [] : files.filter(({ path }) => !open.has(path));
  const slices = state.publisher.publishAll(snapshot, [...opened, ...others]);
  // Where an edit comes in between, its own check follows when it is quiet.
  if (await state.scheduler.inSlices(slices, isStale)) onChanged();
}

function filterOf({ folders, configuration }: ServerState): SourceFilter {
  return { folders, exclude: configuration.exclude, maxFileSize: configuration.settings.maxFileSize };
}

async function indexOnce(
  state: ServerState,
  index: Index,
  isStale: () => boolean,
  onChanged: () => void,
): Promise<void> {
  const { environment, world, log } = state;
  const start = environment.now();
  const progress = await beginProgress(state, 'reading the workspace');
  const isCancelled = (): boolean => isStale() || progress.token.isCancellationRequested;
  try {
    const entries = await listSources(environment.files, filterOf(state), isStale);
    if (isStale()) return;
    index.entries = entries;
    index.isLarge = !isSmall(entries);
    if (index.isLarge) {
      for (const path of world.openPaths()) await readAround(state, index, entries, path);
      world.snapshot();
      onChanged();
      await checkFiles(state, index, onChanged);
      await checkInBackground(state, progress);
      return;
    }
    const paths = entries.map(({ path }) => path);
    const texts = await readSources(environment.files, paths, filterOf(state).maxFileSize, isCancelled);
    if (texts === undefined) {
      log(CANCELLED);
      return;
    }
    for (const [path, text] of texts) world.setDiskText(path, text);
    world.snapshot();
    onChanged();
    log(`indexed ${String(world.nFiles())} files in ${String(Math.round(environment.now() - start))} ms`);
  } finally {
    progress.done();
  }
}

/** Reads what is near to a document and puts it into the world at once: one new snapshot, not one per file. */
async function readAround(
  state: ServerState,
  index: Index,
  entries: readonly SourceEntry[],
  path: string,
): Promise<void> {
  const folder = folderOf(path);
  if (index.near.has(folder)) return;
  index.near.add(folder);
  const { maxFileSize } = filterOf(state);
  const texts = await readNear(entries, path, async (paths) => {
    return (await readSources(state.environment.files, paths, maxFileSize, () => false)) ?? new Map();
  });
  for (const [near, text] of texts) state.world.setDiskText(near, text);
}

const CANCELLED = 'the check of the whole workspace was cancelled';
/** Percent of the work that reading is. */
const READING = 20;

async function checkInBackground(state: ServerState, progress: Progress): Promise<void> {
  const { background, log } = state;
  if (background === undefined) {
    log('this workspace is large: only what is near to open documents is checked');
    return;
  }
  if (progress.token.isCancellationRequested) {
    log(CANCELLED);
    return;
  }
  const stopping = progress.token.onCancellationRequested(() => background.stop());
  const done = await background.check((what, part, of) => {
    const share = of === 0 ? 0 : part / of;
    const percent = what === 'reading' ? share * READING : READING + share * (100 - READING);
    progress.report(Math.round(percent), `${what}, ${String(part)} of ${String(of)} files`);
  });
  stopping.dispose();
  if (done !== undefined) log(`indexed ${String(done.files)} files in ${String(done.milliseconds)} ms`);
  else log(CANCELLED);
}
