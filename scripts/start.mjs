// `npm start [folder]`: installs, builds and opens VS Code with the extension on a folder, by default the example driver.
// A desktop VS Code is used where its `code` command is there, else the VS Code server from npm, whose URL is printed.
// --server takes the server in any case; --no-open does all but open; --once stops the server when it has answered.
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { installPackages, installVscodeServer, requireNode } from './lib/install.mjs';
import { findOnPath, root, runSync } from './lib/run.mjs';

requireNode();
const flags = new Set(process.argv.slice(2).filter((argument) => argument.startsWith('--')));
const [folderArgument] = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));

function stopWith(message) {
  console.error(message);
  process.exit(2);
}

function folderToOpen() {
  for (const flag of flags)
    if (!['--server', '--no-open', '--once'].includes(flag)) stopWith(`unknown option ${flag}`);
  if (folderArgument !== undefined) {
    // npm changes to the package's folder; INIT_CWD is where the user was.
    const folder = path.resolve(process.env.INIT_CWD ?? process.cwd(), folderArgument);
    if (!existsSync(folder) || !statSync(folder).isDirectory()) stopWith(`${folder} is not a folder`);
    return folder;
  }
  const examples = path.join(root, 'examples');
  const first = readdirSync(examples, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()[0];
  return first === undefined ? examples : path.join(examples, first);
}

/** The desktop VS Code's command, where a window could appear. */
function desktopCode() {
  if (flags.has('--server')) return undefined;
  const { DISPLAY, WAYLAND_DISPLAY, VSCODE_IPC_HOOK_CLI } = process.env;
  const mayShow = process.platform !== 'linux' || DISPLAY || WAYLAND_DISPLAY || VSCODE_IPC_HOOK_CLI;
  return mayShow ? findOnPath(['code']) : undefined;
}

function build(script) {
  const code = runSync(process.execPath, [path.join(root, 'scripts', script), '--quiet']);
  if (code !== 0) stopWith(`scripts/${script} failed: see above`);
}

function openDesktop(folder) {
  build('build.mjs');
  console.log(`opening ${folder} in VS Code with IRQL Lens`);
  if (flags.has('--no-open')) return;
  process.exitCode = runSync('code', ['--new-window', `--extensionDevelopmentPath=${root}`, folder]);
}

async function openServer(folder) {
  build('package.mjs');
  installVscodeServer();
  if (flags.has('--no-open')) return;
  const { startServer, windowUrl } = await import('./lib/vscodeServer.mjs');
  const token = randomBytes(16).toString('hex');
  const data = path.join(root, 'out/vscode-server');
  const server = await startServer({ vsix: path.join(root, 'irql-lens.vsix'), data, token });
  const url = windowUrl(server, { folder, token });
  console.log(`\nVS Code with IRQL Lens on ${folder}:\n\n  ${url}\n`);
  if (flags.has('--once')) {
    // The first answer hands the token over as a cookie, as to a browser; the second is the window.
    const first = await fetch(url, { redirect: 'manual' });
    const cookie = first.headers.getSetCookie().map((line) => line.split(';')[0]);
    const { status } = await fetch(new URL(first.headers.get('location') ?? url, url), {
      headers: { cookie: cookie.join('; ') },
    });
    await server.stop();
    console.log(`answered with status ${status}`);
    process.exitCode = status === 200 ? 0 : 1;
    return;
  }
  console.log('Ctrl+C stops it.');
  const stop = () => void server.stop().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  server.child.once('exit', (code) => process.exit(code ?? 0));
}

const folder = folderToOpen();
installPackages();
if (desktopCode() === undefined) await openServer(folder);
else openDesktop(folder);
