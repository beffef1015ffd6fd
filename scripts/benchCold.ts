/**
 * `npm run bench -- check FOLDER`: the command line on the whole folder from cold, on one thread and on all, its memory, and how it
 * compares with Universal Ctags and Cppcheck in the same run, where these are installed. Everything runs in processes of its own.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readSources, type SourceFile } from './sourceTree.ts';

const CLI = fileURLToPath(new URL('../server/dist/cli.js', import.meta.url));
/** Cppcheck needs minutes for a thousand files: it gets as many as this, spread over all. */
const CPPCHECK_FILES = 100;

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: npm run bench -- check FOLDER');
if (!existsSync(CLI)) throw new Error('server/dist/cli.js is not there: run npm run build');

interface Run {
  readonly seconds: number;
  /** processor time in seconds, all threads: what a loaded machine changes least; undefined where the system does not tell */
  readonly cpu: number | undefined;
  /** largest resident memory in MB; undefined where the system does not tell */
  readonly peak: number | undefined;
  readonly stdout: string;
}

/** The high-water mark of a process, from Linux's /proc. */
function peakOf(pid: number | undefined): number | undefined {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    const kilobytes = /^VmHWM:\s+(\d+)/m.exec(status)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1000;
  } catch {
    return undefined;
  }
}

/** Processor seconds of a process so far, from Linux's /proc (in hundredths). */
function cpuOf(pid: number | undefined): number | undefined {
  try {
    const fields = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return undefined;
  }
}

async function run(command: string, args: readonly string[]): Promise<Run> {
  const from = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  let peak: number | undefined;
  let cpu: number | undefined;
  const poll = setInterval(() => {
    peak = peakOf(child.pid) ?? peak;
    cpu = cpuOf(child.pid) ?? cpu;
  }, 10);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearInterval(poll);
  return { seconds: (performance.now() - from) / 1000, cpu, peak, stdout: Buffer.concat(chunks).toString() };
}

const check = (operands: readonly string[], jobs: number): Promise<Run> =>
  run(process.execPath, [CLI, 'check', '--format', 'json', '--jobs', String(jobs), ...operands]);

function linesOf(files: readonly SourceFile[]): number {
  return files.reduce((sum, { text }) => sum + text.split('\n').length, 0);
}

const thousands = (n: number): string => `${(n / 1000).toFixed(0)} k`;
const cpuWords = ({ cpu }: Run): string => (cpu === undefined ? '' : `, ${cpu.toFixed(1)} s of CPU`);
/** How often the one fits into the other: by processor time where it is known, else by the clock. */
const ratio = (long: Run, short: Run): number => (long.cpu ?? long.seconds) / (short.cpu ?? short.seconds);
const memory = ({ peak }: Run): string =>
  peak === undefined ? 'memory unknown here' : `${peak.toFixed(0)} MB at most`;

/** Files of every second driver: the folder's own folders, two levels deep, in turn. */
function halfOf(files: readonly SourceFile[]): SourceFile[] {
  const groupOf = ({ path: file }: SourceFile): string =>
    path
      .relative(path.resolve(folder ?? '.'), file)
      .split(/[\\/]/)
      .slice(0, 2)
      .join('/');
  const groups = [...new Set(files.map(groupOf))];
  const chosen = new Set(groups.filter((_, i) => i % 2 === 0));
  return files.filter((file) => chosen.has(groupOf(file)));
}

async function measureCheck(files: readonly SourceFile[]): Promise<Run> {
  const jobs = availableParallelism();
  const lines = linesOf(files);
  console.log(`check of ${String(files.length)} files, ${thousands(lines)} lines, from cold`);
  const all = await check([folder ?? '.'], jobs);
  const one = await check([folder ?? '.'], 1);
  const names = (run: Run): string => `${run.seconds.toFixed(1)} s${cpuWords(run)}, ${memory(run)}`;
  console.log(`  ${String(jobs)} threads: ${names(all)}, ${thousands(lines / all.seconds)} lines/s`);
  console.log(`  1 thread: ${names(one)}; ${(one.seconds / all.seconds).toFixed(2)} times as long`);
  const strip = (text: string): string => text.replace(/"elapsedMs": \d+/, '');
  if (strip(all.stdout) !== strip(one.stdout)) throw new Error('the output depends on the number of threads');
  const half = halfOf(files);
  const part = await check(
    half.map((file) => file.path),
    jobs,
  );
  const growth =
    all.peak === undefined || part.peak === undefined
      ? ''
      : `, memory of the whole ${(all.peak / part.peak).toFixed(2)} times`;
  console.log(`  every second driver (${thousands(linesOf(half))} lines): ${names(part)}${growth}`);
  return all;
}

async function measureCtags(files: readonly SourceFile[], all: Run, scratch: string): Promise<void> {
  const { stdout, status } = spawnSync('ctags', ['--version'], { encoding: 'utf8' });
  if (status !== 0 || !stdout.includes('Universal Ctags')) {
    console.log('  Universal Ctags is not installed: no ratio');
    return;
  }
  const list = path.join(scratch, 'files.txt');
  writeFileSync(list, files.map((file) => `${file.path}\n`).join(''));
  const ctags = await run('ctags', ['-f', path.join(scratch, 'tags'), '-L', list]);
  console.log(
    `  Universal Ctags on the same files: ${ctags.seconds.toFixed(2)} s${cpuWords(ctags)}; check takes ` +
      `${(all.seconds / ctags.seconds).toFixed(1)} times as long and ${ratio(all, ctags).toFixed(1)} times the CPU`,
  );
}

async function measureCppcheck(files: readonly SourceFile[], scratch: string): Promise<void> {
  if (spawnSync('cppcheck', ['--version']).status !== 0) {
    console.log('  Cppcheck is not installed: no ratio');
    return;
  }
  const sources = files.filter((file) => /\.c(?:pp|c|xx)?$/i.test(file.path));
  const step = Math.max(1, Math.floor(sources.length / CPPCHECK_FILES));
  const accepted = sources.filter((file, i) => i % step === 0 && isAccepted(file));
  const list = path.join(scratch, 'accepted.txt');
  writeFileSync(list, accepted.map((file) => `${file.path}\n`).join(''));
  const cppcheck = await run('cppcheck', ['--quiet', `--file-list=${list}`]);
  const ours = await check(
    accepted.map((file) => file.path),
    1,
  );
  console.log(
    `  Cppcheck on ${String(accepted.length)} sources of ${thousands(linesOf(accepted))} lines that it accepts: ` +
      `${cppcheck.seconds.toFixed(1)} s${cpuWords(cppcheck)}; check of the same on one thread: ${ours.seconds.toFixed(1)} s${cpuWords(ours)}, ` +
      `${ratio(cppcheck, ours).toFixed(1)} times as fast`,
  );
}

function isAccepted({ path: file }: SourceFile): boolean {
  const { stderr } = spawnSync('cppcheck', ['--quiet', '--template={id}', file], { encoding: 'utf8' });
  return !/syntaxError|internalError|internalAstError|preprocessorErrorDirective|unknownMacro/.test(stderr);
}

const scratch = mkdtempSync(path.join(tmpdir(), 'irql-lens-bench-'));
try {
  const files = readSources(folder);
  const all = await measureCheck(files);
  await measureCtags(files, all, scratch);
  await measureCppcheck(files, scratch);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
