/**
 * Runs the command line in a process of its own, from a bundle of the sources as they are now.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));
let bundle: string | undefined;

function bundleCli(): string {
  if (bundle !== undefined) return bundle;
  const outfile = path.join(mkdtempSync(path.join(tmpdir(), 'irql-lens-cli-')), 'cli.mjs');
  buildSync({
    entryPoints: [path.join(root, 'server/src/cli/main.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  bundle = outfile;
  return outfile;
}

/** What a run gave. */
export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `irql-lens` with these arguments in the repository's root (or `cwd`). */
export function runCli(args: readonly string[], cwd = root): CliRun {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bundleCli(), ...args], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { code: status, stdout, stderr };
}
