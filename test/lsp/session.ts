/**
 * A client of the real server in a process of its own, over stdio: opens documents, asks, and collects what the server sends.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type Diagnostic,
  type InitializeResult,
  type MessageConnection,
  type ProtocolConnection,
} from 'vscode-languageserver-protocol/node';

const root = fileURLToPath(new URL('../../', import.meta.url));
let bundle: Promise<string> | undefined;

/** The server, bundled from the sources as they are now. */
function bundleServer(): Promise<string> {
  bundle ??= (async () => {
    const outfile = path.join(mkdtempSync(path.join(tmpdir(), 'irql-lens-server-')), 'main.js');
    await build({
      entryPoints: {
        main: path.join(root, 'server/src/main.node.ts'),
        indexWorker: path.join(root, 'server/src/indexWorker.node.ts'),
      },
      outdir: path.dirname(outfile),
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      logLevel: 'error',
      define: { 'import.meta.url': 'importMetaUrl' },
      banner: { js: "const importMetaUrl=require('node:url').pathToFileURL(__filename).href;" },
    });
    return outfile;
  })();
  return bundle;
}

export interface Session {
  readonly connection: ProtocolConnection;
  readonly initialized: InitializeResult;
  readonly folder: string;
  /** The URI of a file of the folder. */
  readonly uri: (name: string) => string;
  readonly write: (name: string, text: string | Uint8Array) => void;
  readonly open: (name: string, text: string) => void;
  /** Replaces a piece of text by an incremental change. */
  readonly edit: (name: string, range: object, text: string) => void;
  /** The newest diagnostics of a file for which `isGood` holds. */
  readonly diagnostics: (
    name: string,
    isGood: (all: readonly Diagnostic[]) => boolean,
  ) => Promise<readonly Diagnostic[]>;
  readonly messages: readonly string[];
  readonly log: readonly string[];
  /** what was shown as progress, in order; `cancel` presses its button */
  readonly progress: readonly WorkDone[];
  readonly cancel: () => void;
  readonly isAlive: () => boolean;
  readonly changeSettings: (settings: unknown) => void;
  readonly waitFor: (what: string, isTrue: () => boolean) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** One report of progress. */
export interface WorkDone {
  readonly kind: 'begin' | 'report' | 'end';
  readonly cancellable?: boolean;
  readonly percentage?: number;
  readonly message?: string;
}

/** Starts a server on a fresh folder with these files. */
export async function startSession(
  files: Readonly<Record<string, string | Uint8Array>>,
  settings: unknown = {},
): Promise<Session> {
  const folder = mkdtempSync(path.join(tmpdir(), 'irql-lens-session-'));
  const write = (name: string, text: string | Uint8Array): void => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  for (const [name, text] of Object.entries(files)) write(name, text);
  const child = spawn(process.execPath, [await bundleServer(), '--stdio'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const sent = new Map<string, readonly Diagnostic[]>();
  const messages: string[] = [];
  const log: string[] = [];
  const progress: WorkDone[] = [];
  let progressToken: string | number | undefined;
  let current = settings;
  connection.onNotification(
    'textDocument/publishDiagnostics',
    ({ uri, diagnostics }: { uri: string; diagnostics: Diagnostic[] }) => void sent.set(uri, diagnostics),
  );
  connection.onNotification(
    'window/showMessage',
    ({ message }: { message: string }) => void messages.push(message),
  );
  connection.onNotification(
    'window/logMessage',
    ({ message }: { message: string }) => void log.push(message),
  );
  connection.onRequest('workspace/configuration', () => [current]);
  connection.onRequest('client/registerCapability', () => null);
  connection.onRequest('window/workDoneProgress/create', ({ token }: { token: string | number }) => {
    progressToken = token;
    return null;
  });
  (connection as unknown as MessageConnection).onUnhandledProgress(
    ({ value }) => void progress.push(value as WorkDone),
  );
  connection.listen();
  const folderUri = pathToFileURL(folder).href;
  const initialized = await connection.sendRequest<InitializeResult>('initialize', {
    processId: process.pid,
    rootUri: folderUri,
    workspaceFolders: [{ uri: folderUri, name: 'driver' }],
    capabilities: {
      window: { workDoneProgress: true },
      workspace: { configuration: true, didChangeConfiguration: { dynamicRegistration: true } },
    },
  });
  await connection.sendNotification('initialized', {});
  const uri = (name: string): string => pathToFileURL(path.join(folder, name)).href;
  const versions = new Map<string, number>();
  const waitFor = async (what: string, isTrue: () => boolean): Promise<void> => {
    const end = Date.now() + 15_000;
    while (!isTrue()) {
      if (Date.now() > end) throw new Error(`waited for ${what}; log:\n${log.join('\n')}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return {
    connection,
    initialized,
    folder,
    uri,
    write,
    messages,
    log,
    waitFor,
    progress,
    cancel: () =>
      void connection.sendNotification('window/workDoneProgress/cancel', { token: progressToken }),
    isAlive: () => child.exitCode === null,
    open(name, text) {
      versions.set(name, 1);
      const textDocument = { uri: uri(name), languageId: 'c', version: 1, text };
      void connection.sendNotification('textDocument/didOpen', { textDocument });
    },
    edit(name, range, text) {
      const version = (versions.get(name) ?? 1) + 1;
      versions.set(name, version);
      void connection.sendNotification('textDocument/didChange', {
        textDocument: { uri: uri(name), version },
        contentChanges: [{ range, text }],
      });
    },
    async diagnostics(name, isGood) {
      await waitFor(`diagnostics of ${name}`, () => isGood(sent.get(uri(name)) ?? []));
      return sent.get(uri(name)) ?? [];
    },
    changeSettings(next) {
      current = next;
      void connection.sendNotification('workspace/didChangeConfiguration', { settings: {} });
    },
    async close() {
      await connection.sendRequest('shutdown');
      await connection.sendNotification('exit');
      connection.dispose();
      child.kill();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
