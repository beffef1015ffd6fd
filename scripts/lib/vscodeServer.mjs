// Starts the VS Code server of test/e2e-host: VS Code itself with a real extension host, its window in a browser.
// Used by `npm start` where there is no desktop VS Code, and by the journeys.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { e2eHost } from './install.mjs';

const vscode = path.join(e2eHost, 'node_modules/code-server/lib/vscode');
const serverMain = path.join(vscode, 'out/server-main.js');

/** Built-in extensions worth having: the others cost start-up time and ask for the network. Themes come besides. */
const builtins = ['cpp', 'configuration-editing', 'json', 'json-language-features', 'markdown-basics'];

/** A window without tips, telemetry and update checks: what the journeys see and `npm start` shows. */
export const quietSettings = {
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'window.commandCenter': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

/** The Node that runs the server: it needs 24, which npm brings for the common platforms. */
export function serverNode() {
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const folder = path.join(e2eHost, 'node_modules', `node-${platform}-${process.arch}`, 'bin');
  const file = path.join(folder, process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(file)) return file;
  throw new Error(
    `The VS Code server needs Node 24, which npm does not bring for ${process.platform} ${process.arch}: ` +
      'install a desktop VS Code with its `code` command, or run this with Node 24.',
  );
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
    probe.on('error', reject);
  });
}

function linkBuiltins(data) {
  const from = path.join(vscode, 'extensions');
  const to = path.join(data, 'builtin');
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) {
    if (builtins.includes(name) || name.startsWith('theme-'))
      symlinkSync(path.join(from, name), path.join(to, name), 'junction');
  }
  return to;
}

function serverEnv() {
  const { VSCODE_IPC_HOOK_CLI: _hook, ...env } = process.env;
  return { ...env, NODE_OPTIONS: '', EXTENSIONS_GALLERY: '{}' };
}

function installVsix(data, vsix) {
  const args = [serverMain, '--install-extension', vsix, '--force', '--server-data-dir', data];
  const done = spawnSync(serverNode(), [...args, '--accept-server-license-terms'], {
    encoding: 'utf8',
    env: serverEnv(),
  });
  if (!/successfully installed/.test(done.stdout ?? ''))
    throw new Error(`${path.basename(vsix)} could not be installed:\n${done.stdout}\n${done.stderr}`);
}

/** Resolves once the server listens; rejects with its output when it ends or keeps silent for 60 s. */
function waitUntilListening(child, log) {
  return new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`the VS Code server ${why}:\n${log.text}`));
    const timer = setTimeout(() => fail('did not start'), 60_000);
    const onData = (data) => {
      log.text += data;
      if (!log.text.includes('Extension host agent listening')) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout.on('data', onData);
    child.stderr.on('data', onData);
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`ended with exit code ${code}`);
    });
  });
}

/** Ends the server and its extension hosts; only what this module started. */
async function stopServer(child, log, removeData) {
  if (child.exitCode === null) {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    const end = (signal) => {
      try {
        if (process.platform === 'win32') child.kill(signal);
        else process.kill(-child.pid, signal);
      } catch {
        // It has ended by itself.
      }
    };
    end('SIGTERM');
    const timer = setTimeout(() => end('SIGKILL'), 3000);
    await gone;
    clearTimeout(timer);
  }
  removeData?.();
  return log.text;
}

/**
 * Starts a server.
 * @param {object} options
 * @param {string} [options.vsix]   packaged extension to install, as a user does
 * @param {boolean} [options.isDevelopment]   honours extensionDevelopmentPath in the URL (and silences notifications)
 * @param {string} [options.data]   folder of user data that stays; without it a temporary one that goes at the end
 * @param {string} [options.token]   connection token; without it anyone on this machine may connect
 * @param {object} [options.settings]   user settings on top of the quiet ones
 * @param {object} [options.env]   more environment for the extension host
 */
export async function startServer(options = {}) {
  const data = options.data ?? mkdtempSync(path.join(tmpdir(), 'irql-lens-vscode-'));
  const settingsFile = path.join(data, 'data/User/settings.json');
  mkdirSync(path.dirname(settingsFile), { recursive: true });
  const writeSettings = (settings) =>
    writeFileSync(
      settingsFile,
      JSON.stringify({ ...quietSettings, ...options.settings, ...settings }, null, 2),
    );
  if (options.data === undefined || !existsSync(settingsFile)) writeSettings({});
  if (options.vsix !== undefined) installVsix(data, options.vsix);
  const port = await freePort();
  const args = [serverMain, '--host', '127.0.0.1', '--port', String(port)];
  args.push(
    ...(options.token === undefined ? ['--without-connection-token'] : ['--connection-token', options.token]),
  );
  args.push('--accept-server-license-terms', '--telemetry-level', 'off', '--disable-workspace-trust');
  args.push('--server-data-dir', data, '--builtin-extensions-dir', linkBuiltins(data));
  // Without this flag a built workbench ignores extensionDevelopmentPath; with it toasts and dialogs are suppressed.
  if (options.isDevelopment) args.push('--enable-smoke-test-driver');
  const child = spawn(serverNode(), args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    env: { ...serverEnv(), ...options.env },
  });
  const log = { text: '' };
  const removeData =
    options.data === undefined
      ? () => rmSync(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
      : undefined;
  await waitUntilListening(child, log);
  return {
    port,
    origin: `http://localhost:${port}`,
    data,
    child,
    writeSettings,
    output: () => log.text,
    stop: () => stopServer(child, log, removeData),
  };
}

/** A file's address as the workbench of that server spells it. */
function remoteUri(server, file) {
  const slashed = file.split(path.sep).join('/');
  return `vscode-remote://localhost:${server.port}${slashed.startsWith('/') ? '' : '/'}${slashed}`;
}

/**
 * The address of a window on a folder.
 * @param {{ origin: string, port: number }} server
 * @param {object} options
 * @param {string} options.folder   absolute path of the folder to open
 * @param {string} [options.token]   connection token, where the server has one
 * @param {string} [options.developmentPath]   unpacked extension to load
 * @param {string} [options.testsPath]   test suite that this extension's host runs
 */
export function windowUrl(server, { folder, token, developmentPath, testsPath }) {
  const payload = [
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ];
  if (developmentPath) payload.push(['extensionDevelopmentPath', remoteUri(server, developmentPath)]);
  if (testsPath) payload.push(['extensionTestsPath', remoteUri(server, testsPath)]);
  const slashed = folder.split(path.sep).join('/');
  const query = new URLSearchParams({ folder: slashed.startsWith('/') ? slashed : `/${slashed}` });
  if (token) query.set('tkn', token);
  if (developmentPath) query.set('payload', JSON.stringify(payload));
  return `${server.origin}/?${query.toString()}`;
}
