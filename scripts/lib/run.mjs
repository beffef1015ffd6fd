// Starting programs, the same on Windows, macOS and Linux. Uses Node alone, because it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository root. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

const isWindows = process.platform === 'win32';

/** Quotes an argument for cmd.exe, which .cmd files (npm, code) can only be started through. */
export function quoteForCmd(argument) {
  return /^[\w./:=@\\-]+$/.test(argument) ? argument : `"${argument.replaceAll('"', '""')}"`;
}

/** What to hand to spawn: on Windows a .cmd file needs a shell, and a shell needs quoted arguments. */
export function commandLine(command, args, platform = process.platform) {
  const needsShell = platform === 'win32' && /^(npm|npx|code)(\.cmd)?$/.test(path.win32.basename(command));
  return needsShell
    ? { command: quoteForCmd(command), args: args.map(quoteForCmd), shell: true }
    : { command, args, shell: false };
}

/** Runs a program to its end with inherited output; returns the exit code. */
export function runSync(command, args, options = {}) {
  const line = commandLine(command, args);
  const done = spawnSync(line.command, line.args, {
    cwd: root,
    stdio: 'inherit',
    shell: line.shell,
    ...options,
  });
  if (done.error !== undefined) console.error(`${command}: ${done.error.message}`);
  return done.status ?? 1;
}

/** Runs a program to its end and returns `{code, output, seconds}`, output being stdout and stderr together. */
export function runCaptured(command, args, options = {}) {
  const line = commandLine(command, args);
  const start = performance.now();
  return new Promise((resolve) => {
    const child = spawn(line.command, line.args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: line.shell,
      ...options,
    });
    let output = '';
    const end = (code) => resolve({ code, output, seconds: (performance.now() - start) / 1000 });
    child.stdout.on('data', (data) => (output += data));
    child.stderr.on('data', (data) => (output += data));
    child.on('error', (error) => {
      output += `${command}: ${error.message}\n`;
      end(1);
    });
    child.on('close', (code) => end(code ?? 1));
  });
}

/** The full path of the first of `names` that lies on the PATH, or undefined. */
export function findOnPath(names) {
  const extensions = isWindows ? ['.exe', '.cmd', ''] : [''];
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(path.delimiter)) {
      for (const extension of extensions) {
        const file = path.join(folder, name + extension);
        try {
          accessSync(file, constants.X_OK);
          return file;
        } catch {
          // Not here: look on.
        }
      }
    }
  }
  return undefined;
}
