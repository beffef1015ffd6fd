/**
 * The language server on a connection: life cycle, documents, settings, watched files. Node and browser call it with their
 * connection and environment; it knows neither.
 */
import {
  CodeActionKind,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  FileChangeType,
  TextDocuments,
  TextDocumentSyncKind,
  type Connection,
  type FileEvent,
  type InitializeParams,
  type InitializeResult,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { isInside } from '../base/paths.ts';
import { methods, type InitializationOptions } from '../protocol/requests.ts';
import { readConfiguration, validFacts, type Configuration } from './configuration.ts';
import { registerCustomRequests } from './customHandlers.ts';
import { createDiagnosticsPublisher } from './diagnosticsPublisher.ts';
import type { Environment } from './environment.ts';
import { registerExport } from './exportHandler.ts';
import { registerFeatures } from './featureHandlers.ts';
import { guarded, withoutRepeats, type Log } from './guard.ts';
import { createScheduler } from './scheduler.ts';
import { contextOf, type ClientAbilities, type ServerState } from './serverState.ts';
import { publishTeamProblems } from './teamProblems.ts';
import { createUriBook, pathOfUri } from './uris.ts';
import { createBackgroundLink } from './backgroundLink.ts';
import { isExcluded, teamPaths } from './sourceList.ts';
import { FIX_ALL_KIND } from './toProto.ts';
import { createWorkspaceIndex, QUIET, type WorkspaceIndex } from './workspaceIndex.ts';
import { createWorld, isProjectPath, isSourcePath } from './world.ts';

/** Milliseconds between a keystroke and the diagnostics of its file. */
const KEYSTROKE = 60;

/** Sets the server up and listens. */
export function startServer(connection: Connection, environment: Environment): void {
  const log = withoutRepeats((line) => connection.console.info(line));
  const state = createState(connection, environment, log);
  const refresh = (): void => announceChange(state);
  const index = createWorkspaceIndex(state, refresh);
  let options: InitializationOptions = {};
  connection.onInitialize((params) => {
    options = (params.initializationOptions ?? {}) as InitializationOptions;
    state.client = readAbilities(params);
    state.folders = foldersOf(params);
    return answerInitialize(environment);
  });
  connection.onInitialized(() => guarded(log, 'start', () => begin(state, index, options)));
  connection.onShutdown(() => {
    state.isShutDown = true;
    index.stop();
    state.scheduler.dispose();
  });
  connection.onDidChangeConfiguration(({ settings }) =>
    guarded(log, 'settings', async () => {
      const pushed = (settings as { irqlLens?: unknown } | null)?.irqlLens;
      options = { ...options, settings: pushed ?? options.settings };
      await reconfigure(state, index, options);
    }),
  );
  connection.onDidChangeWatchedFiles(({ changes }) =>
    guarded(log, 'changed files', () => takeFileChanges(state, index, changes, options)),
  );
  listenToDocuments(state, index, refresh);
  registerFeatures(state);
  registerCustomRequests(state);
  registerExport(state);
  connection.listen();
}

function createState(connection: Connection, environment: Environment, log: Log): ServerState {
  const uris = createUriBook();
  const configuration = readConfiguration({}, new Map());
  const state: ServerState = {
    connection,
    environment,
    log,
    scheduler: createScheduler(environment, log),
    uris,
    world: createWorld(configuration.world),
    publisher: createDiagnosticsPublisher(
      (uri, diagnostics) => void connection.sendDiagnostics({ uri, diagnostics }),
      (snapshot) => contextOf(state, snapshot),
      log,
    ),
    configuration,
    rawSettings: {},
    teamFiles: [],
    folders: [],
    client: {
      hasConfiguration: false,
      hasWorkspaceFolders: false,
      hasWatchedFiles: false,
      hasProgress: false,
      hasRefresh: false,
    },
    isShutDown: false,
  };
  const { startBackground } = environment;
  if (startBackground !== undefined) state.background = createBackgroundLink(state, startBackground);
  return state;
}

function readAbilities({ capabilities }: InitializeParams): ClientAbilities {
  const { workspace, window } = capabilities;
  return {
    hasConfiguration: workspace?.configuration === true,
    hasWorkspaceFolders: workspace?.workspaceFolders === true,
    hasWatchedFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    hasProgress: window?.workDoneProgress === true,
    hasRefresh: workspace?.codeLens?.refreshSupport === true && workspace.inlayHint?.refreshSupport === true,
  };
}

function foldersOf(params: InitializeParams): string[] {
  const uris = params.workspaceFolders?.map(({ uri }) => uri);
  return (uris ?? []).map(pathOfUri);
}

function answerInitialize({ version }: Environment): InitializeResult {
  return {
    serverInfo: { name: 'irql-lens', version },
    capabilities: {
      positionEncoding: 'utf-16',
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
      hoverProvider: true,
      inlayHintProvider: true,
      codeLensProvider: { resolveProvider: true },
      codeActionProvider: {
        codeActionKinds: [CodeActionKind.QuickFix, CodeActionKind.RefactorRewrite, FIX_ALL_KIND],
      },
      callHierarchyProvider: true,
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
    },
  };
}

async function begin(
  state: ServerState,
  index: WorkspaceIndex,
  options: InitializationOptions,
): Promise<void> {
  const { connection, client } = state;
  if (client.hasConfiguration) {
    await connection.client.register(DidChangeConfigurationNotification.type, { section: 'irqlLens' });
  }
  if (client.hasWatchedFiles) {
    await connection.client.register(DidChangeWatchedFilesNotification.type, {
      watchers: [
        { globPattern: '**/*.{c,cc,cpp,cxx,h,hh,hpp,hxx,inl,inc,ipp,tpp,vcxproj,props}' },
        { globPattern: '**/.irql-lens/*.json' },
      ],
    });
  }
  if (client.hasWorkspaceFolders) {
    connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) =>
      guarded(state.log, 'folders', () => {
        const gone = new Set(removed.map(({ uri }) => pathOfUri(uri)));
        state.folders = [
          ...state.folders.filter((folder) => !gone.has(folder)),
          ...added.map(({ uri }) => pathOfUri(uri)),
        ];
        state.world.clearDisk();
        return index.start();
      }),
    );
  }
  await loadConfiguration(state, options);
  await index.start();
}

/** Reads settings and team files, and says what is wrong with them. Returns what was before. */
async function loadConfiguration(state: ServerState, options: InitializationOptions): Promise<Configuration> {
  const { connection, environment } = state;
  const raw: unknown = state.client.hasConfiguration
    ? await connection.workspace.getConfiguration('irqlLens')
    : options.settings;
  const paths = teamPaths(state.folders);
  const texts = await environment.files.read(paths);
  const files = new Map(
    paths.flatMap((path, i) => (texts[i] === undefined ? [] : [[path, texts[i]] as const])),
  );
  const before = state.configuration;
  const lastGood = new Map(state.teamFiles);
  const next = readConfiguration(raw, files, lastGood);
  state.rawSettings = raw;
  state.teamFiles = [...new Map([...files, ...validFacts(files, lastGood)])];
  state.configuration = next;
  state.publisher.setRules(next.rules, next.settings.showMerelyAllowed);
  if (JSON.stringify(before.world) !== JSON.stringify(next.world)) state.world.configure(next.world);
  for (const { message } of next.settingProblems) {
    if (before.settingProblems.some((old) => old.message === message)) continue;
    state.log(`setting: ${message}`);
    // A plain message: nothing is asked.
    void connection.sendNotification('window/showMessage', { type: 2, message: `IRQL Lens: ${message}` });
  }
  publishTeamProblems(state, before.teamProblems, next.teamProblems, [...files.keys()]);
  return before;
}

async function reconfigure(
  state: ServerState,
  index: WorkspaceIndex,
  options: InitializationOptions,
): Promise<void> {
  const before = await loadConfiguration(state, options);
  const { exclude, settings } = state.configuration;
  const isOtherFiles =
    JSON.stringify(before.exclude) !== JSON.stringify(exclude) ||
    before.settings.maxFileSize !== settings.maxFileSize;
  if (isOtherFiles || index.isLarge()) {
    state.world.clearDisk();
    await index.start();
  } else {
    await index.checkAll();
    announceChange(state);
  }
}

async function takeFileChanges(
  state: ServerState,
  index: WorkspaceIndex,
  changes: readonly FileEvent[],
  options: InitializationOptions,
): Promise<void> {
  const paths = changes.map(({ uri, type }) => ({ path: state.uris.learn(uri), type }));
  if (paths.some(({ path }) => /\/\.irql-lens\/[^/]*\.json$/.test(path)))
    await reconfigure(state, index, options);
  const sources = paths.filter(({ path }) => isSourcePath(path) || isProjectPath(path));
  const wanted = sources.filter(({ path }) => !isExcluded(state.folders, path, state.configuration.exclude));
  const present = wanted.filter(({ type }) => type !== FileChangeType.Deleted).map(({ path }) => path);
  const texts = await state.environment.files.read(present);
  present.forEach((path, i) => state.world.setDiskText(path, texts[i]));
  for (const { path, type } of wanted)
    if (type === FileChangeType.Deleted) state.world.setDiskText(path, undefined);
  if (wanted.length === 0) return;
  state.background?.takeChanges(wanted.map(({ path }) => path));
  state.scheduler.later('check all', QUIET, () => index.checkAll());
}

function listenToDocuments(state: ServerState, index: WorkspaceIndex, refresh: () => void): void {
  const documents = new TextDocuments(TextDocument);
  const { world, scheduler, uris, publisher } = state;
  documents.onDidChangeContent(({ document }) =>
    guarded(state.log, 'change', () => {
      const path = uris.learn(document.uri);
      const text = document.getText();
      if (text.length > state.configuration.settings.maxFileSize) return world.setOpenText(path, undefined);
      world.setOpenText(path, text);
      scheduler.later(`check ${path}`, KEYSTROKE, () => {
        const snapshot = world.snapshot();
        const file = world.fileOf(snapshot, path);
        if (file !== undefined) publisher.publish(snapshot, file);
        refresh();
        scheduler.later('check all', QUIET, () => index.checkAll());
      });
    }),
  );
  documents.onDidOpen(({ document }) =>
    guarded(state.log, 'open', () => index.takeOpened(uris.learn(document.uri))),
  );
  documents.onDidClose(({ document }) =>
    guarded(state.log, 'close', () => {
      const path = uris.learn(document.uri);
      world.setOpenText(path, undefined);
      const isInFolder = state.folders.some((folder) => isInside(path, folder));
      if (!isInFolder || !world.knows(path)) publisher.clear(document.uri);
      state.background?.takeClosed(path);
      scheduler.later('check all', QUIET, () => index.checkAll());
    }),
  );
  documents.listen(state.connection);
}

/** Tells the client that hints, lenses, ribbon and status may be others now. */
function announceChange(state: ServerState): void {
  const { connection, client } = state;
  void connection.sendNotification(methods.changed);
  if (!client.hasRefresh) return;
  connection.languages.inlayHint.refresh().catch(() => undefined);
  connection.sendRequest('workspace/codeLens/refresh').catch(() => undefined);
}
